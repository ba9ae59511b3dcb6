"""`binance-mock report`: stored results of `binance-mock check --json` as a page, as JUnit XML, as a badge."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from binance_mock.commands.check import CannotCheck, renderer, write
from binance_mock.printable import printable

if TYPE_CHECKING:
    from binance_conformance.results import RunResult


class Options(NamedTuple):
    """What to write; see `binance-mock report --help`."""

    results: tuple[Path, ...]
    html: str | None = None
    junit: str | None = None
    badge: str | None = None


def report(options: Options) -> None:
    """Write the reports that were asked for; without any, one line a result on the terminal.

    Args:
        options: what was asked for.

    Raises:
        CannotCheck: the kit is not installed, or a file cannot be read or written.
    """
    render = {
        target: renderer(name)
        for name, target in (("html", options.html), ("junit", options.junit), ("badge", options.badge))
        if target
    }
    runs = [read(path) for path in options.results]
    for target, made in render.items():
        write(target, made(*runs))
    if not render:
        click.echo(_lines(runs))


def read(path: Path) -> RunResult:
    """A stored result.

    Raises:
        CannotCheck: it cannot be read, or is something else.
    """
    renderer("html")  # tells when the kit is not installed
    import msgspec

    from binance_conformance.results import SCHEMA_VERSION, RunResult

    try:
        data = path.read_bytes()
        version = msgspec.json.decode(data, type=dict).get("schema_version")
        if version is None:
            raise CannotCheck(f"{path} is not the result of `binance-mock check CLIENT --json FILE`")
        if version != SCHEMA_VERSION:
            raise CannotCheck(f"{path} has version {version} of the schema; this kit reads version {SCHEMA_VERSION}")
        return msgspec.json.decode(data, type=RunResult)
    except OSError as error:
        raise CannotCheck(f"{path} cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CannotCheck(f"{path} is not the result of `binance-mock check CLIENT --json FILE`: {error}") from error


def _lines(runs: Sequence[RunResult]) -> str:
    from binance_conformance.reports.masking import mask
    from binance_conformance.reports.table import Kit, name_of, score, stale
    from binance_conformance.results import Level

    kit = Kit.installed()
    lines = []
    for run in runs:
        name = f"{name_of(run)} {run.client.version}" if run.client is not None else name_of(run)
        told = [f"{level.value} {score(run, level).text}" for level in Level]
        told += [f"driver failed: {run.fault}"] if run.fault else []
        told += [f"stale: {reason}" for reason in stale(run, kit)]
        lines.append(printable(mask(f"{name}: {', '.join(told)}")))
    return "\n".join(lines)
