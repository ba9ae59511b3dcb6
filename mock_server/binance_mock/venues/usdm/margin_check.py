"""Whether an account can carry one more order (rules U-100 to U-103)."""

from __future__ import annotations

from typing import Final

from binance_mock.engine.contracts import ContractMarket
from binance_mock.engine.margin import exposure, initial_margin, one_way_requirement, opening_cost
from binance_mock.engine.orders import BUY, SELL, Order
from binance_mock.engine.units import SCALE
from binance_mock.venues.errors import Refusal
from binance_mock.venues.usdm.accounts import UsdmAccount
from binance_mock.venues.usdm.closing import closing_orders
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.margins import available, row
from binance_mock.venues.usdm.orders import side_of
from binance_mock.venues.usdm.venue import UsdmVenue

_SLIPPAGE: Final = 50_000
"""What is added to the best price for a market order: 0.05 %, a common figure (rule U-103)."""


def check_order(
    venue: UsdmVenue,
    account: UsdmAccount,
    info: ContractInfo,
    market: ContractMarket,
    order: Order,
    replaced: Order | None = None,
) -> None:
    """Hold an order that may open or add to a position against leverage and margin.

    Args:
        venue: where it is placed.
        account: who places it.
        info: the contract.
        market: its market.
        order: the order, not placed yet.
        replaced: an open order of the same side and position whose place it takes.

    Raises:
        Refusal: the position could become too large for its leverage (-2027), or the margin is short (-2019).
    """
    symbol, of = info.name, side_of(order)
    held = account.positions.get((symbol, of))
    leverage = account.leverage(symbol)
    mark = venue.mark_price(symbol)
    present = 0 if held is None else held.notional(mark)
    bids, asks = account.pending.get((symbol, of, BUY), 0), account.pending.get((symbol, of, SELL), 0)
    before = one_way_requirement(present, bids, asks, leverage)
    price = order.price or _market_price(market, order)
    notional = info.worth(price, order.left)
    if replaced is not None:
        notional -= info.worth(replaced.price, replaced.left)
    if order.side is BUY:
        bids += notional
    else:
        asks += notional
    largest = exposure(present, bids, asks)
    if largest > info.brackets.most_notional(leverage):
        raise Refusal(-2027, "Exceeded the maximum allowable position at current leverage.")
    after = initial_margin(largest, leverage)
    loss = info.open_loss(order.side, price, order.left, mark)
    if opening_cost(before, after, loss) > available(venue, account, info.margin_asset):
        raise Refusal(-2019, "Margin is insufficient.")


def check_flip(
    venue: UsdmVenue,
    account: UsdmAccount,
    info: ContractInfo,
    market: ContractMarket,
    order: Order,
    replaced: Order | None = None,
) -> None:
    """Hold an order that only closes against those of its side that may open (rule U-74).

    Once it has closed the position, or a part of it, they would turn it round with what they were to close. That is
    more than they needed margin for. Arguments as for `check_order`.

    Raises:
        Refusal: -4118, the margin is short of that.
    """
    position = account.position(info.name, side_of(order))
    before = row(venue, account, info, position)
    buys = order.side is BUY
    others = before.bids if buys else before.asks
    if not others:
        return
    closing = info.worth(order.price or _market_price(market, order), order.left)
    for other in closing_orders(market, account, position.side, order.side):
        if other is not replaced:
            closing += info.worth(other.price, other.left)
    closing = min(closing, abs(before.notional))  # Together they close no more than there is.
    bids, asks = (others + closing, before.asks) if buys else (before.bids, others + closing)
    after = one_way_requirement(before.notional, bids, asks, position.leverage)
    if after - before.initial > available(venue, account, info.margin_asset):
        raise Refusal(-4118, "ReduceOnly Order Failed. Please check your existing position and open orders")


def _market_price(market: ContractMarket, order: Order) -> int:
    """What a market order is reckoned at."""
    best = market.book.asks.best if order.side is BUY else market.book.bids.best
    if best is None:
        return market.tape.last_price
    away = best.price * _SLIPPAGE // SCALE
    return best.price + away if order.side is BUY else best.price - away
