"""Placing and cancelling: order, order/test, openOrders."""

from __future__ import annotations

from typing import Any, Final, Unpack

from binance_mock.engine.market import Market, Rejected
from binance_mock.engine.orders import Order, Status
from binance_mock.venues import errors
from binance_mock.venues.decimals import show
from binance_mock.venues.endpoint import Endpoint, Json, Security, endpoint
from binance_mock.venues.spot import order_entry, render
from binance_mock.venues.spot.kinds import (
    Answer,
    Bool,
    ClientId,
    Id,
    OrderFields,
    OrderSide,
    Restrictions,
    SymbolName,
    Type,
)
from binance_mock.venues.spot.venue import SpotCall
from binance_mock.venues.weights import ByParameter, Weight

FREE_ON_SUCCESS: Final = Weight(1, on_success=0)
"""Placing and cancelling weigh nothing when they succeed (rule S-62)."""


@endpoint("POST", "/api/v3/order", group="trade", security=Security.TRADE, weight=FREE_ON_SUCCESS, order_count=1)
def new_order(
    call: SpotCall,
    symbol: SymbolName,
    side: OrderSide,
    type: Type,
    newClientOrderId: ClientId | None = None,
    newOrderRespType: Answer | None = None,
    **fields: Unpack[OrderFields],
) -> Json:
    """Place an order."""
    info = call.venue.info(symbol)
    order = order_entry.read_order(call.account, info, newClientOrderId, side=side, type=type, fields=fields)
    market = call.venue.market(symbol, call.now)
    order_entry.admit(call, info, market, order)
    call.limits.orders.check(call.account.name, 1, call.now)
    events = order_entry.submit(call, market, order)
    return order_entry.answer(call, market, order, events, newOrderRespType)


@endpoint(
    "POST",
    "/api/v3/order/test",
    group="trade",
    security=Security.TRADE,
    weight=ByParameter("computeCommissionRates", given=20, otherwise=1, value="true"),
)
def test_order(
    call: SpotCall,
    symbol: SymbolName,
    side: OrderSide,
    type: Type,
    newClientOrderId: ClientId | None = None,
    newOrderRespType: Answer | None = None,
    computeCommissionRates: Bool = False,
    **fields: Unpack[OrderFields],
) -> Json:
    """Check an order as a placement would, without placing it."""
    info = call.venue.info(symbol)
    order = order_entry.read_order(call.account, info, newClientOrderId, side=side, type=type, fields=fields)
    order_entry.admit(call, info, call.venue.market(symbol, call.now), order)
    if not computeCommissionRates:
        return {}
    money = call.account.money
    fees = money.symbol_fees.get(symbol, money.fees)
    rows = {}
    for name, rates in (
        ("standardCommissionForOrder", fees.standard),
        ("specialCommissionForOrder", fees.special),
        ("taxCommissionForOrder", fees.tax),
    ):
        side_rate = rates.buyer if side == "BUY" else rates.seller
        rows[name] = {"maker": show(rates.maker + side_rate), "taker": show(rates.taker + side_rate)}
    return {**rows, "discount": render.discount(money, fees)}


@endpoint("DELETE", "/api/v3/order", group="trade", security=Security.TRADE, weight=FREE_ON_SUCCESS)
def cancel_order(
    call: SpotCall,
    symbol: SymbolName,
    orderId: Id | None = None,
    origClientOrderId: ClientId | None = None,
    newClientOrderId: ClientId | None = None,
    cancelRestrictions: Restrictions | None = None,
) -> Json:
    """Cancel an open order."""
    if orderId is None and origClientOrderId is None:
        raise errors.either("origClientOrderId", "orderId")
    market = call.venue.market(symbol, call.now)
    order = open_order(call, market, orderId, origClientOrderId)
    return cancel(call, market, order, newClientOrderId, cancelRestrictions)


@endpoint("DELETE", "/api/v3/openOrders", group="trade", security=Security.TRADE, weight=FREE_ON_SUCCESS)
def cancel_open_orders(call: SpotCall, symbol: SymbolName) -> Json:
    """Cancel every open order of a symbol."""
    market = call.venue.market(symbol, call.now)
    orders = list(market.bag(call.account.money).open.values())
    if not orders:
        raise errors.cancel_rejected()
    return [cancel(call, market, order, None, None) for order in orders]


def open_order(call: SpotCall, market: Market, id: int | None, client_id: str | None) -> Order:
    """The caller's open order by either id; with both, both must fit (rules S-118, S-119).

    Raises:
        Refusal: -2011 "Unknown order sent.".
    """
    bag = market.bag(call.account.money)
    order = bag.all.get(id) if id is not None else bag.open.get(client_id or "")
    if order is None or not order.open or (client_id is not None and order.client_id != client_id):
        raise errors.cancel_rejected()
    return order


def cancel(
    call: SpotCall, market: Market, order: Order, client_id: str | None, restrictions: str | None
) -> dict[str, Any]:
    """Cancel an order and show it.

    Raises:
        Refusal: -2011, the account may not cancel, or the order's state does not meet the restrictions (rule S-120).
    """
    if not call.account.can_trade:
        raise errors.cancel_rejected("This account may not place or cancel orders.")
    wanted = Status.PARTIALLY_FILLED if restrictions == "ONLY_PARTIALLY_FILLED" else Status.NEW
    if restrictions is not None and order.status is not wanted:
        raise errors.cancel_rejected("Order was not canceled due to cancel restrictions.")
    try:
        market.cancel(order, client_id or call.venue.new_client_id(), call.now)
    except Rejected:
        raise errors.cancel_rejected() from None
    return render.canceled(call, market, order)


ENDPOINTS: Final[tuple[Endpoint, ...]] = (new_order, test_order, cancel_order, cancel_open_orders)
