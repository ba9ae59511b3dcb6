"""A position in one contract: what is open, what it cost, and what closing it brought (rules U-109 to U-112).

Prices, quantities and amounts are integers of 10^-8; a product of price and quantity, not yet cut, counts units of
10^-16 and is called raw here.

Two parties of a trade book the same raw product with opposite signs, so the sum of all `book`s would stay 0 if nothing
were realised; what is realised is taken from the wallet's side and added to `book` at the same moment. Therefore,
over all positions of a contract, at any time and at any mark, in integers:

    SCALE * (sum of all realised results) == sum of `book`
    SCALE * (sum of all realised results) + (sum of `value(mark)`) == 0

Contracts that pay otherwise (`engine.inverse`) have another cost of a fill, linear in the quantity as it must be, and
other raw units; all the rest is the same.

A realised result is cut to 10^-8 (rule U-112), and the part that was cut stays in `book` and goes into the next result.
So it never grows to a unit, closing in parts brings what closing at once brings, and a flat position owes or is owed
less than one unit.

The entry price is kept as a fraction. Reducing leaves it exactly as it is. Adding to a position that was reduced cuts
its cost to a raw unit first, which moves the entry by less than 10^-16 over the quantity. What is shown and reckoned
with, `entry`, is cut to 10^-8: that is how live positions come to their unrealised profit and liquidation price.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from binance_mock.engine.orders import BUY, Side
from binance_mock.engine.units import SCALE


class PositionSide(StrEnum):
    """Which of the positions in a symbol an order works on (rules U-66, U-67)."""

    BOTH = "BOTH"
    LONG = "LONG"
    SHORT = "SHORT"


class MarginType(StrEnum):
    """Whether a position lives on the whole wallet or on a part that was set aside for it (rule U-96)."""

    CROSSED = "CROSSED"
    ISOLATED = "ISOLATED"


def cut(number: int, by: int) -> int:
    """`number / by` without what comes after the point, whatever the sign (rule U-112); `by` is above zero."""
    return number // by if number >= 0 else -(-number // by)


def nearest(number: int, by: int) -> int:
    """`number / by` to the nearest whole number, halves away from zero; `by` is above zero."""
    return cut(2 * number + (by if number >= 0 else -by), 2 * by)


class Position:
    """One row: the one of a symbol in one-way mode, or its long or its short in hedge mode.

    Args:
        symbol: name of the contract.
        side: BOTH in one-way mode.
        leverage: initial leverage of the symbol (rule U-93).
        margin_type: cross or isolated.
    """

    __slots__ = (
        "_basis",
        "_basis_qty",
        "_fees",
        "_spent",
        "book",
        "isolated_wallet",
        "leverage",
        "margin_type",
        "qty",
        "side",
        "symbol",
        "updated",
    )

    RAW: ClassVar[int] = SCALE
    """Raw units in 10^-8 of the margin asset."""

    def __init__(
        self,
        symbol: str,
        side: PositionSide = PositionSide.BOTH,
        *,
        leverage: int = 20,
        margin_type: MarginType = MarginType.CROSSED,
    ) -> None:
        self.symbol = symbol
        self.side = side
        self.qty = 0
        """What is open, below zero for a short (rule U-110)."""
        self.book = 0
        """Raw: what all fills since the beginning cost, and what was realised on them."""
        self.isolated_wallet = 0
        """What was set aside, less fees and funding (rule U-114). Fills leave it to the owner of the money."""
        self.leverage = leverage
        self.margin_type = margin_type
        self.updated = 0
        """Time of the last change in microseconds, 0 for never (rule U-118). Set by the caller."""
        self._basis = 0
        self._basis_qty = 1
        # Since the position was last flat: raw cost of all fills, and commissions.
        self._spent = 0
        self._fees = 0

    def fill(self, side: Side, price: int, qty: int, *, fee: int = 0) -> int:
        """Take one match in: open, add, reduce, close, or in one-way mode turn round (rule U-109).

        Args:
            side: of the own order.
            price: of the match.
            qty: above zero.
            fee: commission paid in the margin asset; only the break-even price heeds it.

        Returns:
            the realised result, cut to 10^-8; what was cut comes with the next one.

        Raises:
            ValueError: a long or a short of hedge mode would turn round (rule U-68); nothing changed.
        """
        before = self.qty
        change = qty if side is BUY else -qty
        after = before + change
        if (self.side is PositionSide.LONG and after < 0) or (self.side is PositionSide.SHORT and after > 0):
            raise ValueError(f"{side} of {qty} is more than the {self.side} position of {before}")
        self.qty = after
        if before * change >= 0:
            self._open(before, change, price, fee)
            return 0
        if before * after >= 0:
            realised = self._close(change, price, after, fee)
        else:
            realised = self._close(-before, price, 0, 0)
            self._open(0, after, price, fee * abs(after) // qty)
        return realised

    def _open(self, before: int, change: int, price: int, fee: int) -> None:
        size = abs(before)
        kept = self._basis if size == self._basis_qty else self._basis * size // self._basis_qty
        self._basis = kept + self.cost(price, abs(change))
        self._basis_qty = size + abs(change)
        cost = self.cost(price, change)
        self.book += cost
        self._spent += cost
        self._fees += fee

    def _close(self, change: int, price: int, rest: int, fee: int) -> int:
        """Realise: afterwards `book` is what the rest cost, and what is less than a unit."""
        paid = self.cost(price, change)
        book = self.book + paid
        realised = self.amount(self._basis * rest - book * self._basis_qty, self._basis_qty)
        self.book = book + realised * self.RAW
        if rest:
            self._spent += paid
            self._fees += fee
        else:
            self._basis, self._basis_qty = 0, 1
            self._spent = self._fees = 0
        return realised

    # -- how the contract pays ----------------------------------------------------------------------------------

    def cost(self, price: int, change: int) -> int:
        """Raw: what is paid for a change of the quantity, below zero for what comes in."""
        return price * change

    def amount(self, raw: int, by: int = 1) -> int:
        """`raw / by` as an amount, cut to 10^-8 (rule U-112)."""
        return cut(raw, by * SCALE)

    # -- looking ------------------------------------------------------------------------------------------------

    @property
    def entry(self) -> int:
        """Entry price, cut to 10^-8; 0 when flat (rule U-118)."""
        return self._basis // self._basis_qty

    @property
    def exact_entry(self) -> tuple[int, int]:
        """Entry price in units of 10^-8 as numerator and denominator, for showing more digits."""
        return self._basis, self._basis_qty

    @property
    def break_even(self) -> int:
        """The price at which all results and commissions since it was last flat come to nothing (rule U-111).

        Rounded to the nearest 10^-8; 0 when flat, or when profits already taken cover any loss.
        """
        if not self.qty:
            return 0
        paid = self._spent + self._fees * SCALE
        return max(0, nearest(paid if self.qty > 0 else -paid, abs(self.qty)))

    def notional(self, mark: int) -> int:
        """Size at a mark price, below zero for a short, cut to 10^-8 (rule U-110)."""
        return cut(self.qty * mark, SCALE)

    def unrealised(self, mark: int) -> int:
        """Profit at a mark price against `entry`, cut to 10^-8 (rule U-110)."""
        return cut((mark - self.entry) * self.qty, SCALE)

    def value(self, mark: int) -> int:
        """Raw: what is still to be realised at a mark price, exactly. See the top of the module."""
        return self.cost(mark, self.qty) - self.book

    def blank(self) -> Position:
        """A flat position in the same contract, margined the same way."""
        return Position(self.symbol, self.side, leverage=self.leverage, margin_type=self.margin_type)

    def fork(self) -> Position:
        """An equal position that goes its own way."""
        twin = self.blank()
        twin.qty = self.qty
        twin.book = self.book
        twin.isolated_wallet = self.isolated_wallet
        twin.updated = self.updated
        twin._basis = self._basis
        twin._basis_qty = self._basis_qty
        twin._spent = self._spent
        twin._fees = self._fees
        return twin

    def __repr__(self) -> str:
        return f"Position({self.symbol} {self.side} {self.qty} @ {self.entry})"
