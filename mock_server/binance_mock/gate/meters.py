"""Weight of a market in which each endpoint has a counter of its own: per address, or per account.

Contract: the counters are those of `IpLimits`, one for each pair of endpoint and address or account, with the same
strikes, bans and texts. A ban is of the address that earned it and holds for the whole market. [derived]
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from binance_mock.gate.ip_limits import IpLimits
from binance_mock.gate.limiters import LimitInfo, LimitInterval, LimitKind, RateLimit, Wording
from binance_mock.venues.endpoint import Endpoint
from binance_mock.venues.errors import Refusal
from binance_mock.venues.weights import Unit

HEADERS: Final[Mapping[Unit, bytes]] = {Unit.IP: b"x-sapi-used-ip-weight-1m", Unit.UID: b"x-sapi-used-uid-weight-1m"}


class Meters:
    """The counters of one market in one world.

    Args:
        limits: what one endpoint may weigh in a minute, by unit.
        strikes: as in `IpLimits`.
        wording: code and texts of the market.
    """

    __slots__ = ("_meters",)

    def __init__(self, limits: Mapping[Unit, int], *, strikes: int | None, wording: Wording) -> None:
        self._meters = {
            unit: IpLimits(
                [RateLimit(LimitKind.REQUEST_WEIGHT, LimitInterval.MINUTE, 1, most)],
                strikes=strikes,
                wording=wording,
                bare_header=False,
            )
            for unit, most in limits.items()
        }

    def admit(self, endpoint: Endpoint, who: str, weight: int, now: int) -> None:
        """Count a request and let it pass, or refuse it.

        Args:
            endpoint: what is asked for.
            who: the address or the account, as the endpoint counts.
            weight: what the request weighs.
            now: microseconds since the epoch.

        Raises:
            Refusal: 429 when the weight would pass the limit, 418 when that happened too often.
        """
        self._meters[endpoint.unit].admit(_counter(endpoint, who), weight, now)

    def headers(self, endpoint: Endpoint, who: str, now: int) -> list[tuple[bytes, bytes]]:
        """The header with what the endpoint weighed so far."""
        ((_, used),) = self._meters[endpoint.unit].used(_counter(endpoint, who), now)
        return [(HEADERS[endpoint.unit], b"%d" % used)]

    def set_limit(self, unit: Unit, limit: int) -> None:
        """Change what each endpoint may weigh in a minute; what is used stays used.

        Raises:
            ValueError: the limit is below zero.
        """
        self._meters[unit].set_limit(LimitKind.REQUEST_WEIGHT, LimitInterval.MINUTE, 1, limit)

    def rules(self) -> list[tuple[LimitInfo, bytes]]:
        """The limits as the API's documents name them, each with its header."""
        return [
            ({**meter.limits[0].describe(), "rateLimitType": f"SAPI_{unit}_WEIGHT"}, HEADERS[unit])
            for unit, meter in self._meters.items()
        ]

    def fork(self) -> Meters:
        """Copy limits and counts; the copy counts on from here, on its own."""
        twin = Meters.__new__(Meters)
        twin._meters = {unit: meter.fork() for unit, meter in self._meters.items()}
        return twin


def banned_for(refusal: Refusal) -> int:
    """The seconds for which a refusal bans, 0 when it does not."""
    return (refusal.retry_after or 0) if refusal.status == 418 else 0


def _counter(endpoint: Endpoint, who: str) -> str:
    return f"{endpoint.method} {endpoint.path} {who}"
