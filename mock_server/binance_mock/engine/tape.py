"""The tape of one symbol: every trade in order, and the bars of candle files where single trades are not known.

Contract: trades arrive with ids rising by one, from any first id, and with times that never fall. Neither is checked:
appending is on the path of every match and costs a list append. Aggregates and sums are derived from the trades when
somebody asks, each trade once. A tape that begins with aggregates of a data file (`of_aggregates`) has gaps in its ids,
where trades are not known one by one, and so has that of a contract where a position changed hands apart from the book.

A fed bar counts as a whole at its opening, before trades of that same microsecond: in the candle and in the windows
that hold its opening, however long it is. So a candle finer than the bars fed shows them lumped, and a window shorter
than them may miss them. Bars follow one another without overlap, and no trade may already lie inside a new one; trades
that come later may.

Limits: nothing is ever dropped. The tape does not know the time: a bar whose opening lies ahead of the clock is part of
`last_price` at once, while queries that are bounded by a time leave it out until then.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from binance_mock.engine.digest import Digest, opening_of, time_of
from binance_mock.engine.trades import Trade
from binance_mock.engine.units import SCALE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from binance_mock.engine.bars import Bar
    from binance_mock.engine.forking import Copies

_Row = TypeVar("_Row", "Aggregate", Trade)


class Aggregate(NamedTuple):
    """Consecutive trades of one taker order at one price and one time (rule S-175)."""

    id: int
    price: int
    qty: int
    first_id: int
    last_id: int
    time: int
    buyer_maker: bool


class Tick(NamedTuple):
    """A price that was paid: by a trade, or at the close of a fed bar, which tells no quantity (0)."""

    time: int
    price: int
    qty: int


class Tape:
    """Trades and fed bars of one symbol.

    Args:
        first_id: the id that `next_id` proposes for the very first trade.

    """

    __slots__ = ("_aggregated", "_aggregates", "_bars", "_digest", "_trades", "next_id")

    def __init__(self, *, first_id: int = 0) -> None:
        self.next_id = first_id
        """The id that the next trade must have."""
        self._trades: list[Trade] = []
        self._bars: list[Bar] = []
        self._digest = Digest(self._trades, self._bars)
        self._aggregates: list[Aggregate] = []
        self._aggregated = 0  # trades that the aggregates cover

    @classmethod
    def of_aggregates(cls, rows: Sequence[Aggregate]) -> Tape:
        """Make a tape that begins with aggregate trades of a data file.

        The trades in them are not known one by one, so each is one print that has the id of its first trade. Asked for
        aggregates the tape answers the rows as they are; the trades to come are numbered on from the last of them.

        Args:
            rows: ascending; neither their ids nor their trades' ids overlap, and their times never fall. Unchecked.

        """
        tape = cls(first_id=rows[-1].last_id + 1 if rows else 0)
        tape._trades += [
            Trade(
                row.first_id, row.time, row.price, row.qty, row.price * row.qty // SCALE, row.buyer_maker, ~row.first_id
            )
            for row in rows
        ]
        tape._aggregates += rows
        tape._aggregated = len(rows)
        return tape

    def append(self, trade: Trade) -> None:
        """Add the next trade. See the module's contract for ids and times, which are not checked here."""
        self._trades.append(trade)
        self.next_id = trade.id + 1

    def append_bar(self, bar: Bar) -> None:
        """Add a bar of a candle file, which stands for trades not known one by one.

        Raises:
            ValueError: the bar closes before it opens, opens before the previous bar has closed, or spans a trade
                that was made already.

        """
        start, end = bar.open_time, bar.close_time
        if end < start:
            raise ValueError(f"the bar opening at {start} us closes before that, at {end} us")
        if self._bars and start <= self._bars[-1].close_time:
            previous = self._bars[-1].close_time
            raise ValueError(f"the bar opening at {start} us does not follow the one closing at {previous} us")
        trades = self._trades
        # Live feeding adds bars behind the last trade, so look there before searching.
        if trades and start <= trades[-1].time:
            inside = bisect_left(trades, start, key=time_of)
            if trades[inside].time <= end:
                raise ValueError(f"the bar from {start} to {end} us spans the trade made at {trades[inside].time} us")
        self._bars.append(bar)

    def fork(self, copies: Copies | None = None) -> Tape:
        """Return an equal tape that goes its own way. Costs a copy of the lists, not of the prints in them.

        Args:
            copies: those of the market's orders, to which trades are to refer; None shares trades with their orders.

        """
        twin = Tape(first_id=self.next_id)
        if copies is None:
            twin._trades = self._trades.copy()
        else:
            twin._trades = [trade if trade.maker is None else copies.trade(trade) for trade in self._trades]
        twin._bars = self._bars.copy()
        twin._digest = self._digest.copy(twin._trades, twin._bars)
        twin._aggregates = self._aggregates.copy()
        twin._aggregated = self._aggregated
        return twin

    def __len__(self) -> int:
        """Count the trades; fed bars hold none."""
        return len(self._trades)

    @property
    def last(self) -> Trade | None:
        """The newest trade."""
        return self._trades[-1] if self._trades else None

    @property
    def last_price(self) -> int:
        """The newest price, of a trade or of the close of a fed bar; 0 when there never was one."""
        trades, bars = self._trades, self._bars
        if bars and (not trades or trades[-1].time < bars[-1].open_time):
            return bars[-1].close
        return trades[-1].price if trades else 0

    @property
    def start(self) -> int | None:
        """When the first trade was made or the first bar opened; None while the tape is blank."""
        firsts = [trade.time for trade in self._trades[:1]] + [bar.open_time for bar in self._bars[:1]]
        return min(firsts, default=None)

    def newest(self, limit: int) -> Sequence[Trade]:
        """Return the newest trades, ascending, `limit` at most."""
        return self._trades[-limit:] if limit > 0 else []

    def from_id(self, first_id: int, limit: int) -> Sequence[Trade]:
        """Return the trades from an id on, that one included, ascending, `limit` at most."""
        return _page(self._trades, first_id, limit)

    def aggregates(
        self, *, limit: int, from_id: int | None = None, start: int | None = None, end: int | None = None
    ) -> Sequence[Aggregate]:
        """Return aggregate trades, ascending; the newest may still grow (rules S-18, S-175).

        They are numbered from 0, or on from those that the tape began with.

        Args:
            limit: how many at most.
            from_id: the first aggregate id wanted.
            start: microseconds, inclusive; the oldest from there on.
            end: microseconds, inclusive; alone, the newest up to there.

        Raises:
            ValueError: `from_id` together with a time.

        """
        if from_id is not None and not (start is None and end is None):
            raise ValueError("aggregates are asked for by id or by time, not by both")
        found = self._catch_up()
        if from_id is not None:
            return _page(found, from_id, limit)
        stop = len(found) if end is None else bisect_right(found, end, key=_aggregate_time)
        if start is None:
            return found[max(stop - limit, 0) : stop]
        low = bisect_left(found, start, key=_aggregate_time)
        return found[low : min(stop, low + limit)]

    def total(self, start: int, end: int) -> Bar | None:
        """Sum what happened from `start` up to, not including, `end`, in microseconds; None when nothing did."""
        return self._digest.total(start, end)

    def tick_before(self, time: int) -> Tick | None:
        """Find the last price paid before a moment, in microseconds; None when there was none."""
        trades, bars = self._trades, self._bars
        at = bisect_left(trades, time, key=time_of)
        bar_at = bisect_left(bars, time, key=opening_of)
        if bar_at and (not at or trades[at - 1].time < bars[bar_at - 1].open_time):
            bar = bars[bar_at - 1]
            return Tick(min(bar.close_time, time - 1), bar.close, 0)
        if not at:
            return None
        trade = trades[at - 1]
        return Tick(trade.time, trade.price, trade.qty)

    def _catch_up(self) -> list[Aggregate]:
        """Aggregate the trades that came since the last time."""
        trades, found, at = self._trades, self._aggregates, self._aggregated
        while at < len(trades):
            first = trades[at]
            qty, stop = first.qty, at + 1
            while stop < len(trades) and _same_taker(first, trades[stop]):
                qty += trades[stop].qty
                stop += 1
            last_id = trades[stop - 1].id
            if at and _same_taker(trades[at - 1], first):
                grown = found[-1]
                found[-1] = grown._replace(qty=grown.qty + qty, last_id=last_id)
            else:
                number = found[-1].id + 1 if found else 0
                found.append(Aggregate(number, first.price, qty, first.id, last_id, first.time, first.buyer_maker))
            at = stop
        self._aggregated = at
        return found


def _page(rows: list[_Row], first_id: int, limit: int) -> list[_Row]:
    low = bisect_left(rows, first_id, key=_id)
    return rows[low : low + max(limit, 0)]


def _id(row: Aggregate | Trade) -> int:
    return row.id


def _same_taker(one: Trade, other: Trade) -> bool:
    return one.taker_id == other.taker_id and one.price == other.price and one.time == other.time


def _aggregate_time(aggregate: Aggregate) -> int:
    return aggregate.time
