"""Self-trade prevention: what happens when orders of one owner meet (rules S-104 to S-111)."""

from __future__ import annotations

from typing import NamedTuple

from binance_mock.engine.orders import Order, StpMode


class PreventedMatch(NamedTuple):
    """One match that did not happen.

    `taker_qty` and `maker_qty` are what each order lost to it, None where the mode leaves that order alone.
    """

    id: int
    taker: Order
    maker: Order
    mode: StpMode
    price: int
    taker_qty: int | None
    maker_qty: int | None
    trade_group: int
    time: int


def same_owner(a: Order, b: Order) -> bool:
    """Whether two orders belong to one account or one trade group (rule S-105)."""
    return a.account.group == b.account.group


def effective_mode(taker: Order, maker: Order) -> StpMode:
    """The taker's mode; a TRANSFER needs both sides and is a DECREMENT within one account (rules S-104, S-106)."""
    mode = taker.stp
    if mode is StpMode.TRANSFER and (maker.stp is not StpMode.TRANSFER or maker.account is taker.account):
        return StpMode.DECREMENT
    return mode


def prevented_quantities(mode: StpMode, taker: Order, maker: Order) -> tuple[int | None, int | None]:
    """What taker and maker lose: (taker quantity, maker quantity), None for an order that the mode spares."""
    if mode is StpMode.EXPIRE_TAKER:
        return taker.left, None
    if mode is StpMode.EXPIRE_MAKER:
        return None, maker.left
    if mode is StpMode.EXPIRE_BOTH:
        return taker.left, maker.left
    both = min(taker.left, maker.left)
    return both, both
