"""European options, from a test."""

from __future__ import annotations

from typing import Any

from binance_mock.face.backend import Backend
from binance_mock.face.market import MarketFace


class OptionsFace(MarketFace):
    """Says what is listed; moves prices, mark prices, volatilities, liquidity and trading status.

    The index of an underlying is that of its perpetual future, and is set there: `usdm.set_mark_price(..., index=...)`.
    """

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend, "options")

    def contracts(self, underlying: str, *, expiry: str | None = None, side: str | None = None) -> list[dict[str, Any]]:
        """What is listed now on an underlying, expiries and strikes rising, the call before the put.

        Args:
            underlying: such as BTCUSDT.
            expiry: only of this expiry, such as "231229".
            side: only CALL, or only PUT.

        Returns:
            a row for each contract: `symbol`, `expiry`, `expiry_ms`, `strike`, `side`, `unit`, `status`.
        """
        wanted = {name: value for name, value in (("expiry", expiry), ("side", side)) if value is not None}
        found = self._backend.call("GET", f"/market/options/{underlying}/contracts", query=wanted)
        rows: list[dict[str, Any]] = found["contracts"]
        return rows

    def set_mark_price(self, symbol: str, price: str) -> None:
        """Let the mark price of an option stand where it is set."""
        self._backend.call("POST", f"/market/options/{symbol}", {"mark_price": str(price)})

    def follow_market(self, symbol: str) -> None:
        """Let mark price and standing book follow index and volatility again."""
        self._backend.call("POST", f"/market/options/{symbol}", {"mark_price": "follow"})

    def set_volatility(
        self,
        underlying: str,
        level: str | None,
        *,
        expiry: str | None = None,
        strike: str | None = None,
        flat: bool = False,
    ) -> dict[str, Any]:
        """Set the volatilities that the options of an underlying are priced at.

        Args:
            underlying: such as BTCUSDT.
            level: at the money, a year, such as "0.55"; None brings the usual volatilities back.
            expiry: of this expiry alone, such as "231229".
            strike: of this strike of the expiry alone.
            flat: the same for all strikes, from now on.

        Returns:
            the volatilities as they stand.
        """
        body = {
            "level": "follow" if level is None else str(level),
            "expiry": expiry,
            "strike": None if strike is None else str(strike),
            "flat": flat,
        }
        row: dict[str, Any] = self._backend.call("POST", f"/market/options/{underlying}/volatility", body)
        return row
