"""A client of COIN-M futures that signs with the default key, in process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tests.mock_server.spot_client import Reply, frozen_world
from tests.mock_server.venues.usdm.signed_client import SignedClient

from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock.engine.orders import Order, Side
from binance_mock.engine.positions import PositionSide
from binance_mock.engine.units import SCALE
from binance_mock.venues.coinm.venue import CoinmVenue
from binance_mock.venues.usdm.accounts import UsdmAccount
from binance_mock.venues.usdm.settings import UsdmSettings
from binance_mock.world import WorldSettings

PERP: Final = "BTCUSD_PERP"
QUARTER: Final = "BTCUSD_261225"
ETH: Final = "ETHUSD_PERP"
PAIR: Final = "BTCUSD"
FREE: Final = UsdmSettings(maker=0, taker=0, levels=0, history_hours=0)
"""Without commissions, and with nobody in the market."""


class CoinmClient(SignedClient):
    """Calls one world; paths without a slash in front are below `/dapi/v1/`."""

    @property
    def venue(self) -> CoinmVenue:
        venue = self.world.venues["coinm"]
        assert isinstance(venue, CoinmVenue)
        return venue

    def call(
        self, path: str, params: Mapping[str, object], headers: Mapping[bytes, bytes] | None = None, verb: str = "GET"
    ) -> Reply:
        return super().call(path if path.startswith("/") else f"/dapi/v1/{path}", params, headers, verb)

    def ask(self, verb: str, path: str, **params: object) -> Reply:
        return self.call(path, self.signed(params), {b"x-mbx-apikey": EXAMPLE_PAIR.api_key.encode()}, verb)

    def move_price(self, symbol: str, price: str) -> None:
        super().move_price(symbol, price)
        self.venue.pass_time(self.now)

    def order(
        self,
        side: Side,
        qty: int,
        price: int = 0,
        *,
        symbol: str = PERP,
        of: PositionSide = PositionSide.BOTH,
        by: UsdmAccount | None = None,
    ) -> Order:
        return super().order(side, qty, price, symbol=symbol, of=of, by=by)

    def limit(self, side: str, quantity: object, price: object, symbol: str = PERP, **more: object) -> Any:
        """Place a limit order through the API, which succeeds."""
        sent = {"symbol": symbol, "side": side, "type": "LIMIT", "timeInForce": "GTC", "quantity": quantity}
        return self.post("order", **sent, price=price, newOrderRespType="RESULT", **more)

    def other(self, btc: int = 10) -> UsdmAccount:
        """Another account, with so many BTC."""
        return self.venue.open_account("other", {"BTC": btc * SCALE})

    def trade(self, side: Side, contracts: int, price: int, other: UsdmAccount, symbol: str = PERP) -> Order:
        """Trade with another account at a price in whole dollars; back comes the own order."""
        opposite = Side.SELL if side is Side.BUY else Side.BUY
        self.order(opposite, contracts * SCALE, price * SCALE, symbol=symbol, by=other)
        return self.order(side, contracts * SCALE, price * SCALE, symbol=symbol)

    def wallet(self, asset: str = "BTC") -> Any:
        """The row of a coin in the account."""
        return next(row for row in self.get("account")["assets"] if row["asset"] == asset)

    def position(self, symbol: str = PERP, side: str = "BOTH") -> Any:
        """The row of positionRisk."""
        rows = self.get("positionRisk")
        return next(row for row in rows if (row["symbol"], row["positionSide"]) == (symbol, side))


def quiet() -> CoinmClient:
    """A client of a world without commissions, in whose books nobody stands."""
    return CoinmClient(frozen_world(WorldSettings(coinm=FREE)))
