"""A world: one isolated exchange that owns everything it needs.

Accounts and keys, markets, limits, clock, faults, journal, seed. A world is an ordinary object with a single writer;
reset is construction: `world.fresh()` gives a new one like it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from binance_mock.clock import Clock, system_time
from binance_mock.gate.desk import Desk, Routes
from binance_mock.gate.faults import FaultBook
from binance_mock.gate.gate import Gate, Held
from binance_mock.gate.journal import Journal
from binance_mock.gate.keys import ApiKey, KeyRing
from binance_mock.gate.limiters import RateLimit
from binance_mock.gate.request import Request, Response
from binance_mock.markets import MARKETS, SPOT_MARKET, WORDINGS, Stock
from binance_mock.venues.options.venue import OptionsVenue
from binance_mock.venues.spot.symbols import SymbolInfo
from binance_mock.venues.spot.venue import SpotVenue
from binance_mock.venues.usdm.venue import UsdmVenue
from binance_mock.world_settings import (
    DEFAULT_ACCOUNT,
    STANDARD_ACCOUNT,
    STANDARD_KEY,
    STANDARD_SETTINGS,
    AccountSettings,
    WorldSettings,
    with_key,
)

__all__ = [
    "DEFAULT_ACCOUNT",
    "DEFAULT_WORLD",
    "STANDARD_ACCOUNT",
    "STANDARD_KEY",
    "STANDARD_SETTINGS",
    "AccountSettings",
    "Blueprint",
    "World",
    "WorldSettings",
    "with_key",
]

DEFAULT_WORLD: Final = "default"


class Blueprint:
    """What all worlds of a server share and none changes: the listed symbols, endpoints and limits of its markets.

    Args:
        symbols: symbols of spot by name.
        routes: its endpoints by path and method.
        limits: the limiters of its exchangeInfo.
        others: the other markets by name; worlds lack those that are not among them. What stands there of spot gives
            way to the other arguments.

    Attributes:
        stocks: what is shared of each market, spot included, by name.
    """

    __slots__ = ("stocks",)

    def __init__(
        self,
        symbols: Mapping[str, SymbolInfo],
        routes: Routes,
        limits: tuple[RateLimit, ...],
        others: Mapping[str, Stock] | None = None,
    ) -> None:
        others = others or {}
        data = others["spot"].data if "spot" in others else {}
        spot = Stock(symbols, routes, limits, data, variants=SPOT_MARKET.variants(routes))
        self.stocks: Mapping[str, Stock] = {**others, "spot": spot}

    @classmethod
    def of(cls, stocks: Mapping[str, Stock]) -> Blueprint:
        """A blueprint of these markets; spot is one of them."""
        spot = stocks["spot"]
        return cls(spot.symbols, spot.routes, spot.limits, stocks)

    @classmethod
    def standard(cls) -> Blueprint:
        """Real symbols with their real filters, and Binance's limits."""
        return cls.of({market.name: market.stock() for market in MARKETS})

    def changed(self, symbols: Mapping[str, SymbolInfo], limits: tuple[RateLimit, ...]) -> Blueprint:
        """The same with other symbols and limits of spot."""
        return Blueprint(symbols, self.routes, limits, self.stocks)

    @property
    def symbols(self) -> Mapping[str, SymbolInfo]:
        """The symbols of spot by name."""
        return self.stocks["spot"].symbols

    @property
    def routes(self) -> Routes:
        """The endpoints of spot."""
        return self.stocks["spot"].routes

    @property
    def limits(self) -> tuple[RateLimit, ...]:
        """The limiters of spot."""
        return self.stocks["spot"].limits

    @property
    def usdm(self) -> Stock | None:
        """What is shared of USDⓈ-M futures; None for worlds without."""
        return self.stocks.get("usdm")

    @property
    def all_routes(self) -> Routes:
        """The endpoints of all markets."""
        return {path: methods for stock in self.stocks.values() for path, methods in stock.routes.items()}


class World:
    """One exchange.

    Args:
        blueprint: symbols, endpoints and limits.
        settings: how it is made.
        source: the time that a running clock shows, in microseconds.
        name: what it is called on its server.

    Attributes:
        venues: its markets by name.
        desks: what the gate keeps for each, by the same names.
    """

    __slots__ = (
        "_source", "blueprint", "clock", "desks", "faults", "gate", "journal", "keys", "name", "settings", "venues",
    )  # fmt: skip

    def __init__(
        self,
        blueprint: Blueprint,
        settings: WorldSettings = STANDARD_SETTINGS,
        source: Callable[[], int] = system_time,
        name: str = DEFAULT_WORLD,
    ) -> None:
        self._source = source
        self.name = name
        self.blueprint = blueprint
        self.settings = settings
        self.clock = Clock(source)
        if settings.frozen_at is not None:
            self.clock.freeze(settings.frozen_at)
        self.keys = KeyRing(settings.keys, strict=settings.strict_keys)
        self.faults = FaultBook(settings.seed, venues=WORDINGS)
        if settings.faults:
            self.faults.load([dict(rule) for rule in settings.faults])
        self.journal = Journal(settings.journal_size)
        self.venues: dict[str, Any] = {}
        self.desks: dict[str, Desk] = {}
        stocks = blueprint.stocks
        for market in MARKETS:
            stock = stocks.get(market.name)
            if stock is not None:
                venue = self.venues[market.name] = market.make(stock, settings, self.venues)
                self.desks[market.name] = market.desk(stock, venue, settings)
        for account in settings.accounts:
            self.open_account(account)
        self.gate = Gate(self.desks.values(), self.keys, self.faults, self.journal, self.clock, settings.gate)

    @property
    def spot(self) -> SpotVenue:
        """The spot market."""
        spot: SpotVenue = self.venues["spot"]
        return spot

    @property
    def usdm(self) -> UsdmVenue | None:
        """USDⓈ-M futures, None in a world without."""
        return self.venues.get("usdm")

    @property
    def options(self) -> OptionsVenue | None:
        """European options, None in a world without."""
        return self.venues.get("options")

    def handle(self, request: Request) -> Response | Held:
        """Answer a request at the world's present time; see `Gate.handle`."""
        return self.gate.handle(request, self.clock.now())

    def open_account(self, wanted: AccountSettings) -> None:
        """Open an account in every venue.

        Raises:
            ValueError: the name is taken, or a balance is negative.
        """
        for market in MARKETS:
            venue = self.venues.get(market.name)
            if venue is not None:
                market.open_account(venue, wanted)

    def rewind(self) -> None:
        """Lay markets down anew that nobody touched, when the clock went back."""
        now = self.clock.now()
        for venue in self.venues.values():
            venue.rewind(now)

    def fresh(self) -> World:
        """A new world like this one was when it was made, its clock included."""
        return self.like(self.blueprint, self.settings, self.name)

    def fork(self) -> World:
        """An equal world that goes its own way, its clock included; requests that wait go on in the original alone."""
        twin = World.__new__(World)
        twin._source = self._source
        twin.name = self.name
        twin.blueprint = self.blueprint
        twin.settings = self.settings
        twin.clock = self.clock.fork()
        twin.keys = self.keys.copy()
        twin.faults = self.faults.fork()
        twin.journal = self.journal.fork()
        twin.venues, twin.desks = {}, {}
        for market in MARKETS:
            venue = self.venues.get(market.name)
            if venue is not None:
                copy = twin.venues[market.name] = market.fork(venue, twin.venues)
                twin.desks[market.name] = self.desks[market.name].fork(copy, copy.accounts.get)
        twin.gate = Gate(twin.desks.values(), twin.keys, twin.faults, twin.journal, twin.clock, self.gate.settings)
        return twin

    def copy_as(self, name: str, key: ApiKey) -> World:
        """A copy that goes its own way, under a name and with one more key."""
        twin = self.fork()
        twin.name = name
        twin.settings = with_key(twin.settings, key)
        twin.keys.add(key, replace=True)  # A copy of a copy may take the name, and so the key, of its ancestor.
        return twin

    def like(self, blueprint: Blueprint, settings: WorldSettings, name: str) -> World:
        """A new world on the same time, made otherwise."""
        return World(blueprint, settings, self._source, name)
