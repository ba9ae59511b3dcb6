"""The exchange's own market maker: the standing history and book of a symbol, and moving its price.

Its orders are ordinary orders of the ledger's house account, so that what trades against them is conserved too.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Protocol

from binance_mock.engine.events import Event, Traded
from binance_mock.engine.ledger import Ledger
from binance_mock.engine.market import Market
from binance_mock.engine.orders import Order, OrderType, Side, StpMode, TimeInForce
from binance_mock.engine.tape import Tape
from binance_mock.engine.trades import Trade
from binance_mock.engine.units import BASIS_POINT, SCALE

_PURSE = 10**24 * SCALE
"""What the house has of an asset at the start; more than the deepest ladder at the lowest price takes."""
_HOUR = 3_600_000_000
_PACE = 300_000_000
"""Microseconds between trades of the standing history."""


class Listing(Protocol):
    """What is fixed about a symbol, as far as the market maker goes by it; numbers are scaled by 10^8."""

    name: str
    base: str
    quote: str
    reference_price: int
    min_price: int
    max_price: int
    tick: int
    min_qty: int
    step: int


class Ladder(Protocol):
    """How deep and how wide the standing book is, and how long the standing history."""

    @property
    def levels(self) -> int:
        """Price levels on each side."""

    @property
    def level_value(self) -> int:
        """Worth of each level in USDT."""

    @property
    def spread_bps(self) -> int:
        """Distance of the best prices from the middle, in basis points."""

    @property
    def history_hours(self) -> int:
        """How far back the standing tape reaches."""


class Venue(Protocol):
    """A venue with a market maker."""

    ledger: Ledger
    seed: int

    @property
    def settings(self) -> Ladder:
        """How it behaves."""

    @property
    def symbols(self) -> Mapping[str, Listing]:
        """What it lists, by name."""

    def price_moved(self, name: str, price: int, now: int) -> None:
        """Take note that the tester moved a price."""


def open_market(venue: Venue, market: Market, info: Listing, now: int, history: Tape | None = None) -> None:
    """Lay down history and book of a market that was just made.

    Args:
        venue: the venue of the market.
        market: the market.
        info: its symbol.
        now: microseconds.
        history: its tape, around whose last price the book is laid; None makes one up around the reference price.
    """
    endow(venue, info)
    if history is None:
        _history(venue, market, info, now)
        price = info.reference_price
    else:
        market.tape = history
        price = history.last_price
    quote_liquidity(venue, market, info, price, now)


def endow(venue: Venue, info: Listing) -> None:
    """Let the house own enough of what a symbol trades."""
    ledger = venue.ledger
    for asset in (info.base, info.quote):
        if not ledger.house.free[asset]:
            ledger.deposit(ledger.house, asset, _PURSE)


def _history(venue: Venue, market: Market, info: Listing, now: int) -> None:
    """Trades at a steady pace that wander around the reference price and end on it."""
    count = venue.settings.history_hours * _HOUR // _PACE
    rng = Random(f"{venue.seed}:{market.symbol}:history")
    price = info.reference_price
    stride = max(info.tick, price // 2000)
    lot = _lot(market, info, price, _value(venue, info) // 100)
    prices = [price]
    for _ in range(count - 1):
        wander = rng.randint(-stride, stride) - (price - info.reference_price) // 50
        price = max(info.tick, info.min_price, _snap(price + wander, info.tick))
        prices.append(price)
    append = market.tape.append
    first = now - now % 1000 - (count - 1) * _PACE - 1000
    for number, price in enumerate(reversed(prices[:count])):
        roll = rng.getrandbits(3)
        qty = lot * (1 + (roll >> 1))
        worth = market.worth(price, qty)
        append(Trade(number, first + number * _PACE, price, qty, worth, bool(roll & 1), -number - 1))


def quote_liquidity(
    venue: Venue, market: Market, info: Listing, price: int, now: int, levels: int | None = None
) -> list[Event]:
    """Replace the house's orders by a ladder around a price; what crosses other people's orders trades with them.

    The side that crosses nothing is laid first, so that the stop orders that the other one wakes find a book.

    Args:
        venue: the venue of the market.
        market: the market.
        info: its symbol.
        price: the middle of the ladder.
        now: microseconds.
        levels: price levels on each side, None for what the settings say.
    """
    house = venue.ledger.house
    events: list[Event] = []
    for order in list(market.bag(house).open.values()):
        events += market.cancel(order, order.client_id, now)
    settings = venue.settings
    value = _value(venue, info)
    tick = info.tick or 1
    best_ask = market.book.asks.best
    rises = best_ask is not None and best_ask.price < price
    for side in (Side.SELL, Side.BUY) if rises else (Side.BUY, Side.SELL):
        for level in range(settings.levels if levels is None else levels):
            at = rung(side, price, level, settings.spread_bps, tick)
            if max(tick, info.min_price) <= at <= (info.max_price or at):
                qty = _lot(market, info, at, value)
                events += market.place(
                    Order(house, f"house-{market.next_order_id}", side, OrderType.LIMIT, TimeInForce.GTC, at, qty),
                    now,
                )
    return events


def rung(side: Side, price: int, level: int, spread_bps: int, tick: int) -> int:
    """The price of one level of the ladder; it may be at or below zero.

    Args:
        side: BUY below the middle, SELL above.
        price: the middle.
        level: 0 for the best.
        spread_bps: distance of the best prices from the middle, in basis points.
        tick: the grid, above zero.
    """
    away = price * spread_bps * (1 + 2 * level) // BASIS_POINT
    # At least one tick further out than the level before, whatever rounding does.
    if side is Side.BUY:
        return min(_snap(price - away, tick), _snap(price, tick) - tick * (level + 1))
    return max(_snap(price + away + tick - 1, tick), _snap(price, tick) + tick * (level + 1))


def set_price(
    venue: Venue, market: Market, info: Listing, price: int, now: int, levels: int | None = None
) -> list[Event]:
    """Move the market: the ladder follows, orders that the new price reaches are filled, and a trade prints at it.

    Stop orders that wake find the new ladder; where somebody traded with it, it is laid anew.

    Args:
        venue: the venue of the market.
        market: the market.
        info: its symbol.
        price: the new last price, scaled by 10^8.
        now: microseconds.
        levels: price levels on each side afterwards, None for what the settings say.

    Raises:
        ValueError: the price is not positive, off the tick grid, or outside the symbol's bounds.
    """
    if price <= 0 or price % (info.tick or 1) or not info.min_price <= price <= (info.max_price or price):
        raise ValueError(
            f"{market.symbol} cannot trade at {price / SCALE:.8f}: use a multiple of {info.tick / SCALE:.8f} "
            f"between {info.min_price / SCALE:.8f} and {info.max_price / SCALE:.8f}"
        )
    events = quote_liquidity(venue, market, info, price, now, levels)
    events += _sweep(venue, market, price, now)
    if any(type(event) is Traded for event in events):
        events += quote_liquidity(venue, market, info, price, now, levels)
    printed = market.print_trade(price, _lot(market, info, price, _value(venue, info) // 100), now)
    events += printed
    venue.price_moved(info.name, price, now)
    if len(printed) > 1:
        events += quote_liquidity(venue, market, info, price, now, levels)
    return events


def _sweep(venue: Venue, market: Market, price: int, now: int) -> list[Event]:
    """Fill other people's orders up to a price, that price included."""
    house = venue.ledger.house
    events: list[Event] = []
    for side, book_side in ((Side.BUY, market.book.asks), (Side.SELL, market.book.bids)):
        passed = 0
        for level in book_side:
            if level.price > price if side is Side.BUY else level.price < price:
                break
            passed += sum(order.left for order in level)
        if passed:
            sweep = Order(
                house, f"house-{market.next_order_id}", side, OrderType.LIMIT, TimeInForce.IOC, price, passed,
                0, StpMode.NONE,
            )  # fmt: skip
            events += market.place(sweep, now)
    return events


def _value(venue: Venue, info: Listing) -> int:
    """The worth of a level in the quote asset."""
    in_usdt = venue.symbols.get(f"{info.quote}USDT")
    price = in_usdt.reference_price if in_usdt is not None else SCALE
    return venue.settings.level_value * SCALE * SCALE // price


def _lot(market: Market, info: Listing, price: int, value: int) -> int:
    """A quantity worth about `value` at `price`, on the step grid, never none."""
    step = max(info.step, 1)
    return max(info.min_qty, market.quantity_for(value, price) // step * step, step)


def _snap(price: int, tick: int) -> int:
    return price - price % tick if tick else price
