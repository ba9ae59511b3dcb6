"""The match loop: price-time priority at the maker's price, and the posting of each fill (rules S-84 to S-94)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from binance_mock.engine.commission import commission
from binance_mock.engine.events import Expired, Prevented, Traded, make_event
from binance_mock.engine.orders import BUY, CANCELED, FILLED, NONE, PARTIALLY_FILLED, Order, Side, Status, StpMode
from binance_mock.engine.self_trade import PreventedMatch, effective_mode, prevented_quantities
from binance_mock.engine.trades import Trade
from binance_mock.engine.units import SCALE

if TYPE_CHECKING:
    from binance_mock.engine.ledger import Account
    from binance_mock.engine.market import Market


def match(market: Market, taker: Order, now: int) -> None:
    """Trade `taker` against the book until it is done, its limit is reached, or the other side is empty."""
    book = market.book
    buying = taker.side is BUY
    opposite = book.asks if buying else book.bids
    keys, sign = opposite.keys, opposite.sign
    limit = taker.price
    if not keys or (limit and (keys[-1] < -limit if buying else keys[-1] < limit)):
        return  # Nothing to trade with, the usual case of an order that comes to rest.
    levels = opposite.levels
    guarded = taker.stp is not NONE
    group = taker.account.group
    while taker.left and keys:
        level = levels[sign * keys[-1]]
        price = level.price
        if limit and (price > limit if buying else price < limit):
            return
        maker = level.head
        assert maker is not None, "an empty level stands on the book"
        if guarded and maker.account.group == group:
            prevent(market, taker, maker, now)
            if not taker.open:
                return
            continue
        qty = maker.shown
        if taker.left < qty:
            qty = taker.left
        if not limit and buying and not market.afford(taker, price * qty // SCALE):
            return
        market.fill(maker, taker, qty, now)
        if taker.status is CANCELED:
            return  # By what the fill set off.


def afford(market: Market, taker: Order, quote: int) -> bool:
    """Whether a market order to buy can pay the next fill; what its lock lacks is locked in addition.

    The lock was reckoned on the book as it stood. Only the cutting of amounts to 10^-8 and self-trade prevention
    can make a fill dearer than that.
    """
    missing = quote - taker.locked
    if missing > 0:
        if not taker.account.lock(market.quote, missing):
            return False
        taker.locked += missing
    return True


def fill(market: Market, maker: Order, taker: Order, qty: int, now: int) -> None:
    """One trade of `qty` at the maker's price: both orders, both accounts, the tape, the event."""
    price = maker.price
    quote = price * qty // SCALE
    maker_first, taker_first = not maker.executed, not taker.executed
    # Written out for both: this is the engine's innermost path.
    maker.left -= qty
    maker.executed += qty
    maker.quote += quote
    maker.updated = now
    taker.left -= qty
    taker.executed += qty
    taker.quote += quote
    taker.updated = now
    buyer_maker = maker.side is BUY
    buyer, seller = (maker, taker) if buyer_maker else (taker, maker)
    base_asset, quote_asset = market.base, market.quote
    payer, giver = buyer.account, seller.account

    # The buyer's lock shrinks to what its rest may cost; the difference to what this fill cost is free again.
    keep = buyer.price * buyer.left // SCALE if buyer.price else buyer.locked - quote
    paid = buyer.locked - keep
    buyer.locked = keep
    payer.locked[quote_asset] -= paid
    if paid != quote:
        payer.free[quote_asset] += paid - quote
    seller.locked -= qty
    giver.locked[base_asset] -= qty

    trade_id = market.tape.next_id
    taker_id = taker.id
    if buyer_maker:
        maker_fee, maker_asset = _credit(market, payer, qty, base_asset, market.base_unit, _MAKER_BUYER)
        taker_fee, taker_asset = _credit(market, giver, quote, quote_asset, market.quote_unit, _TAKER_SELLER)
    else:
        taker_fee, taker_asset = _credit(market, payer, qty, base_asset, market.base_unit, _TAKER_BUYER)
        maker_fee, maker_asset = _credit(market, giver, quote, quote_asset, market.quote_unit, _MAKER_SELLER)
    trade = make_event(
        Trade,
        (trade_id, now, price, qty, quote, buyer_maker, taker_id, maker, taker,
         maker_fee, maker_asset, taker_fee, taker_asset),
    )  # fmt: skip
    payer.updated = giver.updated = now
    conclude(market, trade, maker, taker, maker_first, taker_first)


def conclude(market: Market, trade: Trade, maker: Order, taker: Order, maker_first: bool, taker_first: bool) -> None:
    """Put a trade on the tape and into the accounts' lists, tell of it, and end or shrink the orders it filled.

    Args:
        market: where it was made.
        trade: the trade.
        maker: its resting order, executed and left as they are after the trade.
        taker: the other one.
        maker_first: whether it is the maker's first.
        taker_first: whether it is the taker's first.
    """
    qty, now = trade.qty, trade.time
    market.tape.append(trade)
    payer, giver = maker.account, taker.account
    bags = market.bags
    if not payer.house:
        bags[payer.id].trades.append(trade)
    if giver is not payer and not giver.house:
        bags[giver.id].trades.append(trade)

    market.events.append(make_event(Traded, (trade, maker_first, taker_first)))
    if maker.left:
        maker.status = PARTIALLY_FILLED
        market.book.reduce(maker, qty)
    else:
        market.end(maker, FILLED, now)
    if taker.left:
        taker.status = PARTIALLY_FILLED
    else:
        market.end(taker, FILLED, now)


_TAKER_SELLER: Final = 0
_TAKER_BUYER: Final = 1
_MAKER_SELLER: Final = 2
_MAKER_BUYER: Final = 3
"""Places in `Fees.total`: 2 * maker + buyer."""


def _credit(market: Market, account: Account, amount: int, asset: str, unit: int, role: int) -> tuple[int, str]:
    """Give an account what a fill brought it, less the commission, which the collector gets.

    Returns:
        the commission and its asset.
    """
    fees = account.fees
    if account.symbol_fees:
        fees = account.symbol_fees.get(market.symbol, fees)
    free = account.free
    rate = fees.total[role]
    if account.bnb_burn and rate:
        free[asset] += amount
        fee, fee_asset = commission(
            account, fees, amount, asset, maker=role > 1, buyer=bool(role & 1), unit=unit, bnb_price=market.bnb_price
        )
        free[fee_asset] -= fee
        market.ledger.collector.free[fee_asset] += fee
        return fee, fee_asset
    if not rate:
        free[asset] += amount
        return 0, asset
    fee = amount * rate // SCALE
    if unit > 1:
        fee -= fee % unit
    free[asset] += amount - fee
    market.ledger.collector.free[asset] += fee
    return fee, asset


def prevent(market: Market, taker: Order, maker: Order, now: int) -> None:
    """Two orders of one owner met: take away what the mode says (rules S-106 to S-109)."""
    mode = effective_mode(taker, maker)
    taker_qty, maker_qty = prevented_quantities(mode, taker, maker)
    record = PreventedMatch(
        len(market.prevented), taker, maker, mode, maker.price, taker_qty, maker_qty, taker.account.trade_group, now
    )
    market.prevented.append(record)
    if mode is StpMode.TRANSFER and taker_qty:
        _transfer(market, taker, maker, taker_qty)
    market.events.append(Prevented(record))
    for order, qty in ((maker, maker_qty), (taker, taker_qty)):
        if qty is not None or order is taker:
            extras = order.need_extras()
            if extras.prevented_matches is None:
                extras.prevented_matches = []
            extras.prevented_matches.append(record)
        if qty is None:
            continue
        order.left -= qty
        order.prevented += qty
        order.updated = now
        market.trim(order)
        if order.level is not None:
            _shrink(market, order)
        if not order.left:
            market.end(order, Status.EXPIRED_IN_MATCH, now)
            market.events.append(Expired(order, None))


def _shrink(market: Market, maker: Order) -> None:
    """Let a resting order show no more than it has left; its place in the queue stays."""
    excess = maker.shown - maker.left
    level = maker.level
    if excess > 0 and level is not None:
        maker.shown -= excess
        level.qty -= excess
        market.book.update_id += 1


def trim(market: Market, order: Order) -> None:
    """Unlock what an order with a smaller rest no longer needs."""
    if order.side is Side.SELL:
        asset, need = market.base, order.left
    elif order.price:
        asset, need = market.quote, order.price * order.left // SCALE
    else:
        return  # A market order pays by fill; what is over comes back at its end.
    if order.locked > need:
        order.account.unlock(asset, order.locked - need)
        order.locked = need


def _transfer(market: Market, taker: Order, maker: Order, qty: int) -> None:
    """Move base and notional between two accounts of one trade group, without commission (rule S-106)."""
    buyer, seller = (taker, maker) if taker.side is BUY else (maker, taker)
    quote = maker.price * qty // SCALE
    if not buyer.price and not afford(market, buyer, quote):
        return
    buyer.locked -= quote
    buyer.account.locked[market.quote] -= quote
    seller.account.free[market.quote] += quote
    seller.locked -= qty
    seller.account.locked[market.base] -= qty
    buyer.account.free[market.base] += qty
