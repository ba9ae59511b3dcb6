"""Coins, balances and fees: capital/config/getall, asset/*."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from binance_mock.engine.ledger import Account
from binance_mock.venues.decimals import ZERO, show
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.params import Text
from binance_mock.venues.spot.kinds import Bool, SymbolName
from binance_mock.venues.wallet.coins import Network, coin
from binance_mock.venues.wallet.venue import WalletCall, WalletVenue, held

AssetName = Annotated[str, Text(r"^\w{1,20}$", r"\w{1,20}")]

_SPOT: Final = "Spot"
_MARGIN: Final = "Cross Margin"
_WALLETS: Final = (
    _SPOT, "Funding", _MARGIN, "Isolated Margin", "USDⓈ-M Futures", "COIN-M Futures", "Earn", "Options",
    "Trading Bots", "Copy Trading",
)  # fmt: skip
_MARKETS: Final[Mapping[str, str]] = {
    "USDⓈ-M Futures": "usdm", "COIN-M Futures": "coinm", "Options": "options",
}  # fmt: skip
"""The market that keeps the money of a wallet."""
_BTC: Final = "BTC"
_MOST: Final = "9999999999.99999999"


@endpoint("GET", "/sapi/v1/capital/config/getall", group="account", security=Security.USER_DATA, weight=10)
def all_coins(call: WalletCall) -> Json:
    """Every coin with the networks it moves on, and what the account has of it on spot."""
    money = _spot_money(call)
    return [_coin_row(asset, money) for asset in _coins(call.venue, money)]


@endpoint("GET", "/sapi/v1/asset/tradeFee", group="account", security=Security.USER_DATA, weight=1)
def trade_fee(call: WalletCall, symbol: SymbolName | None = None) -> Json:
    """The account's commission rates on spot, of one symbol or of all; always a list."""
    spot, money = call.venue.spot, _spot_money(call)
    names = list(spot.symbols) if symbol is None else [spot.info(symbol).name]
    rows = []
    for name in names:
        rates = money.symbol_fees.get(name, money.fees).standard
        rows.append({"symbol": name, "makerCommission": show(rates.maker), "takerCommission": show(rates.taker)})
    return rows


@endpoint("GET", "/sapi/v1/asset/wallet/balance", group="account", security=Security.USER_DATA, weight=60)
def wallet_balance(call: WalletCall, quoteAsset: AssetName = _BTC, needBalanceDetail: Bool = False) -> Json:
    """What each wallet is worth; with the assets in it where asked for."""
    rows = []
    for wallet in _WALLETS:
        money = _money(call, wallet)
        own = {} if money is None else held(money)
        row: dict[str, Any] = {
            "activate": money is not None,
            "balance": show(call.venue.worth(own, quoteAsset)),
            "walletName": wallet,
        }
        if needBalanceDetail:
            row["assetBalances"] = [] if money is None else [_detail(call.venue, money, asset) for asset in own]
        rows.append(row)
    return rows


@endpoint("POST", "/sapi/v3/asset/getUserAsset", group="account", security=Security.USER_DATA, weight=5)
def user_assets(call: WalletCall, asset: AssetName | None = None, needBtcValuation: Bool = False) -> Json:
    """What the account has on spot; nothing of what it has nothing of."""
    money = _spot_money(call)
    return [
        {
            "asset": name,
            "free": show(money.free[name]),
            "locked": show(money.locked[name]),
            "freeze": ZERO,
            "withdrawing": ZERO,
            "ipoable": ZERO,
            "btcValuation": show(call.venue.worth({name: amount}, _BTC)) if needBtcValuation else ZERO,
        }
        for name, amount in held(money).items()
        if asset in (None, name)
    ]


def _spot_money(call: WalletCall) -> Account:
    return call.venue.spot.accounts[call.account.name].money


def _money(call: WalletCall, wallet: str) -> Account | None:
    """What a wallet holds, None for one that the account does not use."""
    if wallet == _SPOT:
        return _spot_money(call)
    if wallet == _MARGIN:
        return call.account.money
    market = call.venue.futures.get(_MARKETS.get(wallet, ""))
    account = None if market is None else market.accounts.get(call.account.name)
    if account is None:
        return None
    money: Account = account.money
    return money


def _coins(venue: WalletVenue, money: Account) -> list[str]:
    """The coins that are traded, and what else the account owns."""
    listed = venue.spot.assets
    return [*listed, *(asset for asset in held(money) if asset not in listed)]


def _detail(venue: WalletVenue, money: Account, asset: str) -> dict[str, str]:
    return {
        "asset": asset,
        "assetName": coin(asset).name,
        "free": show(money.free[asset]),
        "locked": show(money.locked[asset]),
        "freeze": ZERO,
        "withdrawing": ZERO,
        "btcValuation": show(venue.worth({asset: money.free[asset] + money.locked[asset]}, _BTC)),
    }


def _coin_row(asset: str, money: Account) -> dict[str, Any]:
    about = coin(asset)
    usual = about.networks[0]
    return {
        "coin": asset,
        "depositAllEnable": True,
        "withdrawAllEnable": True,
        "name": about.name,
        "free": show(money.free[asset]) if asset in money.free else ZERO,
        "locked": show(money.locked[asset]) if asset in money.locked else ZERO,
        "freeze": ZERO,
        "withdrawing": ZERO,
        "ipoing": ZERO,
        "ipoable": ZERO,
        "storage": ZERO,
        "isLegalMoney": False,
        "trading": True,
        "networkList": [_network_row(asset, network, network is usual) for network in about.networks],
    }


def _network_row(asset: str, network: Network, usual: bool) -> dict[str, Any]:
    confirmations, unlock = network.confirmations
    return {
        "network": network.code,
        "coin": asset,
        "withdrawIntegerMultiple": "0.00000001",
        "isDefault": usual,
        "depositEnable": True,
        "withdrawEnable": True,
        "depositDesc": "",
        "withdrawDesc": "",
        "specialTips": "",
        "name": network.name,
        "resetAddressStatus": False,
        "addressRegex": network.address,
        "memoRegex": network.memo,
        "withdrawFee": network.fee,
        "withdrawMin": network.least,
        "withdrawMax": _MOST,
        "withdrawInternalMin": "0.00000001",
        "depositDust": "0.00000001",
        "minConfirm": confirmations,
        "unLockConfirm": unlock,
        "sameAddress": bool(network.memo),
        "withdrawTag": bool(network.memo),
        "estimatedArrivalTime": network.minutes,
        "busy": False,
    }


ENDPOINTS: Final[tuple[Endpoint, ...]] = (all_coins, trade_fee, wallet_balance, user_assets)
