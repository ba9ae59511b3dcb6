"""What became of options: open interest, and expiries that were settled."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.engine.units import SCALE
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json
from binance_mock.venues.errors import Refusal
from binance_mock.venues.options.exercise import strike_result
from binance_mock.venues.options.kinds import (
    AssetName,
    ExercisePage,
    Expiration,
    Time,
    UnderlyingName,
)
from binance_mock.venues.options.listings import Contract, Settled
from binance_mock.venues.options.render import decimal, ms, plain, quantity
from binance_mock.venues.options.selection import span
from binance_mock.venues.options.venue import OptionsCall


@endpoint("GET", "/eapi/v1/openInterest", group="market", weight=0)
def open_interest(call: OptionsCall, underlyingAsset: AssetName, expiration: Expiration) -> Json:
    """What all longs hold of the contracts of an expiry, and its worth at the index; none for one not listed."""
    venue = call.venue
    found = next((each for each in venue.underlyings.values() if each.base == underlyingAsset), None)
    if found is None:
        raise Refusal(-1128, "Invalid underlying")
    strip = venue.listings.strip(found.name, expiration)
    return [] if strip is None else [_interest(call, info) for info in strip.contracts.values()]


@endpoint("GET", "/eapi/v1/exerciseHistory", group="market", weight=3)
def exercise_history(
    call: OptionsCall,
    underlying: UnderlyingName | None = None,
    startTime: Time | None = None,
    endTime: Time | None = None,
    limit: ExercisePage = 100,
) -> Json:
    """Contracts that expired, and what became of them (rule O-83): the newest, or the oldest from a time on."""
    name = None if underlying is None else call.venue.underlying(underlying).name
    stretch = span(startTime, endTime)
    rows = [
        _exercised(info, settled)
        for settled in call.venue.settled
        if (name is None or settled.strip.underlying.name == name)
        and (stretch.start is None or stretch.start <= settled.strip.expiry.time)
        and (stretch.end is None or settled.strip.expiry.time <= stretch.end)
        for info in settled.strip.contracts.values()
    ]
    return rows[-limit:] if stretch.start is None else rows[:limit]


def _interest(call: OptionsCall, info: Contract) -> dict[str, Any]:
    held = call.venue.open_interest(info.name)
    worth = held * info.unit * call.venue.index_price(info.underlying) // SCALE
    return {
        "symbol": info.name,
        "sumOpenInterest": quantity(info, held),
        "sumOpenInterestUsd": decimal(worth),
        # Text here, and nowhere else (rule O-2).
        "timestamp": str(ms(call.now)),
    }


def _exercised(info: Contract, settled: Settled) -> dict[str, Any]:
    return {
        "symbol": info.name,
        "strikePrice": plain(info.strike),
        "realStrikePrice": decimal(settled.price),
        "expiryDate": ms(info.expiry),
        "strikeResult": strike_result(info.side, settled.price, info.strike).value,
    }


ENDPOINTS: Final[tuple[Endpoint, ...]] = (open_interest, exercise_history)
