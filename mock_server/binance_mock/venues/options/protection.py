"""Market maker protection: what fills come to within a window, and what happens when that is too much (rule O-101).

The window rolls: a fill counts for as long as the window is long, that moment not included. Quantities count whichever
side they are of; deltas, those of the underlying that a fill brought, cancel out. A limit that is met is not exceeded.
Orders that are not meant to be protected (`isMmp`) neither count nor are cancelled.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from binance_mock.engine.events import Canceled
from binance_mock.engine.orders import BUY, Order, Status
from binance_mock.engine.units import SCALE
from binance_mock.venues.options.accounts import UNTIL_RESET, OptionsAccount, Protection, WatchedFill
from binance_mock.venues.options.option_market import OptionMarket, Watch
from binance_mock.venues.options.orders import terms_of

if TYPE_CHECKING:
    from binance_mock.venues.options.venue import OptionsVenue


def counting(protection: Protection, fill: WatchedFill) -> Protection:
    """The protection after one more fill; it struck, at the time of the fill, where that was too much.

    Args:
        protection: as it was.
        fill: the newest fill.
    """
    now = fill.time
    fills = (*(each for each in protection.fills if now - each.time < protection.window), fill)
    qty, delta = sum(each.qty for each in fills), sum(each.delta for each in fills)
    if qty <= protection.qty_limit and abs(delta) <= protection.delta_limit:
        return protection._replace(fills=fills)
    until = now + protection.frozen if protection.frozen else UNTIL_RESET
    return protection._replace(triggered=now, frozen_until=until, fills=())


def watching(venue: OptionsVenue) -> Watch:
    """Counts the fills of a venue, those of accounts with any protection."""

    def watch(market: OptionMarket, order: Order, qty: int, now: int) -> None:
        account = venue.owners[order.account.id]
        if account.protections:
            delta = venue.fair(market.info, now).delta
            watch_fill(account, venue.markets.values(), market, order, qty, delta, now)

    return watch


def watch_fill(
    account: OptionsAccount,
    markets: Iterable[OptionMarket],
    market: OptionMarket,
    order: Order,
    qty: int,
    delta: int,
    now: int,
) -> None:
    """Count a fill, where the order is to be protected, and cancel all such orders when that was too much.

    Args:
        account: whose order it is.
        markets: those in which it may have others.
        market: where the order traded, and maybe trades on; what is cancelled there does so no more.
        order: the order, which the fill is posted to.
        qty: how much it traded.
        delta: of one unit of the underlying.
        now: microseconds.
    """
    underlying, unit = market.info.underlying, market.info.unit
    before = account.protections.get(underlying)
    if before is None or not terms_of(order).mmp:
        return
    sign = 1 if order.side is BUY else -1
    after = counting(before, WatchedFill(now, qty, sign * delta * qty * unit // SCALE))
    account.protections[underlying] = after
    if after.fills:
        return
    for each in markets:
        bag = each.bags.get(account.money.id)
        if bag is None or each.info.underlying != underlying:
            continue
        for other in [other for other in bag.open.values() if terms_of(other).mmp]:
            if each is market:  # In the middle of a command.
                each.end(other, Status.CANCELED, now)
                each.events.append(Canceled(other))
            else:
                each.cancel(other, other.client_id, now)
