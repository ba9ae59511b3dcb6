"""The mock exchange as these tests use it: a server in a thread, and its default world in the hands of the test.

A test may touch the world only while none of its requests is in flight: the server's thread is then idle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock.face.server import ServerThread
from binance_mock.gate.journal import Entry
from binance_mock.gate.keys import ApiKey
from binance_mock.gate.limiters import LimitInterval, LimitKind
from binance_mock.venues import maker
from binance_mock.venues.decimals import read
from binance_mock.world import DEFAULT_ACCOUNT, Blueprint, World
from binance_mock.worlds import Worlds

NOW = 1_763_683_213_200
"""2025-11-21 00:00:13.200 UTC, in milliseconds: the time at which the clock stands where a test freezes it."""


class Server:
    """A server on a free port of the loopback interface, from construction until `stop`."""

    def __init__(self) -> None:
        self.worlds = Worlds(World(Blueprint.standard()))
        self._thread = ServerThread(self.worlds, "127.0.0.1", 0)
        self.port = self._thread.port
        self.url = f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """Stop serving and wait until everything is closed."""
        self._thread.stop()


class Exchange:
    """A fresh world on the running server.

    Args:
        server: the server; its default world is replaced.
    """

    api_key = EXAMPLE_PAIR.api_key
    api_secret = EXAMPLE_PAIR.secret

    def __init__(self, server: Server) -> None:
        self.url = server.url
        self.port = server.port
        server.worlds.reset().clock.live()
        self.world = server.worlds.default
        self.faults = self.world.faults

    # -- time, all in milliseconds --------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        """The exchange's time."""
        return self.world.clock.now() // 1000

    def freeze(self, at: int | None = None) -> None:
        """Let the exchange's clock stand at a time, or at the present one, cut to milliseconds."""
        self.world.clock.freeze((self.now if at is None else at) * 1000)

    def advance(self, ms: int) -> None:
        """Move the exchange's clock."""
        self.world.clock.move(ms * 1000)

    # -- market and limits ----------------------------------------------------------------------------------------

    def set_price(self, symbol: str, price: str) -> None:
        """Move a market to a price."""
        spot, now = self.world.spot, self.world.clock.now()
        maker.set_price(spot, spot.market(symbol, now), spot.info(symbol), read(price), now)

    def set_status(self, symbol: str, status: str) -> None:
        """Give a symbol another trading status than TRADING."""
        self.world.spot.statuses[symbol] = status

    def limit_weight(self, limit: int) -> None:
        """Set the request weight that an address may use in a minute."""
        self.world.desks["spot"].ip.set_limit(LimitKind.REQUEST_WEIGHT, LimitInterval.MINUTE, 1, limit)

    def limit_orders(self, limit: int) -> None:
        """Set how many unfilled orders an account may have in ten seconds."""
        self.world.desks["spot"].orders.set_limit(LimitInterval.SECOND, 10, limit)

    # -- accounts and keys ----------------------------------------------------------------------------------------

    def open_account(self, name: str, balances: Mapping[str, str]) -> None:
        """Open another account; keys name it."""
        self.world.spot.open_account(name, {asset: read(amount) for asset, amount in balances.items()})

    def add_key(self, key: ApiKey) -> None:
        """Register an API key."""
        self.world.keys.add(key)

    def restrict(self, **grants: Any) -> None:
        """Replace grants of the default key: permissions, ips, enabled."""
        key = self.world.keys.get(self.api_key)
        assert key is not None
        self.world.keys.add(key.changed(**grants), replace=True)

    def balance(self, asset: str) -> tuple[int, int]:
        """Free and locked amount of the default account, in units of 10^-8."""
        money = self.world.spot.accounts[DEFAULT_ACCOUNT].money
        return money.free[asset], money.locked[asset]

    # -- what arrived ---------------------------------------------------------------------------------------------

    @property
    def last(self) -> Entry:
        """The newest request."""
        return self.world.journal.last

    @property
    def calls(self) -> list[tuple[str, str]]:
        """Verb and path of every request, oldest first."""
        return [(entry.request.method, entry.request.path) for entry in self.world.journal]

    def endpoints(self) -> Iterable[tuple[str, str]]:
        """Verb and path of everything that is served."""
        return [(verb, path) for path, verbs in self.world.blueprint.all_routes.items() for verb in verbs]


def units(amount: str) -> int:
    """A decimal text in units of 10^-8."""
    return read(amount)
