"""How long a new mark price of a contract takes in which many accounts hold positions, none of which is liquidated.

One row: ten thousand accounts with a position each. Its note has the same number of positions in hedge mode, two to an
account. Accounts are healthy, so that every one is looked at and none is touched. Counted is CPU time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from time import process_time

from bench.result import Result, below
from binance_mock.engine.orders import Side
from binance_mock.engine.positions import PositionSide
from binance_mock.engine.units import SCALE
from binance_mock.venues.usdm.venue import UsdmVenue
from binance_mock.wire.server import calm_garbage_collector
from binance_mock.world import Blueprint, World

NAMES = ("marks",)

_GOAL_MS = 50
_NOW = 1_700_000_000_000_000
_SYMBOL = "BTCUSDT"


def run(names: Sequence[str], *, quick: bool) -> Iterator[Result]:
    positions, rounds = (10_000, 7) if quick else (10_000, 31)
    took = {hedged: _mark_ms(prepare(positions, hedged=hedged), rounds) for hedged in (False, True)}
    note = f"median of {rounds}; CPU time; {took[True]:.1f} ms for {positions // 2:,} accounts in hedge mode"
    yield below(f"marking {positions:,} open positions", "ms", took[False], _GOAL_MS, note)


def prepare(positions: int, *, hedged: bool) -> UsdmVenue:
    """A venue in which accounts hold so many positions in one contract, long and short."""
    world = World(Blueprint.standard())
    venue = world.usdm
    if venue is None:
        raise RuntimeError("this world has no futures")
    venue.market(_SYMBOL, _NOW)
    mark = venue.mark_price(_SYMBOL)
    held = (PositionSide.LONG, PositionSide.SHORT) if hedged else (PositionSide.BOTH,)
    for number in range(positions // len(held)):
        account = venue.open_account(f"account-{number}", {"USDT": 100_000 * SCALE})
        account.hedged = hedged
        for side in held:
            sells = number % 2 if side is PositionSide.BOTH else side is PositionSide.SHORT
            account.position(_SYMBOL, side).fill(Side.SELL if sells else Side.BUY, mark, SCALE // 10)
        venue.holders[_SYMBOL][account.money.id] = account
    calm_garbage_collector()
    return venue


def _mark_ms(venue: UsdmVenue, rounds: int) -> float:
    """How long a move of the mark takes.

    Raises:
        RuntimeError: something was liquidated, which was not planned.
    """
    mark = venue.mark_price(_SYMBOL)
    held = len(venue.holders[_SYMBOL])
    taken = []
    for number in range(1, rounds + 1):
        start = process_time()
        venue.set_marks(_SYMBOL, _NOW, mark=mark + number * SCALE)
        taken.append(process_time() - start)
    if len(venue.holders[_SYMBOL]) != held or venue.ledger.insurance.free["USDT"]:
        raise RuntimeError("positions were liquidated")
    return median(taken) * 1000
