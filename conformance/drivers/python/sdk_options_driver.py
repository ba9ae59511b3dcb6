"""binance-sdk-derivatives-trading-options: the official SDK for European options."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import rows
import sdk
from binance_sdk_derivatives_trading_options.derivatives_trading_options import DerivativesTradingOptions
from binance_sdk_derivatives_trading_options.rest_api.models import PlaceMultipleOrdersOrdersParameterInner

from binance_conformance import operations as ops
from binance_conformance.protocol import Client, Configure, Outcome
from binance_conformance.serving import serve
from binance_conformance.subject import Surroundings

_NAME = "binance-sdk-derivatives-trading-options"


class OptionsSdkDriver:
    """The SDK behind the protocol."""

    def hello(self) -> Client:
        """Who it is."""
        return sdk.who(_NAME, version(_NAME), "options")

    def configure(self, settings: Configure, surroundings: Surroundings) -> None:
        """Make a new client."""
        configuration = sdk.configuration(settings, "options")
        self._api: Any = DerivativesTradingOptions(config_rest_api=configuration).rest_api
        self._window = rows.given(recv_window=settings.recv_window_ms)

    def call(self, venue: str, operation: ops.AnyOperation) -> Outcome:
        """Let it do something."""
        return sdk.ask(lambda: self._do(operation), operation)

    def _do(self, operation: ops.AnyOperation) -> Any:
        api, window = self._api, self._window
        match operation:
            case ops.ServerTime():
                return api.check_server_time()
            case ops.ExchangeInfo():
                return api.exchange_information()
            case ops.Price(symbol=symbol):
                return api.ticker24hr_price_change_statistics(symbol)
            case ops.Klines(symbol=symbol, interval=interval, start_ms=start, end_ms=end, limit=limit):
                return api.kline_candlestick_data(symbol, interval, start, end, limit)
            case ops.Account():
                return api.option_margin_account_information(**window)
            case ops.MyTrades(symbol=symbol, from_id=first, start_ms=start, end_ms=end):
                return api.account_trade_list(symbol, rows.number(first, int), start, end, **window)
            case ops.PlaceOrder() if not isinstance(operation, ops.TryOrder):
                return api.new_order(**_order(operation), **window)
            case ops.PlaceOrders(orders=orders):
                legs = [PlaceMultipleOrdersOrdersParameterInner(**_order(each)) for each in orders]
                return api.place_multiple_orders(legs, **window)
            case ops.CancelOrder(symbol=symbol, order_id=number, client_order_id=own):
                return api.cancel_option_order(symbol, rows.number(number, int), own, **window)
            case ops.CancelAllOrders(symbol=symbol):
                return api.cancel_all_option_orders_on_specific_symbol(symbol, **window)
            case ops.QueryOrder(symbol=symbol, order_id=number, client_order_id=own):
                return api.query_single_order(symbol, rows.number(number, int), own, **window)
            case ops.OpenOrders(symbol=maybe):
                return api.query_current_open_option_orders(maybe, **window)
            case ops.AllOrders(symbol=symbol, from_id=first, start_ms=start, end_ms=end):
                return api.query_option_order_history(symbol, rows.number(first, int), start, end, **window)
            case ops.Positions(symbol=maybe):
                return api.option_position_information(maybe, **window)
        raise rows.Unsupported


def _order(order: ops.PlaceOrder) -> dict[str, Any]:
    return sdk.order(order, "client_order_id") | rows.given(reduce_only=order.reduce_only)


if __name__ == "__main__":
    serve(OptionsSdkDriver())
