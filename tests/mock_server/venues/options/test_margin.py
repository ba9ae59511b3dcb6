"""Premiums, margin of written options, and what an account is worth: published numbers and exact fractions."""

from __future__ import annotations

from fractions import Fraction
from math import trunc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_mock.engine.units import SCALE
from binance_mock.venues.decimals import read
from binance_mock.venues.options.margin import (
    IndexMargin,
    Ratios,
    ShortMargin,
    adjusted_equity,
    available,
    buying_cost,
    equity,
    margin_balance,
    market_value,
    out_of_the_money,
    premium,
    unrealised,
)
from binance_mock.venues.options.pricing import CALL, PUT, OptionSide

RATIOS = Ratios(*(read(text) for text in ("0.15", "0.1", "0.075", "0.05")))

prices = st.integers(0, 200_000 * SCALE)
quantities = st.integers(1, 1000 * SCALE)
signed = st.integers(-1000 * SCALE, 1000 * SCALE)
units = st.sampled_from((1, 100, 1000))
sides = st.sampled_from(OptionSide)


def exact(value: int) -> Fraction:
    return Fraction(value, SCALE)


# -- O-77 -----------------------------------------------------------------------------------------------------------


def test_the_published_maintenance_margin_is_met_by_the_minimum() -> None:
    """O-77: (0.05 * 9200 + 1050.0138) * 0.1 = 151.00138."""
    index, mark = 9200 * SCALE, read("1050.0138")
    # So far out that the minimum ratio decides.
    found = IndexMargin().maintenance(CALL, 12_000 * SCALE, index, mark, SCALE // 10, 1, RATIOS)
    assert found == read("151.00138")


def test_the_published_order_margin_is_met_without_the_mark() -> None:
    """O-77: 3115.1463087 is 0.03 * 103838.21..., a ratio without the mark price."""
    model = IndexMargin(with_mark=False)
    ratios = Ratios(read("0.03"), 0, 0, 0)
    index = read("103838.21029000")
    assert model.initial(CALL, index, index, 5 * SCALE, SCALE, 1, ratios) == read("3115.1463087")


def test_at_the_money_the_full_ratio_counts() -> None:
    """O-77: 0.15 * 80000 + 1000, for two contracts."""
    model: ShortMargin = IndexMargin()
    index, mark = 80_000 * SCALE, 1000 * SCALE
    assert model.initial(PUT, index, index, mark, 2 * SCALE, 1, RATIOS) == 26_000 * SCALE
    assert model.maintenance(PUT, index, index, mark, 2 * SCALE, 1, RATIOS) == 14_000 * SCALE


def test_being_out_of_the_money_lowers_it_to_the_minimum() -> None:
    """O-77: OTM of a call is the strike above the index, of a put below it."""
    model, index = IndexMargin(), 80_000 * SCALE
    needs = [model.initial(CALL, k * 1000 * SCALE, index, 0, SCALE, 1, RATIOS) // SCALE for k in (70, 80, 82, 90)]
    assert needs == [12_000, 12_000, 10_000, 8_000]
    needs = [model.initial(PUT, k * 1000 * SCALE, index, 0, SCALE, 1, RATIOS) // SCALE for k in (90, 80, 78, 70)]
    assert needs == [12_000, 12_000, 10_000, 8_000]


@given(sides, prices, prices, prices, quantities, units, st.booleans())
def test_margin_is_the_formula_cut(
    side: OptionSide, strike: int, index: int, mark: int, qty: int, unit: int, with_mark: bool
) -> None:
    """O-45, O-77."""
    otm = max(Fraction(0), exact(strike - index) if side is CALL else exact(index - strike))
    model = IndexMargin(with_mark=with_mark)
    for found, ratio, minimum in (
        (model.initial(side, strike, index, mark, qty, unit, RATIOS), RATIOS.initial, RATIOS.min_initial),
        (model.maintenance(side, strike, index, mark, qty, unit, RATIOS), RATIOS.maintenance, RATIOS.min_maintenance),
    ):
        each = max(exact(ratio) * exact(index) - otm, exact(minimum) * exact(index)) + with_mark * exact(mark)
        assert found == trunc(each * exact(qty) * unit * SCALE)
    assert exact(out_of_the_money(side, strike, index)) == otm


# -- O-45, O-71, O-72 -----------------------------------------------------------------------------------------------


@given(prices, quantities, units)
def test_a_premium_is_price_times_quantity_times_unit(price: int, qty: int, unit: int) -> None:
    assert premium(price, qty, unit) == trunc(exact(price) * exact(qty) * unit * SCALE)


def test_a_resting_buy_order_sets_premium_and_fee_aside() -> None:
    """O-71: 0.5 contracts of 100 at 1.2 are 60, and the fee."""
    assert buying_cost(read("1.2"), SCALE // 2, 100, read("0.75")) == read("60.75")


# -- O-73 to O-76 ---------------------------------------------------------------------------------------------------


def test_equity_is_the_balance_and_the_signed_values() -> None:
    """O-73: 10000475.51032086 - 103.8957 = 10000371.61462086; a pure short adjusts nothing."""
    balance = read("10000475.51032086")
    value = market_value(read("1038.957"), -SCALE // 10, 1)
    assert value == -read("103.8957")
    assert equity(balance, [value]) == read("10000371.61462086")
    assert adjusted_equity(balance, [value]) == balance
    assert adjusted_equity(balance, [value, read("5")]) == balance + read("5")


def test_the_margin_balance_leaves_profits_out() -> None:
    """O-74: 10099.448 - 5.00138 of equity."""
    assert margin_balance(read("10094.44662"), -read("5.00138")) == read("10099.448")


def test_available_is_what_margin_leaves_of_the_equity() -> None:
    """O-75: 99998.87365244 - 3115.1463087 = 96883.72734374, never below 0."""
    assert available(read("99998.87365244"), read("3115.1463087")) == read("96883.72734374")
    assert available(read("1"), read("2")) == 0


@pytest.mark.parametrize(
    ("mark", "entry", "qty", "profit"),
    [("1050.0138", "1000", "-0.1", "-5.00138"), ("1038.957", "1200", "-0.1", "16.1043")],
)
def test_unrealised_profit(mark: str, entry: str, qty: str, profit: str) -> None:
    """O-76."""
    assert unrealised(read(mark), read(entry), read(qty), 1) == read(profit)


@given(prices, prices, signed, units)
def test_values_and_profits_are_cut_towards_zero(mark: int, entry: int, qty: int, unit: int) -> None:
    """O-73, O-76: and so both sides of a trade show the same figures."""
    assert market_value(mark, qty, unit) == trunc(exact(mark) * exact(qty) * unit * SCALE)
    assert unrealised(mark, entry, qty, unit) == trunc(exact(mark - entry) * exact(qty) * unit * SCALE)
    assert unrealised(mark, entry, -qty, unit) == -unrealised(mark, entry, qty, unit)


@given(st.lists(st.tuples(prices, prices, signed), max_size=5), st.integers(0, 10**15))
def test_buying_or_writing_at_the_mark_leaves_the_equity(rows: list[tuple[int, int, int]], balance: int) -> None:
    """O-71 to O-73: a premium goes one way and the value of the position the other."""
    for mark, _, qty in rows:
        paid = premium(mark, abs(qty), 1)
        after = balance - paid if qty > 0 else balance + paid
        assert equity(after, [market_value(mark, qty, 1)]) == balance
