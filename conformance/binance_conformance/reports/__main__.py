"""`make report`: checks the reference client and every client that is installed, and writes the reports of all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import click

from binance_conformance import catalogue, checks
from binance_conformance.cases import cases_of
from binance_conformance.clients import REFERENCE, ClientSpec
from binance_conformance.reports import site
from binance_conformance.reports.table import score
from binance_conformance.results import Level, RunResult
from binance_mock.printable import printable


@click.command()
@click.argument("names", nargs=-1)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder of the reports.")
@click.option("-j", "--jobs", type=click.IntRange(1, 64), help="Processes a client. [default: the cores]")
def main(names: tuple[str, ...], out: Path, jobs: int | None) -> None:
    """Check clients of the catalogue, all that are installed when none is NAMED, and the reference client."""
    entries = catalogue.read()
    known = {entry.name for entry in entries}
    if unknown := [name for name in names if name not in known]:
        raise click.UsageError(f"no client {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    clients = {REFERENCE: ClientSpec((REFERENCE,))}
    for entry in entries:
        if names and entry.name not in names:
            continue
        if not entry.installed or shutil.which(entry.command[0]) is None:
            click.echo(f"{entry.name}: left out, it is not installed; see `make clients`")
            continue
        clients[entry.name] = ClientSpec(entry.command)
    site.build(clients, cases_of(checks.ALL), out, jobs=jobs or os.cpu_count() or 1, told=_tell)
    click.echo(f"{out / 'index.html'} shows {len(clients)} clients")


def _tell(name: str, result: RunResult) -> None:
    told = [f"{level.value} {score(result, level).text}" for level in Level]
    told += [f"driver failed: {printable(result.fault)}"] if result.fault else []
    click.echo(f"{name}: {', '.join(told)}; {result.seconds:.0f} s")


if __name__ == "__main__":
    main()
