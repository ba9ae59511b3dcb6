"""Who places an order, where and when: a call, or the exchange for an order that fires."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from binance_mock.venues.usdm.accounts import UsdmAccount
from binance_mock.venues.usdm.venue import UsdmVenue


class Placement(Protocol):
    """What the checks of an order ask for; every `UsdmCall` has it."""

    @property
    def venue(self) -> UsdmVenue:
        """Where."""

    @property
    def account(self) -> UsdmAccount:
        """Whose order it is."""

    @property
    def now(self) -> int:
        """Microseconds."""


class Firing(NamedTuple):
    """The placement of an order whose condition has come true."""

    venue: UsdmVenue
    account: UsdmAccount
    now: int
