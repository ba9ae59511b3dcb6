"""What a fill does to positions and wallets (rules U-109, U-113, U-114, U-117)."""

from __future__ import annotations

from binance_mock.engine.margin import initial_margin, isolated_release
from binance_mock.engine.orders import Order
from binance_mock.engine.positions import MarginType, Position
from binance_mock.engine.units import SCALE
from binance_mock.venues.usdm.accounts import IncomeType, UsdmAccount
from binance_mock.venues.usdm.orders import side_of


def settle_fill(
    account: UsdmAccount, symbol: str, asset: str, order: Order, price: int, qty: int, maker: bool, trade_id: int
) -> int:
    """Move the position of one party of a trade, realise its result, and take the commission.

    Args:
        account: the party.
        symbol: the contract.
        asset: its margin asset.
        order: the party's order, whose time is that of the fill.
        price: of the trade.
        qty: of the trade.
        maker: whether the order rested.
        trade_id: id of the trade.

    Returns:
        the commission, which is out of the wallet by now.
    """
    money, now = account.money, order.updated
    fees = money.symbol_fees.get(symbol, money.fees)
    fee = price * qty // SCALE * fees.total[2 * maker] // SCALE
    position = account.position(symbol, side_of(order))
    before = position.qty
    realised = position.fill(order.side, price, qty, fee=fee)
    position.updated = now
    if position.margin_type is MarginType.ISOLATED:
        _move_isolated(position, before, price, fee)
    money.free[asset] += realised - fee
    if realised:
        account.results[symbol, trade_id, order.id] = realised
    account.note(now, IncomeType.REALIZED_PNL, symbol, asset, realised, trade_id)
    account.note(now, IncomeType.COMMISSION, symbol, asset, -fee, trade_id)
    return fee


def _move_isolated(position: Position, before: int, price: int, fee: int) -> None:
    """Set margin aside for what was opened, and give that of what was closed back to the cross wallet."""
    after = position.qty
    closed = abs(before) if before * after <= 0 else max(0, abs(before) - abs(after))
    if before and closed:
        position.isolated_wallet -= isolated_release(position.isolated_wallet, closed, abs(before))
    opened = abs(after) - (abs(before) - closed)
    if opened > 0:
        position.isolated_wallet += initial_margin(price * opened // SCALE, position.leverage)
    if after:
        position.isolated_wallet -= fee
