"""The system, the account and its key: system/status, account/*."""

from __future__ import annotations

from typing import Final

from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.wallet.venue import WalletCall

KEYS_SINCE_MS: Final = 1_546_300_800_000
"""When every key was made: keys of the mock have no date of their own."""
_TRIGGERS: Final = {"GCR": 150, "IFER": 150, "UFR": 300}


@endpoint("GET", "/sapi/v1/system/status", group="general", weight=1)
def system_status(call: WalletCall) -> Json:
    """The system is up."""
    return {"status": 0, "msg": "normal"}


@endpoint("GET", "/sapi/v1/account/status", group="account", security=Security.USER_DATA, weight=1)
def account_status(call: WalletCall) -> Json:
    """The account is in order."""
    return {"data": "Normal"}


@endpoint("GET", "/sapi/v1/account/apiTradingStatus", group="account", security=Security.USER_DATA, weight=1)
def api_trading_status(call: WalletCall) -> Json:
    """Whether trading by API is locked: when the account may not trade."""
    return {
        "data": {
            "isLocked": not call.venue.spot.accounts[call.account.name].can_trade,
            "plannedRecoverTime": 0,
            "triggerCondition": _TRIGGERS,
            "updateTime": call.now // 1000,
        }
    }


@endpoint("GET", "/sapi/v1/account/apiRestrictions", group="account", security=Security.USER_DATA, weight=1)
def api_restrictions(call: WalletCall) -> Json:
    """What the key may do that asks."""
    key = call.key
    may_trade = key is not None and Security.TRADE in key.permissions
    futures = call.venue.futures
    return {
        "ipRestrict": key is not None and bool(key.ips),
        "createTime": KEYS_SINCE_MS,
        "enableReading": key is not None and Security.USER_DATA in key.permissions,
        "enableWithdrawals": False,
        "enableInternalTransfer": False,
        "enableMargin": may_trade,
        "enableFutures": may_trade and "usdm" in futures,
        "permitsUniversalTransfer": False,
        "enableVanillaOptions": may_trade and "options" in futures,
        "enableFixApiTrade": False,
        "enableFixReadOnly": False,
        "enableSpotAndMarginTrading": may_trade,
        "enablePortfolioMarginTrading": False,
    }


@endpoint("GET", "/sapi/v1/account/info", group="account", security=Security.USER_DATA, weight=1)
def account_info(call: WalletCall) -> Json:
    """Which markets the account may use: those that the world has."""
    futures = call.venue.futures
    return {
        "vipLevel": 0,
        "isMarginEnabled": True,
        "isFutureEnabled": "usdm" in futures,
        "isOptionsEnabled": "options" in futures,
        "isPortfolioMarginRetailEnabled": False,
    }


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    system_status,
    account_status,
    api_trading_status,
    api_restrictions,
    account_info,
)
