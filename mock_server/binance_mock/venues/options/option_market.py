"""The market of one option: that of a contract, whose amounts multiply by what a contract is of (rule O-45)."""

from __future__ import annotations

from collections.abc import Callable

from binance_mock.engine.contracts import ContractMarket, Settle, Unfit, all_fit
from binance_mock.engine.ledger import Ledger
from binance_mock.engine.orders import Order
from binance_mock.engine.units import SCALE
from binance_mock.venues.options.listings import Contract

Watch = Callable[["OptionMarket", Order, int, int], None]
"""Is told of each fill when all is posted: the market, a user's order, the quantity, the time. It may end orders."""


def unwatched(market: OptionMarket, order: Order, qty: int, now: int) -> None:
    """Let fills go unseen."""


class OptionMarket(ContractMarket):
    """The state of one option's market. `quote` of orders and trades is the premium.

    Args:
        info: the option.
        ledger: the accounts.
        first_order_id: id of the first order.
        settle: what a fill does to an account.
        unfit: which orders a fill leaves without a position to close; they expire.
        watch: is told of each fill.
    """

    __slots__ = ("info", "watch")

    def __init__(
        self,
        info: Contract,
        ledger: Ledger,
        *,
        first_order_id: int,
        settle: Settle,
        unfit: Unfit = all_fit,
        watch: Watch = unwatched,
    ) -> None:
        super().__init__(
            info.name, info.base, info.quote, ledger, first_order_id=first_order_id, settle=settle, unfit=unfit
        )
        self.info = info
        self.watch = watch

    def fork_option(
        self, ledger: Ledger, settle: Settle, unfit: Unfit = all_fit, watch: Watch = unwatched
    ) -> OptionMarket:
        """An equal market that goes its own way; arguments as for a new one."""
        twin = OptionMarket(
            self.info, ledger, first_order_id=self.next_order_id, settle=settle, unfit=unfit, watch=watch
        )
        self.copy_to(twin)
        return twin

    def worth(self, price: int, qty: int) -> int:
        """The premium of a match (rule O-71)."""
        return price * qty * self.info.unit // SCALE

    def quantity_for(self, value: int, price: int) -> int:
        """How many contracts a premium buys."""
        return value * SCALE // (price * self.info.unit)

    def fill(self, maker: Order, taker: Order, qty: int, now: int) -> None:
        """One trade at the maker's price, and what comes of it."""
        super().fill(maker, taker, qty, now)
        for order in (maker, taker):
            if not order.account.house:
                self.watch(self, order, qty, now)

    def exchange(self, maker: Order, taker: Order, now: int) -> int:
        """Let two orders meet that are in no book and never were: a block trade (rule O-102).

        Positions and premium change hands, with fees, and no public trade is seen, so that no price moves.

        Args:
            maker: one of them, with the price and quantity of both; nothing but its id and time is set.
            taker: the other one.
            now: microseconds.

        Returns:
            the id of the trade, which the tape leaves out.
        """
        trade_id = self.tape.next_id
        self.tape.next_id += 1
        for order in (maker, taker):
            order.id = self.next_order_id
            self.next_order_id += 1
            order.created = order.updated = order.account.updated = now
        self.settle(maker, maker.price, maker.qty, True, trade_id)
        self.settle(taker, maker.price, maker.qty, False, trade_id)
        self._drop_unfit(maker, taker, now)
        return trade_id
