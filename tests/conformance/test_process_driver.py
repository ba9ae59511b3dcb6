"""A driver that dies, hangs or talks nonsense ends the run, and everything that was not played has that one cause."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.conformance.scripts import HELLO, after_hello, spec, subject

from binance_conformance import checks
from binance_conformance.cases import cases_of, select
from binance_conformance.clients import ClientSpec
from binance_conformance.results import State
from binance_conformance.runner import run

CASES = select(cases_of(checks.ALL), ("faults.unknown-outcome*", "rate-limits.silence-after-418"), venues=("spot",))

BEFORE_HELLO = {
    "exits": ("raise SystemExit(7)", "exited with status 7"),
    "says nothing": ("import sys; sys.stdin.read()", "hangs: no answer in 0.5 s"),
    "closes stdout": ("import os, sys; os.close(1); sys.stdin.read()", "closed its stdout"),
    "talks nonsense": ("print('ready.', flush=True); input(); input()", "wrote what is no client: 'ready.'"),
    "speaks another version": (
        f"print('''{HELLO}'''.replace('1', '2', 1), flush=True); input(); input()", "speaks version 2 of the protocol"
    ),
    "refuses": (
        "print('''{\"ok\":false,\"error\":\"not today\"}''', flush=True); input(); input()", "refused hello: not today"
    ),
}  # fmt: skip

IN_A_CALL = {
    "exits": ("sys.exit(3)", "exited with status 3"),
    "is killed": ("os.kill(os.getpid(), signal.SIGKILL)", "ended by signal 9"),
    "hangs": ("sys.stdin.read()", "hangs: no answer in 0.5 s"),
    "prints a page": ("say('<html>')", "wrote what is no outcome: '<html>'"),
    "invents an outcome": ('say(\'{"outcome":"fine"}\')', "wrote what is no outcome"),
    "raises": ("raise ValueError('the client broke')", "exited with status 1"),
}


def patience(how: str) -> float:
    """Short where the driver hangs, long where it only starts."""
    return 0.5 if how in ("says nothing", "hangs") else 30.0


@pytest.mark.parametrize("how", BEFORE_HELLO)
def test_a_driver_that_does_not_start(how: str, tmp_path: Path) -> None:
    text, cause = BEFORE_HELLO[how]
    result = run(spec(tmp_path, text, patience_s=patience(how)), CASES)
    assert cause in result.fault
    assert result.client is None
    assert {(case.state, case.reason) for case in result.cases} == {(State.ERROR, result.fault)}
    assert len(result.cases) == len(CASES)
    assert not result.green


@pytest.mark.parametrize("how", IN_A_CALL)
def test_a_driver_that_fails_in_a_call(how: str, tmp_path: Path) -> None:
    text, cause = IN_A_CALL[how]
    made = after_hello(tmp_path, text)
    result = run(made._replace(patience_s=2.0) if how == "hangs" else made, CASES)
    assert cause.replace("0.5", "2") in result.fault
    assert result.client is not None
    assert {(case.state, case.reason) for case in result.cases if case.state is not State.SKIPPED} == {
        (State.ERROR, result.fault)
    }
    assert [case.case for case in result.cases] == [case.name for case in CASES]
    played = [case for case in result.cases if case.steps]
    assert played, "the evidence of the case in which it happened"
    assert played[0].steps[-1].kind == "call"


def test_a_driver_that_dies_ends_a_run_in_several_processes(tmp_path: Path) -> None:
    result = run(after_hello(tmp_path, "sys.exit(3)"), CASES, jobs=2)
    assert "exited with status 3" in result.fault
    assert {case.state for case in result.cases} <= {State.ERROR, State.SKIPPED}
    missing = run(ClientSpec(("no-such-program",)), CASES, jobs=2)
    assert "no-such-program cannot be run" in missing.fault


def test_what_it_wrote_on_stderr_is_kept(tmp_path: Path) -> None:
    for jobs in (1, 2):
        result = run(after_hello(tmp_path, "raise ValueError('the client broke')"), CASES, jobs=jobs)
        assert result.stderr.endswith("ValueError: the client broke")


def test_a_program_that_there_is_not() -> None:
    result = run(ClientSpec(("no-such-program",)), CASES)
    assert "no-such-program cannot be run" in result.fault


def test_prints_of_a_python_client_go_to_stderr(tmp_path: Path) -> None:
    """`serve` keeps stdout for the protocol."""
    made = subject(
        tmp_path,
        """
        class Driver(ReferenceDriver):
            def call(self, venue, operation):
                print("calling", operation)
                return super().call(venue, operation)
        """,
    )
    result = run(made, CASES)
    assert result.fault == ""
    assert {case.state for case in result.cases} == {State.PASSED}


def test_a_driver_leaves_when_the_run_is_over(tmp_path: Path) -> None:
    left = tmp_path / "left"
    made = after_hello(tmp_path, 'say(\'{"outcome":"unsupported"}\')')
    path = Path(made.command[1])
    path.write_text(path.read_text("utf-8") + f"\nopen({str(left)!r}, 'w').close()\n", "utf-8")
    run(ClientSpec((sys.executable, str(path))), CASES)
    assert left.exists()


def test_a_client_that_takes_no_path_in_a_url_and_lives_by_the_machines_clock(tmp_path: Path) -> None:
    made = subject(
        tmp_path,
        """
        import msgspec
        class Driver(ReferenceDriver):
            def hello(self):
                who = super().hello()
                can = msgspec.structs.replace(who.capabilities, url_paths=False, clock="machine")
                return msgspec.structs.replace(who, capabilities=can)
            def configure(self, settings, surroundings):
                assert all(url.count("/") == 2 for url in settings.urls.values()), settings.urls
                super().configure(settings, surroundings)
        """,
    )
    cases = select(cases_of(checks.ALL), ("signing.special-characters", "faults.unknown-outcome-not-retried"))
    result = run(made, cases)
    assert result.fault == ""
    assert {case.state for case in result.cases} == {State.PASSED}
