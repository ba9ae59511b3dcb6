"""Making a world, and putting a fresh one in the place of a used one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from statistics import median
from time import perf_counter

from bench.result import Result, below
from binance_mock.world import Blueprint, World
from binance_mock.worlds import Worlds

NAMES = ("world", "reset")


def run(names: Sequence[str], *, quick: bool) -> Iterator[Result]:
    times = 200 if quick else 2_000
    blueprint = Blueprint.standard()
    note = f"median of {times:,}"
    if "world" in names:
        yield below("fresh world", "ms", _median_ms(lambda: World(blueprint), times), 1, note)
    if "reset" in names:
        worlds = Worlds(World(blueprint))

        def reset() -> object:
            # A used world: what it holds has to go.
            worlds.default.spot.market("BTCUSDT", worlds.default.clock.now())
            start = perf_counter()
            worlds.reset()
            return perf_counter() - start

        yield below("reset()", "ms", _median_ms(reset, times), 0.5, note)


def _median_ms(action: Callable[[], object], times: int) -> float:
    """The median of how long the action takes, or says that it took."""
    taken = []
    for _ in range(times):
        start = perf_counter()
        told = action()
        taken.append(told if isinstance(told, float) else perf_counter() - start)
    return median(taken) * 1000
