"""The spot market, from a test."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from binance_mock.face.backend import Backend
from binance_mock.face.market import MarketFace


class SpotFace(MarketFace):
    """Moves prices, liquidity and trading status, and feeds history."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend, "spot")

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
