"""Changing price and quantity of an open limit order, and the list of such changes (rules U-134 to U-136).

Checks run in this order: parameters, the order, its contract, decimals, whether anything changes, filters, and then
what an order of the new values would need of the account. An order that is refused stays as it was.
"""

from __future__ import annotations

from typing import Any, Final

from binance_mock.engine import liquidity
from binance_mock.engine.contracts import ContractMarket
from binance_mock.engine.orders import Order, OrderType
from binance_mock.venues import errors
from binance_mock.venues.board import TRADING
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.errors import Refusal
from binance_mock.venues.usdm import order_entry, order_views
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.kinds import AmendmentPage, SymbolName, Time
from binance_mock.venues.usdm.locks import check_lock
from binance_mock.venues.usdm.orders import Amendment, closes, terms_of
from binance_mock.venues.usdm.render import decimal, ms, price, quantity
from binance_mock.venues.usdm.selection import span
from binance_mock.venues.usdm.trade import cancel, find_order, unknown_order
from binance_mock.venues.usdm.trade_kinds import POST_ONLY, ClientId, Decimal, Match, Number, OrderSide
from binance_mock.venues.usdm.venue import UsdmCall

_MOST: Final = 10_000
"""How often an order may be amended."""
_KEPT_US: Final = 90 * 86_400_000_000


@endpoint("PUT", "/fapi/v1/order", group="trade", security=Security.TRADE, weight=0, order_count=1)
def amend_order(
    call: UsdmCall,
    symbol: SymbolName,
    side: OrderSide,
    quantity: Decimal,
    price: Decimal | None = None,
    orderId: Number | None = None,
    origClientOrderId: ClientId | None = None,
    priceMatch: Match | None = None,
    modifyId: Number | None = None,
) -> Json:
    """Change price and quantity of an open order, which goes to the end of the queue."""
    return amend(call, symbol, side, quantity, price, orderId, origClientOrderId, priceMatch, modifyId)


@endpoint("GET", "/fapi/v1/orderAmendment", group="trade", security=Security.USER_DATA, weight=1)
def order_amendments(
    call: UsdmCall,
    symbol: SymbolName,
    orderId: Number | None = None,
    origClientOrderId: ClientId | None = None,
    startTime: Time | None = None,
    endTime: Time | None = None,
    limit: AmendmentPage = 50,
) -> Json:
    """The changes of an order, newest first."""
    info, _, order = find_order(call, symbol, orderId, origClientOrderId)
    if order is None:
        raise unknown_order()
    start, end = span(startTime, endTime)
    oldest = max(call.now - _KEPT_US, start or 0)
    found = [
        each
        for each in reversed(terms_of(order).amendments)
        if each.time >= oldest and (end is None or each.time <= end)
    ]
    return [_shown(info, order, each) for each in found[:limit]]


def amend(
    call: UsdmCall,
    symbol: str,
    side: str,
    quantity: int,
    price: int | None = None,
    orderId: int | None = None,
    origClientOrderId: str | None = None,
    priceMatch: str | None = None,
    modifyId: int | None = None,
    *,
    counted: bool = False,
) -> dict[str, Any]:
    """Change an order and show it.

    The arguments are the parameters of the call, and `counted`: whether a batch counted it already.

    Raises:
        Refusal: the first thing that is wrong; the order stays as it was.
    """
    if price is not None and priceMatch is not None:
        raise errors.bad_combination()
    if price is None and priceMatch is None:
        raise errors.mandatory("price")
    info, market, found = find_order(call, symbol, orderId, origClientOrderId)
    order = _amendable(call, info, found, side)
    order_entry.check_precision(info, quantity, price or 0)
    if priceMatch is not None:
        price = order_entry.matched_price(call, info, order.side, priceMatch)
    draft = _draft(order, quantity, price or 0)
    ends = _admit(call, info, market, order, draft)
    if not counted:
        call.limits.orders.check(call.account.name, 1, call.now)
        call.limits.orders.add(call.account.name, 1, call.now)
    if ends:
        cancel(call, info, market, order)
    else:
        _note(call, order, draft, modifyId)
        terms_of(order).price_match = priceMatch or "NONE"
        market.amend(order, draft.price, draft.qty, call.now)
    row = order_views.placed(info, order, acknowledged=False) | {"pair": info.pair}
    return row if modifyId is None else row | {"modifyId": modifyId}


def _amendable(call: UsdmCall, info: ContractInfo, order: Order | None, side: str) -> Order:
    """The order, if it can be amended at all.

    The side is no part of what is looked for. An order of the other side is another one than the caller thinks.
    """
    if order is None:
        raise unknown_order()
    if order.type is not OrderType.LIMIT or not order.working:
        raise Refusal(-5025, "Only limit order is supported.")
    if not order.open:
        raise unknown_order()
    if order.side != side:
        raise Refusal(-1117, "Invalid side.")
    if call.venue.status(info.name) != TRADING:
        raise Refusal(-5024, "Symbol is not in trading status. Order amendment is not permitted.")
    if len(terms_of(order).amendments) >= _MOST:
        raise Refusal(-5026, "Exceed maximum modify order limit.")
    return order


def _draft(order: Order, qty: int, price: int) -> Order:
    """The order as it would be."""
    draft = Order(order.account, order.client_id, order.side, order.type, order.tif, price, qty, extras=order.extras)
    draft.left = max(0, qty - (order.qty - order.left))
    return draft


def _admit(call: UsdmCall, info: ContractInfo, market: ContractMarket, order: Order, draft: Order) -> bool:
    """Hold the new values against everything a new order is held against.

    Returns:
        whether they end the order: nothing is left of it, or it could only take what it may not (rule U-135).
    """
    check_lock(call.account.lock, can_trade=call.account.can_trade, closes=closes(order))
    if (draft.price, draft.qty) == (order.price, order.qty):
        raise Refusal(-5027, "No need to modify the order.")
    order_entry.check_filters(call, info, market, draft)
    if not draft.left:
        return True
    if order_entry.lacks_notional(call, info, draft):
        raise Refusal(-5029, f"Order's notional must be no smaller than {decimal(info.min_notional, 1)}")
    order_entry.check_cover(call, info, market, draft, order)
    return terms_of(order).tif == POST_ONLY and liquidity.crosses(market.book, draft)


def _note(call: UsdmCall, order: Order, draft: Order, modify_id: int | None) -> None:
    """Write the change into the order's list."""
    call.venue.amendments += 1
    amendments = terms_of(order).amendments
    amendments.append(
        Amendment(
            call.venue.amendments,
            call.now,
            len(amendments) + 1,
            order.price,
            draft.price,
            order.qty,
            draft.qty,
            modify_id,
        )
    )


def _shown(info: ContractInfo, order: Order, each: Amendment) -> dict[str, Any]:
    values: dict[str, Any] = {
        "price": {"before": price(info, each.price_before), "after": price(info, each.price)},
        "origQty": {"before": quantity(info, each.qty_before), "after": quantity(info, each.qty)},
        "count": each.number,
    }
    if each.modify_id is not None:
        values["modifyId"] = each.modify_id
    return {
        "amendmentId": each.id,
        "symbol": info.name,
        "pair": info.pair,
        "orderId": order.id,
        "clientOrderId": order.orig_client_id or order.client_id,
        "time": ms(each.time),
        "amendment": values,
    }


ENDPOINTS: Final[tuple[Endpoint, ...]] = (amend_order, order_amendments)
