"""Request limits per IP: examples from the rules."""

from __future__ import annotations

import copy

import pytest

from binance_mock.gate.ip_limits import IpLimits
from binance_mock.gate.limiters import SECOND_US, LimitInterval, LimitKind, RateLimit, Wording
from binance_mock.venues.errors import Refusal

MINUTE_US = 60 * SECOND_US
DAY_US = 86_400 * SECOND_US
NOW = 1_699_920_000 * SECOND_US
"""2023-11-14T00:00:00Z: every window begins here."""

IP = "203.0.113.7"
OTHER = "203.0.113.8"

WEIGHT = RateLimit(LimitKind.REQUEST_WEIGHT, LimitInterval.MINUTE, 1, 6000)
RAW = RateLimit(LimitKind.RAW_REQUESTS, LimitInterval.MINUTE, 5, 300_000)


def spot(weight: int = 6000, raw: int = 300_000, *, strikes: int | None = 5) -> IpLimits:
    limits = IpLimits([WEIGHT, RAW], strikes=strikes)
    limits.set_limit(LimitKind.REQUEST_WEIGHT, LimitInterval.MINUTE, 1, weight)
    limits.set_limit(LimitKind.RAW_REQUESTS, LimitInterval.MINUTE, 5, raw)
    return limits


def refused(limits: IpLimits, now: int, weight: int = 1, ip: str = IP) -> Refusal:
    with pytest.raises(Refusal) as caught:
        limits.admit(ip, weight, now)
    return caught.value


def ban_at(limits: IpLimits, now: int) -> int:
    """Hammers until the ban, and says how long that is in seconds."""
    for _ in range(20):
        refusal = refused(limits, now, weight=6001)
        if refusal.status == 418 and refusal.retry_after is not None:
            return refusal.retry_after
    raise AssertionError("never banned")


def test_every_request_counts_for_its_ip_alone() -> None:
    limits = spot()
    limits.admit(IP, 20, NOW)
    limits.admit(IP, 5, NOW + SECOND_US)
    # S-57: the bare header repeats the one-minute value
    expected = [(b"x-mbx-used-weight", b"25"), (b"x-mbx-used-weight-1m", b"25")]
    assert limits.headers(IP, NOW + SECOND_US) == expected
    assert limits.used(IP, NOW + SECOND_US) == [(b"x-mbx-used-weight-1m", 25)]
    assert limits.headers(OTHER, NOW) == [(b"x-mbx-used-weight", b"0"), (b"x-mbx-used-weight-1m", b"0")]


def test_the_minute_is_aligned_to_the_clock() -> None:
    """S-58."""
    limits = spot()
    limits.admit(IP, 6000, NOW + MINUTE_US - 1)
    assert limits.used(IP, NOW + MINUTE_US) == [(b"x-mbx-used-weight-1m", 0)]
    limits.admit(IP, 6000, NOW + MINUTE_US)
    assert limits.used(IP, NOW + MINUTE_US) == [(b"x-mbx-used-weight-1m", 6000)]


def test_a_clock_set_back_begins_anew() -> None:
    limits = spot()
    limits.admit(IP, 6000, NOW)
    limits.admit(IP, 10, NOW - 1)
    assert limits.used(IP, NOW - 1) == [(b"x-mbx-used-weight-1m", 10)]


def test_weight_over_the_limit() -> None:
    """S-59: the limit itself may be reached, and a refused request raises the header all the same."""
    limits = spot()
    limits.admit(IP, 5999, NOW)
    limits.admit(IP, 1, NOW)
    refusal = refused(limits, NOW + 17 * SECOND_US + 1, weight=2)
    assert (refusal.status, refusal.code) == (429, -1003)
    assert refusal.msg == (
        "Too much request weight used; current limit is 6000 request weight per 1 MINUTE. "
        "Please use WebSocket Streams for live updates to avoid polling the API."
    )
    assert refusal.retry_after == 43
    assert refusal.why == (
        f"{IP} used 6002 of 6000 REQUEST_WEIGHT in the 1 MINUTE that ends at {(NOW + MINUTE_US) // 1000}; "
        "request 5 from here brings a ban"
    )
    assert limits.headers(IP, NOW)[0] == (b"x-mbx-used-weight", b"6002")
    assert refused(limits, NOW + MINUTE_US - 1).retry_after == 1
    limits.admit(IP, 1, NOW + MINUTE_US)


def test_a_weightless_request_passes_at_the_limit_and_not_above() -> None:
    limits = spot()
    limits.admit(IP, 6000, NOW)
    limits.admit(IP, 0, NOW)
    limits.charge(IP, 1, NOW)
    assert refused(limits, NOW, weight=0).status == 429


def test_raw_requests_over_the_limit() -> None:
    """S-61: counted whatever they weigh, in windows of five minutes."""
    limits = spot(raw=3)
    for _ in range(3):
        limits.admit(IP, 0, NOW + MINUTE_US)
    refusal = refused(limits, NOW + 2 * MINUTE_US)
    assert (refusal.status, refusal.code, refusal.retry_after) == (429, -1003, 180)
    assert "Too many requests; current limit is 3 requests per 5 MINUTE." in refusal.msg
    limits.admit(IP, 0, NOW + 5 * MINUTE_US)


def test_of_two_limits_the_one_that_holds_longest_is_named() -> None:
    limits = spot(weight=10, raw=2)
    limits.admit(IP, 1, NOW)
    limits.admit(IP, 1, NOW)
    refusal = refused(limits, NOW, weight=9)
    assert "requests per 5 MINUTE" in refusal.msg
    assert refusal.retry_after == 300


def test_of_two_limits_that_end_together_the_longest_is_named() -> None:
    limits = spot(weight=10, raw=2)
    limits.admit(IP, 10, NOW + 4 * MINUTE_US)
    limits.admit(IP, 0, NOW + 4 * MINUTE_US)
    refusal = refused(limits, NOW + 4 * MINUTE_US)
    assert "requests per 5 MINUTE" in refusal.msg
    assert refusal.retry_after == 60


def test_charge_is_for_placements_that_failed() -> None:
    """S-62: 0 when it succeeds, the listed weight when it fails."""
    limits = spot()
    limits.admit(IP, 0, NOW)
    assert limits.used(IP, NOW) == [(b"x-mbx-used-weight-1m", 0)]
    limits.charge(IP, 1, NOW)
    assert limits.used(IP, NOW) == [(b"x-mbx-used-weight-1m", 1)]
    limits.charge(OTHER, 4, NOW)
    assert limits.used(OTHER, NOW) == [(b"x-mbx-used-weight-1m", 4)]


def test_going_on_after_429_brings_a_ban() -> None:
    """S-60."""
    limits = spot(weight=1)
    limits.admit(IP, 1, NOW)
    now = NOW + 1_234
    assert [refused(limits, now).status for _ in range(6)] == [429, 429, 429, 429, 429, 418]
    refusal = refused(limits, now)
    until_ms = NOW // 1000 + 120_001  # down to a whole millisecond
    assert (refusal.status, refusal.code, refusal.retry_after) == (418, -1003, 120)
    assert refusal.msg == (
        f"Way too much request weight used; IP banned until {until_ms}. "
        "Please use WebSocket Streams for live updates to avoid bans."
    )
    assert limits.banned_until(IP, now) == until_ms * 1000
    assert limits.banned_until(OTHER, now) is None
    limits.admit(OTHER, 1, now)
    # The ban ends when its text says, and requests in between have neither prolonged it nor been counted.
    assert refused(limits, until_ms * 1000 - 1).retry_after == 1
    limits.admit(IP, 1, until_ms * 1000)
    assert limits.banned_until(IP, until_ms * 1000) is None
    assert limits.used(IP, until_ms * 1000) == [(b"x-mbx-used-weight-1m", 1)]


def test_after_a_ban_strikes_are_counted_anew() -> None:
    """The window of five minutes outlives the first ban, so that the next request is refused again: a first time."""
    limits = spot(raw=0, strikes=1)
    assert [refused(limits, NOW).status for _ in range(2)] == [429, 418]
    later = NOW + 120 * SECOND_US
    assert [refused(limits, later).status for _ in range(2)] == [429, 418]
    assert limits.banned_until(IP, later) == later + 240 * SECOND_US


def test_strikes_are_counted_within_one_window() -> None:
    limits = spot(weight=1, strikes=2)
    for minute in range(4):
        now = NOW + minute * MINUTE_US
        limits.admit(IP, 1, now)
        assert [refused(limits, now).status for _ in range(2)] == [429, 429]
    assert refused(limits, NOW + 3 * MINUTE_US).status == 418


@pytest.mark.parametrize(("strikes", "statuses"), [(0, [418, 418]), (1, [429, 418]), (None, [429] * 40)])
def test_strikes_is_a_setting(strikes: int | None, statuses: list[int]) -> None:
    limits = spot(weight=0, strikes=strikes)
    assert [refused(limits, NOW).status for _ in statuses] == statuses


def test_bans_double_up_to_three_days() -> None:
    """S-60: from 2 minutes to 3 days."""
    limits = spot()
    now, spans = NOW, []
    for _ in range(14):
        spans.append(ban_at(limits, now))
        now += spans[-1] * SECOND_US + DAY_US
    assert spans == [120 * 2**n for n in range(12)] + [3 * 86_400] * 2


def test_the_ladder_starts_anew_after_three_days_without_a_ban() -> None:
    limits = spot()
    assert ban_at(limits, NOW) == 120
    assert ban_at(limits, NOW + 120 * SECOND_US + 3 * DAY_US - 1000) == 240
    again = NOW + 360 * SECOND_US + 6 * DAY_US
    assert ban_at(limits, again) == 120


def test_ban_and_unban_by_hand() -> None:
    limits = spot()
    limits.ban(IP, 30, NOW)
    assert refused(limits, NOW + 1).retry_after == 30
    limits.ban(IP, 5, NOW)
    limits.admit(IP, 1, NOW + 5 * SECOND_US)
    assert ban_at(limits, NOW + 5 * SECOND_US) == 480  # two bans are on record
    limits.unban(IP)
    limits.unban("192.0.2.1")  # never seen: nothing to lift
    assert limits.banned_until(IP, NOW + 6 * SECOND_US) is None
    limits.admit(IP, 1, NOW + MINUTE_US)
    assert ban_at(limits, NOW + MINUTE_US) == 120
    with pytest.raises(ValueError, match="longer"):
        limits.ban(IP, 0, NOW)


def test_a_ban_keeps_its_end_when_the_clock_is_set_back() -> None:
    limits = spot()
    limits.ban(IP, 30, NOW)
    limits.admit(IP, 1, NOW + 30 * SECOND_US)
    assert refused(limits, NOW + 30 * SECOND_US - 1).status == 418
    assert refused(limits, NOW - DAY_US).retry_after == 86_430


def test_set_limit_keeps_what_is_used() -> None:
    limits = spot()
    limits.admit(IP, 400, NOW)
    limits.set_limit(LimitKind.REQUEST_WEIGHT, LimitInterval.MINUTE, 1, 300)
    assert "current limit is 300" in refused(limits, NOW).msg
    limits.set_limit(LimitKind.REQUEST_WEIGHT, LimitInterval.MINUTE, 1, 402)
    limits.admit(IP, 1, NOW)
    assert limits.used(IP, NOW) == [(b"x-mbx-used-weight-1m", 402)]


def test_set_limit_takes_strikes_back() -> None:
    limits = spot(weight=1, strikes=1)
    assert refused(limits, NOW, weight=2).status == 429
    limits.set_limit(LimitKind.REQUEST_WEIGHT, LimitInterval.MINUTE, 1, 2)
    assert [refused(limits, NOW).status for _ in range(2)] == [429, 418]


def test_set_limit_adds_a_limiter() -> None:
    limits = spot()
    limits.admit(IP, 7, NOW)
    limits.set_limit(LimitKind.REQUEST_WEIGHT, LimitInterval.SECOND, 10, 5)
    limits.admit(IP, 3, NOW)
    assert limits.headers(IP, NOW) == [
        (b"x-mbx-used-weight", b"10"),  # S-57: of the minute
        (b"x-mbx-used-weight-1m", b"10"),
        (b"x-mbx-used-weight-10s", b"3"),
    ]
    assert refused(limits, NOW, weight=3).retry_after == 10
    with pytest.raises(ValueError, match="ORDERS"):
        limits.set_limit(LimitKind.ORDERS, LimitInterval.DAY, 1, 5)
    assert [each.suffix for each in limits.limits] == ["1M", "5M", "10S"]


def test_without_a_one_minute_limiter_the_bare_header_repeats_the_first() -> None:
    limits = IpLimits([RateLimit(LimitKind.REQUEST_WEIGHT, LimitInterval.HOUR, 1, 9)])
    limits.admit(IP, 3, NOW)
    assert limits.headers(IP, NOW) == [(b"x-mbx-used-weight", b"3"), (b"x-mbx-used-weight-1h", b"3")]


def test_a_market_without_limits_refuses_nothing() -> None:
    limits = IpLimits([])
    limits.admit(IP, 10**9, NOW)
    assert limits.headers(IP, NOW) == []
    limits.ban(IP, 1, NOW)
    assert refused(limits, NOW).status == 418


def test_another_market_has_its_own_words_and_headers() -> None:
    """Wording and code differ in the other markets (O-33), and the bare header is spot's (U-21)."""
    wording = Wording(-1008, "{ip} {limit} per {num} {interval}", "unused", "until {until}")
    limits = IpLimits(
        [RateLimit(LimitKind.REQUEST_WEIGHT, LimitInterval.MINUTE, 1, 1)], strikes=1, wording=wording, bare_header=False
    )
    limits.admit(IP, 1, NOW)
    assert limits.headers(IP, NOW) == [(b"x-mbx-used-weight-1m", b"1")]
    first, second = refused(limits, NOW), refused(limits, NOW)
    assert (first.code, first.msg) == (-1008, f"{IP} 1 per 1 MINUTE")
    assert (second.code, second.msg) == (-1008, f"until {NOW // 1000 + 120_000}")


def test_constructor_refuses_what_is_not_per_ip() -> None:
    with pytest.raises(ValueError, match="ORDERS"):
        IpLimits([RateLimit(LimitKind.ORDERS, LimitInterval.DAY, 1, 1)])
    with pytest.raises(ValueError, match="two limiters"):
        IpLimits([WEIGHT, WEIGHT])


def test_describe() -> None:
    limits = spot(weight=10)
    limits.admit(IP, 3, NOW)
    refused(limits, NOW, weight=9)
    refused(limits, NOW, weight=9)
    limits.ban(OTHER, 30, NOW)
    weight = {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 10}
    raw = {"rateLimitType": "RAW_REQUESTS", "interval": "MINUTE", "intervalNum": 5, "limit": 300_000}
    assert limits.describe(NOW) == {
        "limits": [weight, raw],
        "strikes": 5,
        "ips": [
            {
                "ip": IP,
                "used": [{**weight, "count": 21}, {**raw, "count": 3}],
                "strikes": 1,
                "banned_until_ms": None,
            },
            {
                "ip": OTHER,
                "used": [{**weight, "count": 0}, {**raw, "count": 0}],
                "strikes": 0,
                "banned_until_ms": NOW // 1000 + 30_000,
            },
        ],
    }
    after = limits.describe(NOW + MINUTE_US)["ips"]
    assert [(each["used"][0]["count"], each["used"][1]["count"], each["strikes"]) for each in after] == [
        (0, 3, 0),
        (0, 0, 0),
    ]
    assert [each["banned_until_ms"] for each in after] == [None, None]


def test_idle_ips_are_forgotten_and_bans_are_not() -> None:
    limits = spot()
    limits.ban(IP, 1, NOW)
    for i in range(5_000):
        limits.admit(f"a{i}", 1, NOW + 4 * MINUTE_US)
    assert len(limits.describe(NOW)["ips"]) == 5_001  # all in use
    later = NOW + 5 * MINUTE_US
    for i in range(5_000):
        limits.admit(f"b{i}", 1, later)
    held = {each["ip"]: each for each in limits.describe(later)["ips"]}
    assert len(held) == 5_001
    assert not any(ip.startswith("a") for ip in held)
    assert all(held[f"b{i}"]["used"][0]["count"] == 1 for i in range(5_000))
    assert ban_at(limits, later) == 240  # still a repeater


def test_a_copy_lives_on_its_own() -> None:
    limits = spot()
    limits.admit(IP, 1, NOW)
    other = copy.deepcopy(limits)
    other.admit(IP, 1, NOW)
    assert limits.used(IP, NOW) == [(b"x-mbx-used-weight-1m", 1)]
    assert other.used(IP, NOW) == [(b"x-mbx-used-weight-1m", 2)]
