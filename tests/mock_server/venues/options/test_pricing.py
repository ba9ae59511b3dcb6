"""Black-Scholes in Binance's conventions: the published numbers, numeric derivatives, parity, and the way back."""

from __future__ import annotations

from math import exp, log, sqrt
from statistics import NormalDist

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from binance_mock.engine.intervals import DAY, HOUR
from binance_mock.engine.units import SCALE
from binance_mock.venues.options.pricing import (
    CALL,
    PUT,
    YEAR,
    Greeks,
    OptionSide,
    fair_price,
    fixed,
    greeks,
    implied_volatility,
)

sides = st.sampled_from(OptionSide)
indexes = st.integers(SCALE // 10, 200_000 * SCALE)
moneyness = st.integers(50, 200)
"""Percent of the index."""
times = st.integers(HOUR, 400 * DAY)
volatilities = st.integers(SCALE // 10, 3 * SCALE)
rates = st.sampled_from((0, SCALE // 20))

INDEX = 104334_60217391
STRIKE = 126_000 * SCALE
LEFT = (1_763_625_600_000 - 1_762_867_543_321) * 1000
VOLATILITY = 94080580


def textbook(side: OptionSide, s: float, k: float, t: float, sigma: float, r: float) -> float:
    """The formula as it stands in books, with the normal distribution of the standard library."""
    normal = NormalDist().cdf
    d1 = (log(s / k) + (r + sigma * sigma / 2) * t) / (sigma * sqrt(t))
    d2 = d1 - sigma * sqrt(t)
    if side is CALL:
        return s * normal(d1) - k * exp(-r * t) * normal(d2)
    return k * exp(-r * t) * normal(-d2) - s * normal(-d1)


# -- O-50: the published contract -----------------------------------------------------------------------------------


def test_the_check_of_the_rule_is_met_to_the_digits_that_it_gives() -> None:
    """O-50."""
    found = greeks(CALL, INDEX, STRIKE, LEFT, VOLATILITY)

    assert round(found.price / SCALE, 3) == 770.544
    assert found.delta == 11111958
    assert round(found.theta / SCALE, 5) == -164.26702
    assert found.gamma == 1245  # 0.0000124456
    assert found.vega == 30_63855893


def test_what_was_published_lies_within_the_last_digits_of_its_inputs() -> None:
    """O-50: 770.543, 0.11111964, -164.26702615, 0.00001245, 30.63855919."""
    found = greeks(CALL, INDEX, STRIKE, LEFT, VOLATILITY)
    published = Greeks(770_54300000, 11111964, 1245, -164_26702615, 30_63855919)

    for ours, theirs in zip(found, published, strict=True):
        assert ours == pytest.approx(theirs, rel=3e-6)


def test_a_year_has_365_days_and_theta_is_for_one_of_them() -> None:
    """O-50."""
    assert YEAR == 365 * 24 * 3600 * 1_000_000
    found = greeks(CALL, 100 * SCALE, 100 * SCALE, YEAR, SCALE)
    a_minute = fair_price(CALL, 100 * SCALE, 100 * SCALE, YEAR - DAY // 1440, SCALE) - found.price
    assert a_minute * 1440 == pytest.approx(found.theta, rel=1e-3)


# -- against the textbook -------------------------------------------------------------------------------------------


@given(sides, indexes, moneyness, times, volatilities, rates)
def test_the_price_is_that_of_the_textbook(
    side: OptionSide, index: int, percent: int, left: int, volatility: int, rate: int
) -> None:
    strike = index * percent // 100
    expected = textbook(side, index / SCALE, strike / SCALE, left / YEAR, volatility / SCALE, rate / SCALE)
    # The textbook subtracts numbers of the size of the index.
    assert fair_price(side, index, strike, left, volatility, rate) == pytest.approx(
        expected * SCALE, abs=1 + index * 1e-14
    )


@given(sides, st.integers(80, 125), st.integers(5 * DAY, 400 * DAY), st.integers(SCALE // 4, 3 * SCALE), rates)
def test_greeks_are_derivatives(side: OptionSide, percent: int, left: int, volatility: int, rate: int) -> None:
    index, strike = 100_000 * SCALE, percent * 1000 * SCALE
    s, k, t, sigma, r = index / SCALE, strike / SCALE, left / YEAR, volatility / SCALE, rate / SCALE
    found = greeks(side, index, strike, left, volatility, rate)

    h = 2.0
    up, at, down = (textbook(side, s + x, k, t, sigma, r) for x in (h, 0.0, -h))
    assert found.delta / SCALE == pytest.approx((up - down) / (2 * h), abs=1e-5)
    assert found.gamma / SCALE == pytest.approx((up - 2 * at + down) / (h * h), abs=1e-8)
    later, sooner = (textbook(side, s, k, t - x, sigma, r) for x in (1e-5, -1e-5))
    assert found.theta / SCALE == pytest.approx((later - sooner) / 2e-5 / 365, rel=1e-4, abs=1e-4)
    wild, calm = (textbook(side, s, k, t, sigma + x, r) for x in (1e-4, -1e-4))
    assert found.vega / SCALE == pytest.approx((wild - calm) / 2e-4 / 100, rel=1e-4, abs=1e-5)


@given(indexes, moneyness, st.integers(0, 400 * DAY), st.integers(0, 3 * SCALE))
def test_a_call_less_a_put_is_the_index_less_the_strike_to_the_last_unit(
    index: int, percent: int, left: int, volatility: int
) -> None:
    strike = index * percent // 100
    call = fair_price(CALL, index, strike, left, volatility)
    put = fair_price(PUT, index, strike, left, volatility)
    assert call - put == index - strike


@given(indexes, moneyness, times, volatilities)
def test_call_and_put_share_gamma_vega_and_without_interest_theta(
    index: int, percent: int, left: int, volatility: int
) -> None:
    strike = index * percent // 100
    call, put = (greeks(side, index, strike, left, volatility) for side in (CALL, PUT))
    assert call[2:] == put[2:]
    assert call.delta - put.delta in range(SCALE - 1, SCALE + 2)


# -- where nothing is left to chance --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("side", "strike", "expected"),
    [
        (CALL, 90, Greeks(10 * SCALE, SCALE, 0, 0, 0)),
        (CALL, 100, Greeks(0, 0, 0, 0, 0)),
        (CALL, 110, Greeks(0, 0, 0, 0, 0)),
        (PUT, 110, Greeks(10 * SCALE, -SCALE, 0, 0, 0)),
        (PUT, 90, Greeks(0, 0, 0, 0, 0)),
    ],
)
@pytest.mark.parametrize(("left", "volatility"), [(0, SCALE), (-DAY, SCALE), (DAY, 0)])
def test_without_time_or_volatility_an_option_is_worth_its_exercise(
    side: OptionSide, strike: int, expected: Greeks, left: int, volatility: int
) -> None:
    assert greeks(side, 100 * SCALE, strike * SCALE, left, volatility) == expected


def test_interest_alone_moves_what_is_certain() -> None:
    """A call of 90 is worth 100 less 90 discounted, and loses the interest on 90 day by day; a put gains it."""
    year = 365 * DAY
    call = greeks(CALL, 100 * SCALE, 90 * SCALE, year, 0, SCALE // 20)
    put = greeks(PUT, 100 * SCALE, 120 * SCALE, year, 0, SCALE // 20)
    assert call[:3] == (fixed(100 - 90 * exp(-0.05)), SCALE, 0)
    assert call.theta == fixed(-0.05 * 90 * exp(-0.05) / 365)
    assert put[:3] == (fixed(120 * exp(-0.05) - 100), -SCALE, 0)
    assert put.theta == fixed(0.05 * 120 * exp(-0.05) / 365)


def test_floats_are_rounded_to_the_nearest_unit() -> None:
    assert [fixed(x) for x in (0.000000014, 0.000000016, -0.000000016)] == [1, 2, -2]


# -- the way back ---------------------------------------------------------------------------------------------------


@given(sides, indexes, moneyness, times, volatilities, rates)
@example(CALL, INDEX, 121, LEFT, VOLATILITY, 0)
def test_the_volatility_of_a_price_gives_the_price(
    side: OptionSide, index: int, percent: int, left: int, volatility: int, rate: int
) -> None:
    """Prices, not volatilities, are compared: where vega is small, many volatilities have one price."""
    strike = index * percent // 100
    price = fair_price(side, index, strike, left, volatility, rate)
    found = implied_volatility(side, price, index, strike, left, rate)
    if found is None:
        # Nothing but exercise is in the price: its time value is less than can be told.
        assert price <= fair_price(side, index, strike, left, 0, rate) + 1
    else:
        vega = greeks(side, index, strike, left, volatility, rate).vega
        tolerance = 2 + index * 1e-12 + vega * 100 / SCALE
        assert fair_price(side, index, strike, left, found, rate) == pytest.approx(price, abs=tolerance)


@given(sides, st.integers(80, 125), st.integers(60 * DAY, 400 * DAY), st.integers(SCALE // 4, 3 * SCALE))
def test_near_the_money_the_volatility_comes_back(side: OptionSide, percent: int, left: int, volatility: int) -> None:
    index, strike = 100_000 * SCALE, percent * 1000 * SCALE
    price = fair_price(side, index, strike, left, volatility)
    assert implied_volatility(side, price, index, strike, left) == pytest.approx(volatility, abs=20)


def test_the_published_price_has_about_the_published_volatility() -> None:
    """O-50, O-51: 0.9408058, from a price of three decimals."""
    found = implied_volatility(CALL, 770_54300000, INDEX, STRIKE, LEFT)
    assert found == pytest.approx(VOLATILITY, abs=100)


@pytest.mark.parametrize(
    ("side", "price", "strike"),
    [
        (CALL, 10, 90),  # exercise alone is worth this
        (CALL, 9, 90),
        (CALL, 0, 110),
        (CALL, 100, 90),  # the index itself
        (CALL, 100, 110),
        (PUT, 10, 110),
        (PUT, 0, 90),
        (PUT, 90, 90),  # the strike itself
        (PUT, 110, 110),
        (PUT, -1, 110),
    ],
)
def test_a_price_that_arbitrage_forbids_has_no_volatility(side: OptionSide, price: int, strike: int) -> None:
    assert implied_volatility(side, price * SCALE, 100 * SCALE, strike * SCALE, 30 * DAY) is None


def test_without_time_there_is_no_volatility() -> None:
    assert implied_volatility(CALL, 5 * SCALE, 100 * SCALE, 100 * SCALE, 0) is None


@pytest.mark.parametrize("price", [1, SCALE // 1000, 50 * SCALE, 99 * SCALE])
def test_extreme_prices_have_one_still(price: int) -> None:
    found = implied_volatility(CALL, price, 100 * SCALE, 150 * SCALE, 30 * DAY)
    assert found is not None
    assert fair_price(CALL, 100 * SCALE, 150 * SCALE, 30 * DAY, found) == pytest.approx(price, abs=20)
