"""The kill matrix: each mutant against its own checks and all MUST checks, as proof that every check can fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from functools import partial
from multiprocessing import get_context
from typing import Any

import msgspec

from binance_conformance.cases import cases_of
from binance_conformance.check import MUST, Check
from binance_conformance.drivers import InProcessDriver
from binance_conformance.mutant import Mutant
from binance_conformance.reference import Client
from binance_conformance.reference.driver import ReferenceDriver
from binance_conformance.results import Model, State
from binance_conformance.stage import Stage
from binance_mock import __version__
from binance_mock.clock import steady_time


class MutantResult(Model, frozen=True):
    """How a mutant fared.

    Attributes:
        mutant: its name.
        broken: what it does wrong.
        kills: the checks that it is meant to fail.
        also: MUST checks that it fails as well.
        failed: names of cases that it failed.
        survived: checks that it is meant to fail and passed at every venue.
        strayed: MUST checks that it failed and is not meant to.
        idle: checks of `also` that it passed, so that they need not be named.
        errors: cases in which the kit failed, with the reason.
    """

    mutant: str
    broken: str
    kills: tuple[str, ...]
    also: tuple[str, ...]
    failed: tuple[str, ...]
    survived: tuple[str, ...]
    strayed: tuple[str, ...]
    idle: tuple[str, ...]
    errors: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether it fails what it is meant to fail, and nothing else that is a MUST."""
        return not (self.survived or self.strayed or self.idle or self.errors)


class MatrixResult(Model, frozen=True):
    """The whole matrix.

    Attributes:
        kit: version of the kit.
        seconds: real time that it took.
        mutants: how each fared.
        unguarded: checks that no mutant is meant to fail.
    """

    kit: str
    seconds: float
    mutants: tuple[MutantResult, ...]
    unguarded: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every check is proven able to fail, and every mutant is right."""
        return not self.unguarded and all(each.right for each in self.mutants)


Reach = Mapping[str, frozenset[str]]
"""What of the reference client each case uses, by the names of cases."""


def reach_of(checks: Sequence[Check]) -> Reach:
    """Play the reference client, and note what it uses of itself.

    A mutant that overrides something else behaves in a case as the reference client does, and need not be played in it.
    """
    used: set[str] = set()

    class Watched(Client):
        """Notes each of its attributes that is asked for."""

        def __getattribute__(self, name: str) -> Any:
            used.add(name)
            return super().__getattribute__(name)

    reach = {}
    stage = Stage(InProcessDriver(ReferenceDriver(Watched)))
    stage.open()
    try:
        for case in cases_of(checks):
            used.clear()
            stage.play(case)
            reach[case.name] = frozenset(used)
    finally:
        stage.close()
    return reach


def try_mutant(
    mutant: Mutant,
    checks: Sequence[Check],
    *,
    reach: Reach | None = None,
    venues: Sequence[str] = (),
    stage: Stage | None = None,
) -> MutantResult:
    """Play a mutant through its own checks, and through all MUST checks, these with HMAC keys alone.

    Args:
        mutant: the client.
        checks: all checks.
        reach: what each case uses of the client, to leave out what the mutant cannot spoil; None leaves out nothing.
        venues: play MUST checks that are not its own at these venues alone, at all when empty.
        stage: an open one of the reference client, to put the mutant there; None for one of its own.
    """
    driver = InProcessDriver(ReferenceDriver(mutant.client, f"mutant {mutant.name}"))
    if stage is None:
        with closing(Stage(driver)) as made:
            made.open()
            return _try_on(made, mutant, checks, reach, venues)
    stage.recast(driver)
    return _try_on(stage, mutant, checks, reach, venues)


def _try_on(
    stage: Stage, mutant: Mutant, checks: Sequence[Check], reach: Reach | None, venues: Sequence[str]
) -> MutantResult:
    meant = {*mutant.kills, *mutant.also}
    unknown = sorted(meant - {check.id for check in checks})
    errors = [f"there is no check {name}" for name in unknown]
    failed: list[str] = []
    checks_failed: set[str] = set()
    for case in cases_of(checks):
        own = case.check.id in mutant.kills
        asked = case.check.id in meant or not venues or case.venue in venues
        if not own and not (asked and case.check.level is MUST and case.key_type == "hmac"):
            continue
        if reach is not None and not _spoils(mutant, reach[case.name]):
            continue
        result = stage.play(case)
        if result.state is State.FAILED:
            failed.append(case.name)
            checks_failed.add(case.check.id)
        elif result.state is State.ERROR:
            errors.append(f"{case.name}: {result.reason}")
    return MutantResult(
        mutant=mutant.name,
        broken=mutant.broken,
        kills=mutant.kills,
        also=mutant.also,
        failed=tuple(failed),
        survived=tuple(name for name in mutant.kills if name not in checks_failed),
        strayed=tuple(sorted(checks_failed - meant)),
        idle=tuple(name for name in mutant.also if name not in checks_failed),
        errors=tuple(errors),
    )


def _spoils(mutant: Mutant, used: frozenset[str]) -> bool:
    """Whether a mutant overrides something of what is used."""
    own = {name for kind in mutant.client.__mro__ if kind not in Client.__mro__ for name in vars(kind)}
    overridden = {name for name in own if hasattr(Client, name) and name not in ("__doc__", "__module__")}
    dunder = any(name.startswith("__") for name in overridden)
    return dunder or not overridden or not overridden.isdisjoint(used)


def unguarded(checks: Iterable[Check], mutants: Iterable[Mutant]) -> tuple[str, ...]:
    """Checks that no mutant is meant to fail."""
    killed = {name for mutant in mutants for name in mutant.kills}
    return tuple(check.id for check in checks if check.id not in killed)


def as_json(result: MatrixResult) -> bytes:
    """The matrix for machines."""
    return msgspec.json.format(msgspec.json.encode(result), indent=2)


def play_matrix(
    mutants: Sequence[Mutant],
    checks: Sequence[Check],
    *,
    jobs: int = 1,
    told: Callable[[MutantResult], None] | None = None,
) -> MatrixResult:
    """Play all mutants.

    Args:
        mutants: those of `binance_conformance.mutants`.
        checks: those of `binance_conformance.checks`.
        jobs: in how many processes.
        told: called with each result.
    """
    begun = steady_time()
    reach = reach_of(checks)
    results = []
    if jobs > 1:
        with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
            for result in pool.map(partial(_try_by_name, reach), [mutant.name for mutant in mutants]):
                results.append(result)
                if told is not None:
                    told(result)
    else:
        for mutant in mutants:
            results.append(try_mutant(mutant, checks, reach=reach))
            if told is not None:
                told(results[-1])
    return MatrixResult(
        kit=__version__,
        seconds=round(steady_time() - begun, 3),
        mutants=tuple(results),
        unguarded=unguarded(checks, mutants),
    )


def _try_by_name(reach: Reach, name: str) -> MutantResult:
    """In another process: a mutant, by its name."""
    from binance_conformance import checks, mutants

    return try_mutant(next(mutant for mutant in mutants.ALL if mutant.name == name), checks.ALL, reach=reach)
