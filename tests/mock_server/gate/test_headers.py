"""The headers of every kind of answer: used weight, order count, Retry-After (S-57 to S-71)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from tests.mock_server.spot_client import NOW, SECOND, Reply, SpotClient, encode, frozen_world, open_client
from tests.mock_server.venues.spot.scenes import SCENES, Scene, fresh_client

from binance_mock.gate.limiters import LimitInterval, LimitKind
from binance_mock.gate.request import Request
from binance_mock.world import World, WorldSettings

MINUTE = 60 * SECOND
NEXT_MINUTE = NOW - NOW % MINUTE + MINUTE
JSON = "application/json;charset=UTF-8"


def used(reply: Reply) -> int:
    """The used weight that an answer tells, twice."""
    weight = reply.headers["x-mbx-used-weight"]
    assert weight == reply.headers["x-mbx-used-weight-1m"]
    return int(weight)


def count(reply: Reply) -> tuple[str, str] | None:
    """The order counts that an answer tells."""
    if "x-mbx-order-count-10s" not in reply.headers:
        assert "x-mbx-order-count-1d" not in reply.headers
        return None
    return reply.headers["x-mbx-order-count-10s"], reply.headers["x-mbx-order-count-1d"]


def weight_of(world: World, ip: str = "127.0.0.1") -> int:
    return world.desks["spot"].ip.used(ip, world.clock.now())[0][1]


def orders_of(world: World, account: str = "default") -> list[int]:
    return [number for _, number in world.desks["spot"].orders.counts(account, world.clock.now())]


# -- weight ---------------------------------------------------------------------------------------------------------

WEIGHTS: list[tuple[str, dict[str, object], int]] = [
    ("ping", {}, 1),
    ("time", {}, 1),
    ("exchangeInfo", {}, 20),
    ("exchangeInfo", {"symbol": "BTCUSDT"}, 20),
    ("executionRules", {"symbol": "BTCUSDT"}, 2),
    ("executionRules", {"symbols": '["BTCUSDT","BNBUSDT"]'}, 4),
    ("executionRules", {"symbolStatus": "TRADING"}, 40),
    ("executionRules", {}, 40),
    ("depth", {"symbol": "BTCUSDT"}, 5),
    ("depth", {"symbol": "BTCUSDT", "limit": 100}, 5),
    ("depth", {"symbol": "BTCUSDT", "limit": 101}, 25),
    ("depth", {"symbol": "BTCUSDT", "limit": 500}, 25),
    ("depth", {"symbol": "BTCUSDT", "limit": 501}, 50),
    ("depth", {"symbol": "BTCUSDT", "limit": 1000}, 50),
    ("depth", {"symbol": "BTCUSDT", "limit": 1001}, 250),
    ("depth", {"symbol": "BTCUSDT", "limit": 9999}, 250),
    ("trades", {"symbol": "BTCUSDT"}, 25),
    ("historicalTrades", {"symbol": "BTCUSDT"}, 25),
    ("historicalBlockTrades", {"symbol": "BTCUSDT", "fromId": 0}, 25),
    ("aggTrades", {"symbol": "BTCUSDT"}, 4),
    ("klines", {"symbol": "BTCUSDT", "interval": "1d"}, 2),
    ("uiKlines", {"symbol": "BTCUSDT", "interval": "1d"}, 2),
    ("avgPrice", {"symbol": "BTCUSDT"}, 2),
    ("referencePrice", {"symbol": "BTCUSDT"}, 2),
    ("referencePrice/calculation", {"symbol": "BTCUSDT"}, 2),
    ("ticker/24hr", {"symbol": "BTCUSDT"}, 2),
    ("ticker/24hr", {"symbols": '["BTCUSDT","BNBUSDT"]'}, 2),
    ("ticker/24hr", {"symbols": str([f"S{i}" for i in range(21)]).replace("'", '"').replace(" ", "")}, 40),
    ("ticker/24hr", {"symbols": str([f"S{i}" for i in range(101)]).replace("'", '"').replace(" ", "")}, 80),
    ("ticker/24hr", {}, 80),
    ("ticker/tradingDay", {"symbol": "BTCUSDT"}, 4),
    ("ticker/tradingDay", {"symbols": '["BTCUSDT","BNBUSDT"]'}, 8),
    ("ticker/tradingDay", {"symbols": str([f"S{i}" for i in range(51)]).replace("'", '"').replace(" ", "")}, 200),
    ("ticker", {"symbol": "BTCUSDT"}, 4),
    ("ticker", {"symbols": '["BTCUSDT","BNBUSDT"]'}, 8),
    ("ticker/price", {"symbol": "BTCUSDT"}, 2),
    ("ticker/price", {"symbols": '["BTCUSDT"]'}, 4),
    ("ticker/price", {}, 4),
    ("ticker/bookTicker", {"symbol": "BTCUSDT"}, 2),
    ("ticker/bookTicker", {"symbols": '["BTCUSDT"]'}, 4),
    ("ticker/bookTicker", {}, 4),
]
SIGNED_WEIGHTS: list[tuple[str, dict[str, object], int]] = [
    ("account", {}, 20),
    ("order", {"symbol": "BTCUSDT", "orderId": 1}, 4),
    ("openOrders", {"symbol": "BTCUSDT"}, 6),
    ("openOrders", {}, 80),
    ("allOrders", {"symbol": "BTCUSDT"}, 20),
    ("myTrades", {"symbol": "BTCUSDT"}, 20),
    ("myTrades", {"symbol": "BTCUSDT", "orderId": 1}, 5),
    ("rateLimit/order", {}, 40),
    ("myPreventedMatches", {"symbol": "BTCUSDT", "preventedMatchId": 1}, 2),
    ("myPreventedMatches", {"symbol": "BTCUSDT", "orderId": 1}, 20),
    ("myAllocations", {"symbol": "BTCUSDT"}, 20),
    ("account/commission", {"symbol": "BTCUSDT"}, 20),
    ("myFilters", {"symbol": "BTCUSDT"}, 40),
]


@pytest.mark.parametrize(("path", "params", "weight"), WEIGHTS)
def test_the_weight_of_public_calls(path: str, params: dict[str, Any], weight: int) -> None:
    """S-57, S-182."""
    client = SpotClient(frozen_world())
    reply = client.public(path, **params)
    assert used(reply) == weight
    assert client.journal().weight == weight


@pytest.mark.parametrize(("path", "params", "weight"), SIGNED_WEIGHTS)
def test_the_weight_of_signed_queries(path: str, params: dict[str, Any], weight: int) -> None:
    """S-57, S-182."""
    assert used(SpotClient(frozen_world()).get(path, **params)) == weight


LIMIT: Mapping[str, object] = {
    "symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01", "price": "70000",
}  # fmt: skip


def test_placing_and_cancelling_weigh_nothing_when_they_succeed() -> None:
    """S-62: 0 since 2026-04-02."""
    client = SpotClient(frozen_world())
    order = client.post("order", **LIMIT)
    assert used(order) == 0
    replaced = client.post(
        "order/cancelReplace", **LIMIT, cancelReplaceMode="STOP_ON_FAILURE", cancelOrderId=order.ok()["orderId"]
    )
    assert (replaced.status, used(replaced)) == (200, 0)
    assert used(client.delete("order", symbol="BTCUSDT", orderId=replaced.ok()["newOrderResponse"]["orderId"])) == 0
    client.post("order", **LIMIT)
    assert used(client.delete("openOrders", symbol="BTCUSDT")) == 0
    assert client.journal().weight == 0


@pytest.mark.parametrize(
    ("method", "path", "params", "status"),
    [
        ("POST", "order", {**LIMIT, "quantity": "100"}, 400),
        ("POST", "order", {**LIMIT, "price": "1"}, 400),
        ("POST", "order", {}, 400),
        ("DELETE", "order", {"symbol": "BTCUSDT", "orderId": 1}, 400),
        ("DELETE", "openOrders", {"symbol": "BTCUSDT"}, 400),
        ("POST", "order/cancelReplace", {**LIMIT, "cancelReplaceMode": "STOP_ON_FAILURE", "cancelOrderId": 1}, 400),
        ("POST", "order/cancelReplace", {**LIMIT, "cancelReplaceMode": "ALLOW_FAILURE", "cancelOrderId": 1}, 409),
    ],
)
def test_placing_and_cancelling_weigh_1_when_they_fail(
    method: str, path: str, params: dict[str, Any], status: int
) -> None:
    """S-62."""
    client = SpotClient(frozen_world())
    reply = client.send(client.request(method, path, params))
    assert (reply.status, used(reply), client.journal().weight) == (status, 1, 1)


def test_test_orders_weigh_what_they_weigh() -> None:
    """S-62: not in the list of free calls."""
    client = SpotClient(frozen_world())
    assert used(client.post("order/test", **LIMIT)) == 1
    assert used(client.post("order/test", **LIMIT, computeCommissionRates="true")) == 21
    assert used(client.post("order/test", **LIMIT, computeCommissionRates="false")) == 22


def _spoil(path: str, **headers: bytes) -> Callable[[SpotClient], Request]:
    def build(client: SpotClient) -> Request:
        request = client.request("GET", path, {})
        key = headers.get("key", client.pair.api_key.encode())
        return Request("GET", request.path, request.query + headers.get("more", b""), b"", {b"x-mbx-apikey": key})

    return build


@pytest.mark.parametrize(
    ("build", "status", "weight"),
    [
        (_spoil("account", key=b""), 401, 20),
        (_spoil("account", key=b"u" * 64), 401, 20),
        (_spoil("account", more=b"0"), 400, 20),
        (_spoil("account", more=b"&x=1&x=2"), 400, 20),
        (_spoil("rateLimit/order", more=b"&recvWindow=60001"), 400, 40),
        (_spoil("no/such/path"), 404, 1),
        (_spoil("userDataStream"), 410, 1),
    ],
)
def test_refused_calls_are_charged(build: Callable[[SpotClient], Request], status: int, weight: int) -> None:
    """S-63."""
    client = SpotClient(frozen_world())
    reply = client.send(build(client))
    assert (reply.status, used(reply), client.journal().weight) == (status, weight, weight)


def test_weight_is_per_address_over_all_keys() -> None:
    """S-57."""
    world = frozen_world()
    alice, bob = open_client(world, "alice"), open_client(world, "bob")
    alice.get("account")
    assert used(bob.get("account")) == 40
    bob.ip = "10.0.0.1"
    assert used(bob.get("account")) == 20


def test_weight_starts_anew_with_the_minute() -> None:
    """S-58: by the clock, not sliding."""
    client = SpotClient(frozen_world(at=NEXT_MINUTE - 1))
    client.public("exchangeInfo")
    assert used(client.public("ping")) == 21
    client.world.clock.move(1)
    assert used(client.public("ping")) == 1


# -- the limit, 429 and 418 -----------------------------------------------------------------------------------------


def limited(limit: int = 10, **settings: Any) -> SpotClient:
    world = frozen_world(WorldSettings(**settings))
    world.desks["spot"].ip.set_limit(LimitKind.REQUEST_WEIGHT, LimitInterval.MINUTE, 1, limit)
    return SpotClient(world)


def test_above_the_weight_limit() -> None:
    """S-59."""
    client = limited(10)
    assert [client.public("ping").status for _ in range(10)] == [200] * 10
    reply = client.public("ping")
    assert (*reply.refusal, reply.msg) == (
        429, -1003, "Too much request weight used; current limit is 10 request weight per 1 MINUTE. "
        "Please use WebSocket Streams for live updates to avoid polling the API.",
    )  # fmt: skip
    assert reply.headers["retry-after"] == str(-(-(NEXT_MINUTE - NOW) // SECOND))
    client.world.clock.freeze(NEXT_MINUTE)
    assert client.public("ping").status == 200


def test_going_on_after_a_429_brings_a_ban() -> None:
    """S-60."""
    client = limited(0, strikes=3)
    replies = [client.public("ping") for _ in range(4)]
    assert [reply.status for reply in replies] == [429, 429, 429, 418]
    until = (NOW // 1000 + 120_000) * 1000
    last = replies[-1]
    assert (last.code, last.msg) == (
        -1003, f"Way too much request weight used; IP banned until {until // 1000}. "
        "Please use WebSocket Streams for live updates to avoid bans.",
    )  # fmt: skip
    assert last.headers["retry-after"] == "120"
    client.world.clock.freeze(until - 1)
    assert client.public("ping").status == 418
    client.world.clock.freeze(until)
    assert client.public("ping").status == 429


@pytest.mark.parametrize("order", [True, False])
def test_a_banned_address_is_charged_nothing(order: bool) -> None:
    """Neither for queries nor for placements, whose weight falls due when they fail."""
    client = SpotClient(frozen_world())
    client.world.desks["spot"].ip.ban(client.ip, 60, NOW)
    reply = client.order() if order else client.get("account")
    assert (reply.status, used(reply)) == (418, 0)
    assert client.journal().weight == 0


def test_too_many_requests() -> None:
    """S-61."""
    client = SpotClient(frozen_world())
    client.world.desks["spot"].ip.set_limit(LimitKind.RAW_REQUESTS, LimitInterval.MINUTE, 5, 2)
    assert [client.order().status for _ in range(3)] == [200, 200, 429]
    assert client.public("ping").code == -1003


def test_placements_pass_while_the_limit_is_exactly_used_up() -> None:
    """S-62: they weigh 0; their failure then weighs 1 all the same."""
    client = limited(20)
    client.get("account")
    assert client.order().status == 200
    failed = client.order(quantity="100")
    assert (failed.status, used(failed)) == (400, 21)
    assert client.order().status == 429


# -- which headers stand where --------------------------------------------------------------------------------------


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.title)
def test_every_answer_has_its_headers(scene: Scene) -> None:
    """S-1, S-57, S-65: weight on all, order counts on successful placements alone."""
    reply = scene.play(fresh_client())
    assert reply.headers["content-type"] == JSON
    used(reply)
    placed = scene.status == 200 and scene.call in ("POST /api/v3/order", "POST /api/v3/order/cancelReplace")
    assert (count(reply) is not None) == placed
    assert "retry-after" not in reply.headers


def test_names_of_headers_are_lower_case_and_all_text() -> None:
    client = SpotClient(frozen_world())
    for name, value in client.respond(client.request("POST", "order", LIMIT)).headers:
        assert name == name.lower()
        assert isinstance(value, bytes)


def test_a_refusal_has_weight_and_no_count() -> None:
    client = SpotClient(frozen_world())
    reply = client.order(quantity="100")
    assert reply.headers.keys() == {"content-type", "x-mbx-used-weight", "x-mbx-used-weight-1m"}


def test_the_limits_of_exchange_info_are_those_of_the_headers() -> None:
    """S-222."""
    client = SpotClient(frozen_world())
    reply = client.order()
    rows = client.public("exchangeInfo").ok()["rateLimits"]
    names = {
        f"x-mbx-{'used-weight' if row['rateLimitType'] == 'REQUEST_WEIGHT' else 'order-count'}-"
        f"{row['intervalNum']}{row['interval'][0].lower()}"
        for row in rows
        if row["rateLimitType"] != "RAW_REQUESTS"
    }
    assert names == {name for name in reply.headers if name.startswith("x-mbx-") and name != "x-mbx-used-weight"}
    of_orders = [row for row in rows if row["rateLimitType"] == "ORDERS"]
    assert client.get("rateLimit/order").ok() == [{**row, "count": 1} for row in of_orders]


# -- unfilled orders ------------------------------------------------------------------------------------------------


def test_orders_count_per_account_over_keys_and_addresses() -> None:
    """S-65."""
    world = frozen_world()
    alice, bob = open_client(world, "alice", USDT=100_000), open_client(world, "bob", USDT=100_000)
    assert count(alice.order()) == ("1", "1")
    alice.ip = "10.0.0.1"
    assert count(alice.order()) == ("2", "2")
    assert count(bob.order()) == ("1", "1")
    world.clock.move(10 * SECOND)
    assert count(alice.order()) == ("1", "3")


def test_what_adds_to_the_count() -> None:
    """S-67: tests and cancels nothing, cancel-replace 1."""
    client = SpotClient(frozen_world())
    client.post("order/test", **LIMIT)
    assert orders_of(client.world) == [0, 0]
    order = client.order().ok()
    client.delete("order", symbol="BTCUSDT", orderId=order["orderId"])
    assert orders_of(client.world) == [1, 1]
    replace = {**LIMIT, "cancelReplaceMode": "STOP_ON_FAILURE"}
    assert (
        client.post("order/cancelReplace", **replace, cancelOrderId=1).json["data"]["newOrderResult"] == "NOT_ATTEMPTED"
    )
    assert orders_of(client.world) == [2, 2]
    other = client.order().ok()["orderId"]
    assert count(client.post("order/cancelReplace", **replace, cancelOrderId=other)) == ("4", "4")


@pytest.mark.parametrize(
    ("params", "counted"),
    [
        ({"side": "BOTH"}, 0),
        ({"symbol": "NOSUCHUSDT"}, 0),
        ({"price": None}, 0),
        ({"price": "70000.001"}, 0),
        ({"quantity": "100"}, 1),
        ({"type": "LIMIT_MAKER", "price": "80001", "timeInForce": None, "side": "SELL", "quantity": "11"}, 1),
    ],
)
def test_only_orders_that_reach_the_engine_count(params: dict[str, object], counted: int) -> None:
    """S-23: refused there or not."""
    client = SpotClient(frozen_world())
    assert client.post("order", **{**LIMIT, **params}).status == 400
    assert orders_of(client.world) == [counted, counted]


def test_over_the_order_limit() -> None:
    """S-66."""
    client = SpotClient(frozen_world())
    client.world.desks["spot"].orders.set_limit(LimitInterval.SECOND, 10, 2)
    assert [client.order().status for _ in range(2)] == [200, 200]
    reply = client.order()
    assert (*reply.refusal, reply.msg) == (429, -1015, "Too many new orders; current limit is 2 orders per 10 SECOND.")
    assert reply.headers["retry-after"] == "10"
    assert used(reply) == 1
    assert orders_of(client.world) == [2, 2]
    client.world.clock.move(10 * SECOND)
    assert client.order().status == 200


def test_the_first_fill_takes_orders_off_the_count() -> None:
    """S-68: 1 as taker, 5 as maker; later fills nothing; S-69: never below 0."""
    world = frozen_world()
    maker, taker = open_client(world, "maker", BTC=1), open_client(world, "taker", USDT=100_000)
    for _ in range(7):
        maker.order("SELL", quantity="0.02", price="85000")
    maker.order("SELL", quantity="0.1", price="80001")
    assert orders_of(world, "maker") == [8, 8]
    assert count(taker.order("BUY", quantity="0.05", price="80001")) == ("0", "0")
    assert orders_of(world, "maker") == [3, 3]
    taker.order("BUY", quantity="0.05", price="80001")
    assert (orders_of(world, "maker"), orders_of(world, "taker")) == ([3, 3], [0, 0])


def test_an_order_that_trades_nothing_stays_counted() -> None:
    """S-69: expiry and cancels change nothing."""
    client = SpotClient(frozen_world())
    assert count(client.order(timeInForce="IOC")) == ("1", "1")
    assert count(client.order(timeInForce="FOK")) == ("2", "2")


def test_parameters_of_a_duplicated_weight_are_read_from_the_query() -> None:
    """S-3: the weight follows the value that counts."""
    client = SpotClient(frozen_world())
    text = encode({**LIMIT, "computeCommissionRates": "true", "timestamp": NOW // 1000})
    signed = client.signed("POST", "/api/v3/order/test", text)
    assert used(client.send(signed)) == 20


@pytest.mark.parametrize(
    ("kind", "params", "weight", "has_weight"),
    [
        ("unknown_503", {"executed": True}, "0", True),
        ("unknown_503", {"executed": False}, "0", True),
        ("latency", {"ms": 5, "stage": "after"}, "0", True),
        ("too_many_429", {}, "0", True),
        ("reset_before", {}, "", False),
    ],
)
def test_answers_that_a_fault_made(kind: str, params: dict[str, Any], weight: str, has_weight: bool) -> None:
    """Weight stands on them once, as on any other answer, unless nothing is sent at all."""
    client = SpotClient(frozen_world())
    client.world.faults.add(kind, **params)
    response = client.respond(client.request("POST", "order", LIMIT))
    names = [name for name, _ in response.headers]
    assert names.count(b"x-mbx-used-weight-1m") == has_weight
    assert not has_weight or dict(response.headers)[b"x-mbx-used-weight-1m"] == weight.encode()
