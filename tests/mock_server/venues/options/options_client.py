"""A client of European options that calls a world's gate in process, signs, and moves index and volatility."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.mock_server.spot_client import NOW, Reply, encode, frozen_world, read
from tests.mock_server.venues.shapes import differences

from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock.engine.orders import Order, OrderType, Side, TimeInForce
from binance_mock.engine.units import SCALE
from binance_mock.gate.request import Request, Response
from binance_mock.venues import maker
from binance_mock.venues.options.accounts import OptionsAccount
from binance_mock.venues.options.settings import OptionsSettings
from binance_mock.venues.options.venue import OptionsVenue
from binance_mock.world import World, WorldSettings

MS: Final = NOW // 1000
HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
BTC: Final = "BTCUSDT"
CALL: Final = "BTC-231124-80000-C"
"""A week's call near the money: the index stands at 79970."""
PUT: Final = "BTC-231124-80000-P"
DAILY: Final = "BTC-231115-80000-C"
"""The same that expires in ten hours."""
EXPIRY_MS: Final = 1_700_035_200_000
"""2023-11-15T08:00Z, when it does."""
XRP_UNIT: Final = 100
_SHAPES: Final = json.loads(Path(__file__).with_name("shapes.json").read_text(encoding="utf-8"))


class OptionsClient:
    """Calls one world.

    Args:
        world: whom to call; one whose clock stands still by default.
    """

    def __init__(self, world: World | None = None) -> None:
        self.world = world if world is not None else frozen_world()

    @property
    def venue(self) -> OptionsVenue:
        venue = self.world.options
        assert venue is not None
        return venue

    @property
    def own(self) -> OptionsAccount:
        return self.venue.accounts["default"]

    @property
    def now(self) -> int:
        return self.world.clock.now()

    # -- calls -------------------------------------------------------------------------------------------------------

    def call(
        self, path: str, params: Mapping[str, object], headers: Mapping[bytes, bytes] | None = None, verb: str = "GET"
    ) -> Reply:
        """Let the gate answer; the path is below `/eapi/v1/`."""
        response = self.world.gate.handle(
            Request(verb, f"/eapi/v1/{path}", encode(params), b"", headers, "127.0.0.1"), self.now
        )
        assert isinstance(response, Response), "the request was held"
        return read(response)

    def public(self, path: str, /, **params: object) -> Reply:
        """GET without a key."""
        return self.call(path, params)

    def keyed(self, path: str, key: str = EXAMPLE_PAIR.api_key, /, verb: str = "GET", **params: object) -> Reply:
        """A call with a key and without a signature."""
        return self.call(path, params, {b"x-mbx-apikey": key.encode()}, verb)

    def ask(self, verb: str, path: str, **params: object) -> Reply:
        """A signed call."""
        sent = {name: value for name, value in params.items() if value is not None}
        sent.setdefault("timestamp", self.now // 1000)
        sent["signature"] = hmac.new(EXAMPLE_PAIR.secret.encode(), encode(sent), hashlib.sha256).hexdigest()
        return self.keyed(path, verb=verb, **sent)

    def get(self, path: str, **params: object) -> Any:
        """The answer to a signed GET, which succeeds."""
        return self.ask("GET", path, **params).ok()

    def post(self, path: str, **params: object) -> Any:
        """The answer to a signed POST, which succeeds."""
        return self.ask("POST", path, **params).ok()

    def refusal(self, verb: str, path: str, **params: object) -> tuple[int, int, str]:
        """Status, code and text of a signed call that is refused."""
        reply = self.ask(verb, path, **params)
        return reply.status, reply.code, reply.msg

    def weight(self, path: str, **params: object) -> int:
        """What a call weighed; key and all."""
        before = self._used()
        self.keyed(path, **params)
        return self._used() - before - 1

    def _used(self) -> int:
        return int(self.public("ping").headers["x-mbx-used-weight-1m"])

    # -- rows --------------------------------------------------------------------------------------------------------

    def mark(self, symbol: str = CALL) -> Any:
        """The row of `mark` of a contract."""
        (row,) = self.public("mark", symbol=symbol).ok()
        return row

    def ticker(self, symbol: str = CALL) -> Any:
        """The row of `ticker` of a contract."""
        (row,) = self.public("ticker", symbol=symbol).ok()
        return row

    def listed(self) -> dict[str, Any]:
        """The contracts of exchangeInfo by name."""
        return {row["symbol"]: row for row in self.public("exchangeInfo").ok()["optionSymbols"]}

    # -- the world ---------------------------------------------------------------------------------------------------

    def wait(self, ms: int) -> None:
        """Let time pass; nothing is looked at before the next call."""
        self.world.clock.move(ms * 1000)

    def wait_until(self, ms: int) -> None:
        """Let time pass until just this moment."""
        self.world.clock.move(ms * 1000 - self.now)

    def move_index(self, price: int, pair: str = BTC) -> None:
        """Let the perpetual of a pair trade at a price in whole units, which its index follows."""
        venue = self.world.usdm
        assert venue is not None
        market = venue.market(pair, self.now)
        maker.set_price(venue, market, venue.info(pair), price * SCALE, self.now)
        venue.pass_time(self.now)

    def order(
        self,
        side: Side,
        qty: int,
        price: int,
        *,
        symbol: str = CALL,
        by: OptionsAccount | None = None,
        tif: TimeInForce = TimeInForce.GTC,
    ) -> Order:
        """Place a limit order with no check at all; quantity and price in units of 10^-8."""
        market = self.venue.market(symbol, self.now)
        account = by or self.own
        order = Order(account.money, f"t{market.next_order_id}", side, OrderType.LIMIT, tif, price, qty)
        market.place(order, self.now)
        return order

    def fill(self, side: Side, qty: int, symbol: str = CALL) -> Order:
        """Trade with the market maker at its prices."""
        market = self.venue.market(symbol, self.now)
        levels = market.book.asks if side is Side.BUY else market.book.bids
        best = levels.best
        assert best is not None
        assert best.qty >= qty
        return self.order(side, qty, best.price, symbol=symbol)


def client(**settings: Any) -> OptionsClient:
    """A client of a fresh world with these settings of the venue."""
    return OptionsClient(frozen_world(WorldSettings(options=OptionsSettings(**settings))))


def wrong(call: str, answer: Any, generation: str = "2026") -> list[str]:
    """How an answer differs from the shape of its call."""
    return differences(_SHAPES[call][generation], answer)


def calls() -> set[str]:
    """Every call that has a shape."""
    return set(_SHAPES)


def amount(text: str) -> int:
    """A decimal of an answer in units of 10^-8."""
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    whole, _, decimals = digits.partition(".")
    assert len(decimals) <= 8, text
    return sign * int(whole + decimals.ljust(8, "0"))
