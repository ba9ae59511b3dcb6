"""What an account owns: balances of its coins, its positions, and the key of its data stream."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.engine.positions import PositionSide
from binance_mock.venues.coinm.selection import chosen
from binance_mock.venues.decimals import show
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.usdm import listen_keys
from binance_mock.venues.usdm.account_kinds import AssetName
from binance_mock.venues.usdm.account_render import entry, short, trimmed
from binance_mock.venues.usdm.account_rows import asset_margins, position_margins, risk
from binance_mock.venues.usdm.balances import alias_of, updated
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.kinds import PairName
from binance_mock.venues.usdm.margins import Margins, Row, row, rows
from binance_mock.venues.usdm.render import ms, quantity
from binance_mock.venues.usdm.venue import UsdmCall


@endpoint("GET", "/dapi/v1/balance", group="account", security=Security.USER_DATA, weight=1)
def balance(call: UsdmCall) -> Json:
    """Every coin, also those that the account has nothing of."""
    margins = Margins(call.venue, call.account)
    alias = alias_of(call.account.uid)
    return [
        {
            "accountAlias": alias,
            "asset": asset,
            "balance": show(each.balance),
            "withdrawAvailable": show(each.withdrawable),
            "crossWalletBalance": show(each.cross),
            "crossUnPnl": show(each.cross_unrealised),
            "availableBalance": show(each.available),
            "updateTime": updated(call, each),
        }
        for asset in margins.assets
        for each in (margins.wallet(asset),)
    ]


@endpoint("GET", "/dapi/v1/account", group="account", security=Security.USER_DATA, weight=5)
def account(call: UsdmCall) -> Json:
    """The account with all coins and all contracts."""
    own = call.account
    margins = Margins(call.venue, own)
    return {
        "assets": [_asset(call, margins, asset) for asset in margins.assets],
        "positions": [_position(each) for info in call.venue.symbols.values() for each in _rows(call, info)],
        "canDeposit": True,
        "canTrade": own.can_trade,
        "canWithdraw": True,
        "feeTier": 0,
        "updateTime": 0,
    }


@endpoint("GET", "/dapi/v1/positionRisk", group="account", security=Security.USER_DATA, weight=1)
def position_risk(call: UsdmCall, marginAsset: AssetName | None = None, pair: PairName | None = None) -> Json:
    """The rows of every contract, of those of a coin, or of a pair; also the flat ones."""
    margins = Margins(call.venue, call.account)
    return [
        risk(margins, each, most="maxQty", notional="notionalValue")
        for info in chosen(call, None, pair)
        if marginAsset in (None, info.margin_asset)
        for each in _rows(call, info)
    ]


def _rows(call: UsdmCall, info: ContractInfo) -> list[Row]:
    """The rows of a contract: one, in hedge mode three, of which the first is always flat."""
    found = rows(call.venue, call.account, info)
    if call.account.hedged:
        flat = info.flat(PositionSide.BOTH, call.account.leverage(info.name), call.account.margin_type(info.name))
        found.insert(0, row(call.venue, call.account, info, flat))
    return found


def _asset(call: UsdmCall, margins: Margins, asset: str) -> dict[str, Any]:
    each = margins.wallet(asset)
    return {
        **asset_margins(asset, each),
        "maxWithdrawAmount": show(each.withdrawable),
        "crossWalletBalance": show(each.cross),
        "crossUnPnl": show(each.cross_unrealised),
        "availableBalance": show(each.available),
        "updateTime": updated(call, each),
    }


def _position(row: Row) -> dict[str, Any]:
    position, info = row.position, row.info
    return {
        "symbol": info.name,
        "positionAmt": quantity(info, position.qty),
        **position_margins(row),
        "positionSide": position.side,
        "entryPrice": entry(position.entry),
        "breakEvenPrice": entry(position.break_even),
        "maxQty": trimmed(info.brackets.most_notional(position.leverage)),
        "notionalValue": short(row.notional),
        "updateTime": ms(position.updated),
    }


open_listen_key = endpoint("POST", "/dapi/v1/listenKey", group="stream", security=Security.USER_STREAM, weight=1)(
    listen_keys.open_listen_key.handler
)


@endpoint("PUT", "/dapi/v1/listenKey", group="stream", security=Security.USER_STREAM, weight=1)
def renew_listen_key(call: UsdmCall) -> Json:
    """Let the living key live on for an hour."""
    return listen_keys.renew(call, "'")


close_listen_key = endpoint("DELETE", "/dapi/v1/listenKey", group="stream", security=Security.USER_STREAM, weight=1)(
    listen_keys.close_listen_key.handler
)

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    balance,
    account,
    position_risk,
    open_listen_key,
    renew_listen_key,
    close_listen_key,
)
