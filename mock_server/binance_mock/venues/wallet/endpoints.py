"""All endpoints of `/sapi` that are served, in the order of their groups, and what each may weigh in a minute."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from binance_mock.venues.endpoint import Endpoint
from binance_mock.venues.wallet import account, assets, listen_keys, margin, margin_orders
from binance_mock.venues.weights import Unit

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    *account.ENDPOINTS,
    *assets.ENDPOINTS,
    *margin.ENDPOINTS,
    *margin_orders.ENDPOINTS,
    *listen_keys.ENDPOINTS,
)
LIMITS: Final[Mapping[Unit, int]] = {Unit.IP: 12_000, Unit.UID: 180_000}
"""Each endpoint counts for itself, per address or per account."""
