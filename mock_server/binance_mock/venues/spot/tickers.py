"""Price statistics: 24hr, trading day, rolling window, last and best prices."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.engine.intervals import DAY, HOUR, MINUTE
from binance_mock.engine.units import SCALE
from binance_mock.engine.windows import Window, rolling_start, trading_day, window
from binance_mock.venues import errors
from binance_mock.venues.decimals import ZERO, show
from binance_mock.venues.endpoint import Endpoint, Json, endpoint
from binance_mock.venues.spot.kinds import (
    HundredSymbols,
    SymbolList,
    SymbolName,
    SymbolStatus,
    TickerType,
    WindowSize,
    Zone,
)
from binance_mock.venues.spot.render import percent
from binance_mock.venues.spot.selection import chosen
from binance_mock.venues.spot.symbols import SymbolInfo
from binance_mock.venues.spot.venue import SpotCall
from binance_mock.venues.weights import BySymbols, PerSymbol

_UNITS: Final = {"m": MINUTE, "h": HOUR, "d": DAY}
_PRICES = BySymbols(one=2, many=((20, 4),), none=4)


@endpoint(
    "GET",
    "/api/v3/ticker/24hr",
    group="market",
    weight=BySymbols(one=2, many=((20, 2), (100, 40), (10**9, 80)), none=80),
)
def ticker_24hr(
    call: SpotCall,
    symbol: SymbolName | None = None,
    symbols: SymbolList | None = None,
    type: TickerType = "FULL",
    symbolStatus: SymbolStatus | None = None,
) -> Json:
    """Statistics of the last 24 hours, a window that rolls."""
    rows = []
    for info in chosen(call, symbol, symbols, symbolStatus):
        market = call.venue.market(info.name, call.now)
        stats = window(market.tape, call.now - DAY, call.now)
        row = _statistics(call, info, stats, type)
        if type == "FULL":
            bid, ask = market.book.bids.best, market.book.asks.best
            row |= {
                "prevClosePrice": show(stats.prev_close),
                "lastQty": show(stats.last_qty),
                "bidPrice": show(bid.price) if bid else ZERO,
                "bidQty": show(bid.qty) if bid else ZERO,
                "askPrice": show(ask.price) if ask else ZERO,
                "askQty": show(ask.qty) if ask else ZERO,
            }
        rows.append(row)
    return rows[0] if symbol is not None else rows


@endpoint("GET", "/api/v3/ticker/tradingDay", group="market", weight=PerSymbol(4, 200))
def ticker_trading_day(
    call: SpotCall,
    symbol: SymbolName | None = None,
    symbols: HundredSymbols | None = None,
    timeZone: Zone = 0,
    type: TickerType = "FULL",
    symbolStatus: SymbolStatus | None = None,
) -> Json:
    """Statistics of the calendar day in a time zone."""
    start, end = trading_day(call.now, timeZone)
    return _windows(call, symbol, symbols, symbolStatus, start, end, type)


@endpoint("GET", "/api/v3/ticker", group="market", weight=PerSymbol(4, 200))
def ticker(
    call: SpotCall,
    symbol: SymbolName | None = None,
    symbols: HundredSymbols | None = None,
    windowSize: WindowSize = "1d",
    type: TickerType = "FULL",
    symbolStatus: SymbolStatus | None = None,
) -> Json:
    """Statistics of a window that rolls and opens on a full minute."""
    size = int(windowSize[:-1]) * _UNITS[windowSize[-1]]
    return _windows(call, symbol, symbols, symbolStatus, rolling_start(call.now, size), call.now, type)


@endpoint("GET", "/api/v3/ticker/price", group="market", weight=_PRICES)
def ticker_price(
    call: SpotCall,
    symbol: SymbolName | None = None,
    symbols: SymbolList | None = None,
    symbolStatus: SymbolStatus | None = None,
) -> Json:
    """Last prices."""
    rows = [
        {"symbol": info.name, "price": show(call.venue.last_price(info.name))}
        for info in chosen(call, symbol, symbols, symbolStatus)
    ]
    return rows[0] if symbol is not None else rows


@endpoint("GET", "/api/v3/ticker/bookTicker", group="market", weight=_PRICES)
def book_ticker(
    call: SpotCall,
    symbol: SymbolName | None = None,
    symbols: SymbolList | None = None,
    symbolStatus: SymbolStatus | None = None,
) -> Json:
    """Best bids and asks."""
    rows = []
    for info in chosen(call, symbol, symbols, symbolStatus):
        book = call.venue.market(info.name, call.now).book
        bid, ask = book.bids.best, book.asks.best
        rows.append(
            {
                "symbol": info.name,
                "bidPrice": show(bid.price) if bid else ZERO,
                "bidQty": show(bid.qty) if bid else ZERO,
                "askPrice": show(ask.price) if ask else ZERO,
                "askQty": show(ask.qty) if ask else ZERO,
            }
        )
    return rows[0] if symbol is not None else rows


def _windows(
    call: SpotCall,
    symbol: str | None,
    symbols: list[str] | None,
    status: str | None,
    start: int,
    end: int,
    type: str,
) -> Json:
    if symbol is None and symbols is None:
        raise errors.either("symbol", "symbols")
    rows = []
    for info in chosen(call, symbol, symbols, status):
        tape = call.venue.market(info.name, call.now).tape
        rows.append(_statistics(call, info, window(tape, start, end), type))
    return rows[0] if symbol is not None else rows


def _statistics(call: SpotCall, info: SymbolInfo, stats: Window, type: str) -> dict[str, Any]:
    """The fields that all windows share (rule S-171)."""
    row: dict[str, Any] = {"symbol": info.name}
    if type == "FULL":
        change = stats.last - stats.open if stats.count or stats.volume else 0
        row["priceChange"] = show(change)
        row["priceChangePercent"] = percent(change * SCALE, stats.open * SCALE)
        row["weightedAvgPrice"] = show(stats.weighted_average)
    return row | {
        "openPrice": show(stats.open),
        "highPrice": show(stats.high),
        "lowPrice": show(stats.low),
        "lastPrice": show(stats.last),
        "volume": show(stats.volume),
        "quoteVolume": show(stats.quote),
        "openTime": call.time(stats.open_time),
        "closeTime": call.time(stats.close_time),
        "firstId": stats.first_id,
        "lastId": stats.last_id,
        "count": stats.count,
    }


ENDPOINTS: Final[tuple[Endpoint, ...]] = (ticker_24hr, ticker_trading_day, ticker, ticker_price, book_ticker)
