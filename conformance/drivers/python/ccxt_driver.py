"""ccxt: one interface for many exchanges. Its results are its own, not Binance's rows."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import ccxt
import rows

from binance_conformance import operations as ops
from binance_conformance.protocol import Capabilities, Client, Configure, Outcome, OutcomeKind, Promise
from binance_conformance.serving import serve
from binance_conformance.subject import Surroundings

_PART = {"/fapi": "usdm", "/dapi": "coinm", "/eapi": "options", "/sapi": "sapi"}
_TYPES = {"spot": ("spot", "spot"), "usdm": ("linear", "future"), "options": ("option", "option")}
_CODE = re.compile(r'"code"\s*:\s*(-?\d+)')
_STATUS = re.compile(r"(?:^binance|[^ ]+://[^ ]+) (\d{3}) ")


class CcxtDriver:
    """The client behind the protocol: one exchange object a venue, with that venue's markets."""

    def hello(self) -> Client:
        """Who it is."""
        can = Capabilities(
            venues=("spot", "usdm", "options"),
            key_types=("hmac", "rsa", "ed25519"),
            promises=(Promise.FILTERS, Promise.CLIENT_ORDER_IDS),
        )
        return rows.who("ccxt", ccxt.__version__, "https://github.com/ccxt/ccxt", can)

    def configure(self, settings: Configure, surroundings: Surroundings) -> None:
        """Forget the clients; new ones are made when they are needed."""
        self._settings = settings
        self._made: dict[str, Any] = {}

    def call(self, venue: str, operation: ops.AnyOperation) -> Outcome:
        """Let it do something."""
        return rows.ask(lambda: self._do(self._exchange(venue), operation), operation, _told, _view)

    def _exchange(self, venue: str) -> Any:
        if venue not in self._made:
            settings, (kind, default) = self._settings, _TYPES[venue]
            key = settings.key
            options = {
                "defaultType": default,
                "fetchCurrencies": False,
                "fetchMargins": False,
                "fetchMarkets": {"types": [kind]},
                "warnOnFetchOpenOrdersWithoutSymbol": False,
            }
            if settings.recv_window_ms is not None:
                options["recvWindow"] = settings.recv_window_ms
            made: Any = ccxt.binance({"options": options, **rows.given(timeout=settings.timeout_ms)})
            if key is not None:
                made.apiKey, made.secret = key.api_key, key.secret or key.private_key
            made.urls["api"] = _here(made.urls["api"], settings.urls)
            made.load_markets()
            self._made[venue] = made
        return self._made[venue]

    def _do(self, ex: Any, operation: ops.AnyOperation) -> Any:  # noqa: C901 - a line an operation
        symbol = getattr(operation, "symbol", None)
        symbol = symbol and ex.safe_market(symbol, None, None, ex.options["defaultType"])["symbol"]
        match operation:
            case ops.ServerTime():
                return ex.fetch_time()
            case ops.ExchangeInfo():
                return ex.fetch_markets()
            case ops.Price():
                return ex.fetch_ticker(symbol)
            case ops.Klines(interval=interval, start_ms=start, end_ms=end, limit=limit):
                return ex.fetch_ohlcv(symbol, interval, start, limit, rows.given(until=end))
            case ops.MarketTrades(start_ms=start, end_ms=end):
                return ex.fetch_trades(symbol, start, None, {"until": end})
            case ops.Account() if ex.options["defaultType"] != "option":  # It knows no balance of options.
                return ex.fetch_balance()
            case ops.MyTrades(from_id=first, start_ms=start, end_ms=end):
                return ex.fetch_my_trades(symbol, start, None, rows.given(fromId=first, until=end))
            case ops.FitOrder(price=price, quantity=quantity):
                return {
                    "price": price and ex.price_to_precision(symbol, float(price)),
                    "quantity": quantity and ex.amount_to_precision(symbol, float(quantity)),
                }
            case ops.SetLeverage(leverage=leverage):
                return ex.set_leverage(leverage, symbol)
            case ops.PositionMode():
                return ex.fetch_position_mode()
            case ops.SetPositionMode(hedge=hedge):
                return ex.set_position_mode(hedge)
            case ops.Positions():
                return ex.fetch_positions(symbol and [symbol])
            case ops.PlaceOrder():
                kind, amount, price, params = _order(operation)
                return ex.create_order(symbol, kind, operation.side.lower(), amount, price, params)
            case ops.CancelOrder(order_id=number, client_order_id=own, conditional=trigger):
                return ex.cancel_order(number, symbol, rows.given(clientOrderId=own, trigger=trigger))
            case ops.CancelAllOrders():
                return ex.cancel_all_orders(symbol)
            case ops.QueryOrder(order_id=number, client_order_id=own, conditional=trigger):
                return ex.fetch_order(number, symbol, rows.given(clientOrderId=own, trigger=trigger))
            case ops.OpenOrders():
                return ex.fetch_open_orders(symbol)
            case ops.AllOrders(from_id=first, start_ms=start, end_ms=end):
                return ex.fetch_orders(symbol, start, None, rows.given(orderId=first, until=end))
        raise rows.Unsupported


def _here(urls: dict[str, Any], here: dict[str, str]) -> dict[str, Any]:
    """All its addresses, here: one that is left out would lead to the live exchange."""
    found: dict[str, Any] = {}
    for name, url in urls.items():
        if isinstance(url, str):
            part = next((venue for path, venue in _PART.items() if path in url), "spot")
            scheme = "http" if url.startswith("http") else "ws"
            found[name] = re.sub(r"^\w+://[^/]+", re.sub(r"^http", scheme, here[part]), url)
        else:
            found[name] = _here(url, here)
    return found


def _order(order: ops.PlaceOrder) -> tuple[str, float | None, float | None, dict[str, Any]]:
    """Type, amount, price and parameters as its `create_order` takes them."""
    if order.stop_price is not None:
        kind = "limit" if "LIMIT" in order.type or order.price is not None else "market"
    else:
        kind = "limit" if order.type == "LIMIT_MAKER" else order.type.lower()
    params = rows.given(
        clientOrderId=order.client_order_id,
        timeInForce=order.time_in_force,
        cost=rows.number(order.quote_quantity),
        reduceOnly=order.reduce_only,
        positionSide=order.position_side,
        postOnly=True if order.type == "LIMIT_MAKER" else None,
        test=True if isinstance(order, ops.TryOrder) else None,
    )
    if order.stop_price is not None:
        params["takeProfitPrice" if "TAKE_PROFIT" in order.type else "stopLossPrice"] = float(order.stop_price)
    return kind, rows.number(order.quantity), rows.number(order.price), params


def _view(operation: ops.Operation, told: Any) -> Any:
    """What it hands out, in the kit's words."""
    match operation:
        case ops.ServerTime():
            return ops.TimeView(server_time_ms=told)
        case ops.ExchangeInfo(symbols=symbols):
            markets = (rows.symbol(market["info"]) for market in told)
            return [market for market in markets if symbols is None or market.symbol in symbols]
        case ops.Price(symbol=symbol):
            return ops.PriceView(symbol=symbol, price=_text(told["last"]))
        case ops.Klines():
            return [ops.KlineView(each[0], None, *map(_text, each[1:6])) for each in told]
        case ops.MarketTrades() | ops.MyTrades():
            return [_trade(each) for each in told]
        case ops.Account():
            held = {asset: each for asset, each in told.items() if _is_balance(each)}
            return [ops.BalanceView(asset, _text(each["free"]), _text(each["used"])) for asset, each in held.items()]
        case ops.FitOrder():
            return told
        case ops.SetLeverage():
            return ops.LeverageView(symbol=told["symbol"], leverage=int(told["leverage"]))
        case ops.PositionMode():
            return ops.PositionModeView(hedge=told["hedged"])
        case ops.Positions():
            return [rows.position(each["info"]) for each in told]
        case ops.OpenOrders() | ops.AllOrders():
            return [_order_view(each) for each in told]
        case ops.TryOrder() | ops.CancelAllOrders() | ops.SetPositionMode():
            return None
    return _order_view(told)


def _order_view(order: Any) -> ops.OrderView:
    info = order["info"] if isinstance(order["info"], dict) else {}
    return ops.OrderView(
        order_id=order["id"],
        client_order_id=order["clientOrderId"],
        symbol=info.get("symbol"),
        side=order["side"] and order["side"].upper(),
        type=info.get("type"),
        status=info.get("status"),
        price=_text(order["price"]),
        quantity=_text(order["amount"]),
        executed_quantity=_text(order["filled"]),
        time_ms=order["timestamp"],
    )


def _trade(trade: Any) -> ops.TradeView:
    fee = trade.get("fee") or {}
    return ops.TradeView(
        trade_id=trade["id"],
        order_id=trade["order"],
        price=_text(trade["price"]),
        quantity=_text(trade["amount"]),
        commission=_text(fee.get("cost")),
        commission_asset=fee.get("currency"),
        time_ms=trade["timestamp"],
    )


def _text(number: Any) -> Any:
    return None if number is None else format(Decimal(str(number)), "f")


def _is_balance(each: Any) -> bool:
    return isinstance(each, dict) and each.keys() >= {"free", "used", "total"} and each["free"] is not None


def _told(error: Exception) -> Outcome | None:
    """Its types are its word. 429 and 418 are one type; status and code stand in the text alone."""
    if not isinstance(error, ccxt.BaseError):
        return None
    text = str(error)[:500]
    code, status = (int(found[1]) if found else None for found in (_CODE.search(text), _STATUS.search(text)))
    match error:
        case ccxt.DDoSProtection() | ccxt.RateLimitExceeded():
            kind = OutcomeKind.RATE_LIMITED
        case ccxt.InvalidNonce():
            kind = OutcomeKind.REFUSED
        case ccxt.RequestTimeout():
            kind = OutcomeKind.UNKNOWN
        case ccxt.NetworkError():
            kind = OutcomeKind.NETWORK
        case ccxt.OperationFailed():
            kind = OutcomeKind.UNKNOWN
        case _:
            kind = OutcomeKind.REFUSED
    return Outcome(outcome=kind, code=code, status=status, message=text)


if __name__ == "__main__":
    serve(CcxtDriver())
