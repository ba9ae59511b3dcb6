"""At which volatility the options of an underlying are priced (rules O-51, O-52).

A surface is a value: what changes it gives another one. Volatilities are integers of 10^-8 a year. At the money an
expiry has a level; away from it the smile is a hyperbola in x, the logarithm of strike over index in units of the
square root of time, so that it is curved near the money and straight in the wings:

    volatility = level * (1 + skew * x + wing * (sqrt(1 + x^2) - 1))

Nothing checks that prices on a smile leave no arbitrage between strikes.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot, log, sqrt
from types import MappingProxyType
from typing import Final

from binance_mock.engine.intervals import DAY
from binance_mock.engine.units import SCALE
from binance_mock.venues.options.pricing import YEAR, fixed

NO_QUOTE: Final = -SCALE
"""The volatility of a side without an order, shown as -1 (rule O-52)."""
LOWEST: Final = SCALE // 100
HIGHEST: Final = 10 * SCALE
"""No smile leads below 1 or above 1000 percent."""
SKEW: Final = -0.03
WING: Final = 0.15
"""A smile like that of live options: dearer in the wings, and a little more for low strikes."""
REACH: Final = SCALE // 10
"""How far, as a part of it, quotes may pull the mark's volatility from the surface; Binance's is not published."""

_NOTHING: Final[Mapping[int, int]] = MappingProxyType({})
_NO_PINS: Final[Mapping[tuple[int, int], int]] = MappingProxyType({})


class Surface:
    """The volatilities of an underlying.

    Args:
        level: at the money, where no expiry has its own.
        skew: what a step of x adds, as a part of the level; below zero when low strikes are dearer.
        wing: how fast both wings rise; 0 for none.
        reach: how far quotes may pull the mark from the surface, a part in 10^-8.
        levels: at the money by expiry in microseconds.
        pins: of single strikes, by (expiry, strike); these are taken as they are.

    Raises:
        ValueError: a volatility is not above zero.
    """

    __slots__ = ("level", "levels", "pins", "reach", "skew", "wing")

    def __init__(
        self,
        level: int,
        *,
        skew: float = SKEW,
        wing: float = WING,
        reach: int = REACH,
        levels: Mapping[int, int] = _NOTHING,
        pins: Mapping[tuple[int, int], int] = _NO_PINS,
    ) -> None:
        for volatility in (level, *levels.values(), *pins.values()):
            if volatility <= 0:
                raise ValueError(f"a volatility of {volatility} is not above zero")
        self.level = level
        self.skew = skew
        self.wing = wing
        self.reach = reach
        self.levels = levels
        self.pins = pins

    @classmethod
    def flat(cls, level: int) -> Surface:
        """The same volatility everywhere."""
        return cls(level, skew=0.0, wing=0.0)

    def with_level(self, level: int, expiry: int | None = None) -> Surface:
        """The surface with another level at the money, of one expiry or of all that have no own."""
        if expiry is None:
            return self._but(level=level)
        return self._but(levels={**self.levels, expiry: level})

    def with_pin(self, expiry: int, strike: int, volatility: int) -> Surface:
        """The surface with a volatility of its own for one strike, calls and puts, whatever index and time."""
        return self._but(pins={**self.pins, (expiry, strike): volatility})

    def _but(
        self,
        *,
        level: int | None = None,
        levels: Mapping[int, int] | None = None,
        pins: Mapping[tuple[int, int], int] | None = None,
    ) -> Surface:
        return Surface(
            self.level if level is None else level,
            skew=self.skew,
            wing=self.wing,
            reach=self.reach,
            levels=self.levels if levels is None else levels,
            pins=self.pins if pins is None else pins,
        )

    def volatility(self, expiry: int, strike: int, index: int, now: int) -> int:
        """The volatility of the options of a strike.

        Args:
            expiry: when they expire.
            strike: above zero.
            index: price of the underlying, above zero.
            now: the present; the last day's smile is that of a day before expiry.
        """
        pinned = self.pins.get((expiry, strike))
        if pinned is not None:
            return pinned
        level = self.levels.get(expiry, self.level)
        if not self.skew and not self.wing:
            return level
        x = log(strike / index) / sqrt(max(DAY, expiry - now) / YEAR)
        smile = 1 + self.skew * x + self.wing * (hypot(1.0, x) - 1)
        return min(max(fixed(level / SCALE * smile), LOWEST), HIGHEST)

    def mark_volatility(self, bid: int, ask: int, expiry: int, strike: int, index: int, now: int) -> int:
        """The volatility of the mark price: between those of bid and ask, near the surface (rule O-51).

        Args:
            bid: volatility of the best bid, `NO_QUOTE` without one.
            ask: volatility of the best ask, `NO_QUOTE` without one.
            expiry: as for `volatility`, like the rest.
            strike: of the option.
            index: price of the underlying.
            now: the present.

        Returns:
            that of the rule, with floor and cap on either side of the surface; the surface's own when there is neither
            bid nor ask, where Binance publishes nothing.
        """
        own = self.volatility(expiry, strike, index, now)
        if bid == ask == NO_QUOTE:
            return own
        pull = own * self.reach // SCALE
        return mark_volatility(bid, ask, own - pull, own + pull)

    def __repr__(self) -> str:
        return f"Surface({self.level}, skew={self.skew}, wing={self.wing})"


def mark_volatility(bid: int, ask: int, floor: int, cap: int) -> int:
    """The mean of both sides, each brought within floor and cap, cut to 10^-8 (rule O-51).

    Args:
        bid: volatility of the best bid, `NO_QUOTE` without one: then the floor counts for it.
        ask: volatility of the best ask, `NO_QUOTE` without one, with the same effect.
        floor: the least that counts.
        cap: the most that counts.
    """
    return (min(max(bid, floor), cap) + min(max(ask, floor), cap)) // 2
