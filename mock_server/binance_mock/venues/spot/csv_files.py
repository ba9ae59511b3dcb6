"""The rows of Binance's public data files: candles and aggregate trades, as comma-separated text.

A `Layout` turns a line into whole numbers: amounts scaled by 10^8, flags as true and false, times as they stand. The
files have microseconds since 2025 and milliseconds before, told apart by their digits (`moment`, `last_moment`). Each
line is matched as a whole first, and looked at column by column only to say what is wrong with it.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class BadRow(ValueError):
    """A line that cannot be read.

    Args:
        column: the name of the column, "" for the line as a whole.
        reason: what is wrong.
        hint: what to do.
    """

    def __init__(self, column: str, reason: str, hint: str) -> None:
        super().__init__(f"{column}: {reason}; {hint}" if column else f"{reason}; {hint}")
        self.column = column
        self.reason = reason
        self.hint = hint


class Form(NamedTuple):
    """What the text of a column may be."""

    pattern: str
    usual: str
    """The form that all of Binance's own files have, and that is read fastest."""
    legal: str
    """Completes "write ..."."""


_TIME: Final = r"[1-9]\d{12}|[1-9]\d{15}"
TIME: Final = Form(_TIME, _TIME, "the time in milliseconds (13 digits) or microseconds (16 digits)")
AMOUNT: Final = Form(r"\d{1,20}(?:\.\d{1,8}0*)?", r"\d{1,20}\.\d{8}", "a decimal such as 65000.10, at most 8 decimals")
COUNT: Final = Form(r"\d{1,18}", r"\d{1,18}", "a whole number")
FLAG: Final = Form("[Tt]rue|[Ff]alse", "[Tt]rue|[Ff]alse", "True or False")

_ZEROS: Final = "0" * 8
_LEAST_US: Final = 10**15
"""16 digits: microseconds."""


class Layout:
    """The columns of one kind of file.

    Args:
        columns: name and form of each column, flags last.
        unread: the name of one more column that may follow and is not read.
    """

    __slots__ = ("_any", "_columns", "_flags", "_numbers", "_readers", "_unread", "_usual")

    def __init__(self, columns: tuple[tuple[str, Form], ...], unread: str) -> None:
        self._columns = columns
        self._unread = unread
        self._numbers = sum(form is not FLAG for _, form in columns)
        self._readers = [_scaled if form is AMOUNT else int for _, form in columns[: self._numbers]]
        self._flags = len(columns) - self._numbers
        self._any = _compiled([form.pattern for _, form in columns])
        self._usual = _compiled([form.usual for _, form in columns])

    @property
    def header(self) -> str:
        """The header line."""
        return ",".join([*(name for name, _ in self._columns), self._unread])

    def is_header(self, line: str) -> bool:
        """Whether a first line names the columns, in whatever letters; the last one may be missing."""
        names = [name.strip().strip('"').lower().replace(" ", "_") for name in line.split(",")]
        own = [name for name, _ in self._columns]
        return names in (own, [*own, self._unread])

    def values(self, line: str) -> list[int]:
        """The numbers of a line, in the order of the columns.

        Raises:
            BadRow: a column is missing, too many, or not what it should be.
        """
        if self._usual.fullmatch(line):
            # Eight decimals everywhere: without the points the texts are scaled already.
            fields = line.replace(".", "").split(",")
            values = [int(field) for field in fields[: self._numbers]]
        else:
            fields = line.split(",")
            if not self._any.fullmatch(line):
                raise self._what_is_wrong(fields)
            values = [read(field) for read, field in zip(self._readers, fields, strict=False)]
        for at in range(self._numbers, self._numbers + self._flags):
            values.append(fields[at] in ("True", "true"))
        return values

    def _what_is_wrong(self, fields: list[str]) -> BadRow:
        wanted = len(self._columns) + 1
        if not wanted - 1 <= len(fields) <= wanted:
            return BadRow("", f"has {len(fields)} columns instead of {wanted}", f"the columns are {self.header}")
        for field, (name, form) in zip(fields, self._columns, strict=False):
            if not re.fullmatch(form.pattern, field, re.ASCII):
                return BadRow(name, f"{_shown(field)} is not legal", f"write {form.legal}")
        raise AssertionError("every column is legal, so the line is")


def _compiled(patterns: list[str]) -> re.Pattern[str]:
    """A pattern for a whole line, with or without the column that is not read."""
    return re.compile(",".join(f"(?:{pattern})" for pattern in patterns) + r"(?:,[^,]*)?", re.ASCII)


def _scaled(text: str) -> int:
    whole, _, decimals = text.partition(".")
    return int(whole + (decimals + _ZEROS)[:8])


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}...")


def moment(value: int) -> int:
    """A time of 13 or 16 digits as microseconds."""
    return value if value >= _LEAST_US else value * 1000


def last_moment(value: int) -> int:
    """The last microsecond of the millisecond that a time of 13 digits names; one of 16 digits as it is."""
    return value if value >= _LEAST_US else value * 1000 + 999


KLINES: Final = Layout(
    (
        ("open_time", TIME),
        ("open", AMOUNT),
        ("high", AMOUNT),
        ("low", AMOUNT),
        ("close", AMOUNT),
        ("volume", AMOUNT),
        ("close_time", TIME),
        ("quote_volume", AMOUNT),
        ("count", COUNT),
        ("taker_buy_volume", AMOUNT),
        ("taker_buy_quote_volume", AMOUNT),
    ),
    "ignore",
)
AGG_TRADES: Final = Layout(
    (
        ("agg_trade_id", COUNT),
        ("price", AMOUNT),
        ("quantity", AMOUNT),
        ("first_trade_id", COUNT),
        ("last_trade_id", COUNT),
        ("transact_time", TIME),
        ("is_buyer_maker", FLAG),
    ),
    "is_best_match",
)
