"""Every endpoint of European options.

To add an endpoint: write its function in the module of its group and name it in that module's `ENDPOINTS`.
"""

from __future__ import annotations

from typing import Final

from binance_mock.venues.endpoint import Endpoint
from binance_mock.venues.options import (
    account,
    batches,
    block_trades,
    countdown,
    general,
    listen_keys,
    market,
    mmp,
    positions,
    records,
    reference,
    tickers,
    trade,
    transfers,
)

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    *general.ENDPOINTS,
    *market.ENDPOINTS,
    *tickers.ENDPOINTS,
    *reference.ENDPOINTS,
    *listen_keys.ENDPOINTS,
    *trade.ENDPOINTS,
    *batches.ENDPOINTS,
    *account.ENDPOINTS,
    *positions.ENDPOINTS,
    *records.ENDPOINTS,
    *transfers.ENDPOINTS,
    *countdown.ENDPOINTS,
    *mmp.ENDPOINTS,
    *block_trades.ENDPOINTS,
)
