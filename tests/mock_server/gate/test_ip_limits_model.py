"""Request limits per IP: a state machine against a list of everything that happened."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from binance_mock.gate.ip_limits import IpLimits
from binance_mock.gate.limiters import SECOND_US, LimitInterval, LimitKind, RateLimit
from binance_mock.venues.errors import Refusal

MINUTE_US = 60 * SECOND_US
DAY_US = 86_400 * SECOND_US
NOW = 1_699_920_000 * SECOND_US
"""2023-11-14T00:00:00Z: every window begins here."""

IP = "203.0.113.7"
OTHER = "203.0.113.8"


def attempt(limits: IpLimits, ip: str, weight: int, now: int) -> Refusal | None:
    try:
        limits.admit(ip, weight, now)
    except Refusal as refusal:
        return refusal
    return None


@dataclass
class Known:
    """All that happened to one IP, nothing summed up."""

    events: list[tuple[int, int, int, int]] = field(default_factory=list)  # step, time, weight, requests
    refusals: list[tuple[int, int, int]] = field(default_factory=list)  # time, window from, until; since forgiven
    bans: list[tuple[int, int]] = field(default_factory=list)  # begin, end; since pardoned


class IpLimitsMachine(RuleBasedStateMachine):
    """S-57 to S-62 with counts that are recomputed from a list of events every time."""

    ips = st.sampled_from([IP, OTHER])

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.step = 0
        self.limits: dict[tuple[LimitKind, LimitInterval, int], tuple[int, int]] = {
            (LimitKind.REQUEST_WEIGHT, LimitInterval.MINUTE, 1): (12, 0),
            (LimitKind.RAW_REQUESTS, LimitInterval.MINUTE, 5): (14, 0),
        }  # to the limit and the step since which it counts
        self.real = IpLimits([RateLimit(*key, limit) for key, (limit, _) in self.limits.items()], strikes=3)
        self.known: dict[str, Known] = {IP: Known(), OTHER: Known()}

    def window(self, key: tuple[LimitKind, LimitInterval, int]) -> tuple[int, int]:
        span = RateLimit(*key, 0).span_us
        return self.now // span * span, (self.now // span + 1) * span

    def used(self, ip: str, key: tuple[LimitKind, LimitInterval, int]) -> int:
        start, end = self.window(key)
        since = self.limits[key][1]
        return sum(
            weight if key[0] is LimitKind.REQUEST_WEIGHT else requests
            for step, then, weight, requests in self.known[ip].events
            if start <= then < end and step >= since
        )

    def record(self, ip: str, weight: int, requests: int) -> None:
        self.step += 1
        self.known[ip].events.append((self.step, self.now, weight, requests))

    def start_ban(self, ip: str, seconds: int | None) -> None:
        known = self.known[ip]
        rung, following = 0, self.now
        for _, end in reversed(known.bans):
            if following - end >= 3 * DAY_US:
                break
            rung += 1
            following = known.bans[len(known.bans) - rung][0]
        if seconds is None:
            seconds = min(120 * 2**rung, 3 * 86_400)
        end = self.now + seconds * SECOND_US
        end -= end % 1000
        known.bans.append((self.now, end))
        known.refusals.clear()

    def expect(self, ip: str, weight: int) -> tuple[int, int, str] | None:
        """Status, Retry-After and a piece of the text, None when the request passes."""
        known = self.known[ip]
        if not (known.bans and self.now < known.bans[-1][1]):
            self.record(ip, weight, 1)
            passed = [
                (self.window(key)[1], RateLimit(*key, 0).span_us, limit, key)
                for key, (limit, _) in self.limits.items()
                if self.used(ip, key) > limit
            ]
            if not passed:
                return None
            end, _, limit, key = max(passed)
            known.refusals.append((self.now, *self.window(key)))
            strikes = 0
            for (_, start, until), (then, _, _) in zip(known.refusals, known.refusals[1:], strict=False):
                strikes = strikes + 1 if start <= then < until else 0
            if strikes < 3:
                unit = "requests" if key[0] is LimitKind.RAW_REQUESTS else "request weight"
                return 429, self.round_up(end), f"current limit is {limit} {unit} per {key[2]} {key[1]}."
            self.start_ban(ip, None)
        end = known.bans[-1][1]
        return 418, self.round_up(end), f"banned until {end // 1000}."

    def round_up(self, when: int) -> int:
        seconds = (when - self.now) // SECOND_US
        return seconds if self.now + seconds * SECOND_US == when else seconds + 1

    @rule(ip=ips, weight=st.integers(0, 7), times=st.integers(1, 7))
    def request(self, ip: str, weight: int, times: int) -> None:
        for _ in range(times):
            expected = self.expect(ip, weight)
            refusal = attempt(self.real, ip, weight, self.now)
            if expected is None or refusal is None:
                assert (refusal, expected) == (None, None)
            else:
                assert (refusal.status, refusal.retry_after) == expected[:2]
                assert expected[2] in refusal.msg

    @rule(ip=ips, weight=st.integers(0, 7))
    def charge(self, ip: str, weight: int) -> None:
        self.record(ip, weight, 0)
        self.real.charge(ip, weight, self.now)

    @rule(ip=ips)
    def look(self, ip: str) -> None:
        weights = [key for key in self.limits if key[0] is LimitKind.REQUEST_WEIGHT]
        used = [self.used(ip, key) for key in weights]
        assert [count for _, count in self.real.used(ip, self.now)] == used
        assert [int(value) for _, value in self.real.headers(ip, self.now)] == [used[0], *used]
        bans = self.known[ip].bans
        running = bans[-1][1] if bans and self.now < bans[-1][1] else None
        assert self.real.banned_until(ip, self.now) == running

    @rule()
    def describe(self) -> None:
        for info in self.real.describe(self.now)["ips"]:
            assert [each["count"] for each in info["used"]] == [self.used(info["ip"], key) for key in self.limits]

    @rule(micros=st.one_of(st.integers(1, 20 * SECOND_US), st.integers(MINUTE_US, 6 * MINUTE_US), st.just(3 * DAY_US)))
    def wait(self, micros: int) -> None:
        self.now += micros

    @rule()
    def wait_for_the_edge(self) -> None:
        """The last microsecond of a minute, or the first of the next."""
        self.now += MINUTE_US - 1 - self.now % MINUTE_US or 1

    @rule(ip=ips)
    def wait_for_the_end_of_the_ban(self, ip: str) -> None:
        if self.known[ip].bans:
            self.now = max(self.now, self.known[ip].bans[-1][1] - 1) + 1

    @rule(ip=ips, seconds=st.integers(1, 200))
    def ban(self, ip: str, seconds: int) -> None:
        self.start_ban(ip, seconds)
        self.real.ban(ip, seconds, self.now)

    @rule(ip=ips)
    def unban(self, ip: str) -> None:
        self.known[ip].bans.clear()
        self.known[ip].refusals.clear()
        self.real.unban(ip)

    @rule(
        key=st.sampled_from(
            [
                (LimitKind.REQUEST_WEIGHT, LimitInterval.MINUTE, 1),
                (LimitKind.RAW_REQUESTS, LimitInterval.MINUTE, 5),
                (LimitKind.REQUEST_WEIGHT, LimitInterval.SECOND, 10),
            ]
        ),
        limit=st.integers(0, 20),
    )
    def set_limit(self, key: tuple[LimitKind, LimitInterval, int], limit: int) -> None:
        self.step += 1
        self.limits[key] = (limit, self.limits[key][1] if key in self.limits else self.step)
        for known in self.known.values():
            known.refusals.clear()
        self.real.set_limit(*key, limit)


TestIpLimitsMachine = IpLimitsMachine.TestCase
TestIpLimitsMachine.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
