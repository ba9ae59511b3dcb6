"""Open interest and the samples of /futures/data."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mock_server.spot_client import NOW
from tests.mock_server.venues.usdm.usdm_client import DAY_MS, HOUR_MS, MINUTE_MS, MS, UsdmClient, amount, client

from binance_mock.engine.positions import PositionSide
from binance_mock.engine.units import SCALE

KINDS: Final[dict[str, dict[str, object]]] = {
    "openInterestHist": {"symbol": "BTCUSDT"},
    "topLongShortAccountRatio": {"symbol": "BTCUSDT"},
    "topLongShortPositionRatio": {"symbol": "BTCUSDT"},
    "globalLongShortAccountRatio": {"symbol": "BTCUSDT"},
    "takerlongshortRatio": {"symbol": "BTCUSDT"},
    "basis": {"pair": "BTCUSDT", "contractType": "PERPETUAL"},
}
PERIODS: Final = {
    "5m": 5 * MINUTE_MS, "15m": 15 * MINUTE_MS, "30m": 30 * MINUTE_MS, "1h": HOUR_MS, "2h": 2 * HOUR_MS,
    "4h": 4 * HOUR_MS, "6h": 6 * HOUR_MS, "12h": 12 * HOUR_MS, "1d": DAY_MS,
}  # fmt: skip


def ask(one: UsdmClient, path: str, **params: object) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = one.public(f"/futures/data/{path}", **{**KINDS[path], "period": "5m", **params}).ok()
    return rows


def times(one: UsdmClient, path: str, **params: object) -> list[int]:
    return [row["timestamp"] for row in ask(one, path, **params)]


@pytest.mark.parametrize("path", KINDS)
@pytest.mark.parametrize("period", PERIODS)
def test_samples_are_taken_at_full_periods(path: str, period: str) -> None:
    size = PERIODS[period]
    found = times(client(), path, period=period)
    last = MS - MS % size
    assert found == [last - size * n for n in reversed(range(len(found)))]
    assert len(found) == min(30, 2 * DAY_MS // size)


@pytest.mark.parametrize("path", KINDS)
def test_other_periods_and_too_many_rows(path: str) -> None:
    """U-44."""
    one = client()
    for params in ({"period": "1m"}, {"period": "3d"}, {"period": "5m", "limit": 501}, {"period": "5m", "limit": 0}):
        reply = one.public(f"/futures/data/{path}", **{**KINDS[path], **params})
        assert (*reply.refusal, reply.msg) == (
            400, -1130, f"Data sent for parameter '{'limit' if 'limit' in params else 'period'}' is not valid."
        )  # fmt: skip
    assert len(ask(one, path, limit=500)) == 500


@pytest.mark.parametrize("path", KINDS)
def test_a_stretch_of_samples(path: str) -> None:
    """Both ends inclusive; the oldest from the start on."""
    one = client()
    start = MS - MS % HOUR_MS - 9 * HOUR_MS
    assert times(one, path, period="1h", startTime=start, limit=2) == [start, start + HOUR_MS]
    assert times(one, path, period="1h", startTime=start + 1, endTime=start + HOUR_MS) == [start + HOUR_MS]
    assert times(one, path, period="1h", endTime=start + HOUR_MS, limit=2) == [start, start + HOUR_MS]
    assert times(one, path, period="1h", startTime=MS) == []


@pytest.mark.parametrize("path", KINDS)
def test_samples_weigh_nothing(path: str) -> None:
    """U-27."""
    assert client().weight(f"/futures/data/{path}", **KINDS[path], period="5m") == 0


@pytest.mark.parametrize("path", KINDS)
def test_a_market_without_history_has_no_samples(path: str) -> None:
    assert ask(client(history_hours=0), path) == []


@pytest.mark.parametrize("path", KINDS)
def test_thirty_days_at_most(path: str) -> None:
    one = client(levels=0)
    one.feed("BTCUSDT", [(NOW - 40 * DAY_MS * 1000, 80_000 * SCALE, SCALE, False, 1)])
    found = times(one, path, period="1d", limit=500, startTime=0)
    assert len(found) == 30
    assert MS - 30 * DAY_MS <= found[0] < MS - 29 * DAY_MS


def test_the_two_sides_are_even() -> None:
    one = client()
    for path in ("topLongShortAccountRatio", "topLongShortPositionRatio", "globalLongShortAccountRatio"):
        assert all(
            (row["longShortRatio"], row["longAccount"], row["shortAccount"]) == ("1.0000", "0.5000", "0.5000")
            for row in ask(one, path)
        )


def test_nobody_holds_anything_at_first() -> None:
    one = client()
    assert one.public("openInterest", symbol="BTCUSDT").ok() == {
        "symbol": "BTCUSDT", "openInterest": "0.000", "time": MS,
    }  # fmt: skip
    assert one.weight("openInterest", symbol="BTCUSDT") == 1


def test_open_interest_is_what_the_longs_hold() -> None:
    one = client()
    for name, side, qty in (("alice", "BOTH", 3), ("bob", "BOTH", -2), ("carol", "LONG", 1), ("carol", "SHORT", -2)):
        account = one.venue.accounts.get(name) or one.venue.open_account(name, {})
        account.position("BTCUSDT", PositionSide(side)).qty = qty * SCALE
        account.position("ETHUSDT", PositionSide(side)).qty = 7 * SCALE
    assert one.public("openInterest", symbol="BTCUSDT").ok()["openInterest"] == "4.000"
    row = ask(one, "openInterestHist", limit=1)[0]
    price = ask(one, "basis", limit=1)[0]["futuresPrice"]
    assert row["sumOpenInterest"] == "4.00000000"
    assert amount(row["sumOpenInterestValue"]) == 4 * amount(price)


def test_the_basis_of_a_quarter() -> None:
    one = client()
    row = ask(one, "basis", contractType="CURRENT_QUARTER", period="1h", limit=1)[0]
    info = one.venue.info("BTCUSDT_261225")
    closes = [
        one.public("klines", symbol=symbol, interval="1m", endTime=row["timestamp"] - 1, limit=1).ok()[0][4]
        for symbol in ("BTCUSDT_261225", "BTCUSDT")
    ]
    futures, index = (amount(text) for text in closes)
    assert (amount(row["futuresPrice"]), amount(row["indexPrice"])) == (futures, index)
    assert amount(row["basis"]) == futures - index
    assert abs(Fraction(row["basisRate"]) - Fraction(futures - index, index)) <= Fraction(1, 20_000)
    years = Fraction(info.delivery // 1000 - row["timestamp"], 365 * DAY_MS)
    annual = Fraction(futures - index, index) / years
    assert abs(Fraction(row["annualizedBasisRate"]) - annual) <= Fraction(1, 20_000)


def test_a_perpetual_has_no_basis_for_a_year() -> None:
    for row in ask(client(), "basis"):
        assert (row["basis"], row["basisRate"], row["annualizedBasisRate"]) == ("0.00000000", "0.0000", "")


def test_contracts_that_a_pair_does_not_have() -> None:
    one = client()
    assert ask(one, "basis", contractType="NEXT_QUARTER") == []
    reply = one.public("/futures/data/basis", pair="BTCUSDT", contractType="TRADIFI_PERPETUAL", period="5m")
    assert (*reply.refusal, reply.msg) == (400, -4104, "Invalid contract type")


@given(
    prints=st.lists(
        st.tuples(st.integers(0, 40 * MINUTE_MS), st.integers(1, 900), st.booleans()), min_size=1, max_size=12
    )
)
def test_what_takers_did_in_each_period(prints: list[tuple[int, int, bool]]) -> None:
    one = client(levels=0)
    trades = one.feed(
        "BTCUSDT",
        [
            (NOW - 40 * MINUTE_MS * 1000 + ms * 1000, 80_000 * SCALE, qty * SCALE // 1000, side, 1)
            for ms, qty, side in sorted(prints)
        ],
    )
    size = PERIODS["5m"]
    rows = ask(one, "takerlongshortRatio")
    ends = range(MS - MS % size - 8 * size, MS + 1, size)
    assert [row["timestamp"] for row in rows] == [end for end in ends if end * 1000 >= trades[0].time]
    for row in rows:
        end = row["timestamp"] * 1000
        inside = [trade for trade in trades if end - size * 1000 <= trade.time < end]
        bought = sum(trade.qty for trade in inside if not trade.buyer_maker)
        sold = sum(trade.qty for trade in inside if trade.buyer_maker)
        assert (amount(row["buyVol"]), amount(row["sellVol"])) == (bought, sold)
        expected = Fraction(bought, sold) if sold else 0
        assert abs(Fraction(row["buySellRatio"]) - expected) <= Fraction(1, 20_000)
