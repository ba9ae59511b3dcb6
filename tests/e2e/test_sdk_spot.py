"""The official SDK: every REST method whose endpoint is served is called and reads the answer into its model."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from binance_mock.gate.keys import ApiKey

from .by_hand import private_pem, public_pem
from .exchange import Exchange, units
from .sdk import Client, compare, endpoints

BTC = {"symbol": "BTCUSDT"}
BOTH = {"symbols": ["BTCUSDT", "LTCBTC"]}
LIMIT = {**BTC, "side": "BUY", "type": "LIMIT", "time_in_force": "GTC", "quantity": 0.01, "price": 70000.0}
SELL = {**LIMIT, "side": "SELL", "price": 90000.0}
FULL = {"new_order_resp_type": "FULL"}
REPLACE = {**LIMIT, "cancel_replace_mode": "STOP_ON_FAILURE", "cancel_orig_client_order_id": "resting"}
OFFER = {**SELL, "symbol": "ETHUSDT", "quantity": 0.1, "price": 2600.0}
BITE = {**OFFER, "side": "BUY", "self_trade_prevention_mode": "EXPIRE_TAKER"}

# What an answer need not have: all of these are marked as conditional in the API's documentation.
CONDITIONAL = frozenset({
    "icebergQty", "preventedMatchId", "preventedQuantity", "stopPrice", "strategyId", "strategyType", "trailingDelta",
    "trailingTime", "usedSor", "workingFloor", "pegPriceType", "pegOffsetType", "pegOffsetValue", "peggedPrice",
    "expiryReason", "tradeGroupId",
})  # fmt: skip
# `sors` is there only when smart order routing is; exponents are of the binary encoding; `count` belongs to the current
# usage, whose model the SDK uses for limits too; and rateLimits is no field of myFilters.
NEVER = frozenset({"sors", "count", "multiplierExponent", "priceExponent", "qtyExponent", "rateLimits"})
BEYOND_ACK = frozenset({
    "price", "origQty", "executedQty", "origQuoteOrderQty", "cummulativeQuoteQty", "status", "timeInForce", "type",
    "side", "workingTime", "selfTradePreventionMode", "fills",
})  # fmt: skip
BEYOND_MINI = frozenset({
    "priceChange", "priceChangePercent", "weightedAvgPrice", "prevClosePrice", "lastQty", "bidPrice", "bidQty",
    "askPrice", "askQty",
})  # fmt: skip
COMMISSIONS = frozenset({
    "standardCommissionForOrder", "specialCommissionForOrder", "taxCommissionForOrder", "discount",
})  # fmt: skip


class Case(NamedTuple):
    """One call; `missing` are fields that this very answer lacks, `unknown` those that the SDK's model forgot."""

    method: str
    arguments: dict[str, Any] = {}  # noqa: RUF012 - read, never written
    missing: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()


CASES = {
    # general
    "ping": Case("ping"),
    "time": Case("time"),
    "exchange info": Case("exchange_info", {}, NEVER),
    "exchange info of a symbol": Case("exchange_info", BTC, NEVER),
    "exchange info of two symbols": Case("exchange_info", BOTH, NEVER),
    "exchange info by permission": Case("exchange_info", {"permissions": "SPOT"}, NEVER),
    "exchange info by status": Case("exchange_info", {"symbol_status": "TRADING"}, NEVER),
    "execution rules": Case("execution_rules"),
    "execution rules of a symbol": Case("execution_rules", BTC),
    # market
    "depth": Case("depth", BTC),
    "depth of five": Case("depth", {**BTC, "limit": 5}),
    "trades": Case("get_trades", BTC),
    "historical trades": Case("historical_trades", {**BTC, "from_id": 3, "limit": 10}),
    "block trades": Case("historical_block_trades", {**BTC, "from_id": 0}),
    "aggregate trades": Case("agg_trades", {**BTC, "limit": 10}),
    "klines": Case("klines", {**BTC, "interval": "1m"}),
    "klines in another zone": Case("klines", {**BTC, "interval": "1d", "time_zone": "-1:00"}),
    "ui klines": Case("ui_klines", {**BTC, "interval": "1h", "limit": 5}),
    "average price": Case("avg_price", BTC),
    "24 hours": Case("ticker24hr", BTC),
    "24 hours of two": Case("ticker24hr", BOTH),
    "24 hours of all": Case("ticker24hr"),
    "24 hours in short": Case("ticker24hr", {**BTC, "type": "MINI"}, BEYOND_MINI),
    "trading day": Case("ticker_trading_day", BTC),
    "trading day of two": Case("ticker_trading_day", BOTH),
    "trading day in short": Case("ticker_trading_day", {**BTC, "type": "MINI"}, BEYOND_MINI),
    "window": Case("ticker", {**BTC, "window_size": "1h"}),
    "window of two": Case("ticker", BOTH),
    "window in short": Case("ticker", {**BTC, "type": "MINI"}, BEYOND_MINI),
    "price": Case("ticker_price", BTC),
    "price of two": Case("ticker_price", BOTH),
    "price of all": Case("ticker_price"),
    "best prices": Case("ticker_book_ticker", BTC),
    "best prices of two": Case("ticker_book_ticker", BOTH),
    # trade
    "limit": Case("new_order", LIMIT),
    "limit, acknowledged": Case("new_order", {**LIMIT, "new_order_resp_type": "ACK"}, BEYOND_ACK),
    "limit, result": Case("new_order", {**LIMIT, "new_order_resp_type": "RESULT"}, frozenset({"fills"})),
    "market": Case("new_order", {**BTC, "side": "BUY", "type": "MARKET", "quantity": 0.01}),
    "market by worth": Case("new_order", {**BTC, "side": "SELL", "type": "MARKET", "quote_order_qty": 100.0}),
    "maker": Case(
        "new_order", {**BTC, **FULL, "side": "BUY", "type": "LIMIT_MAKER", "quantity": 0.01, "price": 70000.0}
    ),
    "immediate or cancel": Case("new_order", {**LIMIT, "time_in_force": "IOC"}, unknown=frozenset({"expiryReason"})),
    "iceberg": Case("new_order", {**LIMIT, "iceberg_qty": 0.002}, unknown=frozenset({"icebergQty"})),
    "stop": Case(
        "new_order",
        {**SELL, **FULL, "type": "STOP_LOSS_LIMIT", "price": 70000.0, "stop_price": 71000.0},
        unknown=frozenset({"stopPrice"}),
    ),
    "take profit": Case(
        "new_order",
        {**BTC, **FULL, "side": "SELL", "type": "TAKE_PROFIT", "quantity": 0.01, "stop_price": 90000.0},
        unknown=frozenset({"stopPrice"}),
    ),
    "trailing stop": Case(
        "new_order",
        {**BTC, **FULL, "side": "SELL", "type": "STOP_LOSS", "quantity": 0.01, "trailing_delta": 100},
        unknown=frozenset({"trailingDelta", "trailingTime"}),
    ),
    "strategy": Case(
        "new_order",
        {**LIMIT, "strategy_id": 7, "strategy_type": 1_000_000},
        unknown=frozenset({"strategyId", "strategyType"}),
    ),
    "self-trade prevented": Case(
        "new_order", BITE, unknown=frozenset({"preventedMatches", "preventedMatchId", "preventedQuantity"})
    ),
    "test": Case("order_test", LIMIT, COMMISSIONS),
    "test with commission": Case("order_test", {**LIMIT, "compute_commission_rates": True}),
    "cancel": Case("delete_order", {**BTC, "orig_client_order_id": "resting", "new_client_order_id": "gone"}),
    "cancel a stop": Case("delete_order", {**BTC, "orig_client_order_id": "stop"}),
    "cancel all": Case("delete_open_orders", BTC, unknown=frozenset({"stopPrice", "strategyId", "strategyType"})),
    "cancel and replace": Case("order_cancel_replace", {**REPLACE, **FULL}),
    # account
    "account": Case("get_account"),
    "account without zeros": Case("get_account", {"omit_zero_balances": True}),
    "order": Case("get_order", {**BTC, "orig_client_order_id": "resting"}),
    "filled order": Case("get_order", {**BTC, "orig_client_order_id": "filled"}),
    "stop order": Case("get_order", {**BTC, "orig_client_order_id": "stop"}),
    "open orders": Case("get_open_orders", BTC),
    "all open orders": Case("get_open_orders"),
    "all orders": Case("all_orders", BTC),
    "own trades": Case("my_trades", BTC),
    "order counts": Case("rate_limit_order"),
    "prevented matches": Case(
        "my_prevented_matches",
        {"symbol": "ETHUSDT", "prevented_match_id": 0},
        missing=frozenset({"makerPreventedQuantity"}),
        unknown=frozenset({"takerPreventedQuantity"}),
    ),
    "allocations": Case("my_allocations", BTC),
    "commission": Case("account_commission", BTC),
    "filters": Case("my_filters", BTC, NEVER),
}
# No symbol of the mock has a reference price, so these two are refused, as such symbols' are.
REFUSED = {"reference_price", "reference_price_calculation"}


@pytest.fixture
def client(exchange: Exchange) -> Iterator[Client]:
    running = Client(exchange)
    yield running
    running.close()


@pytest.fixture
def scene(client: Client) -> None:
    """A resting order, a stop order and a filled one; on another symbol an offer, and a match with it, prevented."""
    client.api.new_order(**LIMIT, new_client_order_id="resting")
    stop = {**SELL, "type": "STOP_LOSS_LIMIT", "price": 70000.0, "stop_price": 71000.0}
    client.api.new_order(**stop, strategy_id=7, strategy_type=1_000_000, new_client_order_id="stop")
    client.api.new_order(**BTC, side="BUY", type="MARKET", quantity=0.01, new_client_order_id="filled")
    client.api.new_order(**OFFER)
    client.api.new_order(**BITE)


# -- every method -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("scene")
@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_an_answer_fits_its_model(client: Client, caplog: pytest.LogCaptureFixture, case: Case) -> None:
    """Field for field, type for type: the SDK logs a warning and loosens its types where an answer does not fit."""
    with caplog.at_level(logging.WARNING):
        response, raw = client.call(case.method, **case.arguments)
    assert response.status == 200
    assert not caplog.records
    difference = compare(response.data(), raw)
    assert difference.changed == []
    assert difference.unknown == case.unknown
    assert difference.missing <= case.missing | CONDITIONAL


def test_every_method_that_is_served_is_called(exchange: Exchange) -> None:
    served = set(exchange.endpoints())
    methods = {name for name, endpoint in endpoints().items() if endpoint in served}
    assert methods == {case.method for case in CASES.values()} | REFUSED


@pytest.mark.parametrize("interval", ["1s", "1m", "15m", "4h", "1d", "3d", "1w", "1M"])
def test_klines_have_twelve_fields_of_alternating_types(client: Client, interval: str) -> None:
    rows = client.api.klines("BTCUSDT", interval, limit=3).data()
    kinds = [int, str, str, str, str, str, int, str, int, str, str, str]
    assert rows
    assert all([type(value) for value in row] == kinds for row in rows)  # S-169


@pytest.mark.parametrize("unit", ["MICROSECOND", "MILLISECOND"])
def test_times_come_in_the_unit_that_was_asked_for(exchange: Exchange, client: Client, unit: str) -> None:
    exchange.freeze()
    client.api.configuration.time_unit = unit
    time = client.api.time().data().server_time
    assert time == (exchange.world.clock.now() if unit == "MICROSECOND" else exchange.now)  # S-14


# -- what it means ----------------------------------------------------------------------------------------------------


def test_a_day_of_trading(client: Client, exchange: Exchange) -> None:
    api = client.api
    placed = api.new_order(**LIMIT, new_client_order_id="mine").data()
    assert (placed.status, placed.fills) == ("NEW", [])
    assert exchange.balance("USDT") == (units("999300"), units("700"))
    assert [order.order_id for order in api.get_open_orders("BTCUSDT").data()] == [placed.order_id]

    cancelled = api.delete_order("BTCUSDT", order_id=placed.order_id).data()
    assert (cancelled.status, cancelled.orig_client_order_id) == ("CANCELED", "mine")
    bought = api.new_order("BTCUSDT", "BUY", "MARKET", quantity=0.01).data()
    assert (bought.status, bought.executed_qty, len(bought.fills)) == ("FILLED", "0.01000000", 1)
    (trade,) = api.my_trades("BTCUSDT").data()
    assert (trade.order_id, trade.price, trade.is_maker) == (bought.order_id, bought.fills[0].price, False)
    statuses = [order.status for order in api.all_orders("BTCUSDT").data()]
    assert statuses == ["CANCELED", "FILLED"]
    free = {row.asset: row.free for row in api.get_account(omit_zero_balances=True).data().balances}
    assert free["BTC"] == "10.00999000"


def test_used_limits_are_told_with_each_answer(client: Client) -> None:
    limits = client.api.new_order(**LIMIT).rate_limits
    assert [(limit.rateLimitType, limit.intervalNum, limit.interval, limit.count) for limit in limits] == [
        ("REQUEST_WEIGHT", 1, "MINUTE", 0),
        ("ORDERS", 10, "SECOND", 1),
        ("ORDERS", 1, "DAY", 1),
    ]


@pytest.mark.parametrize("type", ["RSA", "ED25519"])
def test_private_keys_sign(exchange: Exchange, type: str) -> None:
    """The SDK tells the two apart by trying; both sign the query (rules S-28, S-29)."""
    key = (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        if type == "RSA"
        else ed25519.Ed25519PrivateKey.generate()
    )
    exchange.add_key(ApiKey.asymmetric("asymmetric", public_pem(key)))
    client = Client(exchange, api_key="asymmetric", private_key=private_pem(key))
    try:
        order = client.api.new_order(**LIMIT).data()
        assert client.api.get_order("BTCUSDT", order_id=order.order_id).data().status == "NEW"
        assert client.api.delete_order("BTCUSDT", order_id=order.order_id).data().status == "CANCELED"
    finally:
        client.close()
