"""The five kinds of candles: of a contract, of a pair's contract, of index, mark price and premium.

Index and mark price follow the market, so their candles are those of its trades. When a tester set one of them is not
kept: it shows in the candle that holds the present, which closes on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from binance_mock.engine.candles import Candle
from binance_mock.engine.candles import klines as candles
from binance_mock.engine.intervals import Interval
from binance_mock.venues.endpoint import Endpoint, Json
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.declare import endpoint
from binance_mock.venues.usdm.kinds import Kind, KlineInterval, KlinePage, PairName, SymbolName, Time
from binance_mock.venues.usdm.rates import premium
from binance_mock.venues.usdm.render import decimal, ms, price, product, quantity
from binance_mock.venues.usdm.selection import Span, of_kind, of_pair, span, tape_of
from binance_mock.venues.usdm.venue import UsdmCall
from binance_mock.venues.weights import ByLimit

_WEIGHT: Final = ByLimit((99, 1), (499, 2), (1000, 5), (1500, 10), default=5)


@endpoint("GET", "/fapi/v1/klines", group="market", weight=_WEIGHT)
def klines(
    call: UsdmCall,
    symbol: SymbolName,
    interval: KlineInterval,
    startTime: Time | None = None,
    endTime: Time | None = None,
    limit: KlinePage = 500,
) -> Json:
    """Candles of a contract."""
    info = call.venue.info(symbol)
    return _traded(info, _candles(call, info, interval, span(startTime, endTime), limit))


@endpoint("GET", "/fapi/v1/continuousKlines", group="market", weight=_WEIGHT)
def continuous_klines(
    call: UsdmCall,
    pair: PairName,
    contractType: Kind,
    interval: KlineInterval,
    startTime: Time | None = None,
    endTime: Time | None = None,
    limit: KlinePage = 500,
) -> Json:
    """Candles of a pair's contract of one kind; none where the pair has no such contract."""
    info = of_kind(call, pair, contractType)
    stretch = span(startTime, endTime)
    return [] if info is None else _traded(info, _candles(call, info, interval, stretch, limit))


@endpoint("GET", "/fapi/v1/indexPriceKlines", group="market", weight=_WEIGHT)
def index_price_klines(
    call: UsdmCall,
    pair: PairName,
    interval: KlineInterval,
    startTime: Time | None = None,
    endTime: Time | None = None,
    limit: KlinePage = 500,
) -> Json:
    """Candles of a pair's index price."""
    info = of_pair(call, pair)[0]
    return _bare(_index(call, info, interval, span(startTime, endTime), limit))


@endpoint("GET", "/fapi/v1/markPriceKlines", group="market", weight=_WEIGHT)
def mark_price_klines(
    call: UsdmCall,
    symbol: SymbolName,
    interval: KlineInterval,
    startTime: Time | None = None,
    endTime: Time | None = None,
    limit: KlinePage = 500,
) -> Json:
    """Candles of a contract's mark price."""
    info = call.venue.info(symbol)
    return _bare(_mark(call, info, interval, span(startTime, endTime), limit))


@endpoint("GET", "/fapi/v1/premiumIndexKlines", group="market", weight=_WEIGHT)
def premium_index_klines(
    call: UsdmCall,
    symbol: SymbolName,
    interval: KlineInterval,
    startTime: Time | None = None,
    endTime: Time | None = None,
    limit: KlinePage = 500,
) -> Json:
    """Candles of how far the mark price is above the index; high and low are those of opening and close."""
    info = call.venue.info(symbol)
    stretch = span(startTime, endTime)
    marks = _mark(call, info, interval, stretch, limit)
    indexes = {candle.open_time: candle for candle in _index(call, info, interval, stretch, limit)}
    rows = []
    for mark in marks:
        index = indexes.get(mark.open_time)
        if index is not None:
            first, last = premium(mark.open, index.open), premium(mark.close, index.close)
            rows.append(mark._replace(open=first, high=max(first, last), low=min(first, last), close=last))
    return _bare(rows)


def _candles(call: UsdmCall, info: ContractInfo, interval: str, stretch: Span, limit: int) -> list[Candle]:
    return candles(
        tape_of(call, info), Interval(interval), limit=limit, now=call.now, start=stretch.start, end=stretch.end
    )


def _mark(call: UsdmCall, info: ContractInfo, interval: str, stretch: Span, limit: int) -> list[Candle]:
    rows = _candles(call, info, interval, stretch, limit)
    return _closing_on(call.venue.mark_price(info.name), rows, call.now)


def _index(call: UsdmCall, info: ContractInfo, interval: str, stretch: Span, limit: int) -> list[Candle]:
    rows = _candles(call, call.venue.index_source(info), interval, stretch, limit)
    return _closing_on(call.venue.index_price(info.name), rows, call.now)


def _closing_on(price: int, rows: list[Candle], now: int) -> list[Candle]:
    """Let the candle that holds the present, if it is among them, close on a price."""
    if rows and rows[-1].close_time >= now:
        last = rows[-1]
        rows[-1] = last._replace(close=price, high=max(last.high, price), low=min(last.low, price))
    return rows


def _traded(info: ContractInfo, rows: Iterable[Candle]) -> list[list[Any]]:
    """Candles with volumes."""
    return [
        [
            ms(row.open_time),
            price(info, row.open),
            price(info, row.high),
            price(info, row.low),
            price(info, row.close),
            quantity(info, row.volume),
            ms(row.close_time),
            product(info, row.quote),
            row.count,
            quantity(info, row.taker_base),
            product(info, row.taker_quote),
            "0",
        ]
        for row in rows
    ]


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
