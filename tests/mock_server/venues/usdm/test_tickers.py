"""Price statistics, last and best prices."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mock_server.spot_client import DAY, NOW
from tests.mock_server.venues.usdm.usdm_client import DAY_MS, MS, UsdmClient, amount, client

from binance_mock.engine.units import SCALE

PATHS = ("ticker/24hr", "ticker/price", "/fapi/v2/ticker/price", "ticker/bookTicker")


def ask(one: UsdmClient, path: str, symbol: str | None = "BTCUSDT") -> Any:
    return one.public(path, symbol=symbol).ok()


@pytest.mark.parametrize("path", PATHS)
def test_all_contracts_are_told_in_the_order_of_the_listing(path: str) -> None:
    one = client()
    rows = ask(one, path, None)
    assert [row["symbol"] for row in rows] == list(one.venue.symbols)
    assert rows == [ask(one, path, symbol) for symbol in one.venue.symbols]


@pytest.mark.parametrize(
    ("path", "with_symbol", "without"),
    [("ticker/24hr", 1, 40), ("ticker/price", 1, 2), ("/fapi/v2/ticker/price", 1, 2), ("ticker/bookTicker", 2, 5)],
)
def test_weights(path: str, with_symbol: int, without: int) -> None:
    assert client().weight(path, symbol="BTCUSDT") == with_symbol
    assert client().weight(path) == without


def test_the_last_price_and_when_it_was_paid() -> None:
    one = client()
    assert ask(one, "ticker/price") == {"symbol": "BTCUSDT", "price": "79970.00", "time": MS - 1}
    one.move_price("BTCUSDT", "80000.10")
    one.world.clock.freeze(NOW + DAY)
    last = {"symbol": "BTCUSDT", "price": "80000.10", "time": MS}
    assert ask(one, "ticker/price") == ask(one, "/fapi/v2/ticker/price") == last


def test_a_market_without_trades_stands_at_its_reference_price() -> None:
    one = client(history_hours=0)
    assert ask(one, "ticker/price") == {"symbol": "BTCUSDT", "price": "79970.00", "time": MS}


def test_the_best_prices_are_those_of_the_book() -> None:
    one = client()
    book = one.public("depth", symbol="BTCUSDT", limit=5).ok()
    best = ask(one, "ticker/bookTicker")
    assert [[best["bidPrice"], best["bidQty"]], [best["askPrice"], best["askQty"]]] == [
        book["bids"][0],
        book["asks"][0],
    ]
    assert (best["lastUpdateId"], best["time"]) == (book["lastUpdateId"], MS)


def test_an_empty_book_has_zeros() -> None:
    best = ask(client(levels=0), "ticker/bookTicker")
    assert [best[name] for name in ("bidPrice", "bidQty", "askPrice", "askQty")] == ["0.00", "0.000"] * 2


def test_a_day_without_trades() -> None:
    one = client()
    one.move_price("BTCUSDT", "80000.10")
    one.world.clock.freeze(NOW + DAY + 1)
    row = ask(one, "ticker/24hr")
    assert (row["lastPrice"], row["priceChange"], row["priceChangePercent"]) == ("80000.10", "0.00", "0.000")
    assert (row["count"], row["volume"], row["firstId"]) == (0, "0.000", -1)


def test_the_change_is_told_in_percent() -> None:
    one = client(levels=0)
    prices = (79_000, 80_000, 79_000 + 1234)
    one.feed("BTCUSDT", [(NOW - 9 + n, price * SCALE, SCALE, False, n) for n, price in enumerate(prices)])
    row = ask(one, "ticker/24hr")
    assert (row["priceChange"], row["priceChangePercent"]) == ("1234.00", "1.562")
    one.feed("BTCUSDT", [(NOW - 9 + n, price * SCALE, SCALE, False, n) for n, price in enumerate(prices[:0:-1])])
    assert ask(one, "ticker/24hr")["priceChangePercent"] == "-0.292"


@given(
    prints=st.lists(
        st.tuples(st.integers(0, 2 * DAY_MS), st.integers(790_000, 810_000), st.integers(1, 5000)),
        min_size=1,
        max_size=12,
    )
)
def test_a_day_is_the_sum_of_its_trades(prints: list[tuple[int, int, int]]) -> None:
    one = client(levels=0)
    trades = one.feed(
        "BTCUSDT",
        [
            (NOW - ago * 1000, tenths * SCALE // 10, qty * SCALE // 1000, False, 1)
            for ago, tenths, qty in sorted(prints, reverse=True)
        ],
    )
    inside = [trade for trade in trades if trade.time >= NOW - DAY]
    row = ask(one, "ticker/24hr")
    assert (row["openTime"], row["closeTime"], row["count"]) == (MS - DAY_MS, MS, len(inside))
    assert amount(row["lastPrice"]) == trades[-1].price
    if inside:
        prices = [trade.price for trade in inside]
        volume, quote = (sum(trade[at] for trade in inside) for at in (3, 4))
        change = prices[-1] - prices[0]
        assert [amount(row[name]) for name in ("openPrice", "highPrice", "lowPrice", "priceChange", "volume")] == [
            prices[0], max(prices), min(prices), change, volume,
        ]  # fmt: skip
        cent = SCALE // 100
        assert amount(row["quoteVolume"]) == quote // cent * cent
        assert amount(row["weightedAvgPrice"]) == quote * SCALE // volume // cent * cent
        assert abs(Fraction(row["priceChangePercent"]) - Fraction(100 * change, prices[0])) <= Fraction(1, 2000)
        assert (row["firstId"], row["lastId"]) == (inside[0].id, inside[-1].id)
        assert amount(row["lastQty"]) == inside[-1].qty
