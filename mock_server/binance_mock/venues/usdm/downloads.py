"""Histories to download: an id is given, and the file is being made for ever, for the mock makes none."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.engine.intervals import DAY
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.usdm.account_kinds import DownloadId
from binance_mock.venues.usdm.declare import endpoint
from binance_mock.venues.usdm.kinds import Time
from binance_mock.venues.usdm.selection import span
from binance_mock.venues.usdm.venue import UsdmCall

_YEAR: Final = 366 * DAY


@endpoint("GET", "/fapi/v1/order/asyn", group="account", security=Security.USER_DATA, weight=1000)
def ask_orders(call: UsdmCall, startTime: Time, endTime: Time) -> Json:
    """Ask for a file of orders."""
    return _asked(call, startTime, endTime)


@endpoint("GET", "/fapi/v1/order/asyn/id", group="account", security=Security.USER_DATA, weight=10)
def get_orders(call: UsdmCall, downloadId: DownloadId) -> Json:
    """Where the file of orders is."""
    return _processing(downloadId)


@endpoint("GET", "/fapi/v1/trade/asyn", group="account", security=Security.USER_DATA, weight=1000)
def ask_trades(call: UsdmCall, startTime: Time, endTime: Time) -> Json:
    """Ask for a file of trades."""
    return _asked(call, startTime, endTime)


@endpoint("GET", "/fapi/v1/trade/asyn/id", group="account", security=Security.USER_DATA, weight=10)
def get_trades(call: UsdmCall, downloadId: DownloadId) -> Json:
    """Where the file of trades is."""
    return _processing(downloadId)


@endpoint("GET", "/fapi/v1/income/asyn", group="account", security=Security.USER_DATA, weight=1000)
def ask_incomes(call: UsdmCall, startTime: Time, endTime: Time) -> Json:
    """Ask for a file of changes of the wallets."""
    return _asked(call, startTime, endTime)


@endpoint("GET", "/fapi/v1/income/asyn/id", group="account", security=Security.USER_DATA, weight=10)
def get_incomes(call: UsdmCall, downloadId: DownloadId) -> Json:
    """Where the file of changes of the wallets is."""
    return _processing(downloadId)


def _asked(call: UsdmCall, start: int, end: int) -> dict[str, Any]:
    span(start, end, _YEAR)
    return {"avgCostTimestampOfLast30d": 0, "downloadId": str(call.now)}


def _processing(download: str) -> dict[str, Any]:
    return {
        "downloadId": download,
        "status": "processing",
        "url": "",
        "notified": False,
        "expirationTimestamp": -1,
        "isExpired": None,
    }


ENDPOINTS: Final[tuple[Endpoint, ...]] = (ask_orders, get_orders, ask_trades, get_trades, ask_incomes, get_incomes)
