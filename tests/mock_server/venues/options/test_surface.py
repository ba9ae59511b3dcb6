"""Volatility by strike and expiry, and that of the mark price."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_mock.engine.intervals import DAY
from binance_mock.engine.units import SCALE
from binance_mock.venues.options.surface import HIGHEST, LOWEST, NO_QUOTE, Surface, mark_volatility

NOW = 1_790_000_000_000_000
EXPIRY = NOW + 30 * DAY
INDEX = 80_000 * SCALE
LEVEL = SCALE * 35 // 100

some = st.integers(SCALE // 100, 5 * SCALE)
strikes = st.integers(INDEX // 10, INDEX * 10)


# -- O-51 -----------------------------------------------------------------------------------------------------------


def test_the_mark_is_between_bid_and_ask() -> None:
    """O-51: 0.92159033 and 0.94461441 give 0.93310237."""
    assert mark_volatility(92159033, 94461441, SCALE * 9 // 10, 2 * SCALE) == 93310237


def test_without_a_bid_the_floor_counts() -> None:
    """O-51, O-52: bidIV -1 and ask 0.98161161 give 0.9408058 with a floor of 0.90."""
    assert NO_QUOTE == -SCALE
    assert mark_volatility(NO_QUOTE, 98161161, SCALE * 9 // 10, 2 * SCALE) == 94080580


@given(st.one_of(st.just(NO_QUOTE), some), st.one_of(st.just(NO_QUOTE), some), some, some)
def test_the_mark_is_the_mean_of_both_within_floor_and_cap(bid: int, ask: int, one: int, other: int) -> None:
    """O-51."""
    floor, cap = sorted((one, other))
    mean = Fraction(sum(sorted((floor, side, cap))[1] for side in (bid, ask)), 2)
    assert mark_volatility(bid, ask, floor, cap) == mean.__floor__()
    assert floor <= mark_volatility(bid, ask, floor, cap) <= cap


def test_without_any_quote_the_mark_is_on_the_surface() -> None:
    surface = Surface.flat(LEVEL)
    assert surface.mark_volatility(NO_QUOTE, NO_QUOTE, EXPIRY, INDEX, INDEX, NOW) == LEVEL


def test_with_one_side_only_the_floor_counts_for_the_other() -> None:
    """O-51, O-52: the floor is a tenth below the surface."""
    surface = Surface.flat(SCALE)
    for bid, ask in ((NO_QUOTE, SCALE), (SCALE, NO_QUOTE)):
        assert surface.mark_volatility(bid, ask, EXPIRY, INDEX, INDEX, NOW) == SCALE * 95 // 100


@given(some, some)
def test_quotes_pull_the_mark_within_reach_of_the_surface(bid: int, ask: int) -> None:
    surface = Surface.flat(LEVEL)
    found = surface.mark_volatility(bid, ask, EXPIRY, INDEX, INDEX, NOW)
    assert LEVEL * 9 // 10 <= found <= LEVEL * 11 // 10
    if max(abs(bid - LEVEL), abs(ask - LEVEL)) < LEVEL // 10:
        assert found == (bid + ask) // 2


# -- the surface ----------------------------------------------------------------------------------------------------


@given(strikes, st.integers(-DAY, 400 * DAY))
def test_a_flat_surface_is_flat(strike: int, left: int) -> None:
    assert Surface.flat(LEVEL).volatility(NOW + left, strike, INDEX, NOW) == LEVEL


def test_at_the_money_the_level_counts() -> None:
    assert Surface(LEVEL).volatility(EXPIRY, INDEX, INDEX, NOW) == LEVEL


def test_the_wings_are_dearer_and_the_lower_more_so() -> None:
    surface = Surface(LEVEL)
    low, near, high = (
        surface.volatility(EXPIRY, strike, INDEX, NOW) for strike in (INDEX // 2, INDEX * 5 // 4, INDEX * 2)
    )
    assert LEVEL < near < high < low


def test_the_same_distance_is_further_when_less_time_is_left() -> None:
    surface = Surface(LEVEL)
    found = [surface.volatility(NOW + days * DAY, INDEX * 2, INDEX, NOW) for days in (1, 7, 30, 365)]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == 4
    # The last day counts as a whole one, so that a smile does not run away at expiry.
    assert surface.volatility(NOW + 1, INDEX * 2, INDEX, NOW) == found[0]


@given(strikes, st.integers(-DAY, 400 * DAY))
def test_a_volatility_has_bounds(strike: int, left: int) -> None:
    steep = Surface(LEVEL, skew=-3.0, wing=9.0)
    assert LOWEST <= steep.volatility(NOW + left, strike, INDEX, NOW) <= HIGHEST


def test_levels_of_an_expiry_and_pins_of_a_strike_go_first() -> None:
    surface = Surface(LEVEL).with_level(SCALE, EXPIRY).with_pin(EXPIRY, INDEX * 2, SCALE // 2)

    assert surface.volatility(EXPIRY, INDEX, INDEX, NOW) == SCALE
    assert surface.volatility(EXPIRY + DAY, INDEX, INDEX, NOW) == LEVEL
    assert surface.volatility(EXPIRY, INDEX * 2, INDEX * 3, NOW + DAY) == SCALE // 2
    lifted = surface.with_level(2 * SCALE)
    assert lifted.volatility(EXPIRY + DAY, INDEX, INDEX, NOW) == 2 * SCALE
    assert lifted.volatility(EXPIRY, INDEX, INDEX, NOW) == SCALE


def test_a_change_leaves_the_old_surface_alone() -> None:
    surface = Surface(LEVEL)
    surface.with_level(SCALE)
    surface.with_level(SCALE, EXPIRY)
    surface.with_pin(EXPIRY, INDEX, SCALE)
    assert surface.volatility(EXPIRY, INDEX, INDEX, NOW) == LEVEL


@pytest.mark.parametrize("level", [0, -1])
def test_a_volatility_is_above_zero(level: int) -> None:
    with pytest.raises(ValueError, match="not above zero"):
        Surface(level)
    with pytest.raises(ValueError, match="not above zero"):
        Surface(LEVEL).with_pin(EXPIRY, INDEX, level)
