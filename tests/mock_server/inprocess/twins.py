"""The same world twice, behind a socket and in this process, and what a client can tell of them."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any
from urllib.parse import urlencode

from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock import Mock
from binance_mock.reception import Reception
from binance_mock.world import Blueprint, World, WorldSettings
from binance_mock.worlds import Worlds

NOW_MS = 1_700_000_000_000
BLUEPRINT = Blueprint.standard()
KEY = EXAMPLE_PAIR.api_key
HEADERS = {"X-MBX-APIKEY": KEY}

NEEDED: dict[str, dict[str, Any]] = {"latency": {"ms": 5, "wall": True}, "clock_jump": {"ms": 1000}}
"""What must be said to kinds of faults that have no default for it."""


def signed(query: str, secret: str = EXAMPLE_PAIR.secret) -> str:
    """A query with the signature over exactly this text."""
    return f"{query}&signature={hmac.new(secret.encode(), query.encode(), hashlib.sha256).hexdigest()}"


def order(**params: Any) -> str:
    """The signed query of an order that rests in the book, unless told otherwise."""
    resting = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "price": "70000"}
    return signed(urlencode({**resting, "quantity": "0.01", "timestamp": NOW_MS, **params}))


ACCOUNT = "/api/v3/account?" + signed(f"timestamp={NOW_MS}")
ORDER = "/api/v3/order?" + order()
OPEN_ORDERS = "/api/v3/openOrders?" + signed(f"timestamp={NOW_MS}")


TARGETS = [
    "/api/v3/ping",
    "/api/v3/time?",
    "/api/v3/%70ing",
    "/api/v3/ping#fragment?a=b",
    "/api/v3/depth?symbol=BTCUSDT&limit=5#fragment",
    "/api/v3/depth?symbol=%42TCUSDT&limit=5",
    "/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=2&a=b%20c+d",
    "/api/v3/ticker/price?symbol=%e5%b8%81%E5%AE%89%E4%BA%BA%E7%94%9FUSDT",
    "/api/v3/ticker/price?symbol=币安人生USDT",
    '/api/v3/ticker/price?symbols=["BTCUSDT","ETHUSDT"]',
    "/api/v3/ping?a=%zz&b=%",
    "/api/v3/ping?a=%zz&b=%e5",
    "/api/v3/ping?<>\"`{}|\\^~!*'();:@&=+$,/?[]",
    "/api/v3/ping?q=select%20*%20from%20users",
    "/api/v3/ping?" + "a" * 17_000,
    "/api/v3//ping",
    "/api/v3/./ping/../time",
    "/%e5%b8%81",
    "/nowhere?a=b?c=d",
    "/",
    "",
    "?a=b",
    "/w/default/api/v3/ping",
    "/w/nobody/api/v3/ping",
    "/_mockery",
    ACCOUNT,
]
"""What is asked for with GET: paths and queries that clients send as they are, encode or turn into something else."""


def make_world(frozen_at: int | None = NOW_MS * 1000) -> World:
    """A world with the standard settings; its clock stands still, or runs."""
    return World(BLUEPRINT, WorldSettings(frozen_at=frozen_at))


def open_orders(world: World) -> int:
    """How many orders are open."""
    return sum(1 for account in world.spot.accounts.values() for _ in world.spot.open_orders(account))


class Twins:
    """A world on a server and an equal one for `Reception`; both clocks stand at `NOW_MS`."""

    def __init__(self, mock: Mock) -> None:
        mock.reset()
        self.mock = mock
        self.url = mock.url
        self.world = make_world()
        self.reception = Reception(Worlds(self.world))

    def fault(self, kind: str, **settings: Any) -> None:
        """Let the same thing go wrong in both."""
        self.mock.faults.add(kind, **settings)
        self.world.faults.add(kind, **settings)

    def received(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """What each of them says that it received: over the socket, and in process."""
        world = self.world
        return [vars(entry) for entry in self.mock.requests], [entry.show(world.keys) for entry in world.journal]
