"""Between text and fixed point."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from binance_mock.engine.units import SCALE
from binance_mock.venues.decimals import read, show
from binance_mock.venues.params import Amount

values = st.integers(-(10**30), 10**30)


@given(value=values)
@example(0)
@example(-1)
@example(SCALE)
def test_a_number_keeps_eight_decimals(value: int) -> None:
    """S-225."""
    text = show(value)
    assert Fraction(text) == Fraction(value, SCALE)
    assert len(text.partition(".")[2]) == 8


@given(value=values)
@example(0)
@example(-1)
def test_what_is_shown_is_read_back(value: int) -> None:
    assert read(show(value)) == value


@given(value=st.integers(0, 2**63 - 1))
def test_what_is_shown_may_be_sent_back(value: int) -> None:
    """A client that repeats a price of an answer is understood."""
    assert Amount().parse("price", show(value)) == value


@given(value=st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-(10**12), max_value=10**12))
def test_plain_decimals_are_read(value: Decimal) -> None:
    assert read(f"{value:f}") == int(value * SCALE)


@pytest.mark.parametrize(
    ("text", "value"), [("1", SCALE), ("0.5", SCALE // 2), ("-0.1", -SCALE // 10), ("1.000000000", SCALE)]
)
def test_forms_of_decimals(text: str, value: int) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    "text", ["", "-", ".5", "1e5", "1,5", " 1", "+1", "0.000000001", "NaN", "inf", "٣", "--1", "1.-5", "1.2.3", "1_0"]
)
def test_what_is_no_plain_decimal(text: str) -> None:
    with pytest.raises(ValueError, match="is no decimal"):
        read(text)
