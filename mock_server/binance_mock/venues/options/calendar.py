"""Which expiries of an underlying are listed at a time, and since when (rule O-44, and the published listing rules).

Everything happens at 08:00 UTC: at that moment the expiry of the day ends and new ones are listed. A daily expiry is
listed three days ahead, so that those of the next three days stand; a weekly one on the Friday four weeks before; a
monthly one when that of three months before ends; a quarterly one on the last Thursday of the quarter four before its
own. A day belongs to the longest series that ends on it, and is listed once, as that series lists it.

How many weekly, monthly and quarterly expiries stand at a time is not published; the numbers are arguments. Days are
counted from 1970-01-01; times are microseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from binance_mock.engine.intervals import DAY, HOUR

CLOCK: Final = 8 * HOUR
"""When options expire and are listed, from midnight UTC (rule O-44)."""

_EPOCH: Final = date(1970, 1, 1).toordinal()
_THURSDAY, _FRIDAY = 3, 4
_MONTHS_OF_YEAR: Final = 12
_QUARTER: Final = 3


class Series(StrEnum):
    """How long an expiry is, from the shortest to the longest."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


AHEAD: Final[Mapping[Series, int]] = MappingProxyType({
    Series.DAILY: 3,
    Series.WEEKLY: 4,
    Series.MONTHLY: 3,
    Series.QUARTERLY: 4,
})  # fmt: skip
"""How many expiries of a series stand at a time, before days that a longer series has are taken from it."""


class Expiry(NamedTuple):
    """One date of expiry of an underlying.

    Attributes:
        time: when its options expire.
        listed: when they are listed.
        series: what it is listed as.
    """

    time: int
    listed: int
    series: Series

    @property
    def code(self) -> str:
        """The date as contract names have it: YYMMDD (rule O-42)."""
        return code_of(self.time)


class Calendar:
    """The expiries of an underlying.

    Args:
        ahead: how many stand at a time, by series; a series that is missing is not listed at all.
    """

    __slots__ = ("_longest", "ahead")

    def __init__(self, ahead: Mapping[Series, int] = AHEAD) -> None:
        self.ahead = ahead
        self._longest = tuple(series for series in reversed(Series) if ahead.get(series))

    def listed(self, now: int) -> list[Expiry]:
        """The expiries that stand, soonest first; one that ends just now is gone, one listed just now is there."""
        return sorted(expiry for expiry in self._candidates(now) if expiry.listed <= now < expiry.time)

    def changed(self, after: int, until: int) -> tuple[list[Expiry], list[Expiry]]:
        """What a move of the clock brings.

        Args:
            after: the time before.
            until: the time after; expiries that were listed and ended in between appear in both lists.

        Returns:
            those listed, and those ended, after the one and up to the other, in order of time.
        """
        listed, ended = set(), set()
        moment = after
        while (moment := next_change(moment)) <= until:
            for expiry in (*self._candidates(moment), *self._candidates(moment - 1)):
                if expiry.listed == moment:
                    listed.add(expiry)
                if expiry.time == moment:
                    ended.add(expiry)
        return sorted(listed, key=lambda expiry: (expiry.listed, expiry.time)), sorted(ended)

    def series_of(self, day: int) -> Series | None:
        """The series that a day of expiry belongs to: the longest; None for a day without."""
        for series in self._longest:
            if _ends(series, day):
                return series
        return None

    def _candidates(self, now: int) -> Iterator[Expiry]:
        """All that may stand now, and some that do not."""
        today = (now - CLOCK) // DAY
        for series in self._longest:
            for day in _days(series, today, self.ahead[series]):
                if self.series_of(day) is series:
                    listed = _listing(series, day, self.ahead[series])
                    yield Expiry(moment_of(day), moment_of(listed), series)


def next_change(now: int) -> int:
    """The next time at which expiries end or are listed: 08:00 UTC of this day or the next."""
    return now - (now - CLOCK) % DAY + DAY


def moment_of(day: int) -> int:
    """08:00 UTC of a day, as a time (rule O-44)."""
    return day * DAY + CLOCK


def code_of(time: int) -> str:
    """The day of a time as contract names have it: YYMMDD (rule O-42)."""
    return date.fromordinal(time // DAY + _EPOCH).strftime("%y%m%d")


def time_of(code: str) -> int | None:
    """The expiry that a contract name says, or None for text that is no date (rules O-42, O-44)."""
    if not (len(code) == 6 and code.isascii() and code.isdigit()):
        return None
    try:
        day = date(2000 + int(code[:2]), int(code[2:4]), int(code[4:]))
    except ValueError:
        return None
    return moment_of(day.toordinal() - _EPOCH)


# -- days -----------------------------------------------------------------------------------------------------------


def _weekday(day: int) -> int:
    """0 for Monday; the epoch is a Thursday."""
    return (day + _THURSDAY) % 7


def _month(day: int) -> int:
    """Months since the year 0."""
    found = date.fromordinal(day + _EPOCH)
    return found.year * _MONTHS_OF_YEAR + found.month - 1


def _last(weekday: int, month: int) -> int:
    """The last such day of the week in a month, which is counted as by `_month`."""
    year, number = divmod(month + 1, _MONTHS_OF_YEAR)
    end = date(year, number + 1, 1).toordinal() - _EPOCH - 1
    return end - (_weekday(end) - weekday) % 7


def _ends(series: Series, day: int) -> bool:
    """Whether a series has an expiry on a day."""
    if series is Series.DAILY:
        return True
    if _weekday(day) != _FRIDAY:
        return False
    if series is Series.WEEKLY:
        return True
    month = _month(day)
    return _last(_FRIDAY, month) == day and (series is Series.MONTHLY or month % _QUARTER == 2)


def _listing(series: Series, day: int, ahead: int) -> int:
    """The day on which an expiry is listed."""
    if series is Series.DAILY:
        return day - ahead
    if series is Series.WEEKLY:
        return day - 7 * ahead
    if series is Series.MONTHLY:
        return _last(_FRIDAY, _month(day) - ahead)
    return _last(_THURSDAY, _month(day) - _QUARTER * ahead)


def _days(series: Series, today: int, ahead: int) -> Iterator[int]:
    """Days from today on that a series ends on, enough to have all that may be listed."""
    if series is Series.DAILY:
        yield from range(today, today + ahead + 1)
    elif series is Series.WEEKLY:
        friday = today + (_FRIDAY - _weekday(today)) % 7
        yield from range(friday, friday + 7 * ahead + 1, 7)
    else:
        month = _month(today)
        for number in range(month, month + (ahead + 1) * (1 if series is Series.MONTHLY else _QUARTER) + 1):
            if series is Series.MONTHLY or number % _QUARTER == 2:
                yield _last(_FRIDAY, number)
