"""binance-sdk-spot: the official SDK for spot."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import rows
import sdk
from binance_sdk_spot.spot import Spot

from binance_conformance import operations as ops
from binance_conformance.protocol import Client, Configure, Outcome
from binance_conformance.serving import serve
from binance_conformance.subject import Surroundings


class SpotSdkDriver:
    """The SDK behind the protocol."""

    def hello(self) -> Client:
        """Who it is."""
        return sdk.who("binance-sdk-spot", version("binance-sdk-spot"), "spot")

    def configure(self, settings: Configure, surroundings: Surroundings) -> None:
        """Make a new client."""
        self._api: Any = Spot(config_rest_api=sdk.configuration(settings, "spot")).rest_api
        self._window = rows.given(recv_window=settings.recv_window_ms)

    def call(self, venue: str, operation: ops.AnyOperation) -> Outcome:
        """Let it do something."""
        return sdk.ask(lambda: self._do(operation), operation)

    def _do(self, operation: ops.AnyOperation) -> Any:
        api, window = self._api, self._window
        match operation:
            case ops.ServerTime():
                return api.time()
            case ops.ExchangeInfo(symbols=symbols):
                return api.exchange_info(symbols=list(symbols) if symbols else None)
            case ops.Price(symbol=symbol):
                return api.ticker_price(symbol)
            case ops.Klines(symbol=symbol, interval=interval, start_ms=start, end_ms=end, limit=limit):
                return api.klines(symbol, interval, start_time=start, end_time=end, limit=limit)
            case ops.MarketTrades(symbol=symbol, start_ms=start, end_ms=end):
                return api.agg_trades(symbol, start_time=start, end_time=end)
            case ops.Account():
                return api.get_account(**window)
            case ops.MyTrades(symbol=symbol, from_id=first, start_ms=start, end_ms=end):
                return api.my_trades(symbol, from_id=rows.number(first, int), start_time=start, end_time=end, **window)
            case ops.TryOrder():
                return api.order_test(**_order(operation), **window)
            case ops.PlaceOrder():
                return api.new_order(**_order(operation), **window)
            case ops.CancelOrder(symbol=symbol, order_id=number, client_order_id=own):
                return api.delete_order(symbol, rows.number(number, int), own, **window)
            case ops.CancelAllOrders(symbol=symbol):
                return api.delete_open_orders(symbol, **window)
            case ops.QueryOrder(symbol=symbol, order_id=number, client_order_id=own):
                return api.get_order(symbol, rows.number(number, int), own, **window)
            case ops.OpenOrders(symbol=maybe):
                return api.get_open_orders(maybe, **window)
            case ops.AllOrders(symbol=symbol, from_id=first, start_ms=start, end_ms=end):
                return api.all_orders(symbol, rows.number(first, int), start, end, **window)
        raise rows.Unsupported


def _order(order: ops.PlaceOrder) -> dict[str, Any]:
    return sdk.order(order) | rows.given(
        quote_order_qty=rows.number(order.quote_quantity), stop_price=rows.number(order.stop_price)
    )


if __name__ == "__main__":
    serve(SpotSdkDriver())
