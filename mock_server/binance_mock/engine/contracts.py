"""A market of contracts: the book and the match loop of every market, and fills that move positions, not assets.

What an order needs of margin is looked at before it is placed, and so nothing is locked here. What a fill does to
positions and wallets is for the venue to say, which knows all contracts of an account; the commission comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from binance_mock.engine.events import Accepted, Event, Triggered
from binance_mock.engine.ledger import Ledger
from binance_mock.engine.market import Market, Rejected, Rejection
from binance_mock.engine.matching import conclude, match
from binance_mock.engine.orders import BUY, FILLED, PARTIALLY_FILLED, ExpiryReason, Order, Status, StpMode
from binance_mock.engine.trades import Trade

Fee = tuple[int, str]
"""A commission and its asset."""
Settle = Callable[[Order, int, int, bool, int], Fee]
"""Moves the position of an order's account by a fill: order, price, quantity, whether it is the maker, trade id."""

Unfit = Callable[["ContractMarket", Order], Sequence[Order]]
"""Names the orders that can no longer stand once an order has traded: the market, the order."""


def free_of_charge(order: Order, price: int, qty: int, maker: bool, trade_id: int) -> Fee:
    """Settle nothing, where no account has positions."""
    return 0, ""


Count = Callable[[Order, bool], None]
"""Takes note of what an order may still add to a position, whenever that changes: the order, whether it ended."""


def count_nothing(order: Order, ended: bool) -> None:
    """Take no note, where nobody asks for the margin of open orders."""


def all_fit(market: ContractMarket, order: Order) -> Sequence[Order]:
    """No order is lost by a fill."""
    return ()


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
        unfit: which orders a fill leaves without a position to close; they expire.
    """

    __slots__ = ("count", "settle", "unfit")

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
        unfit: Unfit = all_fit,
    ) -> None:
        super().__init__(symbol, base, quote, ledger, first_order_id=first_order_id, first_update_id=first_update_id)
        self.settle = settle
        self.unfit = unfit
        self.count: Count = count_nothing

    def fork_contract(self, ledger: Ledger, settle: Settle, unfit: Unfit = all_fit) -> ContractMarket:
        """An equal market that goes its own way.

        Args:
            ledger: the copy of its ledger.
            settle: as for a new market.
            unfit: the same.
        """
        twin = self.blank(ledger, settle, unfit)
        self.copy_to(twin)
        return twin

    def blank(self, ledger: Ledger, settle: Settle, unfit: Unfit) -> ContractMarket:
        """A market of the same contract without orders and trades."""
        return ContractMarket(
            self.symbol, self.base, self.quote, ledger, first_order_id=self.next_order_id, settle=settle, unfit=unfit
        )

    def reserve(self, order: Order, waiting: bool) -> None:
        """Lock nothing; only count what may be bought or sold."""
        if order.price:
            self.count(order, False)

    def afford(self, taker: Order, quote: int) -> bool:
        """Let the fill be paid by margin."""
        return True

    def _work(self, order: Order, now: int, *, short: bool = False) -> None:
        """Match a working order; a market order goes no further than its collar (rules U-60, U-106)."""
        collar = 0 if order.price or order.extras is None else order.extras.collar
        if not collar:
            super()._work(order, now, short=short)
            return
        order.price = collar
        match(self, order, now)
        order.price = 0
        if order.open:
            self.expire(order, ExpiryReason.INSUFFICIENT_LIQUIDITY, now)

    def trim(self, order: Order) -> None:
        """Unlock nothing; only count what is left."""
        if order.locked:
            self.count(order, False)

    def end(self, order: Order, status: Status, now: int, reason: ExpiryReason | None = None) -> None:
        """Close an order; it counts no more."""
        if order.locked:
            self.count(order, True)
        super().end(order, status, now, reason)

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
        self.trim(order)
        self._work(order, now)
        if events and self.triggers:
            self._wake(now)
        return events

    def enter(self, order: Order, now: int) -> None:
        """Take in an order that is never on the book; whoever entered it lets it trade, and ends it.

        Args:
            order: a LIMIT order; its id and times are set.
            now: microseconds.
        """
        order.id = self.next_order_id
        self.next_order_id += 1
        order.created = order.updated = order.working_time = now
        bag = self.bag(order.account)
        bag.all[order.id] = order
        bag.open[order.client_id] = order
        self.events = [Accepted(order)]

    def hold(self, order: Order, now: int) -> None:
        """Take in an order that does not go to the book before it is released, or ended.

        Args:
            order: a new order; on success its id and times are set.
            now: microseconds.

        Raises:
            Rejected: an open order has its client order id; nothing changed.
        """
        bag = self.bag(order.account)
        if order.client_id in bag.open:
            raise Rejected(Rejection.DUPLICATE_ORDER)
        order.id = self.next_order_id
        self.next_order_id += 1
        order.created = order.updated = now
        bag.all[order.id] = order
        bag.open[order.client_id] = order
        self.events = [Accepted(order)]

    def release(self, order: Order, now: int) -> list[Event]:
        """Let an order that was held go to the book.

        Returns:
            the events of what it did there, `Triggered(order)` first.
        """
        events = self.events = [Triggered(order)]
        order.working_time = order.updated = now
        self.reserve(order, waiting=False)
        self._work(order, now)
        return events

    def match_forced(self, order: Order, now: int) -> None:
        """Let an entered order trade with the book up to its price; what the book does not take stays open."""
        match(self, order, now)
        if len(self.events) > 1 and self.triggers:
            self._wake(now)

    def assign(self, order: Order, other: Order, price: int, qty: int, now: int) -> None:
        """Let two entered orders meet at a price: a position changes hands without a public trade.

        The tape does not show it, so that it moves no price; both accounts have it among their trades, and the tape
        leaves its id out.

        Args:
            order: that of the position which is closed by force.
            other: that of whoever takes it over.
            price: of the exchange.
            qty: what changes hands, what is left of either at most.
            now: microseconds.
        """
        quote = self.worth(price, qty)
        trade_id = self.tape.next_id
        self.tape.next_id += 1
        for each in (order, other):
            each.left -= qty
            each.executed += qty
            each.quote += quote
            each.updated = each.account.updated = now
        other_fee, other_asset = self.settle(other, price, qty, False, trade_id)
        fee, asset = self.settle(order, price, qty, False, trade_id)
        trade = Trade(
            trade_id, now, price, qty, quote, other.side is BUY, order.id, other, order,
            other_fee, other_asset, fee, asset,
        )  # fmt: skip
        for each in (order, other):
            if not each.account.house:
                self.bags[each.account.id].trades.append(trade)
            if each.left:
                each.status = PARTIALLY_FILLED
            else:
                self.end(each, FILLED, now)
        self._drop_unfit(order, other, now)

    def fill(self, maker: Order, taker: Order, qty: int, now: int) -> None:
        """One trade of `qty` at the maker's price: both orders, both positions, the tape, the event."""
        price = maker.price
        quote = self.worth(price, qty)
        maker_first, taker_first = not maker.executed, not taker.executed
        for order in (maker, taker):
            order.left -= qty
            order.executed += qty
            order.quote += quote
            order.updated = now
            self.trim(order)
        trade_id = self.tape.next_id
        maker_fee, maker_asset = self.settle(maker, price, qty, True, trade_id)
        taker_fee, taker_asset = self.settle(taker, price, qty, False, trade_id)
        maker.account.updated = taker.account.updated = now
        trade = Trade(
            trade_id, now, price, qty, quote, maker.side is BUY, taker.id, maker, taker,
            maker_fee, maker_asset, taker_fee, taker_asset,
        )  # fmt: skip
        conclude(self, trade, maker, taker, maker_first, taker_first)
        self._drop_unfit(maker, taker, now)

    def _drop_unfit(self, one: Order, two: Order, now: int) -> None:
        """End the orders that a trade of these two leaves without a position to close."""
        for order in (one, two):
            if not order.account.house:
                for other in self.unfit(self, order):
                    self.expire(other, ExpiryReason.EXCHANGE_CANCELED, now)
