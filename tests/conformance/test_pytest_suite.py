"""Checks as tests of pytest, by a class and by `--binance-driver`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.conformance.scripts import after_hello

pytest_plugins = ["pytester"]

BANS = "rate-limits.silence-after-418"
CALM = ("-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:asyncio", "-rA")
MUTANT = """
    from binance_conformance.mutants.rate_limits import ForgetsBans
    from binance_conformance.pytest_suite import ClientConformance
    from binance_conformance.reference.driver import ReferenceDriver

    class TestForgetful(ClientConformance):
        subject = staticmethod(lambda: ReferenceDriver(ForgetsBans, "forgetful"))
        without_socket = True
        checks = ("rate-limits.silence-after-418", "rate-limits.retry-after-honoured")
        venues = ("spot", "options")
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    return pytester


def test_each_case_is_a_test_and_a_failure_shows_the_evidence(project: pytest.Pytester) -> None:
    project.makepyfile(test_client=MUTANT)
    result = project.runpytest(*CALM)
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(
        [
            "*silence-after-418@spot  MUST  While the address is banned*",
            "*expected: *silence for 120 s after the 418",
            "*mock  fault banned_418 *",
            "*wire  GET /api/v3/account*",
        ]
    )
    assert "pytest_suite.py" not in result.stdout.str(), "no trace through the kit"


def test_what_is_known_to_fail_is_expected_until_it_passes(project: pytest.Pytester) -> None:
    known = MUTANT + f'        known_failing = ("{BANS}",)\n'
    project.makepyfile(test_client=known)
    project.runpytest(*CALM).assert_outcomes(passed=2, xfailed=2)
    project.makepyfile(test_client=known.replace('ReferenceDriver(ForgetsBans, "forgetful")', "ReferenceDriver()"))
    result = project.runpytest(*CALM)
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(["*it passes now; take it out of `known_failing`*"])


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ('        checks = ("faults.nothing",)\n', "*TestForgetful: no check fits 'faults.nothing'*"),
        ('        known_failing = ("faults.nothing",)\n', "*TestForgetful: no check fits 'faults.nothing'*"),
        ('        level = "PERHAPS"\n', "*TestForgetful: 'PERHAPS' is not a valid Level*"),
    ],
)
def test_a_class_that_says_nonsense(project: pytest.Pytester, change: str, complaint: str) -> None:
    project.makepyfile(test_client=MUTANT + change)
    result = project.runpytest(*CALM)
    assert result.ret != 0
    result.stdout.fnmatch_lines([complaint])


def test_a_class_without_a_client(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_client="""
        from binance_conformance.pytest_suite import ClientConformance
        class TestNobody(ClientConformance):
            checks = ("rate-limits.silence-after-418@spot",)
        """
    )
    result = project.runpytest(*CALM)
    assert result.ret != 0
    result.stdout.fnmatch_lines(["*TestNobody names no client: set `command` or `subject`*"])


def test_a_driver_on_the_command_line(project: pytest.Pytester) -> None:
    command = f"{sys.executable} -m binance_conformance.reference"
    asked = ("--binance-driver", command, "--binance-check", BANS, "--pyargs", "binance_conformance.suite")
    result = project.runpytest(*CALM, *asked)
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines([f"*test_check?{BANS}@usdm?*"])


def test_the_suite_needs_a_driver(project: pytest.Pytester) -> None:
    result = project.runpytest(*CALM, "--pyargs", "binance_conformance.suite")
    assert result.ret != 0
    result.stdout.fnmatch_lines(["*say whom to check: --binance-driver*"])


def test_a_driver_that_dies_fails_the_rest_for_one_cause(project: pytest.Pytester, tmp_path: Path) -> None:
    made = after_hello(tmp_path, "sys.exit(3)")
    asked = ("--binance-driver", made.text, "--binance-check", "faults.unknown-outcome-not-retried", "--binance-check")
    result = project.runpytest(*CALM, *asked, "faults.goes-on-afterwards@spot", "--pyargs", "binance_conformance.suite")
    outcomes = result.parseoutcomes()
    assert outcomes["failed"] == 4
    result.stdout.fnmatch_lines(["the driver exited with status 3", "the driver failed before: *exited with status 3"])
