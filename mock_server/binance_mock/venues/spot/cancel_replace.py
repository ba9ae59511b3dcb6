"""Cancelling an order and placing another in one call (rules S-123 to S-128)."""

from __future__ import annotations

from typing import Any, Final, Unpack

from binance_mock.venues import errors
from binance_mock.venues.endpoint import Endpoint, Json, Security, endpoint
from binance_mock.venues.errors import Refusal
from binance_mock.venues.spot import order_entry, trade
from binance_mock.venues.spot.kinds import (
    Answer,
    ClientId,
    ExceededMode,
    Id,
    OrderFields,
    OrderSide,
    ReplaceMode,
    Restrictions,
    SymbolName,
    Type,
)
from binance_mock.venues.spot.venue import SpotCall


@endpoint(
    "POST",
    "/api/v3/order/cancelReplace",
    group="trade",
    security=Security.TRADE,
    weight=trade.FREE_ON_SUCCESS,
    order_count=1,
)
def cancel_replace(
    call: SpotCall,
    symbol: SymbolName,
    side: OrderSide,
    type: Type,
    cancelReplaceMode: ReplaceMode,
    cancelNewClientOrderId: ClientId | None = None,
    cancelOrigClientOrderId: ClientId | None = None,
    cancelOrderId: Id | None = None,
    newClientOrderId: ClientId | None = None,
    newOrderRespType: Answer | None = None,
    cancelRestrictions: Restrictions | None = None,
    orderRateLimitExceededMode: ExceededMode = "DO_NOTHING",
    **fields: Unpack[OrderFields],
) -> Json:
    """Cancel an order, then place another; not atomic."""
    if cancelOrderId is None and cancelOrigClientOrderId is None:
        raise errors.either("cancelOrigClientOrderId", "cancelOrderId")
    info = call.venue.info(symbol)
    if not info.flags["cancelReplaceAllowed"]:
        raise errors.rejected("Order cancel-replace is not supported for this symbol.")
    order = order_entry.read_order(call.account, info, newClientOrderId, side=side, type=type, fields=fields)
    market = call.venue.market(symbol, call.now)
    # Filters and counts come before anything is cancelled (rule S-126).
    order_entry.admit(call, info, market, order)
    orders, name = call.limits.orders, call.account.name
    exceeded: Refusal | None = None
    try:
        orders.check(name, 1, call.now)
    except Refusal as refusal:
        if orderRateLimitExceededMode == "DO_NOTHING":
            raise
        exceeded = refusal

    cancelled: dict[str, Any] | Refusal
    try:
        old = trade.open_order(call, market, cancelOrderId, cancelOrigClientOrderId)
        cancelled = trade.cancel(call, market, old, cancelNewClientOrderId, cancelRestrictions)
    except Refusal as refusal:
        cancelled = refusal
    stop = cancelReplaceMode == "STOP_ON_FAILURE"
    placed: dict[str, Any] | Refusal | None
    if isinstance(cancelled, Refusal) and stop:
        placed = None
        if exceeded is None:
            orders.add(name, 1, call.now)  # Counted though not attempted (rule S-67).
    elif exceeded is not None:
        placed = exceeded
    else:
        try:
            placed = order_entry.answer(call, market, order, order_entry.submit(call, market, order), newOrderRespType)
        except Refusal as refusal:
            placed = refusal
    return _outcome(cancelled, placed, exceeded if stop else None)


def _outcome(
    cancelled: dict[str, Any] | Refusal, placed: dict[str, Any] | Refusal | None, exceeded: Refusal | None
) -> dict[str, Any]:
    """The flat answer when both halves worked, else the refusal that holds both (rules S-123 to S-125).

    Raises:
        Refusal: -2021 when one half failed, -2022 when both did or the second was not attempted.
    """
    data = {
        "cancelResult": _result(cancelled),
        "newOrderResult": _result(placed),
        "cancelResponse": _response(cancelled),
        "newOrderResponse": _response(placed),
    }
    failed = [half for half in (cancelled, placed) if not isinstance(half, dict)]
    if not failed:
        return data
    if len(failed) == 2:
        code, msg, status = -2022, "Order cancel-replace failed.", 400
    else:
        code, msg, status = -2021, "Order cancel-replace partially failed.", 409
    if exceeded is not None:
        raise Refusal(code, msg, 429, data=data, retry_after=exceeded.retry_after)
    raise Refusal(code, msg, status, data=data, placed=1 if isinstance(placed, dict) else 0)


def _result(half: dict[str, Any] | Refusal | None) -> str:
    if half is None:
        return "NOT_ATTEMPTED"
    return "FAILURE" if isinstance(half, Refusal) else "SUCCESS"


def _response(half: dict[str, Any] | Refusal | None) -> dict[str, Any] | None:
    return {"code": half.code, "msg": half.msg} if isinstance(half, Refusal) else half


ENDPOINTS: Final[tuple[Endpoint, ...]] = (cancel_replace,)
