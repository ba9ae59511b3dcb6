from __future__ import annotations

from decimal import Decimal
from typing import Any

from binance.async_client import AsyncClient
from binance.client import Client
from bot.signals import is_cheap, worth


def test_a_fallen_price_is_cheap(client: Client, scene: Any) -> None:
    price = Decimal(client.get_symbol_ticker(symbol="ETHUSDT")["price"])
    scene.set_price("ETHUSDT", price * Decimal("0.8"))
    assert is_cheap(client, "ETHUSDT")


def test_a_risen_price_is_not(client: Client, scene: Any) -> None:
    price = Decimal(client.get_symbol_ticker(symbol="ETHUSDT")["price"])
    scene.set_price("ETHUSDT", price * Decimal("1.2"))
    assert not is_cheap(client, "ETHUSDT")


async def test_the_worth_of_an_untouched_account(async_client: AsyncClient) -> None:
    assert await worth(async_client) == 10_000


async def test_the_worth_of_what_is_held(async_client: AsyncClient, scene: Any) -> None:
    scene.own(BTC="0.5", USDT="100")
    scene.set_price("BTCUSDT", Decimal(60_000))
    assert await worth(async_client) == 30_100
