"""Every endpoint of spot, and the paths that Binance has taken away.

To add an endpoint: write its function in the module of its group and name it in that module's `ENDPOINTS`.
"""

from __future__ import annotations

from typing import Final

from binance_mock.venues.endpoint import Endpoint
from binance_mock.venues.spot import account, cancel_replace, general, market, tickers, trade

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    *general.ENDPOINTS,
    *market.ENDPOINTS,
    *tickers.ENDPOINTS,
    *trade.ENDPOINTS,
    *cancel_replace.ENDPOINTS,
    *account.ENDPOINTS,
)

RETIRED: Final[frozenset[str]] = frozenset(
    {
        "/api/v3/userDataStream",
        *(
            f"/api/v1/{name}"
            for name in (
                "ping", "time", "depth", "trades", "historicalTrades", "aggTrades", "klines", "ticker/24hr",
                "ticker/price", "ticker/bookTicker", "userDataStream",
            )
        ),
    }
)  # fmt: skip
"""Paths that answer 410 (rules S-10, S-212)."""
