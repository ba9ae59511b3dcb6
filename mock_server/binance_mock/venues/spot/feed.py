"""Feeding a market with recorded history: candles or aggregate trades in the form of Binance's public data files.

The fed rows take the place of the history that the mock makes up: trades, candles, tickers and average prices are
derived from them, and the market maker's book is laid around the last fed price. What follows from the kind of file:

- `klines`: no single trade is known, so the list of trades begins empty. A candle counts in the candle that holds its
  opening; ask for intervals no finer than those fed.
- `aggTrades`: each row is one trade, under the id of its first one; its quantity is that of the whole row, and candles
  count it as one. The list of aggregate trades answers the rows as they were fed, ids included. New trades are numbered
  on from the last one.

Either all rows are taken or nothing changes. Rows that lie ahead of the clock are refused: an exchange does not know
the future. Feeding a symbol again replaces what was fed before. A fed history stays when the clock is set back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from binance_mock.engine.bars import Bar
from binance_mock.engine.tape import Aggregate, Tape
from binance_mock.engine.units import SCALE
from binance_mock.venues.errors import Refusal
from binance_mock.venues.spot.csv_files import AGG_TRADES, KLINES, BadRow, Layout, last_moment, moment
from binance_mock.venues.spot.venue import SpotVenue

LAYOUTS: Final[dict[str, Layout]] = {"klines": KLINES, "aggTrades": AGG_TRADES}
"""The kinds of files, by name."""


class FeedError(ValueError):
    """A file that cannot be fed; nothing was changed.

    Args:
        source: the file.
        line: number of the line, 0 when it is about the file as a whole.
        column: name of the column, "" when it is about the line as a whole.
        reason: what is wrong.
        hint: what to do.
    """

    def __init__(self, source: str, line: int, column: str, reason: str, hint: str) -> None:
        place = source + (f", line {line}" if line else "") + (f", column {column}" if column else "")
        super().__init__(f"{place}: {reason}; {hint}")
        self.source = source
        self.line = line
        self.column = column
        self.reason = reason
        self.hint = hint


class FeedReport(NamedTuple):
    """What was fed: how many rows, and from when to when, in microseconds, both inclusive."""

    symbol: str
    kind: str
    rows: int
    first: int
    last: int


def feed(venue: SpotVenue, symbol: str, kind: str, lines: Iterable[str], source: str, now: int) -> FeedReport:
    """Give a market a recorded history.

    Args:
        venue: the venue.
        symbol: the market; nobody may have placed an order in it yet.
        kind: "klines" or "aggTrades".
        lines: the file's lines, with or without their ends; a header and empty lines are passed over.
        source: what to call the file in errors.
        now: microseconds; no row may be later.

    Raises:
        FeedError: the symbol, the kind or a row is not legal, or the market is in use.
    """
    layout = LAYOUTS.get(kind)
    if layout is None:
        raise FeedError(source, 0, "", f"no file is of the kind {kind!r}", f"say one of {', '.join(LAYOUTS)}")
    try:
        info = venue.info(symbol)
    except Refusal:
        known = ", ".join(venue.symbols)
        raise FeedError(source, 0, "", f"no symbol is called {symbol!r}", f"listed are {known}") from None
    rows = _Rows(layout, lines, source)
    history = _read_klines(rows, now) if kind == "klines" else _read_agg_trades(rows, now)
    tape = history.tape
    price = tape.last_price
    if not info.min_price <= price <= (info.max_price or price):
        bounds = f"between {info.min_price / SCALE:.8f} and {info.max_price / SCALE:.8f}"
        reason = f"the last price, {price / SCALE:.8f}, is not one of {symbol}"
        raise FeedError(source, rows.line, "", reason, f"its prices lie {bounds}; is this the file of another symbol?")
    # Sum it now: else the first one who asks for candles waits for it.
    tape.total(history.first, history.last + 1)
    try:
        venue.open_with_history(symbol, tape, now)
    except ValueError as error:
        hint = "feed before anybody trades, or call reset() first"
        raise FeedError(source, 0, "", str(error), hint) from None
    return FeedReport(symbol, kind, history.rows, history.first, history.last)


class _History(NamedTuple):
    tape: Tape
    rows: int
    first: int
    last: int


class _Rows:
    """The rows of a file as numbers, and where reading stands."""

    __slots__ = ("_layout", "_lines", "_source", "line")

    def __init__(self, layout: Layout, lines: Iterable[str], source: str) -> None:
        self._layout = layout
        self._lines = lines
        self._source = source
        self.line = 0

    def __iter__(self) -> Iterator[list[int]]:
        values = self._layout.values
        for text in self._lines:
            self.line += 1
            line = text.rstrip("\r\n")
            if self.line == 1:
                line = line.removeprefix("\ufeff")
                if self._layout.is_header(line):
                    continue
            if line:
                try:
                    yield values(line)
                except BadRow as bad:
                    raise self.error(bad.column, bad.reason, bad.hint) from None

    def error(self, column: str, reason: str, hint: str, line: int | None = None) -> FeedError:
        """The error for the row that was read last, or for another one."""
        return FeedError(self._source, self.line if line is None else line, column, reason, hint)

    def empty(self) -> FeedError:
        """The error for a file without rows."""
        return self.error("", "holds no rows", f"the columns are {self._layout.header}", line=0)

    def ahead(self, line: int, column: str, last: int) -> FeedError:
        """The error for rows that are later than the clock."""
        hint = f"set the clock to the end of the file or later first, such as frozen_at={-(-last // 1000)}"
        return self.error(column, "is ahead of the exchange's clock", hint, line)


def _read_klines(rows: _Rows, now: int) -> _History:
    """The tape of a candle file."""
    tape = Tape()
    count = first = ahead = 0
    last = -1
    now_ms = now // 1000
    for opening, open, high, low, close, volume, closing, quote, trades, taker_base, taker_quote in rows:
        start, end = moment(opening), last_moment(closing)
        if start <= last:
            raise rows.error("open_time", "opens before the row above has closed", "sort the file by open_time")
        if end < start:
            raise rows.error("close_time", "closes before it opens", "check open_time and close_time")
        if not 0 < low <= open <= high:
            raise rows.error("open", "is not between low and high", "check open, high and low")
        if not low <= close <= high:
            raise rows.error("close", "is not between low and high", "check close, high and low")
        if taker_base > volume:
            raise rows.error("taker_buy_volume", "is more than volume", "check the order of the columns")
        if taker_quote > quote:
            raise rows.error("taker_buy_quote_volume", "is more than quote_volume", "check the order of the columns")
        if end // 1000 > now_ms and not ahead:
            ahead = rows.line
        tape.append_bar(Bar(start, end, open, high, low, close, volume, quote, trades, taker_base, taker_quote))
        if not count:
            first = start
        count += 1
        last = end
    if not count:
        raise rows.empty()
    if ahead:
        raise rows.ahead(ahead, "close_time", last)
    return _History(tape, count, first, last)


def _read_agg_trades(rows: _Rows, now: int) -> _History:
    """The tape of a file of aggregate trades."""
    found: list[Aggregate] = []
    ahead = 0
    last = last_id = last_trade = -1
    for id, price, qty, first_trade, final_trade, time, buyer_maker in rows:
        us = moment(time)
        if id <= last_id:
            raise rows.error("agg_trade_id", "does not rise", "sort the file by agg_trade_id, without duplicates")
        if not last_trade < first_trade <= final_trade:
            reason = "does not rise" if first_trade <= last_trade else "is above last_trade_id"
            raise rows.error("first_trade_id", reason, "check first_trade_id and last_trade_id")
        if us < last:
            raise rows.error("transact_time", "is earlier than in the row above", "sort the file by agg_trade_id")
        if not price or not qty:
            raise rows.error("quantity" if price else "price", "is zero", "leave the row out")
        if us > now and not ahead:
            ahead = rows.line
        found.append(Aggregate(id, price, qty, first_trade, final_trade, us, bool(buyer_maker)))
        last, last_id, last_trade = us, id, final_trade
    if not found:
        raise rows.empty()
    if ahead:
        raise rows.ahead(ahead, "transact_time", last)
    return _History(Tape.of_aggregates(found), len(found), found[0].time, last)
