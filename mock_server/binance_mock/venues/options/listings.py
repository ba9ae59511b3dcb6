"""The contracts that are listed as time goes on: expiries come and go, and strikes are added as the index moves.

What is listed is a function of the time, of the index when an expiry was first seen, and of how low and how high it
has been seen since. Nothing is drawn by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from binance_mock.venues.options.calendar import Expiry, next_change
from binance_mock.venues.options.chain import OptionInfo, Underlying, strikes
from binance_mock.venues.options.pricing import OptionSide

if TYPE_CHECKING:
    from binance_mock.venues.options.venue import OptionsVenue


class Contract(OptionInfo):
    """A contract as the board lists it.

    Args:
        underlying: what it is on.
        expiry: when it expires.
        strike: its strike price.
        side: call or put.
    """

    __slots__ = ("max_price", "min_price", "reference_price")

    def __init__(self, underlying: Underlying, expiry: Expiry, strike: int, side: OptionSide) -> None:
        super().__init__(underlying, expiry, strike, side)
        self.min_price = self.tick
        self.max_price = 0
        """None for the market maker: the limits of rule O-47 follow the mark and bind one side each."""
        self.reference_price = self.tick
        """The least that it can cost; what it is worth moves, and so the venue says that."""


class Strip(NamedTuple):
    """The contracts of one expiry of one underlying. It never changes, a grown one takes its place.

    Attributes:
        underlying: what they are on.
        expiry: when they expire.
        opening: index when the expiry was first seen.
        low: the lowest since then.
        high: the highest since then.
        contracts: by name, strikes rising, call before put.
    """

    underlying: Underlying
    expiry: Expiry
    opening: int
    low: int
    high: int
    contracts: Mapping[str, Contract]

    @classmethod
    def of(
        cls, underlying: Underlying, expiry: Expiry, opening: int, low: int, high: int, known: Mapping[str, Contract]
    ) -> Strip:
        """A strip with every strike that belongs into it; contracts that are known already stay what they are."""
        step = underlying.strike_step(expiry.series, opening)
        rows = {}
        for strike in strikes(step, opening, low, high):
            for side in OptionSide:
                contract = Contract(underlying, expiry, strike, side)
                rows[contract.name] = known.get(contract.name, contract)
        return cls(underlying, expiry, opening, low, high, rows)

    def seeing(self, index: int) -> Strip:
        """The strip after the index was at a price."""
        if self.low <= index <= self.high:
            return self
        low, high = min(self.low, index), max(self.high, index)
        return Strip.of(self.underlying, self.expiry, self.opening, low, high, self.contracts)


class Settled(NamedTuple):
    """An expiry that has ended, and the price at which it was settled (rule O-81)."""

    strip: Strip
    price: int


class Expires(NamedTuple):
    """The end of an expiry."""

    underlying: str
    expiry: int

    def happen(self, venue: OptionsVenue, time: int) -> None:
        """Settle its contracts and take them off, where they are listed."""
        strip = venue.listings.strip(self.underlying, self.expiry)
        if strip is not None:
            venue.end(strip)


class Listings:
    """All that is listed.

    Args:
        underlyings: by name; shared, never changed.
    """

    __slots__ = ("_indexes", "_since", "_strips", "_until", "contracts", "underlyings")

    def __init__(self, underlyings: Mapping[str, Underlying]) -> None:
        self.underlyings = underlyings
        self._strips: dict[tuple[str, int], Strip] = {}
        """By underlying and expiry, in the order of the listing."""
        self._indexes: dict[str, int] = {}
        """The index of each underlying when it was last looked at."""
        self._since = self._until = 0
        """The time in which no expiry comes or goes; empty before the first look."""
        self.contracts: Mapping[str, Contract] = {}
        """What is listed, by name: underlyings as given, expiries and strikes rising, call before put."""

    def roll(self, now: int, index_of: Callable[[str], int]) -> list[Strip]:
        """List what belongs there at a time.

        Args:
            now: microseconds.
            index_of: the index of an underlying.

        Returns:
            the strips that are new.
        """
        if not self._since <= now < self._until:
            return self._list(now, index_of)
        grown = False
        for name, before in self._indexes.items():
            index = index_of(name)
            if index != before:
                self._indexes[name] = index
                grown = self._grow(name, index) or grown
        if grown:
            self._gather()
        return []

    def strip(self, underlying: str, expiry: int) -> Strip | None:
        """The contracts of an expiry in microseconds; None when it is not listed."""
        return self._strips.get((underlying, expiry))

    def drop(self, strip: Strip) -> None:
        """Take an expiry off, whose end has come."""
        del self._strips[strip.underlying.name, strip.expiry.time]
        self._gather()

    def forget(self, but: Collection[tuple[str, int]] = ()) -> None:
        """Forget all; what belongs there is listed anew at the next look.

        Args:
            but: underlyings and expiries that stay until their end, whether or not they belong there before.
        """
        self._strips = {key: strip for key, strip in self._strips.items() if key in but}
        self._since = self._until = 0
        self._gather()

    def fork(self) -> Listings:
        """Equal listings that go their own way."""
        twin = Listings(self.underlyings)
        twin._strips, twin._indexes = self._strips.copy(), self._indexes.copy()
        twin._since, twin._until = self._since, self._until
        twin.contracts = dict(self.contracts)
        return twin

    def __iter__(self) -> Iterator[Strip]:
        return iter(self._strips.values())

    def _list(self, now: int, index_of: Callable[[str], int]) -> list[Strip]:
        before, self._strips = self._strips, {}
        fresh = []
        for name, underlying in self.underlyings.items():
            index = self._indexes[name] = index_of(name)
            for expiry in underlying.calendar.listed(now):
                strip = before.get((name, expiry.time))
                if strip is None:
                    strip = Strip.of(underlying, expiry, index, index, index, {})
                    fresh.append(strip)
                self._strips[name, expiry.time] = strip.seeing(index)
            for key in sorted(key for key in before if key[0] == name and key not in self._strips and key[1] > now):
                self._strips[key] = before[key].seeing(index)  # Held since before the clock went back.
        self._since, self._until = now, next_change(now)
        self._gather()
        return fresh

    def _grow(self, name: str, index: int) -> bool:
        grown = False
        for key, strip in self._strips.items():
            if key[0] == name:
                seen = strip.seeing(index)
                grown = grown or len(seen.contracts) != len(strip.contracts)
                self._strips[key] = seen
        return grown

    def _gather(self) -> None:
        self.contracts = {
            name: contract for strip in self._strips.values() for name, contract in strip.contracts.items()
        }
