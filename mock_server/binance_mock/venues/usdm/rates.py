"""Funding rates: what is paid, and when (rules U-108, U-121). Rates are scaled by 10^8, times are microseconds."""

from __future__ import annotations

from typing import Final

from binance_mock.engine.intervals import HOUR
from binance_mock.engine.positions import cut
from binance_mock.engine.units import SCALE
from binance_mock.venues.usdm.contracts import Funding

_DAMPER: Final = SCALE * 5 // 10_000
"""How far the interest may move the rate away from the premium."""


def premium(mark: int, index: int) -> int:
    """How far the mark price is above the index price, as part of it; 0 without an index."""
    return cut((mark - index) * SCALE, index) if index else 0


def rate(premium: int, funding: Funding) -> int:
    """The funding rate that a premium leads to: damped by the interest, within cap and floor."""
    damped = premium + _within(funding.interest - premium, -_DAMPER, _DAMPER)
    return _within(damped, funding.floor, funding.cap)


def next_settlement(now: int, funding: Funding) -> int:
    """The first settlement after a moment; they fall on the full hours of UTC that the interval divides."""
    every = funding.hours * HOUR
    return now - now % every + every


def settlements(funding: Funding, first: int, last: int, limit: int, *, oldest: bool) -> range:
    """The times of settlements from `first` to `last`, both inclusive, ascending.

    Args:
        funding: of the contract.
        first: microseconds.
        last: microseconds.
        limit: how many at most.
        oldest: which are left when there are more: the oldest or the newest.
    """
    every = funding.hours * HOUR
    times = range(-(-first // every) * every, last + 1, every)
    return times[:limit] if oldest else times[-limit:]


def _within(value: int, least: int, most: int) -> int:
    return min(max(value, least), most)
