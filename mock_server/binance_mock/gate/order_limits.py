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
    Window,
    distinct,
    seconds_until,
    with_limit,
)
from binance_mock.venues.errors import Refusal

__all__ = ["OrderLimits"]

_KINDS: Final = frozenset({LimitKind.ORDERS})


class OrderLimits:
    """The order limits of one market in one world.

    Args:
        limits: limiters of the kind ORDERS, in the order of exchangeInfo.
        maker_credit: what the first fill of a maker order takes off every interval; a taker's takes off 1 (rule S-68).

    Raises:
        ValueError: two limiters are alike, or one is of another kind.

    """

    __slots__ = ("_days", "_headers", "_windows", "limits", "maker_credit")

    def __init__(self, limits: Sequence[RateLimit], *, maker_credit: int = 5) -> None:
        self.maker_credit = maker_credit
        self._windows: dict[str, list[Window]] = {}
        self._install(limits)

    def check(self, account: str, n: int, now: int) -> None:
        """Refuse `n` more orders if they would pass a limit; count nothing.

        Of several limits that are passed, the one whose interval ends last is named, since to wait for less is in vain,
        and the longest of those that end together.
        What adds no order, such as an amendment (rule S-67), always passes.

        Args:
            account: id of the account.
            n: how many orders the request would add (rule S-67).
            now: microseconds since the epoch.

        Raises:
            Refusal: -1015 with status 429 (rule S-66).

        """
        if n <= 0:
            return
        windows = self._of(account)
        passed = [i for i, each in enumerate(self.limits) if windows[i].value(now) + n > each.limit]
        if not passed:
            return
        index = max(passed, key=lambda i: (windows[i].end(now), windows[i].span_us))
        limit, window = self.limits[index], windows[index]
        raise Refusal(
            -1015,
            f"Too many new orders; current limit is {limit.limit} orders per {limit.per}.",
            429,
            retry_after=seconds_until(window.end(now), now),
            why=f"account {account} has {window.value(now)} unfilled orders of {limit.limit} in the {limit.per} that "
            f"ends at {window.end(now) // 1000}, and this adds {n}",
        )

    def add(self, account: str, n: int, now: int) -> None:
        """Count `n` orders. Once a DAY count is exhausted, SECOND counts are no longer raised (rule S-70)."""
        windows = self._of(account)
        exhausted = any(windows[i].value(now) >= self.limits[i].limit for i in self._days)
        for limit, window in zip(self.limits, windows, strict=True):
            if not (exhausted and limit.interval is LimitInterval.SECOND):
                window.add(n, now)

    def filled(self, account: str, maker: bool, now: int) -> None:
        """Take the first fill of an order off every interval, never below 0 (rules S-68, S-69)."""
        credit = self.maker_credit if maker else 1
        for window in self._of(account):
            window.add(-credit, now)

    def counts(self, account: str, now: int) -> list[tuple[bytes, int]]:
        """List header name and count of every limiter."""
        pairs = zip(self._headers, self._of(account), strict=True)
        return [(header, window.value(now)) for header, window in pairs]

    def headers(self, account: str, now: int) -> list[tuple[bytes, bytes]]:
        """Build the order-count headers of the answer to a placement (rule S-65)."""
        return [(name, b"%d" % count) for name, count in self.counts(account, now)]

    def describe(self, account: str, now: int) -> list[LimitCount]:
        """Give the answer of `GET rateLimit/order` (rule S-71)."""
        pairs = zip(self.limits, self._of(account), strict=True)
        return [limit.describe_count(window.value(now)) for limit, window in pairs]

    def set_limit(self, interval: LimitInterval, num: int, limit: int) -> None:
        """Change a limit, or add a limiter that counts from now on; what is counted stays counted.

        Raises:
            ValueError: a number is out of range.

        """
        new = RateLimit(LimitKind.ORDERS, interval, num, limit)
        added = all(each.key != new.key for each in self.limits)
        self._install(with_limit(self.limits, new))
        if added:
            for windows in self._windows.values():
                windows.append(Window(new.span_us))

    def _install(self, limits: Sequence[RateLimit]) -> None:
        self.limits = distinct(limits, _KINDS)
        self._headers = tuple(each.header for each in self.limits)
        self._days = [i for i, each in enumerate(self.limits) if each.interval is LimitInterval.DAY]

    def _of(self, account: str) -> list[Window]:
        windows = self._windows.get(account)
        if windows is None:
            windows = self._windows[account] = [Window(each.span_us) for each in self.limits]
        return windows
