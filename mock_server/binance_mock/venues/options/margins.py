"""What an account of options is worth, needs, and has left at one moment (rules O-71 to O-78).

All is reckoned from positions, open orders and mark prices and kept nowhere; amounts are integers of 10^-8. What a
short needs is a model that can be replaced (`margin.ShortMargin`); what buy orders set aside is premium and fee.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from binance_mock.engine.orders import BUY, Side
from binance_mock.venues.options.accounts import OptionsAccount
from binance_mock.venues.options.fees import trade_fee
from binance_mock.venues.options.listings import Contract
from binance_mock.venues.options.margin import (
    adjusted_equity,
    available,
    buying_cost,
    equity,
    margin_balance,
    market_value,
    unrealised,
)
from binance_mock.venues.options.pricing import Greeks
from binance_mock.venues.options.resting import open_orders
from binance_mock.venues.options.venue import OptionsVenue


class Row(NamedTuple):
    """One contract that an account holds or has orders in.

    Attributes:
        info: the contract.
        qty: of the position, below zero for a short.
        entry: its entry price, 0 when flat.
        greeks: mark price and Greeks of one unit of the underlying.
        value: of the position at the mark price, below zero for a short (rule O-73).
        unrealised: profit of the position (rule O-76).
        bids: what open buy orders could still trade.
        asks: what open sell orders could still trade.
        reserved: premium and fee of the buy orders (rule O-71).
        initial: margin of the short that there is, or would be once all sell orders had traded (rule O-72).
        maintenance: margin below which the short may only be reduced (rule O-80).
    """

    info: Contract
    qty: int
    entry: int
    greeks: Greeks
    value: int
    unrealised: int
    bids: int
    asks: int
    reserved: int
    initial: int
    maintenance: int

    def beyond(self, side: Side, qty: int = 0) -> int:
        """How long or short it would be once all open orders of a side, and a further quantity, had traded."""
        return max(0, qty + (self.qty + self.bids if side is BUY else self.asks - self.qty))

    def opening(self, side: Side, qty: int) -> int:
        """What of a further order could open or add to a position, when open orders of its side trade before it."""
        return min(qty, self.beyond(side, qty))


def order_fee(venue: OptionsVenue, account: OptionsAccount, info: Contract, price: int, qty: int, now: int) -> int:
    """The most that trading a quantity at a price costs in fees at the index of now (rule O-85)."""
    rate = max(account.money.fees.total)
    return trade_fee(price, qty, venue.index_of(info, now), info.unit, rate)


def order_cost(venue: OptionsVenue, account: OptionsAccount, info: Contract, price: int, qty: int, now: int) -> int:
    """What a buy order sets aside while it rests (rule O-71).

    The fee is of the index at the fill; where the index rises before that, so does what is set aside.
    """
    return buying_cost(price, qty, info.unit, order_fee(venue, account, info, price, qty, now))


def short_initial(venue: OptionsVenue, info: Contract, mark: int, qty: int, now: int) -> int:
    """Margin to write and hold a quantity, without sign (rule O-77).

    Args:
        venue: whose model it is.
        info: the contract.
        mark: its mark price.
        qty: how much is short; 0 or less needs nothing.
        now: microseconds.
    """
    index, model = venue.index_of(info, now), venue.short_margin
    return model.initial(info.side, info.strike, index, mark, max(0, qty), info.unit, info.ratios)


def row(venue: OptionsVenue, account: OptionsAccount, info: Contract, now: int) -> Row:
    """Reckon one contract."""
    position = account.positions.get(info.name)
    qty, entry = (0, 0) if position is None else (position.qty, position.entry)
    greeks = venue.mark(info, now)
    mark, unit = greeks.price, info.unit
    bids = asks = reserved = 0
    for order in open_orders(venue, account, info.name):
        if order.side is BUY:
            bids += order.left
            reserved += order_cost(venue, account, info, order.price, order.left, now)
        else:
            asks += order.left
    index, model = venue.index_of(info, now), venue.short_margin
    maintenance = model.maintenance(info.side, info.strike, index, mark, max(0, -qty), unit, info.ratios)
    return Row(
        info,
        qty,
        entry,
        greeks,
        market_value(mark, qty, unit),
        unrealised(mark, entry, qty, unit),
        bids,
        asks,
        reserved,
        short_initial(venue, info, mark, asks - qty, now),
        maintenance,
    )


def rows(venue: OptionsVenue, account: OptionsAccount, now: int) -> list[Row]:
    """The contracts with a position or an open order, in the order in which they were first touched.

    Those that expired and are not settled yet are left out.
    """
    names = {position.symbol: None for position in account.open_positions()}
    names.update({symbol: None for symbol in venue.markets if open_orders(venue, account, symbol)})
    listed = (venue.symbols.get(symbol) for symbol in names)
    return [row(venue, account, info, now) for info in listed if info is not None]


class Margins:
    """One account at one moment.

    Args:
        venue: where it trades.
        account: the account.
        now: microseconds.
    """

    __slots__ = ("account", "balance", "rows")

    def __init__(self, venue: OptionsVenue, account: OptionsAccount, now: int) -> None:
        self.account = account
        self.balance = account.balance
        """Of the wallet: premiums were paid out of it and into it."""
        self.rows = rows(venue, account, now)

    @property
    def values(self) -> Iterable[int]:
        """What each position is worth."""
        return [each.value for each in self.rows]

    @property
    def equity(self) -> int:
        """What the account is worth (rule O-73)."""
        return equity(self.balance, self.values)

    @property
    def adjusted_equity(self) -> int:
        """The wallet and the longs alone (rule O-73)."""
        return adjusted_equity(self.balance, self.values)

    @property
    def unrealised(self) -> int:
        """Profit of all positions at the mark prices (rule O-76)."""
        return sum(each.unrealised for each in self.rows)

    @property
    def margin_balance(self) -> int:
        """Equity without the profit that is not realised (rule O-74)."""
        return margin_balance(self.equity, self.unrealised)

    @property
    def reserved(self) -> int:
        """What open buy orders set aside (rule O-71)."""
        return sum(each.reserved for each in self.rows)

    @property
    def cash(self) -> int:
        """What of the wallet is free to pay premiums; below zero when too little is there."""
        return self.balance - self.reserved

    @property
    def initial(self) -> int:
        """Margin of shorts and of sell orders that would be short, and what buy orders set aside."""
        return sum(each.initial for each in self.rows) + self.reserved

    @property
    def maintenance(self) -> int:
        """Below this equity the account may only reduce (rule O-80)."""
        return sum(each.maintenance for each in self.rows)

    @property
    def spare(self) -> int:
        """What is left for new orders; below zero when there is too little."""
        return self.equity - self.initial

    @property
    def available(self) -> int:
        """The same, but never below zero (rule O-75)."""
        return available(self.equity, self.initial)
