"""Price statistics: 24hr, tradingDay, rolling windows, last and best prices (S-171 to S-174)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.mock_server.spot_client import BLUEPRINT, DAY, NOW, SpotClient, frozen_world, units

from binance_mock.venues import maker
from binance_mock.venues.spot.settings import SpotSettings
from binance_mock.world import WorldSettings

MS = NOW // 1000
MINUTE_MS, DAY_MS = 60_000, 86_400_000
MINI = {
    "symbol", "openPrice", "highPrice", "lowPrice", "lastPrice", "volume", "quoteVolume", "openTime", "closeTime",
    "firstId", "lastId", "count",
}  # fmt: skip
FULL = MINI | {"priceChange", "priceChangePercent", "weightedAvgPrice"}
DAY_FULL = FULL | {"prevClosePrice", "lastQty", "bidPrice", "bidQty", "askPrice", "askQty"}
WINDOWS = ["ticker/24hr", "ticker/tradingDay", "ticker"]
ALL = ["ticker/24hr", "ticker/tradingDay", "ticker", "ticker/price", "ticker/bookTicker"]


def client(**settings: Any) -> SpotClient:
    return SpotClient(frozen_world(WorldSettings(spot=SpotSettings(**settings))))


def ask(client: SpotClient, path: str, **params: object) -> Any:
    return client.public(path, **({"symbol": "BTCUSDT"} | params)).ok()


@pytest.mark.parametrize("path", WINDOWS)
@pytest.mark.parametrize("type", [None, "FULL", "MINI"])
def test_the_fields(path: str, type: str | None) -> None:
    """S-171: 21 and 12 of 24hr, 15 and 12 of the others."""
    full = DAY_FULL if path == "ticker/24hr" else FULL
    assert ask(client(), path, type=type).keys() == (MINI if type == "MINI" else full)


@pytest.mark.parametrize("path", ALL)
def test_one_symbol_gives_an_object_and_several_a_list(path: str) -> None:
    """S-171: a list even for one."""
    mine = client()
    one = ask(mine, path)
    assert ask(mine, path, symbol=None, symbols='["BTCUSDT"]') == [one]
    rows = ask(mine, path, symbol=None, symbols='["LTCBTC","BTCUSDT"]')
    assert [row["symbol"] for row in rows] == ["LTCBTC", "BTCUSDT"]
    assert rows[1] == one


@pytest.mark.parametrize("path", ["ticker/24hr", "ticker/price", "ticker/bookTicker"])
def test_all_symbols(path: str) -> None:
    """S-171."""
    assert [row["symbol"] for row in ask(client(), path, symbol=None)] == list(BLUEPRINT.symbols)


@pytest.mark.parametrize("path", ["ticker", "ticker/tradingDay"])
def test_some_need_a_symbol(path: str) -> None:
    """S-44: one of the two."""
    reply = client().public(path)
    assert (*reply.refusal, reply.msg) == (
        400, -1102, "Param 'symbol' or 'symbols' must be sent, but both were empty/null!",
    )  # fmt: skip


@pytest.mark.parametrize("path", ALL)
def test_symbols_of_another_status_are_left_out(path: str) -> None:
    """S-172."""
    mine = client()
    mine.world.spot.statuses["BNBUSDT"] = "BREAK"
    symbols = '["BTCUSDT","BNBUSDT"]'
    rows = ask(mine, path, symbol=None, symbols=symbols, symbolStatus="BREAK")
    assert [row["symbol"] for row in rows] == ["BNBUSDT"]
    assert ask(mine, path, symbol=None, symbols='["BTCUSDT"]', symbolStatus="BREAK") == []
    assert mine.public(path, symbol="BTCUSDT", symbolStatus="BREAK").refusal == (400, -1220)


@pytest.mark.parametrize("path", ALL)
def test_symbols_that_are_not_listed(path: str) -> None:
    """S-47."""
    assert client().public(path, symbol="NOSUCH").refusal == (400, -1121)
    assert client().public(path, symbols='["BTCUSDT","NOSUCH"]').refusal == (400, -1121)


def test_the_statistics_are_those_of_the_trades() -> None:
    mine = client()
    row = ask(mine, "ticker/24hr")
    inside = [trade for trade in ask(mine, "trades", limit=1000) if trade["time"] * 1000 >= NOW - DAY]
    prices = [units(trade["price"]) for trade in inside]
    volume, quote = (sum(units(trade[name]) for trade in inside) for name in ("qty", "quoteQty"))
    before = [trade for trade in ask(mine, "trades", limit=1000) if trade["time"] * 1000 < NOW - DAY]
    expected = {
        "openPrice": prices[0], "highPrice": max(prices), "lowPrice": min(prices), "lastPrice": prices[-1],
        "volume": volume, "quoteVolume": quote, "priceChange": prices[-1] - prices[0],
        "weightedAvgPrice": quote * 10**8 // volume, "lastQty": units(inside[-1]["qty"]),
        "prevClosePrice": units(before[-1]["price"]),
    }  # fmt: skip
    assert {name: units(row[name]) for name in expected} == expected
    assert (row["firstId"], row["lastId"], row["count"]) == (inside[0]["id"], inside[-1]["id"], len(inside))
    change = (prices[-1] - prices[0]) * 100 / prices[0]
    assert abs(float(row["priceChangePercent"]) - change) <= 0.0005
    assert (row["openTime"], row["closeTime"]) == (MS - DAY_MS, MS)
    best = ask(mine, "ticker/bookTicker")
    assert {name: row[name] for name in best} == best


@pytest.mark.parametrize(
    ("price", "percent"), [("80000", "0.000"), ("88000", "10.000"), ("72000", "-10.000"), ("80001", "0.001")]
)
def test_the_change_in_percent(price: str, percent: str) -> None:
    mine = client(history_hours=1)
    world = mine.world
    market = world.spot.market("BTCUSDT", NOW)
    first = units(ask(mine, "trades", limit=1000)[0]["price"])
    target = units(f"{price}.00000000") * first // units("80000.00000000") // 10**6 * 10**6
    maker.set_price(world.spot, market, world.spot.symbols["BTCUSDT"], target, NOW)
    row = ask(mine, "ticker/24hr")
    assert abs(float(row["priceChangePercent"]) - float(percent)) <= 0.001
    assert not row["priceChangePercent"].startswith("-0.000")


def test_a_day_without_trades_repeats_the_last_price() -> None:
    mine = client(history_hours=1)
    last = ask(mine, "trades", limit=1)[0]["price"]
    mine.world.clock.move(2 * DAY)
    row = ask(mine, "ticker/24hr")
    assert (row["lastPrice"], row["prevClosePrice"], row["priceChange"]) == (last, last, "0.00000000")
    assert (row["count"], row["firstId"], row["lastId"], row["priceChangePercent"]) == (0, -1, -1, "0.000")


def test_an_empty_market() -> None:
    mine = client(levels=0, history_hours=0)
    row = ask(mine, "ticker/24hr")
    assert {row[name] for name in DAY_FULL if name.endswith(("Price", "Qty"))} == {"0.00000000"}
    assert ask(mine, "ticker/bookTicker") == {
        "symbol": "BTCUSDT", "bidPrice": "0.00000000", "bidQty": "0.00000000", "askPrice": "0.00000000",
        "askQty": "0.00000000",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("size", "ms"), [("1m", MINUTE_MS), ("59m", 59 * MINUTE_MS), ("23h", 23 * 3_600_000), ("7d", 7 * DAY_MS)]
)
def test_a_rolling_window_opens_on_a_full_minute(size: str, ms: int) -> None:
    """S-174: and is up to 59999 ms wider."""
    row = ask(client(), "ticker", windowSize=size)
    assert row["closeTime"] == MS
    assert row["openTime"] % MINUTE_MS == 0
    assert 0 <= MS - ms - row["openTime"] <= 59_999


@pytest.mark.parametrize("size", ["0m", "60m", "24h", "8d", "1w", "1D", "1", "m", "1m1h", "1s"])
def test_windows_that_there_are_not(size: str) -> None:
    assert client().public("ticker", symbol="BTCUSDT", windowSize=size).refusal == (400, -1130)


def test_a_window_of_a_day_by_default() -> None:
    assert ask(client(), "ticker") == ask(client(), "ticker", windowSize="1d")


@pytest.mark.parametrize(("zone", "hours"), [("0", 0), ("8", 8), ("-3:30", -3.5), ("14", 14)])
def test_a_trading_day_is_that_of_the_calendar(zone: str, hours: float) -> None:
    """S-174."""
    row = ask(client(), "ticker/tradingDay", timeZone=zone)
    assert (row["openTime"] + hours * 3_600_000) % DAY_MS == 0
    assert row["closeTime"] == row["openTime"] + DAY_MS - 1
    assert row["openTime"] <= MS <= row["closeTime"]


def test_a_trading_day_is_that_of_utc_by_default() -> None:
    header = {b"x-mbx-time-unit": b"MICROSECOND"}
    default, utc = (
        client().public("ticker/tradingDay", header, symbol="BTCUSDT", timeZone=zone).ok() for zone in (None, "0")
    )
    assert default == utc


def test_the_last_price_follows_the_market() -> None:
    """S-173: before anybody touched the market it is the same as after."""
    mine = client()
    before = ask(mine, "ticker/price")
    assert before == {"symbol": "BTCUSDT", "price": "80000.00000000"}
    ask(mine, "depth")
    assert ask(mine, "ticker/price") == before
    mine.order("BUY", "MARKET", "0.01").ok()
    assert ask(mine, "ticker/price")["price"] == "80008.00000000"


def test_the_best_prices_follow_the_book() -> None:
    """S-173: no time and no update id."""
    mine = client()
    mine.order("BUY", "LIMIT", "0.01", "80001").ok()
    mine.order("SELL", "LIMIT", "0.02", "80002").ok()
    assert ask(mine, "ticker/bookTicker") == {
        "symbol": "BTCUSDT", "bidPrice": "80001.00000000", "bidQty": "0.01000000", "askPrice": "80002.00000000",
        "askQty": "0.02000000",
    }  # fmt: skip
