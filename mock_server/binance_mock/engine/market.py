"""One symbol: its orders, its book, its tape, and the commands that change them.

A command either raises `Rejected` before anything changed, or returns the events of what it did. Time only ever
comes in as an argument. Funds are locked before matching and the fills pay out of the lock, so that no balance can
go below zero; every fill is posted to both accounts and to the collector of commissions.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Final

from binance_mock.engine import liquidity, matching
from binance_mock.engine.book import Book
from binance_mock.engine.events import Accepted, Canceled, Event, Expired, Traded, Triggered, make_event
from binance_mock.engine.forking import Copies
from binance_mock.engine.ledger import Account, Ledger
from binance_mock.engine.orders import (
    BUY,
    FILLED,
    GTC,
    LIMIT,
    NEW,
    NOT_WORKING,
    PARTIALLY_FILLED,
    STOP_TYPES,
    ExpiryReason,
    Order,
    OrderType,
    Status,
    TimeInForce,
)
from binance_mock.engine.self_trade import PreventedMatch
from binance_mock.engine.tape import Tape
from binance_mock.engine.trades import Trade
from binance_mock.engine.triggers import Triggers, would_trigger
from binance_mock.engine.units import SCALE


class Rejection(StrEnum):
    """Why a command was refused."""

    DUPLICATE_ORDER = "DUPLICATE_ORDER"
    INSUFFICIENT_BALANCES = "INSUFFICIENT_BALANCES"
    STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY = "STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY"
    WOULD_MATCH_IMMEDIATELY = "WOULD_MATCH_IMMEDIATELY"
    NO_LIQUIDITY = "NO_LIQUIDITY"
    EMPTY_BOOK = "EMPTY_BOOK"
    UNKNOWN_ORDER = "UNKNOWN_ORDER"


class Rejected(Exception):
    """A command that changed nothing."""

    def __init__(self, reason: Rejection) -> None:
        super().__init__(reason.value)
        self.reason = reason


class OrderBag:
    """What one account has in one market."""

    __slots__ = ("all", "open", "trades")

    def __init__(self) -> None:
        self.all: dict[int, Order] = {}
        """Every order by id, in the order of placement."""
        self.open: dict[str, Order] = {}
        """Open orders by client order id."""
        self.trades: list[Trade] = []
        """Trades in which the account took part, oldest first."""

    def find(self, client_id: str) -> Order | None:
        """The newest order that bears or bore the client id; open ones first."""
        order = self.open.get(client_id)
        if order is not None:
            return order
        for order in reversed(self.all.values()):
            if client_id in (order.client_id, order.orig_client_id):
                return order
        return None

    def fork(self, copies: Copies) -> OrderBag:
        """A bag of the copies of what is in this one."""
        twin = OrderBag()
        twin.all = {id: copies.order(order) for id, order in self.all.items()}
        twin.open = {client_id: copies.order(order) for client_id, order in self.open.items()}
        twin.trades = [copies.trade(trade) for trade in self.trades]
        return twin


class Market:
    """The state of one symbol.

    Args:
        symbol: its name.
        base: base asset.
        quote: quote asset.
        ledger: where fills are posted; may be shared with other markets.
        base_unit: smallest commission amount in the base asset, in units of 10^-8.
        quote_unit: the same for the quote asset.
        lot: quantities that come from a quote amount are cut to multiples of it.
        first_order_id: id of the first order; ids rise by one (rule S-83).
        first_update_id: where the numbering of book changes starts.
        bnb_price: the price of one BNB in an asset, 0 when there is none.
    """

    __slots__ = (
        "bags",
        "base",
        "base_unit",
        "bnb_price",
        "book",
        "events",
        "ledger",
        "lot",
        "next_order_id",
        "prevented",
        "quote",
        "quote_unit",
        "symbol",
        "tape",
        "triggers",
    )

    def __init__(
        self,
        symbol: str,
        base: str,
        quote: str,
        ledger: Ledger,
        *,
        base_unit: int = 1,
        quote_unit: int = 1,
        lot: int = 1,
        first_order_id: int = 1,
        first_update_id: int = 1,
        bnb_price: Callable[[str], int] = lambda asset: 0,
    ) -> None:
        self.symbol: Final = symbol
        self.base: Final = base
        self.quote: Final = quote
        self.ledger = ledger
        self.base_unit = base_unit
        self.quote_unit = quote_unit
        self.lot = lot
        self.bnb_price = bnb_price
        self.next_order_id = first_order_id
        self.book = Book(first_update_id)
        self.tape = Tape()
        self.triggers = Triggers()
        self.bags: dict[int, OrderBag] = {}
        self.prevented: list[PreventedMatch] = []
        self.events: list[Event] = []
        """Events of the running command."""

    # How fills are paid for. A market of contracts settles otherwise.
    fill = matching.fill
    afford = matching.afford
    trim = matching.trim

    # -- looking ------------------------------------------------------------------------------------------------

    def worth(self, price: int, qty: int) -> int:
        """The quote amount of a match, cut to 10^-8."""
        return price * qty // SCALE

    def quantity_for(self, value: int, price: int) -> int:
        """How much an amount of the quote asset buys at a price, cut to 10^-8."""
        return value * SCALE // price

    def bag(self, account: Account) -> OrderBag:
        """Orders and trades of an account."""
        bag = self.bags.get(account.id)
        if bag is None:
            bag = self.bags[account.id] = OrderBag()
        return bag

    def fork(self, ledger: Ledger, bnb_price: Callable[[str], int]) -> Market:
        """An equal market that goes its own way. Costs a copy of every order and trade that it ever had.

        Args:
            ledger: the copy of its ledger.
            bnb_price: as for a new market.
        """
        twin = Market(
            self.symbol,
            self.base,
            self.quote,
            ledger,
            base_unit=self.base_unit,
            quote_unit=self.quote_unit,
            lot=self.lot,
            first_order_id=self.next_order_id,
            bnb_price=bnb_price,
        )
        self.copy_to(twin)
        return twin

    def copy_to(self, twin: Market) -> None:
        """Give a new market, whose ledger is a copy of this one's, all orders and trades that there are."""
        copies = Copies(twin.ledger.accounts)
        twin.bags = {id: bag.fork(copies) for id, bag in self.bags.items()}
        twin.book = self.book.fork(copies)
        twin.tape = self.tape.fork(copies)
        twin.triggers = self.triggers.fork(copies)
        twin.prevented = copies.matches(self.prevented)

    # -- commands -----------------------------------------------------------------------------------------------

    def place(self, order: Order, now: int) -> list[Event]:
        """Take an order in, match it, rest or end what is left, and wake the stop orders that it reached.

        Args:
            order: a new order; on success its id and times are set.
            now: time of the command in microseconds.

        Returns:
            the events, `Accepted(order)` first.

        Raises:
            Rejected: nothing changed.
        """
        account = order.account
        bag = self.bags.get(account.id)
        if bag is None:
            bag = self.bag(account)
        if order.client_id in bag.open:
            raise Rejected(Rejection.DUPLICATE_ORDER)
        type = order.type
        waiting = False
        short = False
        if type is not LIMIT:
            if type in STOP_TYPES:
                waiting = True
                if would_trigger(order, self.tape.last_price):
                    raise Rejected(Rejection.STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY)
            elif type is OrderType.LIMIT_MAKER:
                if liquidity.crosses(self.book, order):
                    raise Rejected(Rejection.WOULD_MATCH_IMMEDIATELY)
            elif order.quote_qty:
                short = self._size_by_quote(order)
        self.reserve(order, waiting)

        order.id = id = self.next_order_id
        self.next_order_id = id + 1
        order.created = order.updated = now
        bag.all[id] = order
        bag.open[order.client_id] = order
        events = self.events = [make_event(Accepted, (order,))]
        if waiting:
            self.triggers.add(order, self.tape.last_price, now)
        else:
            order.working_time = now
            self._work(order, now, short=short)
            if len(events) > 1 and self.triggers:
                self._wake(now)
        return events

    def cancel(self, order: Order, client_id: str, now: int) -> list[Event]:
        """Take an open order off.

        Args:
            order: the order; its client id becomes that of the cancel (rule S-81).
            client_id: client order id of the cancel.
            now: time of the command in microseconds.

        Raises:
            Rejected: the order is not open.
        """
        status = order.status
        if status is not NEW and status is not PARTIALLY_FILLED:
            raise Rejected(Rejection.UNKNOWN_ORDER)
        self.events = [make_event(Canceled, (order,))]
        self.end(order, Status.CANCELED, now)
        order.orig_client_id = order.client_id
        order.client_id = client_id
        return self.events

    def print_trade(self, price: int, qty: int, now: int, *, buyer_maker: bool = False) -> list[Event]:
        """Put a trade on the tape in which no account took part, and wake the stop orders that it reaches."""
        trade_id = self.tape.next_id
        trade = Trade(trade_id, now, price, qty, self.worth(price, qty), buyer_maker, -trade_id - 1)
        self.tape.append(trade)
        self.events = [Traded(trade, False, False)]
        if self.triggers:
            self._wake(now)
        return self.events

    # -- the life of an order -----------------------------------------------------------------------------------

    def end(self, order: Order, status: Status, now: int, reason: ExpiryReason | None = None) -> None:
        """Close an order: off the book, its lock released, its client id free again."""
        if order.level is not None:
            self.book.remove(order)
        elif order.working_time == NOT_WORKING:
            self.triggers.remove(order)
        account = order.account
        locked = order.locked
        if locked:
            account.unlock(self.quote if order.side is BUY else self.base, locked)
            order.locked = 0
        order.status = status
        order.updated = now
        if reason is not None:
            order.need_extras().expiry_reason = reason
        bag = self.bags[account.id]
        del bag.open[order.client_id]
        if account.house:
            del bag.all[order.id]

    def expire(self, order: Order, reason: ExpiryReason, now: int) -> None:
        """End an order because nothing more can come of it."""
        self.end(order, Status.EXPIRED, now, reason)
        self.events.append(Expired(order, reason))

    def reserve(self, order: Order, waiting: bool) -> None:
        """Lock what the order may cost (rules S-95, S-91).

        Args:
            order: the order, before it is working.
            waiting: whether it waits for its trigger.

        Raises:
            Rejected: the account cannot pay for it.
        """
        if order.side is BUY:
            asset = self.quote
            price = order.price
            if price:
                amount = price * order.left // SCALE
            elif waiting:
                amount = self._reference(order) * order.left // SCALE
            else:
                amount = liquidity.cost(self.book, order)
        else:
            asset, amount = self.base, order.left
        free = order.account.free
        if free[asset] < amount:
            raise Rejected(Rejection.INSUFFICIENT_BALANCES)
        free[asset] -= amount
        order.account.locked[asset] += amount
        order.locked = amount

    def _reference(self, order: Order) -> int:
        """The price at which a stop order without limit price is reckoned until it fires."""
        extras = order.extras
        assert extras is not None
        return extras.stop_price or self.tape.last_price

    def _size_by_quote(self, order: Order) -> bool:
        """Turn a quote amount into a quantity; true when the book could not take all of it (rule S-87)."""
        qty, short = liquidity.quantity_for(self.book, order, order.quote_qty, self.lot)
        if not qty:
            opposite = self.book.asks if order.side is BUY else self.book.bids
            raise Rejected(Rejection.NO_LIQUIDITY if opposite.keys else Rejection.EMPTY_BOOK)
        order.qty = order.left = qty
        return short

    def _work(self, order: Order, now: int, *, short: bool = False) -> None:
        """Match a working order and deal with what is left."""
        if order.tif is not GTC and order.tif is TimeInForce.FOK and not liquidity.fills(self.book, order):
            self.expire(order, ExpiryReason.UNFILLED_FOK_ORDER_EXPIRED, now)
            return
        matching.match(self, order, now)
        status = order.status
        if status is NEW or status is PARTIALLY_FILLED:
            if not order.price:
                self.expire(order, ExpiryReason.INSUFFICIENT_LIQUIDITY, now)
            elif order.tif is GTC:
                self.book.add(order)
            else:
                self.expire(order, ExpiryReason.UNFILLED_IOC_QUANTITY_EXPIRED, now)
        elif short and status is FILLED:
            # The book ran out before the quote amount did.
            order.status = Status.EXPIRED
            order.need_extras().expiry_reason = ExpiryReason.INSUFFICIENT_LIQUIDITY
            self.events.append(Expired(order, ExpiryReason.INSUFFICIENT_LIQUIDITY))

    def _wake(self, now: int) -> None:
        """Run the stop orders that the trades of this command reach; trades of those may reach more."""
        events = self.events
        seen = 0
        while seen < len(events):
            event = events[seen]
            seen += 1
            if isinstance(event, Traded):
                for order in self.triggers.reached(event.trade.price, now):
                    self._trigger(order, now)

    def _trigger(self, order: Order, now: int) -> None:
        """A stop order fires: as LIMIT at its price, or as MARKET (rule S-90)."""
        self.events.append(Triggered(order))
        order.working_time = order.updated = now
        if not order.price and order.side is BUY:
            # The stop price was only an estimate: lock what the book asks now (rule S-92).
            order.account.unlock(self.quote, order.locked)
            order.locked = 0
            try:
                self.reserve(order, waiting=False)
            except Rejected:
                self.expire(order, ExpiryReason.REJECTED, now)
                return
        self._work(order, now)
