"""Runs as a table: a column a client, a row a check. What the page shows, without its markup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from binance_conformance.results import CaseResult, CheckInfo, Level, RunResult, State
from binance_mock import __version__

_WORST_FIRST: Final = (State.FAILED, State.UNSTABLE, State.ERROR, State.PASSED, State.SKIPPED)
"""A venue is shown by the worst of its cases; a case that was skipped says less than one that passed."""
_VENUES: Final = ("spot", "usdm", "coinm", "options", "sapi")
GRADED: Final = (State.PASSED, State.FAILED, State.UNSTABLE)


class Kit(NamedTuple):
    """The kit that makes a report.

    Attributes:
        version: its version.
        checks: ids of the checks that it has, None when that does not matter.
    """

    version: str
    checks: frozenset[str] | None = None

    @classmethod
    def installed(cls) -> Kit:
        """This one."""
        from binance_conformance import checks

        return cls(__version__, frozenset(check.id for check in checks.ALL))


def stale(run: RunResult, kit: Kit) -> tuple[str, ...]:
    """Why a result is not to be compared with those of this kit, nothing when it may be."""
    reasons = []
    if run.kit != kit.version:
        reasons.append(f"made by version {run.kit} of the kit; this is {kit.version}")
    if kit.checks is not None:
        gone = [check.id for check in run.checks if check.id not in kit.checks]
        if gone:
            reasons.append(f"has checks that the kit no longer has: {', '.join(gone)}")
    return tuple(reasons)


def name_of(run: RunResult) -> str:
    """What the client is called: as it says itself, or the file that was run when nobody answered."""
    if run.client is not None:
        return run.client.client
    words = run.command.split()
    return words[-1].rpartition("/")[2] or run.command if words else "unknown"


class Score(NamedTuple):
    """How many cases of a level passed, of those that could be graded."""

    level: Level
    passed: int
    graded: int

    @property
    def text(self) -> str:
        """Such as `38/40`, and a dash for nothing."""
        return f"{self.passed}/{self.graded}" if self.graded else "–"


def score(run: RunResult, level: Level) -> Score:
    """The score of a client at a level. What is known to fail fails here all the same."""
    cases = [case for case in run.cases if case.level is level and case.state in GRADED]
    return Score(level, sum(case.state is State.PASSED for case in cases), len(cases))


class Chip(NamedTuple):
    """A venue in a cell; without a state where nothing was played."""

    venue: str
    state: State | None = None
    as_listed: bool = False


class Cell(NamedTuple):
    """A client at a check."""

    column: int
    chips: tuple[Chip, ...]
    label: str

    @property
    def played(self) -> bool:
        """Whether there is anything to show."""
        return any(chip.state is not None for chip in self.chips)


class Row(NamedTuple):
    """A check."""

    check: CheckInfo
    gone: bool
    cells: tuple[Cell, ...]
    failing: int


class Family(NamedTuple):
    """The checks of a family."""

    name: str
    rows: tuple[Row, ...]


class Column(NamedTuple):
    """A client."""

    number: int
    run: RunResult
    name: str
    stale: tuple[str, ...]
    scores: tuple[Score, ...]

    @property
    def trouble(self) -> str:
        """The word that stands over the column when its results are not whole."""
        if self.run.fault:
            return "crashed"
        if not self.run.cases:
            return "empty"
        return "stale" if self.stale else ""


class Table(NamedTuple):
    """Clients and checks."""

    columns: tuple[Column, ...]
    families: tuple[Family, ...]
    venues: tuple[str, ...]
    checks: dict[str, CheckInfo]

    @property
    def cases(self) -> int:
        """How many cases there are in all."""
        return sum(len(column.run.cases) for column in self.columns)

    def count(self, state: State) -> int:
        """How many cases ended so."""
        return sum(column.run.count(state) for column in self.columns)


def table(runs: Sequence[RunResult], kit: Kit) -> Table:
    """Lay runs side by side.

    Args:
        runs: one a client, in the order of the columns.
        kit: against which runs are stale or not.
    """
    columns = tuple(
        Column(index, run, name_of(run), stale(run, kit), tuple(score(run, level) for level in Level))
        for index, run in enumerate(runs)
    )
    checks: dict[str, CheckInfo] = {}
    for column in sorted(columns, key=lambda column: bool(column.stale)):  # the kit's own words win
        for check in column.run.checks:
            checks.setdefault(check.id, check)
    played = {case.venue for run in runs for case in run.cases}
    venues = (*(venue for venue in _VENUES if venue in played), *sorted(played.difference(_VENUES)))
    found = [_by_check(run) for run in runs]
    families: dict[str, list[Row]] = {}
    for check in checks.values():
        cells = tuple(_cell(column, found[column.number].get(check.id, []), venues) for column in columns)
        failing = sum(any(chip.state is State.FAILED for chip in cell.chips) for cell in cells)
        gone = kit.checks is not None and check.id not in kit.checks
        families.setdefault(check.id.partition(".")[0], []).append(Row(check, gone, cells, failing))
    rows = tuple(Family(name, tuple(members)) for name, members in families.items())
    return Table(columns, rows, venues, checks)


def _by_check(run: RunResult) -> dict[str, list[CaseResult]]:
    found: dict[str, list[CaseResult]] = {}
    for case in run.cases:
        found.setdefault(case.check, []).append(case)
    return found


def _cell(column: Column, cases: Sequence[CaseResult], venues: Sequence[str]) -> Cell:
    chips, said = [], []
    for venue in venues:
        here = [case for case in cases if case.venue == venue]
        if not here:
            chips.append(Chip(venue))
            continue
        worst = min(here, key=lambda case: _WORST_FIRST.index(case.state))
        chips.append(
            Chip(venue, worst.state, worst.state is not State.PASSED and worst.expectation != "" and worst.as_wanted)
        )
        said.append(f"{venue}: {worst.state.value}" + (f", {worst.reason}" if worst.reason else ""))
    return Cell(column.number, tuple(chips), f"{column.name}; " + "; ".join(said))
