"""Feeding recorded history: what is answered afterwards, what is refused, and that a refusal changes nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mock_server.spot_client import SpotClient, frozen_world

from binance_fixtures.history import (
    SAMPLE_END_MS,
    SAMPLE_START_MS,
    SAMPLE_SYMBOL,
    sample_agg_trades,
    sample_klines,
)
from binance_mock.venues.spot.csv_files import AGG_TRADES, KLINES, BadRow
from binance_mock.venues.spot.feed import FeedError, FeedReport, feed
from binance_mock.world import World

END = SAMPLE_END_MS * 1000
T0 = 1_600_000_000_000
"""A full minute, in milliseconds."""

CANDLE = f"{T0},80000.0,80010.5,79990,80001,12.5,{T0 + 59_999},1000001.25,42,6,480000,0"
LATER_CANDLE = f"{T0 + 60_000},80001,80020,80000,80015,1,{T0 + 119_999},80010,3,0.5,40000,0"
TRADE = f"17,80000.10,0.5,100,104,{T0},True,True"
LATER_TRADE = f"18,80000.20,0.25,105,105,{T0 + 7},false,True"


@pytest.fixture
def world() -> World:
    return frozen_world(at=END)


@pytest.fixture
def client(world: World) -> SpotClient:
    return SpotClient(world)


def fed(world: World, kind: str, lines: list[str], symbol: str = SAMPLE_SYMBOL) -> FeedReport:
    return feed(world.spot, symbol, kind, lines, "file.csv", world.clock.now())


def refused(world: World, kind: str, lines: list[str], symbol: str = SAMPLE_SYMBOL) -> FeedError:
    """The error; nothing may have changed."""
    markets = dict(world.spot.markets)
    tapes = [market.tape for market in markets.values()]
    with pytest.raises(FeedError) as caught:
        fed(world, kind, lines, symbol)
    assert world.spot.markets == markets
    assert [market.tape for market in world.spot.markets.values()] == tapes
    return caught.value


# What is answered.


def test_fed_candles_are_the_candles_answered(world: World, client: SpotClient) -> None:
    report = fed(world, "klines", sample_klines())
    assert report == FeedReport("BTCUSDT", "klines", 120, SAMPLE_START_MS * 1000, END - 1)
    rows = client.public("klines", symbol="BTCUSDT", interval="1m", startTime=SAMPLE_START_MS, limit=1000).ok()
    shown = [",".join(str(value) for value in row) for row in rows]
    # The file has microseconds; the candle that holds the clock is flat.
    assert shown[:-1] == [in_milliseconds(line) for line in sample_klines()]
    assert rows[-1][0] == SAMPLE_END_MS
    assert rows[-1][8] == 0


def test_coarser_candles_sum_those_fed(world: World, client: SpotClient) -> None:
    fed(world, "klines", sample_klines())
    (first, second, _) = client.public("klines", symbol="BTCUSDT", interval="1h").ok()
    lines = [line.split(",") for line in sample_klines()]
    for row, own in ((first, lines[:60]), (second, lines[60:])):
        assert row[1] == own[0][1]
        assert Decimal(row[2]) == max(Decimal(line[2]) for line in own)
        assert Decimal(row[3]) == min(Decimal(line[3]) for line in own)
        assert row[4] == own[-1][4]
        assert Decimal(row[5]) == sum(Decimal(line[5]) for line in own)
        assert row[8] == sum(int(line[8]) for line in own)


def test_prices_and_the_book_follow_the_last_candle(world: World, client: SpotClient) -> None:
    fed(world, "klines", sample_klines())
    close = sample_klines()[-1].split(",")[4]
    assert client.public("ticker/price", symbol="BTCUSDT").ok()["price"] == close
    best = client.public("ticker/bookTicker", symbol="BTCUSDT").ok()
    assert Decimal(best["bidPrice"]) < Decimal(close) < Decimal(best["askPrice"])
    assert Decimal(best["askPrice"]) - Decimal(best["bidPrice"]) < 20
    assert client.public("trades", symbol="BTCUSDT").ok() == []
    day = client.public("ticker/24hr", symbol="BTCUSDT").ok()
    assert day["openPrice"] == sample_klines()[0].split(",")[1]
    assert day["count"] == sum(int(line.split(",")[8]) for line in sample_klines())


def test_fed_aggregate_trades_are_those_answered(world: World, client: SpotClient) -> None:
    """S-175: the ids are those of the file."""
    lines = sample_agg_trades()
    report = fed(world, "aggTrades", lines)
    assert (report.rows, report.first, report.last) == (len(lines), time_of(lines[0]), time_of(lines[-1]))
    rows = client.public("aggTrades", symbol="BTCUSDT", limit=1000).ok()
    assert rows == [as_answered(line) for line in lines]
    some = client.public("aggTrades", symbol="BTCUSDT", fromId=rows[5]["a"], limit=3).ok()
    assert some == rows[5:8]
    timed = client.public("aggTrades", symbol="BTCUSDT", startTime=SAMPLE_START_MS + 60_000, limit=4).ok()
    assert timed == [row for row in rows if row["T"] >= SAMPLE_START_MS + 60_000][:4]


def test_each_aggregate_is_one_trade_under_its_first_id(world: World, client: SpotClient) -> None:
    fed(world, "aggTrades", [TRADE, LATER_TRADE])
    assert client.public("trades", symbol="BTCUSDT").ok() == [
        {
            "id": 100, "price": "80000.10000000", "qty": "0.50000000", "quoteQty": "40000.05000000",
            "time": T0, "isBuyerMaker": True, "isBestMatch": True,
        },
        {
            "id": 105, "price": "80000.20000000", "qty": "0.25000000", "quoteQty": "20000.05000000",
            "time": T0 + 7, "isBuyerMaker": False, "isBestMatch": True,
        },
    ]  # fmt: skip
    for first_id, ids in ((0, [100, 105]), (100, [100, 105]), (101, [105]), (105, [105]), (106, [])):
        found = client.public("historicalTrades", symbol="BTCUSDT", fromId=first_id).ok()
        assert [row["id"] for row in found] == ids


def test_candles_of_aggregate_trades_are_those_of_the_candle_file(world: World, client: SpotClient) -> None:
    """Both samples tell one story; only the count differs, for an aggregate counts as one trade."""
    fed(world, "aggTrades", sample_agg_trades())
    rows = client.public("klines", symbol="BTCUSDT", interval="1m", startTime=SAMPLE_START_MS, limit=1000).ok()
    minutes = [row[:8] + row[9:] for row in rows[:-1]]
    expected = [in_milliseconds(line).split(",") for line in sample_klines()]
    assert [[str(value) for value in row] for row in minutes] == [row[:8] + row[9:] for row in expected]


def test_new_trades_are_numbered_on_from_those_fed(world: World, client: SpotClient) -> None:
    fed(world, "aggTrades", [TRADE, LATER_TRADE])
    fills = client.order("BUY", "MARKET", "0.01").ok()["fills"]
    assert [fill["tradeId"] for fill in fills] == [106]
    newest = client.public("aggTrades", symbol="BTCUSDT", limit=1).ok()[0]
    assert (newest["a"], newest["f"], newest["l"], newest["q"]) == (19, 106, 106, "0.01000000")


def test_milliseconds_and_microseconds_mean_the_same() -> None:
    """Files have microseconds since 2025; a closing time in milliseconds stands for all of its millisecond."""
    answers = []
    for kind, lines in (("klines", sample_klines()), ("klines", [in_milliseconds(line) for line in sample_klines()])):
        world = frozen_world(at=END)
        report = fed(world, kind, lines)
        answers.append((report, SpotClient(world).public("klines", symbol="BTCUSDT", interval="1m").ok()))
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    "lines",
    [
        [CANDLE, LATER_CANDLE],
        [f"{CANDLE}\r\n", f"{LATER_CANDLE}\r\n"],
        [f"{KLINES.header}\n", f"{CANDLE}\n", "\n", f"{LATER_CANDLE}\n", "\n"],
        ["\ufeff" + KLINES.header, CANDLE, LATER_CANDLE],
        ["\ufeff" + CANDLE, LATER_CANDLE],
        ["Open time," + KLINES.header.partition(",")[2].title(), CANDLE, LATER_CANDLE],
        [KLINES.header.removesuffix(",ignore"), CANDLE.removesuffix(",0"), LATER_CANDLE.removesuffix(",0")],
    ],
    ids=["plain", "crlf", "header and blanks", "mark", "mark, no header", "spelling", "eleven columns"],
)
def test_forms_of_the_same_file(world: World, client: SpotClient, lines: list[str]) -> None:
    assert fed(world, "klines", lines).rows == 2
    rows = client.public("klines", symbol="BTCUSDT", interval="1m", limit=2, endTime=T0 + 60_000).ok()
    assert [row[4] for row in rows] == ["80001.00000000", "80015.00000000"]


@pytest.mark.parametrize("text", ["True", "true"])
def test_both_spellings_of_true(world: World, client: SpotClient, text: str) -> None:
    fed(world, "aggTrades", [TRADE.replace("True,True", f"{text},{text}"), LATER_TRADE])
    assert [row["m"] for row in client.public("aggTrades", symbol="BTCUSDT").ok()] == [True, False]


# The market before and after.


def test_a_market_that_was_only_looked_at_is_replaced_and_money_is_conserved(world: World, client: SpotClient) -> None:
    before = client.public("depth", symbol="BTCUSDT").ok()
    fed(world, "klines", [CANDLE])
    assert client.public("depth", symbol="BTCUSDT").ok()["asks"] != before["asks"]
    ledger = world.spot.ledger
    for asset in ("BTC", "USDT"):
        assert ledger.total(asset) == ledger.deposited[asset]
    bag = world.spot.markets["BTCUSDT"].bag(ledger.house)
    assert len(bag.open) == 2 * world.spot.settings.levels


def test_feeding_again_replaces_what_was_fed(world: World, client: SpotClient) -> None:
    fed(world, "aggTrades", sample_agg_trades())
    fed(world, "aggTrades", [TRADE])
    assert [row["a"] for row in client.public("aggTrades", symbol="BTCUSDT").ok()] == [17]


def test_a_market_in_which_somebody_placed_an_order_stays(world: World, client: SpotClient) -> None:
    client.order(price="70000").ok()
    error = refused(world, "klines", sample_klines())
    assert "somebody placed orders in BTCUSDT" in str(error)
    assert "reset()" in error.hint
    other = world.fresh()
    assert fed(other, "klines", sample_klines()).rows == 120


def test_other_markets_are_left_alone(world: World, client: SpotClient) -> None:
    before = client.public("trades", symbol="ETHUSDT").ok()
    fed(world, "klines", sample_klines())
    assert client.public("trades", symbol="ETHUSDT").ok() == before


def test_a_fed_history_stays_when_the_clock_is_set_back(world: World, client: SpotClient) -> None:
    fed(world, "aggTrades", sample_agg_trades())
    client.public("trades", symbol="ETHUSDT").ok()
    back = (SAMPLE_START_MS + 600_000) * 1000
    world.clock.freeze(back)
    world.spot.rewind(back)
    assert "ETHUSDT" not in world.spot.markets
    rows = client.public("klines", symbol="BTCUSDT", interval="1m", limit=1000).ok()
    assert [row[4] for row in rows[:10]] == [line.split(",")[4] for line in sample_klines()[:10]]
    assert len(rows) == 11


# Refusals.


def changed(line: str, layout: Any, column: str, text: str) -> str:
    fields = line.split(",")
    fields[layout.header.split(",").index(column)] = text
    return ",".join(fields)


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("open_time", "1600000000", "'1600000000' is not legal"),
        ("open_time", "0160000000000", "not legal"),
        ("open_time", "2020-09-13", "not legal"),
        ("open", "", "'' is not legal"),
        ("open", "-1", "not legal"),
        ("open", "1e5", "not legal"),
        ("high", "80010.123456789", "not legal"),
        ("high", " 80010", "not legal"),
        ("low", "١", "not legal"),
        ("close", "1_000", "not legal"),
        ("volume", "0x10", "not legal"),
        ("count", "4.5", "not legal"),
        ("taker_buy_volume", "NaN", "not legal"),
        ("close_time", str(T0 + 59_999)[:-1], "not legal"),
        ("open", "80010.6", "not between low and high"),
        ("open", "79989.9", "not between low and high"),
        ("close", "80010.6", "not between low and high"),
        ("close", "79989.9", "not between low and high"),
        ("taker_buy_volume", "12.6", "more than volume"),
        ("taker_buy_quote_volume", "1000001.26", "more than quote_volume"),
    ],
)
def test_a_bad_candle_is_named_by_line_and_column(world: World, column: str, text: str, reason: str) -> None:
    error = refused(world, "klines", [KLINES.header, changed(CANDLE, KLINES, column, text), LATER_CANDLE])
    assert (error.line, error.column) == (2, column)
    assert reason in error.reason
    assert str(error).startswith(f"file.csv, line 2, column {column}: ")


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("agg_trade_id", "17", "does not rise"),
        ("agg_trade_id", "x", "not legal"),
        ("price", "0", "is zero"),
        ("quantity", "0.00", "is zero"),
        ("first_trade_id", "104", "does not rise"),
        ("first_trade_id", "106", "above last_trade_id"),
        ("transact_time", str(T0 - 1), "earlier"),
        ("is_buyer_maker", "TRUE", "not legal"),
        ("is_buyer_maker", "1", "not legal"),
    ],
)
def test_a_bad_trade_is_named_by_line_and_column(world: World, column: str, text: str, reason: str) -> None:
    error = refused(world, "aggTrades", [TRADE, "", changed(LATER_TRADE, AGG_TRADES, column, text)])
    assert (error.line, error.column) == (3, column)
    assert reason in error.reason


OVERLAPPING = changed(CANDLE, KLINES, "close_time", str(T0 + 60_000))


@pytest.mark.parametrize("lines", [[CANDLE, CANDLE], [LATER_CANDLE, CANDLE], [OVERLAPPING, LATER_CANDLE]])
def test_candles_out_of_order(world: World, lines: list[str]) -> None:
    error = refused(world, "klines", lines)
    assert (error.line, error.column, error.hint) == (2, "open_time", "sort the file by open_time")


def test_a_candle_that_closes_before_it_opens(world: World) -> None:
    error = refused(world, "klines", [changed(CANDLE, KLINES, "close_time", str(T0 - 1))])
    assert (error.line, error.column) == (1, "close_time")


@pytest.mark.parametrize("line", ["1,2,3", CANDLE + ",0", CANDLE.replace(",42,", ",")])
def test_a_wrong_number_of_columns(world: World, line: str) -> None:
    error = refused(world, "klines", [CANDLE, line])
    assert error.line == 2
    assert KLINES.header in error.hint or error.column


def test_a_header_in_another_order_is_no_header(world: World) -> None:
    header = KLINES.header.replace("high,low", "low,high")
    assert refused(world, "klines", [header, CANDLE]).line == 1


def test_a_file_of_the_other_kind(world: World) -> None:
    assert refused(world, "klines", sample_agg_trades()).line == 1
    assert refused(world, "aggTrades", sample_klines()).line == 1


@pytest.mark.parametrize("lines", [[], ["\n"], [KLINES.header]])
def test_a_file_without_rows(world: World, lines: list[str]) -> None:
    assert "holds no rows" in str(refused(world, "klines", lines))


@pytest.mark.parametrize(("kind", "lines"), [("klines", sample_klines()), ("aggTrades", sample_agg_trades())])
def test_rows_ahead_of_the_clock_are_refused_with_the_time_to_set(world: World, kind: str, lines: list[str]) -> None:
    world.clock.freeze((SAMPLE_START_MS + 3_600_000) * 1000)
    error = refused(world, kind, lines)
    late = next(number for number, line in enumerate(lines, 1) if time_of(line) >= world.clock.now())
    assert error.line == late
    assert "frozen_at=" in error.hint
    # What the hint says is the earliest whole millisecond that will do.
    hinted = int(error.hint.rpartition("=")[2])
    if kind == "aggTrades":
        world.clock.freeze((hinted - 1) * 1000)
        refused(world, kind, lines)
    world.clock.freeze(hinted * 1000)
    assert fed(world, kind, lines).rows == len(lines)


def test_a_candle_may_close_in_the_millisecond_of_the_clock(world: World) -> None:
    world.clock.freeze((T0 + 59_999) * 1000)
    assert fed(world, "klines", [CANDLE]).last == (T0 + 59_999) * 1000 + 999


def test_a_price_that_the_symbol_cannot_have(world: World) -> None:
    error = refused(world, "klines", [CANDLE], "SHIBUSDT")
    assert "80001.00000000 is not one of SHIBUSDT".replace(" is", ", is") in str(error)


def test_unknown_symbol_and_kind(world: World) -> None:
    assert "BTCUSDT" in refused(world, "klines", [CANDLE], "NOPE").hint
    assert "klines, aggTrades" in refused(world, "trades", [CANDLE]).hint


# Reading a line.

amounts = st.decimals(0, 10**12, places=8, allow_nan=False, allow_infinity=False)


def written(amount: Decimal) -> st.SearchStrategy[str]:
    """The same amount with eight decimals, with fewer where they are zero, or with more zeros."""
    full = f"{amount:.8f}"
    short = full.rstrip("0").removesuffix(".")
    return st.sampled_from([full, short, full + "00"])


@given(data=st.data(), values=st.lists(amounts, min_size=2, max_size=2), flag=st.sampled_from(["True", "false"]))
def test_amounts_are_read_alike_in_every_form(data: st.DataObject, values: list[Decimal], flag: str) -> None:
    texts = [data.draw(written(value)) for value in values]
    line = f"1,{texts[0]},{texts[1]},2,3,{T0},{flag},True"
    assert AGG_TRADES.values(line) == [1, *(int(value.scaleb(8)) for value in values), 2, 3, T0, flag == "True"]


@given(line=st.text(st.sampled_from("0123456789.,-TtrueFfals e\u0661"), max_size=120))
def test_any_text_is_read_or_refused(line: str) -> None:
    try:
        values = AGG_TRADES.values(line)
    except BadRow:
        return
    assert len(values) == 7


def in_milliseconds(line: str) -> str:
    """A candle of a file with its two times in milliseconds."""
    fields = line.split(",")
    fields[0], fields[6] = fields[0][:13], fields[6][:13]
    return ",".join(fields)


def time_of(line: str) -> int:
    """When the row of a sample is over, in microseconds."""
    fields = line.split(",")
    return int(fields[6] if len(fields) == 12 else fields[5])


def as_answered(line: str) -> dict[str, Any]:
    """A row of the file as `aggTrades` shows it."""
    a, p, q, f, last, t, m, _ = line.split(",")
    return {
        "a": int(a), "p": p, "q": q, "f": int(f), "l": int(last), "T": int(t) // 1000, "m": m == "True", "M": True,
    }  # fmt: skip
