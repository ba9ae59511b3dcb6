"""Declarations of limiters, and the counter that is aligned to the clock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_mock.gate.limiters import (
    SECOND_US,
    LimitInterval,
    LimitKind,
    RateLimit,
    Window,
    distinct,
    seconds_until,
    with_limit,
)

WEIGHT = RateLimit(LimitKind.REQUEST_WEIGHT, LimitInterval.MINUTE, 1, 6000)
RAW = RateLimit(LimitKind.RAW_REQUESTS, LimitInterval.MINUTE, 5, 300_000)
TEN_SECONDS = RateLimit(LimitKind.ORDERS, LimitInterval.SECOND, 10, 50)
DAY = RateLimit(LimitKind.ORDERS, LimitInterval.DAY, 1, 160_000)

MIDNIGHT = 1_699_920_000 * SECOND_US
"""2023-11-14T00:00:00Z."""


@pytest.mark.parametrize(
    ("limit", "suffix", "header", "per", "span_s"),
    [
        (WEIGHT, "1M", b"x-mbx-used-weight-1m", "1 MINUTE", 60),  # S-57
        (RAW, "5M", b"", "5 MINUTE", 300),  # S-61
        (TEN_SECONDS, "10S", b"x-mbx-order-count-10s", "10 SECOND", 10),  # S-65
        (DAY, "1D", b"x-mbx-order-count-1d", "1 DAY", 86_400),
        (
            RateLimit(LimitKind.REQUEST_WEIGHT, LimitInterval.HOUR, 2, 1),
            "2H",
            b"x-mbx-used-weight-2h",
            "2 HOUR",
            7_200,
        ),
    ],
)
def test_names_and_spans(limit: RateLimit, suffix: str, header: bytes, per: str, span_s: int) -> None:
    assert limit.suffix == suffix
    assert limit.header == header
    assert limit.per == per
    assert limit.span_us == span_s * SECOND_US


def test_describe_is_the_item_of_exchange_info() -> None:
    expected = {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": 50}
    assert TEN_SECONDS.describe() == expected
    assert [type(value) for value in TEN_SECONDS.describe().values()] == [str, str, int, int]
    assert TEN_SECONDS.describe_count(3) == {**expected, "count": 3}


@pytest.mark.parametrize(("num", "limit"), [(0, 1), (-1, 1), (1, -1)])
def test_impossible_limits(num: int, limit: int) -> None:
    with pytest.raises(ValueError, match="not"):
        RateLimit(LimitKind.ORDERS, LimitInterval.SECOND, num, limit)


def test_distinct_refuses_doubles_and_other_kinds() -> None:
    assert distinct([TEN_SECONDS, DAY], {LimitKind.ORDERS}) == (TEN_SECONDS, DAY)
    with pytest.raises(ValueError, match="two limiters"):
        distinct([DAY, RateLimit(LimitKind.ORDERS, LimitInterval.DAY, 1, 7)], {LimitKind.ORDERS})
    with pytest.raises(ValueError, match="only ORDERS"):
        distinct([WEIGHT], {LimitKind.ORDERS})


def test_with_limit_replaces_in_place_or_appends() -> None:
    lower = RateLimit(LimitKind.ORDERS, LimitInterval.SECOND, 10, 1)
    assert with_limit([TEN_SECONDS, DAY], lower) == [lower, DAY]
    assert with_limit([DAY], lower) == [DAY, lower]


@pytest.mark.parametrize(("micros", "seconds"), [(-5, 1), (0, 1), (1, 1), (SECOND_US, 1), (SECOND_US + 1, 2)])
def test_seconds_until_rounds_up_to_one_at_least(micros: int, seconds: int) -> None:
    assert seconds_until(MIDNIGHT + micros, MIDNIGHT) == seconds


@pytest.mark.parametrize("limit", [TEN_SECONDS, WEIGHT, RAW, DAY])
def test_windows_are_aligned_to_the_clock(limit: RateLimit) -> None:
    """S-58: the day begins at 00:00 UTC and every shorter interval with it; nothing slides."""
    window = Window(limit.span_us)
    end = MIDNIGHT + limit.span_us
    assert window.add(3, end - 1) == 3
    assert window.value(end - 1) == 3
    assert window.value(MIDNIGHT) == 3
    assert window.value(end) == 0
    assert window.end(MIDNIGHT) == window.end(end - 1) == end
    assert window.add(1, end) == 1


def test_a_clock_set_back_finds_an_empty_window() -> None:
    window = Window(SECOND_US)
    window.add(3, MIDNIGHT)
    assert window.value(MIDNIGHT - 1) == 0
    assert window.add(1, MIDNIGHT - 1) == 1
    assert window.value(MIDNIGHT) == 0


@given(st.lists(st.tuples(st.integers(0, 25), st.integers(-4, 6)), max_size=60), st.integers(1, 20))
def test_window_against_a_list_of_events(steps: list[tuple[int, int]], span: int) -> None:
    """S-58, S-69: a count is its window's events summed up, cut at 0 after each."""
    window = Window(span)
    events: list[tuple[int, int]] = []
    now = MIDNIGHT
    for wait, n in steps:
        now += wait
        events.append((now, n))
        expected = 0
        for then, m in events:
            if then // span == now // span:
                expected = max(0, expected + m)
        assert window.add(n, now) == expected
        assert window.value(now) == expected
