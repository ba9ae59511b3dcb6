"""The programme of brokers: own names for clients, which are kept, and figures of a broker without any client.

Names are unique: for a partner among those that it gave, for clients among those of one broker. The documents give no
error code for a name that is taken.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, TypedDict, Unpack

from binance_mock.venues import errors
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.params import Choice, Text
from binance_mock.venues.usdm.account_kinds import PageNumber
from binance_mock.venues.usdm.kinds import Page, Time
from binance_mock.venues.usdm.render import decimal, ms
from binance_mock.venues.usdm.selection import span
from binance_mock.venues.usdm.venue import UsdmCall

_UNITS: Final = {"1": "USDT", "2": "BTC"}
"""What amounts are told in, by the market that is asked about."""

Label = Annotated[str, Text(r"^\S{1,100}$")]
Which = Annotated[str, Choice(_UNITS)]


class History(TypedDict, total=False):
    """What figures by the day are asked with."""

    type: Which
    startTime: Time
    endTime: Time
    limit: Page


@endpoint("GET", "/fapi/v1/apiReferral/ifNewUser", group="referral", security=Security.USER_DATA, weight=1)
def if_new_user(call: UsdmCall, brokerId: Label, type: Which | None = None) -> Json:
    """Whether a broker would earn by the account: it is new until it has traded, and no broker earns by it."""
    id = call.account.money.id
    traded = any(id in market.bags and market.bags[id].trades for market in call.venue.markets.values())
    return {"brokerId": brokerId, "rebateWorking": False, "ifNewUser": not traded}


@endpoint("POST", "/fapi/v1/apiReferral/customization", group="referral", security=Security.USER_DATA, weight=1)
def name_client(call: UsdmCall, customerId: Label, email: Label) -> Json:
    """Give a client a name, as a partner."""
    given = call.account.client_names
    if given.setdefault(customerId, email) != email:
        raise errors.invalid_data("customerId")
    return _client(customerId, email)


@endpoint("GET", "/fapi/v1/apiReferral/customization", group="referral", security=Security.USER_DATA, weight=1)
def named_clients(
    call: UsdmCall,
    customerId: Label | None = None,
    email: Label | None = None,
    page: PageNumber = 1,
    limit: Page = 500,
) -> Json:
    """The clients that the account gave names, as a partner."""
    if customerId is not None and email is not None:
        raise errors.bad_combination()
    found = [
        _client(name, address)
        for name, address in call.account.client_names.items()
        if customerId in (None, name) and email in (None, address)
    ]
    return found[(page - 1) * limit : page * limit]


@endpoint("POST", "/fapi/v1/apiReferral/userCustomization", group="referral", security=Security.USER_DATA, weight=1)
def name_oneself(call: UsdmCall, brokerId: Label, customerId: Label) -> Json:
    """Take a name with a broker, as a client."""
    others = (account for account in call.venue.accounts.values() if account is not call.account)
    if any(account.broker_names.get(brokerId) == customerId for account in others):
        raise errors.invalid_data("customerId")
    call.account.broker_names[brokerId] = customerId
    return {"brokerId": brokerId, "customerId": customerId}


@endpoint("GET", "/fapi/v1/apiReferral/userCustomization", group="referral", security=Security.USER_DATA, weight=1)
def own_name(call: UsdmCall, brokerId: Label) -> Json:
    """The name that the account has with a broker, empty without one."""
    return {"brokerId": brokerId, "customerId": call.account.broker_names.get(brokerId, "")}


@endpoint("GET", "/fapi/v1/apiReferral/overview", group="referral", security=Security.USER_DATA, weight=1)
def overview(call: UsdmCall, type: Which = "1") -> Json:
    """What a broker earned: nothing."""
    return {
        "brokerId": "",
        "newTraderRebateCommission": decimal(0),
        "oldTraderRebateCommission": decimal(0),
        "totalTradeUser": 0,
        "unit": _UNITS[type],
        "totalTradeVol": decimal(0),
        "totalRebateVol": decimal(0),
        "time": ms(call.now),
    }


@endpoint("GET", "/fapi/v1/apiReferral/tradeVol", group="referral", security=Security.USER_DATA, weight=1)
def trade_volume(call: UsdmCall, **history: Unpack[History]) -> Json:
    """What a broker's clients traded, by the day."""
    return _nothing(history)


@endpoint("GET", "/fapi/v1/apiReferral/rebateVol", group="referral", security=Security.USER_DATA, weight=1)
def rebate_volume(call: UsdmCall, **history: Unpack[History]) -> Json:
    """What a broker earned, by the day."""
    return _nothing(history)


@endpoint("GET", "/fapi/v1/apiReferral/traderNum", group="referral", security=Security.USER_DATA, weight=1)
def traders(call: UsdmCall, **history: Unpack[History]) -> Json:
    """How many clients a broker has, by the day."""
    return _nothing(history)


@endpoint("GET", "/fapi/v1/apiReferral/traderSummary", group="referral", security=Security.USER_DATA, weight=1)
def trader_summary(call: UsdmCall, customerId: Label | None = None, **history: Unpack[History]) -> Json:
    """What each client traded, by the day."""
    return _nothing(history)


def _nothing(history: History) -> list[Any]:
    """No rows, if what was asked makes sense."""
    span(history.get("startTime"), history.get("endTime"))
    return []


def _client(name: str, email: str) -> dict[str, str]:
    return {"customerId": name, "email": email}


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    if_new_user,
    name_client,
    named_clients,
    name_oneself,
    own_name,
    overview,
    trade_volume,
    rebate_volume,
    traders,
    trader_summary,
)
