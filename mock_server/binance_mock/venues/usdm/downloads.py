"""Histories to download: an id is given, and the file is being made for ever, for the mock makes none."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.engine.intervals import DAY
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.usdm.account_kinds import DownloadId
from binance_mock.venues.usdm.kinds import Time
from binance_mock.venues.usdm.selection import span
from binance_mock.venues.usdm.venue import UsdmCall

_YEAR: Final = 366 * DAY


def ask(call: UsdmCall, startTime: Time, endTime: Time) -> Json:
    """Ask for a file of a stretch of time."""
    span(startTime, endTime, _YEAR)
    return {"avgCostTimestampOfLast30d": 0, "downloadId": str(call.now)}


def look(call: UsdmCall, downloadId: DownloadId) -> Json:
    """Where a file is that was asked for."""
    return being_made(downloadId)


def being_made(id: str) -> dict[str, Any]:
    """A file that is not there yet."""
    return {
        "downloadId": id,
        "status": "processing",
        "url": "",
        "notified": False,
        "expirationTimestamp": -1,
        "isExpired": None,
    }


ENDPOINTS: Final[tuple[Endpoint, ...]] = tuple(
    endpoint("GET", f"/fapi/v1/{what}/asyn{more}", group="account", security=Security.USER_DATA, weight=weight)(handler)
    for what in ("order", "trade", "income")
    for more, weight, handler in (("", 1000, ask), ("/id", 10, look))
)
