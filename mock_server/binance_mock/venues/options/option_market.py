"""The market of one option: that of a contract, whose amounts multiply by what a contract is of (rule O-45)."""

from __future__ import annotations

from collections.abc import Callable

from binance_mock.engine.contracts import ContractMarket, Settle, Unfit, all_fit
from binance_mock.engine.ledger import Account, Ledger
from binance_mock.engine.orders import Order, Side
from binance_mock.engine.units import SCALE
from binance_mock.venues.options.listings import Contract

Watch = Callable[["OptionMarket", Order, int, int], None]
"""Is told of each fill when all is posted: the market, a user's order, the quantity, the time. It may end orders."""


def unwatched(market: OptionMarket, order: Order, qty: int, now: int) -> None:
    """Let fills go unseen."""


class OrderIds:
    """The numbering of the orders of all contracts together: no two orders of a venue have one id (rule O-8).

    Args:
        next: the id of the next order.
    """

    __slots__ = ("next",)

    def __init__(self, next: int) -> None:
        self.next = next


class OptionMarket(ContractMarket):
    """The state of one option's market. `quote` of orders and trades is the premium.

    Args:
        info: the option.
        ledger: the accounts.
        ids: numbers its orders; may be shared with other markets.
        settle: what a fill does to an account.
        unfit: which orders a fill leaves without a position to close; they expire.
        watch: is told of each fill.
    """

    __slots__ = ("ids", "info", "watch")

    def __init__(
        self,
        info: Contract,
        ledger: Ledger,
        *,
        ids: OrderIds,
        settle: Settle,
        unfit: Unfit = all_fit,
        watch: Watch = unwatched,
    ) -> None:
        self.ids = ids
        super().__init__(info.name, info.base, info.quote, ledger, first_order_id=ids.next, settle=settle, unfit=unfit)
        self.info = info
        self.watch = watch

    @property
    def next_order_id(self) -> int:
        """The id of the next order, if it is one of this market."""
        return self.ids.next

    @next_order_id.setter
    def next_order_id(self, id: int) -> None:
        self.ids.next = id

    def fork_option(
        self, ledger: Ledger, ids: OrderIds, settle: Settle, unfit: Unfit = all_fit, watch: Watch = unwatched
    ) -> OptionMarket:
        """An equal market that goes its own way; arguments as for a new one."""
        twin = OptionMarket(self.info, ledger, ids=ids, settle=settle, unfit=unfit, watch=watch)
        self.copy_to(twin)
        return twin

    # -- looking ------------------------------------------------------------------------------------------------

    @property
    def quoted(self) -> bool:
        """Whether somebody else than the market maker makes the best bid or ask."""
        for level in (self.book.bids.best, self.book.asks.best):
            if level is not None and any(not order.account.house for order in level):
                return True
        return False

    @property
    def in_use(self) -> bool:
        """Whether somebody else than the market maker has an open order."""
        return any(bag.open for id, bag in self.bags.items() if id != Ledger.HOUSE_ID)

    def open_qty(self, account: Account, side: Side) -> int:
        """What an account's open orders of one side could still trade."""
        bag = self.bags.get(account.id)
        if bag is None:
            return 0
        return sum(order.left for order in bag.open.values() if order.side is side)

    # -- trading ------------------------------------------------------------------------------------------------

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
