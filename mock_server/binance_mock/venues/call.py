"""What a handler knows of the call it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection

VenueT = TypeVar("VenueT")
AccountT = TypeVar("AccountT")


class OrderCounter(Protocol):
    """Keeps the count of unfilled orders of each account (rules S-65 to S-70)."""

    def check(self, account: str, n: int, now: int, burst: int = 0) -> None:
        """Raise `Refusal` -1015 when `n` more orders are too many, or `burst` on top of them within seconds."""

    def add(self, account: str, n: int, now: int, burst: int = 0) -> None:
        """Count `n` orders, and in the intervals of seconds `burst` more (rule U-26)."""

    def filled(self, account: str, maker: bool, now: int) -> None:
        """An order traded for the first time."""

    def describe(self, account: str, now: int) -> Sequence[Mapping[str, object]]:
        """The rows of `GET rateLimit/order`."""


class Limits(Protocol):
    """The request limits of a venue, as its handlers may see them."""

    @property
    def orders(self) -> OrderCounter:
        """The counts of unfilled orders."""

    def rules(self) -> Sequence[Mapping[str, object]]:
        """Every limiter, as exchangeInfo lists them."""


class Key(Protocol):
    """What a handler may see of the key of its caller."""

    @property
    def permissions(self) -> Collection[str]:
        """What it may do."""

    @property
    def ips(self) -> Collection[str]:
        """From where it may be used; none for anywhere."""


class Call(Generic[VenueT, AccountT]):
    """One call that passed the gate.

    Args:
        venue: the market it is for.
        account: who calls, None where the endpoint needs no key.
        now: time of the call in microseconds.
        per_unit: microseconds in the unit of time of the answer: 1000, or 1 where microseconds were asked for.
        limits: the venue's request limits.
        key: what the caller named, None where the endpoint needs no key.
    """

    __slots__ = ("_account", "key", "limits", "now", "per_unit", "venue")

    def __init__(
        self,
        venue: VenueT,
        account: AccountT | None,
        now: int,
        per_unit: int,
        limits: Limits,
        key: Key | None = None,
    ) -> None:
        self.venue = venue
        self._account = account
        self.now = now
        self.per_unit = per_unit
        self.limits = limits
        self.key = key

    @property
    def account(self) -> AccountT:
        """The caller's account; only for endpoints that need a key."""
        if self._account is None:
            raise TypeError("this endpoint was declared without security, so there is no account")
        return self._account

    def time(self, us: int) -> int:
        """A time of the answer in the unit that the caller asked for, cut down (rule S-14); so -1 stays -1."""
        return us // self.per_unit
