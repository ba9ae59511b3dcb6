"""What options cost, what writing them takes in margin, and what an account is worth (rules O-71 to O-77).

Pure functions of integers in units of 10^-8; amounts are cut towards zero. Quantities of positions have a sign, below
zero for what was written. `unit` is the underlying in a contract, a plain number, and multiplies every amount (O-45).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from binance_mock.engine.positions import cut
from binance_mock.engine.units import SCALE
from binance_mock.venues.options.pricing import CALL, OptionSide


class Ratios(NamedTuple):
    """The four ratios of a contract in 10^-8 (rule O-48): data of the contract, not constants."""

    initial: int
    min_initial: int
    maintenance: int
    min_maintenance: int


class ShortMargin(Protocol):
    """What a written option needs: a rule that can be replaced, since none is published (rule O-77).

    Both methods take the option's side and strike, the index, the mark price, the quantity without sign, the unit and
    the contract's ratios.
    """

    def initial(self, side: OptionSide, strike: int, index: int, mark: int, qty: int, unit: int, ratios: Ratios) -> int:
        """Margin to write and hold it."""
        ...

    def maintenance(
        self, side: OptionSide, strike: int, index: int, mark: int, qty: int, unit: int, ratios: Ratios
    ) -> int:
        """Margin below which the account may only reduce (rule O-80)."""
        ...


class IndexMargin:
    """The inference of rule O-77: a part of the index less what it is out of the money, with a minimum, and the mark.

    Args:
        with_mark: whether the mark price comes on top. One published order margin is met only without it.
    """

    __slots__ = ("with_mark",)

    def __init__(self, *, with_mark: bool = True) -> None:
        self.with_mark = with_mark

    def initial(self, side: OptionSide, strike: int, index: int, mark: int, qty: int, unit: int, ratios: Ratios) -> int:
        """max(initial * index - OTM, minimum * index) + mark, for all contracts."""
        return self._need(ratios.initial, ratios.min_initial, side, strike, index, mark, qty, unit)

    def maintenance(
        self, side: OptionSide, strike: int, index: int, mark: int, qty: int, unit: int, ratios: Ratios
    ) -> int:
        """The same with the ratios of maintenance."""
        return self._need(ratios.maintenance, ratios.min_maintenance, side, strike, index, mark, qty, unit)

    def _need(
        self, ratio: int, minimum: int, side: OptionSide, strike: int, index: int, mark: int, qty: int, unit: int
    ) -> int:
        raw = max(ratio * index - out_of_the_money(side, strike, index) * SCALE, minimum * index)
        if self.with_mark:
            raw += mark * SCALE
        return raw * qty * unit // (SCALE * SCALE)


def out_of_the_money(side: OptionSide, strike: int, index: int) -> int:
    """How far the index is from where exercise would pay; 0 when it would."""
    return max(0, strike - index if side is CALL else index - strike)


# -- premiums -------------------------------------------------------------------------------------------------------


def premium(price: int, qty: int, unit: int) -> int:
    """What a buyer pays to the seller at a fill (rules O-71, O-72)."""
    return price * qty * unit // SCALE


def buying_cost(price: int, qty: int, unit: int, fee: int) -> int:
    """What is set aside for a buy order while it rests: premium and fee (rule O-71)."""
    return premium(price, qty, unit) + fee


# -- positions and accounts -----------------------------------------------------------------------------------------


def market_value(mark: int, qty: int, unit: int) -> int:
    """What a position would bring at the mark price, below zero for a short (rule O-73)."""
    return cut(mark * qty * unit, SCALE)


def unrealised(mark: int, entry: int, qty: int, unit: int) -> int:
    """Profit of a position at the mark price (rule O-76)."""
    return cut((mark - entry) * qty * unit, SCALE)


def equity(balance: int, values: Iterable[int]) -> int:
    """What an account is worth: its balance, longs, and shorts as what is owed (rule O-73).

    Args:
        balance: of the wallet; premiums have been paid from and into it.
        values: the `market_value` of each position.
    """
    return balance + sum(values)


def adjusted_equity(balance: int, values: Iterable[int]) -> int:
    """The balance and the longs alone (rule O-73); arguments as for `equity`."""
    return balance + sum(value for value in values if value > 0)


def margin_balance(equity: int, unrealised: int) -> int:
    """The balance as if premiums were no gain or loss before closing: `equity` is this and the profit (rule O-74)."""
    return equity - unrealised


def available(equity: int, initial: int) -> int:
    """What new orders may use (rule O-75).

    Args:
        equity: of the account.
        initial: margin of all shorts and what is set aside for orders.
    """
    return max(0, equity - initial)
