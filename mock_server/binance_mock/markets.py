"""The markets that a world has, each of them one declaration.

`MARKETS` lists them in the order in which a world makes them: a market that looks at others stands behind them. All
that differs from market to market stands here; worlds, configuration and control calls go through the list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Protocol

import msgspec

from binance_fixtures.markets import coinm_markets, options_markets, spot_markets, usdm_markets
from binance_mock.gate.desk import Desk, Routes, routes_of
from binance_mock.gate.dialect import COINM, OPTIONS, SPOT, USDM, Dialect
from binance_mock.gate.limiters import LimitInterval, LimitKind, RateLimit
from binance_mock.gate.quotas import declared
from binance_mock.venues.coinm import contracts as coinm_contracts
from binance_mock.venues.coinm import endpoints as coinm_endpoints
from binance_mock.venues.coinm.venue import CoinmVenue
from binance_mock.venues.endpoint import Endpoint
from binance_mock.venues.options import endpoints as options_endpoints
from binance_mock.venues.options.chain import read_underlyings
from binance_mock.venues.options.dialect import DIALECTS
from binance_mock.venues.options.expiry import ENDINGS
from binance_mock.venues.options.risk import review
from binance_mock.venues.options.settings import OptionsSettings
from binance_mock.venues.options.venue import OptionsVenue
from binance_mock.venues.spot import endpoints as spot_endpoints
from binance_mock.venues.spot import legacy as spot_legacy
from binance_mock.venues.spot.symbols import read_symbols
from binance_mock.venues.spot.venue import SpotVenue
from binance_mock.venues.usdm import endpoints as usdm_endpoints
from binance_mock.venues.usdm.contracts import read_contracts
from binance_mock.venues.usdm.reactions import REACTIONS
from binance_mock.venues.usdm.settings import UsdmSettings
from binance_mock.venues.usdm.venue import UsdmVenue
from binance_mock.venues.wallet import endpoints as wallet_endpoints
from binance_mock.venues.wallet.venue import WalletVenue
from binance_mock.venues.weights import Quota, Unit
from binance_mock.world_settings import AccountSettings, WorldSettings


class Venue(Protocol):
    """What every market of a world can do."""

    @property
    def accounts(self) -> Mapping[str, Any]:
        """Its accounts by name."""

    def rewind(self, now: int) -> None:
        """Lay down anew what nobody touched; the clock went back to `now`, in microseconds."""


Venues = Mapping[str, Any]
"""The markets of one world by name, as far as they are made."""


class Stock(NamedTuple):
    """What all worlds of a server share of one market, and none changes.

    Attributes:
        symbols: what it lists, by name.
        routes: its endpoints by path and method.
        limits: the limiters of its exchangeInfo.
        data: the figures all this was read from.
        quotas: those of the endpoints.
        variants: the routes as settings may want them, by the name of the variant.
    """

    symbols: Mapping[str, Any]
    routes: Routes
    limits: tuple[RateLimit, ...]
    data: Mapping[str, Any]
    quotas: tuple[Quota, ...] = ()
    variants: Mapping[str, Routes] = MappingProxyType({})


def _open_account(venue: Any, wanted: AccountSettings) -> None:
    """Open an account with the wallets that it has in this market."""
    venue.open_account(wanted.name, wanted.wallets.get(venue.name, {})).can_trade = wanted.can_trade


def _fork(venue: Any, links: Venues) -> Any:
    return venue.fork()


class Market(NamedTuple):
    """One market.

    Attributes:
        name: in URLs of the control API, fault rules and the journal.
        prefixes: how its paths begin.
        endpoints: what it serves.
        data: reads its figures: `rate_limits` and whatever `symbols` and `make` take out of them.
        symbols: what it lists, out of the figures.
        make: its venue in a new world, given the markets of that world that were made before.
        open_account: opens an account there.
        fork: copies the venue, given the copies of the markets before it.
        retired: paths that answer 410.
        variants: what it serves otherwise, by the name of the variant, out of all its routes.
        variant: the name of the variant that the settings ask for, "" for all routes.
        dialect: what the gate says and asks there.
        wording: whose texts faults take that differ by market.
        first_fills: give order counts back when a maker order trades first (rule S-68).
        settings: its settings, when they have the fields of `UsdmSettings`; its section of the configuration bears its
            name, and so does the field of `WorldSettings`. None for none, and for spot, which has others.
        own_money: whether its accounts have wallets of their own: `AccountSettings.wallets`, and `<name>_balances` in
            configuration and control API.
        per_endpoint: what each endpoint may weigh in a minute, where each counts for itself; None where they share the
            limiters of the figures.
    """

    name: str
    prefixes: tuple[str, ...]
    endpoints: Sequence[Endpoint]
    data: Callable[[], Mapping[str, Any]]
    symbols: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    make: Callable[[Stock, WorldSettings, Venues], Venue]
    open_account: Callable[[Any, AccountSettings], None] = _open_account
    fork: Callable[[Any, Venues], Venue] = _fork
    retired: frozenset[str] = frozenset()
    variants: Callable[[Routes], Mapping[str, Routes]] = lambda routes: {}
    variant: Callable[[WorldSettings], str] = lambda settings: ""
    dialect: Dialect = SPOT
    wording: str = "spot"
    first_fills: bool = False
    settings: type[msgspec.Struct] | None = None
    own_money: bool = False
    per_endpoint: Mapping[Unit, int] | None = None

    def stock(self) -> Stock:
        """What worlds share of it: real symbols with their real filters, and Binance's limits."""
        data = self.data()
        limits = tuple(
            RateLimit(LimitKind(row["rateLimitType"]), LimitInterval(row["interval"]), row["intervalNum"], row["limit"])
            for row in data["rate_limits"]
        )
        routes = routes_of(self.endpoints)
        return Stock(self.symbols(data), routes, limits, data, tuple(declared(routes)), self.variants(routes))

    def desk(self, stock: Stock, venue: Venue, settings: WorldSettings) -> Desk:
        """Its desk at the gate of a new world."""
        routes = stock.variants.get(self.variant(settings), stock.routes)
        return Desk(
            self.name,
            venue,
            venue.accounts.get,
            routes,
            self.retired.difference(routes) if self.retired else self.retired,
            stock.limits,
            strikes=settings.strikes,
            maker_credit=settings.maker_credit if self.first_fills else 0,
            prefixes=self.prefixes,
            dialect=self.dialect,
            per_endpoint=self.per_endpoint,
            quotas=stock.quotas,
        )


def _open_grouped_account(venue: UsdmVenue | OptionsVenue, wanted: AccountSettings) -> None:
    balances = wanted.wallets.get(venue.name, {})
    venue.open_account(wanted.name, balances, trade_group=wanted.trade_group).can_trade = wanted.can_trade


def _open_spot_account(venue: SpotVenue, wanted: AccountSettings) -> None:
    account = venue.open_account(wanted.name, wanted.balances, trade_group=wanted.trade_group, rates=wanted.rates)
    account.can_trade = wanted.can_trade
    account.money.bnb_burn = wanted.bnb_burn


def _spot_variants(routes: Routes) -> Mapping[str, Routes]:
    """With the calls of older documents in the place of those at their paths."""
    return {"legacy": {**routes, **routes_of(spot_legacy.ENDPOINTS)}}


def _option_variants(routes: Routes) -> Mapping[str, Routes]:
    """What each generation has."""
    return {
        name: {path: methods for path, methods in routes.items() if path not in dialect.gone}
        for name, dialect in DIALECTS.items()
    }


SPOT_MARKET: Final = Market(
    name="spot",
    prefixes=("/api/",),
    endpoints=spot_endpoints.ENDPOINTS,
    retired=spot_endpoints.RETIRED,
    variants=_spot_variants,
    variant=lambda settings: "legacy" if settings.spot.legacy_key_only else "",
    data=spot_markets,
    symbols=read_symbols,
    make=lambda stock, settings, links: SpotVenue(stock.symbols, settings.spot, settings.seed),
    open_account=_open_spot_account,
    first_fills=True,
)
USDM_MARKET: Final = Market(
    name="usdm",
    prefixes=("/fapi/", "/futures/"),
    endpoints=usdm_endpoints.ENDPOINTS,
    data=usdm_markets,
    symbols=read_contracts,
    make=lambda stock, settings, links: UsdmVenue(
        stock.symbols, stock.data["assets"], settings.usdm, settings.seed, REACTIONS
    ),
    open_account=_open_grouped_account,
    dialect=USDM,
    wording="usdm",
    settings=UsdmSettings,
    own_money=True,
)


COINM_MARKET: Final = Market(
    name="coinm",
    prefixes=("/dapi/",),
    endpoints=coinm_endpoints.ENDPOINTS,
    data=coinm_markets,
    symbols=coinm_contracts.read_contracts,
    make=lambda stock, settings, links: CoinmVenue(
        stock.symbols, stock.data["assets"], settings.coinm, settings.seed, REACTIONS
    ),
    open_account=_open_grouped_account,
    dialect=COINM,
    wording="usdm",
    settings=UsdmSettings,
    own_money=True,
)


OPTIONS_MARKET: Final = Market(
    name="options",
    prefixes=("/eapi/",),
    endpoints=options_endpoints.ENDPOINTS,
    data=options_markets,
    # What is listed follows from the time; these are what options are on.
    symbols=read_underlyings,
    make=lambda stock, settings, links: OptionsVenue(
        stock.symbols, settings.options, settings.seed, links.get("usdm"), ENDINGS, review, links.get("spot")
    ),
    open_account=_open_grouped_account,
    fork=lambda venue, links: venue.fork(links.get("usdm"), links.get("spot")),
    variants=_option_variants,
    variant=lambda settings: settings.options.dialect,
    dialect=OPTIONS,
    wording="options",
    settings=OptionsSettings,
    own_money=True,
)


def _futures(links: Venues) -> Venues:
    """The markets beside spot whose wallets `/sapi` shows."""
    return {name: venue for name, venue in links.items() if name != "spot"}


SAPI_MARKET: Final = Market(
    name="sapi",
    prefixes=("/sapi/",),
    endpoints=wallet_endpoints.ENDPOINTS,
    data=lambda: {"rate_limits": ()},
    symbols=lambda data: {},
    make=lambda stock, settings, links: WalletVenue(links["spot"], _futures(links), settings.seed),
    fork=lambda venue, links: venue.fork(links["spot"], _futures(links)),
    per_endpoint=wallet_endpoints.LIMITS,
    own_money=True,
)

MARKETS: Final[tuple[Market, ...]] = (SPOT_MARKET, USDM_MARKET, COINM_MARKET, OPTIONS_MARKET, SAPI_MARKET)

WORDINGS: Mapping[str, str] = {market.name: market.wording for market in MARKETS}
"""What fault rules may name, and whose texts they then take."""
OWN_MONEY: Final = tuple(market.name for market in MARKETS if market.own_money)
"""The markets whose accounts have wallets of their own."""


def all_endpoints() -> list[Endpoint]:
    """The endpoints of all markets."""
    return [endpoint for market in MARKETS for endpoint in market.endpoints]
