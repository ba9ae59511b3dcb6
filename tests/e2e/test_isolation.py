"""The tests' own ground: nothing leaves the machine, and nothing of one test is left for the next."""

from __future__ import annotations

import asyncio
import socket

import pytest
import requests

from .by_hand import ByHand
from .exchange import Exchange, Server


def test_a_name_is_not_even_looked_up(escapes: list[str]) -> None:
    with pytest.raises(requests.ConnectionError):
        requests.get("https://api.binance.com/api/v3/ping", timeout=5)
    assert escapes == ["api.binance.com"]
    escapes.clear()


def test_an_address_is_not_connected_to(escapes: list[str]) -> None:
    with socket.socket() as raw, pytest.raises(OSError, match=r"203\.0\.113\.7"):
        raw.connect(("203.0.113.7", 443))
    assert escapes == ["203.0.113.7"]
    escapes.clear()


def test_asyncio_takes_the_same_way(escapes: list[str]) -> None:
    with pytest.raises(OSError, match=r"api\.binance\.com"):
        asyncio.run(asyncio.wait_for(asyncio.open_connection("api.binance.com", 443), 5))
    assert escapes == ["api.binance.com"]
    escapes.clear()


def test_loopback_is_open(exchange: Exchange) -> None:
    for host in ("127.0.0.1", "localhost"):
        assert requests.get(f"http://{host}:{exchange.port}/api/v3/ping", timeout=5).status_code == 200


def test_a_new_exchange_knows_nothing_of_the_last(trader: ByHand, exchange: Exchange, server: Server) -> None:
    exchange.faults.add("error_500", path="/api/v3/ping")
    exchange.limit_weight(5)
    exchange.set_price("BTCUSDT", "70000")
    exchange.restrict(enabled=False)
    assert trader.public("/api/v3/ping").status_code == 500
    Exchange(server)
    assert trader.public("/api/v3/ping").headers["X-MBX-USED-WEIGHT-1M"] == "1"
    assert trader.public("/api/v3/ticker/price", {"symbol": "BTCUSDT"}).json()["price"] == "80000.00000000"
    account = trader.signed("GET", "/api/v3/account", {"timestamp": Exchange(server).now, "recvWindow": 60000})
    assert account.status_code == 200
