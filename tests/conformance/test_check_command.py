"""`binance-mock check` and `binance-mock driver-smoke` on the command line."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import jsonschema_rs
import pytest
from click.testing import CliRunner, Result
from tests.conformance.scripts import after_hello, subject

from binance_mock.cli import app

DOCS = Path(__file__).resolve().parents[2] / "docs"
BANS = "rate-limits.silence-after-418@spot"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, prog_name="binance-mock", env={"COLUMNS": "100"})


def test_a_client_that_is_right_is_green() -> None:
    result = run("check", "--check", "rate-limits.silence-after-418", "reference")
    assert result.exit_code == 0, result.output
    assert "MUST   3 passed" in result.output


def test_a_failure_shows_the_evidence_and_a_line_that_repeats_it() -> None:
    first = run("check", "--check", BANS, "--trace", "mutant:forgets-bans")
    assert first.exit_code == 1
    assert "silence for 120 s after the 418" in first.output
    assert "fault banned_418" in first.output
    assert "GET /api/v3/account" in first.output
    (line,) = (line for line in first.output.splitlines() if "run it alone:" in line)
    again = run(*shlex.split(line.partition(": ")[2])[1:])
    assert again.exit_code == 1
    assert "silence for 120 s after the 418" in again.output


def test_the_line_that_repeats_a_failure_of_a_driver_runs_that_driver(tmp_path: Path) -> None:
    made = subject(
        tmp_path,
        """
        from binance_conformance.mutants.rate_limits import ForgetsBans
        class Driver(ReferenceDriver):
            def __init__(self):
                super().__init__(ForgetsBans, "forgetful")
        """,
    )
    first = run("check", "--check", BANS, "--", *made.command)
    assert first.exit_code == 1
    assert "forgetful 0" in first.output
    (line,) = (line for line in first.output.splitlines() if "run it alone:" in line)
    assert run(*shlex.split(line.partition(": ")[2])[1:]).exit_code == 1


def test_a_driver_that_dies_has_a_status_of_its_own(tmp_path: Path) -> None:
    result = run("check", "--check", "rate-limits", "--", *after_hello(tmp_path, "sys.exit(3)").command)
    assert result.exit_code == 3
    assert "the driver exited with status 3" in result.output
    assert "driver-smoke" in result.output


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--check", "faults.nothing", "reference"), "no check fits 'faults.nothing'"),
        (("--check", "faults", "--skip", "faults", "reference"), "no check is left"),
        (("--known-failing", "nowhere.txt", "reference"), "nowhere.txt cannot be read"),
        ((), "say whom to check"),
        (("mutant:nobody",), "there is no mutant 'nobody'"),
        (("--check", "faults", "mutants"), "the kill matrix is played as a whole"),
        (("--json", "/proc/nowhere/x.json", "--check", BANS, "reference"), "/proc/nowhere/x.json cannot be written"),
    ],
)
def test_what_cannot_be_done_is_told(arguments: tuple[str, ...], complaint: str) -> None:
    result = run("check", *arguments)
    assert result.exit_code == 2
    assert complaint in result.output


def test_a_list_of_known_failures_has_to_fit_something(tmp_path: Path) -> None:
    path = tmp_path / "known.txt"
    path.write_text("faults.long-gone\n", "utf-8")
    result = run("check", "--known-failing", str(path), "reference")
    assert result.exit_code == 2
    assert "no check fits 'faults.long-gone'" in result.output


def test_todays_failures_become_a_list_that_leaves_the_run_green(tmp_path: Path) -> None:
    selection = ("--check", "rate-limits.silence-after-418")
    path = tmp_path / "known.txt"
    path.write_text(run("check", *selection, "--print-known-failing", "mutant:forgets-bans").output, "utf-8")
    assert BANS in path.read_text("utf-8")
    assert run("check", *selection, "--known-failing", str(path), "mutant:forgets-bans").exit_code == 0
    repaired = run("check", *selection, "--known-failing", str(path), "reference")
    assert repaired.exit_code == 1
    assert "take it out of the list" in repaired.output


def test_json_is_as_its_schema_says(tmp_path: Path) -> None:
    schema = jsonschema_rs.validator_for(json.loads((DOCS / "results.schema.json").read_text("utf-8")))
    path = tmp_path / "deep" / "result.json"
    run("check", "--check", BANS, "--json", str(path), "mutant:forgets-bans")
    written = json.loads(path.read_text("utf-8"))
    schema.validate(written)
    (case,) = written["cases"]
    assert case["state"] == "failed"
    assert {step["kind"] for step in case["steps"]} >= {"set", "call", "arrived", "told"}
    piped = run("check", "--check", BANS, "--json", "-", "reference")
    schema.validate(json.loads(piped.stdout))
    assert not schema.is_valid({**written, "cases": "none"})


def test_the_list_of_checks() -> None:
    result = run("check", "--list", "--check", "faults.unknown-outcome-not-retried")
    assert result.exit_code == 0
    assert "faults.unknown-outcome-not-retried  MUST  F-67" in result.output
    assert "spot, usdm, options" in result.output


def test_nothing_is_coloured_without_a_terminal() -> None:
    assert "\x1b" not in run("check", "--check", BANS, "mutant:forgets-bans").output


def test_without_the_kit_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(sys.modules):
        if name.partition(".")[0] == "binance_conformance":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "requests", None)
    for command in (("check", "reference"), ("driver-smoke", "reference")):
        result = run(*command)
        assert result.exit_code == 2
        assert "pip install 'binance-mock[conformance]'" in result.output
