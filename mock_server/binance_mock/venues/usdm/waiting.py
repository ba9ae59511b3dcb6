"""Conditional orders waiting for one price of one contract.

Plain ones wait in two heaps by trigger price, so that a price at which none fires costs O(1). Trailing ones look at
every price. Orders that ended meanwhile are dropped when they come up, or when there are too many of them.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from binance_mock.venues.usdm.conditionals import Conditional

_LEAST: Final = 64


class Waiting:
    """The orders that wait for a price."""

    __slots__ = ("_roof", "above", "below", "trailing")

    def __init__(self) -> None:
        self.above: list[tuple[int, int, Conditional]] = []
        """By trigger price, those that a rise fires."""
        self.below: list[tuple[int, int, Conditional]] = []
        """By negative trigger price, those that a fall fires."""
        self.trailing: dict[int, Conditional] = {}
        self._roof = _LEAST

    def add(self, each: Conditional) -> None:
        """Let an order wait."""
        condition = each.condition
        if len(self.above) + len(self.below) + len(self.trailing) >= self._roof:
            self._prune()
        if condition.trailing:
            self.trailing[each.id] = each
        elif condition.rises:
            heappush(self.above, (condition.trigger, each.id, each))
        else:
            heappush(self.below, (-condition.trigger, each.id, each))

    def reached(self, price: int, held_back: Callable[[], bool]) -> list[Conditional]:
        """The orders that a price fires, oldest first; they wait no longer.

        Args:
            price: scaled by 10^8.
            held_back: whether mark and last price are too far apart for protected orders; asked only when one of them
                would fire. These go on waiting.
        """
        fired: list[Conditional] = []
        for heap, level in ((self.above, price), (self.below, -price)):
            kept = []
            while heap and heap[0][0] <= level:
                entry = heappop(heap)
                each = entry[2]
                if each.waiting:
                    if each.condition.protect and held_back():
                        kept.append(entry)
                    else:
                        fired.append(each)
            for entry in kept:
                heappush(heap, entry)
        if self.trailing:
            for each in list(self.trailing.values()):
                if each.waiting and (not each.follow(price) or (each.condition.protect and held_back())):
                    continue
                del self.trailing[each.id]
                if each.waiting:
                    fired.append(each)
        fired.sort(key=lambda each: each.id)
        return fired

    def fork(self, copy: Callable[[Conditional], Conditional]) -> Waiting:
        """A copy in which the copies of the orders wait."""
        twin = Waiting()
        twin.above = [(level, id, copy(each)) for level, id, each in self.above]
        twin.below = [(level, id, copy(each)) for level, id, each in self.below]
        twin.trailing = {id: copy(each) for id, each in self.trailing.items()}
        twin._roof = self._roof
        return twin

    def _prune(self) -> None:
        """Drop those that ended."""
        for heap in (self.above, self.below):
            heap[:] = [entry for entry in heap if entry[2].waiting]
            heapify(heap)
        self.trailing = {id: each for id, each in self.trailing.items() if each.waiting}
        self._roof = max(_LEAST, 2 * (len(self.above) + len(self.below) + len(self.trailing)))
