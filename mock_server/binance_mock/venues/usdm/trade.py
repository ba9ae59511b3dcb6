"""Placing, cancelling and querying orders; the account's trades."""

from __future__ import annotations

from typing import Any, Final, Unpack

from binance_mock.engine.contracts import ContractMarket
from binance_mock.engine.market import Rejected
from binance_mock.engine.orders import Order, Side
from binance_mock.venues import errors
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.errors import Refusal
from binance_mock.venues.usdm import conditional_entry, firing, order_entry, order_views, retention
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.kinds import Page, SymbolName, Time
from binance_mock.venues.usdm.orders import terms_of
from binance_mock.venues.usdm.selection import span
from binance_mock.venues.usdm.trade_kinds import (
    CONDITIONAL,
    Answer,
    ClientId,
    Number,
    OrderFields,
    OrderKind,
    OrderSide,
)
from binance_mock.venues.usdm.venue import UsdmCall
from binance_mock.venues.weights import ByParameter

_WEEK_US: Final = 7 * 86_400_000_000


@endpoint("POST", "/fapi/v1/order", group="trade", security=Security.TRADE, weight=0, order_count=1)
def new_order(
    call: UsdmCall,
    symbol: SymbolName,
    side: OrderSide,
    type: OrderKind,
    newClientOrderId: ClientId | None = None,
    newOrderRespType: Answer = "ACK",
    **fields: Unpack[OrderFields],
) -> Json:
    """Place an order."""
    return place(call, symbol, side, type, newClientOrderId, newOrderRespType, **fields)


@endpoint("POST", "/fapi/v1/order/test", group="trade", security=Security.TRADE, weight=1)
def test_order(
    call: UsdmCall,
    symbol: SymbolName,
    side: OrderSide,
    type: OrderKind,
    newClientOrderId: ClientId | None = None,
    newOrderRespType: Answer = "ACK",
    **fields: Unpack[OrderFields],
) -> Json:
    """Check an order as a placement would, without placing it (rule U-52)."""
    info = call.venue.info(symbol)
    order, _ = _admitted(call, info, side, type, newClientOrderId, fields)
    order.updated = call.now
    return order_views.placed(info, order, acknowledged=True)


@endpoint("DELETE", "/fapi/v1/order", group="trade", security=Security.TRADE, weight=1)
def cancel_order(
    call: UsdmCall, symbol: SymbolName, orderId: Number | None = None, origClientOrderId: ClientId | None = None
) -> Json:
    """Cancel an open order."""
    return cancel_by_id(call, symbol, orderId, origClientOrderId)


@endpoint("DELETE", "/fapi/v1/allOpenOrders", group="trade", security=Security.TRADE, weight=1)
def cancel_open_orders(call: UsdmCall, symbol: SymbolName) -> Json:
    """Cancel every open order of a contract; having none is no error (rule U-132)."""
    info = call.venue.info(symbol)
    market = call.venue.market(symbol, call.now)
    for order in list(market.bag(call.account.money).open.values()):
        cancel(call, info, market, order)
    return {"code": 200, "msg": "The operation of cancel all open order is done."}


@endpoint("GET", "/fapi/v1/order", group="trade", security=Security.USER_DATA, weight=1)
def query_order(
    call: UsdmCall, symbol: SymbolName, orderId: Number | None = None, origClientOrderId: ClientId | None = None
) -> Json:
    """An order of the account, open or not."""
    info, _, order = find_order(call, symbol, orderId, origClientOrderId)
    if order is None:
        raise unknown_order()
    return order_views.queried(info, order)


@endpoint("GET", "/fapi/v1/openOrder", group="trade", security=Security.USER_DATA, weight=1)
def query_open_order(
    call: UsdmCall, symbol: SymbolName, orderId: Number | None = None, origClientOrderId: ClientId | None = None
) -> Json:
    """An open order of the account (rule U-129)."""
    info, _, order = find_order(call, symbol, orderId, origClientOrderId)
    if order is None or not order.open:
        raise unknown_order()
    return order_views.queried(info, order)


@endpoint(
    "GET",
    "/fapi/v1/openOrders",
    group="trade",
    security=Security.USER_DATA,
    weight=ByParameter("symbol", given=1, otherwise=40),
)
def open_orders(call: UsdmCall, symbol: SymbolName | None = None) -> Json:
    """All open orders of a contract, or of all."""
    call.venue.pass_time(call.now)
    names = list(call.venue.markets) if symbol is None else [call.venue.info(symbol).name]
    return [row for name in names for row in open_rows(call, call.venue.symbols[name])]


@endpoint("GET", "/fapi/v1/allOrders", group="trade", security=Security.USER_DATA, weight=5)
def all_orders(
    call: UsdmCall,
    symbol: SymbolName | None = None,
    orderId: Number | None = None,
    startTime: Time | None = None,
    endTime: Time | None = None,
    limit: Page = 500,
) -> Json:
    """Orders of a contract, or of all since 2026-08-25, open or not, oldest first (rule U-133)."""
    venue, id = call.venue, call.account.money.id
    names = list(venue.markets) if symbol is None else [venue.info(symbol).name]
    start, end = span(startTime, endTime, _WEEK_US)
    if orderId is None and start is None:
        start = (end if end is not None else call.now) - _WEEK_US
    found = [
        (venue.symbols[name], order)
        for name in names
        if (market := venue.markets.get(name)) is not None and (bag := market.bags.get(id)) is not None
        for order in bag.all.values()
        if not retention.forgotten(order, call.now)
        and (orderId is None or order.id >= orderId)
        and (start is None or order.created >= start)
        and (end is None or order.created <= end)
    ]
    if symbol is None:
        found.sort(key=lambda each: (each[1].created, each[1].id))
    chosen = found[:limit] if orderId is not None or startTime is not None else found[-limit:]
    return [order_views.queried(info, order) for info, order in chosen]


@endpoint("GET", "/fapi/v1/userTrades", group="trade", security=Security.USER_DATA, weight=5)
def user_trades(
    call: UsdmCall,
    symbol: SymbolName,
    orderId: Number | None = None,
    startTime: Time | None = None,
    endTime: Time | None = None,
    fromId: Number | None = None,
    limit: Page = 500,
) -> Json:
    """The account's trades in a contract, oldest first (rules U-117, U-133)."""
    info = call.venue.info(symbol)
    if fromId is not None and (startTime is not None or endTime is not None):
        raise errors.bad_combination()
    start, end = span(startTime, endTime, _WEEK_US)
    rows = own_trades(call, info, orderId, start, end, fromId)
    return rows[:limit] if fromId is not None or startTime is not None else rows[-limit:]


def place(
    call: UsdmCall,
    symbol: str,
    side: Side,
    type: str,
    newClientOrderId: str | None = None,
    newOrderRespType: str = "ACK",
    *,
    counted: bool = False,
    **fields: Unpack[OrderFields],
) -> dict[str, Any]:
    """Place an order and show it.

    The arguments are the parameters of the call, and `counted`: whether a batch counted it already.

    Raises:
        Refusal: the first thing that is wrong.
    """
    info = call.venue.info(symbol)
    order, market = _admitted(call, info, side, type, newClientOrderId, fields)
    if not counted:
        call.limits.orders.check(call.account.name, 1, call.now)
        call.limits.orders.add(call.account.name, 1, call.now)
    if terms_of(order).condition is not None:
        firing.let_wait(call, info, market, order, listed=True)
    else:
        order_entry.submit(call, info, market, order)
    return order_views.placed(info, order, acknowledged=newOrderRespType == "ACK")


def _admitted(
    call: UsdmCall, info: ContractInfo, side: Side, type: str, client_id: str | None, fields: OrderFields
) -> tuple[Order, ContractMarket]:
    """The order of a placement, which nothing speaks against, and its market.

    Raises:
        Refusal: the first thing that is wrong.
    """
    if type in CONDITIONAL and call.venue.settings.legacy_conditional_orders:
        # What was placed before in the same batch may have moved the price.
        call.venue.pass_time(call.now)
        order = conditional_entry.read_conditional(
            call, info, client_id, side=side, type=type, fields=conditional_entry.as_ordinary(fields),
            names=conditional_entry.ORDINARY,
        )  # fmt: skip
        market = call.venue.market(info.name, call.now)
        conditional_entry.admit_conditional(call, info, market, order)
    else:
        order = order_entry.read_order(call, info, client_id, side=side, type=type, fields=fields)
        market = call.venue.market(info.name, call.now)
        order_entry.admit(call, info, market, order)
    return order, market


def cancel(call: UsdmCall, info: ContractInfo, market: ContractMarket, order: Order) -> dict[str, Any]:
    """Cancel an order and show it (rule U-130).

    Raises:
        Refusal: -2011, it is not open.
    """
    try:
        market.cancel(order, order.client_id, call.now)
    except Rejected:
        raise errors.cancel_rejected() from None
    return order_views.placed(info, order, acknowledged=False)


def cancel_by_id(call: UsdmCall, symbol: str, id: int | None, client_id: str | None) -> dict[str, Any]:
    """Cancel an order by either id and show it.

    Raises:
        Refusal: -2011, no such order is open; -1102, neither id was sent.
    """
    info, market, order = find_order(call, symbol, id, client_id)
    if order is None:
        raise errors.cancel_rejected()
    return cancel(call, info, market, order)


def find_order(
    call: UsdmCall, symbol: str, id: int | None, client_id: str | None
) -> tuple[ContractInfo, ContractMarket, Order | None]:
    """The caller's order by either id, of which the number wins (rule U-129).

    Raises:
        Refusal: the contract is not listed (-1121), or neither id was sent (-1102).
    """
    info = call.venue.info(symbol)
    if id is None and client_id is None:
        raise errors.either("orderId", "origClientOrderId")
    market = call.venue.market(symbol, call.now)
    bag = market.bag(call.account.money)
    order = bag.all.get(id) if id is not None else bag.find(client_id or "")
    if order is not None and retention.forgotten(order, call.now):
        order = None
    return info, market, order


def open_rows(call: UsdmCall, info: ContractInfo) -> list[dict[str, Any]]:
    """The caller's open orders of a contract, as the API shows them."""
    market = call.venue.markets.get(info.name)
    bag = market.bags.get(call.account.money.id) if market is not None else None
    return [] if bag is None else [order_views.queried(info, order) for order in bag.open.values()]


def own_trades(
    call: UsdmCall,
    info: ContractInfo,
    order_id: int | None = None,
    start: int | None = None,
    end: int | None = None,
    from_id: int | None = None,
) -> list[dict[str, Any]]:
    """The caller's trades in a contract, oldest first, as the API shows them; one with itself has two rows.

    Args:
        call: who asks.
        info: the contract.
        order_id: only those of an order.
        start: microseconds, inclusive.
        end: microseconds, inclusive.
        from_id: the id of the first trade.
    """
    own = call.account
    return [
        order_views.traded(own, info, trade, order)
        for trade in call.venue.market(info.name, call.now).bag(own.money).trades
        if (start is None or trade.time >= start)
        and (end is None or trade.time <= end)
        and (from_id is None or trade.id >= from_id)
        for order in (trade.maker, trade.taker)
        if order is not None and order.account is own.money and order_id in (None, order.id)
    ]


def unknown_order() -> Refusal:
    """No such order, or none that is open where only such count (rule U-129)."""
    return Refusal(-2013, "Order does not exist.")


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    new_order,
    test_order,
    cancel_order,
    cancel_open_orders,
    query_order,
    query_open_order,
    open_orders,
    all_orders,
    user_trades,
)
