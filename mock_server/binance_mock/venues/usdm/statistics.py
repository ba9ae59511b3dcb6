"""Open interest, and the statistics of `/futures/data`: samples at the full periods of UTC.

Samples reach as far back as the tape, 30 days at most, and carry the end of the period that they tell of. They are
ascending: the oldest from startTime on, else the newest.

What the mock does not know it does not make up: the two sides of accounts are even, and the supply of a coin is 0.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, TypedDict, Unpack

from binance_mock.engine.intervals import DAY, Interval
from binance_mock.engine.tape import Tape
from binance_mock.engine.units import SCALE
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json
from binance_mock.venues.params import Default
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.kinds import BasisKind, PairName, Period, StatisticsPage, SymbolName, Time
from binance_mock.venues.usdm.render import decimal, ms, price, quantity, ratio
from binance_mock.venues.usdm.selection import Span, of_kind, of_pair, span, tape_of
from binance_mock.venues.usdm.venue import UsdmCall
from binance_mock.venues.weights import Quota

_QUOTA: Final = Quota("futures/data", 1000, 5)
"""What the calls of `/futures/data` share instead of a weight (rule U-27)."""
_REACH: Final = 30 * DAY
_YEAR: Final = 365 * DAY


class Asked(TypedDict, total=False):
    """Which samples, and how many of them."""

    limit: Annotated[StatisticsPage, Default(30)]
    startTime: Time
    endTime: Time


@endpoint("GET", "/fapi/v1/openInterest", group="market", weight=1)
def open_interest(call: UsdmCall, symbol: SymbolName) -> Json:
    """How much of a contract is held."""
    info = call.venue.info(symbol)
    return {"symbol": symbol, "openInterest": quantity(info, _open_interest(call, info)), "time": ms(call.now)}


@endpoint("GET", "/futures/data/openInterestHist", group="market", weight=0, quota=_QUOTA)
def open_interest_history(call: UsdmCall, symbol: SymbolName, period: Period, **asked: Unpack[Asked]) -> Json:
    """Open interest over time: the present one, at the prices of the past."""
    info = call.venue.info(symbol)
    tape = tape_of(call, info)
    held = _open_interest(call, info)
    return [
        {
            "symbol": symbol,
            "sumOpenInterest": decimal(held),
            "sumOpenInterestValue": decimal(held * _price_at(tape, time) // SCALE),
            "CMCCirculatingSupply": decimal(0),
            "timestamp": ms(time),
        }
        for time in _samples(call, period, asked, tape)
    ]


@endpoint("GET", "/futures/data/topLongShortAccountRatio", group="market", weight=0, quota=_QUOTA)
def top_account_ratio(call: UsdmCall, symbol: SymbolName, period: Period, **asked: Unpack[Asked]) -> Json:
    """Large accounts by the side that they hold: always even."""
    tape = tape_of(call, call.venue.info(symbol))
    return [
        {
            "symbol": symbol,
            "longShortRatio": "1.0000",
            "longAccount": "0.5000",
            "shortAccount": "0.5000",
            "timestamp": ms(time),
        }
        for time in _samples(call, period, asked, tape)
    ]


# Positions of large accounts, and all accounts: even as well.
top_position_ratio = endpoint("GET", "/futures/data/topLongShortPositionRatio", group="market", weight=0, quota=_QUOTA)(
    top_account_ratio.handler
)
global_account_ratio = endpoint(
    "GET", "/futures/data/globalLongShortAccountRatio", group="market", weight=0, quota=_QUOTA
)(top_account_ratio.handler)


@endpoint("GET", "/futures/data/takerlongshortRatio", group="market", weight=0, quota=_QUOTA)
def taker_ratio(call: UsdmCall, symbol: SymbolName, period: Period, **asked: Unpack[Asked]) -> Json:
    """What takers bought and sold in each period."""
    tape = tape_of(call, call.venue.info(symbol))
    size = Interval(period).size
    rows = []
    for time in _samples(call, period, asked, tape):
        traded = tape.total(time - size, time)
        bought, sold = (traded.taker_base, traded.volume - traded.taker_base) if traded else (0, 0)
        rows.append(
            {
                "buySellRatio": ratio(bought, sold, 4),
                "buyVol": decimal(bought, 4),
                "sellVol": decimal(sold, 4),
                "timestamp": ms(time),
            }
        )
    return rows


@endpoint("GET", "/futures/data/basis", group="market", weight=0, quota=_QUOTA)
def basis(call: UsdmCall, pair: PairName, contractType: BasisKind, period: Period, **asked: Unpack[Asked]) -> Json:
    """How far a pair's contract is above its index; nothing where the pair has no such contract."""
    info = of_kind(call, pair, contractType)
    if info is None:
        _stretch(asked)  # Nonsense is refused all the same.
        return []
    tape, index_tape = tape_of(call, info), tape_of(call, call.venue.index_source(info))
    return [
        _basis(info, _price_at(tape, time), _price_at(index_tape, time), time)
        for time in _samples(call, period, asked, tape, index_tape)
    ]


@endpoint("GET", "/futures/data/delivery-price", group="market", weight=0, quota=_QUOTA)
def delivery_price(call: UsdmCall, pair: PairName) -> Json:
    """Prices at which contracts of a pair were delivered, oldest first."""
    of_pair(call, pair)
    venue = call.venue
    delivered = [(venue.symbols[symbol], price) for symbol, price in venue.delivered.items()]
    return [
        {"deliveryTime": ms(info.delivery), "deliveryPrice": price / SCALE}
        for info, price in sorted(delivered, key=lambda each: each[0].delivery)
        if info.pair == pair
    ]


def _open_interest(call: UsdmCall, info: ContractInfo) -> int:
    """The sum of all longs, which is that of all shorts."""
    return sum(max(position.qty, 0) for account in call.venue.owners.values() for position in account.held(info.name))


def _basis(info: ContractInfo, traded: int, index: int, time: int) -> dict[str, Any]:
    """A sample of the basis; perpetuals have none for a year."""
    above = traded - index
    left = info.delivery - time
    return {
        "pair": info.pair,
        "contractType": info.type,
        "indexPrice": decimal(index),
        "futuresPrice": price(info, traded),
        "basis": decimal(above),
        "basisRate": ratio(above, index, 4),
        "annualizedBasisRate": "" if info.perpetual or left <= 0 else ratio(above * _YEAR, index * left, 4),
        "timestamp": ms(time),
    }


def _stretch(asked: Asked) -> Span:
    return span(asked.get("startTime"), asked.get("endTime"))


def _samples(call: UsdmCall, period: str, asked: Asked, *tapes: Tape) -> range:
    """The moments to tell of, when all tapes had begun."""
    size, stretch, limit = Interval(period).size, _stretch(asked), asked["limit"]
    begun = [tape.start for tape in tapes]
    first = call.now - _REACH
    for start in (*begun, stretch.start):
        if start is not None:
            first = max(first, start)
    last = call.now if stretch.end is None else min(call.now, stretch.end)
    if None in begun:
        return range(0)
    times = range(-(-first // size) * size, last + 1, size)
    return times[-limit:] if stretch.start is None else times[:limit]


def _price_at(tape: Tape, time: int) -> int:
    """The last price at a moment; the tape has begun by then."""
    tick = tape.tick_before(time + 1)
    return tick.price if tick is not None else 0


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    open_interest,
    open_interest_history,
    top_account_ratio,
    top_position_ratio,
    global_account_ratio,
    taker_ratio,
    basis,
    delivery_price,
)
