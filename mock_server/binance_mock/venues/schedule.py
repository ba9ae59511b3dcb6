"""What happens in a venue when its time has come: orders that end, funding, deliveries, expiries.

Nothing waits for real: a venue lets all that is due happen, in order, whenever it is touched.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Generic, Protocol, TypeVar

V = TypeVar("V", contravariant=True)


class Due(Protocol[V]):
    """Something that happens at a time. It never changes and names what it acts on, so that copies share it."""

    def happen(self, venue: V, time: int) -> None:
        """Do it.

        Args:
            venue: where.
            time: when it was due, in microseconds.
        """


class Schedule(Generic[V]):
    """What is due in one venue, soonest first, and in the order of its coming in."""

    __slots__ = ("_count", "_due")

    def __init__(self) -> None:
        self._due: list[tuple[int, int, Due[V]]] = []
        self._count = 0

    def add(self, time: int, due: Due[V]) -> None:
        """Let something happen at a time in microseconds."""
        self._count += 1
        heappush(self._due, (time, self._count, due))

    def has_due(self, now: int) -> bool:
        """Whether anything is to happen by now."""
        return bool(self._due) and self._due[0][0] <= now

    def take(self, now: int) -> tuple[int, Due[V]] | None:
        """The next thing that is due by now, and its time; it is off the schedule then."""
        if not self._due or self._due[0][0] > now:
            return None
        time, _, due = heappop(self._due)
        return time, due

    def fork(self) -> Schedule[V]:
        """An equal schedule that goes its own way."""
        twin: Schedule[V] = Schedule()
        twin._due, twin._count = self._due.copy(), self._count
        return twin
