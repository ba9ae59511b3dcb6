"""Unfilled order counts: examples from the rules, and a state machine against a replay of everything that happened."""

from __future__ import annotations

import copy

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from binance_mock.gate.limiters import SECOND_US, LimitInterval, LimitKind, RateLimit
from binance_mock.gate.order_limits import OrderLimits
from binance_mock.venues.errors import Refusal

DAY_US = 86_400 * SECOND_US
NOW = 1_699_920_000 * SECOND_US
"""2023-11-14T00:00:00Z: every window begins here."""


def spot(ten_seconds: int = 50, day: int = 160_000) -> OrderLimits:
    return OrderLimits(
        [
            RateLimit(LimitKind.ORDERS, LimitInterval.SECOND, 10, ten_seconds),
            RateLimit(LimitKind.ORDERS, LimitInterval.DAY, 1, day),
        ]
    )


def counts(limits: OrderLimits, now: int, account: str = "alice") -> list[int]:
    return [count for _, count in limits.counts(account, now)]


def attempt(limits: OrderLimits, account: str, n: int, now: int) -> Refusal | None:
    try:
        limits.check(account, n, now)
    except Refusal as refusal:
        return refusal
    return None


def refused(limits: OrderLimits, n: int, now: int) -> Refusal:
    with pytest.raises(Refusal) as caught:
        limits.check("alice", n, now)
    return caught.value


def test_orders_count_per_account_in_every_interval() -> None:
    """S-65."""
    limits = spot()
    limits.add("alice", 2, NOW)
    limits.add("alice", 1, NOW + 10 * SECOND_US)
    assert limits.headers("alice", NOW + 10 * SECOND_US) == [
        (b"x-mbx-order-count-10s", b"1"),
        (b"x-mbx-order-count-1d", b"3"),
    ]
    assert counts(limits, NOW + 10 * SECOND_US, "bob") == [0, 0]
    assert counts(limits, NOW + DAY_US) == [0, 0]


def test_check_counts_nothing_and_refuses_what_would_pass_the_limit() -> None:
    """S-66."""
    limits = spot(ten_seconds=100)
    limits.add("alice", 98, NOW)
    limits.check("alice", 2, NOW)
    limits.check("alice", 2, NOW)
    refusal = refused(limits, 3, NOW + 3 * SECOND_US + 1)  # OTOCO, S-67
    assert (refusal.status, refusal.code) == (429, -1015)
    assert refusal.msg == "Too many new orders; current limit is 100 orders per 10 SECOND."
    assert refusal.retry_after == 7
    assert refusal.why == (
        "account alice has 98 unfilled orders of 100 in the 10 SECOND that "
        f"ends at {(NOW + 10 * SECOND_US) // 1000}, and this adds 3"
    )
    assert counts(limits, NOW) == [98, 98]
    limits.check("alice", 3, NOW + 10 * SECOND_US)


def test_of_two_limits_the_one_that_holds_longest_is_named() -> None:
    limits = spot(ten_seconds=1, day=1)
    limits.add("alice", 1, NOW)
    refusal = refused(limits, 1, NOW)
    assert refusal.msg.endswith("1 orders per 1 DAY.")
    assert refusal.retry_after == 86_400
    # The last ten seconds of the day end with it; the longer window is named.
    limits = spot(ten_seconds=1, day=1)
    limits.add("alice", 1, NOW + DAY_US - 1)
    refusal = refused(limits, 1, NOW + DAY_US - 1)
    assert refusal.msg.endswith("1 orders per 1 DAY.")
    assert refusal.retry_after == 1


def test_what_adds_no_order_always_passes() -> None:
    """S-67: an amendment counts 0."""
    limits = spot()
    limits.add("alice", 50, NOW)
    limits.set_limit(LimitInterval.SECOND, 10, 10)
    limits.check("alice", 0, NOW)
    assert refused(limits, 1, NOW).status == 429


@pytest.mark.parametrize(("maker", "left"), [(False, 9), (True, 5)])
def test_the_first_fill_takes_off_all_intervals(maker: bool, left: int) -> None:
    """S-68."""
    limits = spot()
    limits.add("alice", 10, NOW)
    limits.filled("alice", maker, NOW)
    assert counts(limits, NOW) == [left, left]


def test_the_credit_of_a_maker_is_a_setting() -> None:
    limits = OrderLimits([RateLimit(LimitKind.ORDERS, LimitInterval.DAY, 1, 50)], maker_credit=2)
    limits.add("alice", 10, NOW)
    limits.filled("alice", True, NOW)
    assert counts(limits, NOW) == [8]


def test_never_below_zero_and_no_credit_is_stored() -> None:
    """S-69."""
    limits = spot()
    limits.add("alice", 3, NOW)
    limits.filled("alice", True, NOW)
    assert counts(limits, NOW) == [0, 0]
    limits.add("alice", 1, NOW)
    assert counts(limits, NOW) == [1, 1]
    limits.filled("bob", True, NOW)
    assert counts(limits, NOW, "bob") == [0, 0]


def test_a_fill_of_an_order_of_yesterday_lowers_the_count_of_today() -> None:
    """S-69."""
    limits = spot()
    limits.add("alice", 7, NOW)
    limits.add("alice", 3, NOW + DAY_US)
    limits.filled("alice", False, NOW + DAY_US)
    assert counts(limits, NOW + DAY_US) == [2, 2]


def test_an_exhausted_day_stops_the_count_of_seconds() -> None:
    """S-70."""
    limits = spot(day=4)
    limits.add("alice", 3, NOW)
    limits.add("alice", 3, NOW)  # not exhausted before it
    assert counts(limits, NOW) == [6, 6]
    limits.add("alice", 1, NOW)
    assert counts(limits, NOW) == [6, 7]
    limits.add("alice", 1, NOW + DAY_US)
    assert counts(limits, NOW + DAY_US) == [1, 1]


def test_describe_is_the_answer_of_rate_limit_order() -> None:
    """S-71."""
    limits = spot()
    limits.add("alice", 2, NOW)
    assert limits.describe("alice", NOW + 10 * SECOND_US) == [
        {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": 50, "count": 0},
        {"rateLimitType": "ORDERS", "interval": "DAY", "intervalNum": 1, "limit": 160_000, "count": 2},
    ]


def test_set_limit_changes_or_adds() -> None:
    limits = spot()
    limits.add("alice", 2, NOW)
    limits.set_limit(LimitInterval.SECOND, 10, 3)
    limits.check("alice", 1, NOW)
    assert "limit is 3 orders" in refused(limits, 2, NOW).msg
    limits.set_limit(LimitInterval.MINUTE, 1, 1)
    limits.add("alice", 1, NOW)
    assert limits.headers("alice", NOW)[2:] == [(b"x-mbx-order-count-1m", b"1")]
    assert "limit is 1 orders per 1 MINUTE" in refused(limits, 1, NOW).msg
    limits.set_limit(LimitInterval.DAY, 1, 3)
    limits.add("alice", 1, NOW)  # S-70: the new limit of the day is exhausted
    assert counts(limits, NOW) == [3, 4, 2]
    limits = OrderLimits([RateLimit(LimitKind.ORDERS, LimitInterval.SECOND, 10, 50)])
    limits.set_limit(LimitInterval.DAY, 1, 0)
    limits.add("alice", 1, NOW)
    assert counts(limits, NOW) == [0, 1]
    with pytest.raises(ValueError, match="not -1"):
        limits.set_limit(LimitInterval.DAY, 1, -1)


def test_constructor_refuses_what_is_not_per_account() -> None:
    with pytest.raises(ValueError, match="REQUEST_WEIGHT"):
        OrderLimits([RateLimit(LimitKind.REQUEST_WEIGHT, LimitInterval.DAY, 1, 1)])


def test_a_copy_lives_on_its_own() -> None:
    limits = spot()
    limits.add("alice", 1, NOW)
    other = copy.deepcopy(limits)
    other.add("alice", 1, NOW)
    assert (counts(limits, NOW), counts(other, NOW)) == ([1, 1], [2, 2])


LONGEST_FIRST = ((LimitInterval.DAY, 1), (LimitInterval.MINUTE, 1), (LimitInterval.SECOND, 10))


class OrderLimitsMachine(RuleBasedStateMachine):
    """S-65 to S-70 with counts that are replayed from the list of events every time."""

    accounts = st.sampled_from(["alice", "bob"])
    units = st.sampled_from(LONGEST_FIRST)

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.limits = {(LimitInterval.SECOND, 10): 8, (LimitInterval.DAY, 1): 25}
        self.since = dict.fromkeys(self.limits, 0)
        self.real = OrderLimits([RateLimit(LimitKind.ORDERS, *key, limit) for key, limit in self.limits.items()])
        self.events: list[tuple[str, int, int, int]] = []  # account, time, change, limit of the day at that time

    def replay(self, account: str, key: tuple[LimitInterval, int], now: int, events: int) -> int:
        """The count at `now` after so many events."""
        span = RateLimit(LimitKind.ORDERS, *key, 0).span_us
        count = 0
        for i, (who, then, change, day_limit) in enumerate(self.events[:events]):
            if who != account or then // span != now // span or i < self.since[key]:
                continue
            if change > 0 and key[0] is LimitInterval.SECOND:
                day = self.replay(account, (LimitInterval.DAY, 1), then, i)
                if day >= day_limit:
                    continue
            count = max(0, count + change)
        return count

    def count(self, account: str, key: tuple[LimitInterval, int]) -> int:
        return self.replay(account, key, self.now, len(self.events))

    def record(self, account: str, change: int) -> None:
        self.events.append((account, self.now, change, self.limits[LimitInterval.DAY, 1]))

    @rule(account=accounts, n=st.integers(1, 4), forced=st.booleans())
    def place(self, account: str, n: int, forced: bool) -> None:
        passed = [key for key, limit in self.limits.items() if self.count(account, key) + n > limit]
        refusal = attempt(self.real, account, n, self.now)
        if refusal is None or not passed:
            assert refusal is None
            assert not passed
        else:
            # Windows of these spans are nested, so the longest one ends last.
            interval, num = next(key for key in LONGEST_FIRST if key in passed)
            assert refusal.msg.endswith(f" {self.limits[interval, num]} orders per {num} {interval}.")
            span = RateLimit(LimitKind.ORDERS, interval, num, 0).span_us
            assert refusal.retry_after is not None
            assert (self.now + refusal.retry_after * SECOND_US) // span == self.now // span + 1
            assert (self.now + (refusal.retry_after - 1) * SECOND_US) // span == self.now // span
        if forced or not passed:
            self.record(account, n)
            self.real.add(account, n, self.now)

    @rule(account=accounts, maker=st.booleans())
    def fill(self, account: str, maker: bool) -> None:
        self.record(account, -5 if maker else -1)
        self.real.filled(account, maker, self.now)

    @rule(account=accounts)
    def look(self, account: str) -> None:
        expected = [self.count(account, key) for key in self.limits]
        assert counts(self.real, self.now, account) == expected
        assert [int(value) for _, value in self.real.headers(account, self.now)] == expected
        assert [each["count"] for each in self.real.describe(account, self.now)] == expected

    @rule(micros=st.one_of(st.integers(1, 15 * SECOND_US), st.integers(60 * SECOND_US, DAY_US)))
    def wait(self, micros: int) -> None:
        self.now += micros

    @rule()
    def wait_for_the_edge(self) -> None:
        """The last microsecond of ten seconds, or the first of the next."""
        self.now += 10 * SECOND_US - 1 - self.now % (10 * SECOND_US) or 1

    @rule(key=units, limit=st.integers(0, 12))
    def set_limit(self, key: tuple[LimitInterval, int], limit: int) -> None:
        self.since.setdefault(key, len(self.events))
        self.limits[key] = limit
        self.real.set_limit(*key, limit)


TestOrderLimitsMachine = OrderLimitsMachine.TestCase
TestOrderLimitsMachine.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
