"""The official SDK of USDⓈ-M futures: each REST method that is served is called and reads the answer into its model."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from binance_sdk_derivatives_trading_usds_futures.rest_api.models import (
    ModifyMultipleOrdersBatchOrdersParameterInner as Amendment,
)
from binance_sdk_derivatives_trading_usds_futures.rest_api.models import (
    PlaceMultipleOrdersBatchOrdersParameterInner as Order,
)

from binance_mock.world import Blueprint

from .exchange import Exchange
from .sdk import Case, UsdmClient, compare, usdm_endpoints, value

HOUR = 3_600_000
BTC = {"symbol": "BTCUSDT"}
ETH = {"symbol": "ETHUSDT"}
LIMIT = {**BTC, "side": "BUY", "type": "LIMIT", "time_in_force": "GTC", "quantity": 0.01, "price": 70000.0}
MARKET = {**BTC, "side": "BUY", "type": "MARKET", "quantity": 0.02}
RESTING = {**BTC, "orig_client_order_id": "resting"}
AMENDED = {**RESTING, "side": "BUY", "quantity": 0.03, "price": 70002.0}
FIVE = {**BTC, "period": "5m", "limit": 5}
PERPETUAL = {"pair": "BTCUSDT", "contract_type": "PERPETUAL"}
STOP = {
    **BTC, "algo_type": "CONDITIONAL", "side": "SELL", "type": "STOP_MARKET", "quantity": 0.01,
    "trigger_price": 70000.0, "client_algo_id": "stop",
}  # fmt: skip
TRAILING = {
    **BTC, "algo_type": "CONDITIONAL", "side": "SELL", "type": "TRAILING_STOP_MARKET", "quantity": 0.01,
    "activate_price": 90000.0, "callback_rate": 1.5,
}  # fmt: skip
QUOTE = {"from_asset": "USDT", "to_asset": "BTC", "from_amount": 100.0}

# -- where answers and models differ ----------------------------------------------------------------------------------

# The models of placing, amending and cancelling lack two fields that clients read there (U-49).
PRICED = frozenset({"avgPrice", "cumQuote"})
# Of trailing orders, which are no ordinary orders any more, and of COIN-M.
CONDITIONAL = frozenset({"activatePrice", "priceRate", "modifyId", "pair", "baseQty", "cumBase"})
# A batch answers an order or an error, and the one model has the fields of both.
ERROR = frozenset({"code", "msg"})
# Filters have each their own fields, and one model.
FILTERS = frozenset({
    "minPrice", "minQty", "maxQty", "notional", "multiplierDown", "tickSize", "multiplierDecimal", "stepSize",
    "maxPrice", "limit", "multiplierUp",
})  # fmt: skip


# -- what has to be there first ---------------------------------------------------------------------------------------


def _hour(api: Any) -> dict[str, Any]:
    now = api.check_server_time().data().server_time
    return {"start_time": now - HOUR, "end_time": now}


def _download(kind: str) -> Callable[[Any], dict[str, Any]]:
    def ask(api: Any) -> dict[str, Any]:
        answer = getattr(api, f"get_download_id_for_futures_{kind}_history")(**_hour(api))
        return {"download_id": answer.data().download_id}

    return ask


def _quote(api: Any) -> dict[str, Any]:
    return {"quote_id": api.send_quote_request(**QUOTE).data().quote_id}


def _converted(api: Any) -> dict[str, Any]:
    return {"order_id": api.accept_the_offered_quote(**_quote(api)).data().order_id}


def _stream(api: Any) -> dict[str, Any]:
    api.start_user_data_stream()
    return {}


def _several_assets(api: Any) -> dict[str, Any]:
    api.change_multi_assets_mode("true")
    return {}


def _stop(api: Any) -> dict[str, Any]:
    api.new_algo_order(**STOP)
    return {}


def _fired(api: Any) -> dict[str, Any]:
    api.new_algo_order(**{**STOP, "type": "TAKE_PROFIT_MARKET", "trigger_price": 79_990.0, "client_algo_id": "fired"})
    api.new_order(**{**MARKET, "quantity": 8.0})
    return {}


CASES = {
    # market data
    "ping": Case("test_connectivity"),
    "time": Case("check_server_time"),
    "exchange info": Case(
        "exchange_information",
        {},
        {"symbols.0.symbol": "BTCUSDT", "symbols.0.contract_type": "PERPETUAL", "assets.0.asset": "USDT"},
        missing=FILTERS,
        unknown=frozenset({"positionControlSide", "maxMoveOrderLimit", "permissionSets"}),
    ),
    "depth": Case("order_book", {**BTC, "limit": 5}, {"bids.0.0": "79962.00", "asks.0.0": "79978.00"}),
    "depth with retail orders": Case("rpi_order_book", BTC, {"bids.0.0": "79962.00", "asks.0.0": "79978.00"}),
    "trades": Case("recent_trades_list", {**BTC, "limit": 1}, {"0.price": "79978.00", "0.qty": "0.020"}),
    "old trades": Case("old_trades_lookup", {**BTC, "limit": 3, "from_id": 7}, {"0.id": 7, "2.id": 9}),
    "aggregate trades": Case(
        "compressed_aggregate_trades_list", {**BTC, "limit": 1}, {"0.p": "79978.00", "0.m": False}
    ),
    "klines": Case("kline_candlestick_data", {**BTC, "interval": "1h", "limit": 1}, {"0.4": "79978.00"}),
    "continuous klines": Case(
        "continuous_contract_kline_candlestick_data",
        {**PERPETUAL, "interval": "1h", "limit": 1},
        {"0.4": "79978.00"},
    ),
    "index klines": Case(
        "index_price_kline_candlestick_data",
        {"pair": "BTCUSDT", "interval": "1h", "limit": 1},
        {"0.4": "79978.00000000"},
    ),
    "mark klines": Case(
        "mark_price_kline_candlestick_data", {**BTC, "interval": "1h", "limit": 1}, {"0.4": "79978.00000000"}
    ),
    "premium klines": Case("premium_index_kline_data", {**BTC, "interval": "1h", "limit": 1}, {"0.4": "0.00000000"}),
    "mark price": Case("mark_price", BTC, {"mark_price": "79978.00000000", "last_funding_rate": "0.00010000"}),
    "all mark prices": Case("mark_price", {}, {"0.symbol": "BTCUSDT", "1.symbol": "ETHUSDT"}),
    "funding rates": Case("get_funding_rate_history", {**BTC, "limit": 2}, {"1.funding_rate": "0.00010000"}),
    "funding info": Case("get_funding_rate_info", {}, {"0.symbol": "BTCUSDT", "0.funding_interval_hours": 8}),
    "24 hours": Case("ticker24hr_price_change_statistics", BTC, {"symbol": "BTCUSDT", "last_price": "79978.00"}),
    "24 hours of all": Case("ticker24hr_price_change_statistics", {}, {"0.last_qty": "0.020", "1.symbol": "ETHUSDT"}),
    "price": Case("symbol_price_ticker", BTC, {"price": "79978.00"}),
    "prices": Case("symbol_price_ticker", {}, {"0.price": "79978.00", "1.symbol": "ETHUSDT"}),
    "price, second version": Case("symbol_price_ticker_v2", BTC, {"price": "79978.00"}),
    "prices, second version": Case("symbol_price_ticker_v2", {}, {"0.price": "79978.00"}),
    "best prices": Case(
        "symbol_order_book_ticker",
        BTC,
        {"bid_price": "79962.00", "ask_price": "79978.00"},
        unknown=frozenset({"lastUpdateId"}),
    ),
    "all best prices": Case(
        "symbol_order_book_ticker", {}, {"0.bid_price": "79962.00"}, unknown=frozenset({"lastUpdateId"})
    ),
    "settlement prices": Case("quarterly_contract_settlement_price", {"pair": "BTCUSDT"}, empty=True),
    "open interest": Case("open_interest", BTC, {"open_interest": "0.020"}),
    "open interest before": Case("open_interest_statistics", FIVE, {"4.sum_open_interest": "0.02000000"}),
    "ratio of accounts": Case("top_trader_long_short_ratio_accounts", FIVE, {"0.symbol": "BTCUSDT"}),
    "ratio of positions": Case("top_trader_long_short_ratio_positions", FIVE, {"0.symbol": "BTCUSDT"}),
    "ratio of all": Case("long_short_ratio", FIVE, {"0.long_short_ratio": "1.0000"}),
    "takers": Case("taker_buy_sell_volume", FIVE),
    "basis": Case("basis", {**PERPETUAL, "period": "5m", "limit": 2}, {"1.pair": "BTCUSDT"}),
    "composite indexes": Case("composite_index_symbol_information", empty=True),
    "asset index": Case("asset_index", {"symbol": "USDTUSD"}, {"symbol": "USDTUSD", "index": "1.00000000"}),
    "asset indexes": Case("asset_index", {}, {"0.symbol": "USDTUSD"}),
    "constituents": Case("query_index_price_constituents", BTC, {"constituents.0.price": "79978.00000000"}),
    "insurance fund": Case(
        "query_insurance_fund_balance_snapshot", BTC, {"symbols.0": "BTCUSDT", "assets.0.asset": "USDT"}
    ),
    "insurance funds": Case("query_insurance_fund_balance_snapshot", {}, {"0.symbols.0": "BTCUSDT"}),
    "risk of deleveraging": Case("adl_risk", BTC, {"symbol": "BTCUSDT", "adl_risk": "low"}),
    "risks of deleveraging": Case("adl_risk", {}, {"1.symbol": "ETHUSDT"}),
    "trading schedule": Case("trading_schedule", missing=frozenset({"KR_EQUITY", "FX", "CN_EQUITY", "HK_EQUITY"})),
    # trade
    "limit": Case("new_order", LIMIT, {"status": "NEW", "price": "70000.00", "orig_qty": "0.010"}, unknown=PRICED),
    "market": Case(
        "new_order",
        {**MARKET, "new_order_resp_type": "RESULT"},
        {"status": "FILLED", "executed_qty": "0.020", "cum_qty": "0.020"},
        unknown=PRICED,
    ),
    "reducing": Case(
        "new_order", {**MARKET, "side": "SELL", "reduce_only": "true"}, {"reduce_only": True}, unknown=PRICED
    ),
    "test": Case("test_order", LIMIT, {"status": "NEW", "order_id": 0}),
    "batch": Case(
        "place_multiple_orders",
        {"batch_orders": [Order(**LIMIT, new_client_order_id="one")]},
        {"0.client_order_id": "one", "0.price": "70000.00"},
        missing=ERROR,
        unknown=PRICED,
    ),
    "amend": Case("modify_order", AMENDED, {"price": "70002.00", "orig_qty": "0.030", "status": "NEW"}, unknown=PRICED),
    "amend many": Case(
        "modify_multiple_orders",
        {"batch_orders": [Amendment(**AMENDED)]},
        {"0.price": "70002.00", "0.orig_qty": "0.030"},
        missing=ERROR,
        unknown=PRICED,
    ),
    "amendments": Case(
        "get_order_modify_history",
        RESTING,
        {"0.amendment.price.before": "70000.00", "0.amendment.price.after": "70001.00", "0.amendment.count": 1},
    ),
    "cancel": Case("cancel_order", RESTING, {"status": "CANCELED", "client_order_id": "resting"}, unknown=PRICED),
    "cancel many": Case(
        "cancel_multiple_orders",
        {**BTC, "orig_client_order_id_list": ["resting"]},
        {"0.status": "CANCELED", "0.client_order_id": "resting"},
        missing=ERROR,
        unknown=PRICED,
    ),
    "cancel all": Case("cancel_all_open_orders", BTC, {"code": 200}),
    "countdown": Case(
        "auto_cancel_all_open_orders", {**BTC, "countdown_time": 9000}, {"countdown_time": "9000", "symbol": "BTCUSDT"}
    ),
    "order": Case("query_order", RESTING, {"price": "70001.00", "status": "NEW", "position_side": "BOTH"}),
    "open order": Case("query_current_open_order", RESTING, {"client_order_id": "resting", "orig_qty": "0.010"}),
    "open orders": Case("current_all_open_orders", BTC, {"0.client_order_id": "resting"}),
    "all open orders": Case("current_all_open_orders", {}, {"0.client_order_id": "resting"}),
    "all orders": Case("all_orders", BTC, {"0.client_order_id": "resting", "1.avg_price": "79978.00000"}),
    "own trades": Case(
        "account_trade_list", BTC, {"0.price": "79978.00", "0.qty": "0.020", "0.commission": "0.79978000"}
    ),
    "leverage": Case("change_initial_leverage", {**BTC, "leverage": 10}, {"leverage": 10, "symbol": "BTCUSDT"}),
    "margin type": Case("change_margin_type", {"symbol": "BNBUSDT", "margin_type": "ISOLATED"}, {"code": 200}),
    "margin of a position": Case(
        "modify_isolated_position_margin", {**ETH, "amount": 2.5, "type": 1}, {"amount": 2.5, "code": 200, "type": 1}
    ),
    "margins of a position": Case(
        "get_position_margin_change_history", ETH, {"0.amount": "5.00000000", "0.delta_type": "USER_ADJUST"}
    ),
    "switch to hedging": Case("change_position_mode", {"dual_side_position": "true"}, {"code": 200}, bare=True),
    "switch to multiple assets": Case(
        "change_multi_assets_mode", {"multi_assets_margin": "true"}, {"code": 200}, bare=True
    ),
    "position": Case("position_information_v2", BTC, {"0.position_amt": "0.020", "0.leverage": "20"}),
    "isolated position": Case("position_information_v2", ETH, {"0.margin_type": "isolated"}),
    "positions": Case("position_information_v3", {}, {"0.position_amt": "0.020", "1.symbol": "ETHUSDT"}),
    "place in the queue": Case(
        "position_adl_quantile_estimation", {}, {"0.symbol": "BTCUSDT"}, missing=frozenset({"HEDGE"})
    ),
    "forced orders": Case("users_force_orders", empty=True),
    "stock contracts": Case("futures_tradfi_perps_contract", {}, {"code": 200}),
    # conditional orders
    "stop": Case("new_algo_order", STOP, {"client_algo_id": "stop", "algo_status": "NEW", "trigger_price": "70000.00"}),
    "stop that closes": Case(
        "new_algo_order",
        {key: value for key, value in STOP.items() if key != "quantity"} | {"close_position": "true"},
        {"close_position": True, "order_type": "STOP_MARKET"},
    ),
    "trailing stop": Case("new_algo_order", TRAILING, {"activate_price": "90000.00", "callback_rate": "1.5"}),
    "conditional order": Case(
        "query_algo_order",
        {"client_algo_id": "stop"},
        {"algo_status": "NEW", "quantity": "0.010"},
        before=_stop,
        missing=frozenset({"actualType", "actualQty"}),  # of the order that it becomes
    ),
    "conditional order that fired": Case(
        "query_algo_order", {"client_algo_id": "fired"}, {"algo_status": "FINISHED"}, before=_fired
    ),
    "open conditional orders": Case("current_all_algo_open_orders", BTC, {"0.client_algo_id": "stop"}, before=_stop),
    "conditional orders": Case("query_all_algo_orders", BTC, {"0.client_algo_id": "stop"}, before=_stop),
    "cancel a conditional order": Case(
        "cancel_algo_order", {"client_algo_id": "stop"}, {"code": "200", "client_algo_id": "stop"}, before=_stop
    ),
    "cancel all conditional orders": Case("cancel_all_algo_open_orders", BTC, {"code": 200}, before=_stop),
    # account
    "account": Case(
        "account_information_v3",
        {},
        {"assets.0.asset": "USDT", "positions.0.position_amt": "0.020", "positions.1.symbol": "ETHUSDT"},
        unknown=frozenset({"marginAvailable"}),
    ),
    "account with several assets": Case(
        "account_information_v3",
        {},
        {"assets.0.wallet_balance": "100000.00000000", "total_wallet_balance": "117647.30000000"},
        before=_several_assets,
        unknown=frozenset({"marginAvailable"}),
        bare=True,
    ),
    "account, second version": Case(
        "account_information_v2",
        {},
        {"can_trade": True, "fee_tier": 0, "positions.0.symbol": "BTCUSDT", "positions.0.leverage": "20"},
        unknown=frozenset({"breakEvenPrice"}),
    ),
    "balances": Case("futures_account_balance_v3", {}, {"0.asset": "USDT", "0.balance": "99999.07025700"}),
    "balances, second version": Case("futures_account_balance_v2", {}, {"0.balance": "99999.07025700"}),
    "settings": Case("futures_account_configuration", {}, {"can_trade": True, "dual_side_position": False}),
    "settings of a symbol": Case("symbol_configuration", ETH, {"0.margin_type": "ISOLATED", "0.leverage": 20}),
    "commission": Case(
        "user_commission_rate", BTC, {"maker_commission_rate": "0.000200", "taker_commission_rate": "0.000500"}
    ),
    "order limits": Case("query_user_rate_limit", {}, {"0.interval": "MINUTE", "0.limit": 1200}),
    "brackets": Case(
        "notional_and_leverage_brackets",
        BTC,
        {"0.symbol": "BTCUSDT", "0.brackets.0.initial_leverage": 150, "0.brackets.0.maint_margin_ratio": 0.004},
        missing=frozenset({"notionalCoef"}),
    ),
    "all brackets": Case(
        "notional_and_leverage_brackets", {}, {"1.symbol": "ETHUSDT"}, missing=frozenset({"notionalCoef"})
    ),
    "asset mode": Case("get_current_multi_assets_mode", {}, {"multi_assets_margin": False}),
    "position mode": Case("get_current_position_mode", {}, {"dual_side_position": False}),
    "income": Case(
        "get_income_history",
        {"income_type": "COMMISSION"},
        {"0.symbol": "BTCUSDT", "0.income": "-0.79978000", "1.symbol": "ETHUSDT"},
    ),
    "indicators": Case(
        "futures_trading_quantitative_rules_indicators",
        BTC,
        {"indicators.btcusdt.0.indicator": "UFR"},
        missing=frozenset({"ETHUSDT", "ACCOUNT"}),
    ),
    "transactions, asked for": Case("get_download_id_for_futures_transaction_history", before=_hour),
    "orders, asked for": Case("get_download_id_for_futures_order_history", before=_hour),
    "trades, asked for": Case("get_download_id_for_futures_trade_history", before=_hour),
    "transactions, to fetch": Case(
        "get_futures_transaction_history_download_link_by_id", before=_download("transaction")
    ),
    "orders, to fetch": Case("get_futures_order_history_download_link_by_id", before=_download("order")),
    "trades, to fetch": Case("get_futures_trade_download_link_by_id", before=_download("trade")),
    "burn BNB": Case("toggle_bnb_burn_on_futures_trade", {"fee_burn": "true"}, {"code": 200}),
    "burning BNB": Case("get_bnb_burn_status", {}, {"fee_burn": False}),
    "portfolio margin": Case("classic_portfolio_margin_account_information", {"asset": "USDT"}, {"asset": "USDT"}),
    # conversion
    "pairs": Case("list_all_convert_pairs", {"from_asset": "USDT"}, {"0.from_asset": "USDT"}),
    "quote": Case("send_quote_request", QUOTE, {"from_amount": "100.00000000"}),
    "accept": Case("accept_the_offered_quote", before=_quote),
    "conversion": Case("order_status", {}, {"from_asset": "USDT", "to_asset": "BTC"}, before=_converted),
    # user data
    "listen key": Case("start_user_data_stream"),
    "listen key, kept": Case("keepalive_user_data_stream", before=_stream),
    "listen key, closed": Case("close_user_data_stream", before=_stream),
}

_ROUTES = Blueprint.standard().all_routes
SERVED = {name for name, (verb, path) in usdm_endpoints().items() if verb in _ROUTES.get(path, {})}


@pytest.fixture
def client(exchange: Exchange) -> Iterator[UsdmClient]:
    running = UsdmClient(exchange)
    yield running
    running.close()


def scene(api: Any) -> None:
    """An order that rests and was amended, a position of two hundredths, and an isolated one with more margin."""
    api.new_order(**LIMIT, new_client_order_id="resting")
    api.modify_order(**RESTING, side="BUY", quantity=0.01, price=70001.0)
    api.new_order(**MARKET, new_client_order_id="filled")
    api.change_margin_type("ETHUSDT", "ISOLATED")
    api.new_order("ETHUSDT", "BUY", "MARKET", quantity=0.1)
    api.modify_isolated_position_margin("ETHUSDT", 5.0, 1)


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items() if case.method in SERVED])
def test_an_answer_fits_its_model(client: UsdmClient, caplog: pytest.LogCaptureFixture, case: Case) -> None:
    """Field for field, type for type: the SDK logs a warning and loosens its types where an answer does not fit."""
    if not case.bare:
        scene(client.api)
    arguments = {**case.arguments, **case.before(client.api)}
    with caplog.at_level(logging.WARNING):
        response, raw = client.call(case.method, **arguments)
    assert response.status == 200
    assert not caplog.records
    data = response.data()
    difference = compare(data, raw)
    assert difference.changed == []
    assert difference.unknown == case.unknown
    assert difference.missing <= case.missing | CONDITIONAL
    assert {path: value(data, path) for path in case.holds} == case.holds
    assert (raw == []) is case.empty


def test_every_method_that_is_served_is_called() -> None:
    assert {case.method for case in CASES.values() if case.method in SERVED} == SERVED


def test_every_method_of_the_sdk_has_a_case() -> None:
    """Those that are not served yet have theirs too, and join when they are."""
    assert {case.method for case in CASES.values()} == usdm_endpoints().keys()
