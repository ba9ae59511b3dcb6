"""What a fill does to positions and wallets (rules U-109, U-113, U-114, U-117)."""

from __future__ import annotations

from collections.abc import Callable

from binance_mock.engine.commission import BNB, Fees
from binance_mock.engine.contracts import Fee
from binance_mock.engine.ledger import Account
from binance_mock.engine.margin import initial_margin, isolated_release
from binance_mock.engine.orders import Order
from binance_mock.engine.positions import MarginType, Position
from binance_mock.engine.units import SCALE
from binance_mock.venues.usdm.accounts import IncomeType, UsdmAccount
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.orders import is_forced, side_of


def settle_fill(
    account: UsdmAccount,
    info: ContractInfo,
    order: Order,
    price: int,
    qty: int,
    maker: bool,
    trade_id: int,
    bnb_price: Callable[[str], int],
) -> Fee:
    """Move the position of one party of a trade, realise its result, and take the commission.

    Forced orders pay none: what a liquidation costs is another fee (rule U-126).

    Args:
        account: the party.
        info: the contract.
        order: the party's order, whose time is that of the fill.
        price: of the trade.
        qty: of the trade.
        maker: whether the order rested.
        trade_id: id of the trade.
        bnb_price: the price of one BNB in an asset, 0 when there is none.

    Returns:
        the commission and its asset; it is out of the wallet by now.
    """
    money, now, symbol, asset = account.money, order.updated, info.name, info.margin_asset
    fees = money.symbol_fees.get(symbol, money.fees)
    worth = info.worth(price, qty)
    fee, fee_asset = 0 if is_forced(order) else worth * fees.total[2 * maker] // SCALE, asset
    charged = fee
    if account.fee_burn and fee:
        charged, fee_asset = _in_bnb(money, fees, worth, maker, bnb_price(asset)) or (fee, asset)
    position = account.position(symbol, side_of(order))
    before = position.qty
    realised = position.fill(order.side, price, qty, fee=fee)
    position.updated = now
    if position.margin_type is MarginType.ISOLATED:
        _move_isolated(info, position, before, price, charged if fee_asset == asset else 0)
    money.free[asset] += realised
    money.free[fee_asset] -= charged
    if realised:
        account.results[symbol, trade_id, order.id] = realised
    account.note(now, IncomeType.REALIZED_PNL, symbol, asset, realised, trade_id)
    account.note(now, IncomeType.COMMISSION, symbol, fee_asset, -charged, trade_id)
    return charged, fee_asset


def _in_bnb(money: Account, fees: Fees, worth: int, maker: bool, price: int) -> Fee | None:
    """The commission in BNB, a part cheaper; None when there is not enough of it, or no price (rule U-117)."""
    if not price:
        return None
    fee = worth * fees.discounted[2 * maker] // (price * SCALE)
    return (fee, BNB) if money.free[BNB] >= fee else None


def _move_isolated(info: ContractInfo, position: Position, before: int, price: int, fee: int) -> None:
    """Set margin aside for what was opened, and give that of what was closed back to the cross wallet."""
    after = position.qty
    closed = abs(before) if before * after <= 0 else max(0, abs(before) - abs(after))
    if before and closed:
        position.isolated_wallet -= isolated_release(position.isolated_wallet, closed, abs(before))
    opened = abs(after) - (abs(before) - closed)
    if opened > 0:
        position.isolated_wallet += initial_margin(info.worth(price, opened), position.leverage)
    if after:
        position.isolated_wallet -= fee
