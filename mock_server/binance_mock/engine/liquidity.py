"""What the book could give an order, looked at without touching it.

Icebergs count whole, for matching reaches their hidden part too. Orders of the same owner are passed over, and end the
walk where self-trade prevention would expire the taker or take from a FOK order, which then can no longer trade whole.
At such a price the hidden parts do not count: they stand behind all that shows.
"""

from __future__ import annotations

from collections.abc import Iterator

from binance_mock.engine.book import Book
from binance_mock.engine.orders import Order, Side, StpMode, TimeInForce
from binance_mock.engine.self_trade import effective_mode, same_owner
from binance_mock.engine.units import SCALE


def offers(book: Book, taker: Order) -> Iterator[tuple[int, int]]:
    """Price and quantity of the orders that the taker would trade with, in turn, up to its limit price."""
    buying = taker.side is Side.BUY
    limit = taker.price
    guarded = taker.stp is not StpMode.NONE
    for level in book.asks if buying else book.bids:
        price = level.price
        if limit and (price > limit if buying else price < limit):
            return
        last = guarded and any(_ends(taker, maker) for maker in level)
        for maker in level:
            if guarded and same_owner(taker, maker):
                if last and _ends(taker, maker):
                    return
                continue
            yield price, maker.shown if last else maker.left


def _ends(taker: Order, maker: Order) -> bool:
    """Whether the taker comes to its end, or can no longer trade whole as FOK demands, where it meets this order."""
    if not same_owner(taker, maker):
        return False
    mode = effective_mode(taker, maker)
    if taker.tif is TimeInForce.FOK:
        return mode is not StpMode.EXPIRE_MAKER
    return mode is StpMode.EXPIRE_TAKER or mode is StpMode.EXPIRE_BOTH


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
    for _, qty in offers(book, taker):
        wanted -= qty
        if wanted <= 0:
            return True
    return False


def cost(book: Book, taker: Order) -> int:
    """The quote amount that a market order to buy `taker.left` would pay, as far as the book goes."""
    wanted, total = taker.left, 0
    for price, there in offers(book, taker):
        qty = min(wanted, there)
        total += price * qty // SCALE
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
    for price, there in offers(book, taker):
        affordable = quote * SCALE // price
        if affordable <= there:
            qty += affordable
            return qty - qty % step, False
        qty += there
        quote -= price * there // SCALE
        missing = affordable - there
    # What the last maker lacked counts only where it makes a further step.
    return qty - qty % step, qty % step + missing >= step
