"""What the gate keeps for each venue: the venue, its endpoints by path, and its limits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from binance_mock.gate.dialect import SPOT, Dialect
from binance_mock.gate.ip_limits import IpLimits
from binance_mock.gate.limiters import LimitInfo, LimitKind, RateLimit
from binance_mock.gate.meters import Meters
from binance_mock.gate.order_limits import OrderLimits
from binance_mock.gate.quotas import Quotas, declared
from binance_mock.venues.endpoint import Endpoint
from binance_mock.venues.weights import Quota, Unit

Routes = Mapping[str, Mapping[str, Endpoint]]
"""Endpoints by path, then by method."""


class Desk:
    """One venue of one world.

    Args:
        name: of the venue, such as "spot".
        venue: its state, handed to the handlers.
        account: finds the venue's account by the name that a key carries.
        routes: its endpoints; shared between worlds, never changed.
        retired: paths that answer 410.
        limits: all its limiters, in the order of exchangeInfo.
        strikes: requests after a 429 that lead to a ban.
        maker_credit: what the first fill of a maker order takes off the order counts (rule S-68).
        prefixes: how paths of this venue begin.
        dialect: what the gate says and asks in this market.
        per_endpoint: what each endpoint may weigh in a minute, where each has its own counter; None where all share.
        quotas: the quotas of its endpoints, None to look for them.
    """

    __slots__ = (
        "account", "dialect", "ip", "meters", "name", "orders", "pass_time", "prefixes", "quotas", "retired", "routes",
        "venue",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        venue: Any,
        account: Callable[[str], Any],
        routes: Routes,
        retired: frozenset[str],
        limits: Sequence[RateLimit],
        *,
        strikes: int = 5,
        maker_credit: int = 5,
        prefixes: tuple[str, ...] = ("/api/",),
        dialect: Dialect = SPOT,
        per_endpoint: Mapping[Unit, int] | None = None,
        quotas: Iterable[Quota] | None = None,
    ) -> None:
        self.name = name
        self.venue = venue
        self.pass_time: Callable[[int], None] | None = getattr(venue, "pass_time", None)
        """Lets happen what is due by a time, where the venue has such things."""
        self.account = account
        self.routes = routes
        self.retired = retired
        self.prefixes = prefixes
        self.dialect = dialect
        self.ip = IpLimits(
            [limit for limit in limits if limit.kind is not LimitKind.ORDERS],
            strikes=strikes,
            wording=dialect.limits,
            bare_header=dialect.bare_weight,
        )
        self.meters: Meters | None = None
        if per_endpoint is not None:
            self.meters = Meters(per_endpoint, strikes=strikes, wording=dialect.limits)
        self.orders = OrderLimits(
            [limit for limit in limits if limit.kind is LimitKind.ORDERS], maker_credit=maker_credit
        )
        self.quotas = Quotas(declared(routes) if quotas is None else quotas, dialect.limits)

    def fork(self, venue: Any, account: Callable[[str], Any]) -> Desk:
        """A copy for the copy of its venue: the same endpoints, and limits that count on from here on their own.

        Args:
            venue: the copy of the venue.
            account: finds an account of that copy.
        """
        twin = Desk(
            self.name,
            venue,
            account,
            self.routes,
            self.retired,
            (),
            prefixes=self.prefixes,
            dialect=self.dialect,
            quotas=(),
        )
        twin.ip = self.ip.fork()
        twin.meters = None if self.meters is None else self.meters.fork()
        twin.orders = self.orders.fork()
        twin.quotas = self.quotas.fork()
        return twin

    def rules(self) -> list[LimitInfo]:
        """Every limiter, as exchangeInfo lists them: weight, orders, raw requests."""
        weight = [limit for limit in self.ip.limits if limit.kind is LimitKind.REQUEST_WEIGHT]
        raw = [limit for limit in self.ip.limits if limit.kind is LimitKind.RAW_REQUESTS]
        return [limit.describe() for limit in (*weight, *self.orders.limits, *raw)]


def routes_of(endpoints: Sequence[Endpoint]) -> dict[str, dict[str, Endpoint]]:
    """Endpoints by path and method.

    Raises:
        ValueError: two endpoints share path and method.
    """
    routes: dict[str, dict[str, Endpoint]] = {}
    for endpoint in endpoints:
        methods = routes.setdefault(endpoint.path, {})
        if endpoint.method in methods:
            raise ValueError(f"{endpoint} is declared twice")
        methods[endpoint.method] = endpoint
    return routes
