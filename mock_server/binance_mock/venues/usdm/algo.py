"""Placing, cancelling and querying conditional orders (rules U-80 to U-92)."""

from __future__ import annotations

from typing import Any, Final, Unpack

from binance_mock.engine.intervals import DAY
from binance_mock.venues import errors
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.usdm import algo_views, conditional_entry, firing, retention
from binance_mock.venues.usdm.conditionals import AlgoStatus, Conditional
from binance_mock.venues.usdm.kinds import Page, SymbolName, Time
from binance_mock.venues.usdm.selection import span
from binance_mock.venues.usdm.trade import unknown_order
from binance_mock.venues.usdm.trade_kinds import (
    AlgoKind,
    Answer,
    ClientId,
    ConditionalFields,
    ConditionalKind,
    Number,
    OrderSide,
)
from binance_mock.venues.usdm.venue import UsdmCall
from binance_mock.venues.weights import ByParameter

_WEEK: Final = 7 * DAY


@endpoint("POST", "/fapi/v1/algoOrder", group="trade", security=Security.TRADE, weight=0, order_count=1)
def new_algo_order(
    call: UsdmCall,
    algoType: AlgoKind,
    symbol: SymbolName,
    side: OrderSide,
    type: ConditionalKind,
    clientAlgoId: ClientId | None = None,
    newOrderRespType: Answer = "ACK",
    **fields: Unpack[ConditionalFields],
) -> Json:
    """Place an order that waits for a price; both kinds of answer show the same."""
    info = call.venue.info(symbol)
    call.venue.pass_time(call.now)
    order = conditional_entry.read_conditional(call, info, clientAlgoId, side=side, type=type, fields=fields)
    market = call.venue.market(symbol, call.now)
    conditional_entry.admit_conditional(call, info, market, order)
    call.limits.orders.check(call.account.name, 1, call.now)
    call.limits.orders.add(call.account.name, 1, call.now)
    return algo_views.placed(info, firing.let_wait(call, info, market, order, listed=False))


@endpoint("DELETE", "/fapi/v1/algoOrder", group="trade", security=Security.TRADE, weight=1)
def cancel_algo_order(call: UsdmCall, algoId: Number | None = None, clientAlgoId: ClientId | None = None) -> Json:
    """Cancel an order that has not fired (rule U-89)."""
    each = _find(call, algoId, clientAlgoId)
    if each is None or not each.waiting:
        raise errors.cancel_rejected()
    each.become(AlgoStatus.CANCELED, call.now)
    return {"algoId": each.id, "clientAlgoId": each.order.client_id, "code": "200", "msg": "success"}


@endpoint("DELETE", "/fapi/v1/algoOpenOrders", group="trade", security=Security.TRADE, weight=1)
def cancel_algo_orders(call: UsdmCall, symbol: SymbolName) -> Json:
    """Cancel all of a contract that have not fired; having none is no error (rule U-91)."""
    call.venue.info(symbol)
    for each in call.venue.conditionals.open(call.account.money.id, symbol):
        each.become(AlgoStatus.CANCELED, call.now)
    return {"code": 200, "msg": "The operation of cancel all open order is done."}


@endpoint("GET", "/fapi/v1/algoOrder", group="trade", security=Security.USER_DATA, weight=1)
def query_algo_order(call: UsdmCall, algoId: Number | None = None, clientAlgoId: ClientId | None = None) -> Json:
    """A conditional order, whatever became of it."""
    each = _find(call, algoId, clientAlgoId)
    if each is None:
        raise unknown_order()
    return algo_views.queried(call.venue.symbols[each.symbol], each)


@endpoint(
    "GET",
    "/fapi/v1/openAlgoOrders",
    group="trade",
    security=Security.USER_DATA,
    weight=ByParameter("symbol", given=1, otherwise=40),
)
def open_algo_orders(
    call: UsdmCall, algoType: AlgoKind | None = None, symbol: SymbolName | None = None, algoId: Number | None = None
) -> Json:
    """Conditional orders that have not fired, of a contract or of all."""
    if symbol is not None:
        call.venue.info(symbol)
    found = call.venue.conditionals.open(call.account.money.id, symbol)
    return [_row(call, each) for each in found if algoId in (None, each.id)]


@endpoint("GET", "/fapi/v1/allAlgoOrders", group="trade", security=Security.USER_DATA, weight=5)
def all_algo_orders(
    call: UsdmCall,
    symbol: SymbolName,
    algoId: Number | None = None,
    startTime: Time | None = None,
    endTime: Time | None = None,
    limit: Page = 500,
) -> Json:
    """Conditional orders of a contract, whatever became of them, oldest first (as rule U-133 has it for others)."""
    call.venue.info(symbol)
    start, end = span(startTime, endTime, _WEEK)
    if algoId is None and start is None:
        start = (end if end is not None else call.now) - _WEEK
    found = [
        each
        for each in call.venue.conditionals.of(call.account.money.id)
        if each.symbol == symbol
        and not _forgotten(each, call.now)
        and (algoId is None or each.id >= algoId)
        and (start is None or each.created >= start)
        and (end is None or each.created <= end)
    ]
    chosen = found[:limit] if algoId is not None or startTime is not None else found[-limit:]
    return [_row(call, each) for each in chosen]


def _find(call: UsdmCall, id: int | None, client_id: str | None) -> Conditional | None:
    """The caller's conditional order by either id.

    Raises:
        Refusal: -1102, neither was sent.
    """
    if id is None and client_id is None:
        raise errors.either("algoId", "clientAlgoId")
    call.venue.pass_time(call.now)
    each = call.venue.conditionals.find(call.account.money.id, id, client_id)
    return None if each is not None and _forgotten(each, call.now) else each


def _forgotten(each: Conditional, now: int) -> bool:
    """Whether queries show an order no more, which they do as long as an ordinary one (rule U-131)."""
    if each.status in (AlgoStatus.NEW, AlgoStatus.TRIGGERED):
        return False
    return retention.is_old(each.created, now, filled=each.order.executed > 0)


def _row(call: UsdmCall, each: Conditional) -> dict[str, Any]:
    return algo_views.listed(call.venue.symbols[each.symbol], each)


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    new_algo_order,
    cancel_algo_order,
    cancel_algo_orders,
    query_algo_order,
    open_algo_orders,
    all_algo_orders,
)
