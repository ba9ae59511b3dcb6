"""Keys, counts and limits as this market has them: U-14, U-19, U-21, U-22, U-24, U-26."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from tests.mock_server.spot_client import SECOND, Reply, frozen_world, read
from tests.mock_server.venues.usdm.signed_client import SignedClient
from tests.mock_server.venues.usdm.test_trade import BTC, Trader, refusal

from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock.gate.keys import ApiKey, Permission
from binance_mock.gate.request import Request, Response
from binance_mock.venues.usdm import batches
from binance_mock.venues.usdm.endpoints import ENDPOINTS

KEY_HEADER = {b"x-mbx-apikey": EXAMPLE_PAIR.api_key.encode()}
REJECTED = (401, -2015, "Invalid API-key, IP, or permissions for action.")
COUNTS = {"x-mbx-order-count-10s", "x-mbx-order-count-1m"}
ITEM = {"symbol": BTC, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.010", "price": "79000"}


def counts(reply: Reply) -> tuple[str, str]:
    """The headers of the 10 s window and of the minute."""
    return reply.headers["x-mbx-order-count-10s"], reply.headers["x-mbx-order-count-1m"]


# -- keys ------------------------------------------------------------------------------------------------------------


def test_a_wrong_signature() -> None:
    """U-14."""
    client = SignedClient()
    sent = {**client.signed({}), "signature": "0" * 64}
    reply = client.call("/fapi/v3/account", sent, KEY_HEADER)
    assert (*reply.refusal, reply.msg) == (400, -1022, "Signature for this request is not valid.")


@pytest.mark.parametrize("key", ["", "bad key", "é"])
def test_a_key_that_is_missing_or_malformed(key: str) -> None:
    """U-14."""
    client = SignedClient()
    headers = {b"x-mbx-apikey": key.encode()} if key else {}
    reply = client.call("/fapi/v3/account", client.signed({}), headers)
    assert (*reply.refusal, reply.msg) == (401, -2014, "API-key format invalid.")


def test_a_key_that_is_unknown_or_used_from_elsewhere() -> None:
    """U-14: the text without the optional tail."""
    client = SignedClient()
    reply = client.call("/fapi/v3/account", client.signed({}), {b"x-mbx-apikey": b"k" * 64})
    assert (*reply.refusal, reply.msg) == REJECTED
    client.world.keys.add(ApiKey.hmac(*EXAMPLE_PAIR, label="near", account="default", ips=["10.0.0.1"]), replace=True)
    reply = client.call("/fapi/v3/account", client.signed({}), KEY_HEADER)
    assert (*reply.refusal, reply.msg) == REJECTED


@pytest.mark.parametrize("allowed", list(Permission))
def test_a_key_for_one_type_of_call_is_refused_on_the_others(allowed: Permission) -> None:
    """U-19."""
    client = SignedClient()
    limited = ApiKey.hmac(*EXAMPLE_PAIR, label="limited", account="default", permissions=[allowed])
    client.world.keys.add(limited, replace=True)
    answers = {
        Permission.TRADE: client.ask("DELETE", "allOpenOrders", symbol=BTC),
        Permission.USER_DATA: client.ask("GET", "v3/account"),
        Permission.USER_STREAM: client.call("listenKey", {}, KEY_HEADER, "POST"),
        Permission.MARKET_DATA: client.keyed("historicalTrades", symbol=BTC),
    }
    for needed, reply in answers.items():
        if needed is allowed:
            assert reply.status == 200, needed
        else:
            assert (*reply.refusal, reply.msg) == REJECTED, needed
    assert client.keyed("ping").status == 200


# -- headers ---------------------------------------------------------------------------------------------------------


def test_every_answer_tells_the_weight_and_only_placements_tell_orders() -> None:
    """U-21, U-22: a placement weighs nothing; a refused one tells no orders."""
    trader = Trader()
    first = trader.order()
    assert (first.headers["x-mbx-used-weight-1m"], counts(first)) == ("0", ("1", "1"))
    id = first.ok()["orderId"]
    amended = trader.ask("PUT", "order", symbol=BTC, side="BUY", quantity="0.020", price="78000", orderId=id)
    assert (amended.headers["x-mbx-used-weight-1m"], counts(amended)) == ("0", ("2", "2"))
    refused = trader.order(price="79000.05")
    assert refused.headers["x-mbx-used-weight-1m"] == "0"
    assert not COUNTS & refused.headers.keys()
    cancelled = trader.ask("DELETE", "order", symbol=BTC, orderId=id)
    assert cancelled.headers["x-mbx-used-weight-1m"] == "1"
    assert not COUNTS & cancelled.headers.keys()
    assert all("x-mbx-used-weight" not in reply.headers for reply in (first, amended, refused, cancelled))
    unknown = trader.ask("GET", "nonsense")
    assert (unknown.status, unknown.headers["x-mbx-used-weight-1m"]) == (404, "2")


@pytest.mark.parametrize("path", ["/fapi/v1/ping", "/fapi/v1/nonsense", "/fapi/v1/fundingInfo"])
def test_headers_of_a_429(path: str) -> None:
    """U-21, U-25."""
    trader = Trader()
    trader.world.desks["usdm"].ip.charge("127.0.0.1", 5000, trader.world.clock.now())
    trader.world.desks["usdm"].quotas.set_limit("fundingRate", 0)
    response = trader.world.handle(Request("GET", path, b"", b"", None))
    assert isinstance(response, Response)
    reply = read(response)
    assert reply.status == 429
    assert int(reply.headers["x-mbx-used-weight-1m"]) >= 5000
    assert int(reply.headers["retry-after"]) > 0


# -- order counts ----------------------------------------------------------------------------------------------------


def test_what_a_batch_counts() -> None:
    """U-26: 5 in ten seconds and 1 in the minute whatever its size, and 5 weight; cancels count nothing."""
    trader = Trader()
    for number, items in enumerate(([ITEM], [ITEM] * 5, [{}]), 1):
        reply = trader.ask("POST", "batchOrders", batchOrders=json.dumps(items))
        assert counts(reply) == (str(5 * number), str(number))
        assert reply.headers["x-mbx-used-weight-1m"] == str(5 * number)
    ids = [row["orderId"] for row in trader.ask("GET", "openOrders", symbol=BTC).ok()]
    change = {"symbol": BTC, "side": "BUY", "quantity": "0.020", "price": "78000", "orderId": ids[0]}
    assert counts(trader.ask("PUT", "batchOrders", batchOrders=json.dumps([change]))) == ("20", "4")
    trader.ask("DELETE", "batchOrders", symbol=BTC, orderIdList=json.dumps(ids[1:3]))
    trader.ask("DELETE", "order", symbol=BTC, orderId=ids[3])
    trader.ask("DELETE", "allOpenOrders", symbol=BTC)
    assert counts(trader.order()) == ("21", "5")


def test_the_declarations_say_what_is_counted() -> None:
    """U-26: of every call that counts orders, in the minute and in ten seconds."""
    declared = {
        f"{each.method} {each.path}": (each.order_count, each.order_count + each.order_burst)
        for each in ENDPOINTS
        if each.order_count and "algo" not in each.path
    }
    assert declared == {
        "POST /fapi/v1/order": (1, 1),
        "PUT /fapi/v1/order": (1, 1),
        "POST /fapi/v1/batchOrders": (1, 5),
        "PUT /fapi/v1/batchOrders": (1, 5),
    }
    assert batches.new_orders.order_burst == 4


@pytest.mark.parametrize(
    ("limit", "text"),
    [
        (("SECOND", 10, 4), "Too many new orders; current limit is 4 orders per 10 SECOND."),
        (("MINUTE", 1, 4), "Too many new orders; current limit is 4 orders per 1 MINUTE."),
    ],
)
def test_orders_over_a_window(limit: tuple[str, int, int], text: str) -> None:
    """U-24, U-25: until the window is over."""
    trader = Trader(frozen_world())
    interval, num, most = limit
    orders = trader.world.desks["usdm"].orders
    kind = next(each for each in orders.limits if each.interval == interval)
    orders.set_limit(kind.interval, num, most)
    assert [trader.order().status for _ in range(4)] == [200] * 4
    reply = trader.order()
    assert refusal(reply) == (429, -1015, text)
    assert int(reply.headers["retry-after"]) > 0
    assert trader.ask("DELETE", "allOpenOrders", symbol=BTC).status == 200
    assert trader.ask("POST", "order/test", **ITEM).status == 200
    trader.world.clock.move(60 * SECOND)
    assert trader.order().status == 200


def test_a_batch_that_would_pass_the_window_of_seconds() -> None:
    """U-24, U-26."""
    trader = Trader()
    orders = trader.world.desks["usdm"].orders
    kind = next(each for each in orders.limits if each.interval == "SECOND")
    orders.set_limit(kind.interval, 10, 4)
    reply = trader.ask("POST", "batchOrders", batchOrders=json.dumps([ITEM]))
    assert refusal(reply) == (429, -1015, "Too many new orders; current limit is 4 orders per 10 SECOND.")
    assert trader.order().status == 200


def test_a_batch_that_reaches_the_engine_too_late_counts_as_a_batch() -> None:
    """U-17, U-26: an order is counted though it came too late, and so is a batch."""
    trader = Trader()
    trader.world.faults.add("latency", ms=6000, path="/fapi/v1/batchOrders")
    client = SignedClient(trader.world)
    query = client.signed({"batchOrders": json.dumps([ITEM])})
    held = trader.world.handle(Request("POST", "/fapi/v1/batchOrders", urlencode(query).encode(), b"", KEY_HEADER))
    assert not isinstance(held, Response)
    late = trader.world.clock.now() + 6 * SECOND
    reply = read(held.resume(late))
    assert (*reply.refusal, reply.msg) == (400, -5028, "Timestamp for this request is outside of the ME recvWindow.")
    assert dict(trader.world.desks["usdm"].orders.counts("default", late))[b"x-mbx-order-count-10s"] == 5


def test_an_empty_parameter_that_may_be_left_out_counts_as_absent() -> None:
    """U-36: clients of futures send such ones with every order; a mandatory one is missed."""
    trader = Trader()
    assert trader.order(newOrderRespType="", positionSide="").ok()["status"] == "NEW"
    assert refusal(trader.order(quantity=""))[1:] == (
        -1102,
        "Mandatory parameter 'quantity' was not sent, was empty/null, or malformed.",
    )
