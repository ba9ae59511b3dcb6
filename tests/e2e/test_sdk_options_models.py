"""The official SDK of European options: each REST method is called and reads the answer into its model."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from binance_sdk_derivatives_trading_options.rest_api.models import NewBlockTradeOrderLegsParameterInner as Leg
from binance_sdk_derivatives_trading_options.rest_api.models import PlaceMultipleOrdersOrdersParameterInner as Order
from freezegun import freeze_time

from binance_mock import Mock
from binance_mock.gate.keys import ApiKey
from binance_mock.world import Blueprint

from .exchange import NOW, Exchange, units
from .sdk import Case, OptionsClient, compare, options_endpoints, value

CALL = "BTC-251128-80000-C"
"""Expires in a week, and the index is at 79970: worth 1568."""
PUT = "BTC-251128-80000-P"
MIDNIGHT = datetime.fromtimestamp(NOW / 1000, UTC)
"""By it the listed contracts go."""
DAILY = "BTC-251121-80000-C"
"""Expires in eight hours."""
C = {"symbol": CALL}
BTC = {"underlying": "BTCUSDT"}
BUY = {**C, "side": "BUY", "type": "LIMIT", "time_in_force": "GTC", "quantity": 0.5, "price": 1300.0}
RESTING = {**C, "client_order_id": "resting"}
SELL = {"symbol": PUT, "side": "SELL", "type": "LIMIT", "quantity": 0.2, "price": 1610.0}
PROTECTED = {
    **BTC, "window_time_in_milliseconds": 3000, "frozen_time_in_milliseconds": 10_000, "qty_limit": 1.5,
    "delta_limit": 1.25,
}  # fmt: skip
LEG = Leg(symbol=CALL, side="BUY", type="LIMIT", quantity="1", price="1500")

# -- where answers and models differ ----------------------------------------------------------------------------------

# Filters have each their own fields, and one model.
FILTERS = frozenset({"minPrice", "maxPrice", "tickSize", "minQty", "maxQty", "stepSize"})


# -- what has to be there first ---------------------------------------------------------------------------------------


def _countdown(api: Any) -> dict[str, Any]:
    api.set_auto_cancel_all_open_orders("BTCUSDT", 9000)
    return {}


def _protected(api: Any) -> dict[str, Any]:
    api.set_market_maker_protection_config(**PROTECTED)
    return {}


def _block(api: Any) -> dict[str, Any]:
    return {"block_order_matching_key": api.new_block_trade_order("MAKER", [LEG]).data().block_trade_settlement_key}


def _stream(api: Any) -> dict[str, Any]:
    api.start_user_data_stream()
    return {}


CASES = {
    # market
    "ping": Case("test_connectivity"),
    "time": Case("check_server_time", {}, {"server_time": NOW}),
    "exchange": Case(
        "exchange_information",
        {},
        {"timezone": "UTC", "option_contracts.0.underlying": "BTCUSDT", "rate_limits.0.limit": 2400},
        missing=FILTERS,
    ),
    "index": Case("index_price", BTC, {"index_price": "79970.00000000", "time": NOW}),
    "mark": Case("option_mark_price", C, {"0.symbol": CALL, "0.risk_free_interest": "0.0"}),
    "all marks": Case("option_mark_price", {}, {"0.delta": "1.00000000"}),
    "depth": Case("order_book", {**C, "limit": 10}, {"T": NOW, "last_update_id": 23}),
    "trades": Case("recent_trades_list", {**C, "limit": 2}, {"0.symbol": CALL, "1.qty": "0.50"}),
    "candles": Case("kline_candlestick_data", {**C, "interval": "1h", "limit": 2}, {"0.0": 1_763_679_600_000}),
    "open interest": Case(
        "open_interest",
        {"underlying_asset": "BTC", "expiration": "251128"},
        {"0.symbol": "BTC-251128-30000-C", "0.timestamp": str(NOW)},
    ),
    "ticker": Case("ticker24hr_price_change_statistics", C, {"0.symbol": CALL, "0.strike_price": "80000"}),
    "all tickers": Case("ticker24hr_price_change_statistics"),
    "ended contracts": Case("historical_exercise_records", {**BTC, "limit": 2}, empty=True),
    "block trades": Case("recent_block_trades_list", C, empty=True),
    # trade
    "limit": Case("new_order", BUY, {"status": "NEW", "price": "1300.000", "quantity": "0.50", "fee": 0}),
    "answer in full": Case(
        "new_order",
        {**SELL, "price": 1500.0, "new_order_resp_type": "RESULT", "client_order_id": "mine"},
        {"status": "FILLED", "option_side": "PUT", "executed_qty": "0.20", "client_order_id": "mine"},
        missing=frozenset({"fee"}),  # shown while it is whole (O-7)
    ),
    "batch": Case(
        "place_multiple_orders",
        {"orders": [Order(**BUY, client_order_id="one"), Order(**SELL)]},
        {"0.client_order_id": "one", "0.status": "NEW", "1.symbol": PUT, "1.side": "SELL"},
    ),
    "order": Case("query_single_order", RESTING, {"status": "NEW", "quantity_scale": 2, "mmp": False}),
    "open orders": Case("query_current_open_option_orders", C, {"0.client_order_id": "resting"}),
    "all open orders": Case("query_current_open_option_orders", {}, {"0.client_order_id": "resting"}),
    "order history": Case("query_option_order_history", C, {"0.status": "FILLED", "0.client_order_id": ""}),
    "cancel": Case("cancel_option_order", RESTING, {"status": "NEW", "create_date": NOW}),
    "cancel many": Case(
        "cancel_multiple_option_orders",
        {**C, "client_order_ids": ["resting"]},
        {"0.status": "NEW", "0.fee": "0.00000000"},
    ),
    "cancel all": Case("cancel_all_option_orders_on_specific_symbol", C, {"code": "0", "msg": "success"}),
    "cancel all of an underlying": Case("cancel_all_option_orders_by_underlying", BTC, {"code": 0}),
    "positions": Case("option_position_information", {}, {"0.quantity": "0.50", "1.quantity": "-0.20"}),
    "position": Case("option_position_information", C, {"0.side": "LONG", "0.strike_price": "80000"}),
    "own trades": Case("account_trade_list", C, {"0.liquidity": "TAKER", "0.side": "BUY"}),
    "exercises": Case("user_exercise_record", empty=True),
    "commission": Case("user_commission", {}, {"commissions.0.taker_fee": "0.000240"}),
    "stock contracts": Case("tradfi_options_contract", {}, {"code": 200}),
    # account
    "account": Case(
        "option_margin_account_information", {}, {"asset.0.asset": "USDT", "greek.0.underlying": "BTCUSDT"}
    ),
    "bills": Case(
        "account_funding_flow",
        {"currency": "USDT"},
        {"0.type": "CONTRACT", "1.type": "FEE"},
        missing=frozenset({"symbol"}),
    ),
    # market makers
    "countdown": Case("set_auto_cancel_all_open_orders", {**BTC, "countdown_time": 9000}, {"countdown_time": 9000}),
    "countdown as set": Case("get_auto_cancel_all_open_orders", BTC, {"countdown_time": 9000}, before=_countdown),
    "heartbeat": Case(
        "auto_cancel_all_open_orders", {"underlyings": "BTCUSDT"}, {"underlyings.0": "BTCUSDT"}, before=_countdown
    ),
    "protection": Case("set_market_maker_protection_config", PROTECTED, {"qty_limit": "1.5", "last_trigger_time": 0}),
    "protection as set": Case("get_market_maker_protection_config", BTC, {"delta_limit": "1.25"}, before=_protected),
    "protection, again": Case(
        "reset_market_maker_protection_config", BTC, {"window_time_in_milliseconds": 3000}, before=_protected
    ),
    # block trades
    "block trade": Case(
        "new_block_trade_order",
        {"liquidity": "TAKER", "legs": [LEG]},
        {"status": "RECEIVED", "legs.0.symbol": CALL, "expire_time": NOW + 1_800_000},
    ),
    "block trade, longer": Case("extend_block_trade_order", before=_block),
    "block trade, over": Case("cancel_block_trade_order", before=_block),
    "block trade as offered": Case("query_block_trade_details", {}, {"create_time": NOW}, before=_block),
    "block trade orders": Case("query_block_trade_order", {}, {"0.status": "RECEIVED"}, before=_block),
    "own block trades": Case("account_block_trade_list", empty=True),
    # user data
    "listen key": Case("start_user_data_stream", {}, {"expiration": NOW + 3_600_000}),
    "listen key, kept": Case("keepalive_user_data_stream", before=_stream),
    "listen key, closed": Case("close_user_data_stream", before=_stream),
}

AFTERWARDS = {
    "ended contracts, with some": Case(
        "historical_exercise_records",
        {**BTC, "limit": 2},
        {"0.real_strike_price": "81000.00000000", "1.strike_result": "REALISTIC_VALUE_STRICKEN"},
    ),
    "exercises, with some": Case(
        "user_exercise_record", {}, {"0.symbol": DAILY, "0.amount": "500.00000000", "0.position_side": "LONG"}
    ),
    "history of an ended contract": Case(
        "query_option_order_history", {"symbol": DAILY}, {"0.status": "FILLED", "1.status": "EXPIRED"}
    ),
    "block trade as accepted": Case("accept_block_trade_order", {}, {"status": "ACCEPTED"}),
    "block trades, with some": Case("recent_block_trades_list", {}, {"0.symbol": CALL, "0.qty": "-1.00", "0.side": -1}),
    "own block trades, with some": Case("account_block_trade_list", {}, {"0.legs.0.symbol": CALL}),
}
"""What there is only after an expiry, or between two accounts."""

_ROUTES = Blueprint.standard().all_routes


@pytest.fixture
def client(exchange: Exchange) -> Iterator[OptionsClient]:
    running = OptionsClient(exchange)
    yield running
    running.close()


def scene(api: Any) -> None:
    """An order that rests, one that bought half a call, and one that wrote a fifth of a put."""
    api.new_order(**{**BUY, "quantity": 0.4}, client_order_id="resting")
    asked = float(api.order_book(CALL, limit=10).data().asks[0][0])
    api.new_order(**{**BUY, "price": asked})
    api.new_order(**{**SELL, "price": 1500.0})


def check(client: OptionsClient, case: Case, arguments: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    """Field for field, type for type: the SDK logs a warning and loosens its types where an answer does not fit."""
    with caplog.at_level(logging.WARNING):
        response, raw = client.call(case.method, **arguments)
    assert response.status == 200
    assert not caplog.records
    data = response.data()
    difference = compare(data, raw)
    assert difference.changed == []
    assert difference.unknown == case.unknown
    assert difference.missing == case.missing
    assert {path: value(data, path) for path in case.holds} == case.holds
    assert (raw == []) is case.empty


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_an_answer_fits_its_model(client: OptionsClient, caplog: pytest.LogCaptureFixture, case: Case) -> None:
    with freeze_time(MIDNIGHT):
        scene(client.api)
        check(client, case, {**case.arguments, **case.before(client.api)}, caplog)


def test_every_method_of_the_sdk_is_called_and_served() -> None:
    methods = options_endpoints()
    assert {case.method for case in (*CASES.values(), *AFTERWARDS.values())} == methods.keys()
    assert [name for name, (verb, path) in methods.items() if verb not in _ROUTES.get(path, {})] == []


def test_answers_after_an_expiry_and_between_two_accounts_fit_too(
    exchange: Exchange, client: OptionsClient, caplog: pytest.LogCaptureFixture
) -> None:
    exchange.world.options.open_account("other", {"USDT": units("50000")})
    exchange.add_key(ApiKey.hmac("k" * 64, "s" * 64, account="other"))
    other = OptionsClient(exchange, api_key="k" * 64, api_secret="s" * 64)
    binance = Mock.connect(exchange.url)
    with freeze_time(MIDNIGHT) as time:
        client.api.new_order(**{**BUY, "symbol": DAILY, "price": 330.0})
        client.api.new_order(**{**BUY, "symbol": DAILY, "price": 100.0})
        check(other, AFTERWARDS["block trade as accepted"], _block(client.api), caplog)
        binance.usdm.set_index_price("BTCUSDT", "81000")
        time.tick(8 * 3600)
        for case in AFTERWARDS.values():
            if case.method != "accept_block_trade_order":
                check(client, case, case.arguments, caplog)
    binance.stop()
    other.close()
