"""Public market data: book, candles, mark prices, funding, tickers. One contract, too, is answered by a list."""

from __future__ import annotations

from typing import Final

from binance_mock.engine.intervals import DAY
from binance_mock.venues.coinm.selection import chosen, span
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json
from binance_mock.venues.usdm import candles, funding, tickers
from binance_mock.venues.usdm import market as usdm_market
from binance_mock.venues.usdm.kinds import DepthLimit, KlineInterval, KlinePage, Page, PairName, SymbolName, Time
from binance_mock.venues.usdm.selection import Span
from binance_mock.venues.usdm.venue import UsdmCall
from binance_mock.venues.weights import ByLimit, ByParameter

_WIDEST: Final = 200 * DAY


@endpoint(
    "GET",
    "/dapi/v1/depth",
    group="market",
    weight=ByLimit((50, 2), (100, 5), (500, 10), (1000, 20), default=10),
)
def depth(call: UsdmCall, symbol: SymbolName, limit: DepthLimit = 500) -> Json:
    """The order book, best prices first."""
    book = usdm_market.book(call, symbol, limit)
    return {**book, "symbol": symbol, "pair": call.venue.info(symbol).pair}


@endpoint(
    "GET",
    "/dapi/v1/klines",
    group="market",
    weight=ByLimit((99, 1), (499, 2), (1000, 5), (1500, 10), default=5),
)
def klines(
    call: UsdmCall,
    symbol: SymbolName,
    interval: KlineInterval,
    startTime: Time | None = None,
    endTime: Time | None = None,
    limit: KlinePage = 500,
) -> Json:
    """Candles of a contract: the last ones before endTime, which is 200 days after startTime where it is not sent."""
    info = call.venue.info(symbol)
    stretch = span(startTime, endTime, _WIDEST)
    end = stretch.end
    if end is None and startTime is not None:
        end = startTime + _WIDEST
    found = candles.candles_of(call, info, interval, Span(None, end), limit)
    return candles.traded(info, (row for row in found if startTime is None or row.open_time >= startTime))


@endpoint("GET", "/dapi/v1/premiumIndex", group="market", weight=10)
def premium_index(call: UsdmCall, symbol: SymbolName | None = None, pair: PairName | None = None) -> Json:
    """Mark and index price, and the rate that the coming settlement is heading for."""
    return [{**funding.premium_row(call, info), "pair": info.pair} for info in chosen(call, symbol, pair)]


@endpoint("GET", "/dapi/v1/fundingRate", group="market", weight=1)
def funding_rate(
    call: UsdmCall,
    symbol: SymbolName,
    startTime: Time | None = None,
    endTime: Time | None = None,
    limit: Page = 100,
) -> Json:
    """Settlements of the past; contracts with delivery have none."""
    rows = funding.settled_rows(call, chosen(call, symbol, None), startTime, endTime, limit)
    return [{name: value for name, value in row.items() if name != "rateType"} for row in rows]


@endpoint("GET", "/dapi/v1/ticker/24hr", group="market", weight=ByParameter("symbol", given=1, otherwise=40))
def ticker_24hr(call: UsdmCall, symbol: SymbolName | None = None, pair: PairName | None = None) -> Json:
    """Statistics of the last 24 hours, a window that rolls."""
    return [{**tickers.day(call, info, "baseVolume"), "pair": info.pair} for info in chosen(call, symbol, pair)]


@endpoint("GET", "/dapi/v1/ticker/price", group="market", weight=ByParameter("symbol", given=1, otherwise=2))
def ticker_price(call: UsdmCall, symbol: SymbolName | None = None, pair: PairName | None = None) -> Json:
    """Last prices, and when they were paid."""
    return [{**tickers.last(call, info), "ps": info.pair} for info in chosen(call, symbol, pair)]


@endpoint("GET", "/dapi/v1/ticker/bookTicker", group="market", weight=ByParameter("symbol", given=2, otherwise=5))
def book_ticker(call: UsdmCall, symbol: SymbolName | None = None, pair: PairName | None = None) -> Json:
    """Best bids and asks."""
    return [{**tickers.best(call, info), "pair": info.pair} for info in chosen(call, symbol, pair)]


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    depth,
    klines,
    premium_index,
    funding_rate,
    ticker_24hr,
    ticker_price,
    book_ticker,
)
