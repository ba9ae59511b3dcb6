"""Inverse contracts: worth a fixed number of dollars, priced in dollars per coin, margined and paid in the coin.

A contract of size s is worth s / price coins. So it is a linear contract of the opposite sign at the reciprocal of the
price, and nearly all that holds for those is used here: `positions.Position` with another cost of a fill, and the
search of `margin.liquidation_price`.

Prices and quantities are integers of 10^-8, sizes plain numbers. Sums of reciprocals are kept in raw units of 10^-32
coins, each reciprocal cut to that. An amount made of them is rounded to the nearest 10^-16 before it is cut to 10^-8:
what the reciprocals lack must not take a unit off an amount that has no more than eight decimals. The entry price is
the harmonic mean of the prices; cut to 10^-8, it is exact for fills at one price.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from binance_mock.engine.brackets import Brackets
from binance_mock.engine.contracts import ContractMarket, Settle, Unfit, all_fit, free_of_charge
from binance_mock.engine.ledger import Ledger
from binance_mock.engine.margin import runs_out
from binance_mock.engine.orders import BUY, Side
from binance_mock.engine.positions import MarginType, Position, PositionSide, cut, nearest
from binance_mock.engine.units import SCALE

RAW: Final = 10**24
"""Raw units in 10^-8 of the coin."""


# -- amounts --------------------------------------------------------------------------------------------------------


def reciprocal(size: int, price: int) -> int:
    """Raw: what 10^-8 of a contract is worth at a price, cut."""
    return size * SCALE * RAW // price


def amount(raw: int, by: int = 1) -> int:
    """`raw / by` as an amount of the coin, to the nearest 10^-16, then cut to 10^-8; `by` is above zero."""
    return cut(nearest(raw, by * (RAW // SCALE)), SCALE)


def worth(size: int, price: int, qty: int) -> int:
    """What a quantity is worth at a price, in the coin, cut to 10^-8; below zero for a short."""
    return cut(qty * size * SCALE, price)


def mean_price(size: int, qty: int, raw: int) -> int:
    """The price at which a quantity is worth so much, cut to 10^-8: the harmonic mean of its fills; 0 for nothing.

    Args:
        size: of the contract.
        qty: the quantity, without sign.
        raw: the sum of what its fills were worth.
    """
    return qty * size * SCALE * RAW // raw if raw else 0


def open_loss(size: int, side: Side, price: int, qty: int, mark: int) -> int:
    """What an order would lose at once, were it filled at its price, in the coin; see `margin.open_loss`."""
    worse = price - mark if side is BUY else mark - price
    return max(0, worse) * qty * size * SCALE // (price * mark)


def settle_funding(size: int, quantities: Iterable[int], mark: int, rate: int) -> tuple[list[int], int]:
    """The payments of all positions of a contract, in the coin; see `funding.settle`."""
    payments = [-cut(qty * size * rate, mark) for qty in quantities]
    return payments, -sum(payments)


# -- positions ------------------------------------------------------------------------------------------------------


class InversePosition(Position):
    """A position in an inverse contract.

    Args:
        symbol: name of the contract.
        side: BOTH in one-way mode.
        size: dollars that a contract is worth.
        leverage: initial leverage of the symbol.
        margin_type: cross or isolated.
    """

    __slots__ = ("size",)

    RAW: ClassVar[int] = RAW

    def __init__(
        self,
        symbol: str,
        side: PositionSide = PositionSide.BOTH,
        *,
        size: int,
        leverage: int = 20,
        margin_type: MarginType = MarginType.CROSSED,
    ) -> None:
        super().__init__(symbol, side, leverage=leverage, margin_type=margin_type)
        self.size = size

    def cost(self, price: int, change: int) -> int:
        """Raw: a buyer is paid in dollars, and so owes the coins."""
        return -change * reciprocal(self.size, price)

    def amount(self, raw: int, by: int = 1) -> int:
        """`raw / by` as an amount of the coin."""
        return amount(raw, by)

    @property
    def entry(self) -> int:
        """Entry price: the harmonic mean, cut to 10^-8; 0 when flat."""
        return mean_price(self.size, self._basis_qty, -self._basis)

    @property
    def exact_entry(self) -> tuple[int, int]:
        """Entry price in units of 10^-8 as numerator and denominator."""
        return (self._basis_qty * self.size * SCALE * RAW, -self._basis) if self._basis else (0, 1)

    @property
    def break_even(self) -> int:
        """The price at which all results and commissions since it was last flat come to nothing.

        Rounded to the nearest 10^-8; 0 when flat, and when any price is one, or none is.
        """
        worth = -(self._spent + self._fees * RAW) if self.qty > 0 else self._spent + self._fees * RAW
        return nearest(abs(self.qty) * self.size * SCALE * RAW, worth) if self.qty and worth > 0 else 0

    def notional(self, mark: int) -> int:
        """Size at a mark price in the coin, below zero for a short, cut to 10^-8."""
        return worth(self.size, mark, self.qty)

    def unrealised(self, mark: int) -> int:
        """Profit at a mark price against `entry`, in the coin, cut to 10^-8."""
        entry = self.entry
        return cut((mark - entry) * self.qty * self.size * SCALE, entry * mark) if self.qty else 0

    def blank(self) -> InversePosition:
        """A flat position in the same contract, margined the same way."""
        return InversePosition(
            self.symbol, self.side, size=self.size, leverage=self.leverage, margin_type=self.margin_type
        )


def liquidation_price(
    size: int,
    positions: Iterable[Position],
    brackets: Brackets,
    mark: int,
    wallet: int,
    *,
    other_maintenance: int = 0,
    other_unrealised: int = 0,
) -> int:
    """The mark price at which the margin balance falls to the maintenance margin; see `margin.liquidation_price`.

    Args:
        size: dollars that a contract is worth.
        positions: of one symbol.
        brackets: of the symbol, in the coin.
        mark: its mark price.
        wallet: the cross wallet, in the coin.
        other_maintenance: maintenance margin of the other cross positions that are margined in the coin.
        other_unrealised: their unrealised profit.

    Returns:
        the price, or 0 when there is none, and for no position.
    """
    unit = size * SCALE * SCALE  # The reciprocal price, in 10^-8 coins for a contract, is this over the price.
    held = [(position.qty, position.entry) for position in positions if position.qty]
    over, whole = (wallet - other_maintenance + other_unrealised) * SCALE, 1
    for qty, entry in held:
        over, whole = over * entry + qty * unit * whole, whole * entry
    above, below = runs_out([-qty for qty, _ in held], brackets, (unit, mark), (over, whole))
    return nearest(unit * below, above) if above > 0 else 0


# -- markets --------------------------------------------------------------------------------------------------------


class InverseMarket(ContractMarket):
    """The state of one inverse contract. What `quote` amounts are elsewhere are raw amounts of the coin here.

    Args:
        size: dollars that a contract is worth.
        symbol: its name.
        base: the coin.
        quote: what its price is in.
        ledger: the accounts.
        first_order_id: id of the first order.
        settle: what a fill does to an account.
        unfit: which orders a fill leaves without a position to close.
    """

    __slots__ = ("size",)

    def __init__(
        self,
        size: int,
        symbol: str,
        base: str,
        quote: str,
        ledger: Ledger,
        *,
        first_order_id: int = 1,
        settle: Settle = free_of_charge,
        unfit: Unfit = all_fit,
    ) -> None:
        super().__init__(symbol, base, quote, ledger, first_order_id=first_order_id, settle=settle, unfit=unfit)
        self.size = size

    def blank(self, ledger: Ledger, settle: Settle, unfit: Unfit) -> InverseMarket:
        """A market of the same contract without orders and trades."""
        return InverseMarket(
            self.size, self.symbol, self.base, self.quote, ledger,
            first_order_id=self.next_order_id, settle=settle, unfit=unfit,
        )  # fmt: skip

    def worth(self, price: int, qty: int) -> int:
        """Raw: what a match is worth in the coin; linear in the quantity."""
        return qty * reciprocal(self.size, price)

    def quantity_for(self, value: int, price: int) -> int:
        """How much is worth an amount of dollars, at any price."""
        return value // self.size
