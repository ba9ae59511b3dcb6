"""What every venue with order books has: symbols, and markets that are made when they are first touched.

A market's history and the market maker's orders are laid down as of the moment of the first touch, from the venue's
seed. So a fresh venue costs next to nothing, and two venues with one seed and the same commands at the same times are
equal.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Final, Generic, TypeVar

from binance_mock.engine.ledger import Ledger
from binance_mock.engine.market import Market
from binance_mock.engine.tape import Tape
from binance_mock.venues import errors, maker

TRADING: Final = "TRADING"

Info = TypeVar("Info", bound=maker.Listing)
M = TypeVar("M", bound=Market)


class Board(ABC, Generic[Info, M]):
    """Symbols and their markets.

    Args:
        symbols: the symbols it lists, by name; shared, never changed.
        seed: seeds ids and the standing market.
    """

    __slots__ = ("_told", "ledger", "markets", "seed", "statuses", "symbols")

    def __init__(self, symbols: Mapping[str, Info], seed: int) -> None:
        self.symbols = symbols
        self.seed = seed
        self.ledger = Ledger()
        self.markets: dict[str, M] = {}
        self.statuses: dict[str, str] = {}
        """Symbols whose status is not TRADING."""
        self._told: set[str] = set()
        """Symbols whose history was given."""

    @property
    @abstractmethod
    def settings(self) -> maker.Ladder:
        """How it behaves."""

    @abstractmethod
    def make_market(self, info: Info) -> M:
        """An empty market for a symbol."""

    @abstractmethod
    def price_moved(self, name: str, price: int, now: int) -> None:
        """Take note that the tester moved a price."""

    @abstractmethod
    def forget_prices(self, name: str | None = None) -> None:
        """Forget what was worked out of a symbol's prices, or of all."""

    def info(self, symbol: str) -> Info:
        """The symbol's facts.

        Raises:
            Refusal: -1121 for a name that is not listed (rules S-47, U-39).
        """
        info = self.symbols.get(symbol)
        if info is None:
            raise errors.unknown_symbol()
        return info

    def market(self, symbol: str, now: int) -> M:
        """The symbol's market, made when it is touched for the first time.

        Raises:
            Refusal: -1121 for a name that is not listed.
        """
        market = self.markets.get(symbol)
        return market if market is not None else self._open(self.info(symbol), now)

    def open_with_history(self, symbol: str, history: Tape, now: int) -> M:
        """Let a market begin anew with a given history; the market maker's book is laid around its last price.

        It keeps that history when the clock goes back.

        Args:
            symbol: its name.
            history: the tape, which holds at least one trade or bar.
            now: microseconds.

        Raises:
            Refusal: -1121 for a name that is not listed.
            ValueError: somebody placed an order in the market; its past can no longer be another one.
        """
        info = self.info(symbol)
        market = self.markets.get(symbol)
        if market is not None:
            if not _untouched(market):
                raise ValueError(f"somebody placed orders in {symbol}, so its history stays as it is")
            self._take_down(market, now)
        self.forget_prices(symbol)
        self._told.add(symbol)
        return self._open(info, now, history)

    def _open(self, info: Info, now: int, history: Tape | None = None) -> M:
        market = self.markets[info.name] = self.make_market(info)
        maker.open_market(self, market, info, now, history)
        return market

    def _take_down(self, market: M, now: int) -> None:
        """Forget a market in which only the market maker stands."""
        for order in list(market.bag(self.ledger.house).open.values()):
            market.cancel(order, order.client_id, now)
        del self.markets[market.symbol]

    def status(self, symbol: str) -> str:
        """TRADING, HALT, BREAK, ..."""
        return self.statuses.get(symbol, TRADING)

    def set_status(self, symbol: str, status: str) -> None:
        """Let a symbol trade, or halt it (rule S-96)."""
        if status == TRADING:
            self.statuses.pop(symbol, None)
        else:
            self.statuses[symbol] = status

    def last_price(self, symbol: str) -> int:
        """The last price; of a market that nobody touched yet, its reference price."""
        market = self.markets.get(symbol)
        return market.tape.last_price if market is not None else self.symbols[symbol].reference_price

    def rewind(self, now: int) -> None:
        """The clock went back: markets in which only the market maker stood are laid down anew when next touched."""
        self.forget_prices()
        for symbol, market in list(self.markets.items()):
            last = market.tape.last
            if last is not None and last.time > now and symbol not in self._told and _untouched(market):
                self._take_down(market, now)


def _untouched(market: Market) -> bool:
    """Whether nobody but the market maker ever placed an order."""
    return not any(bag.all for id, bag in market.bags.items() if id != Ledger.HOUSE_ID)
