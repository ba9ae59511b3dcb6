"""Which contracts, and which stretch of time, a call is about."""

from __future__ import annotations

from typing import NamedTuple

from binance_mock.engine.tape import Tape
from binance_mock.venues import errors
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.venue import UsdmCall


class Span(NamedTuple):
    """A stretch of time in microseconds, both ends inclusive; None for an open end."""

    start: int | None
    end: int | None

    def holds(self, time: int) -> bool:
        """Whether a time lies in it."""
        return (self.start is None or self.start <= time) and (self.end is None or time <= self.end)


def chosen(call: UsdmCall, symbol: str | None) -> list[ContractInfo]:
    """The contract asked for, or all of them.

    Raises:
        Refusal: -1121, it is not listed (rule U-39).
    """
    return list(call.venue.symbols.values()) if symbol is None else [call.venue.info(symbol)]


def tape_of(call: UsdmCall, info: ContractInfo) -> Tape:
    """What was traded of a contract."""
    return call.venue.market(info.name, call.now).tape


def of_pair(call: UsdmCall, pair: str) -> list[ContractInfo]:
    """The contracts of a pair, in the order of the listing.

    Raises:
        Refusal: -4144, no contract is of this pair.
    """
    found = [info for info in call.venue.symbols.values() if info.pair == pair]
    if not found:
        raise errors.unknown_pair()
    return found


def of_kind(call: UsdmCall, pair: str, kind: str) -> ContractInfo | None:
    """The contract of a pair and a kind; None where the pair has none of that kind.

    Raises:
        Refusal: -4144, no contract is of this pair.
    """
    return next((info for info in of_pair(call, pair) if info.type == kind), None)


def span(start: int | None, end: int | None, widest: int | None = None) -> Span:
    """The time asked for (rule U-42).

    Args:
        start: microseconds, of a full millisecond.
        end: microseconds, of a full millisecond, which is taken in as a whole.
        widest: microseconds from start to end at most, None for any.

    Raises:
        Refusal: the start is after the end (-1023), or they are too far apart (-4165).
    """
    if end is None:
        return Span(start, None)
    if start is not None:
        if start > end:
            raise errors.start_after_end()
        if widest is not None and end - start > widest:
            raise errors.span_too_wide()
    return Span(start, end + 999)
