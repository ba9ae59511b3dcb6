"""The rules page: its data is sound, whatever code and tests cite is in it, and what it calls modelled is tested."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from binance_mock.catalog import rules
from binance_mock.catalog.rules import Rule, State
from binance_mock.gate.faults.kinds import KINDS
from binance_mock.world import WorldSettings

ROOT = Path(__file__).parents[2]
SOURCES = ("mock_server", "fixtures", "conformance", "pytest_plugin", "tests")
PAGES = ("README.md", "CONTRIBUTING.md", "docs/fidelity.md")

BOOK = rules.read()
BY_NUMBER = {rule.number: rule for rule in BOOK.rules}


def numbered(text: str) -> str:
    """Rule numbers for `#`: written out they would be citations of this file."""
    return text.replace("#", "S-")


# -- the data -------------------------------------------------------------------------------------------------------


def test_numbers_are_unique_and_ascend() -> None:
    numbers = [rule.number for rule in BOOK.rules]
    assert all(a < b for a, b in pairwise(numbers))
    assert [section.number for section in BOOK.section] == list(range(1, len(BOOK.section) + 1))
    assert all(section.rules for section in BOOK.section)


def test_texts_are_fit_for_a_table_of_markdown() -> None:
    """Backticks come in pairs, and what looks like HTML stands between them."""
    for rule in BOOK.rules:
        for text in (rule.says, rule.note):
            plain = text.split("`")[::2]
            assert text.count("`") % 2 == 0, rule
            assert not any("<" in part or "*" in part for part in plain), rule
            assert "\n" not in text, rule


@pytest.mark.parametrize("rule", [rule for rule in BOOK.rules if rule.setting], ids=lambda rule: rule.setting)
def test_every_setting_named_exists(rule: Rule) -> None:
    place: Any = WorldSettings()
    for name in rule.setting.split("."):
        assert name in {field.name for field in msgspec.structs.fields(place)}
        place = getattr(place, name)


def test_every_fault_named_exists() -> None:
    assert {rule.fault for rule in BOOK.rules if rule.fault} <= {kind.kind for kind in KINDS}


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ({"number": 1, "state": "done", "says": "x"}, "state"),
        ({"number": 1, "state": "partly", "says": "x"}, "note"),
        ({"number": 1, "state": "choice", "says": "x"}, "note"),
        ({"number": 1, "state": "modelled", "says": "x", "test": "y"}, "test"),
        ({"number": 1, "state": "modelled"}, "says"),
    ],
)
def test_a_row_that_is_no_rule(row: dict[str, Any], wrong: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=wrong):
        msgspec.convert(row, Rule)


# -- what is cited --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("as #20 says", {20}),
        ("rules #65, #66 and #70.", {65, 66, 70}),
        ("#104 to #107", {104, 105, 106, 107}),
        ("#16, #19 to\n    #21; #3", {16, 19, 20, 21, 3}),
        ("#2 to 5", {2}),
        ("(#10)", {10}),
        ("U-20, O-7, TLS-1, S-x, s-3, #4a", set()),
    ],
)
def test_numbers_are_found(text: str, numbers: set[int]) -> None:
    assert rules.cited(numbered(text)) == numbers


def test_long_ranges_are_no_citations(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    text = f"#1 to #{rules.LONGEST}, #21 to #{21 + rules.LONGEST}"
    (tmp_path / "tests" / "test_one.py").write_text(numbered(text), encoding="utf-8")
    assert rules.citations(tmp_path).keys() == set(range(1, rules.LONGEST + 1))
    assert len(rules.cited(numbered(text))) == 2 * rules.LONGEST + 1


@pytest.mark.parametrize("place", [*SOURCES, *PAGES])
def test_every_rule_cited_is_in_the_book(place: str) -> None:
    path = ROOT / place
    for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
        unknown = rules.cited(file.read_text(encoding="utf-8")) - BY_NUMBER.keys()
        assert not unknown, f"{file.relative_to(ROOT)} cites {sorted(unknown)}"


@pytest.mark.parametrize("state", [State.MODELLED, State.PARTLY, State.CHOICE])
def test_every_rule_that_the_mock_holds_to_is_cited_by_a_test(state: State) -> None:
    found = rules.citations(ROOT)
    silent = [f"S-{rule.number}" for rule in BOOK.rules if rule.state is state and rule.number not in found]
    assert not silent, "cite them in the tests that hold them, or say in rules.toml what is missing"


# -- the page -------------------------------------------------------------------------------------------------------


def test_the_page_shows_every_rule_with_its_tests(tmp_path: Path) -> None:
    tests = tmp_path / "tests"
    (tests / "e2e").mkdir(parents=True)
    (tests / "mock_server" / "gate").mkdir(parents=True)
    (tests / "e2e" / "test_one.py").write_text(numbered("# #1"), encoding="utf-8")
    (tests / "mock_server" / "gate" / "test_two.py").write_text(numbered("# #1 to #2"), encoding="utf-8")
    (tests / "mock_server" / "helper.py").write_text(numbered("# #1"), encoding="utf-8")
    lines = rules.page(tmp_path).splitlines()
    shown = {int(line.split()[1].removeprefix("S-")): line for line in lines if line.startswith(numbered("| #"))}
    assert shown.keys() == BY_NUMBER.keys()
    for number, rule in BY_NUMBER.items():
        assert rule.says.replace("|", "\\|") in shown[number]
        assert f"**{rule.state}**" in shown[number]
        assert rule.note in shown[number]
    one = "[e2e/one](../tests/e2e/test_one.py)"
    two = "[gate/two](../tests/mock_server/gate/test_two.py)"
    assert shown[1].endswith(f"| {one}, {two} |")
    assert shown[2].endswith(f"| {two} |")
    assert shown[3].endswith("| - |")


def test_the_page_counts_the_states() -> None:
    page = rules.page(ROOT)
    for state in State:
        count = sum(rule.state is state for rule in BOOK.rules)
        assert f"| {state} | {count} | {rules.MEANING[state]} |" in page


def test_the_page_says_which_setting_and_which_fault() -> None:
    page = rules.page(ROOT)
    for rule in BOOK.rules:
        if rule.setting:
            table, _, name = rule.setting.rpartition(".")
            assert (f"`[{table}] {name}`" if table else f"`{name}`") in page
        if rule.fault:
            assert f"(faults.md#{rule.fault})" in page
