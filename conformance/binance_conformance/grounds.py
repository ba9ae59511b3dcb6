"""Where checks are played: a symbol of each venue with prices, quantities and paths, for checks that do not care."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, NamedTuple

from binance_conformance.operations import PlaceOrder, Side, Venue
from binance_mock import Mock
from binance_mock.face.market import MarketFace


class Ground(NamedTuple):
    """What a venue offers to a check.

    Attributes:
        venue: its name.
        symbol: a liquid symbol.
        far: a price at which a BUY rests in the book.
        quantity: a legal quantity.
        time: path of the exchange's time.
        info: path of exchangeInfo.
        order: path of orders.
        account: paths that clients ask for balances.
        klines: path of candles.
        public: path of a public call that takes the symbol.
        client_id: name of the client order id when an order is placed.
    """

    venue: Venue
    symbol: str
    far: str
    quantity: str
    time: str
    info: str
    order: str
    account: tuple[str, ...]
    klines: str
    public: str
    client_id: str = "newClientOrderId"

    def resting(self, client_order_id: str | None = None, *, side: Side = "BUY") -> PlaceOrder:
        """A limit order that stays in the book."""
        return PlaceOrder(
            symbol=self.symbol, side=side, type="LIMIT", time_in_force="GTC", quantity=self.quantity, price=self.far,
            client_order_id=client_order_id,
        )  # fmt: skip


_SPOT: Final = Ground(
    "spot", "BTCUSDT", "50000.00", "0.001", "/api/v3/time", "/api/v3/exchangeInfo", "/api/v3/order",
    ("/api/v3/account",), "/api/v3/klines", "/api/v3/ticker/price",
)  # fmt: skip
_USDM: Final = Ground(
    "usdm", "BTCUSDT", "70000.0", "0.010", "/fapi/v1/time", "/fapi/v1/exchangeInfo", "/fapi/v1/order",
    ("/fapi/v3/account", "/fapi/v2/account"), "/fapi/v1/klines", "/fapi/v1/ticker/price",
)  # fmt: skip
_OPTIONS: Final = Ground(
    "options", "", "100", "0.10", "/eapi/v1/time", "/eapi/v1/exchangeInfo", "/eapi/v1/order",
    ("/eapi/v1/marginAccount", "/eapi/v1/account"), "/eapi/v1/klines", "/eapi/v1/ticker", client_id="clientOrderId",
)  # fmt: skip
_FIXED: Final = MappingProxyType({"spot": _SPOT, "usdm": _USDM, "options": _OPTIONS})


_LEAST_LIFE_MS: Final = 30 * 24 * 3600 * 1000
_MONEY: Final = 80_000
"""About what BTC costs in every fresh world."""


def grounds_of(world: Mock) -> dict[str, Ground]:
    """The grounds in a world, by venue. Options come and go, so theirs is looked for there."""
    return {**_FIXED, "options": _FIXED["options"]._replace(symbol=_option(world))}


def warm(world: Mock, ground: Ground) -> None:
    """Look at a ground's market, so that worlds made of this one need not lay it again."""
    faces: dict[str, MarketFace] = {"spot": world.spot, "usdm": world.usdm, "options": world.options}
    faces[ground.venue].market(ground.symbol)


def _option(world: Mock) -> str:
    """A call on BTC, near the money, that lives long enough for every scene."""
    listed = world.options.contracts("BTCUSDT", side="CALL")
    first = min(row["expiry_ms"] for row in listed if row["expiry_ms"] - world.clock.now_ms > _LEAST_LIFE_MS)
    chain = [row for row in listed if row["expiry_ms"] == first]
    return str(min(chain, key=lambda row: abs(float(row["strike"]) - _MONEY))["symbol"])
