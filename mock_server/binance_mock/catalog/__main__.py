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


def documents(root: Path) -> dict[Path, str]:
    """What every generated file of the source tree at `root` should hold, by its path.

    The README is among them when it has the two markers, with everything outside of them as it is.
    """
    found = {
        root / "docs" / "coverage.md": pages.coverage(),
        root / "docs" / "faults.md": pages.faults(),
        root / "docs" / "rules.md": rules.page(root),
        root / "docs" / "openapi.json": json.dumps(openapi(), indent=1, ensure_ascii=False) + "\n",
    }
    readme = root / "README.md"
    text = readme.read_text(encoding="utf-8") if readme.exists() else ""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if begin and end:
        found[readme] = f"{before}{BEGIN}\n{pages.summary()}\n{END}{after}"
    return found


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
