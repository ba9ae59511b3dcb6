"""What the journal keeps of every request, and what it shows of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.mock_server.spot_client import BLUEPRINT, NOW, SpotClient, encode, frozen_world

from binance_fixtures.signing import EXAMPLE_PAIR, KeyPair
from binance_mock.gate.journal import Entry, Journal, Verdict
from binance_mock.gate.keys import ApiKey, KeyRing
from binance_mock.gate.request import Request
from binance_mock.venues.endpoint import endpoint
from binance_mock.world import Blueprint, World, WorldSettings


def shown(client: SpotClient) -> dict[str, Any]:
    return client.journal().show(client.world.keys)


def test_an_accepted_request() -> None:
    client = SpotClient(frozen_world(), ip="10.0.0.7")
    client.order()
    row = shown(client)
    assert row["query"].startswith("symbol=BTCUSDT&side=BUY&type=LIMIT")
    del row["query"]
    assert row == {
        "seq": 1, "time": NOW // 1000, "venue": "spot", "method": "POST", "path": "/api/v3/order", "body": "",
        "client": "10.0.0.7", "key": "example", "account": "default", "status": 200, "code": 0, "msg": "",
        "verdict": "accepted", "weight": 0, "executed": True, "orders": 1, "fault": "", "why": "", "diagnosis": None,
    }  # fmt: skip
    assert json.loads(json.dumps(row)) == row


def test_a_refused_request() -> None:
    client = SpotClient(frozen_world())
    client.order(price="70000.001")
    row = shown(client)
    assert (row["verdict"], row["status"], row["code"], row["msg"], row["weight"]) == (
        "refused", 400, -1013, "Filter failure: PRICE_FILTER", 1,
    )  # fmt: skip
    assert row["diagnosis"] is None
    assert (row["executed"], row["orders"]) == (False, 0)


def test_half_a_cancel_replace_places_an_order() -> None:
    """S-125: the answer is an error, and the new order stands all the same."""
    client = SpotClient(frozen_world())
    for number, (mode, orders) in enumerate((("STOP_ON_FAILURE", 0), ("ALLOW_FAILURE", 1)), 1):
        asked = {**LIMIT, "cancelReplaceMode": mode, "cancelOrderId": "77"}
        client.hold(client.request("POST", "order/cancelReplace", asked))
        row = shown(client)
        assert (row["seq"], row["verdict"], row["executed"], row["orders"]) == (number, "refused", bool(orders), orders)


@pytest.mark.parametrize(
    ("kind", "status", "effect"),
    [("unknown_503", 503, True), ("overloaded_503", 503, False), ("reset_after", 200, True)],
)
def test_a_fault_that_made_the_answer(kind: str, status: int, effect: bool) -> None:
    client = SpotClient(frozen_world())
    client.world.faults.add(kind, name="mine")
    client.hold(client.request("POST", "order", LIMIT))
    entry = client.journal()
    assert (entry.verdict, entry.status, entry.fault) == (Verdict.FAULT, status, "mine")
    assert bool(client.world.spot.accounts["default"].money.locked["USDT"]) == effect


LIMIT = {
    "symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01", "price": "70000",
}  # fmt: skip


@endpoint("GET", "/api/v3/ping", group="general", weight=1)
def broken(call: object) -> object:
    """An endpoint with a defect."""
    raise KeyError("something internal")


@endpoint("GET", "/api/v3/ping", group="general", weight=1)
def unspeakable(call: object) -> object:
    """An endpoint whose answer is no JSON."""
    return {"price": object()}


@pytest.mark.parametrize("handler", [broken, unspeakable])
def test_a_defect_of_the_mock(handler: Any) -> None:
    """Answered as Binance answers its own, told apart in the journal, and nothing internal reaches the client."""
    routes = {**BLUEPRINT.routes, "/api/v3/ping": {"GET": handler}}
    client = SpotClient(World(Blueprint(BLUEPRINT.symbols, routes, BLUEPRINT.limits)))
    reply = client.public("ping")
    assert (reply.status, reply.json) == (
        500, {"code": -1000, "msg": "An unknown error occurred while processing the request."},
    )  # fmt: skip
    assert reply.headers["x-mbx-used-weight-1m"] == "1"
    entry = client.journal()
    assert (entry.verdict, entry.status, entry.code) == (Verdict.CRASHED, 500, -1000)
    assert "Traceback" in entry.why
    assert client.public("time").status == 200


def test_the_ring_keeps_the_newest() -> None:
    client = SpotClient(frozen_world(WorldSettings(journal_size=3)))
    for _ in range(5):
        client.public("ping")
    journal = client.world.journal
    assert [entry.seq for entry in journal] == [3, 4, 5]
    assert len(journal) == 3
    assert journal.last.seq == 5
    journal.clear()
    assert list(journal) == []
    client.public("ping")
    assert journal.last.seq == 6


def test_an_empty_journal_has_no_last_entry() -> None:
    with pytest.raises(IndexError):
        _ = Journal().last


def test_long_requests_are_kept_in_part_and_answered_in_whole() -> None:
    client = SpotClient(frozen_world())
    reply = client.send(Request("GET", "/api/v3/avgPrice", b"symbol=BTCUSDT&x=" + b"1" * 20_000))
    assert reply.code == -1104
    assert reply.msg.endswith("read '1' parameter(s) but was sent '2'.")
    assert len(client.journal().request.query) == 8192
    signed = client.request("POST", "order", {**LIMIT, "icebergQty": "0" * 9_000})
    assert client.send(signed).code == -1100
    late = client.request("POST", "order", {"newClientOrderId": "x" * 9_000, **LIMIT})
    assert client.send(late).code == -1100, "the signature behind the kept part was read"


# -- keys and secrets -----------------------------------------------------------------------------------------------


def test_secrets_are_masked_wherever_they_stand() -> None:
    secret = EXAMPLE_PAIR.secret
    client = SpotClient(frozen_world())
    headers = {b"x-mbx-apikey": EXAMPLE_PAIR.api_key.encode()}
    client.send(
        Request("POST", f"/api/v3/order/{secret}", f"a={secret}".encode(), f"b={secret.lower()}".encode(), headers)
    )
    text = json.dumps(shown(client))
    assert secret not in text
    assert secret.lower() not in text.lower()
    assert text.count("***") >= 3


def test_a_secret_in_the_place_of_the_key() -> None:
    client = SpotClient(frozen_world(), KeyPair(EXAMPLE_PAIR.secret, EXAMPLE_PAIR.api_key))
    client.get("account")
    row = shown(client)
    assert (row["code"], row["key"]) == (-2015, "(64 characters)")
    assert EXAMPLE_PAIR.secret not in json.dumps(row)


def test_keys_are_called_by_their_label_or_shown_in_part() -> None:
    world = frozen_world()
    world.keys.add(ApiKey.hmac("abcdefghijklmnop", "a secret of mine"))
    client = SpotClient(world, KeyPair("abcdefghijklmnop", "a secret of mine"))
    client.get("account")
    assert shown(client)["key"] == "abcd...mnop"
    client.pair = KeyPair("nobody-knows-this-key", "x" * 8)
    client.get("account")
    assert shown(client)["key"] == "(21 characters)"
    client.public("ping")
    assert shown(client)["key"] == ""


def test_a_call_without_a_key_shows_none() -> None:
    client = SpotClient(frozen_world())
    client.send(Request("GET", "/api/v3/account"))
    row = shown(client)
    assert (row["key"], row["account"], row["code"]) == ("", "", -2014)


def test_bytes_that_are_no_utf8_are_shown_all_the_same() -> None:
    client = SpotClient(frozen_world())
    client.send(Request("POST", "/api/v3/order", b"\xff\x00=\xfe", b"\xc3", {b"x-mbx-apikey": b"\xff"}))
    row = shown(client)
    assert (row["query"], row["body"], row["key"]) == ("�\x00=�", "�", "(1 characters)")


# -- diagnosis ------------------------------------------------------------------------------------------------------


def test_a_refused_signature_is_explained_when_somebody_looks() -> None:
    client = SpotClient(frozen_world())
    text = encode([*LIMIT.items(), ("timestamp", NOW // 1000)])
    wrong = SpotClient(client.world, KeyPair(EXAMPLE_PAIR.api_key, EXAMPLE_PAIR.api_key))
    reply = client.send(wrong.signed("POST", "/api/v3/order", text))
    assert reply.refusal == (400, -1022)
    entry = client.journal()
    assert entry._diagnosis is None, "nothing is worked out to serve a request"
    diagnosis = entry.diagnosis(client.world.keys)
    assert diagnosis is not None
    assert entry.diagnosis(client.world.keys) is diagnosis, "worked out once"
    assert shown(client)["diagnosis"] == diagnosis.as_dict()


@pytest.mark.parametrize("code", [-1022, -1100, -1102, -2014, -2015])
def test_refusals_that_may_be_explained(code: int) -> None:
    entry = Entry(1, Request("GET", "/api/v3/account", b"timestamp=1"), NOW)
    assert entry.diagnosis(KeyRing()) is None
    entry.code = code
    entry.diagnosis(KeyRing())


@pytest.mark.parametrize("code", [0, -1021, -1121, -2010, -1003])
def test_refusals_that_need_no_explanation(code: int) -> None:
    entry = Entry(1, Request("GET", "/api/v3/account"), NOW)
    entry.code = code
    assert entry.diagnosis(KeyRing()) is None


def test_the_why_of_a_refusal_is_for_the_journal_alone() -> None:
    client = SpotClient(frozen_world())
    reply = client.send(client.request("GET", "account", {}, timestamp=0))
    assert client.journal().why
    assert reply.json.keys() == {"code", "msg"}


@pytest.mark.parametrize("place", ["query", "body"])
def test_a_request_kept_in_part_is_not_explained(place: str) -> None:
    """The signature may stand behind the part that is kept."""
    world = frozen_world()
    client = SpotClient(world, KeyPair(EXAMPLE_PAIR.api_key, "not the secret"), place=place)
    reply = client.post("order", newClientOrderId="x" * 9_000)
    assert reply.refusal == (400, -1022)
    assert shown(client)["diagnosis"] is None
    reply = client.post("order", newClientOrderId="x" * 7_000)
    assert shown(client)["diagnosis"] is not None
