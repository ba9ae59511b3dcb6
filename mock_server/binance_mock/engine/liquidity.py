"""What the book could give an order, looked at without touching it.

Icebergs count whole, for matching reaches their hidden part too. Orders of the same owner are passed over, and end the
walk where self-trade prevention would expire the taker. Where it would only take from the taker they end the walk of a
FOK order, which then can no longer trade whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from binance_mock.engine.book import Book
from binance_mock.engine.orders import Order, Side, StpMode, TimeInForce
from binance_mock.engine.self_trade import effective_mode, same_owner
from binance_mock.engine.units import SCALE


def makers(book: Book, taker: Order) -> Iterator[Order]:
    """The orders that the taker would trade with, in turn, up to its limit price."""
    buying = taker.side is Side.BUY
    limit = taker.price
    for level in book.asks if buying else book.bids:
        if limit and (level.price > limit if buying else level.price < limit):
            return
        for maker in level:
            if taker.stp is not StpMode.NONE and same_owner(taker, maker):
                mode = effective_mode(taker, maker)
                if mode in (StpMode.EXPIRE_TAKER, StpMode.EXPIRE_BOTH):
                    return
                if mode is not StpMode.EXPIRE_MAKER and taker.tif is TimeInForce.FOK:
                    return
                continue
            yield maker


def crosses(book: Book, order: Order) -> bool:
    """Whether a limit order would trade at once."""
    if order.side is Side.BUY:
        best = book.asks.best
        return best is not None and best.price <= order.price
    best = book.bids.best
    return best is not None and best.price >= order.price


def fills(book: Book, taker: Order) -> bool:
    """Whether the book can fill the whole order, as FOK demands (rule S-84)."""
    wanted = taker.left
    for maker in makers(book, taker):
        wanted -= maker.left
        if wanted <= 0:
            return True
    return False


def cost(book: Book, taker: Order) -> int:
    """The quote amount that a market order to buy `taker.left` would pay, as far as the book goes."""
    wanted, total = taker.left, 0
    for maker in makers(book, taker):
        qty = min(wanted, maker.left)
        total += maker.price * qty // SCALE
        wanted -= qty
        if not wanted:
            break
    return total


def quantity_for(book: Book, taker: Order, quote: int, step: int) -> tuple[int, bool]:
    """The base quantity that comes nearest to `quote` without passing it, and whether the book was too thin.

    Args:
        book: the book.
        taker: a market order, for its side and owner.
        quote: the quote amount to spend or to obtain (rule S-87).
        step: the quantity is cut down to a multiple of it.
    """
    qty = missing = 0
    for maker in makers(book, taker):
        affordable = quote * SCALE // maker.price
        if affordable <= maker.left:
            qty += affordable
            return qty - qty % step, False
        qty += maker.left
        quote -= maker.price * maker.left // SCALE
        missing = affordable - maker.left
    # What the last maker lacked counts only where it makes a further step.
    return qty - qty % step, qty % step + missing >= step
