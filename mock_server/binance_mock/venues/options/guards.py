"""What keeps an account from placing orders: its state, the kill switch, market maker protection.

Refusals of new orders alone; what sets these states stands with the tools that do.
"""

from __future__ import annotations

from binance_mock.engine.orders import Order
from binance_mock.venues.errors import Refusal
from binance_mock.venues.options.listings import Contract
from binance_mock.venues.options.margins import Row
from binance_mock.venues.options.orders import terms_of
from binance_mock.venues.options.venue import OptionsCall


def check_account(call: OptionsCall, own: Row, order: Order) -> None:
    """The account may trade, or may reduce at least, and its kill switch did not run out (rules O-80, O-100).

    Args:
        call: who places the order.
        own: the contract as the account has it.
        order: the order.

    Raises:
        Refusal: -6062, -6055 or -2010.
    """
    account, info = call.account, own.info
    if not account.can_trade or (account.reduce_only and own.opening(order.side, order.left)):
        raise Refusal(-6062, "Operation is not supported for current user status")
    if account.liquidating:
        raise Refusal(-6055, "User is in liquidation process")
    if info.underlying in account.blocked:
        why = f"the countdown of {info.underlying} ran out; send a heartbeat, or a countdown of 0"
        raise Refusal(-2010, "NEW_ORDER_REJECTED", why=why)


def check_protection(call: OptionsCall, info: Contract, order: Order) -> None:
    """Market maker protection lets the order pass, if it watches it at all (rule O-101).

    Raises:
        Refusal: -6058, it struck and is frozen still.
    """
    protection = call.account.protections.get(info.underlying)
    if protection is not None and terms_of(order).mmp and protection.holds(call.now):
        raise Refusal(-6058, "MMP triggered. Please reset MMP config")
