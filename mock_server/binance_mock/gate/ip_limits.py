"""Request weight and raw requests per client IP, and the bans of those who ignore a 429.

Contract:
- One object per market and world. It counts for every request, over all keys, REST and WS API alike (rule S-57).
- `admit` comes first and counts the weight that is known then; `charge` adds what becomes due later: a placement weighs
  0 when it succeeds and its listed weight when it fails (rule S-62).
- A limit may be used up exactly. A request that would pass it is refused, and is counted all the same, so that the
  used-weight header goes on rising under hammering. A request that weighs 0 is refused only when more than the limit
  is used already. [derived]
- A banned IP is turned away before anything is counted, and its requests do not prolong the ban. [derived]
- A ban ends at a whole millisecond, the one that its text names, whatever the clock does meanwhile.

How it is fast: the state of an IP holds for a span of time in which nothing changes by itself, from `begin` to `end`:
no window and no ban ends within it. Inside the span a request is two additions and two comparisons, however many
limiters there are: weight and requests are running totals, each limiter remembers the total at which its window
began, and the caps are the lowest totals at which a limiter says no. Only crossing the span's end looks at every
limiter. A ban is a cap below every total.

Memory: IPs without a running window and without a ban on record are forgotten when more than 4096 are held.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NoReturn, TypedDict

from binance_mock.gate.limiters import (
    SECOND_US,
    SPOT_WORDING,
    LimitCount,
    LimitInfo,
    LimitInterval,
    LimitKind,
    RateLimit,
    Wording,
    distinct,
    seconds_until,
    with_limit,
)
from binance_mock.venues.errors import Refusal

__all__ = ["IpInfo", "IpLimits", "IpLimitsInfo"]

_KINDS: Final = frozenset({LimitKind.REQUEST_WEIGHT, LimitKind.RAW_REQUESTS})
_BARE_HEADER: Final = b"x-mbx-used-weight"
_NO_CAP: Final = 1 << 62
_ALL_CAPPED: Final = -1
_NEVER: Final = -1
"""The start of a window that was not begun: no interval of the clock starts there."""

_FIRST_BAN_US: Final = 120 * SECOND_US
_LONGEST_BAN_US: Final = 3 * 86_400 * SECOND_US
_MEMORY_US: Final = _LONGEST_BAN_US
"""How long after its end a ban makes the next one longer. [derived]"""

_HELD_IPS: Final = 4096


class IpInfo(TypedDict):
    """What the control API shows of one IP."""

    ip: str
    used: list[LimitCount]
    strikes: int
    banned_until_ms: int | None


class IpLimitsInfo(TypedDict):
    """What the control API shows of the request limits of a market."""

    limits: list[LimitInfo]
    strikes: int | None
    ips: list[IpInfo]


class _State:
    """What is held of one IP; totals never fall, windows are differences of totals."""

    __slots__ = (
        "banned_until", "bases", "begin", "end", "header_base", "limited_from", "limited_until", "requests",
        "requests_cap", "rung", "starts", "strikes", "weight", "weight_cap",
    )  # fmt: skip

    def __init__(self, limiters: int) -> None:
        self.begin = self.end = 0  # the span in which nothing changes by itself; empty: look at everything
        self.weight = self.requests = 0
        self.weight_cap = self.requests_cap = 0
        self.header_base = 0  # the base of the limiter that the bare header repeats
        self.starts = [_NEVER] * limiters
        self.bases = [0] * limiters
        self.limited_from = self.limited_until = 0  # the window of the last 429
        self.strikes = 0  # refusals after the first one in that window
        self.banned_until = 0  # the end of the last ban, 0 without one on record
        self.rung = 0  # bans on record before that one

    def fork(self) -> _State:
        twin = _State(0)
        twin.begin, twin.end = self.begin, self.end
        twin.weight, twin.requests = self.weight, self.requests
        twin.weight_cap, twin.requests_cap = self.weight_cap, self.requests_cap
        twin.header_base = self.header_base
        twin.starts = self.starts.copy()
        twin.bases = self.bases.copy()
        twin.limited_from, twin.limited_until = self.limited_from, self.limited_until
        twin.strikes = self.strikes
        twin.banned_until = self.banned_until
        twin.rung = self.rung
        return twin


class IpLimits:
    """The request limits of one market in one world.

    Args:
        limits: limiters of the kinds REQUEST_WEIGHT and RAW_REQUESTS, in the order of exchangeInfo.
        strikes: how many requests after a 429, within the same window, bring a ban; the last of them is answered with
            418 already. 0 bans at the first refusal, None never bans.
        wording: code and texts of the market.
        bare_header: whether `X-MBX-USED-WEIGHT` accompanies the headers with an interval, as on spot.

    Raises:
        ValueError: two limiters are alike, or one is of another kind.

    """

    __slots__ = (
        "_bare", "_header_index", "_lone_header", "_states", "_sweep_at", "_weights", "_wording", "limits", "strikes",
    )  # fmt: skip

    def __init__(
        self,
        limits: Sequence[RateLimit],
        *,
        strikes: int | None = 5,
        wording: Wording = SPOT_WORDING,
        bare_header: bool = True,
    ) -> None:
        self.strikes = strikes
        self._wording = wording
        self._bare = bare_header
        self._states: dict[str, _State] = {}
        self._sweep_at = _HELD_IPS
        self._install(limits)

    def admit(self, ip: str, weight: int, now: int) -> None:
        """Count a request and let it pass, or refuse it.

        Args:
            ip: the address of the client.
            weight: what the request weighs as far as it is known, 0 or more.
            now: microseconds since the epoch.

        Raises:
            Refusal: 418 during a ban (rule S-60); 429 when the weight or the number of requests would pass a limit
                (rules S-59, S-61), 418 when this once too often follows a 429.

        """
        state = self._states.get(ip)
        if state is None or not state.begin <= now < state.end:
            state = self._enter(ip, now)
        total = state.weight + weight
        if total <= state.weight_cap and state.requests < state.requests_cap:
            state.weight = total
            state.requests += 1
            return
        self._refuse(ip, state, weight, now)

    def turn_away(self, ip: str, now: int) -> None:
        """Refuse a request of a banned IP, and count nothing of any other: it is counted elsewhere (rule U-27).

        Raises:
            Refusal: 418 during a ban.

        """
        state = self._states.get(ip)
        if state is not None and state.banned_until > now:
            raise self._banned(state, now, "the ban is running")

    def charge(self, ip: str, weight: int, now: int) -> None:
        """Add weight to a request that was admitted, without refusing anything (rule S-62)."""
        self._enter(ip, now).weight += weight

    def headers(self, ip: str, now: int) -> list[tuple[bytes, bytes]]:
        """Build the used-weight headers of an answer to `ip` (rule S-57).

        The bare one repeats the one-minute value, or that of the first weight limiter if none is for one minute.
        """
        state = self._states.get(ip)
        if state is None:
            used = 0
        else:
            if not state.begin <= now < state.end:
                self._roll(state, now)
            used = state.weight - state.header_base
        if self._lone_header is not None:
            text = b"%d" % used
            return [(_BARE_HEADER, text), (self._lone_header, text)] if self._bare else [(self._lone_header, text)]
        headers = [(name, b"%d" % value) for name, value in self.used(ip, now)]
        if self._bare and headers:
            headers.insert(0, (_BARE_HEADER, b"%d" % used))
        return headers

    def used(self, ip: str, now: int) -> list[tuple[bytes, int]]:
        """List header name and used weight of every REQUEST_WEIGHT limiter."""
        counts = self._counts(ip, now)
        return [(header, counts[i]) for i, header in self._weights]

    def banned_until(self, ip: str, now: int) -> int | None:
        """Say when the running ban of `ip` ends, in microseconds, None without one."""
        state = self._states.get(ip)
        return state.banned_until if state is not None and state.banned_until > now else None

    def ban(self, ip: str, seconds: int, now: int) -> None:
        """Ban `ip` for `seconds` from `now`, in place of a ban that runs; on record like any other ban.

        Raises:
            ValueError: `seconds` is not above 0.

        """
        if seconds <= 0:
            raise ValueError(f"a ban lasts longer than {seconds} s")
        self._ban(self._enter(ip, now), now, seconds * SECOND_US)

    def unban(self, ip: str) -> None:
        """Lift the ban of `ip` and clear its record: strikes are taken back, and the next ban is a first one."""
        state = self._states.get(ip)
        if state is not None:
            state.banned_until = 0
            _forgive(state)

    def set_limit(self, kind: LimitKind, interval: LimitInterval, num: int, limit: int) -> None:
        """Change a limit, or add a limiter that counts from its first request on.

        What is used stays used; strikes are taken back, since they were earned under other limits. Bans stay.

        Raises:
            ValueError: `kind` is not counted per IP, or a number is out of range.

        """
        before = len(self.limits)
        self._install(with_limit(self.limits, RateLimit(kind, interval, num, limit)))
        for state in self._states.values():
            state.starts += [_NEVER] * (len(self.limits) - before)
            state.bases += [0] * (len(self.limits) - before)
            _forgive(state)

    def fork(self) -> IpLimits:
        """Copy limits, counts and bans; the copy counts on from here, on its own."""
        twin = IpLimits(self.limits, strikes=self.strikes, wording=self._wording, bare_header=self._bare)
        twin._states = {ip: state.fork() for ip, state in self._states.items()}
        twin._sweep_at = self._sweep_at
        return twin

    def describe(self, now: int) -> IpLimitsInfo:
        """Give the limits, and per IP what is used of each and the ban, for the control API."""
        return {
            "limits": [each.describe() for each in self.limits],
            "strikes": self.strikes,
            "ips": [self._describe_ip(ip, now) for ip in self._states],
        }

    def _describe_ip(self, ip: str, now: int) -> IpInfo:
        counts = self._counts(ip, now)
        state = self._states[ip]
        until = self.banned_until(ip, now)
        return {
            "ip": ip,
            "used": [each.describe_count(count) for each, count in zip(self.limits, counts, strict=True)],
            "strikes": state.strikes if state.limited_from <= now < state.limited_until else 0,
            "banned_until_ms": None if until is None else until // 1000,
        }

    def _install(self, limits: Sequence[RateLimit]) -> None:
        self.limits = distinct(limits, _KINDS)
        self._weights = tuple(
            (i, each.header) for i, each in enumerate(self.limits) if each.kind is LimitKind.REQUEST_WEIGHT
        )
        by_minute = [i for i, _ in self._weights if self.limits[i].suffix == "1M"]
        self._header_index = next(iter(by_minute + [i for i, _ in self._weights]), None)
        self._lone_header = self._weights[0][1] if len(self._weights) == 1 else None

    def _enter(self, ip: str, now: int) -> _State:
        """Find the state of `ip` as it is at `now`, and make it if need be."""
        state = self._states.get(ip)
        if state is None:
            if len(self._states) >= self._sweep_at:
                self._sweep(now)
            state = self._states[ip] = _State(len(self.limits))
        if not state.begin <= now < state.end:
            self._roll(state, now)
        return state

    def _roll(self, state: _State, now: int) -> None:
        """Begin the windows that hold `now`, and find the span around it and the caps within."""
        begin, end = 0, _NO_CAP
        weight_cap = requests_cap = _NO_CAP
        for i, each in enumerate(self.limits):
            of_weight = each.kind is LimitKind.REQUEST_WEIGHT
            span = each.span_us
            start = now - now % span
            if state.starts[i] != start:
                state.starts[i] = start
                state.bases[i] = state.weight if of_weight else state.requests
            cap = state.bases[i] + each.limit
            if of_weight:
                weight_cap = min(weight_cap, cap)
            else:
                requests_cap = min(requests_cap, cap)
            begin = max(begin, start)
            end = min(end, start + span)
        if state.banned_until > now:
            weight_cap = requests_cap = _ALL_CAPPED
            end = min(end, state.banned_until)
        elif state.banned_until:
            # A clock set back into the ban finds it again: the span does not reach before its end.
            begin = max(begin, state.banned_until)
        state.begin, state.end = begin, end
        state.weight_cap, state.requests_cap = weight_cap, requests_cap
        if self._header_index is not None:
            state.header_base = state.bases[self._header_index]

    def _refuse(self, ip: str, state: _State, weight: int, now: int) -> NoReturn:
        if state.banned_until > now:
            raise self._banned(state, now, "the ban is running")
        state.weight += weight
        state.requests += 1
        # To wait for less than the last end of an exceeded window would be in vain, so that one is named, and the
        # longest of those that end together.
        index, passed = max(
            (pair for pair in enumerate(self.limits) if self._count(state, pair[0]) > pair[1].limit),
            key=lambda pair: (state.starts[pair[0]] + pair[1].span_us, pair[1].span_us),
        )
        end = state.starts[index] + passed.span_us
        state.strikes = state.strikes + 1 if state.limited_from <= now < state.limited_until else 0
        state.limited_from, state.limited_until = state.starts[index], end
        if self.strikes is not None and state.strikes >= self.strikes:
            why = f"{state.strikes} requests came after a 429, within {passed.per}"
            self._ban(state, now, None)
            raise self._banned(state, now, why)
        text = self._wording.weight if passed.kind is LimitKind.REQUEST_WEIGHT else self._wording.raw
        left = "" if self.strikes is None else f"; request {self.strikes - state.strikes} from here brings a ban"
        raise Refusal(
            self._wording.code,
            text.format(
                limit=passed.limit,
                num=passed.num,
                interval=passed.interval.value,
                unit=passed.interval.value.lower(),
                ip=ip,
            ),
            429,
            retry_after=seconds_until(end, now),
            why=f"{ip} used {self._count(state, index)} of {passed.limit} {passed.kind.value} "
            f"in the {passed.per} that ends at {end // 1000}{left}",
        )

    def _ban(self, state: _State, now: int, span_us: int | None) -> None:
        """Ban for `span_us`, or for as long as the record asks for: 2 minutes, doubling up to 3 days (rule S-60)."""
        repeater = bool(state.banned_until) and now - state.banned_until < _MEMORY_US
        state.rung = state.rung + 1 if repeater else 0
        if span_us is None:
            span_us = min(_FIRST_BAN_US << min(state.rung, 20), _LONGEST_BAN_US)
        state.banned_until = (now + span_us) // 1000 * 1000
        _forgive(state)
        self._roll(state, now)

    def _banned(self, state: _State, now: int, why: str) -> Refusal:
        return Refusal(
            self._wording.code,
            self._wording.ban.format(until=state.banned_until // 1000),
            418,
            retry_after=seconds_until(state.banned_until, now),
            why=f"{why}; ban {state.rung + 1} on record",
        )

    def _counts(self, ip: str, now: int) -> list[int]:
        """List what is used of every limiter."""
        state = self._states.get(ip)
        if state is None:
            return [0] * len(self.limits)
        if not state.begin <= now < state.end:
            self._roll(state, now)
        return [self._count(state, i) for i in range(len(self.limits))]

    def _count(self, state: _State, i: int) -> int:
        total = state.weight if self.limits[i].kind is LimitKind.REQUEST_WEIGHT else state.requests
        return total - state.bases[i]

    def _sweep(self, now: int) -> None:
        """Forget the IPs that a new state would replace without a difference."""
        spans = [each.span_us for each in self.limits]
        idle = [
            ip
            for ip, state in self._states.items()
            if (not state.banned_until or now - state.banned_until >= _MEMORY_US)
            and all(
                not start <= now < start + span
                for start, span in zip(state.starts, spans, strict=True)
                if start != _NEVER
            )
        ]
        for ip in idle:
            del self._states[ip]
        # When most are in use, sweeping again for each new one would cost more than it frees.
        self._sweep_at = max(_HELD_IPS, 2 * len(self._states))


def _forgive(state: _State) -> None:
    """Take strikes back, and have the state looked at anew."""
    state.strikes = state.limited_from = state.limited_until = 0
    state.begin = state.end = 0
