"""What is shown of an option in which nobody traded yet, and which therefore has no market."""

from __future__ import annotations

from binance_mock.engine.intervals import DAY
from binance_mock.engine.orders import Side
from binance_mock.engine.tape import Tape
from binance_mock.engine.windows import Window
from binance_mock.venues import maker
from binance_mock.venues.options.history import standing_tape, standing_window
from binance_mock.venues.options.listings import Contract
from binance_mock.venues.options.prices import OptionPrices
from binance_mock.venues.options.settings import OptionsSettings


class Untouched:
    """Trades and best prices as a market would have them, were it made; times are microseconds.

    Args:
        seed: of the venue.
        settings: how it behaves.
        prices: what its options are worth.
    """

    __slots__ = ("_prices", "_seed", "_settings")

    def __init__(self, seed: int, settings: OptionsSettings, prices: OptionPrices) -> None:
        self._seed = seed
        self._settings = settings
        self._prices = prices

    def depth(self, symbol: str) -> int:
        """Price levels on each side of the standing book."""
        return self._prices.pins.depths.get(symbol, self._settings.levels)

    def tape(self, info: Contract, now: int) -> Tape:
        """What was traded of a contract."""
        return standing_tape(self._seed, info, self._prices.middle(info, now), self._settings.history_hours, now)

    def best(self, info: Contract, now: int) -> tuple[int, int]:
        """Best bid and best ask of the standing book, 0 for an empty side."""
        return self._best_around(info, self._prices.middle(info, now))

    def day(self, info: Contract, now: int) -> tuple[Window, int, int]:
        """What was traded of a contract in the last 24 hours, best bid and best ask."""
        middle = self._prices.middle(info, now)
        past = standing_window(self._seed, info, middle, self._settings.history_hours, now, DAY)
        return past, *self._best_around(info, middle)

    def _best_around(self, info: Contract, middle: int) -> tuple[int, int]:
        if not self.depth(info.name):
            return 0, 0
        spread = self._settings.spread_bps
        low, high = (maker.rung(side, middle, 0, spread, info.tick) for side in (Side.BUY, Side.SELL))
        return max(0, low), high
