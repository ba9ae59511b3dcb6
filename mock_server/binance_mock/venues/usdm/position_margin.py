"""Putting money into the isolated wallet of a position, and taking it out (rule U-97)."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.engine.intervals import DAY
from binance_mock.engine.positions import MarginType, Position, PositionSide
from binance_mock.venues.decimals import show
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.errors import Refusal
from binance_mock.venues.usdm.account_kinds import MarginAmount, MoveType
from binance_mock.venues.usdm.account_render import number
from binance_mock.venues.usdm.accounts import MarginMove, UsdmAccount
from binance_mock.venues.usdm.kinds import Page, SymbolName, Time
from binance_mock.venues.usdm.margins import Margins, row
from binance_mock.venues.usdm.render import ms
from binance_mock.venues.usdm.selection import span
from binance_mock.venues.usdm.trade_kinds import WhichSide
from binance_mock.venues.usdm.venue import UsdmCall

_SPAN: Final = 30 * DAY
_ADD: Final = "1"


@endpoint("POST", "/fapi/v1/positionMargin", group="trade", security=Security.TRADE, weight=1)
def move_margin(
    call: UsdmCall,
    symbol: SymbolName,
    amount: MarginAmount,
    type: MoveType,
    positionSide: WhichSide = PositionSide.BOTH,
) -> Json:
    """Add margin to an isolated position (type 1), or take some out (type 2)."""
    venue, own = call.venue, call.account
    info = venue.info(symbol)
    position = _wanted(own, symbol, positionSide)
    if amount <= 0:
        raise Refusal(-4055, "Amount must be positive.")
    if position.margin_type is not MarginType.ISOLATED:
        raise Refusal(-4049, "Add margin only support for isolated position.")
    if not position.qty:
        raise Refusal(-4054, "Cannot add position margin: position is 0.")
    added = type == _ADD
    if added:
        # Profits that are not realised cannot be moved.
        if amount > Margins(venue, own).withdrawable(info.margin_asset):
            raise Refusal(-4050, "Cross balance insufficient.")
    elif amount > row(venue, own, info, position).removable:
        raise Refusal(-4051, "Isolated balance insufficient.")
    position.isolated_wallet += amount if added else -amount
    position.updated = own.money.updated = call.now
    own.margin_moves.append(MarginMove(call.now, symbol, position.side, added, info.margin_asset, amount))
    return {
        "amount": number(amount),
        "code": 200,
        "msg": "Successfully modify position margin.",
        "type": int(type),
    }


@endpoint("GET", "/fapi/v1/positionMargin/history", group="trade", security=Security.TRADE, weight=1)
def margin_moves(
    call: UsdmCall,
    symbol: SymbolName,
    type: MoveType | None = None,
    startTime: Time | None = None,
    endTime: Time | None = None,
    limit: Page = 500,
) -> Json:
    """What the user added and took out in the last 30 days, oldest first."""
    call.venue.info(symbol)
    start, end = span(startTime, endTime, _SPAN)
    since = max(call.now - _SPAN, start or 0)
    found = [
        move
        for move in call.account.margin_moves
        if move.symbol == symbol
        and since <= move.time
        and (end is None or move.time <= end)
        and (type is None or move.added is (type == _ADD))
    ]
    return [_shown(move) for move in (found[:limit] if start is not None else found[-limit:])]


def _wanted(account: UsdmAccount, symbol: str, side: PositionSide) -> Position:
    """The position that is meant.

    Raises:
        Refusal: -4061, it is one of the other position mode (rules U-66, U-67).
    """
    for position in account.rows(symbol):
        if position.side is side:
            return position
    raise Refusal(-4061, "Order's position side does not match user's setting.")


def _shown(move: MarginMove) -> dict[str, Any]:
    return {
        "symbol": move.symbol,
        "type": 1 if move.added else 2,
        "deltaType": "USER_ADJUST",
        "amount": show(move.amount),
        "asset": move.asset,
        "time": ms(move.time),
        "positionSide": move.side,
    }


ENDPOINTS: Final[tuple[Endpoint, ...]] = (move_margin, margin_moves)
