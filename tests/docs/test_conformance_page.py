"""docs/conformance.md: what it shows, happens."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from binance_conformance import strategies

from .pages import ROOT, Section, read, section, sections
from .running import run_apart, shell, stub

PAGE = "docs/conformance.md"
PROJECTS = [each for each in sections(PAGE) if any("# test_" in block.text for block in each.of("python"))]
DRIVER = """
from binance_conformance.reference.driver import ReferenceDriver
from binance_conformance.serving import serve

serve(ReferenceDriver())
"""


@pytest.fixture(autouse=True)
def a_driver(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader's driver, and the reader's Python."""
    (pytester.path / "driver.py").write_text(DRIVER, "utf-8")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")


@pytest.mark.parametrize("part", PROJECTS, ids=[each.heading for each in PROJECTS])
def test_the_tests_of_a_section(part: Section, pytester: pytest.Pytester) -> None:
    files = part._replace(blocks=[block for block in part.blocks if block.language == "python" and block.file])
    result = run_apart(files, pytester, plugins=("_hypothesis_pytestplugin",))
    expected = {"passed", "skipped"} if part.heading == "State machine" else {"passed"}
    assert set(result.parseoutcomes()) == expected, result.stdout.str()


def test_the_script_of_a_failure_and_what_it_shows() -> None:
    part = section(PAGE, "State machine")
    script = part.of("python")[1].text
    played = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert played.returncode == 1
    assert part.only("text") in played.stderr


def test_the_commands_that_check(pytester: pytest.Pytester) -> None:
    lines = section(PAGE, "Checks").only("sh")
    for line in lines.splitlines():
        narrowed = line.replace("check ", "check --check rate-limits.silence-after-418 ", 1)
        assert "MUST   3 passed" in shell(narrowed, pytester.path)


def test_the_line_that_installs(pytester: pytest.Pytester) -> None:
    stub(pytester.path, "pip", 'printf "%s " "$@"')
    assert (
        shell(section(PAGE, "The conformance kit").only("sh"), pytester.path) == "install ./binance-mock[conformance] "
    )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "hypothesis" in str(project["optional-dependencies"]["conformance"])


def test_every_strategy_is_told() -> None:
    table = read(PAGE).partition("| strategy |")[2]
    told = set(re.findall(r"`(\w+)\(", table))
    functions = {name for name in strategies.__all__ if name.islower()} - {"read_rules"}
    assert functions <= told
