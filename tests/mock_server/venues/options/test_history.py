"""The trades that an option is shown to have had, and their sums without the trades: O-45."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from tests.mock_server.spot_client import NOW
from tests.mock_server.venues.options.options_client import CALL, OptionsClient

from binance_mock.engine.intervals import DAY, HOUR
from binance_mock.engine.units import SCALE
from binance_mock.engine.windows import window
from binance_mock.venues.options.history import standing_tape, standing_window
from binance_mock.venues.options.listings import Contract


@cache
def contracts() -> list[Contract]:
    """One of each underlying and series."""
    options = OptionsClient()
    options.listed()
    return list({(info.base, info.series): info for info in options.venue.symbols.values()}.values())


@given(
    st.integers(0, 10**6),
    st.integers(1, 3 * 10**5),
    st.integers(0, 100),
    st.integers(-DAY, 3 * DAY),
    st.integers(0, 3 * DAY),
)
def test_the_sums_are_those_of_the_tape(draw: int, ticks: int, hours: int, after: int, size: int) -> None:
    info = contracts()[draw % len(contracts())]
    now, price = NOW + after, ticks * info.tick
    tape = standing_tape(7, info, price, hours, now)
    assert standing_window(7, info, price, hours, now, size) == window(tape, now - size, now)


def test_the_tape_stands_on_hours_until_now() -> None:
    """O-45: and a trade of a contract of a hundred is worth that much."""
    for info in contracts():
        trades = standing_tape(7, info, 40 * info.tick, 24, NOW).newest(100)
        assert [trade.id for trade in trades] == list(range(len(trades)))
        assert min(24, (NOW - info.onboard) // HOUR) <= len(trades) <= 24
        assert all(two.time - one.time == HOUR for one, two in pairwise(trades))
        assert all(max(info.onboard, NOW - 25 * HOUR) < trade.time <= NOW for trade in trades)
        assert all(trade.price % info.tick == 0 < trade.price for trade in trades)
        assert all(trade.quote == trade.price * trade.qty * info.unit // SCALE for trade in trades)


def test_the_ticker_of_all_is_that_of_each() -> None:
    """Whether or not somebody touched a contract."""
    options = OptionsClient()
    options.public("depth", symbol=CALL).ok()
    rows = {row["symbol"]: row for row in options.public("ticker").ok()}
    assert len(rows) == len(options.listed())
    for info in (*contracts(), options.venue.info(CALL)):
        options.public("depth", symbol=info.name).ok()
        assert options.ticker(info.name) == rows[info.name]
