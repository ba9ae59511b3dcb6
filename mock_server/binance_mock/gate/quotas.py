"""Counts of calls per address for endpoints that are outside of the weight (rule U-27).

Contract: intervals are aligned to the clock, as those of all limiters are. A quota may be used up exactly; a call
beyond it is refused and not counted. A refusal earns no strike, for bans are a matter of the weight. [derived]

Memory: addresses without a count in the running interval are forgotten when more than 4096 counts are held.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypedDict

from binance_mock.gate.limiters import SECOND_US, Wording, seconds_until
from binance_mock.venues.endpoint import Endpoint
from binance_mock.venues.errors import Refusal
from binance_mock.venues.weights import Quota

_HELD: Final = 4096
_MINUTE_US: Final = 60 * SECOND_US


class QuotaInfo(TypedDict):
    """What the control API shows of a quota: `used` is by address."""

    name: str
    limit: int
    minutes: int
    used: dict[str, int]


class Quotas:
    """The quotas of one market in one world.

    Args:
        quotas: those that its endpoints declare.
        wording: code and texts of the market.
    """

    __slots__ = ("_counts", "_quotas", "_sweep_at", "_wording")

    def __init__(self, quotas: Iterable[Quota], wording: Wording) -> None:
        self._quotas = {quota.name: quota for quota in quotas}
        self._wording = wording
        self._counts: dict[tuple[str, str], tuple[int, int]] = {}
        """When the interval began and what was counted in it, by quota and address."""
        self._sweep_at = _HELD

    def admit(self, name: str, ip: str, now: int) -> None:
        """Count a call, or refuse it.

        Args:
            name: of the quota.
            ip: the address of the client.
            now: microseconds since the epoch.

        Raises:
            Refusal: 429 when the quota is used up.
        """
        quota = self._quotas[name]
        count = self._count(quota, ip, now)
        start = _start(quota, now)
        if count >= quota.limit:
            end = start + quota.minutes * _MINUTE_US
            raise Refusal(
                self._wording.code,
                self._wording.quota.format(ip=ip, limit=quota.limit, minutes=quota.minutes),
                429,
                retry_after=seconds_until(end, now),
                why=f"{ip} made {count} of {quota.limit} calls of the quota {name!r} in the {quota.minutes} minutes "
                f"that end at {end // 1000}",
            )
        if len(self._counts) >= self._sweep_at:
            self._sweep(now)
        self._counts[name, ip] = start, count + 1

    def set_limit(self, name: str, limit: int) -> None:
        """Change how many calls a quota has; what is used stays used.

        Raises:
            KeyError: there is no such quota.
            ValueError: the limit is below zero.
        """
        if limit < 0:
            raise ValueError(f"a limit is 0 or more, not {limit}")
        self._quotas[name] = self._quotas[name]._replace(limit=limit)

    def describe(self, now: int) -> list[QuotaInfo]:
        """Give the quotas with what is used, for the control API."""
        return [
            {
                "name": quota.name,
                "limit": quota.limit,
                "minutes": quota.minutes,
                "used": {ip: count for ip in self._addresses(quota.name) if (count := self._count(quota, ip, now))},
            }
            for quota in self._quotas.values()
        ]

    def fork(self) -> Quotas:
        """Copy limits and counts; the copy counts on from here, on its own."""
        twin = Quotas(self._quotas.values(), self._wording)
        twin._counts = self._counts.copy()
        twin._sweep_at = self._sweep_at
        return twin

    def _addresses(self, name: str) -> list[str]:
        return [ip for each, ip in self._counts if each == name]

    def _count(self, quota: Quota, ip: str, now: int) -> int:
        begun, count = self._counts.get((quota.name, ip), (0, 0))
        return count if begun == _start(quota, now) else 0

    def _sweep(self, now: int) -> None:
        """Forget the counts of intervals that are over."""
        counts, quotas = self._counts, self._quotas
        self._counts = {key: each for key, each in counts.items() if each[0] == _start(quotas[key[0]], now)}
        self._sweep_at = max(_HELD, 2 * len(self._counts))


def declared(routes: Mapping[str, Mapping[str, Endpoint]]) -> list[Quota]:
    """The quotas of endpoints, each once."""
    found = (endpoint.quota for methods in routes.values() for endpoint in methods.values())
    return list(dict.fromkeys(quota for quota in found if quota is not None))


def _start(quota: Quota, now: int) -> int:
    """When the interval that holds `now` began."""
    return now - now % (quota.minutes * _MINUTE_US)
