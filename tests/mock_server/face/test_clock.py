"""The clock, from a test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
import requests

from binance_mock import Mock
from binance_mock.face.backend import MockError
from binance_mock.face.clock import milliseconds

from .conftest import NOW_MS


def test_it_stands_where_it_was_frozen(binance: Mock) -> None:
    assert (binance.clock.mode, binance.clock.now_ms) == ("frozen", NOW_MS)
    binance.clock.freeze(1_499_827_319_559)
    assert requests.get(f"{binance.url}/api/v3/time", timeout=10).json() == {"serverTime": 1_499_827_319_559}


def test_a_datetime_names_the_same_moment(binance: Mock) -> None:
    moment = datetime(2023, 11, 14, 23, 13, 20, tzinfo=timezone(timedelta(hours=1)))
    binance.clock.freeze(moment)
    assert binance.clock.now_ms == NOW_MS


def test_a_datetime_without_zone_is_refused(binance: Mock) -> None:
    with pytest.raises(ValueError, match=r"timezone\.utc"):
        binance.clock.freeze(datetime(2023, 11, 14))  # that is what is tested
    assert binance.clock.now_ms == NOW_MS


def test_milliseconds_round_to_the_nearest() -> None:
    assert milliseconds(datetime(1970, 1, 1, 0, 0, 1, 999_600, tzinfo=UTC)) == 2000
    assert milliseconds(5) == 5


def test_freezing_without_a_time_stops_a_running_clock(binance: Mock) -> None:
    binance.clock.live()
    assert binance.clock.mode == "live"
    binance.clock.freeze()
    assert binance.clock.mode == "frozen"
    assert binance.clock.now_ms == binance.clock.now_ms > NOW_MS


@pytest.mark.parametrize(
    ("by", "ms"),
    [
        ({"ms": 7}, 7),
        ({"seconds": 61}, 61_000),
        ({"seconds": 0.5}, 500),
        ({"minutes": 2, "ms": 1}, 120_001),
        ({"hours": 1}, 3_600_000),
        ({"days": 1, "hours": 1, "minutes": 1, "seconds": 1, "ms": 1}, 90_061_001),
    ],
)
def test_advance(binance: Mock, by: dict[str, int], ms: int) -> None:
    binance.clock.advance(**by)
    assert (binance.clock.mode, binance.clock.now_ms) == ("frozen", NOW_MS + ms)


def test_it_goes_back_by_setting_and_not_by_advancing(binance: Mock) -> None:
    with pytest.raises(MockError, match="cannot advance by -1 ms; it goes back with POST"):
        binance.clock.advance(ms=-1)
    binance.clock.freeze(NOW_MS - 86_400_000)
    assert binance.clock.now_ms == NOW_MS - 86_400_000


def test_an_offset_runs_behind_the_machine(binance: Mock) -> None:
    binance.clock.live()
    live = binance.clock.now_ms
    binance.clock.offset(-3_600_000)
    assert binance.clock.mode == "offset"
    assert binance.clock.now_ms < live
    binance.clock.live()
    assert (binance.clock.mode, binance.clock.now_ms >= live) == ("live", True)


@pytest.mark.parametrize("at", [-1, 253_402_300_800_000])
def test_a_time_outside_of_the_calendar_is_refused(binance: Mock, at: int) -> None:
    with pytest.raises(MockError, match=f"now_ms is {at}; send milliseconds between"):
        binance.clock.freeze(at)
    assert binance.clock.now_ms == NOW_MS
