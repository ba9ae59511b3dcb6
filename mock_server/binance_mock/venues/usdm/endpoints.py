"""Every endpoint of USDⓈ-M futures.

To add an endpoint: write its function in the module of its group and name it in that module's `ENDPOINTS`.
"""

from __future__ import annotations

from typing import Final

from binance_mock.venues.endpoint import Endpoint
from binance_mock.venues.usdm import (
    account_config,
    algo,
    amend,
    balances,
    batches,
    candles,
    convert,
    countdown,
    downloads,
    funding,
    general,
    incomes,
    leverage,
    listen_keys,
    market,
    position_margin,
    positions,
    reference,
    referral,
    statistics,
    stock,
    tickers,
    trade,
)

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    *general.ENDPOINTS,
    *market.ENDPOINTS,
    *candles.ENDPOINTS,
    *tickers.ENDPOINTS,
    *funding.ENDPOINTS,
    *statistics.ENDPOINTS,
    *reference.ENDPOINTS,
    *trade.ENDPOINTS,
    *algo.ENDPOINTS,
    *amend.ENDPOINTS,
    *batches.ENDPOINTS,
    *countdown.ENDPOINTS,
    *balances.ENDPOINTS,
    *account_config.ENDPOINTS,
    *incomes.ENDPOINTS,
    *downloads.ENDPOINTS,
    *leverage.ENDPOINTS,
    *position_margin.ENDPOINTS,
    *positions.ENDPOINTS,
    *listen_keys.ENDPOINTS,
    *stock.ENDPOINTS,
    *convert.ENDPOINTS,
    *referral.ENDPOINTS,
)
