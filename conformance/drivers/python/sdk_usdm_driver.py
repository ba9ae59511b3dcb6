"""binance-sdk-derivatives-trading-usds-futures: the official SDK for USDⓈ-M futures."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import rows
import sdk
from binance_sdk_derivatives_trading_usds_futures.derivatives_trading_usds_futures import DerivativesTradingUsdsFutures
from binance_sdk_derivatives_trading_usds_futures.rest_api.models import PlaceMultipleOrdersBatchOrdersParameterInner

from binance_conformance import operations as ops
from binance_conformance.protocol import Client, Configure, Outcome
from binance_conformance.serving import serve
from binance_conformance.subject import Surroundings

_NAME = "binance-sdk-derivatives-trading-usds-futures"


class UsdmSdkDriver:
    """The SDK behind the protocol."""

    def hello(self) -> Client:
        """Who it is."""
        return sdk.who(_NAME, version(_NAME), "usdm")

    def configure(self, settings: Configure, surroundings: Surroundings) -> None:
        """Make a new client."""
        configuration = sdk.configuration(settings, "usdm")
        self._api: Any = DerivativesTradingUsdsFutures(config_rest_api=configuration).rest_api
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
                return api.symbol_price_ticker(symbol)
            case ops.Klines(symbol=symbol, interval=interval, start_ms=start, end_ms=end, limit=limit):
                return api.kline_candlestick_data(symbol, interval, start, end, limit)
            case ops.MarketTrades(symbol=symbol, start_ms=start, end_ms=end):
                return api.compressed_aggregate_trades_list(symbol, start_time=start, end_time=end)
            case ops.Account():
                return api.account_information_v3(**window)
            case ops.MyTrades(symbol=symbol, from_id=first, start_ms=start, end_ms=end):
                return api.account_trade_list(
                    symbol, from_id=rows.number(first, int), start_time=start, end_time=end, **window
                )
            case ops.AllOrders(symbol=symbol, from_id=first, start_ms=start, end_ms=end):
                return api.all_orders(symbol, rows.number(first, int), start, end, **window)
            case ops.SetLeverage(symbol=symbol, leverage=leverage):
                return api.change_initial_leverage(symbol, leverage, **window)
            case ops.PositionMode():
                return api.get_current_position_mode(**window)
            case ops.SetPositionMode(hedge=hedge):
                return api.change_position_mode("true" if hedge else "false", **window)
            case ops.Positions(symbol=maybe):
                return api.position_information_v3(maybe, **window)
        return self._do_order(operation)

    def _do_order(self, operation: ops.AnyOperation) -> Any:
        api, window = self._api, self._window
        match operation:
            case ops.TryOrder():
                return api.test_order(**_order(operation), **rows.given(stop_price=operation.stop_price), **window)
            case ops.PlaceOrder(stop_price=None):
                return api.new_order(**_order(operation), **window)
            case ops.PlaceOrder():
                return api.new_algo_order(
                    **_order(operation, "client_algo_id"),
                    algo_type="CONDITIONAL",
                    trigger_price=rows.number(operation.stop_price),
                    **window,
                )
            case ops.PlaceOrders(orders=orders):
                legs = [PlaceMultipleOrdersBatchOrdersParameterInner(**_order(each)) for each in orders]
                return api.place_multiple_orders(legs, **window)
            case ops.CancelOrder(order_id=number, client_order_id=own, conditional=True):
                return api.cancel_algo_order(rows.number(number, int), own, **window)
            case ops.QueryOrder(order_id=number, client_order_id=own, conditional=True):
                return api.query_algo_order(rows.number(number, int), own, **window)
            case ops.CancelOrder(symbol=symbol, order_id=number, client_order_id=own):
                return api.cancel_order(symbol, rows.number(number, int), own, **window)
            case ops.CancelAllOrders(symbol=symbol):
                return api.cancel_all_open_orders(symbol, **window)
            case ops.QueryOrder(symbol=symbol, order_id=number, client_order_id=own):
                return api.query_order(symbol, rows.number(number, int), own, **window)
            case ops.OpenOrders(symbol=maybe):
                return api.current_all_open_orders(maybe, **window)
        raise rows.Unsupported


def _order(order: ops.PlaceOrder, own: str = "new_client_order_id") -> dict[str, Any]:
    return sdk.order(order, own) | rows.given(
        reduce_only=None if order.reduce_only is None else str(order.reduce_only).lower(),
        position_side=order.position_side,
    )


if __name__ == "__main__":
    serve(UsdmSdkDriver())
