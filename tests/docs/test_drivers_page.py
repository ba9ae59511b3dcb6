"""What docs/drivers.md shows works: its commands are understood, its conversation is one, its class collects tests."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import jsonschema_rs
import pytest

from binance_mock.cli import app

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "drivers.md").read_text("utf-8")

pytest_plugins = ["pytester"]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def commands() -> list[str]:
    lines = [line.partition("#")[0].partition(">")[0].strip() for block in blocks("sh") for line in block.splitlines()]
    inline = re.findall(r"`(binance-mock [^`]+)`", PAGE)
    return [line for line in (*lines, *inline) if line.startswith("binance-mock ")]


@pytest.mark.parametrize("line", commands())
def test_commands_are_understood(line: str) -> None:
    name, *arguments = shlex.split(line)[1:]
    app.commands[name].make_context(name, arguments)


def test_there_are_commands() -> None:
    assert len(commands()) > 8


def test_the_conversation_is_one() -> None:
    """Every line that is given in full fits the schema of its side."""
    whole = json.loads((ROOT / "docs" / "drivers.schema.json").read_text("utf-8"))
    seen = []
    for line in "".join(blocks("text")).splitlines():
        side, text = line[0], line[2:]
        if "..." not in text.replace("try again later.", ""):
            name = {">": "FromKit", "<": "FromDriver"}[side]
            jsonschema_rs.validator_for({"$ref": f"#/$defs/{name}", "$defs": whole["$defs"]}).validate(json.loads(text))
            seen.append(side)
    assert seen.count("<") >= 5
    assert seen.count(">") >= 4


def test_the_class_of_the_page_collects_a_test_for_each_case(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    (text,) = blocks("python")
    pytester.makepyfile(test_conformance=text)
    result = pytester.runpytest("--collect-only", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*TestMyClient::test_check?faults.*", "*TestMyClient::test_check?rate-limits.*"])
    result.stdout.no_fnmatch_line("*test_check?signing.*")
