"""Writes the generated documents of the source tree, or tells which are stale.

python -m binance_mock.catalog --write
python -m binance_mock.catalog --check      exit status 1 and the names when something is stale
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from binance_mock.catalog import pages, rules
from binance_mock.catalog.openapi import openapi

BEGIN: Final = "<!-- coverage:begin -->"
END: Final = "<!-- coverage:end -->"
KINDS_BEGIN: Final = "<!-- kinds:begin -->"
KINDS_END: Final = "<!-- kinds:end -->"


def documents(root: Path) -> dict[Path, str]:
    """What every generated file of the source tree at `root` should hold, by its path.

    Of README.md and docs/faults.md that is what stands between two markers, with everything outside of them as it is.
    A README without markers is not among them; a page of faults without markers is made anew.
    """
    faults = root / "docs" / "faults.md"
    kinds = pages.faults()
    found = {
        root / "docs" / "coverage.md": pages.coverage(),
        faults: _filled(faults, KINDS_BEGIN, kinds, KINDS_END) or f"# Faults\n\n{KINDS_BEGIN}\n{kinds}\n{KINDS_END}\n",
        **{root / path: text for path, text in rules.pages(root).items()},
        root / "docs" / "openapi.json": json.dumps(openapi(), indent=1, ensure_ascii=False) + "\n",
    }
    readme = root / "README.md"
    summary = _filled(readme, BEGIN, pages.summary(), END)
    if summary is not None:
        found[readme] = summary
    return found


def _filled(path: Path, begin: str, block: str, end: str) -> str | None:
    """The text of a file with a block between two markers; None when it has not both of them."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    before, begun, rest = text.partition(begin)
    _, ended, after = rest.partition(end)
    return f"{before}{begin}\n{block}\n{end}{after}" if begun and ended else None


def stale(root: Path) -> list[Path]:
    """The generated files that do not hold what they should."""
    return [
        path for path, text in documents(root).items() if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m binance_mock.catalog", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true", help="write the generated documents")
    what.add_argument("--check", action="store_true", help="tell which of them are stale")
    parser.add_argument("--root", type=Path, default=Path(__file__).parents[3], help="the source tree")
    options = parser.parse_args(arguments)
    root: Path = options.root
    if not (root / "pyproject.toml").exists():
        print(f"{root} is no source tree of binance-mock; run this in a checkout, or say --root", file=sys.stderr)
        return 2
    if root / "README.md" not in documents(root):
        print(f"README.md has no {BEGIN} and {END}, so it is left as it is", file=sys.stderr)
    late = stale(root)
    if options.check:
        for path in late:
            print(f"{path.relative_to(root)} is stale; run: python -m binance_mock.catalog --write", file=sys.stderr)
        return 1 if late else 0
    wanted = documents(root)
    for path in late:
        path.parent.mkdir(exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8")
        print(f"wrote {path.relative_to(root)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
