"""Price statistics: 24hr, last and best prices."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.engine.book import Level
from binance_mock.engine.intervals import DAY
from binance_mock.engine.windows import window
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.kinds import SymbolName
from binance_mock.venues.usdm.render import ms, price, quantity, ratio, worth_of
from binance_mock.venues.usdm.selection import chosen, tape_of
from binance_mock.venues.usdm.venue import UsdmCall
from binance_mock.venues.weights import ByParameter


@endpoint("GET", "/fapi/v1/ticker/24hr", group="market", weight=ByParameter("symbol", given=1, otherwise=40))
def ticker_24hr(call: UsdmCall, symbol: SymbolName | None = None) -> Json:
    """Statistics of the last 24 hours, a window that rolls."""
    rows = [day(call, info, "quoteVolume") for info in chosen(call, symbol)]
    return rows[0] if symbol is not None else rows


@endpoint("GET", "/fapi/v1/ticker/price", group="market", weight=ByParameter("symbol", given=1, otherwise=2))
def ticker_price(call: UsdmCall, symbol: SymbolName | None = None) -> Json:
    """Last prices, and when they were paid."""
    rows = [last(call, info) for info in chosen(call, symbol)]
    return rows[0] if symbol is not None else rows


# The second version weighs and answers the same.
ticker_price_v2 = endpoint(
    "GET", "/fapi/v2/ticker/price", group="market", weight=ByParameter("symbol", given=1, otherwise=2)
)(ticker_price.handler)


@endpoint("GET", "/fapi/v1/ticker/bookTicker", group="market", weight=ByParameter("symbol", given=2, otherwise=5))
def book_ticker(call: UsdmCall, symbol: SymbolName | None = None) -> Json:
    """Best bids and asks; the time is that of the call, as the book does not keep when it changed."""
    rows = [best(call, info) for info in chosen(call, symbol)]
    return rows[0] if symbol is not None else rows


def day(call: UsdmCall, info: ContractInfo, worth: str) -> dict[str, Any]:
    """The statistics of a contract; `worth` names the field of what the trades were worth."""
    stats = window(tape_of(call, info), call.now - DAY, call.now)
    change = stats.last - stats.open if stats.open else 0
    return {
        "symbol": info.name,
        "priceChange": price(info, change),
        "priceChangePercent": ratio(100 * change, stats.open, 3),
        "weightedAvgPrice": price(info, info.mean_price(stats.volume, stats.quote) if stats.volume else 0),
        "lastPrice": price(info, stats.last),
        "lastQty": quantity(info, stats.last_qty),
        "openPrice": price(info, stats.open),
        "highPrice": price(info, stats.high),
        "lowPrice": price(info, stats.low),
        "volume": quantity(info, stats.volume),
        worth: worth_of(info, stats.quote),
        "openTime": ms(stats.open_time),
        "closeTime": ms(stats.close_time),
        "firstId": stats.first_id,
        "lastId": stats.last_id,
        "count": stats.count,
    }


def last(call: UsdmCall, info: ContractInfo) -> dict[str, Any]:
    """The last price of a contract."""
    tick = tape_of(call, info).tick_before(call.now + 1)
    paid = tick.price if tick is not None else info.reference_price
    return {"symbol": info.name, "price": price(info, paid), "time": ms(tick.time if tick is not None else call.now)}


def best(call: UsdmCall, info: ContractInfo) -> dict[str, Any]:
    """The best prices of a contract."""
    book = call.venue.market(info.name, call.now).book
    (bid, bid_qty), (ask, ask_qty) = (_level(info, side.best) for side in (book.bids, book.asks))
    return {
        "symbol": info.name,
        "bidPrice": bid,
        "bidQty": bid_qty,
        "askPrice": ask,
        "askQty": ask_qty,
        "time": ms(call.now),
        "lastUpdateId": book.update_id,
    }


def _level(info: ContractInfo, level: Level | None) -> tuple[str, str]:
    """Price and quantity of a level; zeros where the side is empty."""
    return (price(info, level.price), quantity(info, level.qty)) if level else (price(info, 0), quantity(info, 0))


ENDPOINTS: Final[tuple[Endpoint, ...]] = (ticker_24hr, ticker_price, ticker_price_v2, book_ticker)
