"""Orders that only close, and what there is for them to close (rules U-68, U-72, U-73)."""

from __future__ import annotations

from collections.abc import Iterable

from binance_mock.engine.contracts import ContractMarket
from binance_mock.engine.orders import Order, Side
from binance_mock.engine.positions import PositionSide
from binance_mock.venues.usdm.accounts import UsdmAccount
from binance_mock.venues.usdm.orders import closes, side_of


def closable(account: UsdmAccount, symbol: str, order: Order) -> int:
    """How much of a position an order that closes could take off."""
    return _closable(account, symbol, side_of(order), order.side)


def closing_orders(market: ContractMarket, account: UsdmAccount, position: PositionSide, side: Side) -> Iterable[Order]:
    """The open orders of one side that only close a position, oldest first; stops that have not fired are none."""
    return (
        order
        for order in market.bag(account.money).open.values()
        if order.side is side and closes(order) and side_of(order) is position and order.working
    )


def resting_to_close(market: ContractMarket, account: UsdmAccount, order: Order) -> int:
    """What other open orders of the same side would take off the same position."""
    return sum(other.left for other in closing_orders(market, account, side_of(order), order.side))


def unfit_orders(account: UsdmAccount, market: ContractMarket, order: Order) -> list[Order]:
    """The orders that would close more than is left of a position (rule U-73), of several the newest.

    Args:
        account: whose position it is.
        market: the contract's market.
        order: what has just traded; it stands, for it was held against the position when it came.
    """
    unfit: list[Order] = []
    position = side_of(order)
    for side in Side:
        resting = list(closing_orders(market, account, position, side))
        if resting:
            unfit += beyond(resting, _closable(account, market.symbol, position, side), order)
    return unfit


def beyond(resting: list[Order], most: int, spared: Order) -> list[Order]:
    """The newest of some orders, without which the rest would close no more than there is to close.

    Args:
        resting: orders that only close, oldest first.
        most: what they may take off together.
        spared: an order that stays, whatever it takes.
    """
    found: list[Order] = []
    excess = sum(each.left for each in resting) - most
    for last in reversed(resting):
        if excess <= 0:
            break
        if last is not spared:
            found.append(last)
            excess -= last.left
    return found


def _closable(account: UsdmAccount, symbol: str, position: PositionSide, side: Side) -> int:
    held = account.positions.get((symbol, position))
    qty = 0 if held is None else held.qty
    return max(0, qty if side is Side.SELL else -qty)
