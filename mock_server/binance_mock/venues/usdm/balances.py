"""What an account owns: balances of its assets, and the account with its positions."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.venues.decimals import show
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.errors import Refusal
from binance_mock.venues.usdm.account_kinds import AssetName
from binance_mock.venues.usdm.account_render import entry, short, trimmed
from binance_mock.venues.usdm.account_rows import asset_margins, position_margins
from binance_mock.venues.usdm.collateral import rates
from binance_mock.venues.usdm.margins import Margins, Row, Wallet, rows
from binance_mock.venues.usdm.render import ms, quantity
from binance_mock.venues.usdm.venue import UsdmCall

_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@endpoint("GET", "/fapi/v2/balance", group="account", security=Security.USER_DATA, weight=5)
def balance_v2(call: UsdmCall) -> Json:
    """Every asset, also those that the account has nothing of."""
    return _balances(call)


@endpoint("GET", "/fapi/v3/balance", group="account", security=Security.USER_DATA, weight=5)
def balance_v3(call: UsdmCall) -> Json:
    """Every asset; the same rows as before it."""
    return _balances(call)


@endpoint("GET", "/fapi/v2/account", group="account", security=Security.USER_DATA, weight=5)
def account_v2(call: UsdmCall) -> Json:
    """The account with all assets and all contracts."""
    own = call.account
    margins = Margins(call.venue, own)
    found = [row for info in call.venue.symbols.values() for row in rows(call.venue, own, info)]
    return {
        "feeTier": 0,
        "feeBurn": own.fee_burn,
        "canTrade": own.can_trade,
        "canDeposit": True,
        "canWithdraw": True,
        "updateTime": 0,
        "multiAssetsMargin": own.multi_assets,
        "tradeGroupId": own.money.trade_group,
        **_totals(margins),
        "assets": [_asset(call, margins, asset) for asset in margins.assets],
        "positions": [_position_v2(row) for row in found],
    }


@endpoint("GET", "/fapi/v3/account", group="account", security=Security.USER_DATA, weight=5)
def account_v3(call: UsdmCall) -> Json:
    """The account with its own assets, and the positions that are open or have orders."""
    margins = Margins(call.venue, call.account)
    empty = Wallet()
    return {
        **_totals(margins),
        "assets": [_asset(call, margins, asset) for asset in margins.assets if margins.wallet(asset) != empty],
        "positions": [_position_v3(row) for row in margins.rows],
    }


@endpoint("GET", "/fapi/v1/pmAccountInfo", group="account", security=Security.USER_DATA, weight=5)
def pm_account_info(call: UsdmCall, asset: AssetName) -> Json:
    """What may be taken out of an asset, as accounts of portfolio margin ask for it."""
    margins = Margins(call.venue, call.account)
    if asset not in margins.assets:
        raise Refusal(-1108, "Invalid asset.")
    most = margins.withdrawable(asset)
    return {
        "maxWithdrawAmountUSD": show(rates(call.venue, asset).dollars(most)),
        "asset": asset,
        "maxWithdrawAmount": show(most),
    }


def _balances(call: UsdmCall) -> list[dict[str, Any]]:
    margins = Margins(call.venue, call.account)
    alias = alias_of(call.account.uid)
    return [
        {
            "accountAlias": alias,
            "asset": asset,
            "balance": show(each.balance),
            "crossWalletBalance": show(each.cross),
            "crossUnPnl": show(each.cross_unrealised),
            "availableBalance": show(margins.available(asset)),
            "maxWithdrawAmount": show(margins.withdrawable(asset)),
            "marginAvailable": _collateral(call, asset),
            "updateTime": updated(call, each),
        }
        for asset in margins.assets
        for each in (margins.wallet(asset),)
    ]


def _totals(margins: Margins) -> dict[str, str]:
    """The sums of the account: USDT alone, or in dollars in multi-assets mode (rule U-120)."""
    total = margins.total
    return {
        "totalInitialMargin": show(total.initial),
        "totalMaintMargin": show(total.maintenance),
        "totalWalletBalance": show(total.balance),
        "totalUnrealizedProfit": show(total.unrealised),
        "totalMarginBalance": show(total.margin_balance),
        "totalPositionInitialMargin": show(total.position_initial),
        "totalOpenOrderInitialMargin": show(total.order_initial),
        "totalCrossWalletBalance": show(total.cross),
        "totalCrossUnPnl": show(total.cross_unrealised),
        "availableBalance": show(total.available),
        "maxWithdrawAmount": show(total.withdrawable),
    }


def _asset(call: UsdmCall, margins: Margins, asset: str) -> dict[str, Any]:
    each = margins.wallet(asset)
    return {
        **asset_margins(asset, each),
        "crossWalletBalance": show(each.cross),
        "crossUnPnl": show(each.cross_unrealised),
        "availableBalance": show(margins.available(asset)),
        "maxWithdrawAmount": show(margins.withdrawable(asset)),
        "marginAvailable": _collateral(call, asset),
        "updateTime": updated(call, each),
    }


def _position_v2(row: Row) -> dict[str, Any]:
    position, info = row.position, row.info
    return {
        "symbol": info.name,
        **position_margins(row),
        "entryPrice": entry(position.entry),
        "breakEvenPrice": entry(position.break_even),
        "maxNotional": trimmed(info.brackets.most_notional(position.leverage)),
        "bidNotional": short(row.bids),
        "askNotional": short(row.asks),
        "positionSide": position.side,
        "positionAmt": quantity(info, position.qty),
        "updateTime": ms(position.updated),
    }


def _position_v3(row: Row) -> dict[str, Any]:
    position = row.position
    return {
        "symbol": row.info.name,
        "positionSide": position.side,
        "positionAmt": quantity(row.info, position.qty),
        "unrealizedProfit": show(row.unrealised),
        "isolatedMargin": show(row.isolated_margin),
        "notional": short(row.notional),
        "isolatedWallet": short(position.isolated_wallet),
        "initialMargin": short(row.initial),
        "maintMargin": short(row.maintenance),
        "updateTime": ms(position.updated),
    }


def _collateral(call: UsdmCall, asset: str) -> bool:
    """Whether an asset counts in multi-assets mode."""
    return any(each["asset"] == asset and each["marginAvailable"] for each in call.venue.assets)


def updated(call: UsdmCall, each: Wallet) -> int:
    """When the wallets last changed; the account keeps one time for all of them.

    Money that was there from the start came with the first contract: ccxt takes no balance for true whose time is 0.
    """
    begun = next((info.onboard for info in call.venue.symbols.values()), 0)
    return ms(call.account.money.updated or begun) if each.balance else 0


def alias_of(uid: int) -> str:
    """A code of letters that stands for the user."""
    text = ""
    while uid:
        uid, letter = divmod(uid, len(_LETTERS))
        text += _LETTERS[letter]
    return text


ENDPOINTS: Final[tuple[Endpoint, ...]] = (balance_v2, balance_v3, account_v2, account_v3, pm_account_info)
