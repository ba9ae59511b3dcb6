"""Letting conditional orders wait, fire and end (rules U-77, U-81 to U-86).

Every price at which a contract traded is looked at, in order, and after them the mark price as it stands. At one price
the older order fires first. An order that fires is let in as any order that is placed at that moment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from binance_mock.engine.contracts import ContractMarket
from binance_mock.engine.market import Rejected
from binance_mock.engine.orders import ExpiryReason, Order
from binance_mock.engine.units import SCALE
from binance_mock.venues.decimals import read
from binance_mock.venues.errors import Refusal
from binance_mock.venues.usdm import order_entry
from binance_mock.venues.usdm.closing import closable
from binance_mock.venues.usdm.conditional_entry import latest_price
from binance_mock.venues.usdm.conditionals import AlgoStatus, Conditional
from binance_mock.venues.usdm.conditions import Working
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.orders import side_of, terms_of
from binance_mock.venues.usdm.placement import Firing, Placement
from binance_mock.venues.usdm.venue import UsdmVenue


class DateComes(NamedTuple):
    """The date of a GTD order that has not fired by then (rule U-57)."""

    account: int
    id: int

    def happen(self, venue: UsdmVenue, time: int) -> None:
        """End it."""
        each = venue.conditionals.find(self.account, self.id, None)
        if each is not None and each.waiting:
            each.become(AlgoStatus.EXPIRED, time)


# -- waiting --------------------------------------------------------------------------------------------------------


def let_wait(call: Placement, info: ContractInfo, market: ContractMarket, order: Order, *, listed: bool) -> Conditional:
    """Let an admitted order wait for its condition.

    Args:
        call: the placement.
        info: the contract.
        market: its market.
        order: the order.
        listed: whether it is an ordinary order from now on (rule U-47).

    Raises:
        Refusal: -4116, an open order has its client order id.
    """
    venue, terms = call.venue, terms_of(order)
    assert terms.condition is not None, f"{order} waits for nothing"
    if not order.client_id:
        order.client_id = venue.new_client_id()
    if listed:
        try:
            market.hold(order, call.now)
        except Rejected:
            raise Refusal(-4116, "ClientOrderId is duplicated.") from None
    price = latest_price(call, info, terms.condition.working)
    each = venue.conditionals.add(info.name, order, call.now, price, listed=listed)
    if terms.good_till:
        if listed:
            venue.end_at(terms.good_till, info.name, order)
        else:
            venue.schedule.add(terms.good_till, DateComes(order.account.id, each.id))
    return each


def end_without_position(venue: UsdmVenue, symbol: str, prints: Sequence[int], now: int) -> None:
    """End the orders whose position is gone, in whatever contract (rules U-59, U-77).

    One position may be closed by force because the prices of another contract moved.
    """
    for each in venue.conditionals.bound():
        order = each.order
        account = venue.owners[order.account.id]
        if each.condition.close_position:
            gone = each.waiting and not closable(account, each.symbol, order)
        else:
            gone = not account.position(each.symbol, side_of(order)).qty
        if not gone:
            continue
        if order.id and order.open:
            _expire(venue.markets[each.symbol], order, now)
        if each.waiting:
            each.become(AlgoStatus.EXPIRED, now)


def _expire(market: ContractMarket, order: Order, now: int) -> None:
    market.events = []
    market.expire(order, ExpiryReason.EXCHANGE_CANCELED, now)


# -- firing ---------------------------------------------------------------------------------------------------------


def fire_conditionals(venue: UsdmVenue, symbol: str, prints: Sequence[int], now: int) -> None:
    """Let the orders fire whose condition the moves of a contract's prices fulfil."""
    end_without_position(venue, symbol, prints, now)
    book = venue.conditionals.book(symbol)
    if book is None:
        return
    info = venue.symbols[symbol]
    by_trades, by_mark = book[Working.CONTRACT_PRICE], book[Working.MARK_PRICE]
    last = venue.last_price(symbol) or info.reference_price
    for price in prints or (last,):
        _fire_all(venue, info, by_trades.reached(price, _protection(venue, info, price)), now)
    _fire_all(venue, info, by_mark.reached(venue.mark_price(symbol), _protection(venue, info, last)), now)


def _protection(venue: UsdmVenue, info: ContractInfo, last: int) -> Callable[[], bool]:
    """Tells whether protected orders are held back at a last price (rule U-84)."""

    def held_back() -> bool:
        mark = venue.marks.mark(info.name, last)
        return abs(mark - last) * SCALE > read(info.row["triggerProtect"]) * mark

    return held_back


def _fire_all(venue: UsdmVenue, info: ContractInfo, reached: Sequence[Conditional], now: int) -> None:
    for each in reached:
        if each.waiting:  # An order that fired before it may have ended it.
            _fire(venue, info, each, now)
            end_without_position(venue, info.name, (), now)


def _fire(venue: UsdmVenue, info: ContractInfo, each: Conditional, now: int) -> None:
    """Let an order go to the book, or end it with the reason why it may not (rule U-85)."""
    order = each.order
    account = venue.owners[order.account.id]
    market = venue.market(info.name, now)
    call = Firing(venue, account, now)
    each.triggered = now
    each.become(AlgoStatus.TRIGGERED, now)
    if each.condition.close_position:
        order.qty = order.left = closable(account, info.name, order)
    try:
        match = terms_of(order).price_match
        if match != "NONE":
            order.price = order_entry.matched_price(call, info, order.side, match)
        order_entry.admit(call, info, market, order)
        if each.listed:
            market.release(order, now)
        else:
            order_entry.submit(call, info, market, order)
    except Refusal as refusal:
        each.become(AlgoStatus.REJECTED, now, refusal.msg)
        if each.listed:
            _expire(market, order, now)
