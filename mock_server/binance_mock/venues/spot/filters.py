"""The symbol's filters, in the order in which exchangeInfo lists them (rules S-162 to S-166).

To add one: write a function that tells whether an order passes, and put it into `FILTERS` at its place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from binance_mock.engine.liquidity import quantity_for
from binance_mock.engine.market import Market, OrderBag
from binance_mock.engine.orders import BUY, STOP_TYPES, Order, OrderType
from binance_mock.engine.units import SCALE, ceil_div
from binance_mock.venues import errors
from binance_mock.venues.spot.symbols import SymbolInfo

if TYPE_CHECKING:
    from binance_mock.venues.spot.venue import SpotVenue


class Trial:
    """An order that asks to be placed, and where."""

    __slots__ = ("bag", "info", "market", "now", "order", "venue")

    def __init__(self, venue: SpotVenue, info: SymbolInfo, market: Market, order: Order, now: int) -> None:
        self.venue = venue
        self.info = info
        self.market = market
        self.order = order
        self.now = now
        self.bag: OrderBag = market.bag(order.account)

    def reference(self) -> int:
        """The price that stands in where the order has none (rule S-165)."""
        return self.venue.average(self.market, self.info, self.now)


def check(trial: Trial) -> None:
    """Hold an order against every filter that is about its kind.

    Raises:
        Refusal: -1013 naming the first filter that it fails.
    """
    order = trial.order
    plain = order.extras is None and order.price
    for name, passes in _PLAIN_FILTERS if plain else FILTERS:
        if not passes(trial):
            raise errors.filter_failure(name)


def price_filter(trial: Trial) -> bool:
    """Price and stop price within bounds and on the tick grid; a bound of zero is off (rule S-163)."""
    info, order = trial.info, trial.order
    price = order.price
    if price:
        if not _on_grid(price, info.min_price, info.max_price, info.tick):
            return False
    elif order.type in _PRICED:
        return False
    extras = order.extras
    if extras is not None and extras.stop_price:
        return _on_grid(extras.stop_price, info.min_price, info.max_price, info.tick)
    return True


def lot_size(trial: Trial) -> bool:
    """Quantity and icebergQty within bounds and on the step grid (rule S-164)."""
    info, order = trial.info, trial.order
    if order.quote_qty:
        return True
    if not _on_grid(order.qty, info.min_qty, info.max_qty, info.step) or not order.qty:
        return False
    extras = order.extras
    if extras is not None and extras.iceberg:
        return _on_grid(extras.iceberg, info.min_qty, info.max_qty, info.step)
    return True


def iceberg_parts(trial: Trial) -> bool:
    """An iceberg shows in at most so many parts (rule S-93)."""
    extras = trial.order.extras
    if extras is None or not extras.iceberg:
        return True
    return ceil_div(trial.order.qty, extras.iceberg) <= trial.info.iceberg_parts


def market_lot_size(trial: Trial) -> bool:
    """As LOT_SIZE, for MARKET orders in addition (rule S-164); by quote amount only the upper bound."""
    info, order = trial.info, trial.order
    if order.type is not OrderType.MARKET:
        return True
    if order.quote_qty:
        qty, _ = quantity_for(trial.market.book, order, order.quote_qty, info.step)
        return not info.market_max_qty or qty <= info.market_max_qty
    return _on_grid(order.qty, info.market_min_qty, info.market_max_qty, info.market_step)


def trailing_delta(trial: Trial) -> bool:
    """The trailing delta within the bounds of its direction (rule S-98)."""
    order = trial.order
    extras = order.extras
    if extras is None or not extras.trailing_delta:
        return True
    stop_loss = order.type in (OrderType.STOP_LOSS, OrderType.STOP_LOSS_LIMIT)
    way = "Above" if stop_loss == (order.side is BUY) else "Below"
    bounds = trial.info.trailing
    return bounds[f"minTrailing{way}Delta"] <= extras.trailing_delta <= bounds[f"maxTrailing{way}Delta"]


def percent_price_by_side(trial: Trial) -> bool:
    """The price within a band around the average price, by side."""
    price = trial.order.price
    if not price:
        return True
    reference = trial.reference()
    if not reference:
        return True
    info = trial.info
    if trial.order.side is BUY:
        down, up = info.bid_down, info.bid_up
    else:
        down, up = info.ask_down, info.ask_up
    return reference * down <= price * SCALE <= reference * up


def notional(trial: Trial) -> bool:
    """The worth of the order within bounds; for orders without price at the average price (rule S-165)."""
    info, order = trial.info, trial.order
    if order.price:
        worth = order.price * order.qty // SCALE
        return info.min_notional <= worth <= info.max_notional
    if order.quote_qty:
        worth = order.quote_qty
    else:
        extras = order.extras
        price = extras.stop_price if extras is not None and extras.stop_price else trial.reference()
        worth = price * order.qty // SCALE
    if info.min_notional_market and worth < info.min_notional:
        return False
    return not (info.max_notional_market and worth > info.max_notional)


def max_num_orders(trial: Trial) -> bool:
    """Open orders of the account on the symbol, this one included."""
    return len(trial.bag.open) < trial.info.max_orders


def max_num_algo_orders(trial: Trial) -> bool:
    """Open stop orders of the account on the symbol, this one included."""
    if trial.order.type not in STOP_TYPES:
        return True
    waiting = sum(order.type in STOP_TYPES for order in trial.bag.open.values())
    return waiting < trial.info.max_algo_orders


_PRICED = frozenset({OrderType.LIMIT, OrderType.LIMIT_MAKER, OrderType.STOP_LOSS_LIMIT, OrderType.TAKE_PROFIT_LIMIT})

FILTERS: Final[tuple[tuple[str, Callable[[Trial], bool]], ...]] = (
    ("PRICE_FILTER", price_filter),
    ("LOT_SIZE", lot_size),
    ("ICEBERG_PARTS", iceberg_parts),
    ("MARKET_LOT_SIZE", market_lot_size),
    ("TRAILING_DELTA", trailing_delta),
    ("PERCENT_PRICE_BY_SIDE", percent_price_by_side),
    ("NOTIONAL", notional),
    ("MAX_NUM_ORDERS", max_num_orders),
    ("MAX_NUM_ALGO_ORDERS", max_num_algo_orders),
)

_PLAIN_FILTERS: Final = tuple(
    (name, passes)
    for name, passes in FILTERS
    if passes not in (iceberg_parts, market_lot_size, trailing_delta, max_num_algo_orders)
)
"""The filters that an order with a price and nothing special can fail."""


def _on_grid(value: int, least: int, most: int, step: int) -> bool:
    """Within [least, most] and a multiple of `step`; zero switches the upper bound and the grid off."""
    return value >= least and (not most or value <= most) and (not step or value % step == 0)
