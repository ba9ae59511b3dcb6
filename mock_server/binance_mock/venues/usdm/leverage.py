"""How positions are margined: leverage, margin type, position mode, asset mode.

A change that would leave a position or an order without what it needs is refused, and then nothing changed.
"""

from __future__ import annotations

from typing import Any, Final

from binance_mock.engine.positions import MarginType
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.errors import Refusal
from binance_mock.venues.usdm.account_kinds import LeverageValue, MarginWord
from binance_mock.venues.usdm.account_render import number, trimmed
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.kinds import SymbolName
from binance_mock.venues.usdm.margins import Margins, has_orders, open_orders, rows
from binance_mock.venues.usdm.selection import chosen
from binance_mock.venues.usdm.trade_kinds import Bool
from binance_mock.venues.usdm.venue import UsdmCall

_DONE: Final = {"code": 200, "msg": "success"}


@endpoint("POST", "/fapi/v1/leverage", group="trade", security=Security.TRADE, weight=1)
def set_leverage(call: UsdmCall, symbol: SymbolName, leverage: LeverageValue) -> Json:
    """Set the initial leverage of a contract (rules U-93 to U-95)."""
    most = change_leverage(call, call.venue.info(symbol), leverage)
    return {"leverage": leverage, "maxNotionalValue": trimmed(most), "symbol": symbol}


@endpoint("POST", "/fapi/v1/marginType", group="trade", security=Security.TRADE, weight=1)
def set_margin_type(call: UsdmCall, symbol: SymbolName, marginType: MarginWord) -> Json:
    """Let the positions of a contract be cross or isolated (rule U-96)."""
    venue, own = call.venue, call.account
    venue.info(symbol)
    if marginType is own.margin_type(symbol):
        raise Refusal(-4046, "No need to change margin type.")
    if marginType is MarginType.ISOLATED and own.multi_assets:
        raise Refusal(-4168, "Unable to adjust to isolated-margin mode under the Multi-Assets mode.")
    if any(True for _ in open_orders(venue, own, symbol)) or venue.conditionals.open(own.money.id, symbol):
        raise Refusal(-4047, "Margin type cannot be changed if there exists open orders.")
    if any(position.qty for position in own.rows(symbol)):
        raise Refusal(-4048, "Margin type cannot be changed if there exists position.")
    own.set_margin_type(symbol, marginType)
    return _DONE


@endpoint("GET", "/fapi/v1/leverageBracket", group="account", security=Security.USER_DATA, weight=1)
def leverage_bracket(call: UsdmCall, symbol: SymbolName | None = None) -> Json:
    """The bracket tables (rule U-99): a list also where one contract is asked for, as live answers have it."""
    return [_brackets(info) for info in chosen(call, symbol)]


@endpoint("GET", "/fapi/v1/positionSide/dual", group="account", security=Security.USER_DATA, weight=30)
def position_mode(call: UsdmCall) -> Json:
    """Whether the account is in hedge mode."""
    return {"dualSidePosition": call.account.hedged}


@endpoint("POST", "/fapi/v1/positionSide/dual", group="trade", security=Security.TRADE, weight=1)
def set_position_mode(call: UsdmCall, dualSidePosition: Bool) -> Json:
    """Let the account hedge, or not, in all contracts (rule U-69)."""
    own = call.account
    if dualSidePosition is own.hedged:
        raise Refusal(-4059, "No need to change position side.")
    if has_orders(call.venue, own) or call.venue.conditionals.open(own.money.id):
        raise Refusal(-4067, "Position side cannot be changed if there exists open orders.")
    if any(own.open_positions()):
        raise Refusal(-4068, "Position side cannot be changed if there exists position.")
    own.hedged = dualSidePosition
    return _DONE


@endpoint("GET", "/fapi/v1/multiAssetsMargin", group="account", security=Security.USER_DATA, weight=30)
def asset_mode(call: UsdmCall) -> Json:
    """Whether all assets margin all cross positions."""
    return {"multiAssetsMargin": call.account.multi_assets}


@endpoint("POST", "/fapi/v1/multiAssetsMargin", group="trade", security=Security.TRADE, weight=1)
def set_asset_mode(call: UsdmCall, multiAssetsMargin: Bool) -> Json:
    """Let all assets margin all cross positions, or each its own (rule U-98)."""
    own = call.account
    if multiAssetsMargin is own.multi_assets:
        raise Refusal(-4171, "Adjusted asset mode is currently set and does not need to be adjusted repeatedly.")
    if multiAssetsMargin and MarginType.ISOLATED in own.margin_types.values():
        raise Refusal(
            -4167, "Unable to adjust to Multi-Assets mode with symbols of USDⓈ-M Futures under isolated-margin mode."
        )
    if has_orders(call.venue, own):
        raise Refusal(-4170, "Unable to adjust Multi-Assets Mode with open orders in USDⓈ-M Futures.")
    if any(amount < 0 for amount in own.money.free.values()):
        raise Refusal(
            -4172,
            "Unable to adjust Multi-Assets Mode with a negative wallet balance of margin available asset in "
            "USDⓈ-M Futures account.",
        )
    if not Margins(call.venue, own, joint=multiAssetsMargin).sufficient:
        raise Refusal(-4169, "Unable to adjust Multi-Assets Mode with insufficient margin balance in USDⓈ-M Futures.")
    own.multi_assets = multiAssetsMargin
    return _DONE


def change_leverage(call: UsdmCall, info: ContractInfo, leverage: int) -> int:
    """Set the initial leverage of a contract; back comes the largest notional that it allows.

    Raises:
        Refusal: there is no such leverage (-4028), or what the account has in the contract cannot have it.
    """
    if not 1 <= leverage <= info.brackets.max_leverage:
        shown = f"'{leverage}'" if info.inverse else leverage
        raise Refusal(-4028, f"Leverage {shown} is not valid")
    most = info.brackets.most_notional(leverage)
    if leverage != call.account.leverage(info.name):
        _check_leverage(call, info, leverage, most)
        call.account.set_leverage(info.name, leverage)
    return most


def _check_leverage(call: UsdmCall, info: ContractInfo, leverage: int, most: int) -> None:
    """Whether what the account has in a contract can have another leverage (rule U-94).

    Raises:
        Refusal: -4161, -2027 or -2028.
    """
    before = rows(call.venue, call.account, info)
    after = rows(call.venue, call.account, info, leverage)
    if any(row.isolated and row.position.qty and leverage < row.position.leverage for row in before):
        raise Refusal(-4161, "Leverage reduction is not supported in Isolated Margin Mode with open positions")
    if any(row.exposure > most for row in after):
        raise Refusal(-2027, "Exceeded the maximum allowable position at current leverage.")
    # An isolated position, which has its margin, got past the check above with a higher leverage alone.
    more = sum(row.initial for row in after) - sum(row.initial for row in before)
    # Contracts are margined in dollars, so what is lacking is the same in both asset modes.
    margins = Margins(call.venue, call.account)
    spare = margins.total.spare if margins.joint else margins.wallet(info.margin_asset).spare
    if more > max(0, spare):
        raise Refusal(-2028, "Leverage is smaller than permitted: insufficient margin balance.")


def _brackets(info: ContractInfo) -> dict[str, Any]:
    return {
        "symbol": info.name,
        "brackets": [
            {
                "bracket": row.number,
                "initialLeverage": row.leverage,
                "notionalCap": number(row.cap),
                "notionalFloor": number(row.floor),
                "maintMarginRatio": number(row.ratio),
                "cum": number(row.cum),
            }
            for row in info.brackets.rows
        ],
    }


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    set_leverage,
    set_margin_type,
    leverage_bracket,
    position_mode,
    set_position_mode,
    asset_mode,
    set_asset_mode,
)
