"""What options are worth: mark prices with Greeks, statistics of a day, index prices."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json
from binance_mock.venues.options.kinds import SymbolName, UnderlyingName
from binance_mock.venues.options.listings import Contract
from binance_mock.venues.options.render import decimal, ms, plain, price, product, quantity, ratio, volatility
from binance_mock.venues.options.selection import chosen
from binance_mock.venues.options.venue import OptionsCall
from binance_mock.venues.weights import ByParameter

_NO_INTEREST: Final = "0.0"


@endpoint("GET", "/eapi/v1/mark", group="market", weight=5)
def mark(call: OptionsCall, symbol: SymbolName | None = None) -> Json:
    """Mark prices and Greeks; a list for one contract, too (rule O-54)."""
    return [_mark(call, info) for info in chosen(call, symbol)]


@endpoint("GET", "/eapi/v1/ticker", group="market", weight=ByParameter("symbol", given=1, otherwise=40))
def ticker(call: OptionsCall, symbol: SymbolName | None = None) -> Json:
    """Statistics of the last 24 hours, a window that rolls; a list for one contract, too (rule O-54)."""
    return [_day(call, info) for info in chosen(call, symbol)]


@endpoint("GET", "/eapi/v1/index", group="market", weight=1)
def index(call: OptionsCall, underlying: UnderlyingName) -> Json:
    """The index price of an underlying: that of its perpetual future (rule O-53)."""
    name = call.venue.underlying(underlying).name
    return {"time": ms(call.now), "indexPrice": decimal(call.venue.index_price(name))}


def _mark(call: OptionsCall, info: Contract) -> dict[str, Any]:
    found = call.venue.quote(info, call.now)
    greeks = found.greeks
    low, high = info.price_limits(greeks.price)
    return {
        "symbol": info.name,
        "markPrice": price(info, greeks.price),
        "bidIV": volatility(found.bid),
        "askIV": volatility(found.ask),
        "markIV": volatility(found.volatility),
        "delta": decimal(greeks.delta),
        "theta": decimal(greeks.theta),
        "gamma": decimal(greeks.gamma),
        "vega": decimal(greeks.vega),
        "highPriceLimit": price(info, high),
        "lowPriceLimit": price(info, low),
        "riskFreeInterest": _NO_INTEREST,
    }


def _day(call: OptionsCall, info: Contract) -> dict[str, Any]:
    venue = call.venue
    stats, bid, ask = venue.day(info, call.now)
    change = stats.last - stats.open if stats.open else 0
    return {
        "symbol": info.name,
        "priceChange": price(info, change),
        "priceChangePercent": ratio(change, stats.open, 4),
        "lastPrice": price(info, stats.last),
        "lastQty": quantity(info, stats.last_qty),
        "open": price(info, stats.open),
        "high": price(info, stats.high),
        "low": price(info, stats.low),
        "volume": quantity(info, stats.volume),
        "amount": product(info, stats.quote),
        "bidPrice": price(info, bid),
        "askPrice": price(info, ask),
        "openTime": ms(stats.open_time),
        "closeTime": ms(stats.close_time),
        "firstTradeId": max(0, stats.first_id),
        "tradeCount": stats.count,
        "strikePrice": plain(info.strike),
        "exercisePrice": decimal(venue.settlement_estimate(info, call.now) or venue.index_price(info.underlying)),
    }


ENDPOINTS: Final[tuple[Endpoint, ...]] = (mark, ticker, index)
