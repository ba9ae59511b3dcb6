"""Orders on cross margin: they trade in spot's markets with the money of the cross margin account.

Nothing is lent: an order with a loan as its side effect is taken as one without, and refused when the money does not
reach. There are no isolated accounts. These orders are not among the counts of unfilled orders; spot orders that they
fill get no credit there either.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final, TypedDict, Unpack, cast

from binance_mock.engine.orders import OrderType, StpMode
from binance_mock.venues import errors
from binance_mock.venues.call import Call
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.params import Choice, RespType
from binance_mock.venues.spot import order_entry
from binance_mock.venues.spot import trade as spot_trade
from binance_mock.venues.spot.account import get_order as spot_get_order
from binance_mock.venues.spot.kinds import (
    Answer,
    Bool,
    ClientId,
    Id,
    OrderFields,
    OrderSide,
    Price,
    Quantity,
    SymbolName,
    Tif,
    Type,
)
from binance_mock.venues.spot.venue import SpotAccount, SpotCall, SpotVenue
from binance_mock.venues.wallet.venue import WalletCall
from binance_mock.venues.weights import Sent, Unit, Weight

Isolated = Annotated[str, Choice(("TRUE", "FALSE", "true", "false"))]
SideEffect = Annotated[str, Choice(("NO_SIDE_EFFECT", "MARGIN_BUY", "AUTO_REPAY", "AUTO_BORROW_REPAY"))]
Stp = Annotated[StpMode, Choice((StpMode.EXPIRE_TAKER, StpMode.EXPIRE_MAKER, StpMode.EXPIRE_BOTH, StpMode.NONE))]

_ACK: Final = ("symbol", "orderId", "clientOrderId", "isIsolated", "transactTime")
_RESULT: Final = (
    "symbol", "orderId", "clientOrderId", "transactTime", "price", "origQty", "executedQty", "cummulativeQuoteQty",
    "status", "timeInForce", "type", "side", "isIsolated", "selfTradePreventionMode",
)  # fmt: skip
_QUERIED: Final = (
    "clientOrderId", "cummulativeQuoteQty", "executedQty", "icebergQty", "isWorking", "orderId", "origQty", "price",
    "side", "status", "stopPrice", "symbol", "isIsolated", "time", "timeInForce", "type", "selfTradePreventionMode",
    "updateTime",
)  # fmt: skip
_CANCELED: Final = (
    "symbol", "orderId", "origClientOrderId", "clientOrderId", "price", "origQty", "executedQty",
    "cummulativeQuoteQty", "status", "timeInForce", "type", "side", "isIsolated",
)  # fmt: skip
_FIELDS: Final = {RespType.ACK: _ACK, RespType.RESULT: _RESULT, RespType.FULL: (*_RESULT, "fills")}
_IN_FULL: Final = (OrderType.MARKET, OrderType.LIMIT)


class MarginFields(TypedDict, total=False):
    """What describes an order beside symbol, side and type."""

    timeInForce: Tif
    quantity: Quantity
    quoteOrderQty: Quantity
    price: Price
    stopPrice: Price
    trailingDelta: Id
    icebergQty: Quantity
    selfTradePreventionMode: Stp


class _BySideEffect(Weight):
    """Orders that may borrow weigh more."""

    BORROWING: Final = ("MARGIN_BUY", "AUTO_BORROW_REPAY")
    HEAVY: Final = 1500

    def of(self, sent: Sent) -> int:
        return self.HEAVY if sent.get("sideEffectType") in self.BORROWING else self.default

    def rules(self) -> list[tuple[str, str]]:
        return [(f"sideEffectType={' or '.join(self.BORROWING)}", str(self.HEAVY)), ("otherwise", str(self.default))]


class _Uncounted:
    """Limits of a market whose orders nobody counts."""

    __slots__ = ()

    @property
    def orders(self) -> _Uncounted:
        return self

    def check(self, account: str, n: int, now: int, burst: int = 0) -> None:
        """Every number of orders is welcome."""

    def add(self, account: str, n: int, now: int, burst: int = 0) -> None:
        """Count nothing."""

    def filled(self, account: str, maker: bool, now: int) -> None:
        """Count nothing."""

    def describe(self, account: str, now: int) -> Sequence[dict[str, object]]:
        return []

    def rules(self) -> Sequence[dict[str, object]]:
        return []


_UNCOUNTED: Final = _Uncounted()


@endpoint(
    "POST",
    "/sapi/v1/margin/order",
    group="trade",
    security=Security.MARGIN,
    weight=_BySideEffect(6),
    unit=Unit.UID,
)
def new_margin_order(
    call: WalletCall,
    symbol: SymbolName,
    side: OrderSide,
    type: Type,
    isIsolated: Isolated = "FALSE",
    newClientOrderId: ClientId | None = None,
    newOrderRespType: Answer | None = None,
    sideEffectType: SideEffect = "NO_SIDE_EFFECT",
    autoRepayAtCancel: Bool = True,
    **fields: Unpack[MarginFields],
) -> Json:
    """Place an order with the money of the cross margin account."""
    spot = _on_spot(call)
    info = spot.venue.info(symbol)
    if isIsolated.upper() == "TRUE":
        raise errors.rejected_combination("the mock has no isolated margin accounts")
    order = order_entry.read_order(
        spot.account, info, newClientOrderId, side=side, type=type, fields=cast(OrderFields, fields)
    )
    market = spot.venue.market(symbol, call.now)
    order_entry.admit(spot, info, market, order)
    events = order_entry.submit(spot, market, order)
    kind = newOrderRespType or (RespType.FULL if type in _IN_FULL else RespType.ACK)
    return _picked(order_entry.answer(spot, market, order, events, kind), _FIELDS[kind])


@endpoint("GET", "/sapi/v1/margin/order", group="trade", security=Security.USER_DATA, weight=10)
def get_margin_order(
    call: WalletCall,
    symbol: SymbolName,
    isIsolated: Isolated = "FALSE",
    orderId: Id | None = None,
    origClientOrderId: ClientId | None = None,
) -> Json:
    """One order of the cross margin account, open or not."""
    found = spot_get_order.handler(_on_spot(call), symbol, orderId, origClientOrderId)
    return _picked(found, _QUERIED)


@endpoint("DELETE", "/sapi/v1/margin/order", group="trade", security=Security.MARGIN, weight=10)
def cancel_margin_order(
    call: WalletCall,
    symbol: SymbolName,
    isIsolated: Isolated = "FALSE",
    orderId: Id | None = None,
    origClientOrderId: ClientId | None = None,
    newClientOrderId: ClientId | None = None,
) -> Json:
    """Cancel an open order of the cross margin account."""
    gone = spot_trade.cancel_order.handler(_on_spot(call), symbol, orderId, origClientOrderId, newClientOrderId)
    return _picked(gone, _CANCELED) | {"orderId": str(gone["orderId"])}


def _on_spot(call: WalletCall) -> SpotCall:
    """The call as spot would have it, by the cross margin account."""
    spot, margin = call.venue.spot, call.account.margin
    margin.can_trade = spot.accounts[call.account.name].can_trade
    return Call[SpotVenue, SpotAccount](spot, margin, call.now, call.per_unit, _UNCOUNTED)


def _picked(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """The fields that an answer of margin has."""
    row["isIsolated"] = False
    return {name: row[name] for name in names}


ENDPOINTS: Final[tuple[Endpoint, ...]] = (new_margin_order, get_margin_order, cancel_margin_order)
