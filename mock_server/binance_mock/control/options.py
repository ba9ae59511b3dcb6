"""Moving European options: prices, mark prices, volatilities, liquidity and trading status.

The index of an underlying is that of its perpetual future, and is set there.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from binance_mock.control.call import Body, ControlCall, ControlError, Scene, control, nearest
from binance_mock.control.market import FOLLOW
from binance_mock.engine.units import SCALE
from binance_mock.venues import maker
from binance_mock.venues.decimals import read, show
from binance_mock.venues.options.calendar import code_of, time_of
from binance_mock.venues.options.chain import plain
from binance_mock.venues.options.listings import Contract
from binance_mock.venues.options.pricing import OptionSide
from binance_mock.venues.options.surface import Surface
from binance_mock.venues.options.venue import OptionsVenue

_HIGHEST: Final = 100 * SCALE
_MOST: Final = 10**9 * SCALE


class OptionBody(Body, kw_only=True):
    """What changes about an option. A price is where the standing book stays until `mark_price` is "follow".

    `levels` is the number of price levels of the market maker on each side.
    """

    price: str | None = None
    mark_price: str | None = None
    status: Literal["TRADING", "HALT", "CLOSE"] | None = None
    levels: int | None = None


class VolatilityBody(Body, kw_only=True):
    """The volatilities of an underlying a year, such as "0.55".

    `level` is that at the money: of `expiry` (YYMMDD) where one is sent, of that `strike` alone where both are sent,
    else of all expiries without their own. `flat` takes skew and wings away, "follow" as level brings everything back.
    """

    level: str
    expiry: str | None = None
    strike: str | None = None
    flat: bool = False


@control("GET", "/market/options/{symbol}")
def show_option(scene: Scene, body: Body) -> Any:
    """Last price, best prices, mark price and volatility of an option."""
    venue, info = _option(scene)
    return _state(scene, venue, info)


@control("POST", "/market/options/{symbol}", OptionBody)
def change_option(scene: Scene, body: OptionBody) -> Any:
    """Set price, mark price, liquidity or trading status of an option."""
    venue, info = _option(scene)
    now = scene.world.clock.now()
    if body.levels is not None and not 0 <= body.levels <= 1000:
        raise ControlError(f"levels is {body.levels}", "send a number from 0 to 1000")
    price = None if body.price is None else _decimal("price", body.price)
    mark = None if body.mark_price in (None, FOLLOW) else _decimal("mark_price", body.mark_price or "")
    if mark is not None and mark <= 0:
        raise ControlError("mark_price is not above zero", 'send {"mark_price": "65.5"}')
    levels = venue.depth(info.name) if body.levels is None else body.levels
    if price is not None:
        try:
            maker.set_price(venue, venue.market(info.name, now), info, price, now, levels)
        except ValueError as error:
            raise ControlError(str(error), f"exchangeInfo shows the filters of {info.name}") from None
    venue.pins.depths[info.name] = levels
    if body.mark_price == FOLLOW:
        venue.follow_market(info.name, now, book=price is None)
    if price is None and body.levels is not None:
        maker.quote_liquidity(venue, venue.market(info.name, now), info, venue.middle(info, now), now, levels)
    if mark is not None:
        venue.pins.set(info.name, mark)
    if body.status is not None:
        venue.set_status(info.name, body.status)
    venue.pass_time(now)
    return _state(scene, venue, info)


@control("GET", "/market/options/{symbol}/contracts", query=("expiry", "side"))
def show_contracts(scene: Scene, body: Body) -> Any:
    """What is listed now on an underlying: expiries and strikes rising; of one expiry or side alone where named."""
    venue, name = _underlying(scene)
    code, side = scene.query.get("expiry"), scene.query.get("side")
    if code is not None and time_of(code) is None:
        raise ControlError(f"expiry is {code!r}", 'send a day such as "231229"')
    if side not in (None, *OptionSide):
        raise ControlError(f"side is {side!r}", "send CALL or PUT")
    expiry = None if code is None else time_of(code)
    return {
        "underlying": name,
        "index_price": show(venue.index_price(name)),
        "contracts": [
            {
                "symbol": info.name,
                "expiry": code_of(info.expiry),
                "expiry_ms": info.expiry // 1000,
                "strike": plain(info.strike),
                "side": info.side.value,
                "unit": info.unit,
                "status": venue.status(info.name),
            }
            for info in venue.symbols.values()
            if info.underlying == name and expiry in (None, info.expiry) and side in (None, info.side)
        ],
    }


@control("GET", "/market/options/{symbol}/volatility")
def show_volatility(scene: Scene, body: Body) -> Any:
    """The volatilities at the money of an underlying, such as BTCUSDT."""
    venue, name = _underlying(scene)
    return _surface(venue.surfaces[name])


@control("POST", "/market/options/{symbol}/volatility", VolatilityBody)
def set_volatility(scene: Scene, body: VolatilityBody) -> Any:
    """Set the volatilities that the options of an underlying are priced at."""
    venue, name = _underlying(scene)
    if body.level == FOLLOW:
        surface = Surface(venue.underlyings[name].volatility)
    else:
        surface = _changed(venue.surfaces[name], body)
    venue.set_surface(name, surface, scene.world.clock.now())
    return _surface(surface)


def _changed(surface: Surface, body: VolatilityBody) -> Surface:
    level = _decimal("level", body.level)
    if not 0 < level <= _HIGHEST:
        raise ControlError(f"level is {body.level}", 'send a volatility a year above 0, such as "0.55"')
    if body.flat:
        surface = Surface(surface.level, skew=0.0, wing=0.0, levels=surface.levels, pins=surface.pins)
    if body.expiry is None:
        if body.strike is not None:
            raise ControlError("strike stands without expiry", 'send {"expiry": "231229"} with it')
        return surface.with_level(level)
    expiry = time_of(body.expiry)
    if expiry is None:
        raise ControlError(f"expiry is {body.expiry!r}", 'send a day such as "231229"')
    if body.strike is None:
        return surface.with_level(level, expiry)
    strike = _decimal("strike", body.strike)
    if strike <= 0:
        raise ControlError(f"strike is {body.strike}", 'send a price above 0, such as "65000"')
    return surface.with_pin(expiry, strike, level)


def _venue(scene: Scene) -> OptionsVenue:
    venue = scene.world.options
    if venue is None:
        raise ControlError("this world has no options", "the standard worlds have them", 404)
    venue.pass_time(scene.world.clock.now())
    return venue


def _option(scene: Scene) -> tuple[OptionsVenue, Contract]:
    venue, symbol = _venue(scene), scene.place["symbol"]
    info = venue.symbols.get(symbol)
    if info is None:
        raise ControlError(f"there is no symbol {symbol!r}", nearest(symbol, list(venue.symbols)), 404)
    return venue, info


def _underlying(scene: Scene) -> tuple[OptionsVenue, str]:
    venue, name = _venue(scene), scene.place["symbol"]
    if name not in venue.underlyings:
        raise ControlError(f"there is no underlying {name!r}", nearest(name, list(venue.underlyings)), 404)
    return venue, name


def _decimal(name: str, text: str) -> int:
    try:
        value = read(text)
    except ValueError as error:
        raise ControlError(f"{name}: {error}", f'send {{"{name}": "0.55"}}') from None
    if value > _MOST:
        raise ControlError(f"{name} is too large", f"send at most {show(_MOST)}")
    return value


def _state(scene: Scene, venue: OptionsVenue, info: Contract) -> dict[str, Any]:
    now = scene.world.clock.now()
    market = venue.market(info.name, now)
    quote = venue.quote(info, now)
    bid, ask = venue.best(info, now)
    return {
        "symbol": info.name,
        "status": venue.status(info.name),
        "last_price": show(market.tape.last_price),
        "bid_price": show(bid),
        "ask_price": show(ask),
        "levels": [len(market.book.bids.keys), len(market.book.asks.keys)],
        "mark_price": show(quote.greeks.price),
        "index_price": show(venue.index_of(info, now)),
        "volatility": show(quote.volatility),
        "expiry_ms": info.expiry // 1000,
    }


def _surface(surface: Surface) -> dict[str, Any]:
    return {
        "level": show(surface.level),
        "flat": not surface.skew and not surface.wing,
        "expiries": {code_of(expiry): show(level) for expiry, level in sorted(surface.levels.items())},
        "strikes": [
            {"expiry": code_of(expiry), "strike": show(strike), "level": show(level)}
            for (expiry, strike), level in sorted(surface.pins.items())
        ],
    }


CALLS: Final[tuple[ControlCall, ...]] = (show_option, change_option, show_contracts, show_volatility, set_volatility)
