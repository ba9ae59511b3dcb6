"""Server and contracts: ping, time, exchangeInfo."""

from __future__ import annotations

from typing import Final

from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json
from binance_mock.venues.usdm import general
from binance_mock.venues.usdm.venue import UsdmCall

ping = endpoint("GET", "/dapi/v1/ping", group="general", weight=1)(general.ping.handler)
time = endpoint("GET", "/dapi/v1/time", group="general", weight=1)(general.time.handler)


@endpoint("GET", "/dapi/v1/exchangeInfo", group="general", weight=1)
def exchange_info(call: UsdmCall) -> Json:
    """Contracts with their filters, and the request limits."""
    venue = call.venue
    return {
        "exchangeFilters": [],
        "rateLimits": call.limits.rules(),
        "serverTime": call.now // 1000,
        "symbols": [info.describe(venue.status(info.name)) for info in venue.symbols.values()],
        "timezone": "UTC",
    }


ENDPOINTS: Final[tuple[Endpoint, ...]] = (ping, time, exchange_info)
