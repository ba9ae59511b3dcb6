"""The reference client, spoken to in the kit's vocabulary."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from binance_conformance.operations import (
    Account,
    AccountAt,
    AllOrders,
    AmendOrder,
    AnyOperation,
    BalanceView,
    CancelAllOrders,
    CancelOrder,
    ExchangeInfo,
    FitOrder,
    FitView,
    Klines,
    KlineView,
    LegView,
    LeverageView,
    MarketTrades,
    MyTrades,
    OpenOrders,
    OrderView,
    PlaceOrder,
    PlaceOrders,
    PositionMode,
    PositionModeView,
    Positions,
    PositionView,
    Price,
    PriceView,
    QueryOrder,
    ServerTime,
    SetLeverage,
    SetPositionMode,
    SymbolView,
    TimeView,
    TradeView,
    TryOrder,
)
from binance_conformance.protocol import VERSION, Capabilities, Configure, Outcome, OutcomeKind, Promise
from binance_conformance.protocol import Client as Who
from binance_conformance.reference import errors
from binance_conformance.reference.client import Client
from binance_conformance.reference.keys import HmacKey, Key, PrivateKey, load_key
from binance_conformance.reference.venues import VENUES
from binance_conformance.subject import Surroundings
from binance_mock import __version__

Row = dict[str, Any]

_CAPABILITIES: Final = Capabilities(
    venues=("spot", "usdm", "options"),
    key_types=("hmac", "rsa", "ed25519"),
    clock="kit",
    promises=tuple(Promise),
)
_KINDS: Final[tuple[tuple[type[errors.ClientError], OutcomeKind], ...]] = (
    (errors.Refused, OutcomeKind.REFUSED),
    (errors.RetryLater, OutcomeKind.RETRY_LATER),
    (errors.UnknownOutcome, OutcomeKind.UNKNOWN),
    (errors.Banned, OutcomeKind.BANNED),
    (errors.RateLimited, OutcomeKind.RATE_LIMITED),
)


class ReferenceDriver:
    """A subject around the reference client, or around one derived from it.

    Args:
        kind: the class of the client.
        name: what it is called.
    """

    def __init__(self, kind: type[Client] = Client, name: str = "reference") -> None:
        self._kind = kind
        self._name = name
        self._make: Callable[[str], Client] = _unconfigured
        self._clients: dict[str, Client] = {}
        self._loaded: dict[str, Any] = {}
        """Private keys by their text: to load one takes longer than a check."""

    def hello(self) -> Who:
        """Who it is."""
        return Who(
            protocol=VERSION, client=self._name, version=__version__, language="python", capabilities=_CAPABILITIES
        )

    def configure(self, settings: Configure, surroundings: Surroundings) -> None:
        """Make new clients, one a venue, when they are first needed."""
        key = self._key(settings)

        def make(venue: str) -> Client:
            return self._kind(
                VENUES[venue],
                settings.urls[venue],
                key,
                session=surroundings.session,
                clock=surroundings.clock,
                recv_window_ms=5000 if settings.recv_window_ms is None else settings.recv_window_ms,
                timeout_s=10.0 if settings.timeout_ms is None else settings.timeout_ms / 1000,
            )

        self._make = make
        self._clients = {}

    def call(self, venue: str, operation: AnyOperation) -> Outcome:
        """Let the client do something, and say what it told."""
        try:
            client = self._clients.get(venue)
            if client is None:
                client = self._clients[venue] = self._make(venue)
            return Outcome(outcome=OutcomeKind.ACCEPTED, result=msgspec.to_builtins(_do(client, operation)))
        except errors.ClientError as error:
            kind = next(kind for cls, kind in _KINDS if isinstance(error, cls))
            until = error.until_ms if isinstance(error, errors.Limited) else None
            return Outcome(outcome=kind, code=error.code, status=error.status, message=error.message, until_ms=until)
        except Exception as error:  # What the client does not document: a CRASH.
            return Outcome(outcome=OutcomeKind.CRASH, message=f"{type(error).__name__}: {error}")

    def _key(self, settings: Configure) -> Key | None:
        key = settings.key
        if key is None:
            return None
        if key.type == "hmac":
            return HmacKey(key.api_key, key.secret or "")
        pem = key.private_key or ""
        if pem not in self._loaded:
            self._loaded[pem] = load_key(pem)
        return PrivateKey(key.api_key, self._loaded[pem])


def _unconfigured(venue: str) -> Client:
    raise RuntimeError(f"no client for {venue}: configure first")


def _do(client: Client, operation: AnyOperation) -> Any:
    """Carry an operation out; the result in the kit's words."""
    match operation:
        case ServerTime():
            return TimeView(server_time_ms=client.server_time())
        case ExchangeInfo(symbols=symbols):
            return [_symbol(row) for row in client.exchange_info(symbols)]
        case Price(symbol=symbol):
            return PriceView(symbol=symbol, price=client.price(symbol))
        case Klines(symbol=symbol, interval=interval, start_ms=start, end_ms=end, limit=limit):
            now = client.timestamp()
            rows = client.klines(symbol, interval, start, end, limit)
            return [_kline(row, closed=client.is_closed(row, now)) for row in rows]
        case MarketTrades(symbol=symbol, start_ms=start, end_ms=end):
            return [
                TradeView(trade_id=str(row["a"]), price=row["p"], quantity=row["q"], time_ms=row["T"])
                for row in client.market_trades(symbol, start, end)
            ]
        case FitOrder(symbol=symbol, price=price, quantity=quantity):
            price, quantity = client.fit(symbol, price, quantity)
            return FitView(price=price, quantity=quantity)
        case _:
            return _do_signed(client, operation)


def _do_signed(client: Client, operation: AnyOperation) -> Any:
    match operation:
        case Account():
            return _balances(client.account())
        case AccountAt(timestamp_ms=stamp):
            return _balances(client.account(stamp))
        case MyTrades(symbol=symbol, from_id=from_id, start_ms=start, end_ms=end):
            return [_trade(row) for row in client.my_trades(symbol, from_id, start, end)]
        case TryOrder():
            return client.test_order(_order_params(client, operation))
        case PlaceOrder():
            return _order(client.place_order(_order_params(client, operation)))
        case PlaceOrders(orders=orders):
            return [_leg(row) for row in client.place_orders([_order_params(client, each) for each in orders])]
        case CancelOrder():
            return _order(_cancel(client, operation))
        case CancelAllOrders(symbol=symbol):
            return client.cancel_all_orders(symbol)
        case QueryOrder():
            return _order(_query(client, operation))
        case OpenOrders(symbol=maybe):
            return [_order(row) for row in client.open_orders(maybe)]
        case AllOrders(symbol=symbol, from_id=from_id, start_ms=start, end_ms=end):
            return [_order(row) for row in client.all_orders(symbol, from_id, start, end)]
        case _:
            return _do_futures(client, operation)


def _do_futures(client: Client, operation: AnyOperation) -> Any:
    match operation:
        case AmendOrder():
            return _order(
                client.amend_order(
                    operation.symbol, operation.side, operation.quantity, operation.price, operation.order_id,
                    operation.client_order_id,
                )
            )  # fmt: skip
        case SetLeverage(symbol=symbol, leverage=leverage):
            row = client.set_leverage(symbol, leverage)
            return LeverageView(symbol=row["symbol"], leverage=row["leverage"])
        case PositionMode():
            return PositionModeView(hedge=client.position_mode())
        case SetPositionMode(hedge=hedge):
            return client.set_position_mode(hedge=hedge)
        case Positions(symbol=maybe):
            return [_position(row) for row in client.positions(maybe)]
    raise AssertionError(operation)


def _cancel(client: Client, asked: CancelOrder) -> Row:
    if asked.conditional and client.venue.name == "usdm":
        return client.cancel_conditional_order(asked.order_id, asked.client_order_id)
    return client.cancel_order(asked.symbol, asked.order_id, asked.client_order_id)


def _query(client: Client, asked: QueryOrder) -> Row:
    if asked.conditional and client.venue.name == "usdm":
        return client.query_conditional_order(asked.order_id, asked.client_order_id)
    return client.query_order(asked.symbol, asked.order_id, asked.client_order_id)


def _order_params(client: Client, order: PlaceOrder) -> Row:
    given = {
        "symbol": order.symbol,
        "side": order.side,
        "type": order.type,
        "timeInForce": order.time_in_force,
        "quantity": order.quantity,
        "quoteOrderQty": order.quote_quantity,
        "price": order.price,
        "stopPrice": order.stop_price,
        "reduceOnly": order.reduce_only,
        "positionSide": order.position_side,
        client.venue.new_id: order.client_order_id,
    }
    return {name: value for name, value in given.items() if value is not None}


def _symbol(row: Row) -> SymbolView:
    filters = {each["filterType"]: each for each in row.get("filters", ())}
    lot = filters.get("LOT_SIZE", {})
    notional = filters.get("NOTIONAL") or filters.get("MIN_NOTIONAL") or {}
    return SymbolView(
        symbol=row["symbol"],
        status=row.get("status"),
        tick_size=filters.get("PRICE_FILTER", {}).get("tickSize"),
        step_size=lot.get("stepSize"),
        min_qty=lot.get("minQty"),
        min_notional=notional.get("minNotional") or notional.get("notional"),
    )


def _kline(row: list[Any], *, closed: bool) -> KlineView:
    return KlineView(
        open_time_ms=row[0], open=row[1], high=row[2], low=row[3], close=row[4], volume=row[5], close_time_ms=row[6],
        closed=closed,
    )  # fmt: skip


def _trade(row: Row) -> TradeView:
    return TradeView(
        trade_id=str(row.get("id", row.get("tradeId"))),
        order_id=str(row["orderId"]),
        price=row["price"],
        quantity=row.get("qty", row.get("quantity")),
        commission=row.get("commission", row.get("fee")),
        commission_asset=row.get("commissionAsset"),
        time_ms=row["time"],
    )


def _balances(row: Row) -> list[BalanceView]:
    if "balances" in row:
        return [BalanceView(asset=each["asset"], free=each["free"], locked=each["locked"]) for each in row["balances"]]
    rows = row.get("assets") or row.get("asset") or []
    return [
        BalanceView(asset=each["asset"], free=str(each.get("availableBalance", each.get("available")))) for each in rows
    ]


def _order(row: Row) -> OrderView:
    time_ms = next((row[name] for name in ("time", "createTime", "transactTime", "updateTime") if name in row), None)
    return OrderView(
        order_id=str(row["orderId"]),
        client_order_id=row.get("origClientOrderId") or row.get("clientOrderId"),
        symbol=row.get("symbol"),
        side=row.get("side"),
        type=row.get("type"),
        status=row.get("status"),
        price=row.get("price"),
        quantity=row.get("origQty", row.get("quantity")),
        executed_quantity=row.get("executedQty"),
        time_ms=time_ms,
    )


def _leg(row: Row) -> LegView:
    if "orderId" in row:
        return LegView(order=_order(row))
    return LegView(code=row.get("code"), message=row.get("msg", ""))


def _position(row: Row) -> PositionView:
    return PositionView(
        symbol=row["symbol"],
        quantity=str(row.get("positionAmt", row.get("quantity"))),
        side=row.get("positionSide", row.get("side")),
        entry_price=row.get("entryPrice"),
    )
