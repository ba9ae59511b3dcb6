"""What keeps an account from placing orders (rule U-53), and where none are taken (rule U-54)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from binance_mock.venues.board import TRADING
from binance_mock.venues.errors import Refusal

STATUSES: Final = (
    TRADING, "PENDING_TRADING", "PRE_DELIVERING", "DELIVERING", "DELIVERED", "PRE_SETTLE", "SETTLING", "CLOSE",
)  # fmt: skip
"""The states of a contract."""
_CLOSED: Final = ("DELIVERED", "CLOSE")


class Lock(StrEnum):
    """Why an account may not place every order."""

    NONE = "none"
    REDUCE_ONLY = "reduce_only"
    QUANTITATIVE_RULES = "quantitative_rules"
    LARGE_POSITION = "large_position"
    COOLING_OFF = "cooling_off"
    INACTIVE = "inactive"
    LIQUIDATION = "liquidation"


class _Answer(NamedTuple):
    code: int
    msg: str
    spares_closing: bool = False


_ANSWERS: Final = {
    Lock.REDUCE_ONLY: _Answer(-4087, "User can only place reduce only order", True),
    Lock.QUANTITATIVE_RULES: _Answer(
        -4400,
        "Futures Trading Quantitative Rules violated, only reduceOnly order is allowed, please try again later.",
        True,
    ),
    Lock.LARGE_POSITION: _Answer(
        -4401,
        "Futures Trading Risk Control Rules of large position holding violated, only reduceOnly order is allowed, "
        "please reduce the position. .",
        True,
    ),
    Lock.COOLING_OFF: _Answer(-4192, "Trade forbidden due to Cooling-off Period."),
    Lock.INACTIVE: _Answer(-4109, "This account is inactive. Please activate it before trading."),
    Lock.LIQUIDATION: _Answer(-2023, "User in liquidation mode now."),
}


def check_lock(lock: Lock, *, can_trade: bool, closes: bool) -> None:
    """Hold an order against the locks of its account.

    Args:
        lock: that of the account.
        can_trade: whether it may place orders at all.
        closes: whether the order can only shrink a position.

    Raises:
        Refusal: a lock keeps it out.
    """
    if not can_trade:
        raise Refusal(-4088, "User can not place order currently")
    answer = _ANSWERS.get(lock)
    if answer is not None and not (closes and answer.spares_closing):
        raise Refusal(answer.code, answer.msg)


def check_status(status: str, *, closes: bool) -> None:
    """Hold an order against the state of its contract: only one that trades takes orders.

    Raises:
        Refusal: -4141 where the contract is closed, or where it takes no order although this one opens nothing;
            -4140 for what would open a position.
    """
    if status == TRADING:
        return
    if closes or status in _CLOSED:
        raise Refusal(-4141, "Symbol is closed")
    raise Refusal(-4140, "Invalid symbol status for opening position")
