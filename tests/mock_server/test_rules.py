"""The rules pages: their data is sound, whatever code and tests cite is in it, and what it calls modelled is tested."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from binance_mock.catalog import rules
from binance_mock.catalog.rules import MARKETS, Rule, Rulebook, State
from binance_mock.gate.faults.kinds import KINDS
from binance_mock.world import WorldSettings

ROOT = Path(__file__).parents[2]
SOURCES = ("mock_server", "fixtures", "conformance", "pytest_plugin", "tests")
PAGES = ("README.md", "CONTRIBUTING.md", "docs/fidelity.md")

BOOKS = {market: rules.read(market) for market in MARKETS}
RULES = {name: rule for book in BOOKS.values() for name, rule in book.rules.items()}

each_book = pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)


def numbered(text: str) -> str:
    """Rule numbers for letters and `#`: written out they would be citations of this file."""
    return re.sub(r"(\w?)#", lambda found: f"{found[1] or 'S'}-", text)


# -- the data -------------------------------------------------------------------------------------------------------


def test_each_book_has_its_letter() -> None:
    letters = [book.letter for book in BOOKS.values()]
    assert len(set(letters)) == len(letters)
    assert all(rules.cited(f"{letter}-1") for letter in letters)


@each_book
def test_numbers_have_no_gaps(book: Rulebook) -> None:
    numbers = [rule.number for section in book.section for rule in section.rules]
    assert numbers[0] == 1
    assert all(b == a + 1 for a, b in pairwise(numbers))
    assert len(book.rules) == len(numbers)


@each_book
def test_sections_are_numbered_and_not_empty(book: Rulebook) -> None:
    assert [section.number for section in book.section] == list(range(1, len(book.section) + 1))
    assert all(section.rules for section in book.section)


@each_book
def test_texts_are_fit_for_a_table_of_markdown(book: Rulebook) -> None:
    """Backticks come in pairs, and what looks like HTML stands between them."""
    for rule in book.rules.values():
        for text in (rule.says, rule.note):
            plain = text.split("`")[::2]
            assert text.count("`") % 2 == 0, rule
            assert not any("<" in part or "*" in part for part in plain), rule
            assert "\n" not in text, rule


@pytest.mark.parametrize("setting", sorted({rule.setting for rule in RULES.values() if rule.setting}))
def test_every_setting_named_exists(setting: str) -> None:
    place: Any = WorldSettings()
    for name in setting.split("."):
        assert name in {field.name for field in msgspec.structs.fields(place)}
        place = getattr(place, name)


def test_every_fault_named_exists() -> None:
    assert {rule.fault for rule in RULES.values() if rule.fault} <= {kind.kind for kind in KINDS}


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
    ("text", "names"),
    [
        ("as #20 says", {"S#20"}),
        ("rules #65, U#66 and O#70.", {"S#65", "U#66", "O#70"}),
        ("U#104 to U#107", {"U#104", "U#105", "U#106", "U#107"}),
        ("#16, #19 to\n    #21; #3", {"S#16", "S#19", "S#20", "S#21", "S#3"}),
        ("#2 to 5", {"S#2"}),
        ("#2 to U#5", {"S#2", "U#5"}),
        ("(O#10)", {"O#10"}),
        ("TLS-1, USDS-2, T-1, S-x, s-3, U#4a", set()),
    ],
)
def test_numbers_are_found(text: str, names: set[str]) -> None:
    assert rules.cited(numbered(text)) == {numbered(name) for name in names}


def test_long_ranges_are_no_citations(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    text = f"#1 to #{rules.LONGEST}, U#21 to U#{21 + rules.LONGEST}"
    (tmp_path / "tests" / "test_one.py").write_text(numbered(text), encoding="utf-8")
    assert rules.citations(tmp_path).keys() == {numbered(f"#{n}") for n in range(1, rules.LONGEST + 1)}
    assert len(rules.cited(numbered(text))) == 2 * rules.LONGEST + 1


@pytest.mark.parametrize("place", [*SOURCES, *PAGES])
def test_every_rule_cited_is_in_its_book(place: str) -> None:
    path = ROOT / place
    for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
        unknown = rules.cited(file.read_text(encoding="utf-8")) - RULES.keys()
        assert not unknown, f"{file.relative_to(ROOT)} cites {sorted(unknown)}"


@each_book
@pytest.mark.parametrize("state", [State.MODELLED, State.PARTLY, State.CHOICE])
def test_every_rule_that_the_mock_holds_to_is_cited_by_a_test(book: Rulebook, state: State) -> None:
    found = rules.citations(ROOT)
    silent = [name for name, rule in book.rules.items() if rule.state is state and name not in found]
    assert not silent, "cite them in the tests that hold them, or say in the book what is missing"


# -- the pages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("market", MARKETS)
def test_a_page_shows_every_rule_with_its_tests(market: str, tmp_path: Path) -> None:
    book = BOOKS[market]
    letter = book.letter
    tests = tmp_path / "tests"
    (tests / "e2e").mkdir(parents=True)
    (tests / "mock_server" / "gate").mkdir(parents=True)
    (tests / "e2e" / "test_one.py").write_text(numbered(f"# {letter}#1"), encoding="utf-8")
    (tests / "mock_server" / "gate" / "test_two.py").write_text(numbered(f"# {letter}#1 to {letter}#2"), "utf-8")
    (tests / "mock_server" / "helper.py").write_text(numbered(f"# {letter}#1"), encoding="utf-8")
    lines = rules.pages(tmp_path)[f"docs/rules-{market}.md"].splitlines()
    shown = {line.split()[1]: line for line in lines if line.startswith(f"| {letter}-")}
    assert shown.keys() == book.rules.keys()
    for name, rule in book.rules.items():
        assert rule.says.replace("|", "\\|") in shown[name]
        assert f"**{rule.state}**" in shown[name]
        assert rule.note in shown[name]
    one = "[e2e/one](../tests/e2e/test_one.py)"
    two = "[gate/two](../tests/mock_server/gate/test_two.py)"
    assert shown[f"{letter}-1"].endswith(f"| {one}, {two} |")
    assert shown[f"{letter}-2"].endswith(f"| {two} |")
    assert shown[f"{letter}-3"].endswith("| - |")


def test_the_overview_leads_to_each_book_and_counts_its_states() -> None:
    overview = rules.pages(ROOT)["docs/rules.md"]
    for market, book in BOOKS.items():
        counts = [str(sum(rule.state is state for rule in book.rules.values())) for state in State]
        row = f"| [{book.title}](rules-{market}.md) | {book.letter}-1 and on | {' | '.join(counts)} | {book.as_of} |"
        assert row in overview.splitlines()
    for state in State:
        assert f"| {state} | {rules.MEANING[state]} |" in overview.splitlines()


@pytest.mark.parametrize("market", MARKETS)
def test_a_page_counts_its_states(market: str) -> None:
    page = rules.pages(ROOT)[f"docs/rules-{market}.md"]
    for state in State:
        count = sum(rule.state is state for rule in BOOKS[market].rules.values())
        assert f"| {state} | {count} |" in page


@pytest.mark.parametrize("market", MARKETS)
def test_a_page_says_which_setting_and_which_fault(market: str) -> None:
    page = rules.pages(ROOT)[f"docs/rules-{market}.md"]
    for rule in BOOKS[market].rules.values():
        if rule.setting:
            table, _, name = rule.setting.rpartition(".")
            assert (f"`[{table}] {name}`" if table else f"`{name}`") in page
        if rule.fault:
            assert f"(faults.md#{rule.fault})" in page
