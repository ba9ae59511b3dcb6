"""Server and contracts: ping, time, exchangeInfo."""

from __future__ import annotations

from typing import Final

from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json
from binance_mock.venues.usdm.venue import UsdmCall


@endpoint("GET", "/fapi/v1/ping", group="general", weight=1)
def ping(call: UsdmCall) -> Json:
    """Test that the server answers."""
    return {}


@endpoint("GET", "/fapi/v1/time", group="general", weight=1)
def time(call: UsdmCall) -> Json:
    """The server's clock."""
    return {"serverTime": call.now // 1000}


@endpoint("GET", "/fapi/v1/exchangeInfo", group="general", weight=1)
def exchange_info(call: UsdmCall) -> Json:
    """Contracts with their filters, assets, and the request limits."""
    venue = call.venue
    return {
        "exchangeFilters": [],
        "rateLimits": call.limits.rules(),
        "serverTime": call.now // 1000,
        "assets": venue.assets,
        "symbols": [info.describe(venue.status(info.name)) for info in venue.symbols.values()],
        "timezone": "UTC",
    }


ENDPOINTS: Final[tuple[Endpoint, ...]] = (ping, time, exchange_info)
