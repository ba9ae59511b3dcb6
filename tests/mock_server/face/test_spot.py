"""Moving the spot market, from a test."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

import pytest
import requests

from binance_fixtures.history import SAMPLE_END_MS, SAMPLE_START_MS, SAMPLE_SYMBOL, sample_agg_trades, sample_klines
from binance_mock import Mock
from binance_mock.face.backend import MockError

from .trading import place, signed


def status(binance: Mock, order_id: int) -> str:
    shown: str = signed(binance, "GET", "/api/v3/order", symbol="BTCUSDT", orderId=str(order_id)).json()["status"]
    return shown


def public(binance: Mock, path: str, **params: str) -> object:
    return requests.get(f"{binance.url}/api/v3/{path}", params=params, timeout=10).json()


def test_a_price_is_what_the_ticker_shows(binance: Mock) -> None:
    binance.spot.set_price("BTCUSDT", "65000")
    assert public(binance, "ticker/price", symbol="BTCUSDT") == {"symbol": "BTCUSDT", "price": "65000.00000000"}
    market = binance.spot.market("BTCUSDT")
    assert market["last_price"] == "65000.00000000"
    assert market["bid_price"] < "65000" < market["ask_price"]


def test_orders_that_the_price_passes_are_filled(binance: Mock) -> None:
    low = place(binance, "BUY", "0.1", price="70000").json()["orderId"]
    lower = place(binance, "BUY", "0.1", price="65000").json()["orderId"]
    binance.spot.set_price("BTCUSDT", "69000")
    assert [status(binance, order) for order in (low, lower)] == ["FILLED", "NEW"]
    assert binance.account.balance("BTC").free == "10.09990000"


def test_stops_fire(binance: Mock) -> None:
    stop = {"type": "STOP_LOSS", "stopPrice": "75000"}
    order = signed(binance, "POST", "/api/v3/order", symbol="BTCUSDT", side="SELL", quantity="0.1", **stop)
    assert status(binance, order.json()["orderId"]) == "NEW"
    binance.spot.set_price("BTCUSDT", "75000.01")
    assert status(binance, order.json()["orderId"]) == "NEW"
    binance.spot.set_price("BTCUSDT", "75000")
    assert status(binance, order.json()["orderId"]) == "FILLED"


def test_liquidity_is_taken_away_and_given(binance: Mock) -> None:
    binance.spot.set_liquidity("BTCUSDT", 0)
    assert binance.spot.market("BTCUSDT")["levels"] == [0, 0]
    assert place(binance, "BUY", "0.1").json()["status"] == "EXPIRED"
    binance.spot.set_liquidity("BTCUSDT", 3)
    assert binance.spot.market("BTCUSDT")["levels"] == [3, 3]
    assert place(binance, "BUY", "0.1").json()["status"] == "FILLED"


def test_a_halted_symbol_takes_no_orders(binance: Mock) -> None:
    binance.spot.set_status("BTCUSDT", "HALT")
    assert binance.spot.market("BTCUSDT")["status"] == "HALT"
    refused = place(binance, "BUY", "0.1")
    assert (refused.status_code, refused.json()["code"]) == (400, -1013)
    binance.spot.set_status("BTCUSDT", "TRADING")
    assert place(binance, "BUY", "0.1").status_code == 200


@pytest.mark.parametrize(
    ("price", "says"),
    [
        ("0", "cannot trade at 0.0+: use a multiple of 0.01000000"),
        ("-1", "cannot trade at -1"),
        ("65000.001", "cannot trade at 65000.00100000"),
        ("1e5", "price: '1e5' is no decimal"),
        ("9" * 50, "cannot trade at"),
    ],
)
def test_a_price_that_cannot_be(binance: Mock, price: str, says: str) -> None:
    before = binance.spot.market("BTCUSDT")
    with pytest.raises(MockError, match=says):
        binance.spot.set_price("BTCUSDT", price)
    assert binance.spot.market("BTCUSDT") == before


def test_names_that_are_not_there(binance: Mock) -> None:
    with pytest.raises(MockError, match="no symbol 'BTCUSD'; did you mean 'BTCUSDT'"):
        binance.spot.set_price("BTCUSD", "1")
    with pytest.raises(MockError, match="Invalid enum value 'HALTED'"):
        binance.spot.set_status("BTCUSDT", "HALTED")
    with pytest.raises(MockError, match="levels is 1001; send a number from 0 to 1000"):
        binance.spot.set_liquidity("BTCUSDT", 1001)


# -- feeding ---------------------------------------------------------------------------------------------------------


def test_candles_are_fed_from_lines(binance: Mock) -> None:
    binance.clock.freeze(SAMPLE_END_MS)
    report = binance.spot.feed(SAMPLE_SYMBOL, "klines", sample_klines())
    assert report == {
        "symbol": SAMPLE_SYMBOL,
        "rows": 120,
        "first_ms": SAMPLE_START_MS,
        "last_ms": SAMPLE_END_MS - 1,
    }
    rows = public(binance, "klines", symbol=SAMPLE_SYMBOL, interval="1m", startTime=str(SAMPLE_START_MS), limit="120")
    assert isinstance(rows, list)
    assert [row[4] for row in rows] == [line.split(",")[4] for line in sample_klines()]


def test_trades_are_fed_from_a_file(binance: Mock) -> None:
    binance.clock.freeze(SAMPLE_END_MS)
    with as_file(files("binance_fixtures").joinpath("BTCUSDT-aggTrades.csv")) as path:
        report = binance.spot.feed(SAMPLE_SYMBOL, "aggTrades", path)
    assert report["rows"] == len(sample_agg_trades())
    assert binance.spot.market(SAMPLE_SYMBOL)["last_price"] == sample_agg_trades()[-1].split(",")[1]


def test_an_error_names_source_line_and_column(binance: Mock, tmp_path: Path) -> None:
    binance.clock.freeze(SAMPLE_END_MS)
    lines = sample_klines()
    lines[2] = lines[2].replace(lines[2].split(",")[4], "dear")
    file = tmp_path / "candles.csv"
    file.write_text("\n".join(lines))
    before = binance.spot.market(SAMPLE_SYMBOL)
    with pytest.raises(MockError, match=r"candles\.csv, line 3, column (close|open): .*nothing was changed"):
        binance.spot.feed(SAMPLE_SYMBOL, "klines", file)
    with pytest.raises(MockError, match=r"^lines: holds no rows"):
        binance.spot.feed(SAMPLE_SYMBOL, "klines", [])
    assert binance.spot.market(SAMPLE_SYMBOL) == before


def test_the_future_is_not_fed(binance: Mock) -> None:
    with pytest.raises(MockError, match=f"ahead of the exchange's clock.*frozen_at={SAMPLE_END_MS}"):
        binance.spot.feed(SAMPLE_SYMBOL, "klines", sample_klines())


def test_an_untouched_market_begins_anew_when_the_clock_goes_back(binance: Mock) -> None:
    assert binance.spot.market("BTCUSDT")["status"] == "TRADING"
    binance.clock.freeze(binance.clock.now_ms - 86_400_000)
    (trade,) = public(binance, "trades", symbol="BTCUSDT", limit="1")  # type: ignore[misc]  # a list
    assert binance.clock.now_ms - 10 <= trade["time"] <= binance.clock.now_ms


def test_orders_that_the_price_fills_are_no_longer_counted(binance: Mock) -> None:
    """The count of unfilled orders falls with the first fill (rule S-68)."""

    def count() -> int:
        rows: list[dict[str, int]] = binance.limits.show()["orders"]["default"]
        return rows[0]["count"]

    place(binance, "BUY", "0.1", price="70000")
    assert count() == 1
    binance.spot.set_price("BTCUSDT", "69000")
    assert count() == 0
