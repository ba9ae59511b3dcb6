"""Candles of a tape (rules S-18, S-169, S-170).

A candle is known by its opening. From the candle of the first trade (or fed bar) to the one that holds `now` there is
no gap: where nothing was traded, a flat candle repeats the previous close with zero volume. Before the first trade
there is nothing. What a fed bar holds counts in the candle of its opening.

Cost: proportional to the candles answered, not to the trades (see `digest`); candles below a minute also read their
own trades.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from binance_mock.engine.bars import Bar

if TYPE_CHECKING:
    from binance_mock.engine.intervals import Interval
    from binance_mock.engine.tape import Tape

Candle: TypeAlias = Bar
"""A bar from an interval's first microsecond to the last before the next one; ids -1 and count 0 when it is flat."""


def klines(
    tape: Tape,
    interval: Interval,
    *,
    limit: int,
    now: int,
    start: int | None = None,
    end: int | None = None,
    offset: int = 0,
) -> list[Candle]:
    """Candles in ascending order.

    Args:
        tape: what was traded.
        interval: the length of a candle.
        limit: how many at most.
        now: microseconds; the candle that holds it is the last, and what lies after it is not seen.
        start: microseconds, the earliest opening; the oldest from there on are answered.
        end: microseconds, the latest opening, inclusive; alone, the newest up to there.
        offset: microseconds that the borders' local time is ahead of UTC. Times in and out stay UTC.

    """
    born = tape.start
    if born is None or born > now:
        return []
    first = interval.bounds(born, offset)[0]
    last = now if end is None else min(now, end)
    if start is None:
        borders = _newest(interval, offset, first, last, limit)
    else:
        borders = _oldest(interval, offset, max(first, start), last, limit)
    if not borders:
        return []
    before = tape.tick_before(borders[0][0])
    price = before.price if before else 0
    candles: list[Candle] = []
    for opening, following in borders:
        traded = tape.total(opening, min(following, now + 1))
        if traded is None:
            candles.append(Candle(opening, following - 1, price, price, price, price, 0, 0, 0, 0, 0))
        else:
            candles.append(Candle(opening, following - 1, *traded[2:]))
            price = traded.close
    return candles


def _newest(interval: Interval, offset: int, first: int, last: int, limit: int) -> list[tuple[int, int]]:
    """Borders of the newest intervals with an opening from `first`, itself an opening, to `last`."""
    borders: list[tuple[int, int]] = []
    while last >= first and len(borders) < limit:
        borders.append(interval.bounds(last, offset))
        last = borders[-1][0] - 1
    borders.reverse()
    return borders


def _oldest(interval: Interval, offset: int, first: int, last: int, limit: int) -> list[tuple[int, int]]:
    """Borders of the oldest intervals with an opening from `first` to `last`."""
    borders: list[tuple[int, int]] = []
    opening, following = interval.bounds(first, offset)
    if opening < first:
        opening, following = interval.bounds(following, offset)
    while opening <= last and len(borders) < limit:
        borders.append((opening, following))
        opening, following = interval.bounds(following, offset)
    return borders
