"""What trades and exercises cost (rules O-85 to O-87).

Pure functions of integers in units of 10^-8; a fee is cut to a unit. Fees are above zero here and where an order or an
exerciseRecord shows them; userTrades and the `n` of a trade event show the same with a minus (rule O-87).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from binance_mock.engine.units import SCALE
from binance_mock.venues.decimals import read

CAP: Final = SCALE // 10
"""No fee is above this part of the option's price (rules O-85, O-86)."""


class FeeRates(NamedTuple):
    """Rates of an account in 10^-8.

    Attributes:
        maker: of trades by which a resting order is filled.
        taker: of trades that an order finds as it comes.
        exercise: of exercise at expiry.
        cap: the part of the option's price that a fee never passes.
    """

    maker: int
    taker: int
    exercise: int
    cap: int = CAP


def read_fees(row: Mapping[str, Any]) -> FeeRates:
    """The rates of a fixture's `fees`."""
    trade = read(row["transaction"])
    return FeeRates(trade, trade, read(row["exercise"]), read(row["cap_of_option_price"]))


def trade_fee(price: int, qty: int, index: int, unit: int, rate: int, cap: int = CAP) -> int:
    """Fee of a fill (rule O-85), cut to 10^-8.

    Args:
        price: of the fill.
        qty: number of contracts, without sign.
        index: price of the underlying at the fill.
        unit: underlying in a contract, a plain number.
        rate: of the side that is charged.
        cap: the part of the premium that the fee never passes.
    """
    return min(rate * index, cap * price) * unit * qty // (SCALE * SCALE)


def exercise_fee(settlement: int, value: int, qty: int, unit: int, rate: int, cap: int = CAP) -> int:
    """Fee of an exercise (rule O-86), cut to 10^-8; 0 where nothing is paid out.

    Args:
        settlement: the settlement price.
        value: what exercise pays for one unit of the underlying.
        qty: number of contracts, without sign.
        unit: underlying in a contract, a plain number.
        rate: of exercise.
        cap: the part of the value that the fee never passes.
    """
    return trade_fee(value, qty, settlement, unit, rate, cap)
