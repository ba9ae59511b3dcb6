"""How USDⓈ-M futures behave where a tester may choose."""

from __future__ import annotations

import msgspec


class UsdmSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of the venue.

    Attributes:
        maker: commission rate of resting orders, scaled by 10^8; 20_000 is 0.02 %.
        taker: rate of orders that take.
        first_order_id: id of the first order of each contract (rule U-51).
        levels: price levels on each side of a standing book, 0 for empty books.
        level_value: worth of each level in USDT.
        spread_bps: distance of the best prices from the reference price, in basis points.
        history_hours: how far back the standing tape reaches, 0 for none.
        legacy_conditional_orders: take stops, take-profits and trailing stops as ordinary orders, too, as it was before
            2025-12-09 (rule U-47).
    """

    maker: int = 20_000
    taker: int = 50_000
    first_order_id: int = 8_389_765_500_000_001
    levels: int = 25
    level_value: int = 250_000
    spread_bps: int = 1
    history_hours: int = 48
    legacy_conditional_orders: bool = False
