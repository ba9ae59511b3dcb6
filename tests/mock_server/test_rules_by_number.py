"""One short test each for rules that no other file holds as a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.mock_server.spot_client import NOW, Reply, SpotClient, frozen_world, open_client

from binance_mock.engine.orders import StpMode
from binance_mock.gate.limiters import LimitInterval
from binance_mock.gate.request import Request

BTC = {"symbol": "BTCUSDT"}


@pytest.fixture
def client() -> SpotClient:
    return SpotClient(frozen_world())


# -- errors (S-4) ---------------------------------------------------------------------------------------------------


def _too_many_orders(client: SpotClient) -> Reply:
    client.world.desks["spot"].orders.set_limit(LimitInterval.DAY, 1, 0)
    return client.order()


def _banned(client: SpotClient) -> Reply:
    client.world.desks["spot"].ip.ban(client.ip, 60, NOW)
    return client.public("ping")


REFUSALS: list[Callable[[SpotClient], Reply]] = [
    lambda client: client.public("nothing"),
    lambda client: client.public("userDataStream"),
    lambda client: client.public("depth"),
    lambda client: client.send(Request("PATCH", "/api/v3/order")),
    lambda client: client.send(Request("GET", "/api/v3/account")),
    lambda client: client.get("order", **BTC, orderId=1),
    lambda client: client.order(quantity="1000"),
    lambda client: client.delete("order", **BTC, orderId=1),
    _too_many_orders,
    _banned,
]


@pytest.mark.parametrize("refuse", REFUSALS)
def test_an_error_is_code_and_text(client: SpotClient, refuse: Callable[[SpotClient], Reply]) -> None:
    """S-4."""
    reply = refuse(client)
    assert reply.status >= 400
    assert reply.json.keys() == {"code", "msg"}
    assert reply.code < 0
    assert reply.msg


def test_only_a_failed_cancel_replace_has_data(client: SpotClient) -> None:
    """S-4."""
    order = {**BTC, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01", "price": "70000"}
    reply = client.post("order/cancelReplace", **order, cancelReplaceMode="STOP_ON_FAILURE", cancelOrderId=1)
    assert reply.status == 400
    assert reply.json.keys() == {"code", "msg", "data"}


@pytest.mark.parametrize(
    ("accept", "status", "code"),
    [
        (b"application/sbe", 406, -1155),
        (b"application/sbe, application/json", 200, 0),
        (b"application/json", 200, 0),
        (b"*/*", 200, 0),
    ],
)
@pytest.mark.parametrize("schema", [{}, {b"x-mbx-sbe": b"3:1"}, {b"x-mbx-sbe": b"none"}])
def test_binary_answers_are_off(
    client: SpotClient, schema: dict[bytes, bytes], accept: bytes, status: int, code: int
) -> None:
    """S-13."""
    reply = client.public("ping", {b"accept": accept, **schema})
    assert reply.refusal == (status, code)
    assert reply.json is not None


# -- orders ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["place", "query", "cancel", "all"])
def test_the_quote_amount_is_spelled_with_two_m(client: SpotClient, call: str) -> None:
    """S-76."""
    placed = client.order().ok()
    row: Any = placed
    if call == "query":
        row = client.get("order", **BTC, orderId=placed["orderId"]).ok()
    elif call == "cancel":
        row = client.delete("order", **BTC, orderId=placed["orderId"]).ok()
    elif call == "all":
        (row,) = client.get("allOrders", **BTC).ok()
    assert row["cummulativeQuoteQty"] == "0.00000000"
    assert "cumulativeQuoteQty" not in row


@pytest.mark.parametrize(
    ("mode", "taker_lost", "maker_lost"),
    [
        ("EXPIRE_TAKER", "0.20000000", None),
        ("EXPIRE_MAKER", None, "0.50000000"),
        ("EXPIRE_BOTH", "0.20000000", "0.50000000"),
        ("DECREMENT", "0.20000000", "0.20000000"),
    ],
)
def test_only_an_order_that_lost_something_shows_it(
    client: SpotClient, mode: str, taker_lost: str | None, maker_lost: str | None
) -> None:
    """S-109."""
    maker = client.order("SELL", "LIMIT", "0.5", "80001").ok()
    placed = client.order("BUY", "LIMIT", "0.2", "80001", selfTradePreventionMode=mode).ok()
    (match,) = placed["preventedMatches"]
    assert (match.get("takerPreventedQuantity"), match.get("makerPreventedQuantity")) == (taker_lost, maker_lost)
    for order, lost in ((placed, taker_lost), (maker, maker_lost)):
        rows = [client.get("order", **BTC, orderId=order["orderId"]).ok()]
        if order is placed:
            rows.append(placed)
        for row in rows:
            assert row.get("preventedQuantity") == lost
            assert row.get("preventedMatchId") == (None if lost is None else match["preventedMatchId"])


# -- queries --------------------------------------------------------------------------------------------------------


def test_an_asset_that_is_all_locked_is_an_asset_with_a_balance(client: SpotClient) -> None:
    """S-185."""
    poor = open_client(client.world, "poor", BTC=1)
    poor.order("SELL", "LIMIT", "1", "90000").ok()
    locked = {"asset": "BTC", "free": "0.00000000", "locked": "1.00000000"}
    assert locked in poor.get("account").ok()["balances"]
    assert poor.get("account", omitZeroBalances="true").ok()["balances"] == [locked]


@pytest.mark.parametrize("path", ["account/commission", "myFilters"])
def test_late_calls_are_signed_like_the_rest(client: SpotClient, path: str) -> None:
    """S-186."""
    assert client.get(path, **BTC).status == 200
    assert client.public(path, **BTC).refusal == (401, -2014)
    bare = client.request("GET", path, BTC)
    bare.query = bare.query.partition(b"&signature=")[0]
    assert client.send(bare).refusal == (400, -1102)


def test_queries_do_not_lag(client: SpotClient) -> None:
    """S-221: the documents allow a lag, the mock has none."""
    order = client.order("BUY", "MARKET").ok()
    assert client.get("order", **BTC, orderId=order["orderId"]).ok()["status"] == "FILLED"
    (trade,) = client.get("myTrades", **BTC).ok()
    assert trade["orderId"] == order["orderId"]
    assert client.balance("BTC")[0] == "10.00999000"


def test_figures_of_symbols_are_those_of_today(client: SpotClient) -> None:
    """S-224; what is not served is switched off."""
    for symbol in client.public("exchangeInfo").ok()["symbols"]:
        filters = {row["filterType"]: row for row in symbol["filters"]}
        assert filters["ICEBERG_PARTS"]["limit"] == 100
        assert filters["MAX_NUM_ORDER_AMENDS"]["maxNumOrderAmends"] == 10
        assert filters["MAX_NUM_ORDER_LISTS"]["maxNumOrderLists"] == 20
        assert StpMode.TRANSFER in symbol["allowedSelfTradePreventionModes"]
        for flag in ("ocoAllowed", "otoAllowed", "opoAllowed", "amendAllowed", "pegInstructionsAllowed"):
            assert symbol[flag] is False
