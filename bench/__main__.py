"""Runs the measurements and prints the table; exit status 1 when a goal is missed."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import conformance, engine, futures, inprocess, load, memory, plugin, process, startup, throughput, worlds
from bench.result import Result

MODULES = (throughput, engine, futures, worlds, inprocess, startup, memory, plugin, conformance)
NAMES = [name for module in MODULES for name in module.NAMES]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=NAMES, help="measure this alone; may be repeated")
    parser.add_argument("--quick", action="store_true", help="shorter, and less exact")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there too")
    options = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 180)
    for line in conditions():
        console.print(line, style="dim", highlight=False)
    results: list[Result] = []
    for module in MODULES:
        names = [name for name in module.NAMES if not options.only or name in options.only]
        if names:
            console.print(f"measuring {', '.join(names)} ...", style="dim", highlight=False)
            results += module.run(names, quick=options.quick)
    console.print(table(results))
    if options.json:
        rows = [{**result._asdict(), "verdict": result.verdict} for result in results]
        options.json.write_text(json.dumps({"conditions": conditions(), "results": rows}, indent=1) + "\n")
    return 0 if all(result.ok for result in results) else 1


def conditions() -> list[str]:
    """What the numbers were taken on, and what speaks against them."""
    told = [f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {process.CORES} cores"]
    if not process.TASKSET:
        told.append("one core, or no taskset: server and load share it, and the numbers say little")
    if not load.WRK:
        told.append(load.NO_WRK)
    busy = os.getloadavg()[0]
    if busy > 0.5:
        told.append(f"other work is running (load average {busy:.1f}): trust the ratios only, and those with care")
    return told


def table(results: Sequence[Result]) -> Table:
    made = Table("what", "unit", "ours", "reference", "ratio", "goal", "", "note")
    for column in made.columns[2:5]:
        column.justify = "right"
    for result in results:
        made.add_row(
            result.name,
            result.unit,
            _number(result.ours),
            "-" if result.reference is None else _number(result.reference),
            f"{result.ratio:.2f}",
            result.goal,
            f"[{'green' if result.ok else 'red'}]{result.verdict}[/]",
            result.note,
        )
    return made


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"


if __name__ == "__main__":
    sys.exit(main())
