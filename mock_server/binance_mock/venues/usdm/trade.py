"""Placing, cancelling and querying orders; the account's trades."""

from __future__ import annotations

from typing import Any, Final, Unpack

from binance_mock.engine.contracts import ContractMarket
from binance_mock.engine.market import Rejected
from binance_mock.engine.orders import Order, Side
from binance_mock.venues import errors
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.errors import Refusal
from binance_mock.venues.usdm import order_entry, order_views
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.declare import endpoint
from binance_mock.venues.usdm.kinds import Page, SymbolName, Time
from binance_mock.venues.usdm.orders import terms_of
from binance_mock.venues.usdm.render import decimal, ms, price, quantity
from binance_mock.venues.usdm.selection import span
from binance_mock.venues.usdm.trade_kinds import Answer, ClientId, Number, OrderFields, OrderKind, OrderSide
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
    order = order_entry.read_order(call, info, newClientOrderId, side=side, type=type, fields=fields)
    order_entry.admit(call, info, call.venue.market(symbol, call.now), order)
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
    venue, id = call.venue, call.account.money.id
    venue.pass_time(call.now)
    names = list(venue.markets) if symbol is None else [venue.info(symbol).name]
    rows = []
    for name in names:
        market = venue.markets.get(name)
        bag = market.bags.get(id) if market is not None else None
        if bag is not None:
            rows += [order_views.queried(venue.symbols[name], order) for order in bag.open.values()]
    return rows


@endpoint("GET", "/fapi/v1/allOrders", group="trade", security=Security.USER_DATA, weight=5)
def all_orders(
    call: UsdmCall,
    symbol: SymbolName,
    orderId: Number | None = None,
    startTime: Time | None = None,
    endTime: Time | None = None,
    limit: Page = 500,
) -> Json:
    """Orders of a contract, open or not, oldest first (rule U-133)."""
    info = call.venue.info(symbol)
    start, end = span(startTime, endTime, _WEEK_US)
    if orderId is None and start is None:
        start = (end if end is not None else call.now) - _WEEK_US
    found = [
        order
        for order in call.venue.market(symbol, call.now).bag(call.account.money).all.values()
        if (orderId is None or order.id >= orderId)
        and (start is None or order.created >= start)
        and (end is None or order.created <= end)
    ]
    chosen = found[:limit] if orderId is not None or startTime is not None else found[-limit:]
    return [order_views.queried(info, order) for order in chosen]


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
    account = call.account
    rows: list[dict[str, Any]] = []
    for trade in call.venue.market(symbol, call.now).bag(account.money).trades:
        if (start is not None and trade.time < start) or (end is not None and trade.time > end):
            continue
        if fromId is not None and trade.id < fromId:
            continue
        for order, fee, asset, rests in (
            (trade.maker, trade.maker_fee, trade.maker_fee_asset, True),
            (trade.taker, trade.taker_fee, trade.taker_fee_asset, False),
        ):
            if order is None or order.account is not account.money or (orderId is not None and order.id != orderId):
                continue
            rows.append(
                {
                    "symbol": info.name,
                    "id": trade.id,
                    "orderId": order.id,
                    "side": str(order.side),
                    "price": price(info, trade.price),
                    "qty": quantity(info, trade.qty),
                    "realizedPnl": decimal(account.results.get((symbol, trade.id, order.id), 0)),
                    "quoteQty": decimal(trade.quote, 5),
                    "commission": decimal(fee),
                    "commissionAsset": asset,
                    "time": ms(trade.time),
                    "positionSide": str(terms_of(order).position_side),
                    "maker": rests,
                    "buyer": order.side == "BUY",
                    "marginAsset": info.margin_asset,
                }
            )
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
    order = order_entry.read_order(call, info, newClientOrderId, side=side, type=type, fields=fields)
    market = call.venue.market(symbol, call.now)
    order_entry.admit(call, info, market, order)
    if not counted:
        call.limits.orders.check(call.account.name, 1, call.now)
        call.limits.orders.add(call.account.name, 1, call.now)
    order_entry.submit(call, info, market, order)
    return order_views.placed(info, order, acknowledged=newOrderRespType == "ACK")


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
    return info, market, order


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
