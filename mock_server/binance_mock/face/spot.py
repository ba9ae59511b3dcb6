"""The spot market, from a test."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, NamedTuple

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


class SpotFace:
    """Moves prices, liquidity and trading status, and feeds history."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def set_price(self, symbol: str, price: str) -> None:
        """Move the market: the ladder follows, orders that the price passes are filled, stops that it reaches fire."""
        self._backend.call("POST", f"/market/spot/{symbol}", {"price": str(price)})

    def set_liquidity(self, symbol: str, levels: int) -> None:
        """Lay the market maker's ladder anew with so many levels on each side; 0 empties it."""
        self._backend.call("POST", f"/market/spot/{symbol}", {"levels": levels})

    def set_status(self, symbol: str, status: str) -> None:
        """Let a symbol trade (TRADING) or not (HALT, BREAK, ...)."""
        self._backend.call("POST", f"/market/spot/{symbol}", {"status": status})

    def market(self, symbol: str) -> dict[str, Any]:
        """Last price, best prices, status and number of levels."""
        row: dict[str, Any] = self._backend.call("GET", f"/market/spot/{symbol}")
        return row

    def book(self, symbol: str, limit: int = 20) -> OrderBook:
        """The order book as the exchange holds it, at most `limit` levels a side."""
        row = self._backend.call("GET", f"/market/spot/{symbol}/book", query={"limit": limit})
        bids, asks = ([Level(*level) for level in row[side]] for side in ("bids", "asks"))
        return OrderBook(bids, asks, row["last_update_id"])

    def feed(
        self, symbol: str, kind: Literal["klines", "aggTrades"], data: str | Path | Iterable[str]
    ) -> dict[str, Any]:
        """Replace a symbol's standing history by a file in the columns of Binance's public data.

        Args:
            symbol: a symbol in which nobody has traded yet.
            kind: what the rows are.
            data: a file, or its lines.

        Returns:
            how many rows were fed, and from when to when.
        """
        if isinstance(data, str | Path):
            source, text = str(data), Path(data).read_text("utf-8")
        else:
            source, text = "lines", "\n".join(line.rstrip("\n") for line in data)
        body = {"symbol": symbol, "kind": kind, "csv": text, "source": source}
        report: dict[str, Any] = self._backend.call("POST", "/market/feed", body)
        return report
