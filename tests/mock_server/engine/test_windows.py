"""Windows and the average price, compared with filtering everything (rules S-165, S-171, S-174)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_mock.engine.bars import Bar
from binance_mock.engine.intervals import DAY, HOUR, MINUTE, SECOND
from binance_mock.engine.tape import Tape
from binance_mock.engine.trades import Trade
from binance_mock.engine.units import SCALE
from binance_mock.engine.windows import Window, average_price, rolling_start, trading_day, window

T0 = 1_704_067_200 * SECOND  # 2024-01-01 00:00 UTC


def trade(number: int, time: int, price: int, qty: int = SCALE) -> Trade:
    return Trade(number, time, price, qty, price * qty // SCALE, False, number)


def tape_of(*pieces: Trade | Bar) -> Tape:
    tape = Tape()
    for piece in pieces:
        if isinstance(piece, Bar):
            tape.append_bar(piece)
        else:
            tape.append(piece)
    return tape


def test_a_window_sums_what_lies_between_both_ends_inclusive() -> None:
    tape = tape_of(
        trade(3, T0 - 1, 90),
        trade(4, T0, 100, 2 * SCALE),
        trade(5, T0 + HOUR, 130, SCALE),
        trade(6, T0 + DAY, 110, 3 * SCALE),
        trade(7, T0 + DAY + 1, 140),
    )
    found = window(tape, T0, T0 + DAY)
    assert found == Window(
        open_time=T0,
        close_time=T0 + DAY,
        open=100,
        high=130,
        low=100,
        last=110,
        last_qty=3 * SCALE,
        prev_close=90,
        volume=6 * SCALE,
        quote=660,
        count=3,
        first_id=4,
        last_id=6,
    )
    assert found.weighted_average == 110


@given(price=st.integers(1, 10**14), volume=st.integers(1, 10**14))
def test_an_average_of_equal_prices_is_that_price(price: int, volume: int) -> None:
    """But for what is cut off the quote amount."""
    found = Window(T0, T0 + DAY, 0, 0, 0, price, 0, 0, volume * SCALE, price * volume, 1, 0, 0)
    assert found.weighted_average == price


def test_a_window_without_trades_keeps_the_last_price_only() -> None:
    tape = tape_of(trade(0, T0, 100))
    assert window(tape, T0 + 1, T0 + DAY) == Window(T0 + 1, T0 + DAY, 0, 0, 0, 100, 0, 100, 0, 0, 0, -1, -1)
    assert window(tape, T0 + 1, T0 + DAY).weighted_average == 0


def test_a_window_before_all_trades_is_zero() -> None:
    tape = tape_of(trade(0, T0, 100))
    assert window(tape, T0 - DAY, T0 - 1) == Window(T0 - DAY, T0 - 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1)


def test_fed_bars_count_without_ids_or_quantity() -> None:
    tape = tape_of(Bar(T0, T0 + HOUR - 1, 100, 130, 80, 110, 50, 5000, 7, 20, 2000))
    found = window(tape, T0, T0 + DAY)
    assert (found.open, found.high, found.low, found.last, found.count) == (100, 130, 80, 110, 7)
    assert (found.first_id, found.last_id, found.last_qty) == (-1, -1, 0)
    tape.append(trade(9, T0 + HOUR, 120, 5))
    found = window(tape, T0, T0 + DAY)
    assert (found.last, found.count, found.first_id, found.last_id, found.last_qty) == (120, 8, 9, 9, 5)


def test_a_bar_is_inside_when_its_opening_is() -> None:
    tape = tape_of(Bar(T0, T0 + HOUR - 1, 100, 130, 80, 110, 50, 5000, 7, 20, 2000))
    assert window(tape, T0 - DAY, T0).count == 7
    assert window(tape, T0 + 1, T0 + DAY).count == 0
    assert window(tape, T0 + 1, T0 + DAY).prev_close == 110


def test_the_average_price_weighs_by_volume_and_is_cut() -> None:
    tape = tape_of(trade(0, T0, 100, 2 * SCALE), trade(1, T0 + MINUTE, 101, SCALE))
    assert average_price(tape, 5, T0 + 2 * MINUTE) == (100, T0 + MINUTE)


def test_the_average_price_looks_back_so_many_minutes_inclusive() -> None:
    tape = tape_of(trade(0, T0, 100), trade(1, T0 + 5 * MINUTE, 200))
    assert average_price(tape, 5, T0 + 5 * MINUTE) == (150, T0 + 5 * MINUTE)
    assert average_price(tape, 5, T0 + 5 * MINUTE + 1) == (200, T0 + 5 * MINUTE)


@pytest.mark.parametrize("minutes", [0, 5])
def test_without_trades_in_the_window_the_last_earlier_price_stands_in(minutes: int) -> None:
    """S-165."""
    tape = tape_of(trade(0, T0, 100), trade(1, T0, 120), trade(2, T0 + DAY, 900))
    assert average_price(tape, minutes, T0 + HOUR) == (120, T0)


def test_without_any_trade_ever_there_is_no_average_price() -> None:
    """S-165."""
    assert average_price(Tape(), 5, T0) == average_price(tape_of(trade(0, T0 + 1, 100)), 5, T0) == (0, 0)


def test_zero_minutes_take_the_last_price() -> None:
    tape = tape_of(trade(0, T0, 100), trade(1, T0, 120))
    assert average_price(tape, 0, T0) == (120, T0)


def test_bars_without_volume_give_no_average() -> None:
    tape = tape_of(Bar(T0, T0 + MINUTE - 1, 100, 100, 100, 100, 0, 0, 0, 0, 0))
    assert average_price(tape, 5, T0 + HOUR) == (100, T0 + MINUTE - 1)
    assert average_price(tape, 5, T0 + MINUTE) == (100, T0 + MINUTE - 1)
    assert average_price(tape, 5, T0 + 10) == (100, T0 + 10)


@pytest.mark.parametrize(
    ("now", "size", "start"),
    [
        (T0 + HOUR, MINUTE, T0 + HOUR - MINUTE),
        (T0 + HOUR + 1, MINUTE, T0 + HOUR - MINUTE),
        (T0 + HOUR + MINUTE - 1, HOUR, T0),
        (T0 + DAY + 59_999_000, DAY, T0),
    ],
)
def test_a_rolling_window_opens_on_a_full_minute(now: int, size: int, start: int) -> None:
    """S-174: so it may be up to 59999 ms wider than asked for."""
    assert rolling_start(now, size) == start


@pytest.mark.parametrize(
    ("now", "offset", "start"),
    [
        (T0, 0, T0),
        (T0 + DAY - 1, 0, T0),
        (T0 + 16 * HOUR - 1, 8 * HOUR, T0 - 8 * HOUR),
        (T0 + 16 * HOUR, 8 * HOUR, T0 + 16 * HOUR),
        (T0, -HOUR, T0 - DAY + HOUR),
    ],
)
def test_the_trading_day_is_the_calendar_day_in_the_time_zone(now: int, offset: int, start: int) -> None:
    """S-174."""
    assert trading_day(now, offset) == (start, start + DAY - 1)


# Against a slow model.

GAPS = st.sampled_from([0, 0, 1, SECOND, MINUTE - 1, MINUTE, MINUTE + 1, 20 * MINUTE, HOUR, 11 * HOUR, DAY])


@st.composite
def histories(draw: st.DrawFn) -> list[Trade | Bar]:
    """Trades, some of them inside fed bars."""
    time, free = T0 + draw(st.integers(0, HOUR)), 0
    pieces: list[Trade | Bar] = []
    for _ in range(draw(st.integers(0, 25))):
        kind = draw(st.sampled_from("tttb"))
        time += draw(GAPS)
        price = draw(st.integers(95, 105)) * SCALE
        if kind == "t":
            pieces.append(trade(len(pieces), time, price, draw(st.integers(1, 3 * SCALE))))
            free = max(free, time + 1)
        else:
            time = max(time, free)
            free = time + draw(st.sampled_from([1, MINUTE, HOUR]))
            pieces.append(Bar(time, free - 1, price, price + 3, price - 3, price + 1, SCALE, price + 1, 7, 0, 0))
    return pieces


def when(piece: Trade | Bar) -> int:
    return piece.open_time if isinstance(piece, Bar) else piece.time


def closing(pieces: list[Trade | Bar]) -> int:
    """The price that the last piece leaves, 0 without any."""
    if not pieces:
        return 0
    return pieces[-1].close if isinstance(pieces[-1], Bar) else pieces[-1].price


def slow_window(pieces: list[Trade | Bar], start: int, end: int) -> Window:
    inside = [piece for piece in pieces if start <= when(piece) <= end]
    before = closing([piece for piece in pieces if when(piece) < start])
    if not inside:
        return Window(start, end, 0, 0, 0, before, 0, before, 0, 0, 0, -1, -1)
    prices = [
        price
        for piece in inside
        for price in ((piece.open, piece.high, piece.low) if isinstance(piece, Bar) else (piece.price,))
    ]
    ids = [piece.id for piece in inside if isinstance(piece, Trade)] or [-1]
    return Window(
        open_time=start,
        close_time=end,
        open=prices[0],
        high=max(prices),
        low=min(prices),
        last=closing(inside),
        last_qty=0 if isinstance(inside[-1], Bar) else inside[-1].qty,
        prev_close=before,
        volume=sum(piece.volume if isinstance(piece, Bar) else piece.qty for piece in inside),
        quote=sum(piece.quote for piece in inside),
        count=sum(piece.count if isinstance(piece, Bar) else 1 for piece in inside),
        first_id=ids[0],
        last_id=ids[-1],
    )


def slow_average(pieces: list[Trade | Bar], minutes: int, now: int) -> int:
    known = [piece for piece in pieces if when(piece) <= now]
    found = slow_window(pieces, now - minutes * MINUTE, now)
    return found.quote * SCALE // found.volume if minutes and found.volume else closing(known)


@settings(max_examples=100, deadline=None)
@given(
    pieces=histories(),
    ends=st.lists(st.tuples(st.integers(0, 20), st.sampled_from([-HOUR, -1, 0, 1, MINUTE, HOUR])), max_size=6),
    sizes=st.lists(st.sampled_from([0, 1, MINUTE, HOUR, DAY, 3 * DAY]), min_size=6, max_size=6),
    minutes=st.sampled_from([0, 1, 5, 60]),
)
def test_windows_match_filtering_everything(
    pieces: list[Trade | Bar], ends: list[tuple[int, int]], sizes: list[int], minutes: int
) -> None:
    """S-165, S-174: exact to the microsecond, whatever was asked while the tape grew."""
    tape, seen = Tape(), list[Trade | Bar]()
    for piece in pieces:
        if isinstance(piece, Bar):
            tape.append_bar(piece)
        else:
            tape.append(piece)
        seen.append(piece)
        now = when(piece)
        assert window(tape, now - HOUR, now) == slow_window(seen, now - HOUR, now)
    for (index, shift), size in zip(ends, sizes, strict=False):
        now = (when(pieces[index % len(pieces)]) if pieces else T0) + shift
        assert window(tape, now - size, now) == slow_window(seen, now - size, now)
        assert average_price(tape, minutes, now)[0] == slow_average(seen, minutes, now)
