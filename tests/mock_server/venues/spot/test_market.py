"""Public market data: book, trades, candles, average and reference price (S-18, S-159 to S-175)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mock_server.spot_client import DAY, NOW, SECOND, SpotClient, frozen_world, open_client, units

from binance_mock.venues.spot.settings import SpotSettings
from binance_mock.world import WorldSettings

MS = NOW // 1000
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


def client(**settings: Any) -> SpotClient:
    return SpotClient(frozen_world(WorldSettings(spot=SpotSettings(**settings))))


def ask(client: SpotClient, path: str, **params: object) -> Any:
    return client.public(path, **{"symbol": "BTCUSDT", **params}).ok()


# -- depth ----------------------------------------------------------------------------------------------------------


def test_the_book_is_sorted_from_the_best_price_outwards() -> None:
    book = ask(client(), "depth")
    bids, asks = ([units(price) for price, _ in book[side]] for side in ("bids", "asks"))
    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks)
    assert bids[0] < asks[0]
    assert len(bids) == len(asks) == 25


@pytest.mark.parametrize(("limit", "levels"), [(1, 1), (7, 7), (24, 24), (25, 25), (100, 25), (5000, 25), (99999, 25)])
def test_any_number_of_levels(limit: int, levels: int) -> None:
    """S-168: not only round ones; too many are cut."""
    book = ask(client(), "depth", limit=limit)
    assert len(book["bids"]) == len(book["asks"]) == levels


def test_a_hundred_levels_by_default() -> None:
    """S-168."""
    deep = client(levels=150)
    assert len(ask(deep, "depth")["bids"]) == 100
    assert len(ask(deep, "depth", limit=150)["bids"]) == 150


def test_every_change_of_the_book_raises_its_number() -> None:
    """S-168."""
    mine = client()
    before = ask(mine, "depth")["lastUpdateId"]
    assert ask(mine, "depth")["lastUpdateId"] == before
    id = mine.order(price="79995").ok()["orderId"]
    placed = ask(mine, "depth")
    assert placed["lastUpdateId"] > before
    assert placed["bids"][0] == ["79995.00000000", "0.01000000"]
    mine.delete("order", symbol="BTCUSDT", orderId=id).ok()
    assert ask(mine, "depth")["lastUpdateId"] > placed["lastUpdateId"]


@pytest.mark.parametrize(
    "path", ["depth", "referencePrice/calculation", "ticker/price", "ticker/bookTicker", "ticker/24hr"]
)
def test_a_symbol_of_another_status(path: str) -> None:
    """S-172."""
    mine = client()
    reply = mine.public(path, symbol="BTCUSDT", symbolStatus="HALT")
    assert (*reply.refusal, reply.msg) == (400, -1220, "The symbol's status does not match the requested symbolStatus.")
    mine.world.spot.statuses["BTCUSDT"] = "HALT"
    assert mine.public(path, symbol="BTCUSDT", symbolStatus="HALT").code in (0, -2043)


# -- trades ---------------------------------------------------------------------------------------------------------


def test_the_newest_trades_ascend() -> None:
    mine = client()
    rows = ask(mine, "trades", limit=10)
    assert len(rows) == 10
    assert all(one["id"] + 1 == other["id"] and one["time"] <= other["time"] for one, other in pairwise(rows))
    mine.order("BUY", "MARKET", "0.01").ok()
    newest = ask(mine, "trades", limit=1)[0]
    assert newest == {
        "id": rows[-1]["id"] + 1, "price": "80008.00000000", "qty": "0.01000000", "quoteQty": "800.08000000",
        "time": MS, "isBuyerMaker": False, "isBestMatch": True,
    }  # fmt: skip


def test_five_hundred_trades_by_default() -> None:
    mine = client()
    assert len(ask(mine, "trades")) == len(ask(mine, "historicalTrades")) == len(ask(mine, "aggTrades")) == 500
    assert ask(mine, "trades") == ask(mine, "historicalTrades")


def test_trades_from_an_id_on() -> None:
    """The id itself included."""
    mine = client()
    rows = ask(mine, "historicalTrades", fromId=100, limit=3)
    assert [row["id"] for row in rows] == [100, 101, 102]
    assert ask(mine, "historicalTrades", fromId=10**9) == []
    last = ask(mine, "trades", limit=1)[0]["id"]
    assert [row["id"] for row in ask(mine, "historicalTrades", fromId=last)] == [last]


def test_an_end_in_milliseconds_takes_in_its_whole_millisecond() -> None:
    """S-18: the end is included, and what happened within it has its time in the answer."""
    mine = client()
    mine.world.clock.freeze(MS * 1000 + 999)
    mine.order("BUY", "MARKET", "0.01").ok()
    mine.world.clock.freeze(MS * 1000 + 1000)
    mine.order("BUY", "MARKET", "0.01").ok()
    for end in (MS, MS * 1000 + 999):
        assert len(ask(mine, "aggTrades", startTime=MS, endTime=end)) == 1
        assert len(mine.get("myTrades", symbol="BTCUSDT", startTime=MS, endTime=end).ok()) == 1
    assert len(ask(mine, "aggTrades", startTime=MS, endTime=MS + 1)) == 2
    assert ask(mine, "aggTrades", startTime=MS, endTime=MS * 1000 + 998) == []


def test_trades_before_1970_have_times_below_zero() -> None:
    """A clock that stands at the epoch has its history before it, in the same unit."""
    mine = SpotClient(frozen_world(at=0))
    assert [row["time"] for row in ask(mine, "trades", limit=3)] == [-600_001, -300_001, -1]


def test_there_are_no_block_trades() -> None:
    assert ask(client(), "historicalBlockTrades", fromId=0) == []
    assert client().public("historicalBlockTrades", symbol="NOSUCH", fromId=0).code == -1121


def test_trades_of_one_order_at_one_price_are_one_aggregate() -> None:
    """S-175."""
    mine = client(levels=0)
    for _ in range(2):
        open_client(mine.world, f"seller{len(mine.world.spot.accounts)}", BTC=1).order("SELL", price="81000").ok()
    open_client(mine.world, "seller", BTC=1).order("SELL", price="81001").ok()
    ids = [row["tradeId"] for row in mine.order("BUY", "MARKET", "0.03").ok()["fills"]]
    two, one = ask(mine, "aggTrades", limit=2)
    assert (two["p"], two["q"], two["f"], two["l"], two["T"], two["m"], two["M"]) == (
        "81000.00000000", "0.02000000", ids[0], ids[1], MS, False, True,
    )  # fmt: skip
    assert (one["p"], one["f"], one["l"], one["a"]) == ("81001.00000000", ids[2], ids[2], two["a"] + 1)


def test_aggregates_from_an_id_on() -> None:
    """S-175: inclusive, and exclusive of times."""
    mine = client()
    assert [row["a"] for row in ask(mine, "aggTrades", fromId=5, limit=3)] == [5, 6, 7]
    for name in ("startTime", "endTime"):
        assert mine.public("aggTrades", symbol="BTCUSDT", fromId=5, **{name: MS}).refusal == (400, -1128)


def test_aggregates_by_time() -> None:
    """S-18: only a start, the oldest from there; only an end, the newest up to there; both, as a start."""
    mine = client()
    every = ask(mine, "aggTrades", limit=1000)
    times = [row["T"] for row in every]
    start, end = times[100], times[200]
    assert ask(mine, "aggTrades", startTime=start, limit=5) == every[100:105]
    assert ask(mine, "aggTrades", endTime=end, limit=5) == every[196:201]
    assert ask(mine, "aggTrades", startTime=start, endTime=end, limit=5) == every[100:105]
    assert ask(mine, "aggTrades", startTime=start, endTime=end, limit=1000) == every[100:201]
    assert ask(mine, "aggTrades", startTime=start, endTime=start) == [every[100]]
    assert ask(mine, "aggTrades", startTime=end, endTime=start) == []


# -- candles --------------------------------------------------------------------------------------------------------


def test_a_candle_sums_up_its_trades() -> None:
    """S-169."""
    mine = client()
    (row,) = ask(mine, "klines", interval="1h", limit=1)
    opened = MS - MS % HOUR_MS
    inside = [trade for trade in ask(mine, "trades", limit=1000) if trade["time"] >= opened]
    taken = [trade for trade in inside if not trade["isBuyerMaker"]]
    prices = [units(trade["price"]) for trade in inside]

    def total(rows: list[Any], name: str) -> int:
        return sum(units(trade[name]) for trade in rows)

    assert [row[0], row[6], row[8], row[11]] == [opened, opened + HOUR_MS - 1, len(inside), "0"]
    assert [units(text) for text in row[1:6]] == [
        prices[0], max(prices), min(prices), prices[-1], total(inside, "qty"),
    ]  # fmt: skip
    assert [units(row[i]) for i in (7, 9, 10)] == [
        total(inside, "quoteQty"), total(taken, "qty"), total(taken, "quoteQty"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("interval", "ms"),
    [("1s", 1000), ("1m", MINUTE_MS), ("15m", 15 * MINUTE_MS), ("1h", HOUR_MS), ("12h", 12 * HOUR_MS), ("1d", DAY_MS)],
)
def test_candles_follow_one_another_without_gaps(interval: str, ms: int) -> None:
    """S-169, S-18: the newest by default, ascending."""
    rows = ask(client(), "klines", interval=interval, limit=50)
    assert rows[-1][0] == MS - MS % ms
    assert all(row[6] == row[0] + ms - 1 and row[0] % ms == 0 for row in rows)
    assert all(one[0] + ms == other[0] for one, other in pairwise(rows))


def test_the_sixteen_intervals() -> None:
    """S-169: letter case tells minutes from months."""
    intervals = ["1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M"]
    for interval in intervals:
        assert ask(client(), "klines", interval=interval, limit=1)
    for interval in ("1S", "2m", "60m", "24h", "1D", "1W", "1Y", "m", ""):
        assert client().public("klines", symbol="BTCUSDT", interval=interval).code in (-1120, -1102)


@pytest.mark.parametrize(("path", "count"), [("klines", 500), ("uiKlines", 500)])
def test_how_many_candles(path: str, count: int) -> None:
    """S-169."""
    mine = client()
    assert len(ask(mine, path, interval="1m")) == count
    assert len(ask(mine, path, interval="1m", limit=1000)) == len(ask(mine, path, interval="1m", limit=2000)) == 1000


def test_candles_by_time() -> None:
    """S-18: bounds are those of the opening, both included; equal ones are legal."""
    mine = client()
    every = ask(mine, "klines", interval="5m", limit=1000)
    start, end = every[10][0], every[20][0]
    assert ask(mine, "klines", interval="5m", startTime=start, limit=3) == every[10:13]
    assert ask(mine, "klines", interval="5m", endTime=end, limit=3) == every[18:21]
    assert ask(mine, "klines", interval="5m", startTime=start, endTime=end) == every[10:21]
    assert ask(mine, "klines", interval="5m", startTime=start, endTime=start) == [every[10]]
    assert ask(mine, "klines", interval="5m", startTime=start + 1, endTime=end - 1) == every[11:20]
    assert ask(mine, "klines", interval="5m", startTime=MS + DAY_MS) == []
    assert ask(mine, "klines", interval="5m", startTime=start * 1000) == ask(
        mine, "klines", interval="5m", startTime=start
    )


@pytest.mark.parametrize(("zone", "hours"), [("0", 0), ("8", 8), ("-12:00", -12), ("14:00", 14), ("05:30", 5.5)])
def test_time_zones_move_the_borders(zone: str, hours: float) -> None:
    """S-170: times stay UTC."""
    rows = ask(client(), "klines", interval="1d", timeZone=zone)
    for row in rows:
        assert (row[0] + hours * HOUR_MS) % DAY_MS == 0


def test_weeks_open_on_monday_and_months_on_the_first() -> None:
    """S-170: NOW is Tuesday, 2023-11-14."""
    assert ask(client(), "klines", interval="1w")[-1][0] == 1_699_833_600_000
    (row,) = ask(client(), "klines", interval="1M")
    assert (row[0], row[6]) == (1_698_796_800_000, 1_701_388_800_000 - 1)


def test_charts_show_the_same_candles() -> None:
    """S-223."""
    mine = client()
    params = {"interval": "15m", "startTime": MS - DAY_MS, "limit": 7, "timeZone": "3"}
    assert ask(mine, "uiKlines", **params) == ask(mine, "klines", **params)


def test_a_market_without_history_has_no_candles() -> None:
    mine = client(history_hours=0)
    assert ask(mine, "klines", interval="1m") == ask(mine, "trades") == ask(mine, "aggTrades") == []
    mine.order("BUY", "MARKET", "0.01", symbol="BTCUSDT")
    assert ask(mine, "avgPrice") == {"mins": 5, "price": "0.00000000", "closeTime": 0}


@given(moves=st.lists(st.integers(0, 90 * SECOND), min_size=1, max_size=5))
def test_candles_of_a_minute_and_of_an_hour_tell_the_same(moves: list[int]) -> None:
    """Volume and count of the hour are the sums of its minutes."""
    mine = client(history_hours=2)
    for move in moves:
        mine.world.clock.move(move)
        mine.order("BUY", "MARKET", "0.01").ok()
    minutes = ask(mine, "klines", interval="1m", limit=1000)
    for hour in ask(mine, "klines", interval="1h"):
        inside = [row for row in minutes if hour[0] <= row[0] <= hour[6]]
        for column in (5, 7, 9, 10):
            assert units(hour[column]) == sum(units(row[column]) for row in inside)
        assert hour[8] == sum(row[8] for row in inside)


# -- average and reference price ------------------------------------------------------------------------------------


def test_the_average_price() -> None:
    """S-165: the time is that of the last trade."""
    mine = client()
    row = ask(mine, "avgPrice")
    assert row == {"mins": 5, "price": "80000.00000000", "closeTime": ask(mine, "trades", limit=1)[0]["time"]}
    mine.world.clock.move(DAY)
    assert ask(mine, "avgPrice") == row


@pytest.mark.parametrize("path", ["referencePrice", "referencePrice/calculation"])
def test_no_symbol_has_a_reference_price(path: str) -> None:
    """S-159."""
    reply = client().public(path, symbol="BTCUSDT")
    assert (*reply.refusal, reply.msg) == (400, -2043, "This symbol doesn't have a reference price.")
    assert client().public(path, symbol="NOSUCH").code == -1121
