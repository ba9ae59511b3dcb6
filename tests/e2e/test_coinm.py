"""COIN-M futures by clients that we did not write, constructed as for the real exchange."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import ccxt
import pytest
from binance.client import Client

from binance_mock import Mock

PERP = "BTCUSD_PERP"
SYMBOL = "BTC/USD:BTC"


@pytest.fixture
def binance() -> Iterator[Mock]:
    """A mock to which all calls at Binance's hosts go."""
    with Mock.intercept(strict=True, frozen_at=None) as mock:
        yield mock


def connect(kind: type[Any], mock: Mock, **more: Any) -> Any:
    """A client of ccxt with its default options; its own rate limiter would sleep between the calls."""
    return kind({"apiKey": mock.api_key, "secret": mock.api_secret, "enableRateLimit": False, **more})


@pytest.fixture
def exchange(binance: Mock) -> Any:
    made = connect(ccxt.binancecoinm, binance)
    made.load_markets()
    return made


def test_ccxt_with_default_options_starts_up(binance: Mock) -> None:
    """It asks all markets, and with a key the wallet, too."""
    for made in (connect(ccxt.binance, binance), ccxt.binance({"enableRateLimit": False})):
        markets = made.load_markets()
        assert {"BTC/USDT", "BTC/USDT:USDT", SYMBOL} <= set(markets)
        paths = {request.path for request in binance.requests.find()}
        assert {"/api/v3/exchangeInfo", "/fapi/v1/exchangeInfo", "/dapi/v1/exchangeInfo"} <= paths
    assert binance.requests.refused.find() == []


def test_ccxt_reads_contracts(exchange: Any) -> None:
    market = exchange.market(SYMBOL)
    assert (market["inverse"], market["contractSize"], market["settle"]) == (True, 100.0, "BTC")
    assert exchange.market("BTC/USD:BTC-261225")["expiry"] == 1798185600000
    ticker = exchange.fetch_ticker(SYMBOL)
    assert ticker["last"] == 79_985.0
    # Volumes are in contracts, and so in dollars over the price.
    assert ticker["baseVolume"] == pytest.approx(ticker["quoteVolume"] / ticker["vwap"], rel=1e-4)
    assert len(exchange.fetch_ohlcv(SYMBOL, "1h", limit=5)) == 5
    assert exchange.fetch_order_book(SYMBOL, 5)["bids"][0][0] < 79_985
    assert exchange.fetch_funding_rate(SYMBOL)["fundingRate"] == 0.0001
    assert len(exchange.fetch_funding_rate_history(SYMBOL, limit=3)) == 3
    assert set(exchange.fetch_bids_asks()) == set(exchange.fetch_tickers()) == set(exchange.symbols)


def test_ccxt_places_and_cancels(binance: Mock, exchange: Any) -> None:
    exchange.set_leverage(10, SYMBOL)
    placed = exchange.create_order(SYMBOL, "limit", "buy", 3, 79_000)
    assert placed["status"] == "open"
    assert [each["id"] for each in exchange.fetch_open_orders(SYMBOL)] == [placed["id"]]
    assert exchange.fetch_balance()["BTC"]["used"] == pytest.approx(300 / 79_000 / 10, abs=1e-8)
    assert exchange.fetch_order(placed["id"], SYMBOL)["amount"] == 3
    assert exchange.cancel_order(placed["id"], SYMBOL)["status"] == "canceled"
    with pytest.raises(ccxt.OrderNotFound):
        exchange.cancel_order(placed["id"], SYMBOL)
    exchange.create_order(SYMBOL, "limit", "buy", 3, 79_000)
    exchange.cancel_all_orders(SYMBOL)
    assert exchange.fetch_open_orders(SYMBOL) == []
    with pytest.raises(ccxt.InsufficientFunds):
        exchange.create_order(SYMBOL, "limit", "buy", 100_000, 79_000)
    assert binance.coinm.market(PERP)["levels"] == [25, 25]


def test_ccxt_opens_and_closes_a_position(binance: Mock, exchange: Any) -> None:
    """What is won are coins: contracts * 100 * (1 / entry - 1 / exit)."""
    bought = exchange.create_order(SYMBOL, "market", "buy", 40)
    assert (bought["status"], bought["cost"]) == ("closed", pytest.approx(4000 / bought["average"]))
    binance.coinm.set_price(PERP, "82000")
    (held,) = exchange.fetch_positions([SYMBOL])
    assert (held["contracts"], held["side"], held["entryPrice"]) == (40, "long", bought["average"])
    assert held["unrealizedPnl"] == pytest.approx(4000 * (1 / bought["average"] - 1 / 82_000), abs=1e-8)
    sold = exchange.create_order(SYMBOL, "market", "sell", 40, None, {"reduceOnly": True})
    trades = exchange.fetch_my_trades(SYMBOL)
    profit = 4000 * (1 / bought["average"] - 1 / sold["average"])
    fees = sum(trade["fee"]["cost"] for trade in trades)
    assert {trade["fee"]["currency"] for trade in trades} == {"BTC"}
    assert exchange.fetch_balance()["BTC"]["total"] == pytest.approx(10 + profit - fees, abs=3e-8)
    assert [each["contracts"] for each in exchange.fetch_positions([SYMBOL]) if each["contracts"]] == []
    assert binance.requests.refused.find() == []


def test_ccxt_changes_modes(binance: Mock, exchange: Any) -> None:
    exchange.set_margin_mode("isolated", SYMBOL)
    exchange.set_position_mode(True, SYMBOL)
    assert exchange.fetch_position_mode(SYMBOL)["hedged"]
    exchange.create_order(SYMBOL, "market", "sell", 5, None, {"positionSide": "SHORT"})
    (held,) = [each for each in exchange.fetch_positions([SYMBOL]) if each["contracts"]]
    assert (held["side"], held["marginMode"], held["hedged"]) == ("short", "isolated", True)
    assert held["liquidationPrice"] > held["entryPrice"]
    binance.coinm.set_mark_price(PERP, str(round(held["liquidationPrice"] + 10)))
    assert [each for each in exchange.fetch_positions([SYMBOL]) if each["contracts"]] == []


def test_python_binance_trades(binance: Mock) -> None:
    client = Client(binance.api_key, binance.api_secret)
    try:
        assert client.futures_coin_change_leverage(symbol=PERP, leverage=5)["maxQty"] == "2000"
        placed = client.futures_coin_create_order(
            symbol=PERP, side="BUY", type="LIMIT", timeInForce="GTC", quantity=2, price=79_000
        )
        assert [each["orderId"] for each in client.futures_coin_get_open_orders(symbol=PERP)] == [placed["orderId"]]
        binance.coinm.set_price(PERP, "78900")
        assert client.futures_coin_get_order(symbol=PERP, orderId=placed["orderId"])["avgPrice"] == "79000.0000"
        (row,) = [each for each in client.futures_coin_position_information(pair="BTCUSD") if each["symbol"] == PERP]
        assert (row["positionAmt"], row["entryPrice"]) == ("2", "79000.0")
        assert {each["asset"] for each in client.futures_coin_account_balance()} == {"BTC", "ETH"}
        assert client.futures_coin_account_trades(symbol=PERP)[0]["maker"]
        assert len(client.futures_coin_stream_get_listen_key()) == 64
    finally:
        client.close_connection()
        client.loop.close()  # made by the client, for its WebSocket side
        asyncio.set_event_loop(None)
