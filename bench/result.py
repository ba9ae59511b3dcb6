"""One row of the table: what was measured, what it is held against, and whether that is enough."""

from __future__ import annotations

from typing import NamedTuple


class Result(NamedTuple):
    name: str
    unit: str
    ours: float
    reference: float | None
    """The same measure of the bare server; None where the goal is a number."""
    ratio: float
    """Ours to the reference, or to the goal."""
    goal: str
    ok: bool
    note: str = ""

    @property
    def verdict(self) -> str:
        return "ok" if self.ok else "short"


def at_least(name: str, unit: str, ours: float, goal: float, note: str = "") -> Result:
    return Result(name, unit, ours, None, ours / goal, f">= {goal:,.0f} {unit}", ours >= goal, note)


def below(name: str, unit: str, ours: float, goal: float, note: str = "") -> Result:
    return Result(name, unit, ours, None, ours / goal, f"< {goal:,g} {unit}", ours < goal, note)


def share(
    name: str, unit: str, ours: float, reference: float, goal: float, note: str = "", ratio: float | None = None
) -> Result:
    """More is better: a share of the reference; `ratio` where the two numbers do not tell it truly."""
    ratio = ours / reference if ratio is None else ratio
    return Result(name, unit, ours, reference, ratio, f">= {goal:.0%}", ratio >= goal, note)


def times(name: str, unit: str, ours: float, reference: float, goal: float, note: str = "") -> Result:
    """Less is better: a multiple of the reference."""
    ratio = ours / reference
    return Result(name, unit, ours, reference, ratio, f"<= {goal:g}x", ratio <= goal, note)
