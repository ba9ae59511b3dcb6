"""What an order of a contract has beside price and quantity."""

from __future__ import annotations

from typing import Final, NamedTuple

from binance_mock.engine.orders import Extras, Order, Side
from binance_mock.engine.positions import PositionSide

GTC: Final = "GTC"


class Amendment(NamedTuple):
    """One change of an order's price and quantity; `number` is its place among those of the order."""

    id: int
    time: int
    number: int
    price_before: int
    price: int
    qty_before: int
    qty: int
    modify_id: int | None


class Terms(Extras):
    """The terms of an order.

    Args:
        position_side: the position that it works on.
        reduce_only: whether it may only shrink that (rule U-72).
        tif: time in force as it was asked for: GTX and GTD are GTC to the book.
        price_match: how the price was found, NONE for a given one (rule U-61).
        good_till: when a GTD order ends, in microseconds, 0 for others (rule U-57).
    """

    __slots__ = ("amendments", "good_till", "position_side", "price_match", "reduce_only", "tif")

    def __init__(
        self,
        *,
        position_side: PositionSide = PositionSide.BOTH,
        reduce_only: bool = False,
        tif: str = GTC,
        price_match: str = "NONE",
        good_till: int = 0,
    ) -> None:
        super().__init__()
        self.position_side = position_side
        self.reduce_only = reduce_only
        self.tif = tif
        self.price_match = price_match
        self.good_till = good_till
        self.amendments: list[Amendment] = []
        """How it was changed, oldest first (rule U-136)."""

    def fork(self) -> Terms:
        """A copy without prevented matches, as `Extras.fork` makes one."""
        twin = Terms(
            position_side=self.position_side,
            reduce_only=self.reduce_only,
            tif=self.tif,
            price_match=self.price_match,
            good_till=self.good_till,
        )
        twin.expiry_reason = self.expiry_reason
        twin.amendments = self.amendments.copy()
        return twin


def terms_of(order: Order) -> Terms:
    """The terms of an order; the market maker's orders have the plain ones."""
    return order.extras if isinstance(order.extras, Terms) else Terms()


def side_of(order: Order) -> PositionSide:
    """The position that an order works on."""
    return order.extras.position_side if isinstance(order.extras, Terms) else PositionSide.BOTH


def closes(order: Order) -> bool:
    """Whether an order can only shrink a position: by its flag, or by its sides in hedge mode (rules U-68, U-70)."""
    terms = terms_of(order)
    if terms.position_side is PositionSide.BOTH:
        return terms.reduce_only
    return (terms.position_side is PositionSide.LONG) == (order.side is Side.SELL)
