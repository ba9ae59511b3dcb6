"""binance-futures-connector: the older official client for USDⓈ-M futures. It hands out Binance's JSON as it comes."""

from __future__ import annotations

from typing import Any

import requests
import rows
from binance.__version__ import __version__
from binance.error import ClientError, Error, ServerError
from binance.um_futures import UMFutures

from binance_conformance import operations as ops
from binance_conformance.protocol import Capabilities, Client, Configure, Outcome, OutcomeKind
from binance_conformance.serving import serve
from binance_conformance.subject import Surroundings

_HOME = "https://github.com/binance/binance-futures-connector-python"


class FuturesConnectorDriver:
    """The client behind the protocol."""

    def hello(self) -> Client:
        """Who it is."""
        can = Capabilities(venues=("usdm",), key_types=("hmac", "rsa"))
        return rows.who("binance-futures-connector", __version__, _HOME, can)

    def configure(self, settings: Configure, surroundings: Surroundings) -> None:
        """Make a new client."""
        key = settings.key
        self._client: Any = UMFutures(
            key=key and key.api_key,
            secret=key and key.secret,
            private_key=key and key.private_key,
            base_url=settings.urls["usdm"],
            timeout=settings.timeout_ms and settings.timeout_ms / 1000,
        )
        self._window = rows.given(recvWindow=settings.recv_window_ms)

    def call(self, venue: str, operation: ops.AnyOperation) -> Outcome:
        """Let it do something."""
        return rows.ask(lambda: self._do(operation), operation, _told)

    def _do(self, operation: ops.AnyOperation) -> Any:
        client, window = self._client, self._window
        match operation:
            case ops.ServerTime():
                return client.time()
            case ops.ExchangeInfo():
                return client.exchange_info()
            case ops.Price(symbol=symbol):
                return client.ticker_price(symbol)
            case ops.Klines(symbol=symbol, interval=interval, start_ms=start, end_ms=end, limit=limit):
                return client.klines(symbol, interval, **rows.given(startTime=start, endTime=end, limit=limit))
            case ops.MarketTrades(symbol=symbol, start_ms=start, end_ms=end):
                return client.agg_trades(symbol, startTime=start, endTime=end)
            case ops.Account():
                return client.account(**window)
            case ops.MyTrades(symbol=symbol, from_id=first, start_ms=start, end_ms=end):
                span = rows.given(fromId=rows.number(first, int), startTime=start, endTime=end)
                return client.get_account_trades(symbol, **span, **window)
            case ops.AllOrders(symbol=symbol, from_id=first, start_ms=start, end_ms=end):
                span = rows.given(orderId=rows.number(first, int), startTime=start, endTime=end)
                return client.get_all_orders(symbol, **span, **window)
            case ops.SetLeverage(symbol=symbol, leverage=leverage):
                return client.change_leverage(symbol, leverage, **window)
            case ops.PositionMode():
                return client.get_position_mode(**window)
            case ops.SetPositionMode(hedge=hedge):
                return client.change_position_mode("true" if hedge else "false", **window)
            case ops.Positions(symbol=maybe):
                return client.get_position_risk(**rows.given(symbol=maybe), **window)
        return self._do_order(operation)

    def _do_order(self, operation: ops.AnyOperation) -> Any:
        client, window = self._client, self._window
        match operation:
            case ops.TryOrder():
                return client.new_order_test(**_order(operation), **window)
            case ops.PlaceOrder():
                return client.new_order(**_order(operation), **window)
            case ops.PlaceOrders(orders=orders):
                return client.new_batch_order([_order(each) for each in orders])
            case ops.CancelOrder(symbol=symbol, order_id=number, client_order_id=own):
                return client.cancel_order(symbol, rows.number(number, int), own, **window)
            case ops.CancelAllOrders(symbol=symbol):
                return client.cancel_open_orders(symbol, **window)
            case ops.QueryOrder(symbol=symbol, order_id=number, client_order_id=own):
                return client.query_order(symbol, rows.number(number, int), own, **window)
            case ops.OpenOrders(symbol=maybe):
                return client.get_orders(**rows.given(symbol=maybe), **window)
        raise rows.Unsupported


def _order(order: ops.PlaceOrder) -> dict[str, Any]:
    """Its documentation takes quantities and prices as floats."""
    return rows.given(
        symbol=order.symbol,
        side=order.side,
        type=order.type,
        timeInForce=order.time_in_force,
        quantity=rows.number(order.quantity),
        price=rows.number(order.price),
        stopPrice=rows.number(order.stop_price),
        reduceOnly=None if order.reduce_only is None else str(order.reduce_only).lower(),
        positionSide=order.position_side,
        newClientOrderId=order.client_order_id,
    )


def _told(error: Exception) -> Outcome | None:
    match error:
        case ClientError():
            return rows.by_status(
                error.status_code, error.error_code, str(error.error_message), rows.until(error.header)
            )
        case ServerError():
            return rows.by_status(error.status_code, None, str(error.message))
        case Error():
            return Outcome(outcome=OutcomeKind.REFUSED, message=str(error))
        case requests.exceptions.JSONDecodeError():
            return None
        case requests.RequestException():
            return Outcome(outcome=OutcomeKind.NETWORK, message=str(error))
    return None


if __name__ == "__main__":
    serve(FuturesConnectorDriver())
