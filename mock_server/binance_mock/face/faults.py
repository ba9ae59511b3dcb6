"""Fault rules, from a test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from binance_mock.face.backend import Backend


class FaultsFace:
    """Adds and removes fault rules; iterating gives each with its counters."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def add(self, kind: str, **settings: Any) -> dict[str, Any]:
        """Add a rule.

        Args:
            kind: what goes wrong, such as "unknown_503"; `binance-mock catalog` lists the kinds.
            **settings: what it matches (venue, method, path, key), when it fires (nth, after, times, probability), its
                name, and the parameters of its kind.

        Returns:
            the rule as it stands, its name included.
        """
        rule: dict[str, Any] = self._backend.call("POST", "/faults", {"kind": kind, **settings})
        return rule

    def remove(self, name: str) -> None:
        """Remove a rule."""
        self._backend.call("DELETE", f"/faults/{name}")

    def clear(self) -> None:
        """Remove all rules."""
        self._backend.call("DELETE", "/faults")

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self._backend.call("GET", "/faults")["faults"])

    def __len__(self) -> int:
        return len(self._backend.call("GET", "/faults")["faults"])
