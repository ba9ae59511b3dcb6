"""What happens to an option when it expires (rules O-53, O-55, O-81 to O-83).

The settlement price is the mean of 1800 values of the index, one for each second of the last half hour, each as it
stands when its second begins; so what the index does at the very moment of expiry does not count. The index comes as
its changes: (time, price) in order of time. Seconds before the first change have no value and are left out.

Times are microseconds, prices and amounts integers of 10^-8. The mean is rounded to the nearest 10^-8, halves up.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from binance_mock.engine.intervals import MINUTE, SECOND
from binance_mock.engine.positions import cut, nearest
from binance_mock.engine.units import SCALE, ceil_div
from binance_mock.venues.options.fees import CAP, exercise_fee
from binance_mock.venues.options.pricing import CALL, OptionSide

WINDOW: Final = 30 * MINUTE
"""How long before expiry the settlement price begins to form (rule O-81)."""

Change = tuple[int, int]
"""A time, and the index from then on."""


class StrikeResult(StrEnum):
    """How an option ended, in exerciseHistory (rule O-83)."""

    EXERCISED = "REALISTIC_VALUE_STRICKEN"
    WORTHLESS = "EXTRINSIC_VALUE_EXPIRED"


class Exercise(NamedTuple):
    """What expiry does to a position.

    Attributes:
        result: whether it was exercised.
        amount: paid to the holder; below zero for a short, which pays (rule O-82).
        fee: above zero when charged (rule O-87).
    """

    result: StrikeResult
    amount: int
    fee: int


def settlement_price(changes: Sequence[Change], expiry: int) -> int:
    """The price at which the options of an expiry are exercised (rule O-81).

    Args:
        changes: of the index, in order of time.
        expiry: when they expire.

    Raises:
        ValueError: the index had no value before the expiry.
    """
    price = settlement_estimate(changes, expiry, expiry)
    if price is None:
        raise ValueError("the index has no value in the last half hour before the expiry")
    return price


def settlement_estimate(changes: Sequence[Change], expiry: int, now: int) -> int | None:
    """The mean so far, which prices the options of the expiry in the last half hour (rules O-53, O-55).

    Args:
        changes: of the index, in order of time.
        expiry: when they expire.
        now: the present.

    Returns:
        the mean of the seconds that have begun; None before the last half hour, and without any value.
    """
    opening = expiry - WINDOW
    if now < opening:
        return None
    end = min(expiry, now + 1)  # A second that begins now has a value.
    total = seconds = 0
    for at, (time, price) in enumerate(changes):
        until = changes[at + 1][0] if at + 1 < len(changes) else end
        count = _seconds(opening, max(opening, time), min(end, until))
        total += price * count
        seconds += count
    return nearest(total, seconds) if seconds else None


def _seconds(opening: int, start: int, end: int) -> int:
    """How many of the seconds counted from `opening` begin at or after `start` and before `end`."""
    return max(0, ceil_div(end - opening, SECOND) - ceil_div(start - opening, SECOND))


def payoff(side: OptionSide, settlement: int, strike: int) -> int:
    """What exercise pays for one unit of the underlying; never below zero (rule O-82)."""
    return max(0, settlement - strike if side is CALL else strike - settlement)


def strike_result(side: OptionSide, settlement: int, strike: int) -> StrikeResult:
    """Whether an option is exercised; at the money it is not (rules O-82, O-83)."""
    return StrikeResult.EXERCISED if payoff(side, settlement, strike) else StrikeResult.WORTHLESS


def exercise(
    side: OptionSide, settlement: int, strike: int, qty: int, unit: int, rate: int, cap: int = CAP
) -> Exercise:
    """What a position receives or pays at expiry (rules O-82, O-86).

    Args:
        side: call or put.
        settlement: the settlement price.
        strike: of the option.
        qty: of the position, below zero for a short.
        unit: underlying in a contract, a plain number.
        rate: of the exercise fee; both sides are charged.
        cap: the part of the value that the fee never passes.
    """
    value = payoff(side, settlement, strike)
    return Exercise(
        strike_result(side, settlement, strike),
        cut(value * qty * unit, SCALE),
        exercise_fee(settlement, value, abs(qty), unit, rate, cap),
    )
