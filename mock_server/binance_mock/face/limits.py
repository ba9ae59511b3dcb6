"""Request limits, from a test."""

from __future__ import annotations

from typing import Any

from binance_mock.face.backend import Backend


class LimitsFace:
    """Shows and changes limits and bans."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def show(self, venue: str = "spot") -> dict[str, Any]:
        """Limiters of a venue with what is used, by address and by account."""
        state: dict[str, Any] = self._backend.call("GET", "/limits", query={"venue": venue})
        return state

    def set(self, kind: str, interval: str, limit: int, *, num: int = 1, venue: str = "spot") -> None:
        """Change a limiter or add one: `set("REQUEST_WEIGHT", "MINUTE", 100)`."""
        self._change(venue, kind=kind, interval=interval, num=num, limit=limit)

    def set_quota(self, name: str, limit: int, venue: str = "usdm") -> None:
        """Change a quota beside the weight; 0 exhausts it: `set_quota("fundingRate", 0)`."""
        self._change(venue, quota=name, limit=limit)

    def ban(self, ip: str = "127.0.0.1", seconds: int = 120, *, venue: str = "spot") -> None:
        """Ban an address."""
        self._change(venue, ban_ip=ip, ban_seconds=seconds)

    def unban(self, ip: str = "127.0.0.1", *, venue: str = "spot") -> None:
        """Lift the ban of an address and forget its record."""
        self._change(venue, unban_ip=ip)

    def _change(self, venue: str, **what: Any) -> None:
        self._backend.call("PATCH", "/limits", {"venue": venue, **what})
