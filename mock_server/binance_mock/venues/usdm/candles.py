"""The five kinds of candles: of a contract, of a pair's contract, of index, mark price and premium.

Index and mark price follow the market, so their candles are those of its trades; while a tester has set one of them, it
stands still there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Final, TypedDict, Unpack

from binance_mock.engine.candles import Candle
from binance_mock.engine.candles import klines as candles
from binance_mock.engine.intervals import Interval
from binance_mock.engine.tape import Tape
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json
from binance_mock.venues.params import Default
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.kinds import Kind, KlineInterval, KlinePage, PairName, SymbolName, Time
from binance_mock.venues.usdm.marks import Way
from binance_mock.venues.usdm.rates import premium
from binance_mock.venues.usdm.render import candle_rows, decimal, ms
from binance_mock.venues.usdm.selection import Span, of_kind, of_pair, span, tape_of
from binance_mock.venues.usdm.venue import UsdmCall
from binance_mock.venues.weights import ByLimit

_WEIGHT: Final = ByLimit((99, 1), (499, 2), (1000, 5), (1500, 10), default=5)


class Asked(TypedDict, total=False):
    """Which candles, and how many of them."""

    startTime: Time
    endTime: Time
    limit: Annotated[KlinePage, Default(500)]


@endpoint("GET", "/fapi/v1/klines", group="market", weight=_WEIGHT)
def klines(call: UsdmCall, symbol: SymbolName, interval: KlineInterval, **asked: Unpack[Asked]) -> Json:
    """Candles of a contract."""
    info = call.venue.info(symbol)
    return traded(info, candles_of(call, info, interval, _stretch(asked), asked["limit"]))


@endpoint("GET", "/fapi/v1/continuousKlines", group="market", weight=_WEIGHT)
def continuous_klines(
    call: UsdmCall, pair: PairName, contractType: Kind, interval: KlineInterval, **asked: Unpack[Asked]
) -> Json:
    """Candles of a pair's contract of one kind; none where the pair has no such contract."""
    info = of_kind(call, pair, contractType)
    stretch = _stretch(asked)
    return [] if info is None else traded(info, candles_of(call, info, interval, stretch, asked["limit"]))


@endpoint("GET", "/fapi/v1/indexPriceKlines", group="market", weight=_WEIGHT)
def index_price_klines(call: UsdmCall, pair: PairName, interval: KlineInterval, **asked: Unpack[Asked]) -> Json:
    """Candles of a pair's index price."""
    info = of_pair(call, pair)[0]
    return _bare(_index(call, info, interval, _stretch(asked), asked["limit"]))


@endpoint("GET", "/fapi/v1/markPriceKlines", group="market", weight=_WEIGHT)
def mark_price_klines(call: UsdmCall, symbol: SymbolName, interval: KlineInterval, **asked: Unpack[Asked]) -> Json:
    """Candles of a contract's mark price."""
    info = call.venue.info(symbol)
    return _bare(_mark(call, info, interval, _stretch(asked), asked["limit"]))


@endpoint("GET", "/fapi/v1/premiumIndexKlines", group="market", weight=_WEIGHT)
def premium_index_klines(call: UsdmCall, symbol: SymbolName, interval: KlineInterval, **asked: Unpack[Asked]) -> Json:
    """Candles of how far the mark price is above the index; high and low are those of opening and close."""
    info = call.venue.info(symbol)
    stretch = _stretch(asked)
    marks = _mark(call, info, interval, stretch, asked["limit"])
    indexes = {candle.open_time: candle for candle in _index(call, info, interval, stretch, asked["limit"])}
    rows = []
    for mark in marks:
        index = indexes.get(mark.open_time)
        if index is not None:
            first, last = premium(mark.open, index.open), premium(mark.close, index.close)
            rows.append(mark._replace(open=first, high=max(first, last), low=min(first, last), close=last))
    return _bare(rows)


def _stretch(asked: Asked) -> Span:
    return span(asked.get("startTime"), asked.get("endTime"))


def candles_of(call: UsdmCall, info: ContractInfo, interval: str, stretch: Span, limit: int) -> list[Candle]:
    """Candles of a contract's trades."""
    return candles(
        tape_of(call, info), Interval(interval), limit=limit, now=call.now, start=stretch.start, end=stretch.end
    )


def _mark(call: UsdmCall, info: ContractInfo, interval: str, stretch: Span, limit: int) -> list[Candle]:
    rows = candles_of(call, info, interval, stretch, limit)
    return _overlaid(rows, call.venue.marks.mark_way(info.name), tape_of(call, info), call.now)


def _index(call: UsdmCall, info: ContractInfo, interval: str, stretch: Span, limit: int) -> list[Candle]:
    source, marks = call.venue.index_source(info), call.venue.marks
    rows = candles_of(call, source, interval, stretch, limit)
    return _overlaid(rows, marks.index_way(info.name) or marks.index_way(source.name), tape_of(call, source), call.now)


def _overlaid(rows: list[Candle], way: Way | None, tape: Tape, now: int) -> list[Candle]:
    """Candles of trades, with the prices that were set meanwhile in the place of what was traded then."""
    if way is None:
        return rows
    return [_overlay(row, list(way.pieces(row.open_time, min(row.close_time, now) + 1)), tape) for row in rows]


def _overlay(row: Candle, pieces: list[tuple[int, int, int | None]], tape: Tape) -> Candle:
    if all(price is None for *_, price in pieces):
        return row
    prices: list[int] = []
    for start, end, given in pieces:
        if given is not None:
            prices.append(given)
            continue
        before, bar = tape.tick_before(start), tape.total(start, end)
        if before is not None:
            prices.append(before.price)
        if bar is not None:
            prices += (bar.open, bar.high, bar.low, bar.close)
    return row._replace(open=prices[0], high=max(prices), low=min(prices), close=prices[-1])


def traded(info: ContractInfo, rows: Iterable[Candle]) -> list[list[Any]]:
    """Candles with volumes."""
    return candle_rows(rows, info.price_digits, info.qty_digits, info.worth_digits, info.amount)


def _bare(rows: Iterable[Candle]) -> list[list[Any]]:
    """Candles of prices that nobody trades at: zeros stand for volumes."""
    return [
        [
            ms(row.open_time), decimal(row.open), decimal(row.high), decimal(row.low), decimal(row.close), "0",
            ms(row.close_time), "0", 0, "0", "0", "0",
        ]
        for row in rows
    ]  # fmt: skip


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    klines,
    continuous_klines,
    index_price_klines,
    mark_price_klines,
    premium_index_klines,
)
