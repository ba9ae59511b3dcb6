"""Giving an account a position that it did not trade for, as a test sets its scene.

The market maker has the other side of it, at the same price, so that no money comes from nowhere. What was open before
changes hands at its own entry price first. There is no trade, no fee and no income row.
"""

from __future__ import annotations

from typing import NamedTuple

from binance_mock.engine.margin import initial_margin
from binance_mock.engine.orders import Side
from binance_mock.engine.positions import MarginType, Position, PositionSide
from binance_mock.venues.usdm.accounts import UsdmAccount
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.margins import open_orders
from binance_mock.venues.usdm.venue import UsdmVenue


class Wanted(NamedTuple):
    """A position. Quantity, price and wallet are scaled by 10^8; None leaves what is not said.

    Attributes:
        side: BOTH in one-way mode, LONG or SHORT in hedge mode.
        qty: below zero for a short; 0 for none.
        entry: entry price, above zero unless there is none.
        leverage: of the contract.
        margin_type: of the contract.
        isolated_wallet: what stands in the wallet of an isolated position, None for its initial margin at the entry.
    """

    side: PositionSide
    qty: int
    entry: int
    leverage: int | None = None
    margin_type: MarginType | None = None
    isolated_wallet: int | None = None


def set_position(venue: UsdmVenue, account: UsdmAccount, info: ContractInfo, wanted: Wanted, now: int) -> Position:
    """Let an account have a position, whatever it had there before; one without margin is liquidated at once.

    Raises:
        ValueError: the position cannot be; nothing changed.
    """
    _check(venue, account, info, wanted)
    venue.market(info.name, now)
    position = account.position(info.name, wanted.side)
    if position.qty:
        _swap(venue, account, info, position, -position.qty, position.entry)
        position.isolated_wallet = 0
    if wanted.leverage is not None:
        account.set_leverage(info.name, wanted.leverage)
    if wanted.margin_type is not None:
        account.set_margin_type(info.name, wanted.margin_type)
    if wanted.qty:
        _swap(venue, account, info, position, wanted.qty, wanted.entry)
        if position.margin_type is MarginType.ISOLATED:
            given = wanted.isolated_wallet
            own = initial_margin(info.worth(wanted.entry, abs(wanted.qty)), position.leverage)
            position.isolated_wallet = own if given is None else given
    position.updated = now
    venue.note_move(info.name)
    venue.pass_time(now)
    return position


def _check(venue: UsdmVenue, account: UsdmAccount, info: ContractInfo, wanted: Wanted) -> None:
    """Refuse what cannot be."""
    side, qty = wanted.side, wanted.qty
    if (side is PositionSide.BOTH) == account.hedged:
        mode = "hedge mode: say LONG or SHORT" if account.hedged else "one-way mode: say BOTH, or nothing"
        raise ValueError(f"{account.name} is in {mode}")
    if (side is PositionSide.LONG and qty < 0) or (side is PositionSide.SHORT and qty > 0):
        raise ValueError(f"the quantity of a {side} position has the other sign")
    if qty % info.step:
        raise ValueError(f"the quantity is no multiple of {info.row['LOT_SIZE']['stepSize']}")
    if qty and wanted.entry <= 0:
        raise ValueError("the entry price is not above zero")
    if wanted.leverage is not None and not 1 <= wanted.leverage <= info.brackets.max_leverage:
        raise ValueError(f"the leverage of {info.name} lies between 1 and {info.brackets.max_leverage}")
    kind = wanted.margin_type or account.margin_type(info.name)
    others = [each for each in account.held(info.name) if each.side is not side]
    if kind is not account.margin_type(info.name) and others:
        raise ValueError(f"the {others[0].side} position of {info.name} is margined otherwise")
    if kind is MarginType.ISOLATED and account.multi_assets:
        raise ValueError(f"{account.name} is in multi-assets mode, where nothing is isolated")
    if wanted.isolated_wallet is not None and (kind is not MarginType.ISOLATED or wanted.isolated_wallet < 0):
        raise ValueError("an isolated wallet belongs to an ISOLATED position and holds zero or more")
    if any(True for _ in open_orders(venue, account, info.name)):
        raise ValueError(f"{account.name} has open orders in {info.name}: cancel them first")


def _swap(
    venue: UsdmVenue, account: UsdmAccount, info: ContractInfo, position: Position, change: int, price: int
) -> None:
    """Let a quantity change hands between an account and the market maker."""
    theirs = venue.house.position(info.name, PositionSide.BOTH)
    sides = (Side.BUY, Side.SELL) if change > 0 else (Side.SELL, Side.BUY)
    for owner, held, side in ((account, position, sides[0]), (venue.house, theirs, sides[1])):
        owner.money.free[info.margin_asset] += held.fill(side, price, abs(change))
        venue.holders.setdefault(info.name, {})[owner.money.id] = owner
