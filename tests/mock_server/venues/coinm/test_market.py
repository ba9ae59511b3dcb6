"""Market data of contracts whose volumes are counted in contracts and in coins."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.mock_server.spot_client import NOW
from tests.mock_server.venues.coinm.coinm_client import ETH, PAIR, PERP, QUARTER, CoinmClient, quiet
from tests.mock_server.venues.usdm.usdm_client import DAY_MS, HOUR_MS, MS, amount

from binance_mock.engine.orders import BUY, Side
from binance_mock.engine.units import SCALE

SELL = Side.SELL


@pytest.fixture
def client() -> CoinmClient:
    return CoinmClient()


def test_the_listing(client: CoinmClient) -> None:
    """Real contracts: what they are worth, what they are margined in, and their own filters."""
    info = client.public("exchangeInfo").ok()
    rows = {row["symbol"]: row for row in info["symbols"]}
    assert list(rows) == [PERP, QUARTER, ETH]
    row = rows[PERP]
    assert (row["contractSize"], rows[ETH]["contractSize"]) == (100, 10)
    assert (row["pair"], row["marginAsset"], row["contractStatus"]) == (PAIR, "BTC", "TRADING")
    assert row["deliveryDate"] == 4133404800000
    assert [each["filterType"] for each in row["filters"]] == [
        "PRICE_FILTER", "LOT_SIZE", "MARKET_LOT_SIZE", "MAX_NUM_ORDERS", "MAX_NUM_ALGO_ORDERS", "PERCENT_PRICE",
    ]  # fmt: skip
    assert [(each["rateLimitType"], each["limit"]) for each in info["rateLimits"]] == [
        ("REQUEST_WEIGHT", 2400), ("ORDERS", 1200),
    ]  # fmt: skip
    client.venue.set_status(QUARTER, "DELIVERING")
    assert client.public("exchangeInfo").ok()["symbols"][1]["contractStatus"] == "DELIVERING"


def test_the_standing_book_is_as_deep_as_its_dollars(client: CoinmClient) -> None:
    """250000 USD a level are 2500 contracts of BTC and 25000 of ETH, at any price."""
    for symbol, contracts in ((PERP, "2500"), (ETH, "25000")):
        book = client.public("depth", symbol=symbol, limit=100).ok()
        assert (book["symbol"], book["pair"]) == (symbol, symbol.removesuffix("_PERP"))
        assert {qty for _, qty in (*book["bids"], *book["asks"])} == {contracts}
        assert len(book["bids"]) == len(book["asks"]) == 25


def test_volumes_in_contracts_and_in_coins() -> None:
    client = quiet()
    client.wallet()
    other = client.other()
    fills = [(3, 40_000), (5, 41_000), (2, 38_000)]
    for contracts, price in fills:
        client.trade(BUY, contracts, price, other)
    client.trade(SELL, 4, 39_000, other)
    exact = sum(Fraction(100 * contracts, price) for contracts, price in (*fills, (4, 39_000)))
    bought = sum(Fraction(100 * contracts, price) for contracts, price in fills)
    (row,) = client.public("klines", symbol=PERP, interval="1m").ok()
    assert [row[n] for n in (1, 2, 3, 4, 5, 8, 9)] == [
        "40000.0", "41000.0", "38000.0", "39000.0", "14", 4, "10",
    ]  # fmt: skip
    assert (amount(row[7]), amount(row[10])) == (int(exact * SCALE), int(bought * SCALE))
    (day,) = client.public("ticker/24hr", symbol=PERP).ok()
    assert (day["volume"], amount(day["baseVolume"])) == ("14", int(exact * SCALE))
    # The mean by contracts is dollars over coins.
    assert amount(day["weightedAvgPrice"]) == int(1400 / exact * 10) * SCALE // 10


def test_a_day_without_trades() -> None:
    (day,) = quiet().public("ticker/24hr", symbol=PERP).ok()
    assert (day["volume"], day["baseVolume"], day["weightedAvgPrice"]) == ("0", "0.00000000", "0.0")


def test_candles_are_the_last_before_the_end(client: CoinmClient) -> None:
    """Also where a start is given, whose end is 200 days later unless it is sent."""
    hour = MS - MS % HOUR_MS
    ask = {"symbol": PERP, "interval": "1h", "limit": 3}
    opened = [row[0] for row in client.public("klines", **ask).ok()]
    assert opened == [hour - 2 * HOUR_MS, hour - HOUR_MS, hour]
    start = hour - 10 * HOUR_MS
    assert [row[0] for row in client.public("klines", **ask, startTime=start).ok()] == opened
    end = hour - 5 * HOUR_MS
    expected = [end - 2 * HOUR_MS, end - HOUR_MS, end]
    assert [row[0] for row in client.public("klines", **ask, startTime=start, endTime=end).ok()] == expected
    assert [row[0] for row in client.public("klines", **ask, endTime=end).ok()] == expected
    late = client.public("klines", **ask, startTime=end - HOUR_MS, endTime=end).ok()
    assert [row[0] for row in late] == expected[1:]


def test_candles_of_more_than_200_days(client: CoinmClient) -> None:
    ask = {"symbol": PERP, "interval": "1d", "endTime": MS}
    assert client.public("klines", **ask, startTime=MS - 200 * DAY_MS).status == 200
    reply = client.public("klines", **ask, startTime=MS - 200 * DAY_MS - 1)
    assert (reply.code, reply.msg) == (-1127, "More than 4800 hours between startTime and endTime.")
    assert client.public("klines", **ask, startTime=MS + 1).code == -1023


def test_marks_and_indexes(client: CoinmClient) -> None:
    """U-108: the index is that of the pair's perpetual; a contract with delivery has no funding."""
    client.move_price(PERP, "81000")
    rows = {row["symbol"]: row for row in client.public("premiumIndex").ok()}
    assert (rows[PERP]["markPrice"], rows[PERP]["indexPrice"]) == ("81000.00000000", "81000.00000000")
    assert (rows[PERP]["pair"], rows[PERP]["lastFundingRate"], rows[PERP]["nextFundingTime"] > MS) == (
        PAIR, "0.00010000", True,
    )  # fmt: skip
    quarter = rows[QUARTER]
    assert (quarter["markPrice"], quarter["indexPrice"]) == ("80320.00000000", "81000.00000000")
    assert (quarter["lastFundingRate"], quarter["interestRate"], quarter["nextFundingTime"]) == ("", "", 0)


def test_last_and_best_prices(client: CoinmClient) -> None:
    (last,) = client.public("ticker/price", symbol=PERP).ok()
    assert last == {"symbol": PERP, "ps": PAIR, "price": "79985.0", "time": last["time"]}
    (best,) = client.public("ticker/bookTicker", symbol=PERP).ok()
    book = client.public("depth", symbol=PERP, limit=5).ok()
    assert [best["bidPrice"], best["bidQty"]] == book["bids"][0]
    assert [best["askPrice"], best["askQty"]] == book["asks"][0]
    assert client.world.clock.now() == NOW
