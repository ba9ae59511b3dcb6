"""A world: one isolated exchange that owns everything it needs.

Accounts and keys, markets, limits, clock, faults, journal, seed. A world is an ordinary object with a single writer;
reset is construction: `world.fresh()` gives a new one like it.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from binance_fixtures.markets import spot_markets
from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock.clock import Clock
from binance_mock.engine.units import SCALE
from binance_mock.gate.desk import Desk, Routes, routes_of
from binance_mock.gate.faults import FaultBook
from binance_mock.gate.gate import Gate, Held, Settings
from binance_mock.gate.journal import Journal
from binance_mock.gate.keys import ApiKey, KeyRing
from binance_mock.gate.limiters import LimitInterval, LimitKind, RateLimit
from binance_mock.gate.request import Request, Response
from binance_mock.venues.spot.endpoints import ENDPOINTS, RETIRED
from binance_mock.venues.spot.settings import SpotSettings
from binance_mock.venues.spot.symbols import SymbolInfo, read_symbols
from binance_mock.venues.spot.venue import SpotVenue

DEFAULT_ACCOUNT = "default"
DEFAULT_BALANCES: Mapping[str, str] = {
    "BTC": "10", "ETH": "100", "BNB": "500", "SOL": "1000", "XRP": "100000", "ADA": "100000", "DOGE": "1000000",
    "LTC": "1000", "SHIB": "1000000000", "USDC": "1000000", "USDT": "1000000", "币安人生": "100000",
}  # fmt: skip


class Blueprint:
    """What all worlds of a server share and none changes: the listed symbols, endpoints and limits.

    Args:
        symbols: symbols by name.
        routes: endpoints by path and method.
        limits: the limiters of exchangeInfo.
    """

    __slots__ = ("limits", "routes", "symbols")

    def __init__(self, symbols: Mapping[str, SymbolInfo], routes: Routes, limits: tuple[RateLimit, ...]) -> None:
        self.symbols = symbols
        self.routes = routes
        self.limits = limits

    @classmethod
    def standard(cls) -> Blueprint:
        """Real symbols with their real filters, and Binance's limits."""
        data = spot_markets()
        limits = tuple(
            RateLimit(LimitKind(row["rateLimitType"]), LimitInterval(row["interval"]), row["intervalNum"], row["limit"])
            for row in data["rate_limits"]
        )
        return cls(read_symbols(data), routes_of(ENDPOINTS), limits)


class WorldSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a world is made.

    Attributes:
        seed: seeds ids, the standing market and faults.
        strikes: requests after a 429 that lead to a ban.
        journal_size: how many requests the journal keeps.
        gate: how the gate behaves.
        spot: how spot behaves.
    """

    seed: int = 1
    strikes: int = 5
    journal_size: int = 1000
    gate: Settings = Settings()
    spot: SpotSettings = SpotSettings()


STANDARD_SETTINGS = WorldSettings()


class World:
    """One exchange.

    Args:
        blueprint: symbols, endpoints and limits.
        settings: how it is made.
        clock: its clock; a live one when none is given.
        standard_account: open the default account with the example key of Binance's documentation.
    """

    __slots__ = (
        "_standard_account",
        "blueprint",
        "clock",
        "desks",
        "faults",
        "gate",
        "journal",
        "keys",
        "settings",
        "spot",
    )

    def __init__(
        self,
        blueprint: Blueprint,
        settings: WorldSettings = STANDARD_SETTINGS,
        clock: Clock | None = None,
        *,
        standard_account: bool = True,
    ) -> None:
        self.blueprint = blueprint
        self.settings = settings
        self.clock = clock if clock is not None else Clock()
        self.keys = KeyRing()
        self.faults = FaultBook(settings.seed, venues=("spot",))
        self.journal = Journal(settings.journal_size)
        self.spot = SpotVenue(blueprint.symbols, settings.spot, settings.seed)
        spot_desk = Desk(
            "spot",
            self.spot,
            self.spot.accounts.get,
            blueprint.routes,
            RETIRED,
            blueprint.limits,
            strikes=settings.strikes,
        )
        self.desks = {"spot": spot_desk}
        self.gate = Gate(self.desks.values(), self.keys, self.faults, self.journal, self.clock, settings.gate)
        self._standard_account = standard_account
        if standard_account:
            balances = {asset: int(amount) * SCALE for asset, amount in DEFAULT_BALANCES.items()}
            self.spot.open_account(DEFAULT_ACCOUNT, balances)
            self.keys.add(
                ApiKey.hmac(EXAMPLE_PAIR.api_key, EXAMPLE_PAIR.secret, label="example", account=DEFAULT_ACCOUNT)
            )

    def handle(self, request: Request) -> Response | Held:
        """Answer a request at the world's present time; see `Gate.handle`."""
        return self.gate.handle(request, self.clock.now())

    def fresh(self) -> World:
        """A new world like this one was when it was made; the clock goes on as it runs."""
        return World(self.blueprint, self.settings, self.clock, standard_account=self._standard_account)
