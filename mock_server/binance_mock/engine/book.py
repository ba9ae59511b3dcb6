"""The order book of one symbol: price levels in order, orders within a level in time order.

Invariants: no empty level; a level's `qty` is the sum of what its orders show, its `count` their number; the best
bid is below the best ask whenever no command is running. Cost: adding and removing at a known level O(1), a new or
vanishing level O(log n) to find and one memory move, best price O(1).
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import TYPE_CHECKING

from binance_mock.engine.orders import BUY, Order, Side

if TYPE_CHECKING:
    from binance_mock.engine.forking import Copies


class Level:
    """All orders at one price, oldest first, as a linked list."""

    __slots__ = ("count", "head", "price", "qty", "tail")

    def __init__(self, price: int) -> None:
        self.price = price
        self.head: Order | None = None
        self.tail: Order | None = None
        self.qty = 0
        """Visible quantity of the level."""
        self.count = 0

    def __iter__(self) -> Iterator[Order]:
        order = self.head
        while order is not None:
            yield order
            order = order.next

    def fork(self, copies: Copies) -> Level:
        """A copy in which the copies of the orders queue as they do here."""
        twin = Level(self.price)
        twin.qty = self.qty
        twin.count = self.count
        before: Order | None = None
        for order in self:
            copied = copies.order(order)
            copied.level = twin
            copied.prev = before
            if before is None:
                twin.head = copied
            else:
                before.next = copied
            before = copied
        twin.tail = before
        return twin


class BookSide:
    """The bids or the asks. `keys` is sorted so that the best price stands last: prices for bids, negated for asks."""

    __slots__ = ("keys", "levels", "sign")

    def __init__(self, side: Side) -> None:
        self.sign = 1 if side is BUY else -1
        self.levels: dict[int, Level] = {}
        self.keys: list[int] = []

    @property
    def best(self) -> Level | None:
        """The level that trades next, None when the side is empty."""
        return self.levels[self.sign * self.keys[-1]] if self.keys else None

    def __iter__(self) -> Iterator[Level]:
        """Levels from the best outwards."""
        levels, sign = self.levels, self.sign
        for key in reversed(self.keys):
            yield levels[sign * key]

    def fork(self, copies: Copies) -> BookSide:
        """A copy with copies of all levels."""
        twin = BookSide(Side.BUY if self.sign > 0 else Side.SELL)
        twin.levels = {price: level.fork(copies) for price, level in self.levels.items()}
        twin.keys = self.keys.copy()
        return twin


class Book:
    """Both sides of one symbol."""

    __slots__ = ("asks", "bids", "update_id")

    def __init__(self, update_id: int = 1) -> None:
        self.bids = BookSide(Side.BUY)
        self.asks = BookSide(Side.SELL)
        self.update_id = update_id
        """Rises with every change; `lastUpdateId` of a snapshot (rule S-168)."""

    def add(self, order: Order) -> None:
        """Rest an order at the end of the queue of its price, showing its visible part (rule S-93)."""
        side = self.bids if order.side is BUY else self.asks
        price = order.price
        level = side.levels.get(price)
        if level is None:
            level = side.levels[price] = Level(price)
            insort(side.keys, side.sign * price)
        extras = order.extras
        shown = order.left
        if extras is not None and 0 < extras.iceberg < shown:
            shown = extras.iceberg
        order.shown = shown
        tail = level.tail
        if tail is None:
            level.head = order
        else:
            tail.next = order
            order.prev = tail
        level.tail = order
        order.level = level
        level.qty += shown
        level.count += 1
        self.update_id += 1

    def remove(self, order: Order) -> None:
        """Take a resting order off, and its level when it was the last one there."""
        level = order.level
        assert level is not None, f"{order} does not rest on the book"
        before, after = order.prev, order.next
        if before is None:
            level.head = after
        else:
            before.next = after
        if after is None:
            level.tail = before
        else:
            after.prev = before
        order.prev = order.next = order.level = None
        level.qty -= order.shown
        level.count -= 1
        if not level.count:
            side = self.bids if order.side is BUY else self.asks
            del side.levels[level.price]
            key, keys = side.sign * level.price, side.keys
            if keys[-1] == key:
                keys.pop()
            else:
                del keys[bisect_left(keys, key)]
        self.update_id += 1

    def reduce(self, order: Order, qty: int) -> None:
        """Take `qty` off the visible part of a resting order whose `left` is already lowered.

        An order with nothing left is removed. An iceberg whose slice is used up shows the next one and goes to the
        end of the queue, as a fresh order would.
        """
        level = order.level
        assert level is not None, f"{order} does not rest on the book"
        level.qty -= qty
        order.shown -= qty
        self.update_id += 1
        if not order.shown:
            self.remove(order)
            if order.left:
                self.add(order)

    def depth(self, limit: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Bids and asks as (price, visible quantity), best first, at most `limit` levels a side."""
        sides = []
        for side in (self.bids, self.asks):
            levels, sign = side.levels, side.sign
            sides.append(
                [(level.price, level.qty) for key in side.keys[: -limit - 1 : -1] for level in (levels[sign * key],)]
            )
        return sides[0], sides[1]

    def fork(self, copies: Copies) -> Book:
        """A copy that goes its own way; every order that rests here has its copy rest there."""
        twin = Book(self.update_id)
        twin.bids = self.bids.fork(copies)
        twin.asks = self.asks.fork(copies)
        return twin
