"""The script that everybody writes first: `requests`, `urlencode`, an HMAC, and no more.

It retries nothing, waits for nothing, and keeps no clock but its own.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any
from urllib.parse import urlencode

import requests
import rows

from binance_conformance import operations as ops
from binance_conformance.protocol import Capabilities, Client, Configure, Outcome, OutcomeKind
from binance_conformance.serving import serve
from binance_conformance.subject import Surroundings

_PREFIX = {"spot": "/api/v3", "usdm": "/fapi/v1", "options": "/eapi/v1"}
_ACCOUNT = {"spot": "/api/v3/account", "usdm": "/fapi/v3/account", "options": "/eapi/v1/marginAccount"}
_OPEN = {"spot": "/openOrders", "usdm": "/openOrders", "options": "/openOrders"}
_ALL = {"spot": "/allOrders", "usdm": "/allOrders", "options": "/historyOrders"}
_MINE = {"spot": "/myTrades", "usdm": "/userTrades", "options": "/userTrades"}


class BinanceError(Exception):
    """What the exchange refused, as the script's caller gets it."""

    def __init__(self, status: int, code: int | None, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Script:
    """The script itself."""

    def __init__(self, settings: Configure, surroundings: Surroundings) -> None:
        self._settings = settings
        self._clock = surroundings.clock
        self._session = requests.Session()
        if settings.key:
            self._session.headers["X-MBX-APIKEY"] = settings.key.api_key

    def send(self, venue: str, method: str, path: str, params: dict[str, Any], *, signed: bool = False) -> Any:
        """Send a request, and give its JSON."""
        if signed:
            if self._settings.recv_window_ms is not None:
                params["recvWindow"] = self._settings.recv_window_ms
            params["timestamp"] = self._clock.now_ms()
            secret = ((self._settings.key and self._settings.key.secret) or "").encode()
            params["signature"] = hmac.new(secret, urlencode(params).encode(), hashlib.sha256).hexdigest()
        answer = self._session.request(
            method,
            self._settings.urls[venue] + path,
            params=params,
            timeout=(self._settings.timeout_ms or 10_000) / 1000,
        )
        if answer.status_code >= 400:
            try:
                said = answer.json()
                raise BinanceError(answer.status_code, said["code"], said["msg"])
            except (ValueError, KeyError):
                raise BinanceError(answer.status_code, None, answer.text) from None
        return answer.json()


class RequestsDriver:
    """The script behind the protocol."""

    def hello(self) -> Client:
        """Who it is."""
        can = Capabilities(venues=("spot", "usdm", "options"), clock="kit")
        return rows.who("requests", requests.__version__, "https://requests.readthedocs.io", can)

    def configure(self, settings: Configure, surroundings: Surroundings) -> None:
        """Make a new script."""
        self._script = Script(settings, surroundings)

    def call(self, venue: str, operation: ops.AnyOperation) -> Outcome:
        """Let it do something."""
        return rows.ask(lambda: self._do(venue, operation), operation, _told)

    def _do(self, venue: str, operation: ops.AnyOperation) -> Any:
        if isinstance(operation, ops.PlaceOrders | ops.FitOrder):
            raise rows.Unsupported
        method, path, params = _public(venue, operation) or _signed(venue, operation)
        signed = _public(venue, operation) is None
        path = path if path.startswith(("/api", "/fapi", "/eapi")) else _PREFIX[venue] + path
        return self._script.send(venue, method, path, rows.given(**params), signed=signed)


def _public(venue: str, operation: ops.AnyOperation) -> tuple[str, str, dict[str, Any]] | None:
    match operation:
        case ops.ServerTime():
            return "GET", "/time", {}
        case ops.ExchangeInfo(symbols=symbols):
            listed = str(list(symbols)).replace("'", '"').replace(" ", "") if symbols and venue == "spot" else None
            return "GET", "/exchangeInfo", {"symbols": listed}
        case ops.Price(symbol=symbol):
            return "GET", "/ticker" if venue == "options" else "/ticker/price", {"symbol": symbol}
        case ops.Klines(symbol=symbol, interval=interval, start_ms=start, end_ms=end, limit=limit):
            span = {"startTime": start, "endTime": end, "limit": limit}
            return "GET", "/klines", {"symbol": symbol, "interval": interval, **span}
        case ops.MarketTrades(symbol=symbol, start_ms=start, end_ms=end):
            return "GET", "/aggTrades", {"symbol": symbol, "startTime": start, "endTime": end}
    return None


def _signed(venue: str, operation: ops.AnyOperation) -> tuple[str, str, dict[str, Any]]:
    match operation:
        case ops.Account():
            return "GET", _ACCOUNT[venue], {}
        case ops.PlaceOrder():
            if isinstance(operation, ops.TryOrder) and venue == "options":
                raise rows.Unsupported
            return "POST", "/order/test" if isinstance(operation, ops.TryOrder) else "/order", _order(venue, operation)
        case ops.CancelOrder(symbol=symbol, order_id=number, client_order_id=own):
            return "DELETE", "/order", {"symbol": symbol, "orderId": number, _own(venue): own}
        case ops.QueryOrder(symbol=symbol, order_id=number, client_order_id=own):
            return "GET", "/order", {"symbol": symbol, "orderId": number, _own(venue): own}
        case ops.CancelAllOrders(symbol=symbol):
            return "DELETE", "/openOrders" if venue == "spot" else "/allOpenOrders", {"symbol": symbol}
        case ops.OpenOrders(symbol=maybe):
            return "GET", _OPEN[venue], {"symbol": maybe}
        case ops.AllOrders(symbol=symbol, from_id=number, start_ms=start, end_ms=end):
            return "GET", _ALL[venue], {"symbol": symbol, "orderId": number, "startTime": start, "endTime": end}
        case ops.MyTrades(symbol=symbol, from_id=number, start_ms=start, end_ms=end):
            return "GET", _MINE[venue], {"symbol": symbol, "fromId": number, "startTime": start, "endTime": end}
    if venue == "usdm":
        match operation:
            case ops.SetLeverage(symbol=symbol, leverage=leverage):
                return "POST", "/leverage", {"symbol": symbol, "leverage": leverage}
            case ops.PositionMode():
                return "GET", "/positionSide/dual", {}
            case ops.SetPositionMode(hedge=hedge):
                return "POST", "/positionSide/dual", {"dualSidePosition": str(hedge).lower()}
            case ops.Positions(symbol=maybe):
                return "GET", "/fapi/v3/positionRisk", {"symbol": maybe}
    raise rows.Unsupported


def _order(venue: str, order: ops.PlaceOrder) -> dict[str, Any]:
    return {
        "symbol": order.symbol,
        "side": order.side,
        "type": order.type,
        "timeInForce": order.time_in_force,
        "quantity": order.quantity,
        "quoteOrderQty": order.quote_quantity,
        "price": order.price,
        "stopPrice": order.stop_price,
        "reduceOnly": None if order.reduce_only is None else str(order.reduce_only).lower(),
        "positionSide": order.position_side,
        "clientOrderId" if venue == "options" else "newClientOrderId": order.client_order_id,
    }


def _own(venue: str) -> str:
    return "clientOrderId" if venue == "options" else "origClientOrderId"


def _told(error: Exception) -> Outcome | None:
    if isinstance(error, BinanceError):
        return rows.by_status(error.status, error.code, error.message)
    if isinstance(error, requests.exceptions.JSONDecodeError):
        return None
    if isinstance(error, requests.RequestException):
        return Outcome(outcome=OutcomeKind.NETWORK, message=str(error))
    return None


if __name__ == "__main__":
    serve(RequestsDriver())
