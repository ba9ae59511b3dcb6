"""Every endpoint of COIN-M futures.

To add an endpoint: write its function in the module of its group and name it in that module's `ENDPOINTS`.
"""

from __future__ import annotations

from typing import Final

from binance_mock.venues.coinm import account, general, market, trade
from binance_mock.venues.endpoint import Endpoint

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    *general.ENDPOINTS,
    *market.ENDPOINTS,
    *trade.ENDPOINTS,
    *account.ENDPOINTS,
)
