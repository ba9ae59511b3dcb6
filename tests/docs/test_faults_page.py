"""docs/faults.md: what its written part shows, happens; its kinds are generated."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import requests

from binance_mock import Mock
from binance_mock.gate.faults.kinds import KINDS

from .conftest import RunScript
from .pages import Block, read, section
from .running import run_console, run_project

PAGE = "docs/faults.md"
RULE = section(PAGE, "A rule")
SOURCES = section(PAGE, "Where rules come from")


def is_test(block: Block) -> bool:
    return "def test_" in block.text


def test_the_first_rule_fires_on_the_second_order(script: RunScript) -> None:
    with Mock() as binance:
        script(RULE.of("python")[0].text, PAGE, binance=binance)
        statuses = [requests.post(f"{binance.url}/api/v3/order", timeout=10).status_code for _ in range(3)]
    assert statuses == [401, 503, 401]


@pytest.mark.parametrize("part", [RULE, SOURCES], ids=["rule", "marker"])
def test_the_tests(part: object, pytester: pytest.Pytester) -> None:
    assert isinstance(part, type(RULE))
    result = run_project(part._replace(blocks=[block for block in part.of("python") if is_test(block)]), pytester)
    assert set(result.parseoutcomes()) == {"passed"}, result.stdout.str()


def test_the_script(script: RunScript) -> None:
    (block,) = [block for block in SOURCES.of("python") if not is_test(block)]
    assert script(block.text, PAGE) == SOURCES.only("text")


def test_the_control_calls(served_port: str, tmp_path: Path) -> None:
    run_console(SOURCES.only("console"), tmp_path, served_port)


def test_the_configuration(tmp_path: Path) -> None:
    with Mock(config=tomllib.loads(SOURCES.only("toml"))) as binance, binance.worlds.create() as other:
        assert [rule["kind"] for world in (binance, other) for rule in world.faults] == ["latency", "latency"]


def test_every_setting_of_a_rule_is_told() -> None:
    with Mock() as binance:
        rule = binance.faults.add("unknown_503")
    told = read(PAGE).partition("## Kinds")[0]
    settings = set(rule) - {"kind", "seen", "fired", "exhausted"}
    assert {name for name in settings if f"`{name}`" not in told} == set()


def test_every_kind_is_told() -> None:
    assert [kind.kind for kind in KINDS if f"\n## {kind.kind}\n" not in read(PAGE)] == []
