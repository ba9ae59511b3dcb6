"""python-binance: the most used client in Python. It hands out Binance's JSON as it comes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import binance
import requests
import rows
from binance.client import Client as Binance
from binance.exceptions import BinanceAPIException, BinanceRequestException

from binance_conformance import operations as ops
from binance_conformance.protocol import Capabilities, Client, Configure, Outcome, OutcomeKind, Promise
from binance_conformance.serving import serve
from binance_conformance.subject import Surroundings

_CALLS: dict[str, dict[type[ops.Operation], str]] = {
    "spot": {
        ops.ServerTime: "get_server_time",
        ops.ExchangeInfo: "get_exchange_info",
        ops.Price: "get_symbol_ticker",
        ops.Klines: "get_klines",
        ops.MarketTrades: "get_aggregate_trades",
        ops.Account: "get_account",
        ops.MyTrades: "get_my_trades",
        ops.TryOrder: "create_test_order",
        ops.PlaceOrder: "create_order",
        ops.CancelOrder: "cancel_order",
        ops.CancelAllOrders: "cancel_all_open_orders",
        ops.QueryOrder: "get_order",
        ops.OpenOrders: "get_open_orders",
        ops.AllOrders: "get_all_orders",
    },
    "usdm": {
        ops.ServerTime: "futures_time",
        ops.ExchangeInfo: "futures_exchange_info",
        ops.Price: "futures_symbol_ticker",
        ops.Klines: "futures_klines",
        ops.MarketTrades: "futures_aggregate_trades",
        ops.Account: "futures_account",
        ops.MyTrades: "futures_account_trades",
        ops.TryOrder: "futures_create_test_order",
        ops.PlaceOrder: "futures_create_order",
        ops.PlaceOrders: "futures_place_batch_order",
        ops.CancelOrder: "futures_cancel_order",
        ops.CancelAllOrders: "futures_cancel_all_open_orders",
        ops.QueryOrder: "futures_get_order",
        ops.OpenOrders: "futures_get_open_orders",
        ops.AllOrders: "futures_get_all_orders",
        ops.SetLeverage: "futures_change_leverage",
        ops.PositionMode: "futures_get_position_mode",
        ops.SetPositionMode: "futures_change_position_mode",
        ops.Positions: "futures_position_information",
    },
    "options": {
        ops.ServerTime: "options_time",
        ops.ExchangeInfo: "options_exchange_info",
        ops.Price: "options_price",
        ops.Klines: "options_klines",
        ops.Account: "options_account_info",
        ops.MyTrades: "options_user_trades",
        ops.PlaceOrder: "options_place_order",
        ops.CancelOrder: "options_cancel_order",
        ops.CancelAllOrders: "options_cancel_all_orders",
        ops.QueryOrder: "options_query_order",
        ops.OpenOrders: "options_query_pending_orders",
        ops.AllOrders: "options_query_order_history",
        ops.Positions: "options_positions",
    },
}
"""Its method for each operation."""


class PythonBinanceDriver:
    """The client behind the protocol."""

    def hello(self) -> Client:
        """Who it is."""
        can = Capabilities(
            venues=("spot", "usdm", "options"),
            key_types=("hmac", "rsa", "ed25519"),
            promises=(Promise.CLIENT_ORDER_IDS,),
        )
        return rows.who("python-binance", binance.__version__, "https://github.com/sammchardy/python-binance", can)

    def configure(self, settings: Configure, surroundings: Surroundings) -> None:
        """Make a new client, after the ping that it sends when it is made."""
        urls, key = settings.urls, settings.key
        made = type(
            "Binance",
            (Binance,),
            {
                "API_URL": urls["spot"] + "/api",
                "MARGIN_API_URL": urls["sapi"] + "/sapi",
                "FUTURES_URL": urls["usdm"] + "/fapi",
                "FUTURES_DATA_URL": urls["usdm"] + "/futures/data",
                "FUTURES_COIN_URL": urls["coinm"] + "/dapi",
                "FUTURES_COIN_DATA_URL": urls["coinm"] + "/futures/data",
                "OPTIONS_URL": urls["options"] + "/eapi",
                "PAPI_URL": urls["usdm"] + "/papi",
                "WEBSITE_URL": urls["spot"],
            },
        )
        patience = {"timeout": settings.timeout_ms / 1000} if settings.timeout_ms else None
        self._client: Any = made(key and key.api_key, key and key.secret, patience, private_key=key and key.private_key)
        self._window = rows.given(recvWindow=settings.recv_window_ms)
        if settings.recv_window_ms is not None:
            self._client.REQUEST_RECVWINDOW = settings.recv_window_ms

    def call(self, venue: str, operation: ops.AnyOperation) -> Outcome:
        """Let it do something."""
        return rows.ask(lambda: self._do(venue, operation), operation, _told)

    def _do(self, venue: str, operation: ops.AnyOperation) -> Any:
        name = _CALLS[venue].get(type(operation))
        if name is None:
            raise rows.Unsupported
        answer = getattr(self._client, name)(**_params(venue, operation))
        if isinstance(operation, ops.Positions) and isinstance(answer, list):
            return [row for row in answer if float(row.get("positionAmt", row.get("quantity"))) != 0]
        return answer


def _params(venue: str, operation: ops.AnyOperation) -> dict[str, Any]:
    """The operation's own names are nearly Binance's."""
    match operation:
        case ops.ExchangeInfo():
            return {}  # It takes none: the caller looks its symbols up in all of them.
        case ops.PlaceOrders(orders=orders):
            return {"batchOrders": [_order(venue, each, str) for each in orders]}
        case ops.PlaceOrder():
            return _order(venue, operation)
        case ops.CancelOrder(conditional=True) | ops.QueryOrder(conditional=True) if venue == "usdm":
            return rows.given(
                symbol=operation.symbol, algoId=operation.order_id, clientAlgoId=operation.client_order_id
            )
        case ops.CancelOrder() | ops.QueryOrder():
            own = "clientOrderId" if venue == "options" else "origClientOrderId"
            named = {"orderId": operation.order_id, own: operation.client_order_id}
            return rows.given(symbol=operation.symbol, **named)
        case ops.SetPositionMode(hedge=hedge):
            return {"dualSidePosition": "true" if hedge else "false"}
        case ops.AllOrders(from_id=first) | ops.MyTrades(from_id=first):
            since = "orderId" if isinstance(operation, ops.AllOrders) else "fromId"
            return rows.given(
                symbol=operation.symbol, startTime=operation.start_ms, endTime=operation.end_ms, **{since: first}
            )
    words = {"start_ms": "startTime", "end_ms": "endTime"}
    return rows.given(**{words.get(name, name): getattr(operation, name) for name in operation.__struct_fields__})


def _order(venue: str, order: ops.PlaceOrder, quantity: Callable[[str], Any] = Decimal) -> dict[str, Any]:
    """Its documentation takes quantities as decimals, and prices as text; a batch is sent as Python prints it."""
    return rows.given(
        symbol=order.symbol,
        side=order.side,
        type=order.type,
        timeInForce=order.time_in_force,
        quantity=rows.number(order.quantity, quantity),
        quoteOrderQty=rows.number(order.quote_quantity, Decimal),
        price=order.price,
        stopPrice=order.stop_price,
        reduceOnly=order.reduce_only,
        positionSide=order.position_side,
        **rows.given(**{"clientOrderId" if venue == "options" else "newClientOrderId": order.client_order_id}),
    )


def _told(error: Exception) -> Outcome | None:
    match error:
        case BinanceAPIException():
            until = rows.until(error.response.headers)
            return rows.by_status(error.status_code, error.code or None, str(error.message), until)
        case BinanceRequestException():  # An answer that is no JSON: the type says no more.
            return Outcome(outcome=OutcomeKind.UNKNOWN, message=error.message[:500])
        case requests.exceptions.JSONDecodeError():
            return None
        case requests.RequestException():
            return Outcome(outcome=OutcomeKind.NETWORK, message=str(error))
    return None


if __name__ == "__main__":
    serve(PythonBinanceDriver())
