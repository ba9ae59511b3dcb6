"""Positions in contracts: giving an account one, and liquidating one."""

from __future__ import annotations

from typing import Any, Final, Literal

from binance_mock.control.call import Body, ControlCall, ControlError, Scene, control, nearest
from binance_mock.engine.orders import Order
from binance_mock.engine.positions import MarginType, Position, PositionSide
from binance_mock.venues.decimals import read, show
from binance_mock.venues.usdm.accounts import UsdmAccount
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.liquidation import liquidate
from binance_mock.venues.usdm.set_position import Wanted, set_position
from binance_mock.venues.usdm.venue import UsdmVenue

Word = Literal["BOTH", "LONG", "SHORT"]


class PositionBody(Body, kw_only=True):
    """A position; `qty` is below zero for a short, "0" closes it.

    `side` is for accounts in hedge mode. `isolated_wallet` is what an ISOLATED position has for itself; without it, its
    initial margin.
    """

    account: str = ""
    qty: str
    entry_price: str | None = None
    side: Word | None = None
    leverage: int | None = None
    margin_type: Literal["CROSSED", "ISOLATED"] | None = None
    isolated_wallet: str | None = None


class LiquidateBody(Body, kw_only=True):
    """Whose position is liquidated; without `side`, all that the account has in the contract."""

    account: str = ""
    side: Word | None = None


@control("POST", "/market/{venue}/{symbol}/position", PositionBody)
def give(scene: Scene, body: PositionBody) -> Any:
    """Let an account have a position that it did not trade for; the market maker has the other side."""
    venue, info = _contract(scene)
    account = _account(venue, body.account)
    qty = _decimal("qty", body.qty)
    side = body.side or ("BOTH" if not account.hedged else "SHORT" if qty < 0 else "LONG")
    wanted = Wanted(
        PositionSide(side),
        qty,
        0 if body.entry_price is None else _decimal("entry_price", body.entry_price),
        body.leverage,
        None if body.margin_type is None else MarginType(body.margin_type),
        None if body.isolated_wallet is None else _decimal("isolated_wallet", body.isolated_wallet),
    )
    try:
        position = set_position(venue, account, info, wanted, scene.world.clock.now())
    except ValueError as error:
        raise ControlError(str(error), 'a short of half a coin is {"qty": "-0.5", "entry_price": "65000"}') from None
    return _position(account, position)


@control("POST", "/market/{venue}/{symbol}/liquidate", LiquidateBody)
def force(scene: Scene, body: LiquidateBody) -> Any:
    """Liquidate positions of an account, whether or not their margin has run out."""
    venue, info = _contract(scene)
    account = _account(venue, body.account)
    now = scene.world.clock.now()
    side = None if body.side is None else PositionSide(body.side)
    orders = liquidate(venue, account, info.name, now, side)
    if not orders:
        raise ControlError(f"{account.name} has no such position in {info.name}", "give it one: POST .../position", 409)
    venue.pass_time(now)
    return {"account": account.name, "orders": [_order(order) for order in orders]}


def _contract(scene: Scene) -> tuple[UsdmVenue, ContractInfo]:
    venues = {name: venue for name, venue in scene.world.venues.items() if isinstance(venue, UsdmVenue)}
    name, symbol = scene.place["venue"], scene.place["symbol"]
    venue = venues.get(name)
    if venue is None:
        raise ControlError(f"there are no positions at {name!r}", f"there are at {', '.join(venues)}", 404)
    info = venue.symbols.get(symbol)
    if info is None:
        raise ControlError(f"there is no symbol {symbol!r}", nearest(symbol, list(venue.symbols)), 404)
    venue.market(symbol, scene.world.clock.now())
    return venue, info


def _account(venue: UsdmVenue, name: str) -> UsdmAccount:
    """The account of that name; of an empty one, the first."""
    account = venue.accounts.get(name or next(iter(venue.accounts), ""))
    if account is None:
        raise ControlError(f"there is no account {name!r}", nearest(name, list(venue.accounts)), 404)
    return account


def _decimal(name: str, text: str) -> int:
    """A decimal that may have a sign, scaled by 10^8."""
    try:
        return read(text)
    except ValueError as error:
        raise ControlError(f"{name}: {error}", f'send a decimal as text, such as {{"{name}": "0.5"}}') from None


def _position(account: UsdmAccount, position: Position) -> dict[str, Any]:
    return {
        "account": account.name,
        "symbol": position.symbol,
        "side": position.side,
        "qty": show(position.qty),
        "entry_price": show(position.entry),
        "leverage": position.leverage,
        "margin_type": position.margin_type,
        "isolated_wallet": show(position.isolated_wallet),
    }


def _order(order: Order) -> dict[str, Any]:
    return {
        "order_id": order.id,
        "client_order_id": order.client_id,
        "side": order.side,
        "price": show(order.price),
        "qty": show(order.qty),
    }


CALLS: Final[tuple[ControlCall, ...]] = (give, force)
