"""binance-connector: the older official client for spot. It hands out Binance's JSON as it comes."""

from __future__ import annotations

from typing import Any

import requests
import rows
from binance.__version__ import __version__
from binance.error import ClientError, Error, ServerError
from binance.spot import Spot

from binance_conformance import operations as ops
from binance_conformance.protocol import Capabilities, Client, Configure, Outcome, OutcomeKind
from binance_conformance.serving import serve
from binance_conformance.subject import Surroundings


class ConnectorDriver:
    """The client behind the protocol."""

    def hello(self) -> Client:
        """Who it is."""
        can = Capabilities(venues=("spot",), key_types=("hmac", "rsa", "ed25519"))
        return rows.who("binance-connector", __version__, "https://github.com/binance/binance-connector-python", can)

    def configure(self, settings: Configure, surroundings: Surroundings) -> None:
        """Make a new client."""
        key = settings.key
        self._client: Any = Spot(
            api_key=key and key.api_key,
            api_secret=key and key.secret,
            private_key=key and key.private_key,
            base_url=settings.urls["spot"],
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
            case ops.ExchangeInfo(symbols=symbols):
                return client.exchange_info(symbols=list(symbols) if symbols else None)
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
                return client.my_trades(symbol, **span, **window)
            case ops.TryOrder():
                return client.new_order_test(**_order(operation), **window)
            case ops.PlaceOrder():
                return client.new_order(**_order(operation), **window)
            case ops.CancelOrder(symbol=symbol):
                return client.cancel_order(symbol, **_named(operation), **window)
            case ops.CancelAllOrders(symbol=symbol):
                return client.cancel_open_orders(symbol, **window)
            case ops.QueryOrder(symbol=symbol):
                return client.get_order(symbol, **_named(operation), **window)
            case ops.OpenOrders(symbol=maybe):
                return client.get_open_orders(maybe, **window)
            case ops.AllOrders(symbol=symbol, from_id=first, start_ms=start, end_ms=end):
                span = rows.given(orderId=rows.number(first, int), startTime=start, endTime=end)
                return client.get_orders(symbol, **span, **window)
        raise rows.Unsupported


def _order(order: ops.PlaceOrder) -> dict[str, Any]:
    """Its documentation takes quantities and prices as floats."""
    return rows.given(
        symbol=order.symbol,
        side=order.side,
        type=order.type,
        timeInForce=order.time_in_force,
        quantity=rows.number(order.quantity),
        quoteOrderQty=rows.number(order.quote_quantity),
        price=rows.number(order.price),
        stopPrice=rows.number(order.stop_price),
        newClientOrderId=order.client_order_id,
    )


def _named(order: ops.CancelOrder | ops.QueryOrder) -> dict[str, Any]:
    return rows.given(orderId=rows.number(order.order_id, int), origClientOrderId=order.client_order_id)


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
    serve(ConnectorDriver())
