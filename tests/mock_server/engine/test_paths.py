"""The mean of a price that moves in steps, beside a sum over every moment."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from binance_mock.engine.paths import Path

STEPS = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 99)), max_size=12)


@given(STEPS, st.integers(0, 60), st.integers(1, 40))
def test_the_mean_is_that_of_all_moments(steps: Any, start: int, length: int) -> None:
    """A step counts from its time on; of several at one time, and of one that comes late, the last does."""
    path = Path(keep=1000)
    at: dict[int, int] = {}
    latest = -1
    for time, price in steps:
        path.step(time, price)
        latest = max(latest, time)
        at[latest] = price
    seen, price = [], at[min(at)] if at else 7
    for moment in range(start + length):
        price = at.get(moment, price)
        seen.append(price)
    assert path.mean(start, start + length, otherwise=7) == sum(seen[start:]) // length


def test_old_steps_are_dropped_and_the_mean_of_what_is_kept_stays() -> None:
    path = Path(keep=100)
    for time in range(20_000):
        path.step(time, 1 + time % 2)
    assert len(path.times) < 9000
    assert path.mean(19_900, 20_000, otherwise=0) == 1
    assert path.mean(19_901, 19_902, otherwise=0) == 2


def test_a_copy_goes_its_own_way() -> None:
    path = Path(keep=100)
    path.step(1, 10)
    twin = path.fork()
    twin.step(2, 20)
    assert (path.mean(1, 3, otherwise=0), twin.mean(1, 3, otherwise=0)) == (10, 15)


def test_a_path_that_starts_again_stands_where_it_stood_since_the_beginning() -> None:
    path = Path(keep=100)
    path.restart()
    assert path.mean(0, 1, otherwise=7) == 7
    path.step(50, 10)
    path.step(60, 20)
    path.restart()
    path.step(30, 40)
    assert path.mean(20, 40, otherwise=0) == 30
