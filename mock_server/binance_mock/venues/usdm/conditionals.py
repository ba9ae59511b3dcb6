"""Conditional orders from placement to their end: algo orders, and stops among the ordinary orders (U-47, U-85).

Both wait and fire alike. An algo order has an id of its own and becomes an ordinary order only when it fires. A stop
that was placed as an ordinary order is one from the beginning, and only does not stand on the book yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from binance_mock.engine.orders import Order
from binance_mock.venues.usdm.conditions import Condition, Working
from binance_mock.venues.usdm.orders import GTE_GTC, terms_of
from binance_mock.venues.usdm.waiting import Waiting

if TYPE_CHECKING:
    from binance_mock.venues.usdm.venue import UsdmVenue

_FIRST_ID: Final = 2_000_000_000_001


class AlgoStatus(StrEnum):
    """Where an algo order is in its life.

    TRIGGERING is never seen, because an order fires in one moment (rule U-89 has no case for that reason).
    """

    NEW = "NEW"
    TRIGGERED = "TRIGGERED"
    FINISHED = "FINISHED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"
    REJECTED = "REJECTED"


class Conditional:
    """A conditional order.

    Args:
        id: its number among the conditional orders of the venue, which is its algoId.
        symbol: the contract.
        order: what it becomes; its terms hold the condition.
        now: microseconds.
        price: the latest price of those that its condition looks at.
        listed: whether it is among the ordinary orders already.
    """

    __slots__ = (
        "_status", "_updated", "condition", "created", "extreme", "id", "listed", "order", "reason", "symbol",
        "triggered",
    )  # fmt: skip

    def __init__(self, id: int, symbol: str, order: Order, now: int, price: int, *, listed: bool) -> None:
        condition = terms_of(order).condition
        assert condition is not None, f"{order} waits for nothing"
        self.id = id
        self.symbol = symbol
        self.order = order
        self.condition: Condition = condition
        self.listed = listed
        self.extreme = price
        """The lowest price since the placement where a rise fires it, else the highest; only kept for trailing ones."""
        self.created = self._updated = now
        self.triggered = 0
        """When it fired, 0 before."""
        self.reason = ""
        """Why it was REJECTED."""
        self._status = AlgoStatus.NEW

    @property
    def waiting(self) -> bool:
        """Whether it may still fire."""
        return self._status is AlgoStatus.NEW and (not self.listed or self.order.open)

    @property
    def status(self) -> AlgoStatus:
        """Where it is in its life (rule U-85)."""
        if self._status is AlgoStatus.TRIGGERED and not self.order.open:
            return AlgoStatus.FINISHED
        return self._status

    @property
    def updated(self) -> int:
        """When it changed last, the order that it became included; microseconds."""
        return max(self._updated, self.order.updated)

    @property
    def bound(self) -> bool:
        """Whether it lives only as long as a position (rules U-59, U-77)."""
        return self.condition.close_position or terms_of(self.order).tif == GTE_GTC

    def follow(self, price: int) -> bool:
        """Let a trailing order see a price; true when that fires it (rule U-83)."""
        condition = self.condition
        self.extreme = min(self.extreme, price) if condition.rises else max(self.extreme, price)
        return condition.came_back(price, self.extreme)

    def become(self, status: AlgoStatus, now: int, reason: str = "") -> None:
        """Go on to another state; the time is in microseconds."""
        self._status = status
        self._updated = now
        self.reason = reason

    def fork(self, order: Order) -> Conditional:
        """A copy with the copy of its order."""
        twin = Conditional(self.id, self.symbol, order, self.created, self.extreme, listed=self.listed)
        twin._status, twin._updated, twin.triggered = self._status, self._updated, self.triggered
        twin.reason = self.reason
        return twin

    def __repr__(self) -> str:
        return f"Conditional({self.id} {self.condition.kind} {self.status} {self.order})"


class Conditionals:
    """The conditional orders of a venue."""

    __slots__ = ("_algos", "_books", "_bound", "_live", "_next_id")

    def __init__(self) -> None:
        self._next_id = _FIRST_ID
        self._algos: dict[int, dict[int, Conditional]] = {}
        """Every algo order, by account and id."""
        self._live: dict[int, dict[int, Conditional]] = {}
        """Those that wait, by account and id, and some that ended."""
        self._bound: dict[int, Conditional] = {}
        """Those that live only as long as a position, and some that ended."""
        self._books: dict[str, dict[Working, Waiting]] = {}

    def add(self, symbol: str, order: Order, now: int, price: int, *, listed: bool) -> Conditional:
        """Let an order wait for its condition; see `Conditional` for the arguments."""
        each = Conditional(self._next_id, symbol, order, now, price, listed=listed)
        self._next_id += 1
        owner = order.account.id
        if not listed:
            self._algos.setdefault(owner, {})[each.id] = each
        self._live.setdefault(owner, {})[each.id] = each
        if each.bound:
            self._bound[each.id] = each
        book = self._books.get(symbol)
        if book is None:
            book = self._books[symbol] = {working: Waiting() for working in Working}
        book[each.condition.working].add(each)
        return each

    def of(self, account: int) -> Iterator[Conditional]:
        """Every algo order of an account, oldest first."""
        yield from self._algos.get(account, {}).values()

    def waiting(self, account: int, symbol: str | None = None) -> list[Conditional]:
        """The orders of an account that wait for their condition, oldest first, stops among ordinary orders included.

        Args:
            account: its number in the ledger.
            symbol: only those of a contract.
        """
        live = self._live.get(account)
        if live is None:
            return []
        for each in [each for each in live.values() if not each.waiting]:
            del live[each.id]
        return [each for each in live.values() if symbol in (None, each.symbol)]

    def open(self, account: int, symbol: str | None = None) -> list[Conditional]:
        """The algo orders of an account that have not fired."""
        return [each for each in self.waiting(account, symbol) if not each.listed]

    def find(self, account: int, id: int | None, client_id: str | None) -> Conditional | None:
        """An algo order by either id, of which the number wins; of several with one client id the open or newest."""
        algos = self._algos.get(account, {})
        if id is not None:
            return algos.get(id)
        own = [each for each in algos.values() if each.order.client_id == client_id]
        return next((each for each in own if each.waiting), own[-1] if own else None)

    def book(self, symbol: str) -> dict[Working, Waiting] | None:
        """What waits for the prices of a contract; None where nothing ever did."""
        return self._books.get(symbol)

    def bound(self) -> list[Conditional]:
        """The orders that live only as long as a position: those that wait, and resting ones that have fired."""
        if not self._bound:
            return []
        for each in list(self._bound.values()):
            if not each.waiting and each.status is not AlgoStatus.TRIGGERED:
                del self._bound[each.id]
        return list(self._bound.values())

    def end(self, symbol: str, now: int) -> None:
        """End the algo orders of a contract that is traded no more; the time is in microseconds."""
        for account in self._live:
            for each in self.open(account, symbol):
                each.become(AlgoStatus.EXPIRED, now)

    def fork(self, venue: UsdmVenue) -> Conditionals:
        """A copy for the copy of the venue, which has its markets and accounts already."""
        copies: dict[int, Conditional] = {}

        def copy(each: Conditional) -> Conditional:
            twin = copies.get(each.id)
            if twin is None:
                order, owner = each.order, each.order.account.id
                if order.id:
                    own = venue.markets[each.symbol].bags[owner].all[order.id]
                else:
                    own = order.fork(venue.owners[owner].money)
                twin = copies[each.id] = each.fork(own)
            return twin

        twin = Conditionals()
        twin._next_id = self._next_id
        twin._algos, twin._live = _copied(self._algos, copy), _copied(self._live, copy)
        twin._bound = {id: copy(each) for id, each in self._bound.items()}
        twin._books = {
            symbol: {working: waiting.fork(copy) for working, waiting in book.items()}
            for symbol, book in self._books.items()
        }
        return twin


def _copied(
    orders: dict[int, dict[int, Conditional]], copy: Callable[[Conditional], Conditional]
) -> dict[int, dict[int, Conditional]]:
    return {account: {id: copy(each) for id, each in own.items()} for account, own in orders.items()}
