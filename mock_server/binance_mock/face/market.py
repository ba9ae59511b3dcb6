"""A venue with order books, from a test."""

from __future__ import annotations

from typing import Any, NamedTuple

from binance_mock.face.backend import Backend


class Level(NamedTuple):
    """A price of the book and the quantity that shows there, as decimals in text."""

    price: str
    qty: str


class OrderBook(NamedTuple):
    """Bids and asks, best first, and the number of the newest change."""

    bids: list[Level]
    asks: list[Level]
    last_update_id: int


class MarketFace:
    """Moves prices, liquidity and trading status of one venue.

    Args:
        backend: makes control calls.
        venue: its name.
    """

    def __init__(self, backend: Backend, venue: str) -> None:
        self._backend = backend
        self._venue = venue

    def set_price(self, symbol: str, price: str) -> None:
        """Move the market: the ladder follows, orders that the price passes are filled, stops that it reaches fire."""
        self._backend.call("POST", f"/market/{self._venue}/{symbol}", {"price": str(price)})

    def set_liquidity(self, symbol: str, levels: int) -> None:
        """Lay the market maker's ladder anew with so many levels on each side; 0 empties it."""
        self._backend.call("POST", f"/market/{self._venue}/{symbol}", {"levels": levels})

    def set_status(self, symbol: str, status: str) -> None:
        """Let a symbol trade (TRADING) or not (HALT, BREAK, ...)."""
        self._backend.call("POST", f"/market/{self._venue}/{symbol}", {"status": status})

    def market(self, symbol: str) -> dict[str, Any]:
        """Last price, best prices, status and number of levels."""
        row: dict[str, Any] = self._backend.call("GET", f"/market/{self._venue}/{symbol}")
        return row

    def book(self, symbol: str, limit: int = 20) -> OrderBook:
        """The order book as the exchange holds it, at most `limit` levels a side."""
        row = self._backend.call("GET", f"/market/{self._venue}/{symbol}/book", query={"limit": limit})
        bids, asks = ([Level(*level) for level in row[side]] for side in ("bids", "asks"))
        return OrderBook(bids, asks, row["last_update_id"])
