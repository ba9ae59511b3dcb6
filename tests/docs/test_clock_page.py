"""docs/clock.md: what it shows, happens. The borders are held in tests/pytest_plugin/test_time.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import RunScript
from .pages import Section, section, sections
from .running import run_apart, run_console

PAGE = "docs/clock.md"
PROJECTS = [each for each in sections(PAGE) if each.is_project]


@pytest.mark.parametrize("part", PROJECTS, ids=[each.heading for each in PROJECTS])
def test_the_tests_of_a_section(part: Section, pytester: pytest.Pytester) -> None:
    result = run_apart(part, pytester, plugins=["pytest_asyncio.plugin"])
    assert set(result.parseoutcomes()) == {"passed"}, result.stdout.str()


def test_the_script(script: RunScript) -> None:
    part = section(PAGE, "The clock")
    assert script(part.only("python"), PAGE) == part.only("text")


def test_the_control_calls(served_port: str, tmp_path: Path) -> None:
    run_console(section(PAGE, "The clock").only("console"), tmp_path, served_port)
