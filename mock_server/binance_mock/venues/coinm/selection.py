"""Which contracts, and which stretch of time, a call is about."""

from __future__ import annotations

from binance_mock.engine.intervals import HOUR
from binance_mock.venues import errors
from binance_mock.venues.usdm import selection
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.selection import Span
from binance_mock.venues.usdm.venue import UsdmCall


def chosen(call: UsdmCall, symbol: str | None, pair: str | None) -> list[ContractInfo]:
    """The contract asked for, or those of a pair, or all.

    Raises:
        Refusal: both were sent (-1128), or nothing is listed under the name (-1121, -4144).
    """
    if pair is None:
        return selection.chosen(call, symbol)
    if symbol is not None:
        raise errors.bad_combination()
    return selection.of_pair(call, pair)


def span(start: int | None, end: int | None, widest: int) -> Span:
    """The time asked for.

    Args:
        start: microseconds, of a full millisecond.
        end: microseconds, of a full millisecond, which is taken in as a whole.
        widest: microseconds from start to end at most.

    Raises:
        Refusal: the start is after the end (-1023), or they are too far apart (-1127).
    """
    stretch = selection.span(start, end)
    if start is not None and end is not None and end - start > widest:
        raise errors.interval_too_long(widest // HOUR)
    return stretch
