"""Placing, cancelling and querying orders; the account's trades."""

from __future__ import annotations

from typing import Any, Final, Unpack

from binance_mock.engine.intervals import DAY
from binance_mock.engine.market import Rejected
from binance_mock.engine.orders import Order, Side, Status
from binance_mock.venues import errors
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.errors import Refusal
from binance_mock.venues.options import order_entry
from binance_mock.venues.options.kinds import Id, SymbolName, Time, UnderlyingName
from binance_mock.venues.options.listings import Contract
from binance_mock.venues.options.option_market import OptionMarket
from binance_mock.venues.options.order_views import OrderViews
from binance_mock.venues.options.resting import cancel_all, of_underlying, open_orders
from binance_mock.venues.options.selection import span
from binance_mock.venues.options.trade_kinds import (
    Answer,
    ClientId,
    Decimal,
    OrderFields,
    OrderKind,
    OrderSide,
    OwnId,
    Page,
)
from binance_mock.venues.options.venue import OptionsCall
from binance_mock.venues.weights import ByParameter

_FORGOTTEN_US: Final = 3 * DAY
"""How long after its creation a cancelled order without fills can be queried (rule O-64)."""
_ORDERS_US: Final = 5 * DAY
_TRADES_US: Final = 90 * DAY


@endpoint("POST", "/eapi/v1/order", group="trade", security=Security.TRADE, weight=0, order_count=1)
def new_order(
    call: OptionsCall,
    symbol: SymbolName,
    side: OrderSide,
    type: OrderKind,
    quantity: Decimal,
    clientOrderId: ClientId | None = None,
    newOrderRespType: Answer = "ACK",
    **fields: Unpack[OrderFields],
) -> Json:
    """Place an order."""
    return place(call, symbol, side, type, quantity, clientOrderId, newOrderRespType, **fields)


@endpoint("DELETE", "/eapi/v1/order", group="trade", security=Security.TRADE, weight=1)
def cancel_order(
    call: OptionsCall, symbol: SymbolName, orderId: Id | None = None, clientOrderId: OwnId | None = None
) -> Json:
    """Cancel an open order."""
    return cancel_by_id(call, symbol, orderId, clientOrderId)


@endpoint("DELETE", "/eapi/v1/allOpenOrders", group="trade", security=Security.TRADE, weight=1)
def cancel_open_orders(call: OptionsCall, symbol: SymbolName) -> Json:
    """Cancel every open order of a contract; having none is no error (rule O-63)."""
    call.venue.info(symbol)
    cancel_all(call.venue, call.account, [symbol], call.now)
    return {"code": call.venue.dialect.cancel_code, "msg": "success"}


@endpoint("DELETE", "/eapi/v1/allOpenOrdersByUnderlying", group="trade", security=Security.TRADE, weight=5)
def cancel_underlying(call: OptionsCall, underlying: UnderlyingName) -> Json:
    """Cancel every open order in the options of an underlying; having none is no error (rule O-63)."""
    venue = call.venue
    count = cancel_all(venue, call.account, of_underlying(venue, venue.underlying(underlying).name), call.now)
    answer = {"code": 0, "msg": "success"}
    return answer | {"data": count} if venue.dialect.counts_cancelled else answer


@endpoint("GET", "/eapi/v1/order", group="trade", security=Security.TRADE, weight=1)
def query_order(
    call: OptionsCall, symbol: SymbolName, orderId: Id | None = None, clientOrderId: OwnId | None = None
) -> Json:
    """An order of the account, open or not; what was cancelled without a fill is forgotten (rule O-64)."""
    market, order = find_order(call, symbol, orderId, clientOrderId)
    statuses = call.venue.dialect.statuses
    cancelled = statuses[order.status] == statuses[Status.CANCELED]
    if cancelled and not order.executed and call.now - order.created > _FORGOTTEN_US:
        raise unknown_order()
    return OrderViews(call.venue, call.account, market).queried(order)


@endpoint(
    "GET",
    "/eapi/v1/openOrders",
    group="trade",
    security=Security.USER_DATA,
    weight=ByParameter("symbol", given=1, otherwise=40),
)
def open_orders_of(
    call: OptionsCall,
    symbol: SymbolName | None = None,
    orderId: Id | None = None,
    startTime: Time | None = None,
    endTime: Time | None = None,
) -> Json:
    """All open orders of a contract, or of all, oldest first."""
    venue, own = call.venue, call.account
    stretch = span(startTime, endTime)
    names = list(venue.markets) if symbol is None else [venue.info(symbol).name]
    found = [
        (order.created, name, order)
        for name in names
        for order in open_orders(venue, own, name)
        if stretch.holds(order.created) and (orderId is None or order.id >= orderId)
    ]
    # Within a contract they stand in the order of time already.
    found.sort(key=lambda each: each[0])
    views = {name: OrderViews(venue, own, venue.markets[name]) for _, name, _ in found}
    return [views[name].open(order) for _, name, order in found]


@endpoint("GET", "/eapi/v1/historyOrders", group="trade", security=Security.TRADE, weight=3)
def history_orders(
    call: OptionsCall,
    symbol: SymbolName,
    orderId: Id | None = None,
    startTime: Time | None = None,
    endTime: Time | None = None,
    limit: Page = 100,
) -> Json:
    """Orders of a contract that ended in the last five days, oldest first (rules O-64, O-65)."""
    market = known_market(call, symbol)
    stretch = span(startTime, endTime)
    found = [
        order
        for order in market.bag(call.account.money).all.values()
        if not order.open
        and call.now - order.updated <= _ORDERS_US
        and stretch.holds(order.created)
        and (orderId is None or order.id >= orderId)
    ]
    chosen = found[:limit] if orderId is not None or startTime is not None else found[-limit:]
    views = OrderViews(call.venue, call.account, market)
    return [views.finished(order) for order in chosen]


@endpoint("GET", "/eapi/v1/userTrades", group="trade", security=Security.USER_DATA, weight=5)
def user_trades(
    call: OptionsCall,
    symbol: SymbolName | None = None,
    fromId: Id | None = None,
    startTime: Time | None = None,
    endTime: Time | None = None,
    limit: Page = 100,
) -> Json:
    """The account's trades of the last three months, oldest first (rule O-64)."""
    venue = call.venue
    if symbol is None and not venue.dialect.trade_volatility:
        raise errors.mandatory("symbol")
    markets = list(venue.markets.values()) if symbol is None else [known_market(call, symbol)]
    stretch = span(startTime, endTime)
    found = [
        (id, views, trade, order)
        for views in (OrderViews(venue, call.account, market) for market in markets)
        for id, trade, order in views.trades()
        if call.now - trade.time <= _TRADES_US and stretch.holds(trade.time) and (fromId is None or id >= fromId)
    ]
    found.sort(key=lambda each: each[0])
    chosen = found[:limit] if fromId is not None or startTime is not None else found[-limit:]
    return [views.traded(trade, order) for _, views, trade, order in chosen]


def place(
    call: OptionsCall,
    symbol: str,
    side: Side,
    type: str,
    quantity: int,
    clientOrderId: str | None = None,
    newOrderRespType: str = "ACK",
    *,
    batch: bool = False,
    **fields: Unpack[OrderFields],
) -> dict[str, Any]:
    """Place an order and show it.

    The arguments are the parameters of the call, and `batch`: whether it is one of several.

    Raises:
        Refusal: the first thing that is wrong.
    """
    info = order_entry.tradable(call, symbol)
    order = order_entry.read_order(call, clientOrderId, side=side, qty=quantity, fields=fields)
    market = call.venue.market(info.name, call.now)
    order_entry.admit(call, info, market, order)
    call.limits.orders.check(call.account.name, 1, call.now)
    call.limits.orders.add(call.account.name, 1, call.now)
    order_entry.submit(call, market, order)
    views = OrderViews(call.venue, call.account, market)
    return views.placed(order, acknowledged=newOrderRespType == "ACK", batch=batch)


def cancel_by_id(
    call: OptionsCall, symbol: str, id: int | None, client_id: str | None, *, batch: bool = False
) -> dict[str, Any]:
    """Cancel an order by either id and show it as it was before.

    Raises:
        Refusal: -2013, there is no such order; -6028, it is not open any more; -1102, neither id was sent.
    """
    market, order = find_order(call, symbol, id, client_id)
    try:
        market.cancel(order, order.client_id, call.now)
    except Rejected:
        raise Refusal(-6028, "Order is in final state") from None
    return OrderViews(call.venue, call.account, market).canceled(order, batch=batch)


def known_market(call: OptionsCall, symbol: str) -> OptionMarket:
    """The market of a contract that is listed, or was and had one.

    Raises:
        Refusal: -1121 for any other name.
    """
    info: Contract = call.venue.contract(symbol)
    market = call.venue.markets.get(info.name)
    return market if market is not None else call.venue.market(info.name, call.now)


def find_order(call: OptionsCall, symbol: str, id: int | None, client_id: str | None) -> tuple[OptionMarket, Order]:
    """The caller's order by either id, of which the number wins (rule O-62).

    Raises:
        Refusal: the contract is unknown (-1121), no id was sent (-1102), or there is no such order (-2013).
    """
    if id is None and client_id is None:
        call.venue.contract(symbol)
        raise errors.either("orderId", "clientOrderId")
    market = known_market(call, symbol)
    bag = market.bag(call.account.money)
    order = bag.all.get(id) if id is not None else bag.find(client_id or "")
    if order is None:
        raise unknown_order()
    return market, order


def unknown_order() -> Refusal:
    """No such order, or one that is forgotten (rules O-62, O-64)."""
    return Refusal(-2013, "Order does not exist.")


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    new_order,
    cancel_order,
    cancel_open_orders,
    cancel_underlying,
    query_order,
    open_orders_of,
    history_orders,
    user_trades,
)
