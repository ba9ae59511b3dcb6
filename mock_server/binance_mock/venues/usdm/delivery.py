"""Delivery: a dated contract ends, and every position in it is closed at the mean of the index (rules U-54, U-125).

The mean is that of the last hour. No commission is taken. A contract whose date is past when a world is first touched
was delivered without anybody in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from binance_mock.engine.contracts import ContractMarket
from binance_mock.engine.intervals import HOUR
from binance_mock.engine.orders import FILLED, ExpiryReason, Order, OrderType, Side, TimeInForce
from binance_mock.engine.positions import Position
from binance_mock.engine.trades import Trade
from binance_mock.venues.usdm.accounts import IncomeType, UsdmAccount
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.orders import Terms

if TYPE_CHECKING:
    from binance_mock.venues.usdm.venue import UsdmVenue

DELIVERED: Final = "DELIVERED"


class Delivery(NamedTuple):
    """The last moment of a dated contract, unless it is delivered already."""

    symbol: str

    def happen(self, venue: UsdmVenue, time: int) -> None:
        """End all orders, close all positions, and take the contract out of trading."""
        info = venue.symbols[self.symbol]
        if self.symbol in venue.delivered:
            return
        price = venue.mean_index(info.pair, time - HOUR, time)
        price -= price % 10 ** (8 - info.price_digits)
        venue.delivered[self.symbol] = price
        venue.set_status(self.symbol, DELIVERED)
        venue.conditionals.end(self.symbol, time)
        market = venue.markets.get(self.symbol)
        if market is None:
            return
        for bag in market.bags.values():
            for order in list(bag.open.values()):
                market.expire(order, ExpiryReason.EXCHANGE_CANCELED, time)
        for account in list(venue.holders.get(self.symbol, {}).values()):
            for position in account.held(self.symbol):
                _close(market, info, account, position, price, time)


def schedule(venue: UsdmVenue) -> None:
    """Let every dated contract be delivered at its date; one whose date is past is at once."""
    for info in venue.symbols.values():
        if not info.perpetual:
            venue.schedule.add(info.delivery, Delivery(info.name))


def rewind(venue: UsdmVenue, now: int) -> None:
    """The clock went back before the date of a contract: it trades again, with nobody in it."""
    for symbol in list(venue.delivered):
        info = venue.symbols[symbol]
        if info.delivery > now:
            del venue.delivered[symbol]
            venue.statuses.pop(symbol, None)
            venue.schedule.add(info.delivery, Delivery(symbol))


def _close(
    market: ContractMarket, info: ContractInfo, account: UsdmAccount, position: Position, price: int, now: int
) -> None:
    """Close a position at a price, by an order and a trade of its own, and pay its result."""
    qty, side = abs(position.qty), Side.SELL if position.qty > 0 else Side.BUY
    terms = Terms(position_side=position.side, reduce_only=True)
    number = market.next_order_id
    order = Order(
        account.money, f"settlement_autoclose-{number}", side, OrderType.MARKET, TimeInForce.GTC, 0, qty, extras=terms
    )
    order.id, market.next_order_id = number, number + 1
    order.left, order.executed, order.quote = 0, qty, market.worth(price, qty)
    order.status = FILLED
    order.created = order.updated = order.working_time = now
    asset = info.margin_asset
    trade = Trade(number, now, price, qty, order.quote, side is Side.SELL, number, None, order, taker_fee_asset=asset)
    realised = position.fill(side, price, qty)
    position.updated = now
    position.isolated_wallet = 0
    account.money.free[asset] += realised
    if account.money.house:
        return
    bag = market.bag(account.money)
    bag.all[number] = order
    bag.trades.append(trade)
    if realised:
        account.results[info.name, trade.id, number] = realised
    account.note(now, IncomeType.DELIVERED_SETTELMENT, info.name, asset, realised, None)
