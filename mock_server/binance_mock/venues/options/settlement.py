"""What a fill does to position and wallet (rules O-71, O-72, O-85)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from binance_mock.engine.contracts import Fee, Settle
from binance_mock.engine.orders import BUY, Order
from binance_mock.venues.options.accounts import ASSET, BillType, FillRecord, OptionsAccount
from binance_mock.venues.options.fees import trade_fee
from binance_mock.venues.options.listings import Contract
from binance_mock.venues.options.margin import premium
from binance_mock.venues.options.pricing import implied_volatility

if TYPE_CHECKING:
    from binance_mock.venues.options.venue import OptionsVenue


class Print(NamedTuple):
    """One fill as a party of it sees it; price and quantity in units of 10^-8."""

    price: int
    qty: int
    maker: bool
    trade_id: int


def settling(venue: OptionsVenue, info: Contract) -> Settle:
    """What fills of a contract do in a venue."""
    owners, collector = venue.owners, venue.ledger.collector

    def settle(order: Order, price: int, qty: int, is_maker: bool, trade_id: int) -> Fee:
        index = venue.index_of(info, order.updated)
        volatility = 0
        if not order.account.house:
            left = info.expiry - order.updated
            volatility = implied_volatility(info.side, price, index, info.strike, left) or 0
        owner, fill = owners[order.account.id], Print(price, qty, is_maker, trade_id)
        venue.look_at(owner)
        fee = settle_fill(owner, info.name, info.unit, index, order, fill, volatility=volatility)
        collector.free[ASSET] += fee
        return fee, ASSET

    return settle


def settle_fill(
    account: OptionsAccount, symbol: str, unit: int, index: int, order: Order, fill: Print, volatility: int = 0
) -> int:
    """Move the position of one party of a trade, pay or receive the premium, and take the commission.

    Args:
        account: the party.
        symbol: the contract.
        unit: underlying in a contract.
        index: price of the underlying.
        order: the party's order, whose time is that of the fill.
        fill: what was traded.
        volatility: implied by the price, for the record.

    Returns:
        the commission, which is out of the wallet by now.
    """
    money, now = account.money, order.updated
    rate = money.fees.total[2 * fill.maker]
    fee = trade_fee(fill.price, fill.qty, index, unit, rate)
    paid = premium(fill.price, fill.qty, unit)
    if order.side is BUY:
        paid = -paid
    position = account.position(symbol)
    realised = position.fill(order.side, fill.price, fill.qty) * unit
    position.updated = now
    money.free[ASSET] += paid - fee
    if not money.house:
        number = len(account.fills) + 1
        account.fills[symbol, fill.trade_id, order.id] = FillRecord(fee, realised, volatility, number)
        account.note(now, BillType.CONTRACT, paid)
        account.note(now, BillType.FEE, -fee)
    return fee
