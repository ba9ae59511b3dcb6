"""Candles: borders, flat candles and bounds, compared with filtering everything (rules S-18, S-169, S-170)."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_mock.engine.bars import Bar
from binance_mock.engine.candles import Candle, klines
from binance_mock.engine.intervals import DAY, HOUR, MINUTE, SECOND, Interval
from binance_mock.engine.tape import Tape
from binance_mock.engine.trades import Trade

T0 = 1_704_067_200 * SECOND  # 2024-01-01 00:00 UTC, a Monday
ONE_MINUTE = Interval("1m")


def trade(number: int, time: int, price: int, qty: int = 10, *, buyer_maker: bool = False) -> Trade:
    return Trade(number, time, price, qty, price * qty, buyer_maker, number)


def tape_of(*trades: Trade) -> Tape:
    tape = Tape()
    for one in trades:
        tape.append(one)
    return tape


def flat(start: int, price: int, size: int = MINUTE) -> Candle:
    return Candle(start, start + size - 1, price, price, price, price, 0, 0, 0, 0, 0, -1, -1)


SPARSE = (trade(0, T0 + 5, 100), trade(1, T0 + 3 * MINUTE, 110))
"""Trades in the first and in the fourth minute."""


def test_nothing_traded_nothing_answered() -> None:
    assert klines(Tape(), ONE_MINUTE, limit=10, now=T0) == []


def test_a_candle_sums_its_trades() -> None:
    """S-169: taker buys are the trades whose buyer did not rest in the book."""
    tape = tape_of(
        trade(4, T0 + 1, 100, 10),
        trade(5, T0 + 2, 120, 20, buyer_maker=True),
        trade(6, T0 + 3, 90, 30),
        trade(7, T0 + MINUTE - 1, 110, 40, buyer_maker=True),
    )
    assert klines(tape, ONE_MINUTE, limit=10, now=T0 + MINUTE - 1) == [
        Candle(T0, T0 + MINUTE - 1, 100, 120, 90, 110, 100, 10_500, 4, 40, 3_700, 4, 7)
    ]


def test_gaps_hold_flat_candles_up_to_now_and_nothing_comes_before_the_first_trade() -> None:
    candles = klines(tape_of(*SPARSE), ONE_MINUTE, limit=100, now=T0 + 5 * MINUTE)
    assert [candle.open_time for candle in candles] == [T0 + minute * MINUTE for minute in range(6)]
    assert candles[1] == flat(T0 + MINUTE, 100)
    assert candles[5] == flat(T0 + 5 * MINUTE, 110)
    assert (candles[3].first_id, candles[3].last_id, candles[3].count) == (1, 1, 1)


def test_a_page_that_begins_in_a_gap_knows_the_price_before() -> None:
    candles = klines(tape_of(*SPARSE), ONE_MINUTE, limit=1, now=T0 + 5 * MINUTE, start=T0 + 2 * MINUTE)
    assert candles == [flat(T0 + 2 * MINUTE, 100)]


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        (None, None, [4, 5]),
        (-T0, None, [0, 1]),
        (1, None, [1, 2]),
        (MINUTE, None, [1, 2]),
        (None, 2 * MINUTE, [1, 2]),
        (None, 2 * MINUTE + 1, [1, 2]),
        (None, 2 * MINUTE - 1, [0, 1]),
        (MINUTE, 4 * MINUTE, [1, 2]),
        (MINUTE, MINUTE, [1]),
        (1, MINUTE - 1, []),
        (2 * MINUTE, MINUTE, []),
        (None, -1, []),
        (6 * MINUTE, None, []),
        (None, DAY, [4, 5]),
    ],
)
def test_bounds_are_about_openings(start: int | None, end: int | None, minutes: list[int]) -> None:
    """S-18; `startTime=0` finds the first candle there is."""
    candles = klines(
        tape_of(*SPARSE),
        ONE_MINUTE,
        limit=2,
        now=T0 + 5 * MINUTE,
        start=None if start is None else T0 + start,
        end=None if end is None else T0 + end,
    )
    assert [(candle.open_time - T0) // MINUTE for candle in candles] == minutes


def test_what_lies_after_now_is_not_seen() -> None:
    tape = tape_of(*SPARSE)
    assert klines(tape, ONE_MINUTE, limit=10, now=T0) == []
    assert [candle.close for candle in klines(tape, Interval("1h"), limit=10, now=T0 + MINUTE)] == [100]
    assert [candle.close for candle in klines(tape, Interval("1h"), limit=10, now=T0 + 3 * MINUTE)] == [110]


def test_the_running_candle_changes_with_every_trade() -> None:
    tape = tape_of(*SPARSE)
    now = T0 + 3 * MINUTE
    assert klines(tape, ONE_MINUTE, limit=1, now=now)[0].count == 1
    tape.append(trade(2, now, 130))
    candle = klines(tape, ONE_MINUTE, limit=1, now=now)[0]
    assert (candle.count, candle.high, candle.close, candle.last_id) == (2, 130, 130, 2)


def test_the_offset_moves_the_borders() -> None:
    """S-170: at +8 h the day opens at 16:00 UTC."""
    tape = tape_of(trade(0, T0 + 16 * HOUR - 1, 100), trade(1, T0 + 16 * HOUR, 110))
    candles = klines(tape, Interval("1d"), limit=10, now=T0 + DAY, offset=8 * HOUR)
    assert [(candle.open_time, candle.close) for candle in candles] == [(T0 - 8 * HOUR, 100), (T0 + 16 * HOUR, 110)]


def test_fed_bars_add_up_and_trades_go_on_from_them() -> None:
    tape = Tape()
    for minute in range(3):
        start = T0 + minute * MINUTE
        tape.append_bar(Bar(start, start + MINUTE - 1, 100 + minute, 120, 80, 101 + minute, 50, 5000, 7, 20, 2000))
    tape.append(trade(0, T0 + 2 * MINUTE + 5, 130))
    candle = klines(tape, Interval("3m"), limit=10, now=T0 + 2 * MINUTE + 5)
    assert candle == [Candle(T0, T0 + 3 * MINUTE - 1, 100, 130, 80, 130, 160, 16_300, 22, 70, 7_300, 0, 0)]


# Against a slow model.


@dataclass
class Case:
    """A tape with all it holds as one-piece bars in order, and a question."""

    tape: Tape
    rows: list[Bar]
    now: int
    start: int | None = None
    end: int | None = None
    offset: int = 0
    limit: int = 10
    borders: list[tuple[int, int]] = field(default_factory=list)


@st.composite
def cases(draw: st.DrawFn, interval: Interval) -> Case:
    """Pieces on and beside the borders of an interval, asked about while they arrive."""
    size = interval.size or 30 * DAY
    offset = draw(st.integers(-12 * 60, 14 * 60)) * MINUTE
    gaps = st.sampled_from([0, 0, 1, size // 3, size - 1, size, size + 1, 3 * size])
    time = T0 + draw(st.integers(0, 4)) * size // 2
    case = Case(Tape(), [], time, offset=offset, limit=draw(st.integers(0, 30)))
    free = time
    for _ in range(draw(st.integers(0, 15))):
        kind = draw(st.sampled_from("tttba"))
        time += draw(gaps)
        price, side = draw(st.integers(95, 105)), draw(st.booleans())
        if kind == "t":
            number = len(case.tape)
            case.tape.append(trade(number, time, price, 3, buyer_maker=side))
            buys = (0, 0) if side else (3, 3 * price)
            case.rows.append(Bar(time, time, price, price, price, price, 3, 3 * price, 1, *buys, number, number))
            free = max(free, time + 1)
        elif kind == "b":
            time = max(time, free)
            free = time + draw(st.integers(0, size)) + 1
            case.rows.append(Bar(time, free - 1, price, price + 3, price - 3, price + 1, 50, 5000, 7, 20, 2000))
            case.tape.append_bar(case.rows[-1])
        else:
            klines(case.tape, interval, limit=draw(st.integers(1, 3)), now=time, offset=offset)
    case.now = time + draw(gaps | st.just(-size))
    bounds = (
        st.none()
        | st.integers(T0 - size, case.now + size)
        | st.sampled_from([row.open_time for row in case.rows] or [T0])
    )
    case.start, case.end = draw(bounds), draw(bounds)
    return case


def slow_klines(case: Case, interval: Interval) -> list[Candle]:
    """Every candle there is, each from filtering all pieces; then the bounds, then the limit."""
    rows = [row for row in case.rows if row.open_time <= case.now]
    candles: list[Candle] = []
    if not rows:
        return []
    opening, following = interval.bounds(rows[0].open_time, case.offset)
    while opening <= case.now:
        inside = [row for row in rows if opening <= row.open_time < following]
        if inside:
            ids = [number for row in inside for number in (row.first_id, row.last_id) if number >= 0] or [-1]
            prices = (inside[0].open, max(r.high for r in inside), min(r.low for r in inside), inside[-1].close)
            sums = [sum(row[column] for row in inside) for column in range(6, 11)]
            candles.append(Candle._make([opening, following - 1, *prices, *sums, min(ids), max(ids)]))
        else:
            candles.append(flat(opening, candles[-1].close, following - opening))
        opening, following = interval.bounds(following, case.offset)
    found = [
        candle
        for candle in candles
        if (case.start is None or case.start <= candle.open_time) and (case.end is None or candle.open_time <= case.end)
    ]
    return found[: case.limit] if case.start is not None else found[len(found) - min(case.limit, len(found)) :]


@pytest.mark.parametrize("interval", Interval, ids=lambda interval: interval.value)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_klines_match_filtering_everything(interval: Interval, data: st.DataObject) -> None:
    """S-18, S-169, S-170: any interval, any offset, any bounds."""
    case = data.draw(cases(interval))
    found = klines(
        case.tape,
        interval,
        limit=case.limit,
        now=case.now,
        start=case.start,
        end=case.end,
        offset=case.offset,
    )
    assert found == slow_klines(case, interval)
