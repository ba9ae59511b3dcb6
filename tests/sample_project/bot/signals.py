"""When to buy: the price stands below its mean."""

from __future__ import annotations

from decimal import Decimal

from binance.async_client import AsyncClient
from binance.client import Client


def is_cheap(client: Client, symbol: str, hours: int = 12) -> bool:
    """Whether the last close is below the mean of the closes before it."""
    closes = [Decimal(row[4]) for row in client.get_klines(symbol=symbol, interval="1h", limit=hours)]
    return closes[-1] < sum(closes[:-1]) / len(closes[:-1])


async def worth(client: AsyncClient, quote: str = "USDT") -> Decimal:
    """What the account owns, in the quote asset at the last prices."""
    prices = {row["symbol"]: Decimal(row["price"]) for row in await client.get_all_tickers()}
    total = Decimal(0)
    for row in (await client.get_account())["balances"]:
        amount = Decimal(row["free"]) + Decimal(row["locked"])
        total += amount if row["asset"] == quote else amount * prices.get(f"{row['asset']}{quote}", Decimal(0))
    return total
