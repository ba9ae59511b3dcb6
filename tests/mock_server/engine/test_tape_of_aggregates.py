"""A tape that begins with aggregate trades of a data file: ids with gaps, and what comes after."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_mock.engine.tape import Aggregate, Tape
from binance_mock.engine.trades import Trade
from binance_mock.engine.units import SCALE

T0 = 1_700_000_000_000_000
ROWS = [
    Aggregate(40, 100 * SCALE, 3 * SCALE, 1000, 1004, T0, True),
    Aggregate(41, 101 * SCALE, 2 * SCALE, 1005, 1005, T0, False),
    Aggregate(45, 101 * SCALE, 1 * SCALE, 1010, 1012, T0 + 5, False),
]


def test_no_rows_make_a_blank_tape() -> None:
    tape = Tape.of_aggregates([])
    assert (len(tape), tape.next_id, tape.start, tape.last_price) == (0, 0, None, 0)


def test_each_row_is_one_trade_under_its_first_id() -> None:
    tape = Tape.of_aggregates(ROWS)
    assert [(trade.id, trade.price, trade.qty, trade.time) for trade in tape.newest(9)] == [
        (row.first_id, row.price, row.qty, row.time) for row in ROWS
    ]
    assert [trade.quote for trade in tape.newest(9)] == [300 * SCALE, 202 * SCALE, 101 * SCALE]
    assert (tape.next_id, tape.start, tape.last_price) == (1013, T0, 101 * SCALE)


def test_the_rows_are_answered_as_they_are_even_where_two_look_alike() -> None:
    same = [ROWS[0], ROWS[0]._replace(id=41, first_id=1005, last_id=1006)]
    assert list(Tape.of_aggregates(same).aggregates(limit=9)) == same


@pytest.mark.parametrize(
    ("first", "ids"),
    [(0, [1000, 1005, 1010]), (1001, [1005, 1010]), (1010, [1010]), (1011, []), (-1, [1000, 1005, 1010])],
)
def test_trades_from_an_id_on(first: int, ids: list[int]) -> None:
    assert [trade.id for trade in Tape.of_aggregates(ROWS).from_id(first, 9)] == ids


def test_later_trades_are_numbered_on_and_aggregated_apart() -> None:
    tape = Tape.of_aggregates(ROWS)
    for number in (1013, 1014):
        tape.append(Trade(number, T0 + 5, 101 * SCALE, SCALE, 101 * SCALE, False, 7))
    assert list(tape.aggregates(limit=9)) == [
        *ROWS, Aggregate(46, 101 * SCALE, 2 * SCALE, 1013, 1014, T0 + 5, False)
    ]  # fmt: skip
    assert [row.id for row in tape.aggregates(limit=1, from_id=42)] == [45]
    twin = tape.fork()
    twin.append(Trade(1015, T0 + 6, 101 * SCALE, SCALE, 101 * SCALE, False, 7))
    assert [row.id for row in twin.aggregates(limit=2)] == [46, 47]
    assert (tape.next_id, twin.next_id) == (1015, 1016)


@given(
    steps=st.lists(st.tuples(st.integers(1, 3), st.integers(0, 2), st.integers(1, 4), st.integers(0, 9)), max_size=12),
    first=st.integers(-1, 60),
    limit=st.integers(-1, 5),
)
def test_pages_by_id_are_the_rows_from_there_on(steps: list[tuple[int, int, int, int]], first: int, limit: int) -> None:
    rows: list[Aggregate] = []
    id = trade = time = 0
    for id_step, gap, size, wait in steps:
        id, time = id + id_step, time + wait
        rows.append(Aggregate(id, SCALE, SCALE, trade + gap, trade + gap + size - 1, T0 + time, False))
        trade += gap + size
    tape = Tape.of_aggregates(rows)
    most = max(limit, 0)
    assert list(tape.aggregates(limit=limit, from_id=first)) == [row for row in rows if row.id >= first][:most]
    assert [one.id for one in tape.from_id(first, limit)] == [row.first_id for row in rows if row.first_id >= first][
        :most
    ]
