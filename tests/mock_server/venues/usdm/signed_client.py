"""A client of USDⓈ-M futures that signs, and opens positions and orders behind the API's back."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, Final

from tests.mock_server.spot_client import Reply, encode
from tests.mock_server.venues.shapes import Shapes
from tests.mock_server.venues.usdm.usdm_client import UsdmClient

from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock.engine.orders import Order, OrderType, Side, TimeInForce
from binance_mock.engine.positions import PositionSide
from binance_mock.engine.units import SCALE
from binance_mock.venues.usdm.accounts import UsdmAccount
from binance_mock.venues.usdm.orders import Terms

BTC: Final = "BTCUSDT"
ETH: Final = "ETHUSDT"
_SHAPES: Final = Shapes.beside(__file__, "account_shapes.json")


class SignedClient(UsdmClient):
    """Calls one world with the default key."""

    @property
    def own(self) -> UsdmAccount:
        return self.venue.accounts["default"]

    @property
    def now(self) -> int:
        return self.world.clock.now()

    def ask(self, verb: str, path: str, **params: object) -> Reply:
        """A signed call; a path that begins with `v` is below `/fapi/`, else it is below `/fapi/v1/`."""
        full = f"/fapi/{path}" if path.startswith(("v2/", "v3/")) else f"/fapi/v1/{path}"
        return self.call(full, self.signed(params), {b"x-mbx-apikey": EXAMPLE_PAIR.api_key.encode()}, verb)

    def signed(self, params: Mapping[str, object]) -> dict[str, object]:
        """Parameters with time and signature."""
        sent = {name: value for name, value in params.items() if value is not None}
        sent["timestamp"] = self.now // 1000
        return {**sent, "signature": hmac.new(EXAMPLE_PAIR.secret.encode(), encode(sent), hashlib.sha256).hexdigest()}

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

    # -- what the account has ----------------------------------------------------------------------------------------

    def order(
        self,
        side: Side,
        qty: int,
        price: int = 0,
        *,
        symbol: str = BTC,
        of: PositionSide = PositionSide.BOTH,
        by: UsdmAccount | None = None,
    ) -> Order:
        """Place a market order, or a limit order, with no check at all; quantity and price in units of 10^-8."""
        market = self.venue.market(symbol, self.now)
        kind = OrderType.LIMIT if price else OrderType.MARKET
        account = by or self.own
        number = f"t{market.next_order_id}"
        terms = Terms(position_side=of)
        order = Order(account.money, number, side, kind, TimeInForce.GTC, price, qty, extras=terms)
        market.place(order, self.now)
        return order

    def mark(self, price: int, symbol: str = BTC) -> None:
        """Let the mark price stand, in whole units."""
        self.venue.marks.set(symbol, mark=price * SCALE)

    def risk(self, symbol: str = BTC, version: str = "v3", side: str = "BOTH") -> Any:
        """The row of positionRisk of a contract."""
        rows = self.get(f"{version}/positionRisk", symbol=symbol)
        return next(row for row in rows if row["positionSide"] == side)


def wrong(call: str, answer: Any) -> list[str]:
    """How an answer differs from the shape of its call."""
    return _SHAPES.differences(_SHAPES.answers[call], answer)


def calls() -> set[str]:
    """Every call that has a shape."""
    return set(_SHAPES.answers)
