"""What an order of a contract has beside price and quantity."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from binance_mock.engine.orders import SELL, Extras, Order, StpMode
from binance_mock.engine.positions import PositionSide
from binance_mock.venues.usdm.conditions import Condition

GTC: Final = "GTC"
GTE_GTC: Final = "GTE_GTC"
"""Good as long as there is a position (rule U-59)."""
# Plain names cost a tenth of reading a member off its class, and every order asks.
_BOTH: Final = PositionSide.BOTH
_LONG: Final = PositionSide.LONG


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


class Forced(StrEnum):
    """Why the exchange closes a position (rules U-125, U-126)."""

    LIQUIDATION = "LIQUIDATION"
    ADL = "ADL"


class Terms(Extras):
    """The terms of an order.

    Args:
        position_side: the position that it works on.
        reduce_only: whether it may only shrink that (rule U-72).
        tif: time in force as it was asked for: GTX and GTD are GTC to the book.
        price_match: how the price was found, NONE for a given one (rule U-61).
        good_till: when a GTD order ends, in microseconds, 0 for others (rule U-57).
        forced: why the exchange placed it; None for the user's own orders.
        condition: what it waits for, or waited for before it fired; None for other orders.
        stp: how it prevents self-trades, as it was asked for, where the book knows it as none (rule U-63).
    """

    __slots__ = (
        "amendments", "condition", "forced", "good_till", "position_side", "price_match", "reduce_only", "stp", "tif",
    )  # fmt: skip

    def __init__(
        self,
        *,
        position_side: PositionSide = PositionSide.BOTH,
        reduce_only: bool = False,
        tif: str = GTC,
        price_match: str = "NONE",
        good_till: int = 0,
        forced: Forced | None = None,
        condition: Condition | None = None,
        stp: StpMode | None = None,
    ) -> None:
        super().__init__()
        self.position_side = position_side
        self.reduce_only = reduce_only
        self.tif = tif
        self.price_match = price_match
        self.good_till = good_till
        self.forced = forced
        self.condition = condition
        self.stp = stp
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
            forced=self.forced,
            condition=self.condition,
            stp=self.stp,
        )
        twin.collar = self.collar
        twin.expiry_reason = self.expiry_reason
        twin.amendments = self.amendments.copy()
        return twin


def terms_of(order: Order) -> Terms:
    """The terms of an order; the market maker's orders have the plain ones."""
    return order.extras if isinstance(order.extras, Terms) else Terms()


def side_of(order: Order) -> PositionSide:
    """The position that an order works on."""
    return order.extras.position_side if isinstance(order.extras, Terms) else _BOTH


def is_forced(order: Order) -> bool:
    """Whether the exchange placed an order to close a position."""
    return isinstance(order.extras, Terms) and order.extras.forced is not None


def closes_all(order: Order) -> bool:
    """Whether an order closes whatever there is of a position when it fires (rule U-76)."""
    condition = terms_of(order).condition
    return condition is not None and condition.close_position


def closes(order: Order) -> bool:
    """Whether an order can only shrink a position: by its flag, or by its sides in hedge mode (rules U-68, U-70)."""
    terms = order.extras
    if not isinstance(terms, Terms):
        return False
    of = terms.position_side
    if of is _BOTH:
        return terms.reduce_only
    return (of is _LONG) == (order.side is SELL)
