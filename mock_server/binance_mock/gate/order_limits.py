"""The count of unfilled orders per account.

Contract: an account's orders count over all its keys, addresses and APIs (rule S-65). The caller asks `check` before
it places, calls `add` when the order went to the engine, refused there or not, and `filled` once for each order, at its
first fill (rule S-68). Cancelling and expiry change nothing. Counts are per interval of the clock, so the first fill of
an order of yesterday lowers the count of today, and nothing below 0 is stored (rule S-69).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from binance_mock.gate.limiters import (
    LimitCount,
    LimitInterval,
    LimitKind,
    RateLimit,
    distinct,
    seconds_until,
    with_limit,
)
from binance_mock.venues.errors import Refusal

__all__ = ["OrderLimits"]

_KINDS: Final = frozenset({LimitKind.ORDERS})


class _State:
    """The counts of one account, and the span of time in which none of their windows ends."""

    __slots__ = ("begin", "counts", "end", "seen")

    def __init__(self, limiters: int) -> None:
        self.counts = [0] * limiters
        self.seen = 0
        """A time inside the windows that the counts belong to."""
        self.begin = self.end = 0

    def fork(self) -> _State:
        """A copy that counts on from here."""
        twin = _State(0)
        twin.counts = self.counts.copy()
        twin.seen = self.seen
        twin.begin, twin.end = self.begin, self.end
        return twin

    def roll(self, limits: Sequence[RateLimit], now: int) -> None:
        """Empty the counts of the windows that do not hold `now`."""
        starts = [now - now % each.span_us for each in limits]
        for i, start in enumerate(starts):
            if not start <= self.seen < start + limits[i].span_us:
                self.counts[i] = 0
        self.seen = now
        self.begin = max(starts, default=now)
        self.end = min((start + each.span_us for start, each in zip(starts, limits, strict=True)), default=now + 1)


class OrderLimits:
    """The order limits of one market in one world.

    Args:
        limits: limiters of the kind ORDERS, in the order of exchangeInfo.
        maker_credit: what the first fill of a maker order takes off every interval; a taker's takes off 1 (rule S-68).

    Raises:
        ValueError: two limiters are alike, or one is of another kind.

    """

    __slots__ = ("_by_second", "_caps", "_days", "_headers", "_states", "limits", "maker_credit")

    def __init__(self, limits: Sequence[RateLimit], *, maker_credit: int = 5) -> None:
        self.maker_credit = maker_credit
        self._states: dict[str, _State] = {}
        self._install(limits)

    def check(self, account: str, n: int, now: int, burst: int = 0) -> None:
        """Refuse `n` more orders if they would pass a limit; count nothing.

        Of several limits that are passed, the one whose interval ends last is named, since to wait for less is in vain,
        and the longest of those that end together.
        What adds no order, such as an amendment (rule S-67), always passes.

        Args:
            account: id of the account.
            n: how many orders the request would add (rule S-67).
            now: microseconds since the epoch.
            burst: how many more it would add to the intervals of seconds (rule U-26).

        Raises:
            Refusal: -1015 with status 429 (rule S-66).

        """
        if n <= 0:
            return
        counts = self._at(account, now).counts
        if burst:
            counts = [count + burst * by_second for count, by_second in zip(counts, self._by_second, strict=True)]
        for i, cap in enumerate(self._caps):
            if counts[i] + n > cap:
                break
        else:
            return
        passed = [each for each, count in zip(self.limits, counts, strict=True) if count + n > each.limit]
        limit = max(passed, key=lambda each: (_window_end(each, now), each.span_us))
        place = self.limits.index(limit)
        end, count = _window_end(limit, now), self._at(account, now).counts[place]
        raise Refusal(
            -1015,
            f"Too many new orders; current limit is {limit.limit} orders per {limit.per}.",
            429,
            retry_after=seconds_until(end, now),
            why=f"account {account} has {count} unfilled orders of {limit.limit} in the {limit.per} that "
            f"ends at {end // 1000}, and this adds {n + burst * self._by_second[place]}",
        )

    def add(self, account: str, n: int, now: int, burst: int = 0) -> None:
        """Count `n` orders, and in the intervals of seconds `burst` more (rule U-26).

        Once a DAY count is exhausted, SECOND counts are no longer raised (rule S-70).
        """
        counts = self._at(account, now).counts
        exhausted = False
        for i in self._days:
            exhausted = exhausted or counts[i] >= self._caps[i]
        for i, by_second in enumerate(self._by_second):
            if not (exhausted and by_second):
                counts[i] += n + burst * by_second

    def filled(self, account: str, maker: bool, now: int) -> None:
        """Take the first fill of an order off every interval, never below 0 (rules S-68, S-69)."""
        credit = self.maker_credit if maker else 1
        counts = self._at(account, now).counts
        counts[:] = [max(0, count - credit) for count in counts]

    def counts(self, account: str, now: int) -> list[tuple[bytes, int]]:
        """List header name and count of every limiter."""
        return list(zip(self._headers, self._at(account, now).counts, strict=True))

    def headers(self, account: str, now: int) -> list[tuple[bytes, bytes]]:
        """Build the order-count headers of the answer to a placement (rule S-65)."""
        counts = self._at(account, now).counts
        return [(header, b"%d" % count) for header, count in zip(self._headers, counts, strict=True)]

    def describe(self, account: str, now: int) -> list[LimitCount]:
        """Give the answer of `GET rateLimit/order` (rule S-71)."""
        pairs = zip(self.limits, self._at(account, now).counts, strict=True)
        return [limit.describe_count(count) for limit, count in pairs]

    def set_limit(self, interval: LimitInterval, num: int, limit: int) -> None:
        """Change a limit, or add a limiter that counts from now on; what is counted stays counted.

        Raises:
            ValueError: a number is out of range.

        """
        new = RateLimit(LimitKind.ORDERS, interval, num, limit)
        added = all(each.key != new.key for each in self.limits)
        self._install(with_limit(self.limits, new))
        if added:
            for state in self._states.values():
                state.counts.append(0)
                state.end = state.begin  # Look at the windows anew.

    def fork(self) -> OrderLimits:
        """Copy limits and counts; the copy counts on from here, on its own."""
        twin = OrderLimits(self.limits, maker_credit=self.maker_credit)
        twin._states = {account: state.fork() for account, state in self._states.items()}
        return twin

    def _install(self, limits: Sequence[RateLimit]) -> None:
        self.limits = distinct(limits, _KINDS)
        self._caps = [each.limit for each in self.limits]
        self._headers = tuple(each.header for each in self.limits)
        self._by_second = [each.interval is LimitInterval.SECOND for each in self.limits]
        self._days = [i for i, each in enumerate(self.limits) if each.interval is LimitInterval.DAY]

    def _at(self, account: str, now: int) -> _State:
        """The counts of an account as they stand now."""
        state = self._states.get(account)
        if state is None:
            state = self._states[account] = _State(len(self.limits))
        if not state.begin <= now < state.end:
            state.roll(self.limits, now)
        return state


def _window_end(limit: RateLimit, now: int) -> int:
    return now - now % limit.span_us + limit.span_us
