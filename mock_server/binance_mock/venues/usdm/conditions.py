"""What a conditional order waits for (rules U-81, U-83, U-84)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from binance_mock.engine.orders import BUY, OrderType, Side
from binance_mock.engine.units import SCALE

WHOLE: Final = 100 * SCALE
"""A hundred percent, as callback rates are counted."""


TRAILING: Final = "TRAILING_STOP_MARKET"


class Working(StrEnum):
    """The price that a trigger is held against."""

    CONTRACT_PRICE = "CONTRACT_PRICE"
    MARK_PRICE = "MARK_PRICE"


class Condition(NamedTuple):
    """A condition. Prices are scaled by 10^8; nothing about it changes.

    Attributes:
        kind: the type that was asked for: STOP, TAKE_PROFIT_MARKET, ...
        rises: whether a rise fulfils it: those of BUY stops, SELL take-profits and trailing BUYs.
        trigger: trigger price, 0 for trailing ones.
        activate: what the extreme has to reach before a trailing one may fire, 0 for others.
        rate: how far the price has to come back from the extreme, in percent scaled by 10^8; 0 for plain ones.
        working: whose price counts.
        protect: whether it is held back while mark and last price are far apart.
        close_position: whether the order closes all there is when it fires (rule U-76).
    """

    kind: str
    rises: bool
    trigger: int = 0
    activate: int = 0
    rate: int = 0
    working: Working = Working.CONTRACT_PRICE
    protect: bool = False
    close_position: bool = False

    @property
    def trailing(self) -> bool:
        """Whether it follows the price."""
        return self.kind == TRAILING

    def met(self, price: int) -> bool:
        """Whether a price fulfils a plain condition, the trigger price included."""
        return price >= self.trigger if self.rises else price <= self.trigger

    def came_back(self, price: int, extreme: int) -> bool:
        """Whether a price fulfils a trailing condition.

        Args:
            price: the price.
            extreme: the lowest price since the placement where a rise fulfils it, else the highest.
        """
        if self.rises:
            return extreme <= self.activate and price * WHOLE >= extreme * (WHOLE + self.rate)
        return extreme >= self.activate and price * WHOLE <= extreme * (WHOLE - self.rate)


def runs_as(kind: str) -> OrderType:
    """What a conditional order is on the book."""
    return OrderType.LIMIT if kind in ("STOP", "TAKE_PROFIT") else OrderType.MARKET


def is_stop(kind: str) -> bool:
    """Whether it fires when the price goes against the position, not when it takes a profit."""
    return not kind.startswith("TAKE_PROFIT")


def waits_for_rise(kind: str, side: Side) -> bool:
    """Whether a rise fulfils the condition of an order (rule U-81)."""
    return is_stop(kind) == (side is BUY)
