"""A market of contracts: the book and the match loop of every market, and fills that move positions, not assets.

What an order needs of margin is looked at before it is placed, and so nothing is locked here. What a fill does to
positions and wallets is for the venue to say, which knows all contracts of an account; the commission comes back.
"""

from __future__ import annotations

from collections.abc import Callable

from binance_mock.engine.events import Event
from binance_mock.engine.ledger import Ledger
from binance_mock.engine.market import Market
from binance_mock.engine.matching import conclude
from binance_mock.engine.orders import BUY, Order, StpMode
from binance_mock.engine.trades import Trade
from binance_mock.engine.units import SCALE

Fee = tuple[int, str]
"""A commission and its asset."""
Settle = Callable[[Order, int, int, bool, int], Fee]
"""Moves the position of an order's account by a fill: order, price, quantity, whether it is the maker, trade id."""


def free_of_charge(order: Order, price: int, qty: int, maker: bool, trade_id: int) -> Fee:
    """Settle nothing, where no account has positions."""
    return 0, ""


class ContractMarket(Market):
    """The state of one contract.

    Args:
        symbol: its name.
        base: what a contract is of.
        quote: what its price is in.
        ledger: the accounts.
        first_order_id: id of the first order (rule U-51).
        first_update_id: where the numbering of book changes starts.
        settle: what a fill does to an account.
    """

    __slots__ = ("settle",)

    def __init__(
        self,
        symbol: str,
        base: str,
        quote: str,
        ledger: Ledger,
        *,
        first_order_id: int = 1,
        first_update_id: int = 1,
        settle: Settle = free_of_charge,
    ) -> None:
        super().__init__(symbol, base, quote, ledger, first_order_id=first_order_id, first_update_id=first_update_id)
        self.settle = settle

    def fork_contract(self, ledger: Ledger, settle: Settle) -> ContractMarket:
        """An equal market that goes its own way.

        Args:
            ledger: the copy of its ledger.
            settle: as for a new market.
        """
        twin = ContractMarket(
            self.symbol, self.base, self.quote, ledger, first_order_id=self.next_order_id, settle=settle
        )
        self.copy_to(twin)
        return twin

    def reserve(self, order: Order, waiting: bool) -> None:
        """Lock nothing."""

    def afford(self, taker: Order, quote: int) -> bool:
        """Let the fill be paid by margin."""
        return True

    def trim(self, order: Order) -> None:
        """Unlock nothing."""

    def amend(self, order: Order, price: int, qty: int, now: int) -> list[Event]:
        """Give a resting order another price and quantity: it leaves its place and comes in anew (rules U-65, U-134).

        Args:
            order: an order on the book.
            price: the new limit price.
            qty: the new quantity, of which it must have something left.
            now: time of the command in microseconds.

        Returns:
            the events of what it did after that; none when it rests.

        Raises:
            ValueError: nothing would be left of it.
        """
        left = qty - (order.qty - order.left)
        if left <= 0:
            raise ValueError(f"{order} has nothing left of {qty}")
        events = self.events = []
        self.book.remove(order)
        order.price, order.qty, order.left = price, qty, left
        order.stp = StpMode.NONE
        order.updated = order.working_time = now
        self._work(order, now)
        if events and self.triggers:
            self._wake(now)
        return events

    def fill(self, maker: Order, taker: Order, qty: int, now: int) -> None:
        """One trade of `qty` at the maker's price: both orders, both positions, the tape, the event."""
        price = maker.price
        quote = price * qty // SCALE
        maker_first, taker_first = not maker.executed, not taker.executed
        for order in (maker, taker):
            order.left -= qty
            order.executed += qty
            order.quote += quote
            order.updated = now
        trade_id = self.tape.next_id
        maker_fee, maker_asset = self.settle(maker, price, qty, True, trade_id)
        taker_fee, taker_asset = self.settle(taker, price, qty, False, trade_id)
        maker.account.updated = taker.account.updated = now
        trade = Trade(
            trade_id, now, price, qty, quote, maker.side is BUY, taker.id, maker, taker,
            maker_fee, maker_asset, taker_fee, taker_asset,
        )  # fmt: skip
        conclude(self, trade, maker, taker, maker_first, taker_first)
