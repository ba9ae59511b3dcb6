"""The trades that an option is shown to have had before anybody traded in it.

They stand on a grid of hours, each a little off the price of the present. So the past of an option that nobody touched
can be shown without making a market for it, and is that which the market has once it is made.
"""

from __future__ import annotations

from bisect import bisect_left
from random import Random
from typing import Final, NamedTuple

from binance_mock.engine.intervals import HOUR
from binance_mock.engine.tape import Tape
from binance_mock.engine.trades import Trade
from binance_mock.engine.units import SCALE
from binance_mock.engine.windows import Window
from binance_mock.venues.options.chain import OptionInfo

PACE: Final = HOUR
_DRAWS: Final = 64
"""After so many trades sizes and distances repeat."""
_WIDTH: Final = 64
"""A trade is off by a few of so many parts of the price."""


class Past(NamedTuple):
    """What was traded of an option, oldest first: times, prices, quantities, and the bits they were drawn from."""

    times: range
    prices: list[int]
    quantities: list[int]
    draws: list[int]


def standing_tape(seed: int, info: OptionInfo, price: int, hours: int, now: int) -> Tape:
    """What was traded of an option.

    Args:
        seed: of the venue.
        info: the option.
        price: what it costs, on its tick grid.
        hours: how far back the tape reaches; not before the option was listed.
        now: microseconds.
    """
    tape = Tape()
    for number, (time, at, qty, draw) in enumerate(zip(*_past(seed, info, price, hours, now), strict=True)):
        quote = at * qty * info.unit // SCALE
        tape.append(Trade(number, time, at, qty, quote, bool(draw & 8), -number - 1))
    return tape


def standing_window(seed: int, info: OptionInfo, price: int, hours: int, now: int, size: int) -> Window:
    """The statistics of that tape over a time that ends now, without making it; arguments as there.

    Args:
        seed: as for the tape, like the rest.
        info: the option.
        price: what it costs.
        hours: how far back the tape reaches.
        now: microseconds.
        size: length of the window in microseconds.
    """
    past, start = _past(seed, info, price, hours, now), now - size
    first = bisect_left(past.times, start)
    before = past.prices[first - 1] if first else 0
    prices, quantities, unit = past.prices[first:], past.quantities[first:], info.unit
    if not prices:
        return Window(start, now, 0, 0, 0, before, 0, before, 0, 0, 0, -1, -1)
    return Window(
        open_time=start,
        close_time=now,
        open=prices[0],
        high=max(prices),
        low=min(prices),
        last=prices[-1],
        last_qty=quantities[-1],
        prev_close=before,
        volume=sum(quantities),
        quote=sum([at * qty * unit // SCALE for at, qty in zip(prices, quantities, strict=True)]),
        count=len(prices),
        first_id=first,
        last_id=len(past.prices) - 1,
    )


def _past(seed: int, info: OptionInfo, price: int, hours: int, now: int) -> Past:
    """What the tape is made of; arguments as there."""
    rng = Random(f"{seed}:{info.name}:history")
    offset = rng.randrange(PACE // 1000) * 1000
    draws = [rng.getrandbits(8) for _ in range(min(hours, _DRAWS))]
    last = (now - offset) // PACE
    first = max(last - hours + 1, (info.onboard - offset) // PACE + 1)
    times = range(first * PACE + offset, last * PACE + offset + 1, PACE)
    tick, least, step = info.tick, info.min_qty, info.step
    ladder = [max(tick, price + price * distance // (_WIDTH * tick) * tick) for distance in range(-3, 5)]
    kept = [draws[slot % len(draws)] for slot in range(first, last + 1)]
    return Past(times, [ladder[draw & 7] for draw in kept], [least + step * (draw >> 4) for draw in kept], kept)
