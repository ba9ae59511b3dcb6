"""Percentages as tickers print them, and how much an answer shows."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from binance_mock.engine.orders import OrderType
from binance_mock.venues.params import RespType
from binance_mock.venues.spot.render import default_resp_type, percent


@given(part=st.integers(-(10**17), 10**17), whole=st.integers(1, 10**17))
@example(part=-1, whole=10**9)
@example(part=1, whole=200_000)
@example(part=-1, whole=200_000)
def test_a_change_in_percent(part: int, whole: int) -> None:
    """Three decimals, rounded half away from zero, never minus zero."""
    exact = abs(Decimal(part)) * 100 / Decimal(whole)
    rounded = exact.quantize(Decimal("0.001"), ROUND_HALF_UP) if exact < 10**20 else exact
    text = percent(part, whole)
    assert Decimal(text.removeprefix("-")) == rounded
    assert text.startswith("-") == (part < 0 and rounded > 0)


def test_a_change_from_nothing() -> None:
    assert percent(5, 0) == "0.000"


@pytest.mark.parametrize("type", list(OrderType))
def test_the_default_form_of_an_answer(type: OrderType) -> None:
    """S-73."""
    full = type in (OrderType.LIMIT, OrderType.MARKET)
    assert default_resp_type(type) is (RespType.FULL if full else RespType.ACK)
