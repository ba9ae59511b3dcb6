"""Book, trades and candles: O-2, O-7, O-42, O-65; parameters and refusals."""

from __future__ import annotations

import pytest
from tests.mock_server.venues.options.options_client import (
    BTC,
    CALL,
    HOUR_MS,
    MS,
    OptionsClient,
    amount,
    client,
)

from binance_mock.engine.orders import Side
from binance_mock.engine.units import SCALE

MISSING = "Mandatory parameter '{}' was not sent, was empty/null, or malformed."


def test_the_book_is_best_first_and_padded() -> None:
    """O-7: prices with three digits, quantities with two."""
    options = OptionsClient()
    book = options.public("depth", symbol=CALL, limit=5).ok()
    bids, asks = ([amount(price) for price, _ in book[side]] for side in ("bids", "asks"))
    assert len(bids) == len(asks) == 5
    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks)
    assert bids[0] < amount(options.mark()["markPrice"]) < asks[0]
    for price, qty in (*book["bids"], *book["asks"]):
        assert len(price.split(".")[1]) == 3
        assert len(qty.split(".")[1]) == 2
    assert book["T"] == MS


def test_the_number_of_the_book_rises_with_its_changes() -> None:
    options = OptionsClient()
    before = options.public("depth", symbol=CALL).ok()["lastUpdateId"]
    options.order(Side.BUY, SCALE, 5 * SCALE)
    assert options.public("depth", symbol=CALL).ok()["lastUpdateId"] > before
    assert "u" in client(dialect="2023").public("depth", symbol=CALL).ok()


def test_names_are_read_in_any_letter_case() -> None:
    """O-42"""
    options = OptionsClient()
    for path in ("depth", "trades", "mark", "ticker"):
        assert options.public(path, symbol=CALL.lower()).ok() == options.public(path, symbol=CALL).ok()
    assert options.public("index", underlying="btcusdt").ok() == options.public("index", underlying=BTC).ok()


def test_a_trade_of_ours_is_the_newest_one() -> None:
    """The side is that of the taker."""
    options = OptionsClient()
    options.public("depth", symbol=CALL).ok()
    for side, shown in ((Side.BUY, 1), (Side.SELL, -1)):
        order = options.fill(side, 30_000_000)
        row = options.public("trades", symbol=CALL, limit=1).ok()[0]
        assert (amount(row["price"]), row["qty"], row["side"], row["time"]) == (order.price, "0.30", shown, MS)
        assert amount(row["quoteQty"]) == order.price * 3 // 10
        assert row["symbol"] == CALL


def test_the_older_generation_shows_sales_below_zero() -> None:
    """O-65"""
    options = client(dialect="2023")
    options.fill(Side.SELL, 30_000_000)
    options.fill(Side.BUY, 20_000_000)
    sold, bought = options.public("trades", symbol=CALL, limit=2).ok()
    assert (sold["qty"], bought["qty"]) == ("-0.30", "0.20")
    assert amount(sold["quoteQty"]) < 0 < amount(bought["quoteQty"])
    assert [type(row["id"]) for row in (sold, bought)] == [str, str]


def test_a_premium_counts_the_unit() -> None:
    """O-45: one contract of XRP is a hundred."""
    options = OptionsClient()
    name = next(name for name in options.listed() if name.startswith("XRP"))
    order = options.fill(Side.BUY, 2 * SCALE, name)
    row = options.public("trades", symbol=name, limit=1).ok()[0]
    assert amount(row["quoteQty"]) == order.price * 200


def test_trades_are_paged_by_id() -> None:
    options = OptionsClient()
    rows = options.keyed("historicalTrades", symbol=CALL).ok()
    assert [int(row["tradeId"]) for row in rows] == list(range(len(rows)))
    assert [row["time"] for row in rows] == sorted(row["time"] for row in rows)
    page = options.keyed("historicalTrades", symbol=CALL, fromId=3, limit=2).ok()
    assert page == rows[3:5]
    assert options.public("historicalTrades", symbol=CALL).refusal == (401, -2014)


def test_the_standing_past_reaches_as_far_as_the_settings_say() -> None:
    rows = client(history_hours=6).public("trades", symbol=CALL).ok()
    assert len(rows) == 6
    assert MS - rows[0]["time"] <= 6 * HOUR_MS
    assert client(history_hours=0).public("trades", symbol=CALL).ok() == []


def test_candles_sum_the_trades_up() -> None:
    options = OptionsClient()
    options.fill(Side.BUY, 30_000_000)
    trades = options.public("trades", symbol=CALL, limit=500).ok()
    rows = options.public("klines", symbol=CALL, interval="1d", startTime=0).ok()
    assert sum(row[8] for row in rows) == len(trades)
    assert sum(amount(row[5]) for row in rows) == sum(amount(row["qty"]) for row in trades)
    bought = sum(amount(row["qty"]) for row in trades if row["side"] == 1)
    assert sum(amount(row[9]) for row in rows) == bought
    assert rows[-1][4] == trades[-1]["price"]
    assert rows[-1][0] <= MS <= rows[-1][6]


def test_candles_are_found_by_time() -> None:
    options = OptionsClient()
    rows = options.public("klines", symbol=CALL, interval="1h").ok()
    assert options.public("klines", symbol=CALL, interval="1h", limit=2).ok() == rows[-2:]
    assert options.public("klines", symbol=CALL, interval="1h", startTime=rows[3][0], limit=2).ok() == rows[3:5]
    found = options.public("klines", symbol=CALL, interval="1h", startTime=rows[3][0], endTime=rows[5][0]).ok()
    assert found == rows[3:6]


def test_the_older_generation_names_the_parts_of_candles() -> None:
    new = OptionsClient().public("klines", symbol=CALL, interval="1h").ok()
    old = client(dialect="2023").public("klines", symbol=CALL, interval="1h").ok()
    names = ("openTime", "open", "high", "low", "close", "volume", "closeTime", "amount", "tradeCount")
    assert [[row[name] for name in names] for row in old] == [row[:9] for row in new]
    assert {row["interval"] for row in old} == {"1h"}


@pytest.mark.parametrize(
    ("path", "params", "code", "msg"),
    [
        ("depth", {}, -1102, MISSING.format("symbol")),
        ("depth", {"symbol": ""}, -1102, MISSING.format("symbol")),
        ("depth", {"symbol": "BTC-231124-1-C"}, -1121, "Invalid symbol."),
        ("depth", {"symbol": BTC}, -1121, "Invalid symbol."),
        ("depth", {"symbol": CALL, "limit": 7}, -6008, "parameter 'limit' is invalid."),
        ("trades", {"symbol": CALL, "limit": 501}, -6008, "parameter 'limit' is invalid."),
        ("trades", {"symbol": CALL, "limit": 0}, -6008, "parameter 'limit' is invalid."),
        ("klines", {"symbol": CALL, "interval": "1h", "limit": 1501}, -6008, "parameter 'limit' is invalid."),
        ("klines", {"symbol": CALL, "interval": "1s"}, -1120, "Invalid interval."),
        (
            "klines",
            {"symbol": CALL},
            -1102,
            "Mandatory parameter 'interval' was not sent, was empty/null, or malformed.",
        ),
        (
            "klines",
            {"symbol": CALL, "interval": "1h", "startTime": 2, "endTime": 1},
            -6031,
            "Start time is greater than end time.",
        ),
        ("ticker", {"symbol": "NO"}, -1121, "Invalid symbol."),
        ("mark", {"symbol": "NO"}, -1121, "Invalid symbol."),
        ("blockTrades", {"symbol": "NO"}, -1121, "Invalid symbol."),
        ("index", {"underlying": "BTC"}, -1128, "Invalid underlying"),
        ("index", {}, -1102, MISSING.format("underlying")),
        ("openInterest", {"underlyingAsset": BTC, "expiration": "231124"}, -1128, "Invalid underlying"),
        (
            "openInterest",
            {"underlyingAsset": "BTC", "expiration": "x"},
            -1130,
            "Data sent for parameter 'expiration' is not valid.",
        ),
        ("exerciseHistory", {"underlying": "NO"}, -1128, "Invalid underlying"),
        ("exerciseHistory", {"limit": 101}, -6008, "parameter 'limit' is invalid."),
    ],
)
def test_what_is_refused(path: str, params: dict[str, object], code: int, msg: str) -> None:
    reply = OptionsClient().public(path, **params)
    assert (reply.status, reply.code, reply.msg) == (400, code, msg)


def test_parameters_that_are_not_known_are_left_alone() -> None:
    assert OptionsClient().public("ping", colour="red").ok() == {}


def test_open_interest_is_what_the_longs_hold() -> None:
    """O-2: its time is text; O-43: the underlying asset, not the pair."""
    options = OptionsClient()
    options.fill(Side.BUY, 30_000_000)
    other = options.venue.open_account("other", {})
    options.order(Side.SELL, 10_000_000, 5 * SCALE, by=other)
    rows = {
        row["symbol"]: row for row in options.public("openInterest", underlyingAsset="BTC", expiration="231124").ok()
    }
    # The market maker is short 0.3 to us and takes 0.1 from the other: 0.2 short in all.
    assert rows[CALL]["sumOpenInterest"] == "0.30"
    assert rows[CALL]["sumOpenInterestUsd"] == "23991.00000000"
    assert rows[CALL]["timestamp"] == str(MS)
    assert options.public("openInterest", underlyingAsset="BTC", expiration="231125").ok() == []
