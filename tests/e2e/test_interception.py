"""Clients that are constructed as for the real exchange, with no URL of ours anywhere, trade on the mock.

The guard of these tests fails any of them that resolves or connects to another host.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import ccxt
import ccxt.async_support
import pytest
import websockets
from binance import AsyncClient as PythonBinanceAsync
from binance import Client as PythonBinance
from binance_sdk_spot.spot import ConfigurationRestAPI, Spot

from binance_mock import Mock
from binance_mock.interception import Interception

ORDER = "/api/v3/order"
LIMIT: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.01",
    "price": "70000",
    "newClientOrderId": "mine",
}
# Without these ccxt would ask the wallet for currencies and margin pairs, and futures for their markets.
CCXT = {"fetchCurrencies": False, "fetchMargins": False, "fetchMarkets": {"types": ["spot"]}}


@pytest.fixture
def binance() -> Iterator[Mock]:
    """A mock, and an interception that is strict: nothing else is called."""
    with Mock() as mock, Interception(mock.url, strict=True):
        yield mock


def calls(binance: Mock) -> list[tuple[str, str, int]]:
    return [(entry.method, entry.path, entry.status) for entry in binance.requests]


def check_the_order(binance: Mock) -> None:
    """One order was placed, with a signature that holds, and rests."""
    (entry,) = binance.requests.find(path=ORDER, method="POST")
    assert (entry.status, entry.account, entry.verdict) == (200, "default", "accepted")
    assert binance.account.balance("USDT").locked == "700.00000000"


def test_python_binance(binance: Mock) -> None:
    client = PythonBinance(binance.api_key, binance.api_secret)
    try:
        assert client.create_order(**LIMIT)["status"] == "NEW"
    finally:
        client.close_connection()
        client.loop.close()  # made by the client, for its WebSocket side
        asyncio.set_event_loop(None)
    assert calls(binance) == [("GET", "/api/v3/ping", 200), ("POST", ORDER, 200)]
    check_the_order(binance)


def test_python_binance_on_its_test_network(binance: Mock) -> None:
    client = PythonBinance(binance.api_key, binance.api_secret, testnet=True)
    try:
        assert client.create_order(**LIMIT)["status"] == "NEW"
    finally:
        client.close_connection()
        client.loop.close()
        asyncio.set_event_loop(None)
    check_the_order(binance)


def test_python_binance_asynchronous(binance: Mock) -> None:
    async def trade() -> Any:
        client = await PythonBinanceAsync.create(binance.api_key, binance.api_secret)
        try:
            return await client.create_order(**LIMIT)
        finally:
            await client.close_connection()

    assert asyncio.run(trade())["status"] == "NEW"
    assert calls(binance) == [("GET", "/api/v3/ping", 200), ("GET", "/api/v3/time", 200), ("POST", ORDER, 200)]
    check_the_order(binance)


def test_ccxt(binance: Mock) -> None:
    client = ccxt.binance({"apiKey": binance.api_key, "secret": binance.api_secret, "options": CCXT})
    try:
        assert client.create_order("BTC/USDT", "limit", "buy", 0.01, 70000)["status"] == "open"
    finally:
        client.close()
    assert calls(binance) == [("GET", "/api/v3/exchangeInfo", 200), ("POST", ORDER, 200)]
    check_the_order(binance)


def test_ccxt_asynchronous(binance: Mock) -> None:
    async def trade() -> Any:
        options = {"apiKey": binance.api_key, "secret": binance.api_secret, "options": CCXT}
        client = ccxt.async_support.binance(options)
        client.timeout_on_exit = 0
        try:
            return await client.create_order("BTC/USDT", "limit", "buy", 0.01, 70000)
        finally:
            await client.close()

    assert asyncio.run(trade())["status"] == "open"
    assert calls(binance) == [("GET", "/api/v3/exchangeInfo", 200), ("POST", ORDER, 200)]
    check_the_order(binance)


def test_the_official_sdk(binance: Mock) -> None:
    config = ConfigurationRestAPI(api_key=binance.api_key, api_secret=binance.api_secret, timeout=10_000)
    client = Spot(config_rest_api=config).rest_api
    try:
        order = client.new_order("BTCUSDT", "BUY", "LIMIT", time_in_force="GTC", quantity=0.01, price=70000.0).data()
        assert order.status == "NEW"
    finally:
        client._session.close()
    assert calls(binance) == [("POST", ORDER, 200)]
    check_the_order(binance)


def test_the_retries_of_the_official_sdk_are_its_own(binance: Mock) -> None:
    config = ConfigurationRestAPI(api_key=binance.api_key, timeout=10_000, retries=2, backoff=0)
    client = Spot(config_rest_api=config).rest_api
    binance.faults.add("unavailable_503", times=2)
    try:
        assert client.time().status == 200
    finally:
        client._session.close()
    assert [status for _, _, status in calls(binance)] == [503, 503, 200]


def test_a_market_stream_does_not_escape(binance: Mock) -> None:
    """The mock serves no streams yet, and says so where the real exchange would have been asked."""

    async def listen() -> None:
        async with websockets.connect("wss://stream.binance.com:9443/ws/btcusdt@trade"):
            pass

    with pytest.raises(websockets.InvalidStatus):
        asyncio.run(listen())
