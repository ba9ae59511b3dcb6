"""The state of the COIN-M futures market."""

from __future__ import annotations

from binance_mock.venues.usdm.venue import UsdmVenue


class CoinmVenue(UsdmVenue):
    """Everything of one world that belongs to COIN-M futures: as USDⓈ-M futures, with contracts that pay in coins."""

    name = "coinm"

    __slots__ = ()

    def perpetual(self, pair: str) -> str:
        """The name of the perpetual of a pair."""
        return f"{pair}_PERP"
