"""How long orders last: on the book, and in the memory of the exchange (rules U-55, U-131)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from binance_mock.engine.intervals import DAY
from binance_mock.engine.orders import Order, Status

if TYPE_CHECKING:
    from binance_mock.venues.usdm.venue import UsdmVenue

_ON_THE_BOOK: Final = 365 * DAY
_UNFILLED: Final = 3 * DAY
_REMEMBERED: Final = 90 * DAY
_GONE: Final = frozenset({Status.CANCELED, Status.EXPIRED})


class OldestEnds(NamedTuple):
    """The moment at which the oldest order of the venue has rested for a year."""

    def happen(self, venue: UsdmVenue, time: int) -> None:
        """Cancel what is so old, and wait for the next."""
        venue.awaits_old_orders = False
        oldest = 0
        for market in list(venue.markets.values()):
            for bag in market.bags.values():
                for order in list(bag.open.values()):
                    if order.account.house:
                        continue
                    if order.created + _ON_THE_BOOK <= time:
                        market.cancel(order, order.client_id, time)
                    else:
                        oldest = min(oldest or order.created, order.created)
        if oldest:
            expect(venue, oldest)


def expect(venue: UsdmVenue, created: int) -> None:
    """An order rests since a time in microseconds: let it not rest for more than a year (rule U-55)."""
    if not venue.awaits_old_orders:
        venue.awaits_old_orders = True
        venue.schedule.add(created + _ON_THE_BOOK, OldestEnds())


def forgotten(order: Order, now: int) -> bool:
    """Whether queries show an order no more (rule U-131)."""
    return not order.open and is_old(order.created, now, filled=order.executed > 0 or order.status not in _GONE)


def is_old(created: int, now: int, *, filled: bool) -> bool:
    """Whether an order that has ended is remembered no more: after 90 days, and after three when nothing was filled."""
    return now - created > (_REMEMBERED if filled else _UNFILLED)
