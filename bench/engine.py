"""Orders per second of the engine alone: one market with a ledger, commissions and eight accounts.

100,000 orders rest. Of every four commands two add an order that rests, one is an order that trades with the best one
on the other side, and one cancels, so that as many rest at the end. Making the order objects is part of it. Counted is
CPU time, so that other work on the machine disturbs little.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from random import Random
from statistics import median
from time import process_time
from typing import NamedTuple

from bench.result import Result, at_least
from binance_mock.engine.commission import Fees, Rates
from binance_mock.engine.ledger import Account, Ledger
from binance_mock.engine.market import Market
from binance_mock.engine.orders import Order, OrderType, Side, TimeInForce
from binance_mock.engine.units import SCALE
from binance_mock.wire.server import calm_garbage_collector

NAMES = ("engine",)

_GOAL = 250_000
_MIDDLE = 60_000
_LEVELS = 1_000
"""Price levels on each side, one unit of the quote asset apart."""
_NEAR = 200
"""Levels up to here are within reach of the orders that trade; those that are cancelled lie behind."""
_QTY = SCALE // 100
_NOW = 1_700_000_000_000_000
_ACCOUNTS = 8


class Placement(NamedTuple):
    account: Account
    client_id: str
    side: Side
    price: int


class Scene(NamedTuple):
    """A market, the orders that rest in it, and what is to be done: placements, and numbers of orders to cancel."""

    market: Market
    resting: list[Order]
    commands: list[Placement | int]


def run(names: Sequence[str], *, quick: bool) -> Iterator[Result]:
    resting, rounds = (10_000, 3) if quick else (100_000, 5)
    thresholds = gc.get_threshold()
    calm_garbage_collector()  # As `binance-mock serve` does.
    rates = [_rate(resting, seed) for seed in range(rounds)]
    gc.set_threshold(*thresholds)
    gc.disable()
    uncollected = [_rate(resting, seed) for seed in range(rounds)]
    gc.enable()
    note = (
        f"50 % rest, 25 % trade, 25 % cancel; {resting:,} orders rest; CPU time; "
        f"{median(uncollected):,.0f} without garbage collection"
    )
    yield at_least("engine alone", "orders/s", median(rates), _GOAL, note)


def _rate(resting: int, seed: int) -> float:
    scene = prepare(resting, seed)
    rate = len(scene.commands) / play(scene)
    gc.unfreeze()
    return rate


def prepare(resting: int, seed: int) -> Scene:
    """A market in which `resting` orders rest, and three times as many commands for it.

    The commands are hidden from the garbage collector, for they are no work of the engine's; its own objects are not.
    """
    rng = Random(seed)
    ledger = Ledger()
    accounts = [ledger.open(Fees(Rates(maker=100_000, taker=100_000))) for _ in range(_ACCOUNTS)]
    for account in accounts:
        for asset in ("BTC", "USDT"):
            ledger.deposit(account, asset, 10**12 * SCALE)

    def placement(number: int, away: int) -> Placement:
        side = rng.choice((Side.BUY, Side.SELL))
        price = _MIDDLE - away if side is Side.BUY else _MIDDLE + away
        return Placement(rng.choice(accounts), f"order-{number}", side, price * SCALE)

    distances = [rng.randint(1, _LEVELS) for _ in range(resting)]
    first = [placement(number, away) for number, away in enumerate(distances)]
    deep = [number for number, away in enumerate(distances) if away > _NEAR]
    rng.shuffle(deep)
    kinds = ["near", "deep", "trade", "cancel"] * (resting * 3 // 4)
    rng.shuffle(kinds)
    commands: list[Placement | int] = []
    for number, kind in enumerate(kinds, resting):
        if kind == "cancel":
            commands.append(deep.pop())
        elif kind == "trade":
            # Its limit takes in the whole near part of the other side; one order there fills it.
            commands.append(placement(number, -_NEAR))
        elif kind == "near":
            commands.append(placement(number, rng.randint(1, _NEAR)))
        else:
            commands.append(placement(number, rng.randint(_NEAR + 1, _LEVELS)))
    gc.collect()
    gc.freeze()
    market = Market("BTCUSDT", "BTC", "USDT", ledger)
    orders = [_order(*each) for each in first]
    for order in orders:
        market.place(order, _NOW)
    return Scene(market, orders, commands)


def play(scene: Scene) -> float:
    """The CPU seconds that the commands take.

    Raises:
        RuntimeError: the market did something else than was planned.
    """
    market, orders = scene.market, scene.resting
    place, cancel = market.place, market.cancel
    start = process_time()
    for command in scene.commands:
        if isinstance(command, int):
            cancel(orders[command], "cancel", _NOW)
        else:
            place(_order(*command), _NOW)
    took = process_time() - start
    resting = sum(len(bag.open) for bag in market.bags.values())
    trades = len(market.tape)
    ledger = market.ledger
    conserved = all(ledger.total(asset) == ledger.deposited[asset] for asset in ("BTC", "USDT"))
    if resting != len(orders) or trades != len(scene.commands) // 4 or not conserved:
        raise RuntimeError(f"{resting} orders rest and {trades} traded, money conserved: {conserved}")
    return took


def _order(account: Account, client_id: str, side: Side, price: int) -> Order:
    return Order(account, client_id, side, OrderType.LIMIT, TimeInForce.GTC, price, _QTY)
