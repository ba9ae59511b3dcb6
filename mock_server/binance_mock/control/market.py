"""Moving the market: price, liquidity, trading status, and history from files."""

from __future__ import annotations

from typing import Any, Final, Literal

from binance_mock.control.call import Body, ControlCall, ControlError, Scene, control, nearest
from binance_mock.engine.market import Market
from binance_mock.venues import maker
from binance_mock.venues.decimals import ZERO, read, show
from binance_mock.venues.spot.feed import FeedError, feed
from binance_mock.venues.spot.venue import SpotVenue
from binance_mock.venues.usdm.venue import UsdmVenue

FOLLOW: Final = "follow"
"""Instead of a mark or index price: follow the market again."""


class MarketBody(Body, kw_only=True):
    """What changes about a market. `levels` is the number of price levels of the market maker on each side.

    `mark_price` and `index_price` are for contracts; "follow" lets both follow the market again.
    """

    price: str | None = None
    mark_price: str | None = None
    index_price: str | None = None
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
    info = _info(world.spot, body.symbol)
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
    venue, info, market = _market(scene)
    return _state(venue, info, market)


@control("GET", "/market/{venue}/{symbol}/book", query=("limit",))
def show_book(scene: Scene, body: Body) -> Any:
    """The order book of a symbol: bids and asks, best first, each with price and visible quantity."""
    _, _, market = _market(scene)
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
    """Set price, mark price, liquidity or trading status of a symbol."""
    world = scene.world
    venue, info, market = _market(scene)
    now = world.clock.now()
    price = market.tape.last_price or info.reference_price
    if body.price is not None:
        price = _price("price", body.price)
    if body.levels is not None and not 0 <= body.levels <= 1000:
        raise ControlError(f"levels is {body.levels}", "send a number from 0 to 1000")
    marks = _marks(venue, body)
    try:
        if body.price is not None:
            events = maker.set_price(venue, market, info, price, now, body.levels)
        elif body.levels is not None:
            events = maker.quote_liquidity(venue, market, info, price, now, body.levels)
        else:
            events = []
    except ValueError as error:
        raise ControlError(str(error), f"exchangeInfo shows the filters of {info.name}") from None
    if venue is world.spot:
        world.spot.count_first_fills(events, world.desks["spot"].orders, now)
    if isinstance(venue, UsdmVenue):
        if body.mark_price == FOLLOW or body.index_price == FOLLOW:
            venue.marks.follow(info.name)
        venue.marks.set(info.name, **marks)
    if body.status is not None:
        venue.set_status(info.name, body.status)
    return _state(venue, info, market)


def _marks(venue: Any, body: MarketBody) -> dict[str, int]:
    """The mark and index prices that are sent, checked."""
    sent = {"mark": body.mark_price, "index": body.index_price}
    given = {name: text for name, text in sent.items() if text is not None}
    if given and not isinstance(venue, UsdmVenue):
        raise ControlError(f"{venue.name} has no {next(iter(given))} prices", "they are for the venue usdm")
    prices = {name: _price(f"{name}_price", text) for name, text in given.items() if text != FOLLOW}
    for name, price in prices.items():
        if price <= 0:
            raise ControlError(f"{name}_price is not above zero", f'send {{"{name}_price": "65000"}}')
    return prices


def _price(name: str, text: str) -> int:
    try:
        return read(text)
    except ValueError as error:
        raise ControlError(f"{name}: {error}", f'send {{"{name}": "65000"}}') from None


def _market(scene: Scene) -> tuple[SpotVenue | UsdmVenue, Any, Market]:
    name = scene.place["venue"]
    venues: dict[str, SpotVenue | UsdmVenue | None] = {"spot": scene.world.spot, "usdm": scene.world.usdm}
    venue = venues.get(name)
    if venue is None:
        raise ControlError(f"there is no venue {name!r}", f"the venues are {', '.join(venues)}", 404)
    info = _info(venue, scene.place["symbol"])
    return venue, info, venue.market(info.name, scene.world.clock.now())


def _info(venue: SpotVenue | UsdmVenue, symbol: str) -> Any:
    info = venue.symbols.get(symbol)
    if info is None:
        raise ControlError(f"there is no symbol {symbol!r}", nearest(symbol, list(venue.symbols)), 404)
    return info


def _state(venue: SpotVenue | UsdmVenue, info: Any, market: Market) -> dict[str, Any]:
    bid, ask = market.book.bids.best, market.book.asks.best
    state = {
        "symbol": info.name,
        "status": venue.status(info.name),
        "last_price": show(market.tape.last_price),
        "bid_price": show(bid.price) if bid else ZERO,
        "bid_qty": show(bid.qty) if bid else ZERO,
        "ask_price": show(ask.price) if ask else ZERO,
        "ask_qty": show(ask.qty) if ask else ZERO,
        "levels": [len(market.book.bids.keys), len(market.book.asks.keys)],
    }
    if isinstance(venue, UsdmVenue):
        state["mark_price"] = show(venue.mark_price(info.name))
        state["index_price"] = show(venue.index_price(info.name))
    return state


CALLS: Final[tuple[ControlCall, ...]] = (feed_file, show_market, show_book, change)
