"""Candle intervals: where they begin and end, in any time zone offset (rules S-169, S-170).

Arithmetic on microseconds only. Borders are borders of the local calendar at a fixed offset; there is no daylight
saving, because Binance's `timeZone` is an offset and not a place.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

SECOND: Final = 1_000_000
"""Microseconds in a second."""
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
WEEK: Final = 7 * DAY

_FIRST_MONDAY: Final = 4 * DAY
"""The epoch is a Thursday; weeks open on Mondays."""

_UNITS: Final[Mapping[str, int]] = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": WEEK, "M": 0}

_WESTMOST: Final = -12 * HOUR
_EASTMOST: Final = 14 * HOUR


class Interval(Enum):
    """A candle interval; its value is Binance's case-sensitive name, so `Interval("1M")` looks one up.

    `size` is its length in microseconds, and 0 for the month, which has no fixed one.
    """

    SECOND_1 = "1s"
    MINUTE_1 = "1m"
    MINUTE_3 = "3m"
    MINUTE_5 = "5m"
    MINUTE_15 = "15m"
    MINUTE_30 = "30m"
    HOUR_1 = "1h"
    HOUR_2 = "2h"
    HOUR_4 = "4h"
    HOUR_6 = "6h"
    HOUR_8 = "8h"
    HOUR_12 = "12h"
    DAY_1 = "1d"
    DAY_3 = "3d"
    WEEK_1 = "1w"
    MONTH_1 = "1M"

    def __init__(self, text: str) -> None:
        unit = text[-1]
        self.size = int(text[:-1]) * _UNITS[unit]
        self._anchor = _FIRST_MONDAY if unit == "w" else 0

    def bounds(self, time: int, offset: int = 0) -> tuple[int, int]:
        """Find the interval that holds a moment.

        Args:
            time: the moment, microseconds since the epoch.
            offset: microseconds that local time is ahead of UTC, east positive: at +8 h a day opens at 16:00 UTC.

        Returns:
            Its first microsecond and that of the next interval, in UTC. Three-day intervals count from the epoch,
            weeks open on Monday, months on the first (rule S-170).

        """
        if self.size:
            start = time - (time + offset - self._anchor) % self.size
            return start, start + self.size
        days = (time + offset) // DAY
        first = days - _day_of_month(days) + 1
        later = first + 31  # always in the next month, on its first to fourth day
        return first * DAY - offset, (later - _day_of_month(later) + 1) * DAY - offset


def _day_of_month(days: int) -> int:
    """Tell the day of the month, from 1, of the day that is `days` after 1970-01-01.

    Counts in years that begin in March, so that the leap day is the last of its year, within cycles of 400 years
    (146097 days). 719468 days lie between 0000-03-01 and the epoch.
    """
    day_of_cycle = (days + 719_468) % 146_097
    year = (day_of_cycle - day_of_cycle // 1460 + day_of_cycle // 36_524 - day_of_cycle // 146_096) // 365
    day_of_year = day_of_cycle - (365 * year + year // 4 - year // 100)
    month = (5 * day_of_year + 2) // 153
    return day_of_year - (153 * month + 2) // 5 + 1


def parse_offset(text: str) -> int:
    """Read a `timeZone` parameter: hours, or hours and minutes, as in `0`, `8`, `-1:00`, `05:45` (rule S-170).

    Args:
        text: one or two digits of hours, perhaps a colon and two digits of minutes; a minus sign counts for both.

    Returns:
        Microseconds that local time is ahead of UTC.

    Raises:
        ValueError: the text has another form, or lies outside -12:00..+14:00.

    """
    digits = text.removeprefix("-")
    hours, colon, minutes = digits.partition(":")
    if not colon:
        minutes = "00"
    if not (_is_number(hours) and len(hours) <= 2 and _is_number(minutes) and len(minutes) == 2):
        raise ValueError(f"time zone {text!r} is not of the form h, hh:mm or -h:mm")
    if int(minutes) > 59:
        raise ValueError(f"time zone {text!r} has more than 59 minutes")
    offset = int(hours) * HOUR + int(minutes) * MINUTE
    if digits != text:
        offset = -offset
    if not _WESTMOST <= offset <= _EASTMOST:
        raise ValueError(f"time zone {text!r} is outside -12:00..+14:00")
    return offset


def _is_number(text: str) -> bool:
    """Plain digits 0 to 9, which `str.isdigit` alone does not promise."""
    return text.isascii() and text.isdigit()
