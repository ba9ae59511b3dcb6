"""What the assets of multi-assets mode are worth in dollars (rule U-120). Rates are scaled by 10^8."""

from __future__ import annotations

from typing import Final, NamedTuple

from binance_mock.engine.positions import cut
from binance_mock.engine.units import SCALE
from binance_mock.venues.usdm.venue import UsdmVenue

BUFFER: Final = SCALE // 10
"""What an asset that is no dollar loses on the way to dollars, and costs more on the way back."""


class Rates(NamedTuple):
    """What one unit of an asset brings as collateral, and what it costs when it is owed."""

    bid: int
    ask: int

    def dollars(self, amount: int) -> int:
        """An amount in dollars, cut: what is owned at the bid, what is owed at the ask."""
        return cut(amount * (self.bid if amount >= 0 else self.ask), SCALE)

    def units(self, dollars: int) -> int:
        """Dollars in units of the asset, cut."""
        return cut(dollars * SCALE, self.bid)


def rates(venue: UsdmVenue, asset: str) -> Rates:
    """The rates of an asset; one without a contract of its own against USDT is a dollar."""
    contract = f"{asset}USDT"
    if contract not in venue.symbols:
        return Rates(SCALE, SCALE)
    index = venue.index_price(contract)
    return Rates(index * (SCALE - BUFFER) // SCALE, index * (SCALE + BUFFER) // SCALE)
