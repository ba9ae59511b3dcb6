"""Intervals: where candles begin and end, compared with the calendar of the standard library (rules S-169, S-170)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_mock.engine.intervals import DAY, HOUR, MINUTE, SECOND, Interval, parse_offset

EPOCH = datetime(1970, 1, 1)
NAMES = ["1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M"]


def moment(text: str) -> int:
    """Microseconds of an ISO date and time in UTC."""
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1)


def slow_opening(name: str, time: int, offset: int) -> int:
    """The opening, by cutting the fields of a local date and time."""
    local = EPOCH + timedelta(microseconds=time + offset)
    count, unit = int(name[:-1]), name[-1]
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    opening = {
        "s": local.replace(microsecond=0),
        "m": local.replace(minute=local.minute // count * count, second=0, microsecond=0),
        "h": local.replace(hour=local.hour // count * count, minute=0, second=0, microsecond=0),
        "d": midnight - timedelta(days=(midnight - EPOCH).days % count),
        "w": midnight - timedelta(days=midnight.weekday()),
        "M": midnight.replace(day=1),
    }[unit]
    return (opening - EPOCH) // timedelta(microseconds=1) - offset


def test_the_names_are_binances() -> None:
    """S-169."""
    assert [interval.value for interval in Interval] == NAMES


@pytest.mark.parametrize("name", ["1H", "1D", "2m", "", "1", "1S", "1W"])
def test_a_name_is_case_sensitive_and_known(name: str) -> None:
    """S-169."""
    with pytest.raises(ValueError, match="is not a valid Interval"):
        Interval(name)


def test_minute_and_month_differ_by_case() -> None:
    """S-169."""
    assert Interval("1m").size == MINUTE
    assert Interval("1M").size == 0


@pytest.mark.parametrize(
    ("name", "opening", "following"),
    [
        ("1s", "2024-02-29T13:47:31", "2024-02-29T13:47:32"),
        ("15m", "2024-02-29T13:45:00", "2024-02-29T14:00:00"),
        ("8h", "2024-02-29T08:00:00", "2024-02-29T16:00:00"),
        ("1d", "2024-02-29T00:00:00", "2024-03-01T00:00:00"),
        ("3d", "2024-02-29T00:00:00", "2024-03-03T00:00:00"),
        ("1w", "2024-02-26T00:00:00", "2024-03-04T00:00:00"),
        ("1M", "2024-02-01T00:00:00", "2024-03-01T00:00:00"),
    ],
)
def test_borders_in_utc(name: str, opening: str, following: str) -> None:
    """S-170: weeks open on Mondays, months on the first."""
    assert Interval(name).bounds(moment("2024-02-29T13:47:31.5")) == (moment(opening), moment(following))


def test_a_day_at_plus_eight_opens_at_sixteen_utc() -> None:
    """S-170: the offset moves the borders, the times stay UTC."""
    bounds = Interval("1d").bounds(moment("2024-01-02T15:59:59.999999"), 8 * HOUR)
    assert bounds == (moment("2024-01-01T16:00:00"), moment("2024-01-02T16:00:00"))


def test_a_month_west_of_utc_opens_later() -> None:
    """S-170."""
    bounds = Interval("1M").bounds(moment("2024-03-01T02:00:00"), -5 * HOUR)
    assert bounds == (moment("2024-02-01T05:00:00"), moment("2024-03-01T05:00:00"))


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=50, deadline=None)
@given(
    time=st.integers(0, 4_102_444_800) | st.sampled_from([0, 951_782_400, 1_709_164_800, 4_107_542_400]),
    fraction=st.sampled_from([0, 1, SECOND - 1]),
    offset=st.integers(-12 * 60, 14 * 60),
)
def test_borders_match_the_calendar(name: str, time: int, fraction: int, offset: int) -> None:
    """S-170: every interval, at any offset, against a calendar; leap days of 2000, 2024 and the lack of one in 2100."""
    at, east = time * SECOND + fraction, offset * MINUTE
    opening, following = Interval(name).bounds(at, east)
    assert opening == slow_opening(name, at, east)
    assert slow_opening(name, following, east) == following
    assert slow_opening(name, following - 1, east) == opening


def test_every_day_of_four_centuries_knows_its_month() -> None:
    """S-170."""
    for days in range(0, 146_097, 13):
        date = EPOCH + timedelta(days=days)
        opening, following = Interval("1M").bounds(days * DAY)
        later = datetime(date.year + date.month // 12, date.month % 12 + 1, 1)
        assert (opening, following) == (moment(date.replace(day=1).isoformat()), moment(later.isoformat()))


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("0", 0),
        ("8", 8 * HOUR),
        ("08", 8 * HOUR),
        ("-1:00", -HOUR),
        ("05:45", 5 * HOUR + 45 * MINUTE),
        ("-3:30", -3 * HOUR - 30 * MINUTE),
        ("-0:30", -30 * MINUTE),
        ("-12:00", -12 * HOUR),
        ("14:00", 14 * HOUR),
        ("14", 14 * HOUR),
    ],
)
def test_time_zones_are_hours_or_hours_and_minutes(text: str, offset: int) -> None:
    """S-170: both ends of the range are part of it."""
    assert parse_offset(text) == offset


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("14:01", "outside"),
        ("-12:01", "outside"),
        ("15", "outside"),
        ("99", "outside"),
        ("5:60", "59 minutes"),
        ("", "form"),
        ("-", "form"),
        (":30", "form"),
        ("5:", "form"),
        ("5:3", "form"),
        ("5:030", "form"),
        ("005", "form"),
        ("--5", "form"),
        ("+8", "form"),
        (" 8", "form"),
        ("8 ", "form"),
        ("8:00:00", "form"),
        ("5.5", "form"),
        ("UTC", "form"),
        ("\u0668", "form"),
        ("\u00b2", "form"),
    ],
)
def test_other_time_zones_are_refused(text: str, reason: str) -> None:
    """S-170."""
    with pytest.raises(ValueError, match=reason):
        parse_offset(text)
