"""docs/fixtures.md: what it shows, happens."""

from __future__ import annotations

import tomllib

import pytest

from .conftest import RunScript
from .pages import ROOT, Section, section, sections
from .running import assert_shown, run_apart, run_project, shell, stub, write_files

PAGE = "docs/fixtures.md"
PLUGINS = {
    "pytest-xdist": (["-n", "2"], ["xdist.plugin"]),
    "pytest-asyncio and anyio": ([], ["pytest_asyncio.plugin", "anyio.pytest_plugin"]),
    "Other processes": ([], []),
}
FAILING = ("What a failing test shows", "A failing assertion")
PROJECTS = [each for each in sections(PAGE) if each.is_project]


@pytest.mark.parametrize("part", PROJECTS, ids=[each.heading for each in PROJECTS])
def test_the_tests_of_a_section(part: Section, pytester: pytest.Pytester) -> None:
    if part.heading in PLUGINS:
        options, plugins = PLUGINS[part.heading]
        result = run_apart(part, pytester, *options, plugins=plugins)
    else:
        result = run_project(part, pytester)
    outcomes = result.parseoutcomes()
    expected = {"failed"} if part.heading in FAILING else {"passed"}
    assert set(outcomes) == expected, result.stdout.str()
    for block in part.of("console"):
        assert_shown(block.text, result.stdout.str())


def test_the_options_of_the_run(pytester: pytest.Pytester) -> None:
    part = section(PAGE, "Options of the run")
    write_files(part, pytester.path)
    printed = shell(part.only("sh"), pytester.path)
    assert printed.count("1 passed") == 2
    assert "binance-mock: server at http://127.0.0.1:" in printed
    (line,) = (pytester.path / "requests.log").read_text().splitlines()
    assert " GET /api/v3/ping 200 accepted " in line


def test_the_line_that_installs(pytester: pytest.Pytester) -> None:
    stub(pytester.path, "pip", 'printf "%s " "$@"')
    assert shell(section(PAGE, "pytest").only("sh"), pytester.path) == "install ./binance-mock[pytest] "
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {line.split(">")[0] for line in project["optional-dependencies"]["pytest"]}
    assert (project["name"], wanted) == ("binance-mock", {"pytest", "freezegun"})


def test_without_a_socket(script: RunScript) -> None:
    assert script(section(PAGE, "Without a socket").only("python"), PAGE) == "200\n200\n"
