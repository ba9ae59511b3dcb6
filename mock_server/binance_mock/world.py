"""A world: one isolated exchange that owns everything it needs.

Accounts and keys, markets, limits, clock, faults, journal, seed. A world is an ordinary object with a single writer;
reset is construction: `world.fresh()` gives a new one like it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from binance_fixtures.markets import spot_markets, usdm_markets
from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock.clock import Clock, system_time
from binance_mock.engine.units import SCALE
from binance_mock.gate.desk import Desk, Routes, routes_of
from binance_mock.gate.dialect import USDM
from binance_mock.gate.faults import FaultBook
from binance_mock.gate.gate import Gate, Held, Settings
from binance_mock.gate.journal import Journal
from binance_mock.gate.keys import ApiKey, KeyRing
from binance_mock.gate.limiters import LimitInterval, LimitKind, RateLimit
from binance_mock.gate.request import Request, Response
from binance_mock.venues.spot.endpoints import ENDPOINTS, RETIRED
from binance_mock.venues.spot.settings import CommissionRates, SpotSettings
from binance_mock.venues.spot.symbols import SymbolInfo, read_symbols
from binance_mock.venues.spot.venue import SpotVenue
from binance_mock.venues.usdm import endpoints as usdm_endpoints
from binance_mock.venues.usdm.contracts import ContractInfo, read_contracts
from binance_mock.venues.usdm.settings import UsdmSettings
from binance_mock.venues.usdm.venue import UsdmVenue

DEFAULT_WORLD: Final = "default"
VENUES: Final = ("spot", "usdm")
"""What fault rules may name."""
DEFAULT_ACCOUNT = "default"
DEFAULT_BALANCES: Mapping[str, str] = {
    "BTC": "10", "ETH": "100", "BNB": "500", "SOL": "1000", "XRP": "100000", "ADA": "100000", "DOGE": "1000000",
    "LTC": "1000", "SHIB": "1000000000", "USDC": "1000000", "USDT": "1000000", "币安人生": "100000",
}  # fmt: skip
DEFAULT_USDM_BALANCES: Mapping[str, str] = {"USDT": "100000", "USDC": "10000", "BNB": "10"}


class UsdmBlueprint(NamedTuple):
    """What USDⓈ-M futures share in all worlds.

    Attributes:
        contracts: contracts by name.
        assets: the rows of exchangeInfo's `assets`.
        routes: endpoints by path and method.
        limits: the limiters of exchangeInfo.
    """

    contracts: Mapping[str, ContractInfo]
    assets: Sequence[Mapping[str, Any]]
    routes: Routes
    limits: tuple[RateLimit, ...]

    @classmethod
    def standard(cls) -> UsdmBlueprint:
        """Real contracts with their real filters, and Binance's limits."""
        data = usdm_markets()
        return cls(read_contracts(data), data["assets"], routes_of(usdm_endpoints.ENDPOINTS), _limits(data))


class Blueprint:
    """What all worlds of a server share and none changes: the listed symbols, endpoints and limits.

    Args:
        symbols: symbols of spot by name.
        routes: its endpoints by path and method.
        limits: the limiters of its exchangeInfo.
        usdm: the same of USDⓈ-M futures; None for worlds without.
    """

    __slots__ = ("limits", "routes", "symbols", "usdm")

    def __init__(
        self,
        symbols: Mapping[str, SymbolInfo],
        routes: Routes,
        limits: tuple[RateLimit, ...],
        usdm: UsdmBlueprint | None = None,
    ) -> None:
        self.symbols = symbols
        self.routes = routes
        self.limits = limits
        self.usdm = usdm

    @classmethod
    def standard(cls) -> Blueprint:
        """Real symbols with their real filters, and Binance's limits."""
        data = spot_markets()
        return cls(read_symbols(data), routes_of(ENDPOINTS), _limits(data), UsdmBlueprint.standard())

    @property
    def all_routes(self) -> Routes:
        """The endpoints of all venues."""
        return self.routes if self.usdm is None else {**self.routes, **self.usdm.routes}


def _limits(data: Mapping[str, Any]) -> tuple[RateLimit, ...]:
    return tuple(
        RateLimit(LimitKind(row["rateLimitType"]), LimitInterval(row["interval"]), row["intervalNum"], row["limit"])
        for row in data["rate_limits"]
    )


class AccountSettings(msgspec.Struct, frozen=True, kw_only=True):
    """An account that a world starts with.

    Attributes:
        name: how keys refer to it.
        balances: free balances by asset, in units of 10^-8.
        usdm: wallets of USDⓈ-M futures by asset, the same.
        trade_group: tradeGroupId for self-trade prevention, -1 for none (rule S-105).
        bnb_burn: whether commissions are paid in BNB while it lasts (rule S-112).
        can_trade: whether it may place and cancel orders.
        rates: commission rates, None for those of the venue.
    """

    name: str
    balances: Mapping[str, int]
    usdm: Mapping[str, int] = msgspec.field(default_factory=dict)
    trade_group: int = -1
    bnb_burn: bool = False
    can_trade: bool = True
    rates: CommissionRates | None = None


STANDARD_ACCOUNT = AccountSettings(
    name=DEFAULT_ACCOUNT,
    balances={asset: int(amount) * SCALE for asset, amount in DEFAULT_BALANCES.items()},
    usdm={asset: int(amount) * SCALE for asset, amount in DEFAULT_USDM_BALANCES.items()},
)
STANDARD_KEY = ApiKey.hmac(*EXAMPLE_PAIR, label="example", account=DEFAULT_ACCOUNT)


class WorldSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a world is made.

    Attributes:
        seed: seeds ids, the standing market and faults.
        frozen_at: where its clock stands, in microseconds; None lets it run with the machine's.
        strikes: requests after a 429 that lead to a ban.
        maker_credit: what the first fill of a maker order takes off the order counts (rule S-68).
        strict_keys: take only keys of 64 letters and digits, as Binance's are (rule S-40).
        journal_size: how many requests the journal keeps.
        gate: how the gate behaves.
        spot: how spot behaves.
        usdm: how USDⓈ-M futures behave.
        accounts: its accounts; the first is the one that tests mean when they name none.
        keys: its API keys.
        faults: fault rules, as `FaultBook.add` takes them.
    """

    seed: int = 1
    frozen_at: int | None = None
    strikes: int = 5
    maker_credit: int = 5
    strict_keys: bool = False
    journal_size: int = 1000
    gate: Settings = Settings()
    spot: SpotSettings = SpotSettings()
    usdm: UsdmSettings = UsdmSettings()
    accounts: tuple[AccountSettings, ...] = (STANDARD_ACCOUNT,)
    keys: tuple[ApiKey, ...] = (STANDARD_KEY,)
    faults: tuple[Mapping[str, Any], ...] = ()


STANDARD_SETTINGS = WorldSettings()


def with_key(settings: WorldSettings, key: ApiKey) -> WorldSettings:
    """Settings of a world with one more key, the first of all; it takes the place of one with the same text."""
    others = (each for each in settings.keys if each.key != key.key)
    return msgspec.structs.replace(settings, keys=(key, *others))


class World:
    """One exchange.

    Args:
        blueprint: symbols, endpoints and limits.
        settings: how it is made.
        source: the time that a running clock shows, in microseconds.
        name: what it is called on its server.
    """

    __slots__ = (
        "_source", "blueprint", "clock", "desks", "faults", "gate", "journal", "keys", "name", "settings", "spot",
        "usdm",
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
        self.faults = FaultBook(settings.seed, venues=VENUES)
        if settings.faults:
            self.faults.load([dict(rule) for rule in settings.faults])
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
            maker_credit=settings.maker_credit,
        )
        self.desks = {"spot": spot_desk}
        self.usdm: UsdmVenue | None = None
        if blueprint.usdm is not None:
            self.usdm = UsdmVenue(blueprint.usdm.contracts, blueprint.usdm.assets, settings.usdm, settings.seed)
            self.desks["usdm"] = Desk(
                "usdm",
                self.usdm,
                self.usdm.accounts.get,
                blueprint.usdm.routes,
                frozenset(),
                blueprint.usdm.limits,
                strikes=settings.strikes,
                maker_credit=0,
                prefixes=("/fapi/", "/futures/"),
                dialect=USDM,
            )
        for account in settings.accounts:
            self.open_account(account)
        self.gate = Gate(self.desks.values(), self.keys, self.faults, self.journal, self.clock, settings.gate)

    def handle(self, request: Request) -> Response | Held:
        """Answer a request at the world's present time; see `Gate.handle`."""
        return self.gate.handle(request, self.clock.now())

    def open_account(self, wanted: AccountSettings) -> None:
        """Open an account in every venue.

        Raises:
            ValueError: the name is taken, or a balance is negative.
        """
        account = self.spot.open_account(
            wanted.name, wanted.balances, trade_group=wanted.trade_group, rates=wanted.rates
        )
        account.can_trade = wanted.can_trade
        account.money.bnb_burn = wanted.bnb_burn
        if self.usdm is not None:
            self.usdm.open_account(wanted.name, wanted.usdm).can_trade = wanted.can_trade

    def rewind(self) -> None:
        """Lay markets down anew that nobody touched, when the clock went back."""
        now = self.clock.now()
        self.spot.rewind(now)
        if self.usdm is not None:
            self.usdm.rewind(now)

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
        twin.spot = self.spot.fork()
        twin.desks = {"spot": self.desks["spot"].fork(twin.spot, twin.spot.accounts.get)}
        twin.usdm = None if self.usdm is None else self.usdm.fork()
        if twin.usdm is not None:
            twin.desks["usdm"] = self.desks["usdm"].fork(twin.usdm, twin.usdm.accounts.get)
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
