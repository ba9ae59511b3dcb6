"""What options are worth: the indexes, the surfaces of volatilities, and what a tester set.

Order books are no part of it; whoever asks for a quote tells the best prices. Prices and volatilities are scaled by
10^8; times are microseconds.
"""

from __future__ import annotations

from collections.abc import Mapping

from binance_mock.venues.options.chain import Underlying
from binance_mock.venues.options.exercise import WINDOW, Change, settlement_estimate, settlement_price
from binance_mock.venues.options.listings import Contract
from binance_mock.venues.options.pricing import Greeks, greeks, implied_volatility
from binance_mock.venues.options.protocols import IndexSource
from binance_mock.venues.options.quotes import OptionPins, Quote
from binance_mock.venues.options.surface import NO_QUOTE, Surface


class OptionPrices:
    """The prices of one venue.

    Args:
        underlyings: what options are on, by name; shared, never changed.
        source: where index prices come from; None lets every index stand at its reference price.
    """

    __slots__ = ("_underlyings", "pins", "source", "surfaces")

    def __init__(self, underlyings: Mapping[str, Underlying], source: IndexSource | None = None) -> None:
        self._underlyings = underlyings
        self.source = source
        self.surfaces = {name: Surface(each.volatility) for name, each in underlyings.items()}
        """Volatilities by underlying; surfaces are values, so another one takes the place of one that changes."""
        self.pins = OptionPins()

    def fork(self, source: IndexSource | None) -> OptionPrices:
        """Equal prices that go their own way, with the copy of their source."""
        twin = OptionPrices(self._underlyings, source)
        twin.surfaces = self.surfaces.copy()
        twin.pins = self.pins.fork()
        return twin

    # -- the index ----------------------------------------------------------------------------------------------

    def index_price(self, name: str) -> int:
        """The index price of an underlying now."""
        if self.source is not None and name in self.source.symbols:
            return self.source.index_price(name)
        return self._underlyings[name].reference_price

    def index_of(self, info: Contract, now: int) -> int:
        """The price that a contract is reckoned on: the index, and in the last half hour its mean (rule O-53)."""
        if now < info.expiry - WINDOW:
            return self.index_price(info.underlying)
        return self.settlement_estimate(info, now) or self.index_price(info.underlying)

    def settlement_estimate(self, info: Contract, now: int) -> int | None:
        """What the contract would be settled at by the last half hour so far; None before that (rule O-55)."""
        if now < info.expiry - WINDOW:
            return None
        return settlement_estimate(self._changes(info.underlying), info.expiry, now)

    def settlement_price(self, name: str, expiry: int) -> int:
        """What the options of an underlying are settled at when they expire (rule O-81)."""
        if self.source is not None:
            self.source.pass_time(expiry)  # What happens there by then moves the index.
        return settlement_price(self._changes(name), expiry)

    def _changes(self, name: str) -> list[Change]:
        """The way of an index; before its first known step it stood at that."""
        source = self.source
        changes = source.index_changes(name) if source is not None and name in source.symbols else ()
        return [(0, changes[0][1] if changes else self.index_price(name)), *changes]

    # -- what a contract is worth -------------------------------------------------------------------------------

    def fair(self, info: Contract, now: int) -> Greeks:
        """What a contract is worth by the surface of its underlying."""
        index = self.index_of(info, now)
        volatility = self.surfaces[info.underlying].volatility(info.expiry, info.strike, index, now)
        return greeks(info.side, index, info.strike, info.expiry - now, volatility)

    def middle(self, info: Contract, now: int) -> int:
        """The price around which the standing book is laid: a whole number of ticks, one at least."""
        middle = self.pins.middles.get(info.name)
        if middle is not None:
            return middle
        price = self.fair(info, now).price
        return max(info.tick, (price + info.tick // 2) // info.tick * info.tick)

    def marked(self, info: Contract, found: Greeks) -> Greeks:
        """Worth with the mark price that was set, where one was."""
        price = self.pins.prices.get(info.name)
        return found if price is None else found._replace(price=price)

    def quote(self, info: Contract, best: tuple[int, int], now: int, *, quoted: bool) -> Quote:
        """Mark price and Greeks of a contract with its volatilities (rules O-50 to O-52).

        Args:
            info: the contract.
            best: best bid and best ask, 0 for an empty side.
            now: microseconds.
            quoted: whether they count: somebody else than the market maker makes one of them.
        """
        index, left = self.index_of(info, now), info.expiry - now
        bid, ask = (
            (implied_volatility(info.side, price, index, info.strike, left) or NO_QUOTE) if price else NO_QUOTE
            for price in best
        )
        surface = self.surfaces[info.underlying]
        if quoted:
            volatility = surface.mark_volatility(bid, ask, info.expiry, info.strike, index, now)
        else:
            volatility = surface.volatility(info.expiry, info.strike, index, now)
        found = greeks(info.side, index, info.strike, left, volatility)
        return Quote(self.marked(info, found), volatility, bid, ask)
