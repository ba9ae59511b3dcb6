"""Clients that do not take no for an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from binance_conformance.mutant import mutant
from binance_conformance.reference import Client
from binance_conformance.reference.client import Row
from binance_conformance.reference.errors import ClientError

_REFUSED_KEYS: Final = (-2014, -2015)


class RepeatsReadsWithRefusedKey(Client):
    """Takes the refusal of its key for a failure that passes when it reads."""

    def pause_before_repeat(self, error: ClientError, method: str, attempt: int) -> float | None:
        if error.code in _REFUSED_KEYS and method == "GET":
            return 1.0
        return super().pause_before_repeat(error, method, attempt)


class RepeatsOrdersWithoutRight(Client):
    """Takes a missing right for a failure that passes when it trades."""

    def pause_before_repeat(self, error: ClientError, method: str, attempt: int) -> float | None:
        if error.code in _REFUSED_KEYS and method == "POST":
            return 1.0
        return super().pause_before_repeat(error, method, attempt)


class ShowsItsKeyToAll(Client):
    """Sends its key with every call."""

    def headers(self, *, signed: bool) -> dict[str, str]:
        return super().headers(signed=signed or self.key is not None)


class AssumesOneWayMode(Client):
    """Takes every account to be in one-way mode."""

    def position_mode(self) -> bool:
        return False


class DropsPositionSides(Client):
    """Sends orders without the side of the position."""

    def post_order(self, order: Mapping[str, Any]) -> Row:
        return super().post_order({name: value for name, value in order.items() if name != "positionSide"})


MUTANTS: Final = (
    mutant(RepeatsReadsWithRefusedKey, "permissions.unknown-key-stops"),
    mutant(RepeatsOrdersWithoutRight, "permissions.missing-right-not-retried", "permissions.unknown-key-stops"),
    mutant(ShowsItsKeyToAll, "permissions.no-key-on-public-calls"),
    mutant(AssumesOneWayMode, "permissions.position-mode-told"),
    mutant(DropsPositionSides, "permissions.position-side-kept"),
)
