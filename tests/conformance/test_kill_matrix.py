"""Every check can fail: each mutant fails the checks that it is meant to, and no MUST check beside them.

Run a part with `-k`: the name of a check's family or of a mutant stands in the test's id.
"""

from __future__ import annotations

import os

import pytest

from binance_conformance import checks, mutants
from binance_conformance.cases import Case, cases_of
from binance_conformance.drivers import InProcessDriver
from binance_conformance.matrix import Reach, play_matrix, reach_of, try_mutant, unguarded
from binance_conformance.mutant import Mutant
from binance_conformance.reference import Client
from binance_conformance.reference.driver import ReferenceDriver
from binance_conformance.results import State
from binance_conformance.stage import Stage
from binance_conformance.terminal import kill_matrix


@pytest.fixture(scope="module")
def reference():
    stage = Stage(InProcessDriver(ReferenceDriver()))
    stage.open()
    yield stage
    stage.close()


@pytest.fixture(scope="module")
def stage():
    """A stage for mutants, one after the other."""
    stage = Stage(InProcessDriver(ReferenceDriver()))
    stage.open()
    yield stage
    stage.close()


@pytest.fixture(scope="module")
def reach() -> Reach:
    return reach_of(checks.ALL)


@pytest.mark.parametrize("case", cases_of(checks.ALL), ids=lambda case: case.name)
def test_the_reference_passes(reference: Stage, case: Case) -> None:
    result = reference.play(case)
    assert result.state is State.PASSED, "\n".join(
        [result.reason, result.expected, result.found, *(f"{step.kind}: {step.text}" for step in result.steps)]
    )


@pytest.mark.parametrize("mutant", mutants.ALL, ids=lambda mutant: mutant.name)
def test_a_mutant_fails_its_checks_and_no_other_must(mutant: Mutant, reach: Reach, stage: Stage) -> None:
    """Of the other venues than spot, the quick run plays the mutant's own checks alone."""
    result = try_mutant(mutant, checks.ALL, reach=reach, venues=("spot",), stage=stage)
    assert not result.errors
    assert not result.survived, "it passed what it is meant to fail"
    assert not result.strayed, "it failed what it is not meant to fail"
    assert not result.idle, "it is said to fail what it passes"


@pytest.mark.long
def test_the_whole_matrix_is_complete() -> None:
    result = play_matrix(mutants.ALL, checks.ALL, jobs=os.cpu_count() or 1)
    assert result.complete, kill_matrix(result)


def test_leaving_out_what_a_mutant_cannot_spoil_changes_nothing(reach: Reach, stage: Stage) -> None:
    spared = 0
    for mutant in mutants.ALL[::20]:
        whole = try_mutant(mutant, checks.ALL, venues=("spot",), stage=stage)
        assert try_mutant(mutant, checks.ALL, reach=reach, venues=("spot",), stage=stage) == whole
        overridden = vars(mutant.client)
        spared += sum(not any(name in used for name in overridden) for used in reach.values())
    assert spared


def test_a_mutant_that_names_no_check_is_wrong() -> None:
    class Nameless(Client):
        """Breaks nothing."""

    result = try_mutant(Mutant(Nameless, ("faults.nothing",)), [])
    assert not result.right
    assert result.errors == ("there is no check faults.nothing",)
    assert result.survived == ("faults.nothing",)


def test_no_check_without_a_mutant() -> None:
    assert unguarded(checks.ALL, mutants.ALL) == ()


def test_names_are_unique_and_mutants_say_what_they_break() -> None:
    ids = [check.id for check in checks.ALL]
    names = [mutant.name for mutant in mutants.ALL]
    assert len(set(ids)) == len(ids)
    assert len(set(names)) == len(names)
    assert all(mutant.broken.endswith(".") for mutant in mutants.ALL)
