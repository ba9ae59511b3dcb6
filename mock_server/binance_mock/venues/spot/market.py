"""Public market data: book, trades, candles, prices."""

from __future__ import annotations

from typing import Final

from binance_mock.engine.candles import klines as candles
from binance_mock.engine.intervals import Interval
from binance_mock.engine.windows import average_price
from binance_mock.venues import errors
from binance_mock.venues.decimals import show
from binance_mock.venues.endpoint import Endpoint, Json, endpoint
from binance_mock.venues.errors import Refusal
from binance_mock.venues.spot.kinds import (
    DepthLimit,
    Id,
    KlineInterval,
    Page,
    SymbolName,
    SymbolStatus,
    Time,
    Zone,
)
from binance_mock.venues.spot.render import public_trade
from binance_mock.venues.spot.selection import single
from binance_mock.venues.spot.venue import SpotCall
from binance_mock.venues.weights import ByLimit


@endpoint(
    "GET",
    "/api/v3/depth",
    group="market",
    weight=ByLimit((100, 5), (500, 25), (1000, 50), (5000, 250), default=5),
)
def depth(
    call: SpotCall, symbol: SymbolName, limit: DepthLimit = 100, symbolStatus: SymbolStatus | None = None
) -> Json:
    """The order book, best prices first."""
    single(call, symbol, symbolStatus)
    book = call.venue.market(symbol, call.now).book
    bids, asks = book.depth(limit)
    return {
        "lastUpdateId": book.update_id,
        "bids": [[show(price), show(qty)] for price, qty in bids],
        "asks": [[show(price), show(qty)] for price, qty in asks],
    }


@endpoint("GET", "/api/v3/trades", group="market", weight=25)
def trades(call: SpotCall, symbol: SymbolName, limit: Page = 500) -> Json:
    """The newest trades."""
    tape = call.venue.market(symbol, call.now).tape
    return [public_trade(call, trade) for trade in tape.newest(limit)]


@endpoint("GET", "/api/v3/historicalTrades", group="market", weight=25)
def historical_trades(call: SpotCall, symbol: SymbolName, limit: Page = 500, fromId: Id | None = None) -> Json:
    """Trades from an id on, or the newest."""
    tape = call.venue.market(symbol, call.now).tape
    found = tape.newest(limit) if fromId is None else tape.from_id(fromId, limit)
    return [public_trade(call, trade) for trade in found]


@endpoint("GET", "/api/v3/historicalBlockTrades", group="market", weight=25)
def historical_block_trades(call: SpotCall, symbol: SymbolName, fromId: Id, limit: Page = 500) -> Json:
    """Block trades; the mock has none."""
    call.venue.info(symbol)
    return []


@endpoint("GET", "/api/v3/aggTrades", group="market", weight=4)
def agg_trades(
    call: SpotCall,
    symbol: SymbolName,
    fromId: Id | None = None,
    startTime: Time | None = None,
    endTime: Time | None = None,
    limit: Page = 500,
) -> Json:
    """Trades of one taker order at one price and time, summed up."""
    if fromId is not None and (startTime is not None or endTime is not None):
        raise errors.bad_combination()
    tape = call.venue.market(symbol, call.now).tape
    return [
        {
            "a": row.id,
            "p": show(row.price),
            "q": show(row.qty),
            "f": row.first_id,
            "l": row.last_id,
            "T": call.time(row.time),
            "m": row.buyer_maker,
            "M": True,
        }
        for row in tape.aggregates(limit=limit, from_id=fromId, start=startTime, end=_through(endTime))
    ]


@endpoint("GET", "/api/v3/klines", group="market", weight=2)
def klines(
    call: SpotCall,
    symbol: SymbolName,
    interval: KlineInterval,
    startTime: Time | None = None,
    endTime: Time | None = None,
    timeZone: Zone = 0,
    limit: Page = 500,
) -> Json:
    """Candles."""
    tape = call.venue.market(symbol, call.now).tape
    rows = candles(
        tape,
        Interval(interval),
        limit=limit,
        now=call.now,
        start=startTime,
        end=_through(endTime),
        offset=timeZone,
    )
    return [
        [
            call.time(row.open_time),
            show(row.open),
            show(row.high),
            show(row.low),
            show(row.close),
            show(row.volume),
            call.time(row.close_time),
            show(row.quote),
            row.count,
            show(row.taker_base),
            show(row.taker_quote),
            "0",
        ]
        for row in rows
    ]


# Candles for charts: as on the test network, the same as klines.
ui_klines = endpoint("GET", "/api/v3/uiKlines", group="market", weight=2)(klines.handler)


@endpoint("GET", "/api/v3/avgPrice", group="market", weight=2)
def avg_price(call: SpotCall, symbol: SymbolName) -> Json:
    """The volume weighted price of the last minutes."""
    info = call.venue.info(symbol)
    tape = call.venue.market(symbol, call.now).tape
    price, time = average_price(tape, info.average_minutes, call.now)
    return {"mins": info.average_minutes, "price": show(price), "closeTime": call.time(time)}


@endpoint("GET", "/api/v3/referencePrice", group="market", weight=2)
def reference_price(call: SpotCall, symbol: SymbolName) -> Json:
    """The reference price of a symbol; no symbol of the mock has one."""
    call.venue.info(symbol)
    raise _no_reference_price()


@endpoint("GET", "/api/v3/referencePrice/calculation", group="market", weight=2)
def reference_price_calculation(call: SpotCall, symbol: SymbolName, symbolStatus: SymbolStatus | None = None) -> Json:
    """How the reference price is worked out; no symbol of the mock has one."""
    single(call, symbol, symbolStatus)
    raise _no_reference_price()


def _no_reference_price() -> Refusal:
    return Refusal(-2043, "This symbol doesn't have a reference price.")


def _through(end: int | None) -> int | None:
    """An inclusive end in milliseconds takes in its whole millisecond."""
    return end if end is None or end % 1000 else end + 999


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    depth,
    trades,
    historical_trades,
    historical_block_trades,
    agg_trades,
    klines,
    ui_klines,
    avg_price,
    reference_price,
    reference_price_calculation,
)
