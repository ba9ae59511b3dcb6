"""A client of USDⓈ-M futures that calls a world's gate in process, for its public calls and those that need a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.mock_server.spot_client import NOW, Reply, encode, frozen_world, read

from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock.engine.tape import Tape
from binance_mock.engine.trades import Trade
from binance_mock.engine.units import SCALE
from binance_mock.gate.request import Request, Response
from binance_mock.venues import maker
from binance_mock.venues.usdm.settings import UsdmSettings
from binance_mock.venues.usdm.venue import UsdmVenue
from binance_mock.world import World, WorldSettings

MS: Final = NOW // 1000
MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS

Print = tuple[int, int, int, bool, int]
"""A trade: time in microseconds, price and quantity in units of 10^-8, whether the buyer is the maker, the taker."""


class UsdmClient:
    """Calls one world.

    Args:
        world: whom to call; one whose clock stands still by default.
    """

    def __init__(self, world: World | None = None) -> None:
        self.world = world if world is not None else frozen_world()

    @property
    def venue(self) -> UsdmVenue:
        venue = self.world.usdm
        assert venue is not None
        return venue

    def call(
        self, path: str, params: Mapping[str, object], headers: Mapping[bytes, bytes] | None = None, verb: str = "GET"
    ) -> Reply:
        """Let the gate answer; a path without a slash in front is below `/fapi/v1/`."""
        full = path if path.startswith("/") else f"/fapi/v1/{path}"
        response = self.world.gate.handle(
            Request(verb, full, encode(params), b"", headers, "127.0.0.1"), self.world.clock.now()
        )
        assert isinstance(response, Response), "the request was held"
        return read(response)

    def public(self, path: str, headers: Mapping[bytes, bytes] | None = None, /, **params: object) -> Reply:
        """GET without a key."""
        return self.call(path, params, headers)

    def keyed(self, path: str, key: str = EXAMPLE_PAIR.api_key, /, **params: object) -> Reply:
        """GET with a key and without a signature."""
        return self.call(path, params, {b"x-mbx-apikey": key.encode()})

    def weight(self, path: str, **params: object) -> int:
        """What a call weighed; key and all."""
        before = self._used()
        self.keyed(path, **params)
        return self._used() - before - 1

    def _used(self) -> int:
        return int(self.public("ping").headers["x-mbx-used-weight-1m"])

    def move_price(self, symbol: str, price: str) -> None:
        """Let a contract trade at a price, market maker and all."""
        now = self.world.clock.now()
        market = self.venue.market(symbol, now)
        maker.set_price(self.venue, market, self.venue.info(symbol), amount(price), now)

    def feed(self, symbol: str, prints: Sequence[Print]) -> list[Trade]:
        """Let a contract have these trades, oldest first, as its history."""
        tape = Tape()
        trades = [
            Trade(number, time, price, qty, price * qty // SCALE, buyer_maker, taker)
            for number, (time, price, qty, buyer_maker, taker) in enumerate(prints)
        ]
        for trade in trades:
            tape.append(trade)
        self.venue.open_with_history(symbol, tape, self.world.clock.now())
        return trades


def client(**settings: Any) -> UsdmClient:
    """A client of a fresh world with these settings of the venue."""
    return UsdmClient(frozen_world(WorldSettings(usdm=UsdmSettings(**settings))))


def amount(text: str) -> int:
    """A decimal of an answer in units of 10^-8."""
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    whole, _, decimals = digits.partition(".")
    assert len(decimals) <= 8, text
    return sign * int(whole + decimals.ljust(8, "0"))
