"""Leverage brackets: how much leverage a position of some size may have, and what margin keeps it open (rule U-99).

The maintenance margin over the notional is a line with a kink at every floor: each row adds `cum` so that the lines
meet there. A table is immutable and checked when it is made; looking a row up costs a binary search.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from binance_mock.engine.units import SCALE


class Bracket(NamedTuple):
    """One row of the table of a symbol.

    `floor`, `cap` and `cum` are amounts of the quote asset, `ratio` is the maintenance rate, all in units of 10^-8;
    `leverage` is the highest initial leverage, a plain number.
    """

    number: int
    leverage: int
    floor: int
    cap: int
    ratio: int
    cum: int


@dataclass(frozen=True, slots=True)
class Brackets:
    """The table of one symbol.

    Args:
        rows: from the smallest notional to the largest.

    Raises:
        ValueError: there are no rows, or they do not fit together; the text names the row and what it should hold.
    """

    rows: tuple[Bracket, ...]
    _caps: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _leverages: tuple[int, ...] = field(init=False, repr=False, compare=False)
    """From the last row to the first, and so the smallest first."""

    def __init__(self, rows: Iterable[Bracket]) -> None:
        object.__setattr__(self, "rows", tuple(rows))
        object.__setattr__(self, "_caps", tuple(row.cap for row in self.rows))
        object.__setattr__(self, "_leverages", tuple(row.leverage for row in reversed(self.rows)))
        if not self.rows:
            raise ValueError("a bracket table needs at least one row")
        below = Bracket(0, self.rows[0].leverage + 1, 0, 0, 0, 0)
        for row in self.rows:
            _check(row, below)
            below = row

    def of(self, notional: int) -> Bracket:
        """The row of a position: floor < notional <= cap (rule U-99).

        Nothing at all, or less, is in the first row; what is above the last cap is in the last row.

        Args:
            notional: size of the position without sign, in units of 10^-8.
        """
        index = bisect_left(self._caps, notional)
        return self.rows[index] if index < len(self.rows) else self.rows[-1]

    def maintenance(self, notional: int) -> int:
        """Maintenance margin of a position, cut to 10^-8 (rule U-112).

        Args:
            notional: size of the position without sign, in units of 10^-8.
        """
        row = self.of(notional)
        return notional * row.ratio // SCALE - row.cum

    def most_notional(self, leverage: int) -> int:
        """The largest position at a leverage: the cap of the last row that allows it (rule U-99).

        Raises:
            ValueError: the leverage is outside 1 to `max_leverage`.
        """
        leverages = self._leverages
        if not 1 <= leverage <= leverages[-1]:
            raise ValueError(f"leverage {leverage} is outside 1 to {leverages[-1]}")
        return self._caps[-1 - bisect_left(leverages, leverage)]

    @property
    def max_leverage(self) -> int:
        """The leverage of the first row (rule U-93)."""
        return self.rows[0].leverage


def _check(row: Bracket, below: Bracket) -> None:
    """Whether a row continues the one below it; the first row continues a row of nothing."""
    name = f"bracket {row.number}"
    if row.number != below.number + 1:
        raise ValueError(f"{name} follows bracket {below.number}")
    if row.floor != below.cap:
        raise ValueError(f"{name} starts at {row.floor}, but the one below ends at {below.cap}")
    if row.cap <= row.floor:
        raise ValueError(f"{name} ends at {row.cap}, not above its floor {row.floor}")
    if not 1 <= row.leverage < below.leverage:
        raise ValueError(f"{name} has leverage {row.leverage}, but 1 to {below.leverage - 1} is possible there")
    if not below.ratio < row.ratio < SCALE:
        raise ValueError(f"{name} has ratio {row.ratio}, but it must lie between {below.ratio} and {SCALE}")
    step = row.floor * (row.ratio - below.ratio)
    if (row.cum - below.cum) * SCALE != step:
        raise ValueError(f"{name} has cum {row.cum}, but {below.cum + step // SCALE} follows from the row below")
