"""What pytest's own help shows of the plugin."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .conftest import Project, golden


def test_markers(project: Project) -> None:
    lines = project.run("", "--markers").stdout.lines
    (text,) = (line for line in lines if line.startswith("@pytest.mark.binance"))
    golden("markers", f"{text}\n")


def test_fixtures(project: Project) -> None:
    text = project.run("", "--fixtures").stdout.str()
    (part,) = re.findall(r"-+ fixtures defined from pytest_binance\.fixtures -+\n(.*?)\n\n\n", text, re.DOTALL)
    golden("fixtures", re.sub(r" -- \S*fixtures\.py:\d+", " -- fixtures.py", part) + "\n")


def test_options(project: Project) -> None:
    lines = project.run("", "--help").stdout.lines
    golden("options", "\n".join([*group(lines), "", *settings(lines)]) + "\n")


def group(lines: list[str]) -> list[str]:
    """The options on the command line."""
    start = next(number for number, line in enumerate(lines) if line.startswith("binance-mock: a mock"))
    return lines[start : lines.index("", start)]


def settings(lines: list[str]) -> Iterator[str]:
    """The settings of the ini file, each with the lines that belong to it."""
    ours = False
    for line in lines:
        if re.match("  [a-z]", line):
            ours = line.startswith("  binance_")
        elif not line.startswith("   "):
            ours = False
        if ours:
            yield line
