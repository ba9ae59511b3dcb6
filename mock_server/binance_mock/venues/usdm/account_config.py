"""How an account is set up, and what it pays and may do."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.usdm.account_render import trimmed
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.kinds import SymbolName
from binance_mock.venues.usdm.render import ms
from binance_mock.venues.usdm.selection import chosen
from binance_mock.venues.usdm.trade_kinds import Bool
from binance_mock.venues.usdm.venue import UsdmCall
from binance_mock.venues.weights import ByParameter

_RATE_DIGITS: Final = 6
_TRIGGERS: Final = {"UFR": 0.995, "IFER": 0.99, "GCR": 0.99, "DR": 0.99}
"""From which value on an indicator of the quantitative rules locks a contract."""


@endpoint("GET", "/fapi/v1/accountConfig", group="account", security=Security.USER_DATA, weight=5)
def account_config(call: UsdmCall) -> Json:
    """Modes and permissions of the account."""
    own = call.account
    return {
        "feeTier": 0,
        "canTrade": own.can_trade,
        "canDeposit": True,
        "canWithdraw": True,
        "dualSidePosition": own.hedged,
        "updateTime": 0,
        "multiAssetsMargin": own.multi_assets,
        "tradeGroupId": own.money.trade_group,
    }


@endpoint("GET", "/fapi/v1/symbolConfig", group="account", security=Security.USER_DATA, weight=5)
def symbol_config(call: UsdmCall, symbol: SymbolName | None = None) -> Json:
    """Leverage and margin type of a contract, or of all (rules U-93, U-96)."""
    return [_symbol_config(call, info) for info in chosen(call, symbol)]


@endpoint("GET", "/fapi/v1/commissionRate", group="account", security=Security.USER_DATA, weight=20)
def commission_rate(call: UsdmCall, symbol: SymbolName) -> Json:
    """Commission rates of a contract; orders of retail price improvement, which the mock has none of, pay as makers."""
    call.venue.info(symbol)
    money = call.account.money
    total = money.symbol_fees.get(symbol, money.fees).total
    maker, taker = (trimmed(total[index], _RATE_DIGITS) for index in (2, 0))
    return {
        "symbol": symbol,
        "makerCommissionRate": maker,
        "takerCommissionRate": taker,
        "rpiCommissionRate": maker,
    }


@endpoint("GET", "/fapi/v1/feeBurn", group="account", security=Security.USER_DATA, weight=30)
def fee_burn(call: UsdmCall) -> Json:
    """Whether commissions are paid in BNB."""
    return {"feeBurn": call.account.fee_burn}


@endpoint("POST", "/fapi/v1/feeBurn", group="account", security=Security.TRADE, weight=1)
def set_fee_burn(call: UsdmCall, feeBurn: Bool) -> Json:
    """Let commissions be paid in BNB, or not."""
    call.account.fee_burn = feeBurn
    return {"code": 200, "msg": "success"}


@endpoint("GET", "/fapi/v1/rateLimit/order", group="account", security=Security.USER_DATA, weight=1)
def rate_limit_order(call: UsdmCall) -> Json:
    """How many orders the account may place, without what it placed."""
    return [rule for rule in call.limits.rules() if rule["rateLimitType"] == "ORDERS"]


@endpoint(
    "GET",
    "/fapi/v1/apiTradingStatus",
    group="account",
    security=Security.USER_DATA,
    weight=ByParameter("symbol", given=1, otherwise=10),
)
def api_trading_status(call: UsdmCall, symbol: SymbolName | None = None) -> Json:
    """The indicators of the quantitative rules, which the mock does not work out: all are 0, nothing is locked."""
    rows = [
        {"isLocked": False, "plannedRecoverTime": 0, "indicator": name, "value": 0, "triggerValue": trigger}
        for name, trigger in _TRIGGERS.items()
    ]
    return {"indicators": {info.name: rows for info in chosen(call, symbol)}, "updateTime": ms(call.now)}


def _symbol_config(call: UsdmCall, info: ContractInfo) -> dict[str, Any]:
    own, symbol = call.account, info.name
    leverage = own.leverage(symbol)
    return {
        "symbol": symbol,
        "marginType": own.margin_type(symbol),
        "isAutoAddMargin": False,
        "leverage": leverage,
        "maxNotionalValue": trimmed(info.brackets.most_notional(leverage)),
    }


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    account_config,
    symbol_config,
    commission_rate,
    fee_burn,
    set_fee_burn,
    rate_limit_order,
    api_trading_status,
)
