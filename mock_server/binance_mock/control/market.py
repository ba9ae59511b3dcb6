"""Moving the market: price, liquidity, trading status, and history from files."""

from __future__ import annotations

from typing import Any, Final, Literal

from binance_mock.control.call import Body, ControlCall, ControlError, Scene, control, nearest
from binance_mock.engine.market import Market
from binance_mock.venues import maker
from binance_mock.venues.decimals import ZERO, read, show
from binance_mock.venues.spot.feed import FeedError, feed
from binance_mock.venues.spot.symbols import SymbolInfo
from binance_mock.world import World


class MarketBody(Body, kw_only=True):
    """What changes about a market. `levels` is the number of price levels of the market maker on each side."""

    price: str | None = None
    status: Literal["TRADING", "END_OF_DAY", "HALT", "BREAK", "CANCEL_ONLY"] | None = None
    levels: int | None = None


class FeedBody(Body, kw_only=True):
    """A data file in the columns of Binance's public data; `source` names it in errors."""

    venue: Literal["spot"] = "spot"
    symbol: str
    kind: Literal["klines", "aggTrades"]
    csv: str
    source: str = "csv"


@control("POST", "/market/feed", FeedBody)
def feed_file(scene: Scene, body: FeedBody) -> Any:
    """Replace the standing history of a symbol by rows of a data file."""
    world = scene.world
    info = _info(world, body.symbol)
    try:
        report = feed(world.spot, info.name, body.kind, body.csv.splitlines(), body.source, world.clock.now())
    except FeedError as error:
        raise ControlError(str(error), "nothing was changed") from None
    return {
        "symbol": info.name,
        "rows": report.rows,
        "first_ms": report.first // 1000,
        "last_ms": report.last // 1000,
    }


@control("GET", "/market/{venue}/{symbol}")
def show_market(scene: Scene, body: Body) -> Any:
    """Last price, best prices and status of a symbol."""
    info, market = _market(scene)
    return _state(scene.world, info, market)


@control("GET", "/market/{venue}/{symbol}/book", query=("limit",))
def show_book(scene: Scene, body: Body) -> Any:
    """The order book of a symbol: bids and asks, best first, each with price and visible quantity."""
    _, market = _market(scene)
    text = scene.query.get("limit", "20")
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= 5000:
        raise ControlError(f"limit is {text!r}", "send a number from 1 to 5000")
    bids, asks = market.book.depth(int(text))
    return {
        "last_update_id": market.book.update_id,
        "bids": [[show(price), show(qty)] for price, qty in bids],
        "asks": [[show(price), show(qty)] for price, qty in asks],
    }


@control("POST", "/market/{venue}/{symbol}", MarketBody)
def change(scene: Scene, body: MarketBody) -> Any:
    """Set price, liquidity or trading status of a symbol."""
    world = scene.world
    info, market = _market(scene)
    now = world.clock.now()
    price = market.tape.last_price or info.reference_price
    if body.price is not None:
        try:
            price = read(body.price)
        except ValueError as error:
            raise ControlError(f"price: {error}", 'send {"price": "65000"}') from None
    if body.levels is not None and not 0 <= body.levels <= 1000:
        raise ControlError(f"levels is {body.levels}", "send a number from 0 to 1000")
    try:
        if body.price is not None:
            events = maker.set_price(world.spot, market, info, price, now, body.levels)
        elif body.levels is not None:
            events = maker.quote_liquidity(world.spot, market, info, price, now, body.levels)
        else:
            events = []
    except ValueError as error:
        raise ControlError(str(error), f"GET /api/v3/exchangeInfo?symbol={info.name} shows the filters") from None
    world.spot.count_first_fills(events, world.desks["spot"].orders, now)
    if body.status is not None:
        world.spot.set_status(info.name, body.status)
    return _state(world, info, market)


def _market(scene: Scene) -> tuple[SymbolInfo, Market]:
    if scene.place["venue"] != "spot":
        raise ControlError(f"there is no venue {scene.place['venue']!r}", "the venue is spot", 404)
    info = _info(scene.world, scene.place["symbol"])
    return info, scene.world.spot.market(info.name, scene.world.clock.now())


def _info(world: World, symbol: str) -> SymbolInfo:
    info = world.spot.symbols.get(symbol)
    if info is None:
        raise ControlError(f"there is no symbol {symbol!r}", nearest(symbol, list(world.spot.symbols)), 404)
    return info


def _state(world: World, info: SymbolInfo, market: Market) -> dict[str, Any]:
    bid, ask = market.book.bids.best, market.book.asks.best
    return {
        "symbol": info.name,
        "status": world.spot.status(info.name),
        "last_price": show(market.tape.last_price),
        "bid_price": show(bid.price) if bid else ZERO,
        "bid_qty": show(bid.qty) if bid else ZERO,
        "ask_price": show(ask.price) if ask else ZERO,
        "ask_qty": show(ask.qty) if ask else ZERO,
        "levels": [len(market.book.bids.keys), len(market.book.asks.keys)],
    }


CALLS: Final[tuple[ControlCall, ...]] = (feed_file, show_market, show_book, change)
