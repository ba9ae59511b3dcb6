"""USDⓈ-M futures by clients that we did not write, constructed as for the real exchange."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import ccxt
import pytest
from binance.client import Client
from binance.exceptions import BinanceAPIException

from binance_mock import Mock

BTC = "BTCUSDT"


@pytest.fixture
def binance() -> Iterator[Mock]:
    """A mock to which all calls at Binance's hosts go."""
    with Mock.intercept(strict=True, frozen_at=None) as mock:
        yield mock


@pytest.fixture
def client(binance: Mock) -> Iterator[Client]:
    made = Client(binance.api_key, binance.api_secret)
    yield made
    made.close_connection()
    made.loop.close()  # made by the client, for its WebSocket side
    asyncio.set_event_loop(None)


def position(client: Client) -> dict[str, Any]:
    (row,) = client.futures_position_information(symbol=BTC)
    return dict(row)


def test_python_binance_opens_and_closes_a_position(binance: Mock, client: Client) -> None:
    assert client.futures_change_leverage(symbol=BTC, leverage=10)["leverage"] == 10
    start = float(client.futures_account()["totalWalletBalance"])
    bought = client.futures_create_order(
        symbol=BTC, side="BUY", type="MARKET", quantity="0.100", newOrderRespType="RESULT"
    )
    assert bought["status"] == "FILLED"
    binance.usdm.set_price(BTC, "82000")
    held = position(client)
    assert float(held["positionAmt"]) == 0.1
    assert float(held["unRealizedProfit"]) == pytest.approx((82_000 - float(held["entryPrice"])) * 0.1)
    sold = client.futures_create_order(
        symbol=BTC, side="SELL", type="MARKET", quantity="0.100", reduceOnly="true", newOrderRespType="RESULT"
    )
    profit = (float(sold["avgPrice"]) - float(bought["avgPrice"])) * 0.1
    fees = sum(float(row["commission"]) for row in client.futures_account_trades(symbol=BTC))
    end = float(client.futures_account()["totalWalletBalance"])
    assert end - start == pytest.approx(profit - fees, abs=1e-6)
    kinds = {row["incomeType"] for row in client.futures_income_history()}
    assert kinds == {"REALIZED_PNL", "COMMISSION"}
    assert binance.requests.refused.find() == []


def test_python_binance_hedges(client: Client) -> None:
    client.futures_change_position_mode(dualSidePosition="true")
    for side, which in (("BUY", "LONG"), ("SELL", "SHORT")):
        client.futures_create_order(symbol=BTC, side=side, positionSide=which, type="MARKET", quantity="0.010")
    rows = {row["positionSide"]: float(row["positionAmt"]) for row in client.futures_position_information(symbol=BTC)}
    assert rows == {"LONG": 0.01, "SHORT": -0.01}
    with pytest.raises(BinanceAPIException, match="position side does not match"):
        client.futures_create_order(symbol=BTC, side="BUY", type="MARKET", quantity="0.010")


def test_python_binance_isolates(client: Client) -> None:
    client.futures_change_margin_type(symbol=BTC, marginType="ISOLATED")
    with pytest.raises(BinanceAPIException, match="No need to change margin type"):
        client.futures_change_margin_type(symbol=BTC, marginType="ISOLATED")
    client.futures_create_order(symbol=BTC, side="BUY", type="MARKET", quantity="0.010")
    before = float(position(client)["isolatedWallet"])
    client.futures_change_position_margin(symbol=BTC, amount="10", type=1)
    held = position(client)
    assert float(held["isolatedWallet"]) == pytest.approx(before + 10)
    assert 0 < float(held["liquidationPrice"]) < float(held["entryPrice"])


def test_ccxt_trades(binance: Mock) -> None:
    exchange = ccxt.binanceusdm(
        {
            "apiKey": binance.api_key,
            "secret": binance.api_secret,
            "options": {"fetchCurrencies": False, "fetchMargins": False, "fetchMarkets": {"types": ["linear"]}},
        }
    )
    symbol = "BTC/USDT:USDT"
    exchange.load_markets()
    assert exchange.market(symbol)["contract"]
    exchange.set_leverage(5, symbol)
    order = exchange.create_order(symbol, "limit", "buy", 0.01, 79_000)
    assert order["status"] == "open"
    assert [each["id"] for each in exchange.fetch_open_orders(symbol)] == [order["id"]]
    binance.usdm.set_price(BTC, "78900")
    assert exchange.fetch_order(order["id"], symbol)["status"] == "closed"
    (held,) = exchange.fetch_positions([symbol])
    assert (held["contracts"], held["side"], held["entryPrice"]) == (0.01, "long", 79_000.0)
    assert exchange.fetch_balance()["USDT"]["total"] == pytest.approx(100_000 - 79_000 * 0.01 * 0.0002 - 1, abs=0.2)
    assert exchange.fetch_funding_rate(symbol)["symbol"] == symbol
    assert len(exchange.fetch_ohlcv(symbol, "1h", limit=5)) == 5
