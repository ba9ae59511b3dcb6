"""The open orders of an account: looking at them, and cancelling many at once."""

from __future__ import annotations

from collections.abc import Iterable

from binance_mock.engine.orders import Order
from binance_mock.venues.options.accounts import OptionsAccount
from binance_mock.venues.options.orders import terms_of
from binance_mock.venues.options.venue import OptionsVenue


def open_orders(venue: OptionsVenue, account: OptionsAccount, symbol: str) -> list[Order]:
    """The account's open orders of a contract, oldest first; to look makes no market."""
    market = venue.markets.get(symbol)
    bag = None if market is None else market.bags.get(account.money.id)
    return [] if bag is None else list(bag.open.values())


def cancel_all(
    venue: OptionsVenue, account: OptionsAccount, symbols: Iterable[str], now: int, *, protected: bool = False
) -> int:
    """Cancel the account's open orders of some contracts.

    Args:
        venue: where.
        account: whose.
        symbols: the contracts; those without a market have no orders.
        now: microseconds.
        protected: only orders that market maker protection watches.

    Returns:
        how many orders were cancelled.
    """
    count = 0
    for symbol in symbols:
        for order in open_orders(venue, account, symbol):
            if terms_of(order).mmp or not protected:
                venue.markets[symbol].cancel(order, order.client_id, now)
                count += 1
    return count


def of_underlying(venue: OptionsVenue, underlying: str) -> list[str]:
    """The contracts of an underlying that have a market."""
    return [symbol for symbol, market in venue.markets.items() if market.info.underlying == underlying]
