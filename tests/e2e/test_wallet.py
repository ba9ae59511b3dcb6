"""Clients that ask `/sapi` when they start, constructed as for the real exchange."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import ccxt
import pytest
from binance.client import Client

from binance_mock import Mock


@pytest.fixture
def binance() -> Iterator[Mock]:
    """A mock to which all calls at Binance's hosts go."""
    with Mock.intercept(strict=True, frozen_at=None) as mock:
        yield mock


@pytest.fixture
def exchange(binance: Mock) -> ccxt.binance:
    """ccxt as it is, with nothing but a key."""
    return ccxt.binance({"apiKey": binance.api_key, "secret": binance.api_secret})


def test_ccxt_starts_with_its_default_options(binance: Mock, exchange: ccxt.binance) -> None:
    markets = exchange.load_markets()
    assert {market["type"] for market in markets.values()} == {"spot", "swap", "future"}
    assert markets["BTC/USDT"]["margin"]
    paths = [call.path for call in binance.requests]
    for path in ("capital/config/getall", "margin/allPairs", "margin/isolated/allPairs"):
        assert f"/sapi/v1/{path}" in paths
    assert binance.requests.refused.find() == []


def test_ccxt_knows_coins_and_fees(exchange: ccxt.binance) -> None:
    coins = exchange.fetch_currencies()
    assert set(coins["USDT"]["networks"]) == {"TRC20", "ERC20", "BEP20"}
    assert coins["BTC"]["deposit"]
    assert exchange.fetch_trading_fees()["BTC/USDT"]["taker"] == 0.001
    assert exchange.fetch_status()["status"] == "ok"


def test_ccxt_trades_on_cross_margin(binance: Mock, exchange: ccxt.binance) -> None:
    cross = {"marginMode": "cross"}
    before = exchange.fetch_balance({"type": "margin"})["USDT"]["free"]
    order = exchange.create_order("BTC/USDT", "limit", "buy", 0.01, 50_000, cross)
    assert exchange.fetch_balance({"type": "margin"})["USDT"]["used"] == 500
    assert exchange.fetch_order(order["id"], "BTC/USDT", cross)["status"] == "open"
    assert exchange.cancel_order(order["id"], "BTC/USDT", cross)["status"] == "canceled"
    assert exchange.fetch_balance({"type": "margin"})["USDT"]["free"] == before
    assert binance.requests.refused.find() == []


def test_python_binance_asks_about_its_account(binance: Mock) -> None:
    client = Client(binance.api_key, binance.api_secret)
    try:
        assert client.get_account_status() == {"data": "Normal"}
        assert not client.get_account_api_trading_status()["data"]["isLocked"]
        assert client.get_account_api_permissions()["enableSpotAndMarginTrading"]
        assert {row["coin"] for row in client.get_all_coins_info()} >= {"BTC", "USDT"}
        assert client.get_trade_fee(symbol="BTCUSDT")[0]["symbol"] == "BTCUSDT"
        assert client.margin_stream_get_listen_key()
        order = client.create_margin_order(symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.01")
        assert order["status"] == "FILLED"
    finally:
        client.close_connection()
        client.loop.close()  # made by the client, for its WebSocket side
        asyncio.set_event_loop(None)
    assert binance.requests.refused.find() == []
