"""Requests that a fault lets wait: they are judged when they arrive and again when they go on (S-22, S-23)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.mock_server.spot_client import NOW, Reply, SpotClient, frozen_world, open_client, read

from binance_mock.gate.gate import Held
from binance_mock.gate.journal import Verdict
from binance_mock.gate.request import Request, Response

ORDER = {
    "symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01", "price": "70000",
}  # fmt: skip


def slow_client(ms: int = 1000, **rule: Any) -> SpotClient:
    client = SpotClient(frozen_world())
    client.world.faults.add("latency", ms=ms, **rule)
    return client


def hold(client: SpotClient, request: Request) -> Held:
    held = client.hold(request)
    assert isinstance(held, Held)
    return held


def resume(client: SpotClient, held: Held) -> Reply:
    """Let the clock go on by the delay, then the request."""
    client.world.clock.move(held.delay_ms * 1000)
    return read(held.resume(client.world.clock.now()))


def orders_of(client: SpotClient) -> list[int]:
    return [n for _, n in client.world.desks["spot"].orders.counts("default", client.world.clock.now())]


def test_the_request_takes_effect_when_it_goes_on() -> None:
    client = slow_client(1000)
    held = hold(client, client.request("POST", "order", ORDER))
    assert (held.delay_ms, held.wall) == (1000, False)
    assert not client.world.spot.markets
    assert client.journal().verdict is Verdict.PENDING
    reply = resume(client, held)
    assert reply.ok()["transactTime"] == (NOW + 1_000_000) // 1000
    entry = client.journal()
    assert (entry.verdict, entry.status, entry.fault, entry.now) == (Verdict.ACCEPTED, 200, "latency-1", NOW)


@pytest.mark.parametrize(("delay", "status"), [(5000, 200), (5001, 400)])
def test_its_age_is_tested_again_at_the_engine(delay: int, status: int) -> None:
    """S-22: serverTime - timestamp <= recvWindow once more."""
    client = slow_client(delay)
    request = client.request("POST", "order", ORDER, timestamp=NOW)
    reply = resume(client, hold(client, request))
    assert reply.status == status
    if status == 400:
        assert (reply.code, reply.msg) == (-1021, "Timestamp for this request is outside of the recvWindow.")
        assert client.world.spot.accounts["default"].money.locked["USDT"] == 0


@pytest.mark.parametrize("path", ["order", "order/cancelReplace"])
def test_a_late_refusal_adds_weight_and_orders(path: str) -> None:
    """S-23, S-67: it was on its way to the engine."""
    client = slow_client(6000)
    more = {"cancelReplaceMode": "ALLOW_FAILURE", "cancelOrderId": 1} if path != "order" else {}
    reply = resume(client, hold(client, client.request("POST", path, {**ORDER, **more})))
    assert reply.refusal == (400, -1021)
    assert reply.headers["x-mbx-used-weight-1m"] == "1"
    assert orders_of(client) == [1, 1]


def test_a_late_refusal_of_a_query_adds_no_order() -> None:
    """S-23."""
    client = slow_client(6000)
    reply = resume(client, hold(client, client.request("GET", "account", {})))
    assert (reply.refusal, reply.headers["x-mbx-used-weight-1m"]) == ((400, -1021), "20")
    assert orders_of(client) == [0, 0]


@pytest.mark.parametrize(("age", "code"), [(5_000_001, -1021), (-1_000_000, -1021)])
def test_a_refusal_on_receipt_does_not_wait(age: int, code: int) -> None:
    """S-20, S-23: weight, and no order."""
    client = slow_client(1000)
    reply = client.send(client.request("POST", "order", ORDER, timestamp=NOW - age))
    assert reply.refusal == (400, code)
    assert reply.headers["x-mbx-used-weight-1m"] == "1"
    assert orders_of(client) == [0, 0]


def test_a_timestamp_ahead_on_receipt_is_not_tested_for_that_again() -> None:
    """S-22: the second test is one of age alone, and a clock set back makes nobody too early."""
    client = slow_client(1000)
    held = hold(client, client.request("POST", "order", ORDER, timestamp=NOW + 999_999))
    client.world.clock.move(-10_000_000)
    assert read(held.resume(client.world.clock.now())).status == 200


def test_the_weight_is_charged_on_arrival() -> None:
    client = slow_client(1000)
    hold(client, client.request("GET", "account", {}))
    assert client.world.desks["spot"].ip.used(client.ip, NOW) == [(b"x-mbx-used-weight-1m", 20)]


def test_what_the_world_is_when_it_goes_on_decides() -> None:
    """Two held orders for the same money: who goes on first gets it."""
    client = slow_client(1000)
    big = {**ORDER, "quantity": "10"}
    first, second = (hold(client, client.request("POST", "order", big)) for _ in range(2))
    assert resume(client, second).status == 200
    assert resume(client, first).refusal == (400, -2010)


def test_unsigned_calls_wait_too() -> None:
    client = slow_client(1000)
    held = hold(client, Request("GET", "/api/v3/time"))
    assert resume(client, held).ok() == {"serverTime": NOW // 1000 + 1000}


def test_a_wait_in_real_time_is_marked() -> None:
    client = slow_client(1000, wall=True)
    assert hold(client, Request("GET", "/api/v3/time")).wall is True


def test_an_answer_held_back_took_effect_at_once() -> None:
    """The delay stands on the response."""
    client = slow_client(1000, stage="after")
    response = client.respond(client.request("POST", "order", ORDER))
    assert response.delay_ms == 1000
    assert read(response).ok()["transactTime"] == NOW // 1000
    assert client.world.spot.accounts["default"].money.locked["USDT"] == 700 * 10**8


def test_only_calls_that_match_wait() -> None:
    client = slow_client(1000, path="/api/v3/order", method="POST", times=1)
    assert client.public("time").status == 200
    assert isinstance(client.hold(client.request("POST", "order", ORDER)), Held)
    assert isinstance(client.hold(client.request("POST", "order", ORDER)), Response)


def test_a_fault_may_be_for_one_key() -> None:
    client = slow_client(1000, key="example")
    assert isinstance(client.hold(client.request("GET", "account", {})), Held)
    other = open_client(client.world, "other")
    assert isinstance(other.hold(other.request("GET", "account", {})), Response)
    assert isinstance(client.hold(Request("GET", "/api/v3/ping")), Response)


def test_a_fault_may_move_the_clock() -> None:
    """Before the request is judged: its timestamp is old then."""
    client = SpotClient(frozen_world())
    client.world.faults.add("clock_jump", ms=5000, times=1)
    assert client.public("time").ok() == {"serverTime": NOW // 1000 + 5000}
    assert client.world.clock.now() == NOW + 5_000_000
    assert client.send(client.request("GET", "account", {}, timestamp=NOW)).status == 200
    assert client.send(client.request("GET", "account", {}, timestamp=NOW - 1)).refusal == (400, -1021)
