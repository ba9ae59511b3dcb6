"""European options by clients that we did not write, constructed as for the real exchange."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import ccxt
import pytest
from binance.client import Client
from binance_sdk_derivatives_trading_options.derivatives_trading_options import (
    ConfigurationRestAPI,
    DerivativesTradingOptions,
)

from binance_mock import Mock

CALL = "BTC-231124-80000-C"
NOW = 1_700_000_000_000


@pytest.fixture
def binance() -> Iterator[Mock]:
    """A mock to which all calls at Binance's hosts go."""
    with Mock.intercept(strict=True, frozen_at=NOW) as mock:
        yield mock


def test_ccxt_loads_the_chain_and_reads_the_market(binance: Mock) -> None:
    exchange = ccxt.binance({"options": {"defaultType": "option", "fetchMarkets": {"types": ["option"]}}})
    markets = exchange.load_markets()
    market = markets["BTC/USDT:USDT-231124-80000-C"]
    assert (market["id"], market["option"], market["optionType"], market["strike"]) == (CALL, True, "call", 80_000)
    assert market["expiry"] == 1_700_812_800_000
    assert market["precision"]["price"] == 5
    book = exchange.fetch_order_book(market["symbol"])
    ticker = exchange.fetch_ticker(market["symbol"])
    assert book["bids"][0][0] == ticker["bid"] < ticker["ask"] == book["asks"][0][0]
    greeks = exchange.fetch_greeks(market["symbol"])
    assert ticker["bid"] < greeks["markPrice"] < ticker["ask"]
    assert 0 < greeks["delta"] < 1
    assert exchange.fetch_trades(market["symbol"])
    candles = exchange.fetch_ohlcv(market["symbol"], "1h", limit=3)
    assert len(candles) == 3
    assert binance.requests.refused.find() == []


def test_python_binance_reads_the_market(binance: Mock) -> None:
    client = Client(binance.api_key, binance.api_secret)
    assert client.options_ping() == {}
    assert client.options_time() == {"serverTime": NOW}
    assert CALL in {row["symbol"] for row in client.options_exchange_info()["optionSymbols"]}
    assert client.options_index_price(underlying="BTCUSDT")["indexPrice"] == "79970.00000000"
    assert client.options_mark_price(symbol=CALL)[0]["symbol"] == CALL
    assert client.options_price(symbol=CALL)[0]["symbol"] == CALL
    assert client.options_order_book(symbol=CALL)["bids"]
    assert client.options_klines(symbol=CALL, interval="1h", limit=2)
    assert client.options_recent_trades(symbol=CALL, limit=2)
    assert client.options_historical_trades(symbol=CALL, limit=2)
    client.close_connection()
    client.loop.close()  # made by the client, for its WebSocket side
    asyncio.set_event_loop(None)


def test_the_official_client_reads_the_market(binance: Mock) -> None:
    """Its models check the fields of the answers."""
    config = ConfigurationRestAPI(api_key=binance.api_key, api_secret=binance.api_secret)
    api = DerivativesTradingOptions(config_rest_api=config).rest_api
    symbols = api.exchange_information().data().option_symbols
    assert symbols
    assert CALL in {row.symbol for row in symbols}
    (mark,) = api.option_mark_price(symbol=CALL).data()
    assert mark.symbol == CALL
    assert api.order_book(symbol=CALL).data().bids
    key = api.start_user_data_stream().data()
    assert len(key.listen_key or "") == 64
