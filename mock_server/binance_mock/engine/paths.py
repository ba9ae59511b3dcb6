"""The way of a price through time: steps, and their mean over a stretch."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

_MOST: Final = 8192
"""Steps that are kept before old ones are dropped."""


class Path:
    """A price that stands still between its steps.

    Args:
        keep: how far back it has to reach, in microseconds.
    """

    __slots__ = ("_keep", "prices", "times")

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self.times: list[int] = []
        """When the price changed, ascending, in microseconds."""
        self.prices: list[int] = []
        """What it changed to, scaled by 10^8."""

    def step(self, time: int, price: int) -> None:
        """Take note of the price at a time; one that is no change, or of a time that is past, counts as now."""
        if self.prices and self.prices[-1] == price:
            return
        if self.times and time <= self.times[-1]:
            self.prices[-1] = price
            return
        self.times.append(time)
        self.prices.append(price)
        if len(self.times) > _MOST:
            old = bisect_right(self.times, time - self._keep) - 1
            if old > 0:
                del self.times[:old], self.prices[:old]

    def restart(self) -> None:
        """Forget the way: it stood where it stands since the beginning of time."""
        if self.times:
            self.times, self.prices = [0], self.prices[-1:]

    def mean(self, start: int, end: int, otherwise: int) -> int:
        """The mean over a stretch, weighted by time, cut to an integer.

        Args:
            start: microseconds.
            end: microseconds, after the start.
            otherwise: the price of a path without steps. Before its first step a path stood at that.
        """
        if not self.times:
            return otherwise
        total, since = 0, start
        price = self.prices[max(0, bisect_right(self.times, start) - 1)]
        for place in range(bisect_right(self.times, start), len(self.times)):
            time = self.times[place]
            if time >= end:
                break
            total += price * (time - since)
            price, since = self.prices[place], time
        return (total + price * (end - since)) // (end - start)

    def fork(self) -> Path:
        """An equal path that goes its own way."""
        twin = Path(self._keep)
        twin.times, twin.prices = self.times.copy(), self.prices.copy()
        return twin
