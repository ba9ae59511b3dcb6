"""The five kinds of candles (U-39, U-42, U-44)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mock_server.spot_client import NOW
from tests.mock_server.venues.usdm.usdm_client import HOUR_MS, MINUTE_MS, MS, UsdmClient, amount, client

from binance_mock.engine.units import SCALE
from binance_mock.venues.usdm.marks import Way

KINDS: Final[dict[str, dict[str, object]]] = {
    "klines": {"symbol": "BTCUSDT"},
    "continuousKlines": {"pair": "BTCUSDT", "contractType": "PERPETUAL"},
    "indexPriceKlines": {"pair": "BTCUSDT"},
    "markPriceKlines": {"symbol": "BTCUSDT"},
    "premiumIndexKlines": {"symbol": "BTCUSDT"},
}
INTERVALS: Final = ("1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M")


def ask(one: UsdmClient, path: str, **params: object) -> list[list[Any]]:
    rows: list[list[Any]] = one.public(path, **{**KINDS[path], "interval": "1m", **params}).ok()
    return rows


@pytest.mark.parametrize("path", KINDS)
@pytest.mark.parametrize("interval", INTERVALS)
def test_candles_follow_one_another(path: str, interval: str) -> None:
    rows = ask(client(), path, interval=interval)
    assert all(one[6] + 1 == other[0] for one, other in pairwise(rows))
    assert rows[-1][0] <= MS <= rows[-1][6]


@pytest.mark.parametrize("path", KINDS)
def test_other_intervals(path: str) -> None:
    """U-39: seconds are for streams alone."""
    for interval in ("1s", "2m", "1H", "60"):
        reply = client().public(path, **{**KINDS[path], "interval": interval})
        assert (*reply.refusal, reply.msg) == (400, -1120, "Invalid interval.")


@pytest.mark.parametrize("path", KINDS)
def test_how_many_candles(path: str) -> None:
    """U-44."""
    assert len(ask(client(), path)) == 500
    assert len(ask(client(), path, limit=1500)) == 1500
    reply = client().public(path, **KINDS[path], interval="1m", limit=1501)
    assert (*reply.refusal, reply.msg) == (400, -1130, "Data sent for parameter 'limit' is not valid.")


@pytest.mark.parametrize("path", KINDS)
@pytest.mark.parametrize(
    ("limit", "weight"),
    [(1, 1), (99, 1), (100, 2), (499, 2), (500, 5), (1000, 5), (1001, 10), (1500, 10), (None, 5)],
)
def test_weights(path: str, limit: int | None, weight: int) -> None:
    assert client().weight(path, **KINDS[path], interval="1m", limit=limit) == weight


@pytest.mark.parametrize("path", KINDS)
def test_a_stretch_of_time(path: str) -> None:
    """Both ends are openings and inclusive; the oldest from the start on."""
    one = client()
    opening = MS - MS % HOUR_MS - 5 * HOUR_MS
    found = ask(one, path, interval="1h", startTime=opening, endTime=opening + 2 * HOUR_MS)
    assert [row[0] for row in found] == [opening + n * HOUR_MS for n in range(3)]
    assert ask(one, path, interval="1h", startTime=opening, limit=2) == found[:2]
    assert ask(one, path, interval="1h", endTime=opening + 2 * HOUR_MS, limit=2) == found[1:]
    assert ask(one, path, interval="1h", startTime=opening + 1)[0][0] == opening + HOUR_MS
    assert ask(one, path, interval="1h", startTime=MS + HOUR_MS) == []


def test_a_continuous_contract_is_the_contract() -> None:
    one = client()
    assert ask(one, "continuousKlines") == ask(one, "klines")
    quarter = one.public("klines", symbol="BTCUSDT_261225", interval="1h").ok()
    assert ask(one, "continuousKlines", contractType="CURRENT_QUARTER", interval="1h") == quarter
    assert quarter != ask(one, "klines", interval="1h")


def test_contracts_that_a_pair_does_not_have() -> None:
    one = client()
    assert ask(one, "continuousKlines", contractType="NEXT_QUARTER") == []
    assert ask(one, "continuousKlines", pair="ETHUSDT", contractType="CURRENT_QUARTER") == []
    reply = one.public("continuousKlines", pair="BTCUSDT", contractType="CURRENT_MONTH", interval="1m")
    assert (*reply.refusal, reply.msg) == (400, -4104, "Invalid contract type")


def test_mark_and_index_go_with_the_market() -> None:
    one = client()
    traded = ask(one, "klines", interval="15m")
    for path in ("markPriceKlines", "indexPriceKlines"):
        rows = ask(one, path, interval="15m")
        assert [[amount(cell) for cell in row[1:5]] for row in rows] == [
            [amount(cell) for cell in row[1:5]] for row in traded
        ]
        assert all([row[5], *row[7:]] == ["0", "0", 0, "0", "0", "0"] for row in rows)
    zero = "0.00000000"
    assert all(row[1:5] == [zero] * 4 for row in ask(one, "premiumIndexKlines", interval="15m"))


def test_the_index_of_a_pair_is_that_of_its_perpetual() -> None:
    one = client()
    mark = one.public("markPriceKlines", symbol="BTCUSDT_261225", interval="1h", limit=9).ok()
    index = ask(one, "indexPriceKlines", interval="1h", limit=9)
    above = one.public("premiumIndexKlines", symbol="BTCUSDT_261225", interval="1h", limit=9).ok()
    for m, i, p in zip(mark, index, above, strict=True):
        assert [amount(p[at]) for at in (1, 4)] == [
            (amount(m[at]) - amount(i[at])) * SCALE // amount(i[at]) for at in (1, 4)
        ]
        assert (p[2], p[3]) == (max(p[1], p[4]), min(p[1], p[4]))


def test_prices_that_were_set_show_while_they_stood() -> None:
    """U-108: mark and index leave the trades when they are set, and come back when they follow again."""
    one = client()
    before = {path: ask(one, path) for path in KINDS}
    one.venue.set_marks("BTCUSDT", one.world.clock.now(), mark=81_000 * SCALE, index=79_000 * SCALE)
    mark, index = ask(one, "markPriceKlines"), ask(one, "indexPriceKlines")
    assert (mark[:-1], index[:-1]) == (before["markPriceKlines"][:-1], before["indexPriceKlines"][:-1])
    assert mark[-1][2] == mark[-1][4] == "81000.00000000"
    assert index[-1][3] == index[-1][4] == "79000.00000000"
    assert ask(one, "premiumIndexKlines")[-1][1:5] == ["0.00000000", "0.02531645", "0.00000000", "0.02531645"]
    assert ask(one, "klines") == before["klines"]
    # The past has no part in it.
    assert ask(one, "markPriceKlines", endTime=MS - MINUTE_MS)[-1] == before["markPriceKlines"][-2]
    one.world.clock.move(2 * MINUTE_MS * 1000)
    one.venue.follow_market("BTCUSDT", one.world.clock.now())
    one.world.clock.move(2 * MINUTE_MS * 1000)
    last = one.public("ticker/price", symbol="BTCUSDT").ok()["price"]
    closes = [row[4] for row in ask(one, "markPriceKlines", limit=5)]
    assert closes[:2] == ["81000.00000000"] * 2
    assert [amount(close) for close in closes[2:]] == [amount(last)] * 3
    flat = ask(one, "markPriceKlines", limit=4)[0]
    assert flat[1:5] == ["81000.00000000"] * 4


def test_a_mark_below_the_index() -> None:
    one = client()
    one.venue.set_marks("BTCUSDT", one.world.clock.now(), mark=79_000 * SCALE, index=80_000 * SCALE)
    assert ask(one, "premiumIndexKlines")[-1][1:5] == ["0.00000000", "0.00000000", "-0.01250000", "-0.01250000"]


@given(st.lists(st.tuples(st.integers(0, 12), st.none() | st.integers(1, 5)), max_size=8), st.integers(0, 12))
def test_the_way_of_a_price_is_that_of_every_moment(steps: list[tuple[int, int | None]], start: int) -> None:
    way, at = Way(), dict[int, int | None]()
    for time, price in steps:
        way.step(time, price)
        at = {moment: was for moment, was in at.items() if moment < time} | {time: price}
    slow: list[int | None] = []
    for moment in range(13):
        slow.append(at[moment] if moment in at else slow[-1] if slow else None)
    fast = [price for begin, end, price in way.pieces(start, 13) for _ in range(begin, end)]
    assert fast == slow[start:]


def test_a_market_without_history_has_no_candles() -> None:
    assert [ask(client(history_hours=0), path) for path in KINDS] == [[]] * 5


@given(
    prints=st.lists(
        st.tuples(
            st.integers(0, 400_000),
            st.integers(790_000, 810_000),
            st.integers(1, 5000),
            st.booleans(),
            st.integers(1, 3),
        ),
        min_size=1,
        max_size=15,
    ),
    interval=st.sampled_from((1, 3, 5)),
    limit=st.integers(1, 8),
    start=st.none() | st.integers(-2, 7),
    end=st.none() | st.integers(-2, 9),
)
def test_candles_are_sums_of_the_trades(
    prints: list[tuple[int, int, int, bool, int]], interval: int, limit: int, start: int | None, end: int | None
) -> None:
    one = client(levels=0)
    trades = one.feed(
        "BTCUSDT",
        [
            (NOW - 400_000_000 + ms * 1000, tenths * SCALE // 10, qty * SCALE // 1000, side, taker)
            for ms, tenths, qty, side, taker in sorted(prints)
        ],
    )
    size = interval * MINUTE_MS
    low, high = (None if each is None else MS - 400_000 + each * MINUTE_MS for each in (start, end))
    reply = one.public("klines", symbol="BTCUSDT", interval=f"{interval}m", startTime=low, endTime=high, limit=limit)
    if low is not None and high is not None and low > high:
        assert reply.code == -1023
        return
    expected = []
    close = 0
    for opening in range(trades[0].time // 1000 // size * size, MS + 1, size):
        inside = [trade for trade in trades if opening <= trade.time // 1000 < opening + size]
        prices = [trade.price for trade in inside] or [close]
        close = prices[-1]
        bought = [trade for trade in inside if not trade.buyer_maker]
        expected.append([
            opening, prices[0], max(prices), min(prices), close, sum(trade.qty for trade in inside), opening + size - 1,
            sum(trade.quote for trade in inside), len(inside), sum(trade.qty for trade in bought),
            sum(trade.quote for trade in bought), 0,
        ])  # fmt: skip
    expected = [row for row in expected if (low is None or row[0] >= low) and (high is None or row[0] <= high)]
    expected = expected[-limit:] if low is None else expected[:limit]
    assert [[amount(cell) if isinstance(cell, str) else cell for cell in row] for row in reply.ok()] == expected
