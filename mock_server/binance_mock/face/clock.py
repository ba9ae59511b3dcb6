"""The world's clock, from a test."""

from __future__ import annotations

from binance_mock.face.backend import Backend
from binance_mock.face.moment import Moment, milliseconds


class ClockFace:
    """Freezes and moves the world's clock; nothing sleeps."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    @property
    def now_ms(self) -> int:
        """The world's time in milliseconds."""
        now: int = self._backend.call("GET", "/clock")["now_ms"]
        return now

    @property
    def mode(self) -> str:
        """How it runs: live, offset or frozen."""
        mode: str = self._backend.call("GET", "/clock")["mode"]
        return mode

    def freeze(self, at: Moment | None = None) -> None:
        """Stand still, at a time or at the present one."""
        body: dict[str, object] = {"mode": "frozen"}
        if at is not None:
            body["now_ms"] = milliseconds(at)
        self._backend.call("POST", "/clock", body)

    def offset(self, ms: int) -> None:
        """Run ahead of the machine's clock by so many milliseconds, behind it for a negative number."""
        self._backend.call("POST", "/clock", {"mode": "offset", "offset_ms": ms})

    def live(self) -> None:
        """Run with the machine's clock."""
        self._backend.call("POST", "/clock", {"mode": "live"})

    def advance(
        self, *, ms: int = 0, seconds: float = 0, minutes: float = 0, hours: float = 0, days: float = 0
    ) -> None:
        """Go ahead; what is scheduled in between happens."""
        total = ms + round(1000 * (seconds + 60 * (minutes + 60 * (hours + 24 * days))))
        self._backend.call("POST", "/clock/advance", {"ms": total})

    def jump(self, ms: int) -> None:
        """Stand ahead by so many milliseconds at once, or back for a negative number, as a machine's clock may jump."""
        state = self._backend.call("GET", "/clock")
        if state["mode"] == "frozen":
            self.freeze(state["now_ms"] + ms)
        else:
            self.offset(state["offset_ms"] + ms)

    def client_off_by(self, ms: int) -> None:
        """Let clients seem to have a clock that is so many milliseconds fast, or slow for a negative number.

        The world's clock goes the other way, so nothing is done to this machine's. A running clock is set against the
        machine's; one that stands still is moved from where it stands.
        """
        if self.mode == "frozen":
            self.jump(-ms)
        else:
            self.offset(-ms)
