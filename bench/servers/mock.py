"""Ours: the real application with every route, its clock frozen, its limits out of the way, without a log."""

from __future__ import annotations

import sys

from bench.traffic import NOW_MS
from binance_mock.engine.units import SCALE
from binance_mock.gate.limiters import RateLimit
from binance_mock.markets import Stock
from binance_mock.wire.app import App
from binance_mock.wire.server import bind, calm_garbage_collector, make_server
from binance_mock.world import DEFAULT_ACCOUNT, Blueprint, World, WorldSettings
from binance_mock.worlds import Worlds

NO_LIMIT = 10**12
_MARKETS = ("spot", "usdm")


def make_world() -> World:
    """A world in which nothing but the money keeps anybody from sending orders, and of that there is plenty."""
    stocks = {name: _unlimited(stock) for name, stock in Blueprint.standard().stocks.items() if name in _MARKETS}
    world = World(Blueprint.of(stocks), WorldSettings(frozen_at=NOW_MS * 1000))
    for venue in world.venues.values():
        venue.ledger.deposit(venue.accounts[DEFAULT_ACCOUNT].money, "USDT", 10**12 * SCALE)
    return world


def _unlimited(stock: Stock) -> Stock:
    for info in stock.symbols.values():
        info.max_orders = NO_LIMIT
    limits = tuple(RateLimit(limit.kind, limit.interval, limit.num, NO_LIMIT) for limit in stock.limits)
    return stock._replace(limits=limits)


if __name__ == "__main__":
    worlds = Worlds(make_world())
    calm_garbage_collector()
    make_server(App(worlds)).run([bind("127.0.0.1", int(sys.argv[1]))])
