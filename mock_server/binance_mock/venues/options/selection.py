"""Which contracts, and which stretch of time, a call is about."""

from __future__ import annotations

from binance_mock.venues.errors import Refusal
from binance_mock.venues.options.listings import Contract
from binance_mock.venues.options.venue import OptionsCall
from binance_mock.venues.usdm.selection import Span


def chosen(call: OptionsCall, symbol: str | None) -> list[Contract]:
    """The contract asked for, or all of them.

    Raises:
        Refusal: -1121, it is not listed.
    """
    return list(call.venue.symbols.values()) if symbol is None else [call.venue.info(symbol)]


def span(start: int | None, end: int | None) -> Span:
    """The time asked for, both ends inclusive.

    Args:
        start: microseconds, of a full millisecond.
        end: microseconds, of a full millisecond, which is taken in as a whole.

    Raises:
        Refusal: -6031, the start is after the end.
    """
    if end is None:
        return Span(start, None)
    if start is not None and start > end:
        raise Refusal(-6031, "Start time is greater than end time.")
    return Span(start, end + 999)
