"""What in a market refers to its orders: when it is copied, each order, trade and prevented match has one copy.

Orders, trades and matches refer to one another in circles, and orders of one price form a list as long as the queue.
So nothing here follows references: orders are copied alone, and whoever holds them links the copies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from binance_mock.engine.trades import Trade

if TYPE_CHECKING:
    from binance_mock.engine.ledger import Account
    from binance_mock.engine.orders import Order
    from binance_mock.engine.self_trade import PreventedMatch


class Copies:
    """The copies made so far of what one market holds.

    Args:
        accounts: the copied accounts by id, to which the copies of orders belong.
    """

    __slots__ = ("_accounts", "_orders", "_trades")

    def __init__(self, accounts: Mapping[int, Account]) -> None:
        self._accounts = accounts
        self._orders: dict[int, Order] = {}
        self._trades: dict[int, Trade] = {}

    def order(self, order: Order) -> Order:
        """The copy of an order, made when it is asked for first. Book and matches link it; see `Level.fork`."""
        twin = self._orders.get(order.id)
        if twin is None:
            twin = self._orders[order.id] = order.fork(self._accounts[order.account.id])
        return twin

    def trade(self, trade: Trade) -> Trade:
        """The copy of a trade, which refers to the copied orders; a print refers to none and is shared."""
        maker, taker = trade.maker, trade.taker
        if maker is None or taker is None:
            return trade
        twin = self._trades.get(trade.id)
        if twin is None:
            twin = self._trades[trade.id] = Trade(*trade[:7], self.order(maker), self.order(taker), *trade[9:])
        return twin

    def matches(self, matches: Sequence[PreventedMatch]) -> list[PreventedMatch]:
        """Copies of all prevented matches of a market, in order; the copies of their orders refer to them."""
        twins = [match._replace(taker=self.order(match.taker), maker=self.order(match.maker)) for match in matches]
        for match in matches:
            for order in (match.taker, match.maker):
                extras, copied = order.extras, self.order(order).extras
                if extras is None or copied is None or extras.prevented_matches is None:
                    continue
                if copied.prevented_matches is None:
                    # The id of a match is its place among all.
                    copied.prevented_matches = [twins[own.id] for own in extras.prevented_matches]
        return twins
