"""What an account is worth, what it pays, and how it is set up: marginAccount, account, commission, accountConfig."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.engine.positions import cut
from binance_mock.engine.units import SCALE
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.options.accounts import ASSET
from binance_mock.venues.options.margins import Margins
from binance_mock.venues.options.pricing import Greeks
from binance_mock.venues.options.render import decimal, ms
from binance_mock.venues.options.risk import level
from binance_mock.venues.options.venue import OptionsCall

_RATE_DIGITS: Final = 6
_GREEKS: Final = ("delta", "gamma", "theta", "vega")


@endpoint("GET", "/eapi/v1/marginAccount", group="account", security=Security.USER_DATA, weight=3)
def margin_account(call: OptionsCall) -> Json:
    """Equity, margins and Greeks of the account (rules O-73 to O-75)."""
    margins = Margins(call.venue, call.account, call.now)
    asset = {
        "asset": ASSET,
        "marginBalance": decimal(margins.margin_balance),
        "equity": decimal(margins.equity),
        "available": decimal(margins.available),
        "initialMargin": decimal(margins.initial),
        "maintMargin": decimal(margins.maintenance),
        "unrealizedPNL": decimal(margins.unrealised),
    }
    if call.venue.dialect.lp_profit:
        # What a liquidity provider has earned by it; nobody is one here.
        return _shown(call, margins, asset | {"lpProfit": decimal(0)}) | {"riskLevel": level(call.account)}
    account = call.account
    return _shown(call, margins, asset | {"adjustedEquity": decimal(margins.adjusted_equity)}) | {
        "canTrade": account.can_trade,
        "canDeposit": True,
        "canWithdraw": True,
        "reduceOnly": account.reduce_only,
        "tradeGroupId": account.money.trade_group,
    }


@endpoint("GET", "/eapi/v1/account", group="account", security=Security.TRADE, weight=3)
def account(call: OptionsCall) -> Json:
    """The same as it was shown before there was a margin account; a key needs the right to trade (rule O-26)."""
    margins = Margins(call.venue, call.account, call.now)
    asset = {
        "asset": ASSET,
        "marginBalance": decimal(margins.margin_balance),
        "equity": decimal(margins.equity),
        "available": decimal(margins.available),
        "locked": decimal(margins.initial),
        "unrealizedPNL": decimal(margins.unrealised),
    }
    return _shown(call, margins, asset) | {"riskLevel": level(call.account)}


@endpoint("GET", "/eapi/v1/commission", group="account", security=Security.USER_DATA, weight=5)
def commission(call: OptionsCall) -> Json:
    """The account's rates, the same for every underlying (rule O-87)."""
    rates = call.account.money.fees.standard
    maker, taker = (_rate(rate) for rate in (rates.maker, rates.taker))
    return {
        "commissions": [
            {"underlying": name, "makerFee": maker, "takerFee": taker} for name in call.venue.underlyings
        ]
    }  # fmt: skip


@endpoint("GET", "/eapi/v1/accountConfig", group="account", security=Security.USER_DATA, weight=0)
def account_config(call: OptionsCall) -> Json:
    """The group of accounts that self-trade prevention takes for one (rule O-67)."""
    return {"tradeGroupId": call.account.money.trade_group}


@endpoint("POST", "/eapi/v1/stock/contract", group="account", security=Security.USER_DATA, weight=50)
def sign_agreement(call: OptionsCall) -> Json:
    """Sign the agreement on options on stocks; there are none here, and nothing depends on it."""
    return {"code": 200, "msg": "success"}


def _shown(call: OptionsCall, margins: Margins, asset: dict[str, str]) -> dict[str, Any]:
    return {"asset": [asset], "greek": _greeks(call, margins), "time": ms(call.now)}


def _greeks(call: OptionsCall, margins: Margins) -> list[dict[str, str]]:
    """What all positions on an underlying add up to; every underlying has a row."""
    sums = {name: dict.fromkeys(_GREEKS, 0) for name in call.venue.underlyings}
    for row in margins.rows:
        total = sums[row.info.underlying]
        for name in _GREEKS:
            total[name] += _part(row.greeks, name) * row.qty * row.info.unit
    return [
        {"underlying": underlying, **{name: decimal(cut(value, SCALE)) for name, value in total.items()}}
        for underlying, total in sums.items()
    ]


def _part(greeks: Greeks, name: str) -> int:
    value: int = getattr(greeks, name)
    return value


def _rate(rate: int) -> str:
    """A rate with six decimals, or as many as it has."""
    return decimal(rate, _RATE_DIGITS) if not rate % 100 else decimal(rate)


ENDPOINTS: Final[tuple[Endpoint, ...]] = (margin_account, account, commission, account_config, sign_agreement)
