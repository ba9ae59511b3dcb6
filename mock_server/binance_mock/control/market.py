"""Moving the market: price, liquidity, trading status, and history from files."""

from __future__ import annotations

from typing import Any, Final, Literal

from binance_mock.control.call import Body, ControlCall, ControlError, Scene, control, nearest
from binance_mock.engine.market import Market
from binance_mock.engine.units import SCALE
from binance_mock.venues import maker
from binance_mock.venues.board import Board
from binance_mock.venues.decimals import ZERO, read, show
from binance_mock.venues.options.venue import OptionsVenue
from binance_mock.venues.spot.feed import FeedError, feed
from binance_mock.venues.usdm.locks import STATUSES as CONTRACT_STATUSES
from binance_mock.world import World

FOLLOW: Final = "follow"
"""Instead of a mark or index price: follow the market again."""
_SPOT_STATUSES: Final = ("TRADING", "END_OF_DAY", "HALT", "BREAK", "CANCEL_ONLY")


class MarketBody(Body, kw_only=True):
    """What changes about a market. `levels` is the number of price levels of the market maker on each side.

    `mark_price` and `index_price` are for contracts; "follow" lets both follow the market again. `funding_rate` is for
    perpetuals: what the coming settlements pay, such as "-0.0001", until "follow".
    """

    price: str | None = None
    mark_price: str | None = None
    index_price: str | None = None
    funding_rate: str | None = None
    status: (
        Literal[
            "TRADING", "END_OF_DAY", "HALT", "BREAK", "CANCEL_ONLY", "PENDING_TRADING", "PRE_DELIVERING", "DELIVERING",
            "DELIVERED", "PRE_SETTLE", "SETTLING", "CLOSE",
        ]
        | None
    ) = None  # fmt: skip
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
    """Set price, mark price, funding rate, liquidity or trading status of a symbol."""
    world = scene.world
    venue, info, market = _market(scene)
    now = world.clock.now()
    price = market.tape.last_price or info.reference_price
    if body.price is not None:
        price = _price("price", body.price)
    if body.levels is not None and not 0 <= body.levels <= 1000:
        raise ControlError(f"levels is {body.levels}", "send a number from 0 to 1000")
    marks = _marks(world, venue, body)
    rate = _funding_rate(venue, info, body.funding_rate)
    if body.status is not None:
        _check_status(venue, body.status)
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
    if _has_marks(venue):
        if body.mark_price == FOLLOW or body.index_price == FOLLOW:
            venue.follow_market(info.name, now)
        if body.funding_rate is not None:
            venue.marks.set_funding_rate(info.name, rate)
        venue.set_marks(info.name, now, **marks)
        venue.pass_time(now)
    if body.status is not None:
        venue.set_status(info.name, body.status)
    return _state(venue, info, market)


def _marks(world: World, venue: Any, body: MarketBody) -> dict[str, int]:
    """The mark and index prices that are sent, checked."""
    sent = {"mark": body.mark_price, "index": body.index_price}
    given = {name: text for name, text in sent.items() if text is not None}
    if given and not _has_marks(venue):
        others = ", ".join(name for name, each in _boards(world).items() if _has_marks(each))
        raise ControlError(f"{venue.name} has no {next(iter(given))} prices", f"they are for the venue {others}")
    prices = {name: _price(f"{name}_price", text) for name, text in given.items() if text != FOLLOW}
    for name, price in prices.items():
        if price <= 0:
            raise ControlError(f"{name}_price is not above zero", f'send {{"{name}_price": "65000"}}')
    return prices


def _check_status(venue: Any, status: str) -> None:
    """Refuse a state that symbols of the venue do not have."""
    legal = CONTRACT_STATUSES if _has_marks(venue) else _SPOT_STATUSES
    if status not in legal:
        raise ControlError(f"{venue.name} has no status {status}", f"its states are {', '.join(legal)}")


def _funding_rate(venue: Any, info: Any, text: str | None) -> int | None:
    """The rate that is sent, checked; None for one that follows the market."""
    if text is None:
        return None
    if not _has_marks(venue) or not info.perpetual:
        raise ControlError(f"{info.name} of {venue.name} is not funded", "funding rates are for perpetual contracts")
    if text == FOLLOW:
        return None
    try:
        rate = read(text)
    except ValueError as error:
        raise ControlError(f"funding_rate: {error}", 'send {"funding_rate": "-0.0001"}') from None
    if abs(rate) >= SCALE:
        raise ControlError("funding_rate is not below 1", 'send {"funding_rate": "0.0001"} for 0.01 %')
    return rate


def _price(name: str, text: str) -> int:
    try:
        return read(text)
    except ValueError as error:
        raise ControlError(f"{name}: {error}", f'send {{"{name}": "65000"}}') from None


def _boards(world: World) -> dict[str, Any]:
    """The venues with order books, by name."""
    return {name: venue for name, venue in world.venues.items() if isinstance(venue, Board)}


def _has_marks(venue: Any) -> bool:
    """Whether its symbols have mark and index prices that can be set."""
    return hasattr(venue, "marks")


def _market(scene: Scene) -> tuple[Any, Any, Market]:
    name = scene.place["venue"]
    venues = _boards(scene.world)
    venue = venues.get(name)
    if venue is None:
        raise ControlError(f"there is no venue {name!r}", f"the venues are {', '.join(venues)}", 404)
    if isinstance(venue, OptionsVenue):
        venue.pass_time(scene.world.clock.now())  # What is listed depends on the time.
    info = _info(venue, scene.place["symbol"])
    return venue, info, venue.market(info.name, scene.world.clock.now())


def _info(venue: Any, symbol: str) -> Any:
    info = venue.symbols.get(symbol)
    if info is None:
        raise ControlError(f"there is no symbol {symbol!r}", nearest(symbol, list(venue.symbols)), 404)
    return info


def _state(venue: Any, info: Any, market: Market) -> dict[str, Any]:
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
    if _has_marks(venue):
        state["mark_price"] = show(venue.mark_price(info.name))
        state["index_price"] = show(venue.index_price(info.name))
        rate = venue.marks.funding_rate(info.name)
        state["funding_rate"] = FOLLOW if rate is None else show(rate)
    return state


CALLS: Final[tuple[ControlCall, ...]] = (feed_file, show_market, show_book, change)
