"""What a limit counts and over which interval, how a market words it, and the counter of such an interval.

Contract: intervals are aligned to the clock, they do not slide (rule S-58): a window is `now - now % span`, so minutes
start at :00, ten seconds at 0, 10, 20, and days at 00:00 UTC. Times are microseconds since the epoch. A clock that is
set back into an earlier interval finds that interval empty: counts of other intervals, past or future, are forgotten.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple, TypedDict

__all__ = [
    "SECOND_US",
    "SPOT_WORDING",
    "LimitCount",
    "LimitInfo",
    "LimitInterval",
    "LimitKind",
    "RateLimit",
    "Window",
    "Wording",
    "distinct",
    "seconds_until",
    "with_limit",
]

SECOND_US: Final = 1_000_000
"""A second in the unit of all times."""


class LimitKind(StrEnum):
    """What is counted: `rateLimitType` of exchangeInfo."""

    REQUEST_WEIGHT = "REQUEST_WEIGHT"
    """Weight of the requests of one IP (rule S-57)."""
    RAW_REQUESTS = "RAW_REQUESTS"
    """Number of requests of one IP, whatever their weight (rule S-61)."""
    ORDERS = "ORDERS"
    """Unfilled orders of one account (rule S-65)."""


class LimitInterval(StrEnum):
    """The unit of a limiter's window: `interval` of exchangeInfo."""

    SECOND = "SECOND"
    MINUTE = "MINUTE"
    HOUR = "HOUR"
    DAY = "DAY"

    @property
    def span_us(self) -> int:
        """The length of one unit in microseconds."""
        return _UNIT_US[self]


_UNIT_US: Final = {
    LimitInterval.SECOND: SECOND_US,
    LimitInterval.MINUTE: 60 * SECOND_US,
    LimitInterval.HOUR: 3_600 * SECOND_US,
    LimitInterval.DAY: 86_400 * SECOND_US,
}

_HEADERS: Final = {
    LimitKind.REQUEST_WEIGHT: "x-mbx-used-weight-",
    LimitKind.ORDERS: "x-mbx-order-count-",
}


class LimitInfo(TypedDict):
    """One item of `rateLimits` in exchangeInfo."""

    rateLimitType: str
    interval: str
    intervalNum: int
    limit: int


class LimitCount(LimitInfo):
    """A limiter with what is used of it, as `GET rateLimit/order` and the WS API list it (rules S-71, S-205)."""

    count: int


@dataclass(frozen=True, slots=True)
class RateLimit:
    """One limiter, as exchangeInfo announces it.

    Args:
        kind: what is counted.
        interval: the unit of the window.
        num: how many units make the window, from 1.
        limit: what may be used within one window, inclusive; 0 allows nothing.

    Raises:
        ValueError: `num` or `limit` is out of range.

    """

    kind: LimitKind
    interval: LimitInterval
    num: int
    limit: int

    def __post_init__(self) -> None:
        if self.num < 1:
            raise ValueError(f"a limiter's window is made of one interval or more, not {self.num}")
        if self.limit < 0:
            raise ValueError(f"a limit is 0 or more, not {self.limit}")

    @property
    def key(self) -> tuple[LimitKind, LimitInterval, int]:
        """What tells this limiter from the others of its market."""
        return self.kind, self.interval, self.num

    @property
    def span_us(self) -> int:
        """The length of the window in microseconds."""
        return self.interval.span_us * self.num

    @property
    def suffix(self) -> str:
        """The window as header names have it: `1M`, `10S`, `1D`."""
        return f"{self.num}{self.interval[0]}"

    @property
    def per(self) -> str:
        """The window as refusals have it: `1 MINUTE` (rule S-59)."""
        return f"{self.num} {self.interval.value}"

    @property
    def header(self) -> bytes:
        """The name of the header that reports the count (rules S-57, S-65), empty for RAW_REQUESTS, which has none.

        `X-MBX-USED-WEIGHT-1M` in Binance's documents, lower case here: ASGI demands it, and HTTP does not care.
        """
        prefix = _HEADERS.get(self.kind)
        return b"" if prefix is None else (prefix + self.suffix.lower()).encode()

    def describe(self) -> LimitInfo:
        """Give the item of `rateLimits` in exchangeInfo."""
        return {
            "rateLimitType": self.kind.value,
            "interval": self.interval.value,
            "intervalNum": self.num,
            "limit": self.limit,
        }

    def describe_count(self, count: int) -> LimitCount:
        """Give the same item with what is used."""
        return {**self.describe(), "count": count}


class Window:
    """A counter that starts from 0 in every interval of the clock (rule S-58).

    Args:
        span_us: the length of the interval in microseconds.

    """

    __slots__ = ("_count", "_start", "span_us")

    def __init__(self, span_us: int) -> None:
        self.span_us = span_us
        self._start = 0
        self._count = 0

    def value(self, now: int) -> int:
        """Say what was counted in the interval that holds `now`."""
        return self._count if 0 <= now - self._start < self.span_us else 0

    def add(self, n: int, now: int) -> int:
        """Count `n` in the interval that holds `now`; a negative `n` takes off, never below 0 (rule S-69).

        Returns:
            The new count.

        """
        if not 0 <= now - self._start < self.span_us:
            self._start = now - now % self.span_us
            self._count = 0
        count = self._count + n
        self._count = count = max(count, 0)
        return count

    def end(self, now: int) -> int:
        """Say when the interval that holds `now` ends, in microseconds: the first instant of the next one."""
        return now - now % self.span_us + self.span_us


class Wording(NamedTuple):
    """How a market words the refusals of its request limits.

    `weight` and `raw` may name `{limit}`, `{num}`, `{interval}` (MINUTE), `{unit}` (minute) and `{ip}`; `ban` names
    `{until}`, in milliseconds; `quota` may name `{limit}`, `{minutes}` and `{ip}`.
    """

    code: int
    weight: str
    raw: str
    ban: str
    # No text is published for quotas beside the weight (rule U-27): that of the weight of futures. [derived]
    quota: str = (
        "Too many requests; current limit of IP({ip}) is {limit} requests per {minutes} minutes. "
        "Please use the websocket for live updates to avoid polling the API."
    )


SPOT_WORDING: Final = Wording(
    code=-1003,
    weight=(
        "Too much request weight used; current limit is {limit} request weight per {num} {interval}. "
        "Please use WebSocket Streams for live updates to avoid polling the API."
    ),
    # No text for raw requests is published; this is the one that weight had before it was called weight. [derived]
    raw=(
        "Too many requests; current limit is {limit} requests per {num} {interval}. "
        "Please use WebSocket Streams for live updates to avoid polling the API."
    ),
    ban=(
        "Way too much request weight used; IP banned until {until}. "
        "Please use WebSocket Streams for live updates to avoid bans."
    ),
)
"""The texts of rules S-59 and S-60."""


def seconds_until(when: int, now: int) -> int:
    """Count the seconds from `now` to `when`, rounded up and at least 1, as `Retry-After` carries them."""
    return max(1, -(-(when - now) // SECOND_US))


def distinct(limits: Sequence[RateLimit], kinds: Collection[LimitKind]) -> tuple[RateLimit, ...]:
    """Make sure that the limiters are of these kinds and that none comes twice, and give them as a tuple.

    Raises:
        ValueError: a limiter is of another kind, or two have the same kind, interval and number.

    """
    seen: set[tuple[LimitKind, LimitInterval, int]] = set()
    for each in limits:
        if each.kind not in kinds:
            raise ValueError(f"{each.kind} is not counted here, only {', '.join(sorted(kinds))}")
        if each.key in seen:
            raise ValueError(f"two limiters for {each.kind} per {each.per}")
        seen.add(each.key)
    return tuple(limits)


def with_limit(limits: Sequence[RateLimit], new: RateLimit) -> list[RateLimit]:
    """Put `new` in the place of the limiter for the same kind and window, or at the end if there is none."""
    if any(each.key == new.key for each in limits):
        return [new if each.key == new.key else each for each in limits]
    return [*limits, new]
