"""Orders that only reduce a position, and what there is for them to reduce (rule O-61)."""

from __future__ import annotations

from binance_mock.engine.contracts import ContractMarket
from binance_mock.engine.orders import Order, Side
from binance_mock.venues.options.accounts import OptionsAccount
from binance_mock.venues.options.orders import terms_of
from binance_mock.venues.usdm.closing import beyond


def closable(held: int, side: Side) -> int:
    """How much of a position orders of a side could take off; `held` is below zero for a short."""
    return max(0, held if side is Side.SELL else -held)


def reducing(market: ContractMarket, account: OptionsAccount, side: Side) -> list[Order]:
    """The account's open orders of one side that only reduce, oldest first."""
    orders = market.bag(account.money).open.values()
    return [order for order in orders if order.side is side and terms_of(order).reduce_only]


def unfit_orders(account: OptionsAccount, market: ContractMarket, order: Order) -> list[Order]:
    """The reduce-only orders that a fill left with too little to reduce; of several the newest.

    Args:
        account: whose position it is.
        market: the contract's market.
        order: what has just traded; it stands, for it was held against the position when it came.
    """
    held = account.held(market.symbol)
    return [
        each
        for side in Side
        if (resting := reducing(market, account, side))
        for each in beyond(resting, closable(held, side), order)
    ]
