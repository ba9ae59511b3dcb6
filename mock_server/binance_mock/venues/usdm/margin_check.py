"""Whether an account can carry one more order (rules U-100 to U-103)."""

from __future__ import annotations

from typing import Final

from binance_mock.engine.contracts import ContractMarket
from binance_mock.engine.margin import exposure, one_way_requirement, open_loss, opening_cost
from binance_mock.engine.orders import BUY, Order
from binance_mock.engine.positions import PositionSide
from binance_mock.engine.units import SCALE
from binance_mock.venues.errors import Refusal
from binance_mock.venues.usdm.accounts import UsdmAccount
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.margins import Margins, row
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
    position = account.position(info.name, side_of(order))
    before = row(venue, account, info, position)
    price = order.price or _market_price(market, order)
    notional = price * order.left // SCALE
    if replaced is not None:
        notional -= replaced.price * replaced.left // SCALE
    bids = (0 if position.side is PositionSide.SHORT else before.bids) + (notional if order.side is BUY else 0)
    asks = (0 if position.side is PositionSide.LONG else before.asks) + (0 if order.side is BUY else notional)
    if exposure(before.notional, bids, asks) > info.brackets.most_notional(position.leverage):
        raise Refusal(-2027, "Exceeded the maximum allowable position at current leverage.")
    after = one_way_requirement(before.notional, bids, asks, position.leverage)
    loss = open_loss(order.side, price, order.left, before.mark)
    if opening_cost(before.initial, after, loss) > Margins(venue, account).available(info.margin_asset):
        raise Refusal(-2019, "Margin is insufficient.")


def _market_price(market: ContractMarket, order: Order) -> int:
    """What a market order is reckoned at."""
    best = market.book.asks.best if order.side is BUY else market.book.bids.best
    if best is None:
        return market.tape.last_price
    away = best.price * _SLIPPAGE // SCALE
    return best.price + away if order.side is BUY else best.price - away
