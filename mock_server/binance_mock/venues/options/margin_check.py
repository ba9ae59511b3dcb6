"""Whether an account can pay for an order, or carry what it may become short of (rules O-71, O-72, O-75)."""

from __future__ import annotations

from binance_mock.engine.orders import BUY, Order
from binance_mock.venues.errors import Refusal
from binance_mock.venues.options.margin import premium
from binance_mock.venues.options.margins import Margins, Row, order_cost, order_fee, short_initial
from binance_mock.venues.options.orders import terms_of
from binance_mock.venues.options.venue import OptionsCall


def check_cover(call: OptionsCall, own: Row, order: Order) -> None:
    """Hold an order against cash and margin.

    A buyer pays premium and fee in cash, beside what other buy orders set aside; what opens a long has to leave the
    margin of shorts untouched, too. A seller needs margin for what all sell orders together would make short, and for
    what is lost at once by selling below the mark price.

    Args:
        call: who places it.
        own: the contract as the account has it.
        order: the order, which is not in the market.

    Raises:
        Refusal: -2018 for a buyer, -2027 for a seller, -6056 where a reduce-only order would turn the position round.
    """
    margins = Margins(call.venue, call.account, call.now)
    opening = own.opening(order.side, order.left)
    lacks = opening and _opening_need(call, own, order, opening) > margins.spare
    if lacks and terms_of(order).reduce_only:
        raise Refusal(
            -6056,
            "Reduce-only order failed. Your new reduce-only order, when combined with existing same-side open orders, "
            "would flip your position and cause insufficient margin. Please cancel those open orders and try again.",
        )
    if order.side is BUY:
        if lacks or order_cost(call.venue, call.account, own.info, order.price, order.left, call.now) > margins.cash:
            raise Refusal(-2018, "Balance is insufficient.")
    elif lacks:
        raise Refusal(-2027, "Option margin is insufficient.")


def _opening_need(call: OptionsCall, own: Row, order: Order, opening: int) -> int:
    """What the part of an order that opens a position takes off what is spare."""
    venue, account, info, now = call.venue, call.account, own.info, call.now
    if order.side is BUY:
        return order_cost(venue, account, info, order.price, opening, now)
    mark = own.greeks.price
    margin = short_initial(venue, info, mark, own.beyond(order.side, order.left), now) - own.initial
    loss = premium(max(0, mark - order.price), opening, info.unit)
    return margin + loss + order_fee(venue, account, info, order.price, opening, now)
