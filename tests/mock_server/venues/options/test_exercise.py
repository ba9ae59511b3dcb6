"""Expiry: the settlement price against 1800 values written out, payoffs, results."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_mock.engine.intervals import MINUTE, SECOND
from binance_mock.engine.units import SCALE
from binance_mock.venues.decimals import read
from binance_mock.venues.options.exercise import (
    WINDOW,
    Change,
    Exercise,
    StrikeResult,
    exercise,
    payoff,
    settlement_estimate,
    settlement_price,
    strike_result,
)
from binance_mock.venues.options.pricing import CALL, PUT, OptionSide

EXPIRY = 1_790_000_000_000_000
OPENING = EXPIRY - WINDOW
RATE = read("0.00015")

prices = st.integers(1, 200_000 * SCALE)
moments = st.one_of(
    st.integers(OPENING - 5 * MINUTE, EXPIRY + 5 * MINUTE),
    st.integers(-1, 1801).map(lambda second: OPENING + second * SECOND),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Change]:
    times = sorted(draw(st.lists(moments, min_size=1, max_size=8, unique=True)))
    return [(time, draw(prices)) for time in times]


def values(changes: list[Change], until: int) -> list[int]:
    """The index at each second of the last half hour that begins before `until`, one by one."""
    found = []
    for second in range(1800):
        moment = OPENING + second * SECOND
        before = [price for time, price in changes if time <= moment]
        if moment < until and before:
            found.append(before[-1])
    return found


def mean(found: list[int]) -> int:
    """To the nearest unit, halves up."""
    return (Fraction(sum(found), len(found)) + Fraction(1, 2)).__floor__()


# -- O-81: the settlement price -------------------------------------------------------------------------------------


def test_the_window_has_1800_seconds() -> None:
    """O-81."""
    assert WINDOW == 1800 * SECOND


def test_a_constant_index_settles_at_itself() -> None:
    assert settlement_price([(OPENING - MINUTE, 80_000 * SCALE)], EXPIRY) == 80_000 * SCALE


def test_each_second_counts_the_same() -> None:
    """O-81: 600 seconds at 100, 1200 at 130."""
    changes = [(0, 100 * SCALE), (OPENING + 600 * SECOND, 130 * SCALE), (EXPIRY, 999 * SCALE)]
    assert settlement_price(changes, EXPIRY) == 120 * SCALE


@given(histories())
def test_the_settlement_price_is_the_mean_of_the_values(changes: list[Change]) -> None:
    """O-81."""
    expected = values(changes, EXPIRY)
    if expected:
        assert settlement_price(changes, EXPIRY) == mean(expected)
    else:
        with pytest.raises(ValueError, match="no value"):
            settlement_price(changes, EXPIRY)


@given(histories(), moments)
def test_the_estimate_is_the_mean_so_far(changes: list[Change], now: int) -> None:
    """O-53, O-55: nothing before the last half hour, then of the seconds that have begun."""
    expected = values(changes, now + 1)
    found = settlement_estimate(changes, EXPIRY, now)
    assert found == (mean(expected) if expected else None)


def test_the_estimate_begins_with_the_last_half_hour() -> None:
    """O-55."""
    changes = [(0, 100 * SCALE)]
    assert settlement_estimate(changes, EXPIRY, OPENING - 1) is None
    assert settlement_estimate(changes, EXPIRY, OPENING) == 100 * SCALE


def test_no_index_no_price() -> None:
    assert settlement_estimate([], EXPIRY, EXPIRY) is None
    with pytest.raises(ValueError, match="no value"):
        settlement_price([], EXPIRY)


# -- O-82, O-83 -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("side", "settlement", "value", "result"),
    [
        (CALL, 2200, 200, "REALISTIC_VALUE_STRICKEN"),
        (CALL, 2000, 0, "EXTRINSIC_VALUE_EXPIRED"),
        (CALL, 1900, 0, "EXTRINSIC_VALUE_EXPIRED"),
        (PUT, 1900, 100, "REALISTIC_VALUE_STRICKEN"),
        (PUT, 2000, 0, "EXTRINSIC_VALUE_EXPIRED"),
        (PUT, 2200, 0, "EXTRINSIC_VALUE_EXPIRED"),
    ],
)
def test_what_is_in_the_money_is_exercised(side: OptionSide, settlement: int, value: int, result: str) -> None:
    """O-82, O-83."""
    strike = 2000 * SCALE
    assert payoff(side, settlement * SCALE, strike) == value * SCALE
    assert strike_result(side, settlement * SCALE, strike) == result


def test_the_example_of_the_fee_page() -> None:
    """O-82, O-86: three calls of 2000 at a settlement of 2200 bring 600 and cost 0.99."""
    assert exercise(CALL, 2200 * SCALE, 2000 * SCALE, 3 * SCALE, 1, RATE) == Exercise(
        StrikeResult.EXERCISED, 600 * SCALE, read("0.99")
    )


def test_a_short_pays_what_the_holder_gets() -> None:
    """O-82: and its fee is above zero too (O-87)."""
    found = exercise(PUT, 1900 * SCALE, 2000 * SCALE, -2 * SCALE, 1, RATE)
    assert found == Exercise(StrikeResult.EXERCISED, -200 * SCALE, read("0.57"))


def test_what_expires_without_value_costs_nothing() -> None:
    """O-82."""
    assert exercise(CALL, 2000 * SCALE, 2000 * SCALE, SCALE, 1, RATE) == Exercise(StrikeResult.WORTHLESS, 0, 0)


@given(st.sampled_from(OptionSide), prices, prices, st.integers(1, 1000 * SCALE), st.sampled_from((1, 100, 1000)))
def test_exercise_moves_money_and_makes_none(
    side: OptionSide, settlement: int, strike: int, qty: int, unit: int
) -> None:
    """O-45, O-82."""
    long = exercise(side, settlement, strike, qty, unit, RATE)
    short = exercise(side, settlement, strike, -qty, unit, RATE)
    exact = Fraction(max(0, settlement - strike if side is CALL else strike - settlement) * qty * unit, SCALE)
    assert long.amount == exact.__floor__()
    assert short.amount == -long.amount
    assert short.fee == long.fee <= long.amount // 10 + 1
