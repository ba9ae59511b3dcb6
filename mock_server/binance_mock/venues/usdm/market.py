"""Public market data: the book and the trades."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from binance_mock.engine.intervals import HOUR
from binance_mock.engine.trades import Trade
from binance_mock.venues import errors
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.kinds import DepthLimit, HistoricalPage, Id, Page, RpiDepthLimit, SymbolName, Time
from binance_mock.venues.usdm.render import ms, price, quantity
from binance_mock.venues.usdm.selection import span, tape_of
from binance_mock.venues.usdm.venue import UsdmCall
from binance_mock.venues.weights import ByLimit


@endpoint(
    "GET",
    "/fapi/v1/depth",
    group="market",
    weight=ByLimit((50, 2), (100, 5), (500, 10), (1000, 20), default=10),
)
def depth(call: UsdmCall, symbol: SymbolName, limit: DepthLimit = 500) -> Json:
    """The order book, best prices first."""
    return book(call, symbol, limit)


@endpoint("GET", "/fapi/v1/rpiDepth", group="market", weight=20)
def rpi_depth(call: UsdmCall, symbol: SymbolName, limit: RpiDepthLimit = 1000) -> Json:
    """The order book with the orders of retail price improvement, of which the mock has none."""
    return book(call, symbol, limit)


@endpoint("GET", "/fapi/v1/trades", group="market", weight=5)
def trades(call: UsdmCall, symbol: SymbolName, limit: Page = 500) -> Json:
    """The newest trades."""
    info = call.venue.info(symbol)
    return _trades(info, tape_of(call, info).newest(limit))


@endpoint("GET", "/fapi/v1/historicalTrades", group="market", security=Security.MARKET_DATA, weight=200)
def historical_trades(
    call: UsdmCall, symbol: SymbolName, limit: HistoricalPage = 100, fromId: Id | None = None
) -> Json:
    """Trades from an id on, or the newest."""
    info = call.venue.info(symbol)
    tape = tape_of(call, info)
    return _trades(info, tape.newest(limit) if fromId is None else tape.from_id(fromId, limit))


@endpoint("GET", "/fapi/v1/aggTrades", group="market", weight=20)
def agg_trades(
    call: UsdmCall,
    symbol: SymbolName,
    fromId: Id | None = None,
    startTime: Time | None = None,
    endTime: Time | None = None,
    limit: Page = 500,
) -> Json:
    """Trades of one taker order at one price and time, summed up; one hour at most where both times are sent."""
    if fromId is not None and (startTime is not None or endTime is not None):
        raise errors.bad_combination()
    info = call.venue.info(symbol)
    start, end = span(startTime, endTime, HOUR)
    return [
        {
            "a": row.id,
            "p": price(info, row.price),
            "q": quantity(info, row.qty),
            # No trade is of retail price improvement.
            "nq": quantity(info, row.qty),
            "f": row.first_id,
            "l": row.last_id,
            "T": ms(row.time),
            "m": row.buyer_maker,
        }
        for row in tape_of(call, info).aggregates(limit=limit, from_id=fromId, start=start, end=end)
    ]


def book(call: UsdmCall, symbol: str, limit: int) -> dict[str, Any]:
    """A snapshot. The book does not keep when it changed, so both times are that of the call."""
    info = call.venue.info(symbol)
    orders = call.venue.market(symbol, call.now).book
    bids, asks = orders.depth(limit)
    return {
        "lastUpdateId": orders.update_id,
        "E": ms(call.now),
        "T": ms(call.now),
        "bids": [[price(info, at), quantity(info, qty)] for at, qty in bids],
        "asks": [[price(info, at), quantity(info, qty)] for at, qty in asks],
    }


def _trades(info: ContractInfo, found: Iterable[Trade]) -> list[dict[str, Any]]:
    return [
        {
            "id": trade.id,
            "price": price(info, trade.price),
            "qty": quantity(info, trade.qty),
            "quoteQty": price(info, trade.quote),
            "time": ms(trade.time),
            "isBuyerMaker": trade.buyer_maker,
            "isRPITrade": False,
        }
        for trade in found
    ]


ENDPOINTS: Final[tuple[Endpoint, ...]] = (depth, rpi_depth, trades, historical_trades, agg_trades)
