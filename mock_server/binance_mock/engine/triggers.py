"""Stop orders waiting for their price, plain and trailing (rules S-89 to S-92, S-98 to S-103).

Plain stops wait in two heaps by stop price, so a trade costs O(1) while none of them fires. Trailing stops are
looked at on every trade. Orders that ended meanwhile are dropped when they come up.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from binance_mock.engine.orders import Extras, Order, OrderType, Side
from binance_mock.engine.units import BASIS_POINT

if TYPE_CHECKING:
    from binance_mock.engine.forking import Copies

_STOP_LOSS = frozenset({OrderType.STOP_LOSS, OrderType.STOP_LOSS_LIMIT})


def waits_above(order: Order) -> bool:
    """Whether the order waits for the price to rise: STOP_LOSS BUY and TAKE_PROFIT SELL (rule S-89)."""
    return (order.type in _STOP_LOSS) == (order.side is Side.BUY)


def would_trigger(order: Order, last_price: int) -> bool:
    """Whether the market already stands beyond the stop price (rule S-89); never for trailing orders."""
    extras = order.extras
    if extras is None or not extras.stop_price or extras.trailing_delta or not last_price:
        return False
    return last_price >= extras.stop_price if waits_above(order) else last_price <= extras.stop_price


class Triggers:
    """The stop orders of one market that have not fired."""

    __slots__ = ("above", "below", "trailing")

    def __init__(self) -> None:
        self.above: list[tuple[int, int, Order]] = []
        self.below: list[tuple[int, int, Order]] = []
        self.trailing: dict[int, Order] = {}

    def __bool__(self) -> bool:
        return bool(self.above or self.below or self.trailing)

    def add(self, order: Order, last_price: int, now: int) -> None:
        """Start to wait; a trailing order without stop price starts to track at once (rule S-99)."""
        extras = order.extras
        assert extras is not None, f"{order} has neither stop price nor trailing delta"
        if extras.trailing_delta:
            self.trailing[order.id] = order
            if not extras.stop_price and last_price:
                extras.extreme = last_price
                extras.trailing_time = now
        elif waits_above(order):
            heappush(self.above, (extras.stop_price, order.id, order))
        else:
            heappush(self.below, (-extras.stop_price, order.id, order))

    def remove(self, order: Order) -> None:
        """Stop to wait; plain stops are dropped lazily, by their state."""
        self.trailing.pop(order.id, None)

    def reached(self, price: int, now: int) -> list[Order]:
        """The orders that a trade at `price` wakes, by order id; they wait no longer (rule S-90)."""
        woken: list[Order] = []
        for heap, level in ((self.above, price), (self.below, -price)):
            while heap and heap[0][0] <= level:
                order = heappop(heap)[2]
                if order.open:
                    woken.append(order)
        if self.trailing:
            woken += [order for order in self.trailing.values() if _trails(order, price, now)]
            for order in woken:
                self.trailing.pop(order.id, None)
        woken.sort(key=lambda order: order.id)
        return woken

    def fork(self, copies: Copies) -> Triggers:
        """A copy in which the copies of the orders wait, those that are yet to be dropped included."""
        twin = Triggers()
        twin.above = [(level, id, copies.order(order)) for level, id, order in self.above]
        twin.below = [(level, id, copies.order(order)) for level, id, order in self.below]
        twin.trailing = {id: copies.order(order) for id, order in self.trailing.items()}
        return twin


def _trails(order: Order, price: int, now: int) -> bool:
    """Let a trailing order see a trade; true when it fires (rules S-99 to S-102, the border included)."""
    extras = order.extras
    assert extras is not None
    if not extras.extreme:
        if not _starts(order, extras, price):
            return False
        extras.extreme = price
        extras.trailing_time = now
        return False
    if order.side is Side.SELL:
        extras.extreme = max(extras.extreme, price)
        return price * BASIS_POINT <= extras.extreme * (BASIS_POINT - extras.trailing_delta)
    extras.extreme = min(extras.extreme, price)
    return price * BASIS_POINT >= extras.extreme * (BASIS_POINT + extras.trailing_delta)


def _starts(order: Order, extras: Extras, price: int) -> bool:
    """Whether a trade starts the tracking; without a stop price the first one does (rule S-101)."""
    if not extras.stop_price:
        return True
    return price >= extras.stop_price if waits_above(order) else price <= extras.stop_price
