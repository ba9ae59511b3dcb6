"""Timing security: is a signed request fresh (rules S-16, S-19 to S-24)?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import IntEnum
from typing import Final, NamedTuple

from binance_mock.venues import errors
from binance_mock.venues.errors import Refusal
from binance_mock.venues.params import to_microseconds

AHEAD_US: Final = 1_000_000
"""A timestamp this far ahead of the server is refused; anything less is not (rule S-20)."""

_DEFAULT_WINDOW_US: Final = 5_000_000
LONGEST_WINDOW_MS: Final = 60_000
WINDOW_TEXT: Final = "'recvWindow' must be less than {longest}."
"""How a longer one is refused (rule S-24)."""
_MOST_DIGITS: Final = 20
_WINDOW: Final = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,3})?", re.ASCII)
_SECONDS: Final = range(10**9, 10**11)
"""Numbers that are moments of our time in seconds, and moments of early 1970 in milliseconds."""


class WindowTooLong(IntEnum):
    """How a recvWindow above 60000 is refused: the documents name one code, older servers gave the other (S-24)."""

    BAD_RECV_WINDOW = -1131
    CEILING = -1102


class Stamp(NamedTuple):
    """When a request was made and how long it stays good, in microseconds."""

    time: int
    window: int


def read(
    sent: Mapping[str, str],
    too_long: WindowTooLong = WindowTooLong.BAD_RECV_WINDOW,
    longest_ms: int | None = LONGEST_WINDOW_MS,
    wording: str = WINDOW_TEXT,
) -> Stamp:
    """Read `timestamp` and `recvWindow`.

    Args:
        sent: the parameters by name.
        too_long: how a window is refused that is too long.
        longest_ms: the longest one, None for any (rule U-17).
        wording: text of -1131, with `{longest}`.

    Raises:
        Refusal: one of them is missing or malformed, or the window is too long.
    """
    text = sent.get("timestamp")
    if not text:
        raise errors.mandatory("timestamp")
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise errors.illegal_characters("timestamp", "^[0-9]{1,20}$")
    time = to_microseconds(int(text))
    window = sent.get("recvWindow")
    if window is None:
        return Stamp(time, _DEFAULT_WINDOW_US)
    if not window:
        raise errors.parameter_empty("recvWindow")
    if not _WINDOW.fullmatch(window):
        raise errors.illegal_characters("recvWindow", r"^[0-9]{1,20}(\.[0-9]{1,3})?$")
    whole, _, decimals = window.partition(".")
    us = int(whole) * 1000 + int(decimals.ljust(3, "0"))
    if longest_ms is not None and us > longest_ms * 1000:
        if too_long is WindowTooLong.BAD_RECV_WINDOW:
            raise Refusal(-1131, wording.format(longest=longest_ms))
        raise errors.above_ceiling("recvWindow", longest_ms)
    return Stamp(time, us)


def check(stamp: Stamp, now: int) -> None:
    """Refuse a request that is too old or from the future.

    Accepted is `timestamp < serverTime + 1000 ms` and `serverTime - timestamp <= recvWindow` (rule S-20).

    Raises:
        Refusal: -1021 with the text of the side that fails (rule S-21).
    """
    age = now - stamp.time
    if age > stamp.window:
        raise Refusal(-1021, "Timestamp for this request is outside of the recvWindow.", why=_why_old(stamp, age))
    if age <= -AHEAD_US:
        raise Refusal(
            -1021,
            "Timestamp for this request was 1000ms ahead of the server's time.",
            why=f"the timestamp is {_ms(-age)} ms ahead of the server's clock; synchronise with GET time",
        )


def _why_old(stamp: Stamp, age: int) -> str:
    if stamp.time // 1000 in _SECONDS:
        return "the timestamp looks like seconds; send milliseconds"
    return (
        f"the timestamp is {_ms(age)} ms old, recvWindow is {_ms(stamp.window)} ms; "
        "synchronise with GET time, or send sooner"
    )


def _ms(us: int) -> str:
    """Microseconds as milliseconds, with as many decimals as they need."""
    whole, rest = divmod(us, 1000)
    return f"{whole}.{rest:03d}".rstrip("0") if rest else str(whole)
