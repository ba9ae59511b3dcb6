"""USDⓈ-M futures, from a test."""

from __future__ import annotations

from typing import Any

from binance_mock.face.backend import Backend
from binance_mock.face.market import MarketFace


class UsdmFace(MarketFace):
    """Moves prices, mark prices, funding rates, liquidity and trading status; gives positions and liquidates them.

    Args:
        backend: makes control calls.
        venue: "usdm", or "coinm" for COIN-M futures.
    """

    def __init__(self, backend: Backend, venue: str = "usdm") -> None:
        super().__init__(backend, venue)

    def set_mark_price(self, symbol: str, price: str, *, index: str | None = None) -> None:
        """Let the mark price stand where it is set, and the index price too where one is given."""
        self._backend.call("POST", f"/market/{self._venue}/{symbol}", {"mark_price": str(price), "index_price": index})

    def set_index_price(self, symbol: str, price: str) -> None:
        """Let the index price stand where it is set; that of a perpetual is the index of its pair, options included."""
        self._backend.call("POST", f"/market/{self._venue}/{symbol}", {"index_price": str(price)})

    def follow_market(self, symbol: str) -> None:
        """Let mark and index price follow the last price again."""
        self._backend.call("POST", f"/market/{self._venue}/{symbol}", {"mark_price": "follow"})

    def set_funding_rate(self, symbol: str, rate: str | None) -> None:
        """Let the coming settlements of a perpetual pay this rate, such as "-0.0001"; None follows the market again."""
        wanted = "follow" if rate is None else str(rate)
        self._backend.call("POST", f"/market/{self._venue}/{symbol}", {"funding_rate": wanted})

    def set_position(
        self,
        symbol: str,
        qty: str,
        entry_price: str | None = None,
        *,
        account: str | None = None,
        side: str | None = None,
        leverage: int | None = None,
        margin_type: str | None = None,
        isolated_wallet: str | None = None,
    ) -> dict[str, Any]:
        """Let an account have a position that it did not trade for; the market maker has the other side.

        Args:
            symbol: the contract.
            qty: below zero for a short, "0" for none.
            entry_price: its entry price.
            account: whose, None for the first account.
            side: LONG or SHORT in hedge mode.
            leverage: of the contract from now on; None leaves it.
            margin_type: CROSSED or ISOLATED; None leaves it.
            isolated_wallet: what an isolated position has for itself, None for its initial margin.

        Raises:
            MockError: the position cannot be.
        """
        body = {
            "account": account or "",
            "qty": str(qty),
            "entry_price": None if entry_price is None else str(entry_price),
            "side": side,
            "leverage": leverage,
            "margin_type": margin_type,
            "isolated_wallet": None if isolated_wallet is None else str(isolated_wallet),
        }
        row: dict[str, Any] = self._backend.call("POST", f"/market/{self._venue}/{symbol}/position", body)
        return row

    def liquidate(self, symbol: str, account: str | None = None, side: str | None = None) -> list[dict[str, Any]]:
        """Liquidate an account's positions in a contract, whether or not their margin has run out.

        Args:
            symbol: the contract.
            account: whose, None for the first account.
            side: LONG or SHORT in hedge mode, None for both.

        Returns:
            the orders that closed them, with their price and quantity.

        Raises:
            MockError: there is no such position.
        """
        body = {"account": account or "", "side": side}
        answer = self._backend.call("POST", f"/market/{self._venue}/{symbol}/liquidate", body)
        orders: list[dict[str, Any]] = answer["orders"]
        return orders
