"""Mark prices and funding (U-105, U-108, U-121, U-122)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mock_server.spot_client import DAY, NOW
from tests.mock_server.venues.usdm.usdm_client import HOUR_MS, MS, UsdmClient, amount, client

from binance_mock.engine.units import SCALE
from binance_mock.venues.usdm.contracts import Funding
from binance_mock.venues.usdm.rates import next_settlement, premium, rate, settlements

EIGHT = 8 * HOUR_MS
LAST = MS - MS % EIGHT
"""The settlement of 16:00 before the clock of the tests."""
CHINESE = "币安人生USDT"
"""Funded every four hours."""


def index(one: UsdmClient, symbol: str = "BTCUSDT") -> Any:
    return one.public("premiumIndex", symbol=symbol).ok()


def rates(one: UsdmClient, **params: object) -> Any:
    return one.public("fundingRate", **{"symbol": "BTCUSDT", **params}).ok()


def times(one: UsdmClient, **params: object) -> list[int]:
    return [row["fundingTime"] for row in rates(one, **params)]


# -- mark and index price -------------------------------------------------------------------------------------------


def test_a_fair_market_is_funded_by_the_interest() -> None:
    assert index(client()) == {
        "symbol": "BTCUSDT", "markPrice": "79970.00000000", "indexPrice": "79970.00000000",
        "estimatedSettlePrice": "79970.00000000", "lastFundingRate": "0.00010000", "interestRate": "0.00010000",
        "nextFundingTime": LAST + EIGHT, "time": MS,
    }  # fmt: skip
    assert (index(client(), CHINESE)["lastFundingRate"], index(client(), CHINESE)["nextFundingTime"]) == (
        "0.00005000", MS - MS % (4 * HOUR_MS) + 4 * HOUR_MS,
    )  # fmt: skip


def test_a_contract_with_delivery_is_not_funded() -> None:
    row = index(client(), "BTCUSDT_261225")
    assert (row["lastFundingRate"], row["interestRate"], row["nextFundingTime"]) == ("", "", 0)
    assert (row["markPrice"], row["indexPrice"]) == ("80310.00000000", "79970.00000000")
    assert rates(client(), symbol="BTCUSDT_261225") == []


def test_mark_and_index_follow_the_market_until_they_are_set() -> None:
    one = client()
    one.move_price("BTCUSDT", "80000.10")
    assert (index(one)["markPrice"], index(one)["indexPrice"]) == ("80000.10000000", "80000.10000000")
    assert index(one, "BTCUSDT_261225")["indexPrice"] == "80000.10000000"
    one.venue.marks.set("BTCUSDT", mark=81_000 * SCALE, index=80_900 * SCALE)
    one.move_price("BTCUSDT", "70000")
    assert (index(one)["markPrice"], index(one)["indexPrice"]) == ("81000.00000000", "80900.00000000")
    assert index(one, "BTCUSDT_261225")["indexPrice"] == "80900.00000000"
    one.venue.marks.set("BTCUSDT_261225", index=80_800 * SCALE)
    assert index(one, "BTCUSDT_261225")["indexPrice"] == "80800.00000000"
    one.venue.marks.follow("BTCUSDT")
    assert index(one)["markPrice"] == "70000.00000000"


def test_a_market_without_trades_is_marked_at_its_reference_price() -> None:
    one = client(history_hours=0)
    one.public("depth", symbol="BTCUSDT").ok()
    assert index(one)["markPrice"] == index(one)["indexPrice"] == "79970.00000000"


@pytest.mark.parametrize(
    ("mark", "shown"),
    [
        (80_000, "0.00010000"),  # no premium: the interest
        (80_024, "0.00010000"),  # 0.0003, within the damper
        (80_048, "0.00010000"),  # 0.0006, its end
        (80_064, "0.00030000"),  # 0.0008 less 0.0005
        (80_200, "0.00200000"),
        (81_000, "0.00300000"),  # the cap
        (79_968, "0.00010000"),  # -0.0004
        (79_920, "-0.00050000"),  # -0.001 and 0.0005
        (79_000, "-0.00300000"),  # the floor
    ],
)
def test_a_premium_moves_the_rate(mark: int, shown: str) -> None:
    one = client()
    one.venue.marks.set("BTCUSDT", mark=mark * SCALE, index=80_000 * SCALE)
    assert index(one)["lastFundingRate"] == shown


@given(
    mark=st.integers(1, 200_000 * SCALE),
    base=st.integers(1, 200_000 * SCALE),
    interest=st.integers(-100_000, 100_000),
    cap=st.integers(0, 3_000_000),
    floor=st.integers(-3_000_000, 0),
)
def test_the_rate_is_that_of_exact_arithmetic(mark: int, base: int, interest: int, cap: int, floor: int) -> None:
    funding = Funding({}, "0.0001")
    funding.interest, funding.cap, funding.floor = interest, cap, floor
    above = Fraction(mark - base, base) * SCALE
    exact = above + min(max(interest - above, -50_000), 50_000)
    exact = min(max(exact, floor), cap)
    assert abs(rate(premium(mark, base), funding) - exact) < 1


def test_all_contracts() -> None:
    one = client()
    rows = one.public("premiumIndex").ok()
    assert rows == [index(one, symbol) for symbol in one.venue.symbols]
    assert (one.weight("premiumIndex", symbol="BTCUSDT"), one.weight("premiumIndex")) == (1, 10)


def test_the_next_settlement_goes_with_the_clock() -> None:
    """U-121: strictly later than now."""
    one = client()
    for now, following in ((LAST, LAST + EIGHT), (LAST + EIGHT - 1, LAST + EIGHT), (LAST + EIGHT, LAST + 2 * EIGHT)):
        one.world.clock.freeze(now * 1000)
        assert index(one)["nextFundingTime"] == following


# -- settlements ----------------------------------------------------------------------------------------------------


def test_the_newest_settlements_ascend_to_the_last_one() -> None:
    one = client()
    assert times(one, limit=3) == [LAST - 2 * EIGHT, LAST - EIGHT, LAST]
    assert len(times(one)) == 100
    assert len(times(one, limit=1000)) == 1000
    assert one.public("fundingRate", limit=1001).refusal == (400, -1130)
    one.world.clock.freeze((LAST + EIGHT) * 1000 - 1)
    assert times(one, limit=1) == [LAST]
    one.world.clock.freeze((LAST + EIGHT) * 1000)
    assert times(one, limit=1) == [LAST + EIGHT]


def test_a_stretch_of_settlements() -> None:
    """Both ends inclusive; the oldest from the start on when there are more."""
    one = client()
    start = LAST - 9 * EIGHT
    assert times(one, startTime=start, limit=2) == [start, start + EIGHT]
    assert times(one, startTime=start + 1, endTime=start + EIGHT) == [start + EIGHT]
    assert times(one, endTime=start + EIGHT, limit=2) == [start, start + EIGHT]
    assert times(one, startTime=LAST, endTime=MS + 10**12) == [LAST]
    assert times(one, startTime=MS) == []


def test_a_settlement_shows_the_price_of_its_time() -> None:
    """U-122."""
    one = client()
    newest, old = rates(one, limit=1)[0], rates(one, endTime=LAST - 30 * EIGHT, limit=1)[0]
    candle = one.public("klines", symbol="BTCUSDT", interval="1m", endTime=LAST - 1, limit=1).ok()[0]
    assert newest == {
        "symbol": "BTCUSDT", "fundingTime": LAST, "fundingRate": "0.00010000",
        "markPrice": candle[4] + "000000", "rateType": "Regular",
    }  # fmt: skip
    assert old["markPrice"] == "79970.00000000"


def test_a_trade_in_the_moment_of_a_settlement_is_part_of_it() -> None:
    one = client(levels=0)
    moments = (LAST * 1000 - 1, LAST * 1000, LAST * 1000 + 1)
    one.feed("BTCUSDT", [(time, (80_000 + n) * SCALE, SCALE, False, 1) for n, time in enumerate(moments)])
    assert rates(one, limit=1)[0]["markPrice"] == "80001.00000000"


def test_settlements_begin_with_the_listing() -> None:
    one = client()
    first = times(one, startTime=0, limit=1)[0]
    onboard = one.venue.info("BTCUSDT").onboard // 1000
    assert onboard <= first < onboard + EIGHT
    assert first % EIGHT == 0


def test_where_the_clock_is_before_the_listing_they_begin_with_the_tape() -> None:
    one = client()
    info = one.venue.info(CHINESE)
    assert info.onboard > NOW
    found = times(one, symbol=CHINESE)
    assert len(found) == 12
    assert amount(rates(one, symbol=CHINESE)[0]["fundingRate"]) == info.funding.interest == 5_000


def test_all_contracts_in_the_order_of_time() -> None:
    one = client()
    rows = one.public("fundingRate", limit=60).ok()
    assert len(rows) == 60
    assert [row["fundingTime"] for row in rows] == sorted(row["fundingTime"] for row in rows)
    perpetual = [name for name, info in one.venue.symbols.items() if info.perpetual]
    assert [row["symbol"] for row in rows if row["fundingTime"] == LAST] == perpetual
    oldest = one.public("fundingRate", startTime=LAST - EIGHT, limit=3).ok()
    assert {row["fundingTime"] for row in oldest} == {LAST - EIGHT}


def test_which_contracts_are_not_as_usual() -> None:
    """U-121."""
    one = client()
    rows = {row["symbol"]: row for row in one.public("fundingInfo").ok()}
    assert rows[CHINESE] == {
        "symbol": CHINESE, "adjustedFundingRateCap": "0.02000000", "adjustedFundingRateFloor": "-0.02000000",
        "fundingIntervalHours": 4, "disclaimer": False,
    }  # fmt: skip
    assert rows["BTCUSDT"]["adjustedFundingRateCap"] == "0.00300000"
    assert "BTCUSDT_261225" not in rows
    assert (one.weight("fundingInfo"), one.weight("fundingRate")) == (0, 0)


@given(
    now=st.integers(0, 10**6),
    first=st.integers(0, 10**6),
    wide=st.integers(-5, 10**6),
    hours=st.sampled_from((1, 4, 8)),
    limit=st.integers(1, 7),
    oldest=st.booleans(),
)
def test_settlements_are_the_full_hours_between(
    now: int, first: int, wide: int, hours: int, limit: int, oldest: bool
) -> None:
    funding = Funding({"fundingIntervalHours": hours}, "0.0001")
    second = DAY // 86_400
    every = hours * 3600
    found = settlements(funding, first * second, (first + wide) * second, limit, oldest=oldest)
    model = [time for time in range(0, first + wide + 1, every) if time >= first]
    assert [time // second for time in found] == (model[:limit] if oldest else model[-limit:])
    following = next_settlement(now * second, funding)
    assert now * second < following <= (now + every) * second
    assert following % (every * second) == 0
