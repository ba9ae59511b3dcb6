"""Mark prices and funding: premiumIndex, fundingRate, fundingInfo."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.funding_payments import Settled, running_rate
from binance_mock.venues.usdm.kinds import Page, SymbolName, Time
from binance_mock.venues.usdm.rates import next_settlement, rate, settlements
from binance_mock.venues.usdm.render import decimal, ms
from binance_mock.venues.usdm.selection import Span, chosen, span, tape_of
from binance_mock.venues.usdm.venue import UsdmCall
from binance_mock.venues.weights import ByParameter, Quota

_QUOTA: Final = Quota("fundingRate", 500, 5)
"""What both calls share instead of a weight (rule U-27)."""


@endpoint("GET", "/fapi/v1/premiumIndex", group="market", weight=ByParameter("symbol", given=1, otherwise=10))
def premium_index(call: UsdmCall, symbol: SymbolName | None = None) -> Json:
    """Mark and index price, and the rate that the coming settlement is heading for (rule U-108)."""
    rows = [premium_row(call, info) for info in chosen(call, symbol)]
    return rows[0] if symbol is not None else rows


@endpoint("GET", "/fapi/v1/fundingRate", group="market", weight=0, quota=_QUOTA)
def funding_rate(
    call: UsdmCall,
    symbol: SymbolName | None = None,
    startTime: Time | None = None,
    endTime: Time | None = None,
    limit: Page = 100,
) -> Json:
    """Settlements of the past (rule U-122); contracts with delivery have none.

    Before a contract's market was first touched they were at the rate of a fair market.

    They begin with the listing of the contract, or with its tape where the clock stands before that. Without
    startTime the newest are told, else the oldest from there on.
    """
    return settled_rows(call, chosen(call, symbol), startTime, endTime, limit)


@endpoint("GET", "/fapi/v1/fundingInfo", group="market", weight=0, quota=_QUOTA)
def funding_info(call: UsdmCall) -> Json:
    """Contracts whose cap, floor or interval is not the usual one (rule U-121)."""
    return [
        {
            "symbol": info.name,
            "adjustedFundingRateCap": decimal(info.funding.cap),
            "adjustedFundingRateFloor": decimal(info.funding.floor),
            "fundingIntervalHours": info.funding.hours,
            "disclaimer": False,
        }
        for info in call.venue.symbols.values()
        if info.perpetual and info.funding.adjusted
    ]


def premium_row(call: UsdmCall, info: ContractInfo) -> dict[str, Any]:
    """Mark price, index price and funding of a contract."""
    venue, funding = call.venue, info.funding
    mark, index = venue.mark_price(info.name), venue.index_price(info.name)
    running = decimal(running_rate(venue, info))
    return {
        "symbol": info.name,
        "markPrice": decimal(mark),
        "indexPrice": decimal(index),
        "estimatedSettlePrice": decimal(index),
        "lastFundingRate": running if info.perpetual else "",
        "interestRate": decimal(funding.interest) if info.perpetual else "",
        "nextFundingTime": ms(next_settlement(call.now, funding)) if info.perpetual else 0,
        "time": ms(call.now),
    }


def settled_rows(
    call: UsdmCall, contracts: Iterable[ContractInfo], start: int | None, end: int | None, limit: int
) -> list[dict[str, Any]]:
    """The settlements of contracts, oldest first."""
    stretch = span(start, end)
    found: list[tuple[int, ContractInfo]] = []
    for info in contracts:
        if info.perpetual:
            found += [(time, info) for time in _times(call, info, stretch, limit)]
    # The sort keeps contracts of one time in their order.
    found.sort(key=lambda each: each[0])
    page = found[-limit:] if start is None else found[:limit]
    return [
        {
            "symbol": info.name,
            "fundingTime": ms(time),
            "fundingRate": decimal(settled.rate),
            "markPrice": decimal(settled.mark),
            "rateType": "Regular",
        }
        for time, info in page
        for settled in (_settled_at(call, info, time),)
    ]


def _times(call: UsdmCall, info: ContractInfo, stretch: Span, limit: int) -> range:
    """Times of the settlements that were."""
    born = tape_of(call, info).start
    first = info.onboard if born is None else min(info.onboard, born)
    last = call.now
    if stretch.start is not None:
        first = max(first, stretch.start)
    if stretch.end is not None:
        last = min(last, stretch.end)
    return settlements(info.funding, first, last, limit, oldest=stretch.start is not None)


def _settled_at(call: UsdmCall, info: ContractInfo, time: int) -> Settled:
    """The settlement of a time; made up of the last price where nobody was there to see it."""
    settled = call.venue.funded.get(info.name, {}).get(time)
    if settled is not None:
        return settled
    tick = tape_of(call, info).tick_before(time + 1)
    return Settled(rate(0, info.funding), tick.price if tick is not None else info.reference_price)


ENDPOINTS: Final[tuple[Endpoint, ...]] = (premium_index, funding_rate, funding_info)
