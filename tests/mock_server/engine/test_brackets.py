"""Leverage brackets: rules U-93, U-99 and U-112."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_mock.engine.brackets import Bracket, Brackets

from .scene import SCALE, text, units

BTCUSDT = (
    (150, "300000", "0.004", "0"),
    (100, "800000", "0.005", "300"),
    (75, "3000000", "0.0065", "1500"),
    (50, "12000000", "0.01", "12000"),
    (25, "70000000", "0.02", "132000"),
    (20, "100000000", "0.025", "482000"),
    (10, "230000000", "0.05", "2982000"),
    (5, "480000000", "0.1", "14482000"),
    (4, "600000000", "0.125", "26482000"),
    (3, "800000000", "0.15", "41482000"),
    (2, "1200000000", "0.25", "121482000"),
    (1, "1800000000", "0.5", "421482000"),
)
"""Leverage, cap, ratio and cum as Binance lists them."""

ODD_NUMBERS = (
    (10, "10000", "0.05", "0"),
    (5, "60000", "0.1", "500"),
    (4, "120000", "0.125", "2000"),
    (3, "300000", "0.1667", "7004"),
    (2, "1000000", "0.25", "31994"),
    (1, "3000000", "0.5", "281994"),
)
"""The same for a contract with a ratio that is no simple fraction."""

Row = tuple[int, str, str, str]


def rows_of(table: tuple[Row, ...]) -> list[Bracket]:
    floors = ["0", *(cap for _, cap, _, _ in table)]
    return [
        Bracket(number, leverage, units(floor), units(cap), units(ratio), units(cum))
        for number, (floor, (leverage, cap, ratio, cum)) in enumerate(zip(floors, table, strict=False), 1)
    ]


BTC = Brackets(rows_of(BTCUSDT))


@st.composite
def tables(draw: st.DrawFn) -> list[Bracket]:
    """Rows that fit together: a ratio in steps of 0.0001 and floors in whole units keep `cum` exact."""
    count = draw(st.integers(1, 8))
    caps = sorted(draw(st.sets(st.integers(1, 10**7), min_size=count, max_size=count)))
    ratios = sorted(draw(st.sets(st.integers(1, 9999), min_size=count, max_size=count)))
    leverages = sorted(draw(st.sets(st.integers(1, 150), min_size=count, max_size=count)), reverse=True)
    rows: list[Bracket] = []
    floor = ratio_below = cum = 0
    for number in range(count):
        ratio = ratios[number] * (SCALE // 10_000)
        cum += floor * (ratio - ratio_below) // SCALE
        rows.append(Bracket(number + 1, leverages[number], floor, caps[number] * SCALE, ratio, cum))
        floor, ratio_below = caps[number] * SCALE, ratio
    return rows


def scanned(rows: list[Bracket], notional: int) -> Bracket:
    """U-99 word by word."""
    for row in rows:
        if row.floor < notional <= row.cap:
            return row
    return rows[0] if notional <= 0 else rows[-1]


@pytest.mark.parametrize(
    ("notional", "number"),
    [
        ("0", 1),
        ("0.00000001", 1),
        ("300000", 1),
        ("300000.00000001", 2),
        ("800000", 2),
        ("1800000000", 12),
        ("1800000000.00000001", 12),
        ("9000000000", 12),
    ],
)
def test_a_cap_belongs_to_its_row_and_a_floor_to_the_row_below(notional: str, number: int) -> None:
    """U-99."""
    assert BTC.of(units(notional)).number == number


@pytest.mark.parametrize(
    ("notional", "maintenance"),
    [
        ("0", "0"),
        ("300000", "1200"),
        ("800000", "3700"),
        ("1000000", "5000"),
        ("1800000000", "478518000"),
        ("0.00000249", "0"),
        ("0.0000025", "0.00000001"),
        ("123.45678999", "0.49382715"),
    ],
)
def test_maintenance_margin_is_cut(notional: str, maintenance: str) -> None:
    """U-112."""
    assert text(BTC.maintenance(units(notional))) == maintenance


@given(tables(), st.integers(-(10**8), 2 * 10**15), st.integers(0, 7))
def test_rows_and_margins_are_those_of_a_scan(rows: list[Bracket], notional: int, near: int) -> None:
    """U-99, U-112: anywhere, and next to every cap."""
    brackets = Brackets(rows)
    cap = rows[near % len(rows)].cap
    for size in (notional, cap - 1, cap, cap + 1):
        row = scanned(rows, size)
        assert brackets.of(size) == row
        if size >= 0:
            assert brackets.maintenance(size) == int(Fraction(size * row.ratio, SCALE) - row.cum)


@given(tables())
def test_maintenance_does_not_jump_at_a_floor(rows: list[Bracket]) -> None:
    """U-99: that is what `cum` is for."""
    for below, row in pairwise(rows):
        assert row.floor * (row.ratio - below.ratio) == (row.cum - below.cum) * SCALE
    brackets = Brackets(rows)
    for row in rows:
        assert 0 <= brackets.maintenance(row.cap + 1) - brackets.maintenance(row.cap) <= 1


@given(tables(), st.integers(1, 150))
def test_most_notional_is_the_cap_of_the_last_row_with_the_leverage(rows: list[Bracket], leverage: int) -> None:
    """U-99."""
    brackets = Brackets(rows)
    caps = [row.cap for row in rows if row.leverage >= leverage]
    if caps:
        assert brackets.most_notional(leverage) == max(caps)
    else:
        with pytest.raises(ValueError, match=f"leverage {leverage} is outside 1 to {rows[0].leverage}"):
            brackets.most_notional(leverage)


def test_leverage_of_btcusdt() -> None:
    """U-93, U-99."""
    assert BTC.max_leverage == 150
    caps = {leverage: text(BTC.most_notional(leverage)) for leverage in (150, 101, 100, 20, 19, 1)}
    assert caps == {
        150: "300000",
        101: "300000",
        100: "800000",
        20: "100000000",
        19: "100000000",
        1: "1800000000",
    }
    with pytest.raises(ValueError, match="leverage 0 is outside 1 to 150"):
        BTC.most_notional(0)


def test_a_ratio_that_is_no_simple_fraction_fits() -> None:
    assert Brackets(rows_of(ODD_NUMBERS)).rows[3].cum == units("7004")


@pytest.mark.parametrize(
    ("index", "change", "message"),
    [
        (0, {"number": 2}, "bracket 2 follows bracket 0"),
        (1, {"number": 3}, "bracket 3 follows bracket 1"),
        (0, {"floor": 1}, "bracket 1 starts at 1, but the one below ends at 0"),
        (2, {"floor": 0}, "bracket 3 starts at 0, but the one below ends at 80000000000000"),
        (1, {"cap": units("300000")}, "bracket 2 ends at 30000000000000, not above its floor 30000000000000"),
        (1, {"leverage": 150}, "bracket 2 has leverage 150, but 1 to 149 is possible there"),
        (11, {"leverage": 0}, "bracket 12 has leverage 0, but 1 to 1 is possible there"),
        (1, {"ratio": units("0.004")}, "bracket 2 has ratio 400000, but it must lie between 400000 and 100000000"),
        (11, {"ratio": SCALE}, "bracket 12 has ratio 100000000, but it must lie between"),
        (0, {"cum": 1}, "bracket 1 has cum 1, but 0 follows"),
        (3, {"cum": units("12001")}, "bracket 4 has cum 1200100000000, but 1200000000000 follows"),
    ],
)
def test_a_row_that_does_not_fit_is_named(index: int, change: dict[str, int], message: str) -> None:
    rows = rows_of(BTCUSDT)
    rows[index] = rows[index]._replace(**change)
    with pytest.raises(ValueError, match=f"^{message}"):
        Brackets(rows)


def test_a_table_has_rows_and_keeps_them() -> None:
    with pytest.raises(ValueError, match="at least one row"):
        Brackets([])
    with pytest.raises(FrozenInstanceError):
        BTC.rows = ()  # type: ignore[misc]  # The point of the test.
    assert Brackets(iter(rows_of(BTCUSDT))) == BTC
