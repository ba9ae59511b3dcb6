"""USDⓈ-M futures, from a test."""

from __future__ import annotations

from binance_mock.face.backend import Backend
from binance_mock.face.market import MarketFace


class UsdmFace(MarketFace):
    """Moves prices, mark prices, liquidity and trading status."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend, "usdm")

    def set_mark_price(self, symbol: str, price: str, *, index: str | None = None) -> None:
        """Let the mark price stand where it is set, and the index price too where one is given."""
        self._backend.call("POST", f"/market/usdm/{symbol}", {"mark_price": str(price), "index_price": index})

    def follow_market(self, symbol: str) -> None:
        """Let mark and index price follow the last price again."""
        self._backend.call("POST", f"/market/usdm/{symbol}", {"mark_price": "follow"})
