"""Every answer has the fields of the API's documentation, and no others, in both generations (O-1, O-2, O-7)."""

from __future__ import annotations

from typing import Any, Final

import pytest
from tests.mock_server.spot_client import Reply
from tests.mock_server.venues.options.options_client import CALL, OptionsClient, calls, client, wrong

BTC: Final[dict[str, object]] = {"symbol": CALL}
SCENES: Final[list[tuple[str, dict[str, object]]]] = [
    ("GET /eapi/v1/ping", {}),
    ("GET /eapi/v1/time", {}),
    ("GET /eapi/v1/exchangeInfo", {}),
    ("GET /eapi/v1/depth", BTC),
    ("GET /eapi/v1/trades", BTC),
    ("GET /eapi/v1/historicalTrades", {**BTC, "fromId": 3}),
    ("GET /eapi/v1/blockTrades", {}),
    ("GET /eapi/v1/klines", {**BTC, "interval": "1h", "limit": 3}),
    ("GET /eapi/v1/mark", BTC),
    ("GET /eapi/v1/mark", {}),
    ("GET /eapi/v1/ticker", BTC),
    ("GET /eapi/v1/ticker", {}),
    ("GET /eapi/v1/index", {"underlying": "BTCUSDT"}),
    ("GET /eapi/v1/openInterest", {"underlyingAsset": "BTC", "expiration": "231124"}),
    ("GET /eapi/v1/exerciseHistory", {}),
    ("POST /eapi/v1/listenKey", {}),
    ("PUT /eapi/v1/listenKey", {}),
    ("DELETE /eapi/v1/listenKey", {}),
]
EMPTY: Final = (
    "GET /eapi/v1/ping", "GET /eapi/v1/blockTrades", "GET /eapi/v1/exerciseHistory", "PUT /eapi/v1/listenKey",
    "DELETE /eapi/v1/listenKey",
)  # fmt: skip


def play(options: OptionsClient, call: str, params: dict[str, object]) -> Reply:
    verb, path = call.split(" /eapi/v1/")
    if verb == "PUT":
        options.keyed(path, verb="POST").ok()
    return options.keyed(path, verb=verb, **params)


@pytest.mark.parametrize("generation", ["2026", "2023"])
@pytest.mark.parametrize(("call", "params"), SCENES, ids=str)
def test_the_answer_has_its_shape(call: str, params: dict[str, object], generation: str) -> None:
    reply = play(client(dialect=generation), call, params)
    assert reply.status == 200, reply.body
    assert wrong(call, reply.json, generation) == []
    assert bool(reply.json) is (call not in EMPTY)


def test_every_call_is_played() -> None:
    assert {call for call, _ in SCENES} == calls()


@pytest.mark.parametrize(("call", "params"), SCENES, ids=str)
def test_equal_worlds_answer_alike(call: str, params: dict[str, object]) -> None:
    assert play(OptionsClient(), call, params).body == play(OptionsClient(), call, params).body


@pytest.mark.parametrize(("call", "params"), SCENES, ids=str)
def test_what_a_call_shows_does_not_depend_on_what_was_looked_at(call: str, params: dict[str, object]) -> None:
    """That a market was made is not seen."""
    touched = OptionsClient()
    touched.public("depth", symbol=CALL).ok()
    assert play(touched, call, params).json == play(OptionsClient(), call, params).json


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        ("GET /eapi/v1/time", {"serverTime": "1700000000000"}),
        ("GET /eapi/v1/index", {"time": 1_700_000_000_000}),
        ("POST /eapi/v1/listenKey", {"listenKey": "k", "expiration": 1_700_000_000_000, "more": 1}),
    ],
)
def test_the_comparison_finds_what_differs(call: str, answer: Any) -> None:
    assert wrong(call, answer)
