"""Cross margin: pairs, assets, and the account. Nothing is lent, so no asset can be borrowed."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.venues.decimals import ZERO, show
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.spot.kinds import SymbolName
from binance_mock.venues.spot.symbols import SymbolInfo
from binance_mock.venues.wallet.assets import AssetName
from binance_mock.venues.wallet.coins import coin
from binance_mock.venues.wallet.venue import WalletCall, held

_NO_DEBT: Final = "999.00000000"
"""The level of an account that owes nothing."""
_FIRST_PAIR: Final = 351_637_150_141_315_861


@endpoint("GET", "/sapi/v1/margin/allPairs", group="market", security=Security.MARKET_DATA, weight=1)
def cross_pairs(call: WalletCall, symbol: SymbolName | None = None) -> Json:
    """The symbols that trade on cross margin."""
    return [
        {"id": _FIRST_PAIR + number, **_pair(info)}
        for number, info in enumerate(call.venue.spot.symbols.values())
        if _wanted(call, info, symbol)
    ]


@endpoint("GET", "/sapi/v1/margin/isolated/allPairs", group="market", security=Security.MARKET_DATA, weight=10)
def isolated_pairs(call: WalletCall, symbol: SymbolName | None = None) -> Json:
    """The symbols that trade on isolated margin: the same."""
    return [_pair(info) for info in call.venue.spot.symbols.values() if _wanted(call, info, symbol)]


@endpoint("GET", "/sapi/v1/margin/allAssets", group="market", security=Security.MARKET_DATA, weight=1)
def margin_assets(call: WalletCall, asset: AssetName | None = None) -> Json:
    """The assets of cross margin accounts."""
    return [
        {
            "assetFullName": coin(name).name,
            "assetName": name,
            "isBorrowable": False,
            "isMortgageable": True,
            "userMinBorrow": ZERO,
            "userMinRepay": ZERO,
        }
        for name in call.venue.spot.assets
        if asset in (None, name)
    ]


@endpoint("GET", "/sapi/v1/margin/account", group="account", security=Security.USER_DATA, weight=10)
def margin_account(call: WalletCall) -> Json:
    """The caller's cross margin account."""
    venue, money = call.venue, call.account.money
    own = held(money)
    total = show(venue.worth(own, "BTC"))
    listed = venue.spot.assets
    return {
        "created": True,
        "borrowEnabled": False,
        "marginLevel": _NO_DEBT,
        "collateralMarginLevel": _NO_DEBT,
        "totalAssetOfBtc": total,
        "totalLiabilityOfBtc": ZERO,
        "totalNetAssetOfBtc": total,
        "TotalCollateralValueInUSDT": show(venue.worth(own, "USDT")),
        "totalOpenOrderLossInUSDT": ZERO,
        "tradeEnabled": venue.spot.accounts[call.account.name].can_trade,
        "transferInEnabled": False,
        "transferOutEnabled": False,
        "accountType": "MARGIN_1",
        "userAssets": [
            {
                "asset": asset,
                "borrowed": ZERO,
                "free": show(money.free[asset]) if asset in own else ZERO,
                "interest": ZERO,
                "locked": show(money.locked[asset]) if asset in own else ZERO,
                "netAsset": show(own.get(asset, 0)),
            }
            for asset in (*listed, *(each for each in own if each not in listed))
        ],
    }


def _wanted(call: WalletCall, info: SymbolInfo, symbol: str | None) -> bool:
    """Whether a symbol trades on margin, and is the one that was asked for.

    Raises:
        Refusal: -1121, the one that was asked for is not listed.
    """
    if symbol is not None and call.venue.spot.info(symbol) is not info:
        return False
    return info.flags["isMarginTradingAllowed"]


def _pair(info: SymbolInfo) -> dict[str, Any]:
    return {
        "base": info.base,
        "isBuyAllowed": True,
        "isMarginTrade": True,
        "isSellAllowed": True,
        "quote": info.quote,
        "symbol": info.name,
    }


ENDPOINTS: Final[tuple[Endpoint, ...]] = (cross_pairs, isolated_pairs, margin_assets, margin_account)
