"""Sums over any stretch of a tape without reading all of it.

Layout: one list of bars per minute, one per hour and one per day, each in ascending order and holding only stretches in
which something happened. Minutes are summed from the tape, hours from minutes, days from hours.

Order: a trade happens at its time, a fed bar at its opening; at the same microsecond the bar is first. Pieces are
expected in that order. One that comes late (a fed history that ends before the trades made so far) is put in its place
by summing again from its minute on.

Cost: a new piece is summed once. A query takes at most two minutes of single trades (one when it reaches up to the
newest), 120 minutes, 48 hours and the days in between, each found by bisection.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from binance_mock.engine.bars import Bar, bar_of, fold
from binance_mock.engine.intervals import DAY, HOUR, MINUTE

if TYPE_CHECKING:
    from binance_mock.engine.trades import Trade


def time_of(trade: Trade) -> int:
    """Key for bisecting trades."""
    return trade.time


def opening_of(bar: Bar) -> int:
    """Key for bisecting fed bars."""
    return bar.open_time


class _Level:
    """The sums of stretches of one size, aligned to UTC."""

    __slots__ = ("bars", "size", "starts")

    def __init__(self, size: int) -> None:
        self.size = size
        self.starts: list[int] = []
        self.bars: list[Bar] = []

    def add(self, moment: int, piece: Bar) -> None:
        """Sum a piece that is not earlier than what the level holds into the stretch of `moment`."""
        start = moment - moment % self.size
        if self.starts and self.starts[-1] == start:
            self.bars[-1] = fold((self.bars[-1], piece))
        else:
            self.starts.append(start)
            self.bars.append(piece)

    def cut(self, moment: int) -> int:
        """Forget the stretch of `moment` and all after it; return where the stretch begins."""
        start = moment - moment % self.size
        position = bisect_left(self.starts, start)
        del self.starts[position:]
        del self.bars[position:]
        return start

    def rebuild(self, finer: _Level, moment: int) -> None:
        """Sum the stretch of `moment` and all after it again from a finer level."""
        position = bisect_left(finer.starts, self.cut(moment))
        starts, size, last = finer.starts, self.size, len(finer.starts)
        while position < last:
            start = starts[position] - starts[position] % size
            stop = bisect_left(starts, start + size, position)
            self.starts.append(start)
            self.bars.append(fold(finer.bars[position:stop]))
            position = stop

    def copy(self) -> _Level:
        twin = _Level(self.size)
        twin.starts = self.starts.copy()
        twin.bars = self.bars.copy()
        return twin


class Digest:
    """The sums of one tape. It reads the tape's own lists and catches up with them when it is asked."""

    __slots__ = ("_bars", "_levels", "_newest", "_next_bar", "_next_trade", "_trades")

    def __init__(self, trades: list[Trade], bars: list[Bar]) -> None:
        self._trades = trades
        self._bars = bars
        self._next_trade = 0
        self._next_bar = 0
        self._newest = 0
        self._levels = (_Level(MINUTE), _Level(HOUR), _Level(DAY))

    def copy(self, trades: list[Trade], bars: list[Bar]) -> Digest:
        """Give the same sums to a tape whose lists are equal to these now."""
        twin = Digest(trades, bars)
        twin._next_trade = self._next_trade
        twin._next_bar = self._next_bar
        twin._newest = self._newest
        twin._levels = (self._levels[0].copy(), self._levels[1].copy(), self._levels[2].copy())
        return twin

    def total(self, start: int, end: int) -> Bar | None:
        """Sum what happened from `start` up to, not including, `end`, in microseconds; None when nothing did."""
        self._catch_up()
        if end > self._newest:
            # Nothing lies behind, so whole sums will do. Else a frozen clock, which puts all trades into one running
            # minute, would have them all read each time.
            end += -end % DAY
        parts: list[Bar] = []
        self._collect(len(self._levels), start, end, parts)
        return fold(parts) if parts else None

    def _collect(self, height: int, start: int, end: int, parts: list[Bar]) -> None:
        """Append to `parts` the fewest sums that make up the stretch, using the `height` finest levels."""
        levels, span = self._levels, end - start
        while height and levels[height - 1].size > span:
            height -= 1
        if not height:
            self._collect_pieces(start, end, parts)
            return
        level = levels[height - 1]
        inner = start + -start % level.size
        outer = end - end % level.size
        if inner >= outer:
            self._collect(height - 1, start, end, parts)
            return
        if start < inner:
            self._collect(height - 1, start, inner, parts)
        low = bisect_left(level.starts, inner)
        parts += level.bars[low : bisect_left(level.starts, outer, low)]
        if outer < end:
            self._collect(height - 1, outer, end, parts)

    def _collect_pieces(self, start: int, end: int, parts: list[Bar]) -> None:
        """Do the same from single trades and fed bars."""
        trades, bars = self._trades, self._bars
        low = bisect_left(trades, start, key=time_of)
        high = bisect_left(trades, end, low, key=time_of)
        if bars:
            first = bisect_left(bars, start, key=opening_of)
            for bar in bars[first : bisect_left(bars, end, first, key=opening_of)]:
                split = bisect_left(trades, bar.open_time, low, high, key=time_of)
                if low < split:
                    parts.append(bar_of(trades[low:split]))
                parts.append(bar)
                low = split
        if low < high:
            parts.append(bar_of(trades[low:high]))

    def _catch_up(self) -> None:
        """Sum the trades and bars that came since the last time."""
        trades, bars = self._trades, self._bars
        at, bar_at = self._next_trade, self._next_bar
        last, last_bar = len(trades), len(bars)
        if at == last and bar_at == last_bar:
            return
        minutes, hours, days = self._levels
        changed = min(
            trades[at].time if at < last else bars[bar_at].open_time,
            bars[bar_at].open_time if bar_at < last_bar else trades[at].time,
        )
        if (at or bar_at) and changed < self._newest:
            minute = minutes.cut(changed)
            at = bisect_left(trades, minute, key=time_of)
            bar_at = bisect_left(bars, minute, key=opening_of)
        while at < last or bar_at < last_bar:
            if bar_at < last_bar and (at == last or bars[bar_at].open_time <= trades[at].time):
                piece = bars[bar_at]
                bar_at += 1
                self._newest = piece.open_time
            else:
                end = trades[at].time
                end += MINUTE - end % MINUTE
                if bar_at < last_bar:
                    end = min(end, bars[bar_at].open_time)
                stop = at + 1
                while stop < last and trades[stop].time < end:
                    stop += 1
                piece = bar_of(trades[at:stop])
                at = stop
                self._newest = piece.close_time
            minutes.add(piece.open_time, piece)
        self._next_trade, self._next_bar = at, bar_at
        hours.rebuild(minutes, changed)
        days.rebuild(hours, changed)
