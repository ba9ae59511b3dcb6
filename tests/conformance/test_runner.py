"""Selection, lists of known cases, repetition, and runs in several processes."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conformance.scripts import subject

from binance_conformance import checks
from binance_conformance.cases import Case, UnusableSelection, cases_of, read_list, select
from binance_conformance.check import MUST, SHOULD, Check
from binance_conformance.clients import ClientSpec, UnknownClient
from binance_conformance.drivers import InProcessDriver
from binance_conformance.operations import Account
from binance_conformance.protocol import Promise
from binance_conformance.reference.driver import ReferenceDriver
from binance_conformance.results import CaseResult, Level, State
from binance_conformance.runner import Expectations, run
from binance_conformance.scene import Scene
from binance_conformance.stage import Stage

ALL = cases_of(checks.ALL)
BANS = select(ALL, ("rate-limits.silence-after-418",))
BROKEN = ClientSpec(("mutant:forgets-bans",))
REFERENCE = ClientSpec(("reference",))


def names(cases: list[Case]) -> set[str]:
    return {case.name for case in cases}


def test_a_pattern_names_a_check_a_case_a_family_or_more_with_a_star() -> None:
    check = "faults.unknown-outcome-not-retried"
    assert names(select(ALL, (check,))) == {f"{check}@spot", f"{check}@usdm", f"{check}@options"}
    assert names(select(ALL, (f"{check}@usdm",))) == {f"{check}@usdm"}
    assert {case.check.family for case in select(ALL, ("faults",))} == {"faults"}
    assert names(select(ALL, ("*+rsa",))) == {case.name for case in ALL if case.key_type == "rsa"}


def test_selections_are_cut_by_level_venue_and_skip() -> None:
    checks_ = [Check(id, "", lambda scene: None, level=level, why="", guards=()) for id, level in
               (("a.one", MUST), ("a.two", SHOULD), ("b.one", SHOULD))]  # fmt: skip
    cases = cases_of(checks_)
    assert {case.check.id for case in select(cases, level=Level.MUST)} == {"a.one"}
    assert {case.check.id for case in select(cases, level=Level.MAY)} == {"a.one", "a.two", "b.one"}
    assert {case.check.id for case in select(cases, skip=("a",))} == {"b.one"}
    assert {case.venue for case in select(cases, venues=("options",))} == {"options"}


@pytest.mark.parametrize(
    ("patterns", "venues", "skip"),
    [(("faults.nothing",), (), ()), ((), (), ("nothing",)), (("faults",), (), ("faults",))],
)
def test_a_pattern_without_a_check_and_an_empty_run_are_errors(
    patterns: tuple[str, ...], venues: tuple[str, ...], skip: tuple[str, ...]
) -> None:
    with pytest.raises(UnusableSelection):
        select(ALL, patterns, venues=venues, skip=skip)


def test_a_list_is_patterns_with_comments(tmp_path: Path) -> None:
    path = tmp_path / "known.txt"
    path.write_text("# today\nfaults  # the reason\n\n*@usdm\n", "utf-8")
    assert read_list(path) == ("faults", "*@usdm")
    with pytest.raises(UnusableSelection, match=r"nowhere\.txt cannot be read"):
        read_list(tmp_path / "nowhere.txt")


def test_what_is_known_to_fail_leaves_the_run_green_as_long_as_it_fails() -> None:
    known = Expectations(failing=("rate-limits.silence-after-418",))
    assert not run(BROKEN, BANS).green
    assert run(BROKEN, BANS, expectations=known).green
    repaired = run(REFERENCE, BANS, expectations=known)
    assert not repaired.green
    assert {case.state for case in repaired.cases} == {State.PASSED}


def test_what_is_known_to_be_flaky_may_go_either_way() -> None:
    known = Expectations(flaky=("rate-limits",))
    assert run(BROKEN, BANS, expectations=known).green
    assert run(REFERENCE, BANS, expectations=known).green


def test_a_client_that_is_right_every_other_time_is_unstable(tmp_path: Path) -> None:
    made = subject(
        tmp_path,
        """
        from binance_conformance.mutants.rate_limits import ForgetsBans
        from binance_conformance.reference import Client
        class Driver(ReferenceDriver):
            turn = 0
            def configure(self, settings, surroundings):
                self.turn += 1
                self._kind = ForgetsBans if self.turn % 2 else Client
                super().configure(settings, surroundings)
        """,
    )
    (result,) = run(made, BANS[:1], repeat=4).cases
    assert result.state is State.UNSTABLE
    assert result.attempts == (State.FAILED, State.PASSED) * 2
    assert result.found, "the evidence is that of a run in which it failed"


def test_several_processes_give_what_one_gives() -> None:
    cases = select(ALL, ("faults.unknown*", "rate-limits.silence-after-418"), venues=("spot", "usdm"))
    one, two = run(BROKEN, cases), run(BROKEN, cases, jobs=2)
    assert [played_as(case) for case in one.cases] == [played_as(case) for case in two.cases]
    assert {case.state for case in one.cases} == {State.PASSED, State.FAILED}


def played_as(result: CaseResult) -> tuple[str, State, list[str]]:
    return result.case, result.state, [step.kind for step in result.steps]


def test_a_mutant_that_there_is_not() -> None:
    with pytest.raises(UnknownClient, match="there is no mutant 'nobody'"):
        ClientSpec(("mutant:nobody",)).driver()


# -- how a scene ends -----------------------------------------------------------------------------------------------


def played(scenario, **settings):
    check = Check("test.it", "", scenario, level=MUST, why="", guards=(), venues=("spot",), **settings)
    stage = Stage(InProcessDriver(ReferenceDriver()))
    stage.open()
    try:
        return stage.play(Case(check, "spot", "hmac"))
    finally:
        stage.close()


def breaks(scene: Scene) -> None:
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("scenario", "state", "reason"),
    [
        (lambda scene: None, State.PASSED, ""),
        (lambda scene: scene.expect(False, "wrong", expected="right", found="left"), State.FAILED, "wrong"),
        (lambda scene: scene.need(False, "it cannot"), State.SKIPPED, "it cannot"),
        (lambda scene: scene.require(False, "odd"), State.ERROR, "the kit: odd"),
        (lambda scene: scene.fault("no_such_fault"), State.ERROR, "the kit: "),
        (breaks, State.ERROR, "ZeroDivisionError"),
    ],
)
def test_a_scene_ends_in_every_state(scenario, state: State, reason: str) -> None:
    result = played(scenario)
    assert result.state is state
    assert reason in result.reason


def test_what_is_not_promised_is_skipped() -> None:
    class Modest(ReferenceDriver):
        def hello(self):
            who = super().hello()
            return type(who)(
                protocol=1, client="modest", version="1", language="python",
                capabilities=type(who.capabilities)(venues=("spot",), clock="kit", promises=(Promise.RETRIES,)),
            )  # fmt: skip

    stage = Stage(InProcessDriver(Modest()))
    stage.open()
    reasons = {case.name: stage.play(case).reason for case in BANS}
    stage.close()
    assert reasons == {
        "rate-limits.silence-after-418@spot": "the client does not promise rate-limits",
        "rate-limits.silence-after-418@usdm": "the client does not trade at usdm",
        "rate-limits.silence-after-418@options": "the client does not trade at options",
    }


def test_the_clock_of_the_client_is_that_of_the_exchange_and_so_far_off() -> None:
    """S-20: a client that is two minutes ahead is refused once, then goes by the exchange's clock."""

    def scenario(scene: Scene) -> None:
        scene.configure(ahead_ms=120_000)
        scene.expect_accepted(scene.call(Account()), "a call")
        (asked, *_) = scene.arrived(scene.ground.time)
        assert asked.time == scene.now_ms

    assert played(scenario).state is State.PASSED
