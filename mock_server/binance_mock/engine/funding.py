"""Funding: what longs and shorts pay each other (rule U-121).

Every payment is cut to 10^-8 toward zero, so longs and shorts do not match to the last unit. The difference, less than
one unit for each position, goes to the insurance fund or comes from it: no money appears or is lost.
"""

from __future__ import annotations

from collections.abc import Iterable

from binance_mock.engine.positions import cut
from binance_mock.engine.units import SCALE


def payment(qty: int, mark: int, rate: int) -> int:
    """What funding does to the wallet of a position: below zero for who pays (rules U-121, U-122).

    Args:
        qty: of the position, below zero for a short.
        mark: the mark price.
        rate: funding rate in units of 10^-8; above zero the longs pay.
    """
    return -cut(qty * mark * rate, SCALE * SCALE)


def settle(quantities: Iterable[int], mark: int, rate: int) -> tuple[list[int], int]:
    """The payments of all positions of a contract.

    Args:
        quantities: of every position, below zero for shorts; together they are 0.
        mark: the mark price.
        rate: funding rate in units of 10^-8.

    Returns:
        the payments in the same order, and what the insurance fund gets, below zero when it pays; all together are 0.
    """
    payments = [payment(qty, mark, rate) for qty in quantities]
    return payments, -sum(payments)
