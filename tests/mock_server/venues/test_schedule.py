"""What happens in a venue when its time has come."""

from __future__ import annotations

from typing import NamedTuple

from binance_mock.venues.schedule import Schedule


class Say(NamedTuple):
    word: str

    def happen(self, venue: list[tuple[str, int]], time: int) -> None:
        venue.append((self.word, time))


def run(schedule: Schedule[list[tuple[str, int]]], now: int) -> list[tuple[str, int]]:
    said: list[tuple[str, int]] = []
    while (found := schedule.take(now)) is not None:
        time, due = found
        due.happen(said, time)
    return said


def test_what_is_due_comes_soonest_first_and_of_one_time_in_the_order_of_its_coming_in() -> None:
    schedule: Schedule[list[tuple[str, int]]] = Schedule()
    for time, word in ((5, "late"), (3, "b"), (3, "a"), (9, "not yet")):
        schedule.add(time, Say(word))
    assert not schedule.has_due(2)
    assert schedule.has_due(3)
    assert run(schedule, 8) == [("b", 3), ("a", 3), ("late", 5)]
    assert run(schedule, 8) == []


def test_a_copy_has_the_same_before_it_and_goes_its_own_way() -> None:
    schedule: Schedule[list[tuple[str, int]]] = Schedule()
    schedule.add(1, Say("both"))
    twin = schedule.fork()
    twin.add(1, Say("twin"))
    schedule.add(1, Say("original"))
    assert run(twin, 1) == [("both", 1), ("twin", 1)]
    assert run(schedule, 1) == [("both", 1), ("original", 1)]
