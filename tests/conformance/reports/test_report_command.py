"""`binance-mock report`, and the folder of reports over many clients."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from tests.conformance.reports.samples import CRASHED, FAILED, PASSED

from binance_conformance import checks
from binance_conformance.cases import cases_of, select
from binance_conformance.clients import ClientSpec
from binance_conformance.reports import site
from binance_conformance.results import RunResult
from binance_mock.cli import app


@pytest.fixture
def results(tmp_path: Path) -> list[str]:
    paths = []
    for number, run in enumerate((PASSED, FAILED, CRASHED)):
        path = tmp_path / f"{number}.json"
        path.write_bytes(msgspec.json.encode(run))
        paths.append(str(path))
    return paths


def call(*words: str) -> Result:
    return CliRunner().invoke(app, ["report", *words])


def test_every_report_is_written(results: list[str], tmp_path: Path) -> None:
    told = call(
        *results,
        "--html", str(tmp_path / "site" / "index.html"),
        "--junit", str(tmp_path / "junit.xml"),
        "--badge", "-",
    )  # fmt: skip
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["message"] == "1 of 3 clients (stale)"
    assert (tmp_path / "site" / "index.html").read_text("utf-8").count('<th class="client') == 3
    assert (tmp_path / "junit.xml").read_text("utf-8").count("<testsuite ") == 3


def test_without_an_option_there_is_a_line_a_client(results: list[str]) -> None:
    told = call(*results)
    assert told.exit_code == 0, told.output
    assert told.stdout.splitlines()[0].startswith("good-client 2.3.4: MUST 2/2, SHOULD 1/1, MAY –")
    assert "driver failed: the driver exited with status 1" in told.stdout.splitlines()[2]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is not the result"),
        ("[1]", "is not the result"),
        ('{"complete": true, "mutants": []}', "is not the result"),
        ('{"schema_version": 99}', "has version 99 of the schema; this kit reads version 1"),
        ('{"schema_version": 1, "kit": 5}', "is not the result"),
        (None, "cannot be read: No such file"),
    ],
)
def test_what_is_no_result_is_refused(text: str | None, why: str, tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    if text is not None:
        path.write_text(text, "utf-8")
    told = call(str(path), "--html", str(tmp_path / "page.html"))
    assert told.exit_code == 2
    assert why in told.output
    assert not (tmp_path / "page.html").exists()


def test_no_result_at_all_is_an_error() -> None:
    assert call("--badge", "-").exit_code == 2


def test_a_folder_holds_the_reports_of_all_clients(tmp_path: Path) -> None:
    clients = {
        "reference": ClientSpec(("reference",)),
        "missing": ClientSpec((str(tmp_path / "no-such-driver"),)),
    }
    cases = select(cases_of(checks.ALL), ("faults.unknown-outcome-not-retried",), venues=("spot",))
    told: list[str] = []
    site.build(clients, cases, tmp_path / "report", told=lambda name, result: told.append(f"{name} {result.green}"))
    assert told == ["reference True", "missing False"]
    stored = [
        msgspec.json.decode((tmp_path / "report" / "results" / f"{name}.json").read_bytes(), type=RunResult)
        for name in clients
    ]
    assert [bool(run.fault) for run in stored] == [False, True]
    assert json.loads((tmp_path / "report" / "badge.json").read_text("utf-8"))["message"] == "1 of 2 clients"
    page = (tmp_path / "report" / "index.html").read_text("utf-8")
    assert page.count('<th class="client') == 2
    assert (tmp_path / "report" / "junit.xml").exists()
