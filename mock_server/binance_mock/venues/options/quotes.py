"""What options are worth at a moment: mark price, Greeks, volatilities, and the marks that a tester set."""

from __future__ import annotations

from typing import NamedTuple

from binance_mock.venues.options.pricing import Greeks
from binance_mock.venues.options.surface import NO_QUOTE


class Quote(NamedTuple):
    """What one option is worth; all in units of 10^-8.

    Attributes:
        greeks: mark price and Greeks.
        volatility: of the mark price.
        bid: volatility of the best bid, -1 without one (rule O-52).
        ask: volatility of the best ask, -1 without one.
    """

    greeks: Greeks
    volatility: int
    bid: int = NO_QUOTE
    ask: int = NO_QUOTE


class OptionPins:
    """What a tester set, by contract: mark prices, and prices that the market maker stays at."""

    __slots__ = ("depths", "middles", "prices")

    def __init__(self) -> None:
        self.prices: dict[str, int] = {}
        """Mark prices."""
        self.middles: dict[str, int] = {}
        """Middles of the standing book."""
        self.depths: dict[str, int] = {}
        """Price levels on each side of the standing book."""

    def set(self, symbol: str, mark: int) -> None:
        """Let a mark price stand where it is set.

        Raises:
            ValueError: it is not positive.
        """
        if mark <= 0:
            raise ValueError(f"{symbol} cannot be marked at {mark}: prices are above zero")
        self.prices[symbol] = mark

    def follow(self, symbol: str) -> None:
        """Let mark price and standing book follow the index and the volatility again."""
        self.prices.pop(symbol, None)
        self.middles.pop(symbol, None)

    def fork(self) -> OptionPins:
        """Equal pins that go their own way."""
        twin = OptionPins()
        twin.prices, twin.middles, twin.depths = self.prices.copy(), self.middles.copy(), self.depths.copy()
        return twin
