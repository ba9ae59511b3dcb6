"""The markets of a scene, for checks that let orders be filled."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from binance_conformance.operations import PlaceOrder, Side
from binance_conformance.scene import Scene
from binance_mock.face.market import MarketFace


def market_of(scene: Scene) -> MarketFace:
    """What moves the market of the scene's venue."""
    faces: dict[str, MarketFace] = {
        "spot": scene.world.spot,
        "usdm": scene.world.usdm,
        "coinm": scene.world.coinm,
        "options": scene.world.options,
    }
    return faces[scene.venue]


def limit_order(scene: Scene, side: Side, price: str, own: str | None = None) -> PlaceOrder:
    """A limit order of the usual quantity, good till cancelled."""
    return msgspec.structs.replace(scene.ground.resting(own, side=side), price=plain(Decimal(price)))


def taking(scene: Scene, side: Side, own: str | None = None) -> PlaceOrder:
    """A limit order at the best price of the other side: it is filled at once."""
    book = market_of(scene).book(scene.symbol, 1)
    best = book.asks[0] if side == "BUY" else book.bids[0]
    return limit_order(scene, side, best.price, own)


def fill_resting(scene: Scene) -> None:
    """Let the market fall through the price of orders that rest at the ground's far price."""
    price = int(Decimal(scene.ground.far) * 9 / 10)
    market_of(scene).set_price(scene.symbol, str(price))
    scene.note("the market falls below the order's price, which is filled")


def plain(value: Decimal) -> str:
    """A decimal without exponent and without zeros at its end."""
    return f"{value.normalize():f}"
