"""Mark and index prices and funding rates of contracts: as they were set, else following the market (rule U-108)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator


class Way:
    """What a price was set to, and when; None where it followed the market."""

    __slots__ = ("_prices", "_times")

    def __init__(self) -> None:
        self._times: list[int] = []
        self._prices: list[int | None] = []

    def step(self, time: int, price: int | None) -> None:
        """Take note of a change at a time in microseconds; of several at one time, the last counts."""
        while self._times and self._times[-1] >= time:
            self._times.pop()
            self._prices.pop()
        if price != (self._prices[-1] if self._prices else None):
            self._times.append(time)
            self._prices.append(price)

    def pieces(self, start: int, end: int) -> Iterator[tuple[int, int, int | None]]:
        """What it stood at from `start` until before `end`, piece by piece: from, until before, price or None."""
        place = bisect_right(self._times, start)
        price = self._prices[place - 1] if place else None
        while place < len(self._times) and self._times[place] < end:
            yield start, self._times[place], price
            start, price = self._times[place], self._prices[place]
            place += 1
        yield start, end, price

    def __bool__(self) -> bool:
        return bool(self._times)

    def fork(self) -> Way:
        """An equal way that goes on on its own."""
        twin = Way()
        twin._times, twin._prices = self._times.copy(), self._prices.copy()
        return twin


class Marks:
    """The prices and rates that were set, by contract.

    A mark that was not set is the last price, and so is an index: without a move of its own the market is fair.
    """

    __slots__ = ("_index_ways", "_indexes", "_mark_ways", "_marks", "_rates")

    def __init__(self) -> None:
        self._marks: dict[str, int] = {}
        self._indexes: dict[str, int] = {}
        self._rates: dict[str, int] = {}
        self._mark_ways: dict[str, Way] = {}
        self._index_ways: dict[str, Way] = {}

    def mark(self, symbol: str, last: int) -> int:
        """The mark price, given the last one."""
        return self._marks.get(symbol, last)

    def index(self, symbol: str, last: int) -> int:
        """The index price, given the last one."""
        return self._indexes.get(symbol, last)

    def set(self, symbol: str, *, mark: int | None = None, index: int | None = None) -> None:
        """Let a price stand where it is set; None leaves it.

        Raises:
            ValueError: a price is not positive.
        """
        for prices, price in ((self._marks, mark), (self._indexes, index)):
            if price is not None:
                if price <= 0:
                    raise ValueError(f"{symbol} cannot be marked at {price}: prices are above zero")
                prices[symbol] = price

    def follow(self, symbol: str) -> None:
        """Let both prices follow the market again."""
        self._marks.pop(symbol, None)
        self._indexes.pop(symbol, None)

    def note(self, symbol: str, time: int) -> None:
        """Let candles of the past know how both prices stand from a time in microseconds on."""
        for ways, prices in ((self._mark_ways, self._marks), (self._index_ways, self._indexes)):
            if symbol in prices or symbol in ways:
                ways.setdefault(symbol, Way()).step(time, prices.get(symbol))

    def mark_way(self, symbol: str) -> Way | None:
        """When the mark price was set; None for never."""
        return self._mark_ways.get(symbol)

    def index_way(self, symbol: str) -> Way | None:
        """When the index price was set; None for never."""
        return self._index_ways.get(symbol)

    def funding_rate(self, symbol: str) -> int | None:
        """The funding rate that was set, scaled by 10^8; None where it follows the market."""
        return self._rates.get(symbol)

    def set_funding_rate(self, symbol: str, rate: int | None) -> None:
        """Let the funding rate stand where it is set, above, at or below zero; None lets it follow the market again."""
        if rate is None:
            self._rates.pop(symbol, None)
        else:
            self._rates[symbol] = rate

    def fork(self) -> Marks:
        """Equal marks that go their own way."""
        twin = Marks()
        twin._marks, twin._indexes = self._marks.copy(), self._indexes.copy()
        twin._rates = self._rates.copy()
        twin._mark_ways = {symbol: way.fork() for symbol, way in self._mark_ways.items()}
        twin._index_ways = {symbol: way.fork() for symbol, way in self._index_ways.items()}
        return twin
