"""Public market data: the book, the trades and their candles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from binance_mock.engine.candles import Candle
from binance_mock.engine.candles import klines as candles
from binance_mock.engine.intervals import Interval
from binance_mock.engine.trades import Trade
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.options.kinds import DepthLimit, Id, KlinePage, SymbolName, Time, TradePage
from binance_mock.venues.options.listings import Contract
from binance_mock.venues.options.render import decimal, ms, price, product, quantity
from binance_mock.venues.options.selection import span
from binance_mock.venues.options.venue import OptionsCall
from binance_mock.venues.usdm.kinds import KlineInterval
from binance_mock.venues.usdm.render import candle_rows
from binance_mock.venues.weights import ByLimit


@endpoint(
    "GET",
    "/eapi/v1/depth",
    group="market",
    weight=ByLimit((50, 1), (100, 5), (500, 10), (1000, 20), default=5),
)
def depth(call: OptionsCall, symbol: SymbolName, limit: DepthLimit = 100) -> Json:
    """The order book, best prices first. It does not keep when it changed, so its time is that of the call."""
    info = call.venue.info(symbol)
    book = call.venue.market(info.name, call.now).book
    bids, asks = ([[price(info, at), quantity(info, qty)] for at, qty in levels] for levels in book.depth(limit))
    number = call.venue.dialect.book_number
    if number == "u":
        return {"T": ms(call.now), "u": book.update_id, "bids": bids, "asks": asks}
    return {"bids": bids, "asks": asks, "T": ms(call.now), number: book.update_id}


@endpoint("GET", "/eapi/v1/trades", group="market", weight=5)
def trades(call: OptionsCall, symbol: SymbolName, limit: TradePage = 100) -> Json:
    """The newest trades."""
    info = call.venue.info(symbol)
    found = call.venue.tape(info, call.now).newest(limit)
    if call.venue.dialect.signed_trades:
        return [{"id": str(trade.id), "symbol": info.name, **_signed(info, trade)} for trade in found]
    return [{"id": trade.id, "tradeId": trade.id, "symbol": info.name, **_plain(info, trade)} for trade in found]


@endpoint("GET", "/eapi/v1/historicalTrades", group="market", security=Security.MARKET_DATA, weight=20)
def historical_trades(call: OptionsCall, symbol: SymbolName, fromId: Id | None = None, limit: TradePage = 100) -> Json:
    """Trades from an id on, or the newest."""
    info = call.venue.info(symbol)
    tape = call.venue.tape(info, call.now)
    found = tape.newest(limit) if fromId is None else tape.from_id(fromId, limit)
    fields = _signed if call.venue.dialect.signed_trades else _plain
    return [{"id": str(trade.id), "tradeId": str(trade.id), **fields(info, trade)} for trade in found]


@endpoint("GET", "/eapi/v1/klines", group="market", weight=1)
def klines(
    call: OptionsCall,
    symbol: SymbolName,
    interval: KlineInterval,
    startTime: Time | None = None,
    endTime: Time | None = None,
    limit: KlinePage = 500,
) -> Json:
    """Candles of a contract."""
    info = call.venue.info(symbol)
    stretch = span(startTime, endTime)
    rows = candles(
        call.venue.tape(info, call.now),
        Interval(interval),
        limit=limit,
        now=call.now,
        start=stretch.start,
        end=stretch.end,
    )
    if call.venue.dialect.candle_objects:
        return _named(info, interval, rows)
    return candle_rows(rows, info.price_digits, info.qty_digits, info.amount_digits)


def _named(info: Contract, interval: str, rows: Iterable[Candle]) -> list[dict[str, Any]]:
    """Candles as the generation of 2023 names their parts."""
    return [
        {
            "open": price(info, row.open),
            "high": price(info, row.high),
            "low": price(info, row.low),
            "close": price(info, row.close),
            "volume": quantity(info, row.volume),
            "amount": product(info, row.quote),
            "interval": interval,
            "tradeCount": row.count,
            "takerVolume": quantity(info, row.taker_base),
            "takerAmount": product(info, row.taker_quote),
            "openTime": ms(row.open_time),
            "closeTime": ms(row.close_time),
        }
        for row in rows
    ]


def _plain(info: Contract, trade: Trade) -> dict[str, Any]:
    """A trade; the side is that of the taker."""
    return {
        "price": price(info, trade.price),
        "qty": quantity(info, trade.qty),
        "quoteQty": price(info, trade.quote),
        "side": -1 if trade.buyer_maker else 1,
        "time": ms(trade.time),
    }


def _signed(info: Contract, trade: Trade) -> dict[str, Any]:
    """A trade whose quantities are below zero when the taker sold (rule O-65)."""
    sign = -1 if trade.buyer_maker else 1
    return {
        **_plain(info, trade),
        "qty": decimal(sign * trade.qty, info.qty_digits),
        "quoteQty": decimal(sign * trade.quote, info.price_digits),
    }


ENDPOINTS: Final[tuple[Endpoint, ...]] = (depth, trades, historical_trades, klines)
