"""The pages of the documentation as their examples: fenced blocks, in sections."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_NAMED = re.compile(r"# ([\w./-]+\.(?:py|toml|ini))\n")


class Block(NamedTuple):
    """A fenced block."""

    language: str
    text: str

    @property
    def file(self) -> str:
        """The file that it is, by its first line; "" when it names none."""
        named = _NAMED.match(self.text)
        return named[1] if named else ""


class Section(NamedTuple):
    """What stands under a heading."""

    page: str
    heading: str
    text: str
    blocks: list[Block]

    def of(self, *languages: str) -> list[Block]:
        """The blocks in some languages."""
        return [block for block in self.blocks if block.language in languages]

    def only(self, language: str) -> str:
        """The text of the only block in a language."""
        (block,) = self.of(language)
        return block.text

    @property
    def is_project(self) -> bool:
        """Whether its Python is files for pytest; else it is a script."""
        return any("def test_" in block.text or "@pytest.fixture" in block.text for block in self.of("python"))


def read(page: str) -> str:
    """The text of a page, by its path below the root."""
    return (ROOT / page).read_text(encoding="utf-8")


def sections(page: str) -> list[Section]:
    """The sections of a page that have blocks, in their order."""
    text = read(page)
    fences = [(found.start(), found.end(), Block(found[1], found[2])) for found in _FENCE.finditer(text)]
    headings = [found for found in _HEADING.finditer(text) if not any(a <= found.start() < b for a, b, _ in fences)]
    found = []
    for number, heading in enumerate(headings):
        end = headings[number + 1].start() if number + 1 < len(headings) else len(text)
        blocks = [block for start, _, block in fences if heading.start() < start < end]
        if blocks:
            found.append(Section(page, heading[1], text[heading.end() : end], blocks))
    assert sum(len(section.blocks) for section in found) == len(fences)
    return found


def section(page: str, heading: str) -> Section:
    """The section under a heading."""
    (found,) = [each for each in sections(page) if each.heading == heading]
    return found
