"""Request limits, from a test."""

from __future__ import annotations

from typing import Any

from binance_mock.face.backend import Backend


class LimitsFace:
    """Shows and changes limits and bans."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def show(self) -> dict[str, Any]:
        """Limiters with what is used, by address and by account."""
        state: dict[str, Any] = self._backend.call("GET", "/limits")
        return state

    def set(self, kind: str, interval: str, limit: int, *, num: int = 1) -> None:
        """Change a limiter or add one: `set("REQUEST_WEIGHT", "MINUTE", 100)`."""
        self._backend.call("PATCH", "/limits", {"kind": kind, "interval": interval, "num": num, "limit": limit})

    def ban(self, ip: str = "127.0.0.1", seconds: int = 120) -> None:
        """Ban an address."""
        self._backend.call("PATCH", "/limits", {"ban_ip": ip, "ban_seconds": seconds})

    def unban(self, ip: str = "127.0.0.1") -> None:
        """Lift the ban of an address and forget its record."""
        self._backend.call("PATCH", "/limits", {"unban_ip": ip})
