"""Funding payments: rules U-121 and U-122."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_mock.engine.funding import payment, settle

from .scene import SCALE, text, units


@pytest.mark.parametrize(
    ("qty", "mark", "rate", "paid"),
    [
        ("1", "79970", "0.0001", "-7.997"),
        ("-1", "79970", "0.0001", "7.997"),
        ("1", "79970", "-0.0001", "7.997"),
        ("-1", "79970", "-0.0001", "-7.997"),
        ("0.003", "37113.25148824", "0.00003563", "-0.00396703"),
        ("-0.003", "37113.25148824", "0.00003563", "0.00396703"),
        ("0", "79970", "0.0001", "0"),
        ("5", "79970", "0", "0"),
    ],
)
def test_longs_pay_a_positive_rate(qty: str, mark: str, rate: str, paid: str) -> None:
    """U-121; the fifth and sixth are cut, on either side."""
    assert text(payment(units(qty), units(mark), units(rate))) == paid


sizes = st.integers(-(10**13), 10**13)
marks = st.integers(1, 10**13)
rates = st.integers(-3 * 10**6, 3 * 10**6)


@given(sizes, marks, rates)
def test_a_payment_is_the_exact_product_cut(qty: int, mark: int, rate: int) -> None:
    exact = Fraction(qty * mark * rate, SCALE**2)
    assert payment(qty, mark, rate) == -int(exact)


@given(st.lists(sizes, min_size=1, max_size=8), marks, rates)
def test_no_money_appears_or_is_lost(quantities: list[int], mark: int, rate: int) -> None:
    """The insurance fund takes what is cut, less than a unit for each position."""
    quantities.append(-sum(quantities))
    payments, fund = settle(quantities, mark, rate)
    assert payments == [payment(qty, mark, rate) for qty in quantities]
    assert sum(payments) + fund == 0
    assert abs(fund) < len(quantities)


def test_the_fund_gets_what_receivers_lose_by_the_cut_and_pays_what_payers_save() -> None:
    one, two = units("0.00000001"), units("0.00000002")
    assert settle([-one, -one, two], units("1"), units("0.5")) == ([0, 0, -1], 1)
    assert settle([one, one, -two], units("1"), units("0.5")) == ([0, 0, 1], -1)
