"""The world's clock: live, offset or frozen. Nothing else in a world reads time."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from enum import StrEnum


def system_time() -> int:
    """Microseconds since the epoch by the machine's clock, or by freezegun's where a test freezes it.

    Rounded to the nearest, for freezegun reckons with floats and may be a quarter of a microsecond off.
    """
    return (time.time_ns() + 500) // 1000


if sys.platform == "win32":

    def steady_time(clock: Callable[[], float] = time.monotonic) -> float:
        """Seconds that only ever go forward. Freezegun, which replaces names in modules, does not see the default."""
        return clock()

else:

    def steady_time() -> float:
        """Seconds that only ever go forward, by a clock that freezegun leaves alone."""
        return time.clock_gettime(time.CLOCK_MONOTONIC)


def sleep(seconds: float) -> None:
    """Let real time pass in the calling thread."""
    time.sleep(seconds)


class ClockMode(StrEnum):
    """How the clock runs."""

    LIVE = "live"
    OFFSET = "offset"
    FROZEN = "frozen"


class Clock:
    """Microseconds since the epoch, in the tester's hands.

    Args:
        source: the time that a live clock shows.
    """

    __slots__ = ("_frozen_at", "_offset", "_source", "now")

    def __init__(self, source: Callable[[], int] = system_time) -> None:
        self._source = source
        self._offset = 0
        self._frozen_at: int | None = None
        self.now: Callable[[], int] = source
        """The present time."""

    @property
    def mode(self) -> ClockMode:
        """How it runs."""
        if self._frozen_at is not None:
            return ClockMode.FROZEN
        return ClockMode.OFFSET if self._offset else ClockMode.LIVE

    @property
    def offset(self) -> int:
        """Microseconds that a running clock is ahead of the machine's."""
        return self._offset

    def live(self) -> None:
        """Run with the machine's clock."""
        self._offset, self._frozen_at = 0, None
        self.now = self._source

    def run_with_offset(self, offset: int) -> None:
        """Run ahead of the machine's clock by so many microseconds, behind it for a negative number."""
        self._offset, self._frozen_at = offset, None
        source = self._source
        self.now = (lambda: max(0, source() + offset)) if offset else source

    def freeze(self, at: int | None = None) -> None:
        """Stand still, at a time in microseconds or at the present one.

        Raises:
            ValueError: the time is negative.
        """
        at = self.now() if at is None else at
        if at < 0:
            raise ValueError(f"the clock cannot stand at {at} us: times start at 0, the year 1970")
        self._frozen_at = at
        self.now = lambda: at

    def move(self, by: int) -> None:
        """Go ahead by so many microseconds, or back; a frozen clock stays frozen, a running one runs on."""
        if self._frozen_at is not None:
            self.freeze(self._frozen_at + by)
        else:
            self.run_with_offset(self._offset + by)

    def fork(self) -> Clock:
        """A clock over the same source that shows the same time and goes its own way."""
        twin = Clock(self._source)
        twin.run_with_offset(self._offset)
        if self._frozen_at is not None:
            twin.freeze(self._frozen_at)
        return twin
