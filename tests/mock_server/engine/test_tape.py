"""The tape: trades, aggregates, fed bars, and sums over any stretch, compared with filtering everything."""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_mock.engine.bars import Bar
from binance_mock.engine.intervals import DAY, HOUR, MINUTE, SECOND
from binance_mock.engine.tape import Aggregate, Tape, Tick
from binance_mock.engine.trades import Trade

T0 = 1_700_000_000 * SECOND


def trade(
    number: int, time: int, price: int = 100, qty: int = 10, *, buyer_maker: bool = False, taker: int = 1
) -> Trade:
    return Trade(number, time, price, qty, price * qty, buyer_maker, taker)


def bar(start: int, end: int, close: int = 100) -> Bar:
    return Bar(start, end, 90, 120, 80, close, 50, 5000, 7, 20, 2000)


def tape_of(*pieces: Trade | Bar, first_id: int = 0) -> Tape:
    tape = Tape(first_id=first_id)
    for piece in pieces:
        add(tape, piece)
    return tape


def add(tape: Tape, piece: Trade | Bar) -> None:
    if isinstance(piece, Bar):
        tape.append_bar(piece)
    else:
        tape.append(piece)


# Trades.


def test_a_blank_tape_knows_nothing() -> None:
    tape = Tape(first_id=28457)
    assert (tape.last, tape.last_price, tape.next_id, len(tape), tape.start) == (None, 0, 28457, 0, None)
    assert [*tape.newest(5), *tape.from_id(0, 5), *tape.aggregates(limit=5)] == []
    assert tape.total(0, T0) is None
    assert tape.tick_before(T0) is None


def test_the_last_trade_sets_price_and_next_id() -> None:
    tape = tape_of(trade(7, T0, 100), trade(8, T0 + 1, 103))
    assert tape.last == trade(8, T0 + 1, 103)
    assert (tape.last_price, tape.next_id, len(tape), tape.start) == (103, 9, 2, T0)


@pytest.mark.parametrize(("limit", "ids"), [(0, []), (-1, []), (1, [9]), (2, [8, 9]), (3, [7, 8, 9]), (99, [7, 8, 9])])
def test_newest_trades_ascend(limit: int, ids: list[int]) -> None:
    """S-18: no bound, the newest up to the limit."""
    tape = tape_of(*(trade(number, T0) for number in (7, 8, 9)))
    assert [found.id for found in tape.newest(limit)] == ids


@pytest.mark.parametrize(
    ("first", "limit", "ids"),
    [(0, 2, [7, 8]), (7, 1, [7]), (8, 99, [8, 9]), (9, 5, [9]), (10, 5, []), (8, 0, []), (8, -1, [])],
)
def test_trades_from_an_id_include_it(first: int, limit: int, ids: list[int]) -> None:
    tape = tape_of(*(trade(number, T0) for number in (7, 8, 9)))
    assert [found.id for found in tape.from_id(first, limit)] == ids


# Aggregates.


def test_an_aggregate_is_one_taker_one_price_one_time() -> None:
    """S-175: a change of any of the three opens the next one."""
    tape = tape_of(
        trade(5, T0, 100, 1, taker=1),
        trade(6, T0, 100, 2, taker=1),
        trade(7, T0, 101, 3, taker=1),
        trade(8, T0, 101, 4, taker=2, buyer_maker=True),
        trade(9, T0 + 1, 101, 5, taker=2, buyer_maker=True),
    )
    assert list(tape.aggregates(limit=10)) == [
        Aggregate(0, 100, 3, 5, 6, T0, False),
        Aggregate(1, 101, 3, 7, 7, T0, False),
        Aggregate(2, 101, 4, 8, 8, T0, True),
        Aggregate(3, 101, 5, 9, 9, T0 + 1, True),
    ]


def test_the_open_aggregate_grows_after_it_was_read() -> None:
    tape = tape_of(trade(0, T0, qty=1), trade(1, T0, qty=2))
    assert [found.qty for found in tape.aggregates(limit=10)] == [3]
    tape.append(trade(2, T0, qty=4))
    assert list(tape.aggregates(limit=10)) == [Aggregate(0, 100, 7, 0, 2, T0, False)]


@pytest.mark.parametrize(
    ("start", "end", "ids"),
    [
        (None, None, [2, 3]),
        (1, None, [1, 2]),
        (None, 2, [1, 2]),
        (0, 3, [0, 1]),
        (1, 1, [1]),
        (2, 1, []),
        (4, None, []),
        (None, -1, []),
    ],
)
def test_aggregates_between_times(start: int | None, end: int | None, ids: list[int]) -> None:
    """S-18: bounds are inclusive; from a start the oldest, else the newest."""
    tape = tape_of(*(trade(number, T0 + number) for number in range(4)))
    found = tape.aggregates(limit=2, start=None if start is None else T0 + start, end=None if end is None else T0 + end)
    assert [aggregate.id for aggregate in found] == ids


@pytest.mark.parametrize(("first", "ids"), [(-3, [0, 1]), (0, [0, 1]), (2, [2, 3]), (3, [3]), (4, [])])
def test_aggregates_from_an_id_include_it(first: int, ids: list[int]) -> None:
    """S-175."""
    tape = tape_of(*(trade(number, T0 + number) for number in range(4)))
    assert [aggregate.id for aggregate in tape.aggregates(limit=2, from_id=first)] == ids


@pytest.mark.parametrize("bounds", [{"start": 1}, {"end": 1}, {"start": 1, "end": 2}])
def test_aggregates_by_id_and_by_time_exclude_each_other(bounds: dict[str, int]) -> None:
    """S-175."""
    with pytest.raises(ValueError, match="not by both"):
        Tape().aggregates(limit=1, from_id=0, **bounds)


# Fed bars.


def test_a_fed_bar_sets_the_price_but_is_no_trade() -> None:
    tape = tape_of(bar(T0, T0 + MINUTE - 1, close=95), first_id=3)
    assert (tape.last_price, tape.last, tape.next_id, len(tape), tape.start) == (95, None, 3, 0, T0)
    assert tape.tick_before(T0 + HOUR) == Tick(T0 + MINUTE - 1, 95, 0)
    assert tape.tick_before(T0 + 10) == Tick(T0 + 9, 95, 0)


def test_a_trade_inside_the_newest_bar_is_later_than_it() -> None:
    tape = tape_of(bar(T0, T0 + MINUTE - 1, close=95), trade(0, T0, price=105))
    assert tape.last_price == 105
    assert tape.total(T0, T0 + 1) == Bar(T0, T0, 90, 120, 80, 105, 60, 6050, 8, 30, 3050, 0, 0)


def test_history_fed_before_the_first_trade_leaves_the_price() -> None:
    tape = tape_of(trade(0, T0 + HOUR, price=105))
    assert tape.total(T0, T0 + DAY) is not None
    tape.append_bar(bar(T0, T0 + MINUTE - 1, close=95))
    assert tape.last_price == 105
    total = tape.total(T0, T0 + DAY)
    assert total is not None
    assert (total.open, total.close, total.count) == (90, 105, 8)


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        (T0 + 59, T0 + 120, rf"opening at {T0 + 59} us does not follow the one closing at {T0 + 59} us"),
        (T0 - 60, T0 - 1, rf"opening at {T0 - 60} us does not follow the one closing at {T0 + 59} us"),
        (T0 + 120, T0 + 119, rf"opening at {T0 + 120} us closes before that, at {T0 + 119} us"),
        (T0 + 90, T0 + 100, rf"from {T0 + 90} to {T0 + 100} us spans the trade made at {T0 + 100} us"),
        (T0 + 100, T0 + 300, rf"from {T0 + 100} to {T0 + 300} us spans the trade made at {T0 + 100} us"),
        (T0 + 200, T0 + 300, rf"from {T0 + 200} to {T0 + 300} us spans the trade made at {T0 + 200} us"),
        (T0 + 150, T0 + 300, rf"from {T0 + 150} to {T0 + 300} us spans the trade made at {T0 + 200} us"),
    ],
)
def test_bars_that_do_not_fit_are_refused_with_both_times(start: int, end: int, reason: str) -> None:
    tape = tape_of(bar(T0, T0 + 59), trade(0, T0 + 100), trade(1, T0 + 200))
    with pytest.raises(ValueError, match=reason):
        tape.append_bar(bar(start, end))
    tape.append_bar(bar(T0 + 101, T0 + 199))
    tape.append_bar(bar(T0 + 201, T0 + 201))


def test_a_fork_goes_its_own_way() -> None:
    tape = tape_of(trade(0, T0), bar(T0 + 1, T0 + MINUTE), trade(1, T0 + HOUR))
    before = tape.total(T0, T0 + DAY), list(tape.aggregates(limit=9))
    twin = tape.fork()
    twin.append(trade(2, T0 + HOUR))
    twin.append_bar(bar(T0 + 2 * HOUR, T0 + 3 * HOUR, close=95))
    total = twin.total(T0, T0 + DAY)
    assert total is not None
    assert total.count == 17
    assert [(found.qty, found.last_id) for found in twin.aggregates(limit=9)] == [(10, 0), (20, 2)]
    assert (twin.last_price, twin.next_id) == (95, 3)
    assert (tape.total(T0, T0 + DAY), list(tape.aggregates(limit=9))) == before
    assert (tape.last_price, tape.next_id) == (100, 2)


# Against slow models.


class Arrival(NamedTuple):
    """A trade or bar that arrives, and whether somebody asks the tape then."""

    piece: Trade | Bar
    ask: bool


GAPS = st.sampled_from([0, 0, 0, 1, SECOND, MINUTE - 1, MINUTE, 7 * MINUTE, HOUR, 5 * HOUR, DAY - 1, DAY, 3 * DAY])
LENGTHS = st.sampled_from([0, 1, SECOND - 1, MINUTE - 1, HOUR - 1, DAY - 1])


@st.composite
def arrivals(draw: st.DrawFn) -> list[Arrival]:
    """Trades in order and bars in order, mixed in any order that the tape allows, late histories among them."""
    time = T0 + draw(st.integers(0, DAY))
    number = draw(st.integers(0, 3))
    trades: list[Trade] = []
    bars: list[Bar] = []
    free = time
    for _ in range(draw(st.integers(0, 25))):
        kind = draw(st.sampled_from("tttb"))
        time += draw(GAPS)
        price = draw(st.integers(98, 102))
        if kind == "t":
            taker, side = draw(st.integers(1, 2)), draw(st.booleans())
            trades.append(
                trade(number + len(trades), time, price, draw(st.integers(1, 9)), buyer_maker=side, taker=taker)
            )
            free = max(free, time + 1)
        else:
            time = max(time, free)
            free = time + draw(LENGTHS) + 1
            bars.append(Bar(time, free - 1, price, price + 3, price - 3, price + 1, 50, 5000, 7, 20, 2000))
    found: list[Arrival] = []
    while trades or bars:
        held = any(span.open_time <= made.time <= span.close_time for made in trades[:1] for span in bars)
        queue = bars if bars and (held or not trades or draw(st.booleans())) else trades
        found.append(Arrival(queue.pop(0), draw(st.booleans())))
    return found


def opening(piece: Trade | Bar) -> tuple[int, bool]:
    """When a piece counts: a bar at its opening, before the trades of that moment."""
    return (piece.open_time, False) if isinstance(piece, Bar) else (piece.time, True)


def slow_rows(pieces: list[Trade | Bar], start: int, end: int) -> list[Bar]:
    rows = sorted((piece for piece in pieces if start <= opening(piece)[0] < end), key=opening)
    return [row if isinstance(row, Bar) else slow_bar(row) for row in rows]


def slow_bar(one: Trade) -> Bar:
    bought = 0 if one.buyer_maker else 1
    prices = (one.price, one.price, one.price, one.price)
    return Bar(one.time, one.time, *prices, one.qty, one.quote, 1, one.qty * bought, one.quote * bought, one.id, one.id)


def slow_total(pieces: list[Trade | Bar], start: int, end: int) -> Bar | None:
    rows = slow_rows(pieces, start, end)
    if not rows:
        return None
    ids = [number for row in rows for number in (row.first_id, row.last_id) if number >= 0] or [-1]
    return Bar(
        rows[0].open_time,
        rows[-1].close_time,
        rows[0].open,
        max(row.high for row in rows),
        min(row.low for row in rows),
        rows[-1].close,
        sum(row.volume for row in rows),
        sum(row.quote for row in rows),
        sum(row.count for row in rows),
        sum(row.taker_base for row in rows),
        sum(row.taker_quote for row in rows),
        min(ids),
        max(ids),
    )


@st.composite
def stretches(draw: st.DrawFn) -> tuple[int, int]:
    """A stretch with ends on and beside the borders of the levels."""
    size = draw(st.sampled_from([1, MINUTE, HOUR, DAY]))
    start = (T0 + draw(st.integers(-DAY, 6 * DAY))) // size * size + draw(st.sampled_from([0, 0, -1, 1]))
    length = draw(st.integers(-1, 3)) * draw(st.sampled_from([1, MINUTE, HOUR, DAY, 7 * DAY]))
    return start, start + length + draw(st.sampled_from([0, 0, -1, 1, 5 * MINUTE]))


@settings(max_examples=100, deadline=None)
@given(steps=arrivals(), probes=st.lists(stretches(), min_size=1, max_size=5))
def test_sums_and_prices_match_filtering_everything(steps: list[Arrival], probes: list[tuple[int, int]]) -> None:
    tape = Tape()
    seen: list[Trade | Bar] = []
    for step in steps:
        add(tape, step.piece)
        seen.append(step.piece)
        asked = [(0, 2 * T0), *probes, *((at, at + 1) for at in (opening(step.piece)[0],))]
        for start, end in asked if step.ask or len(seen) == len(steps) else []:
            assert tape.total(start, end) == slow_total(seen, start, end)
            rows = slow_rows(seen, 0, start)
            tick = tape.tick_before(start)
            assert (tick and tick.price) == (rows[-1].close if rows else None)
        rows = slow_rows(seen, 0, 2 * T0)
        assert tape.last_price == rows[-1].close
        assert tape.start == rows[0].open_time


BOUNDS = st.none() | st.integers(T0 - 1, T0 + 5)


@settings(max_examples=100, deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(0, 1), st.integers(1, 2), st.integers(1, 2), st.booleans()), max_size=25),
    start=BOUNDS,
    end=BOUNDS,
    from_id=st.integers(-1, 12),
    limit=st.integers(0, 8),
)
def test_aggregates_match_grouping_everything(
    rows: list[tuple[int, int, int, bool]], start: int | None, end: int | None, from_id: int, limit: int
) -> None:
    """S-18, S-175."""
    tape, time = Tape(), T0
    for number, (gap, price, taker, ask) in enumerate(rows):
        time += gap
        tape.append(trade(number, time, price, number + 1, taker=taker))
        if ask:
            tape.aggregates(limit=1)
    groups = [
        list(group) for _, group in groupby(tape.newest(len(rows)), key=lambda one: (one.taker_id, one.price, one.time))
    ]
    whole = [
        Aggregate(index, group[0].price, sum(one.qty for one in group), group[0].id, group[-1].id, group[0].time, False)
        for index, group in enumerate(groups)
    ]
    assert list(tape.aggregates(limit=limit, from_id=from_id)) == [row for row in whole if row.id >= from_id][:limit]
    inside = [row for row in whole if (start is None or start <= row.time) and (end is None or row.time <= end)]
    expected = inside[:limit] if start is not None else inside[len(inside) - min(limit, len(inside)) :]
    assert list(tape.aggregates(limit=limit, start=start, end=end)) == expected
