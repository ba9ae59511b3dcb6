"""Fees of trades and exercises: the published examples, and exact fractions."""

from __future__ import annotations

from fractions import Fraction
from math import trunc

from hypothesis import given
from hypothesis import strategies as st

from binance_fixtures.markets import options_markets
from binance_mock.engine.units import SCALE
from binance_mock.venues.decimals import read
from binance_mock.venues.options.fees import CAP, FeeRates, exercise_fee, read_fees, trade_fee

prices = st.integers(0, 200_000 * SCALE)
quantities = st.integers(0, 1000 * SCALE)
units = st.sampled_from((1, 100, 1000))
rates = st.integers(0, SCALE // 100)


def exact(value: int) -> Fraction:
    return Fraction(value, SCALE)


def test_the_example_of_a_trade() -> None:
    """O-85: min(0.03% * 2000, 10% * 1000) * 3 = 1.8."""
    assert trade_fee(1000 * SCALE, 3 * SCALE, 2000 * SCALE, 1, read("0.0003")) == read("1.8")


def test_the_example_of_an_exercise() -> None:
    """O-86: min(0.015% * 2200, 10% * 200) * 3 = 0.99."""
    assert exercise_fee(2200 * SCALE, 200 * SCALE, 3 * SCALE, 1, read("0.00015")) == read("0.99")


def test_a_cheap_option_pays_a_tenth_of_its_price() -> None:
    """O-85, O-86: 10 % of 5 is below 0.03 % of 80000, which is 24."""
    assert trade_fee(5 * SCALE, 2 * SCALE, 80_000 * SCALE, 1, read("0.0003")) == SCALE
    assert exercise_fee(80_000 * SCALE, 5 * SCALE, 2 * SCALE, 1, read("0.00015")) == SCALE


def test_what_pays_nothing_costs_nothing() -> None:
    """O-86."""
    assert exercise_fee(80_000 * SCALE, 0, SCALE, 1, read("0.00015")) == 0


def test_the_unit_scales_both_the_fee_and_its_cap() -> None:
    """O-45, O-85."""
    dear = trade_fee(read("0.2"), 2 * SCALE, 2 * SCALE, 100, read("0.0003"))
    cheap = trade_fee(read("0.001"), 2 * SCALE, 2 * SCALE, 100, read("0.0003"))
    assert (dear, cheap) == (read("0.12"), read("0.02"))


def test_the_rates_of_the_fixture() -> None:
    """O-87."""
    assert read_fees(options_markets()["fees"]) == FeeRates(read("0.0003"), read("0.0003"), read("0.00015"), CAP)
    assert read("0.1") == CAP


@given(prices, quantities, prices, units, rates, st.sampled_from((CAP, SCALE // 8)))
def test_a_fee_is_the_formula_cut(price: int, qty: int, index: int, unit: int, rate: int, cap: int) -> None:
    """O-85, O-86."""
    each = min(exact(rate) * exact(index) * unit, exact(cap) * exact(price) * unit)
    expected = trunc(each * exact(qty) * SCALE)
    assert trade_fee(price, qty, index, unit, rate, cap) == expected
    assert exercise_fee(index, price, qty, unit, rate, cap) == expected
