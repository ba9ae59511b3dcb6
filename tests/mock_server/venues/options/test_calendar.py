"""Which expiries are listed, against the rules applied to every day of a year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_mock.engine.intervals import DAY, HOUR
from binance_mock.venues.options.calendar import (
    AHEAD,
    Calendar,
    Expiry,
    Series,
    code_of,
    moment_of,
    next_change,
    time_of,
)

CALENDAR = Calendar()
SHORT = Calendar({Series.DAILY: 3, Series.WEEKLY: 4})
THURSDAY, FRIDAY = 3, 4
moments = st.integers(at_least := 1_700_000_000_000_000, at_least + 1500 * DAY)


def at(text: str) -> int:
    """A time as microseconds: 2026-11-21 08:00."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


def day_of(time: int) -> date:
    found = datetime.fromtimestamp(time // 1_000_000, UTC)
    assert (found.hour, found.minute, found.second, time % 1_000_000) == (8, 0, 0, 0)
    return found.date()


# -- slow and obvious -----------------------------------------------------------------------------------------------


def last(weekday: int, year: int, month: int) -> date:
    """The last such day of a month; months beyond 12 or below 1 are of other years."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    days = [date(year, month, 1) + timedelta(number) for number in range(31)]
    return max(day for day in days if day.month == month and day.weekday() == weekday)


def rule(day: date, series: frozenset[Series]) -> tuple[Series, date] | None:
    """The longest series that a day belongs to, and when it is listed."""
    ends_month = day == last(FRIDAY, day.year, day.month)
    if Series.QUARTERLY in series and ends_month and day.month in (3, 6, 9, 12):
        return Series.QUARTERLY, last(THURSDAY, day.year - 1, day.month)
    if Series.MONTHLY in series and ends_month:
        return Series.MONTHLY, last(FRIDAY, day.year, day.month - 3)
    if Series.WEEKLY in series and day.weekday() == FRIDAY:
        return Series.WEEKLY, day - timedelta(28)
    return Series.DAILY, day - timedelta(3)


def naive(now: int, series: frozenset[Series]) -> list[tuple[date, Series]]:
    found = []
    today = datetime.fromtimestamp(now // 1_000_000, UTC).date()
    for number in range(400):
        day = today + timedelta(number)
        row = rule(day, series)
        if row and at(f"{row[1]} 08:00") <= now < at(f"{day} 08:00"):
            found.append((day, row[0]))
    return found


# -- what is listed -------------------------------------------------------------------------------------------------


def test_a_saturday_of_november() -> None:
    """O-44: what stands on 2026-11-21 at noon; 261127 is the last Friday of its month, 261225 of a quarter."""
    found = CALENDAR.listed(at("2026-11-21 12:00"))
    assert [(expiry.code, expiry.series.value, code_of(expiry.listed)) for expiry in found] == [
        ("261122", "daily", "261119"),
        ("261123", "daily", "261120"),
        ("261124", "daily", "261121"),
        ("261127", "monthly", "260828"),
        ("261204", "weekly", "261106"),
        ("261211", "weekly", "261113"),
        ("261218", "weekly", "261120"),
        ("261225", "quarterly", "251225"),
        ("270129", "monthly", "261030"),
        ("270326", "quarterly", "260326"),
        ("270625", "quarterly", "260625"),
        ("270924", "quarterly", "260924"),
    ]


@given(moments)
def test_what_is_listed_follows_the_rules(now: int) -> None:
    for calendar in (CALENDAR, SHORT):
        found = calendar.listed(now)
        assert [(day_of(expiry.time), expiry.series) for expiry in found] == naive(now, frozenset(calendar.ahead))


@pytest.mark.parametrize("now", ["2026-12-24 07:59", "2026-12-25 07:59", "2026-12-25 08:00", "2027-03-26 08:00"])
def test_and_at_the_edges_of_quarters(now: str) -> None:
    found = CALENDAR.listed(at(now))
    assert [(day_of(expiry.time), expiry.series) for expiry in found] == naive(at(now), frozenset(AHEAD))


def test_an_expiry_ends_at_eight_and_the_next_begins() -> None:
    """O-44: at 08:00 UTC of the day in the name."""
    eight = at("2026-11-23 08:00")
    before = [expiry.code for expiry in CALENDAR.listed(eight - 1)]
    after = [expiry.code for expiry in CALENDAR.listed(eight)]
    assert before[:3] == ["261123", "261124", "261125"]
    assert after[:3] == ["261124", "261125", "261126"]


def test_a_quarter_is_listed_on_the_last_thursday_of_one() -> None:
    listed = at("2026-12-31 08:00")
    assert datetime.fromtimestamp(listed // 1_000_000, UTC).weekday() == THURSDAY
    assert "271231" not in [expiry.code for expiry in CALENDAR.listed(listed - 1)]
    assert "271231" in [expiry.code for expiry in CALENDAR.listed(listed)]


def test_the_longer_series_keeps_the_date() -> None:
    """A Friday is listed once, though a daily and a weekly expiry would fall on it."""
    now = at("2026-11-25 12:00")
    found = [expiry for expiry in CALENDAR.listed(now) if expiry.code == "261127"]
    assert [expiry.series for expiry in found] == [Series.MONTHLY]
    assert [expiry.series for expiry in SHORT.listed(now) if expiry.code == "261127"] == [Series.WEEKLY]


@given(moments, st.integers(0, 45 * DAY))
def test_changes_lead_from_one_list_to_the_other(after: int, span: int) -> None:
    until = after + span
    came, ended = CALENDAR.changed(after, until)
    before, now = set(CALENDAR.listed(after)), set(CALENDAR.listed(until))
    assert (before | set(came)) - set(ended) == now
    assert all(after < expiry.listed <= until for expiry in came)
    assert all(after < expiry.time <= until for expiry in ended)
    assert set(came) == {
        expiry
        for step in range(46)
        if (moment := next_change(after) + step * DAY) <= until
        for expiry in CALENDAR.listed(moment)
        if expiry.listed == moment
    }


@given(moments)
def test_nothing_changes_before_the_next_change(now: int) -> None:
    later = next_change(now)
    assert now < later <= now + DAY
    assert later % DAY == 8 * HOUR
    assert CALENDAR.listed(later - 1) == CALENDAR.listed(now)


# -- dates in names -------------------------------------------------------------------------------------------------


def test_a_date_of_the_contract_pages() -> None:
    """O-44: 1642752000000 is 220121."""
    assert time_of("220121") == 1_642_752_000_000 * 1000
    assert code_of(1_642_752_000_000 * 1000) == "220121"
    assert Expiry(1_642_752_000_000 * 1000, 0, Series.DAILY).code == "220121"


@given(st.integers(11_000, 40_000))
def test_dates_go_there_and_back(day: int) -> None:
    assert time_of(code_of(moment_of(day))) == moment_of(day)


@pytest.mark.parametrize("text", ["", "26112", "2611211", "261321", "260230", "2611x1", "२६११२१", "-61121"])
def test_what_is_no_date(text: str) -> None:
    assert time_of(text) is None
