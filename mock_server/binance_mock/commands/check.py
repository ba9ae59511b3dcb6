"""`binance-mock check` and `binance-mock driver-smoke`: the conformance kit from the command line.

The kit is a package of its own with dependencies of its own, so it is loaded when it is called for.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from binance_mock.printable import printable

if TYPE_CHECKING:
    from binance_conformance.cases import Case
    from binance_conformance.clients import ClientSpec
    from binance_conformance.protocol import Client
    from binance_conformance.results import CaseResult, RunResult

_MISSING = "the conformance kit needs more than the mock: pip install 'binance-mock[conformance]' ({error})"


class CannotCheck(Exception):
    """What was asked for cannot be done.

    Args:
        message: why, and what to do next.
        status: what to exit with.
    """

    def __init__(self, message: str, status: int = 2) -> None:
        super().__init__(message)
        self.status = status


class Options(NamedTuple):
    """How to check; see `binance-mock check --help`."""

    command: tuple[str, ...]
    patterns: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    level: str | None = None
    venues: tuple[str, ...] = ()
    jobs: int | None = None
    repeat: int = 1
    patience: float = 30.0
    known_failing: Path | None = None
    known_flaky: Path | None = None
    list_only: bool = False
    trace: bool = False
    json: str | None = None
    junit: str | None = None
    html: str | None = None
    badge: str | None = None
    print_known_failing: bool = False


def check(options: Options) -> int:
    """Check a client, show and write what came of it.

    Args:
        options: what was asked for.

    Returns:
        the exit status; see `binance_conformance.results.ExitStatus`.

    Raises:
        CannotCheck: the kit is not installed, or the options do not fit.
    """
    try:
        from binance_conformance import checks, clients, terminal
        from binance_conformance.cases import UnusableSelection, cases_of, read_list, select
        from binance_conformance.results import Level
        from binance_conformance.runner import Expectations
    except ModuleNotFoundError as error:
        raise CannotCheck(_MISSING.format(error=error)) from error

    every = cases_of(checks.ALL)
    try:
        level = None if options.level is None else Level(options.level)
        cases = select(every, options.patterns, level=level, venues=options.venues, skip=options.skip)
        failing = read_list(options.known_failing) if options.known_failing else ()
        flaky = read_list(options.known_flaky) if options.known_flaky else ()
        for pattern in (*failing, *flaky):
            select(every, (pattern,))
    except UnusableSelection as error:
        raise CannotCheck(str(error)) from error
    if options.list_only:
        click.echo(terminal.case_list(cases))
        return 0
    if not options.command:
        raise CannotCheck(
            "say whom to check: `reference`, `mutants`, or `-- CMD` for a driver; --list shows the checks"
        )
    if options.command == ("mutants",):
        return _mutants(options)
    spec = clients.ClientSpec(options.command, options.patience)
    if spec.built_in:
        try:
            spec.driver()
        except clients.UnknownClient as error:
            raise CannotCheck(str(error)) from error
    return _client(spec, cases, Expectations(failing, flaky), options)


def _client(spec: ClientSpec, cases: Sequence[Case], expectations: Any, options: Options) -> int:
    from binance_conformance import terminal
    from binance_conformance.results import ExitStatus, State
    from binance_conformance.runner import run

    with _Bar() as bar:
        result = run(
            spec, cases, jobs=options.jobs or 1, repeat=options.repeat, expectations=expectations, listener=bar
        )
    if options.print_known_failing:
        click.echo(terminal.known_failing(result), nl=False)
    else:
        click.echo(terminal.summary(result, trace=options.trace), err="-" in (options.json, options.junit))
    _write_reports(result, options)
    if result.fault:
        return ExitStatus.DRIVER
    if any(case.state is State.ERROR for case in result.cases):
        return ExitStatus.KIT
    return ExitStatus.GREEN if result.green else ExitStatus.FAILED


def _write_reports(result: RunResult, options: Options) -> None:
    """Write the files that were asked for. Each format is loaded when it is."""
    if options.json:
        import msgspec

        write(options.json, msgspec.json.format(msgspec.json.encode(result), indent=2).decode() + "\n")
    for name, target in (("junit", options.junit), ("html", options.html), ("badge", options.badge)):
        if target:
            write(target, renderer(name)(result))


def renderer(name: str) -> Callable[..., str]:
    """What makes a report's text of a result."""
    from importlib import import_module

    try:
        made: Callable[..., str] = import_module(f"binance_conformance.reports.{name}").render
    except ModuleNotFoundError as error:
        raise CannotCheck(_MISSING.format(error=error)) from error
    return made


def write(target: str, text: str) -> None:
    """Write a report to a file, or for `-` to stdout."""
    if target == "-":
        click.echo(text, nl=False)
        return
    path = Path(target)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise CannotCheck(f"{target} cannot be written: {error.strerror}") from error


def _mutants(options: Options) -> int:
    """Play the kill matrix."""
    from binance_conformance import checks, mutants, terminal
    from binance_conformance.matrix import as_json, play_matrix

    if options.patterns or options.level or options.venues:
        raise CannotCheck("the kill matrix is played as a whole; for a part of it check mutant:NAME")
    jobs = options.jobs or os.cpu_count() or 1
    with _Bar() as bar:
        bar.show(len(mutants.ALL), "mutants")
        result = play_matrix(mutants.ALL, checks.ALL, jobs=jobs, told=lambda _: bar.step())
    click.echo(terminal.kill_matrix(result), err=options.json == "-")
    if options.json:
        write(options.json, as_json(result).decode() + "\n")
    return 0 if result.complete else 1


class _Bar:
    """A bar on the terminal, for as long as a run lasts; nothing where no terminal is."""

    def __init__(self) -> None:
        self._bar: Any = None

    def begun(self, client: Client, cases: int) -> None:
        """A client answered, and so many cases will be played."""
        self.show(cases, printable(f"{client.client} {client.version}"))

    def ended(self, result: CaseResult) -> None:
        """A case ended."""
        self.step()

    def show(self, length: int, label: str) -> None:
        """Begin."""
        if sys.stderr.isatty():
            self._bar = click.progressbar(length=length, file=sys.stderr, label=label)
            self._bar.__enter__()

    def step(self) -> None:
        """One more is done."""
        if self._bar is not None:
            self._bar.update(1)

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)


def smoke(command: Sequence[str], patience: float) -> int:
    """Tell whether a driver is right.

    Args:
        command: what to run, or `reference`.
        patience: real seconds that an answer may take.

    Returns:
        0 when it is, 1 when the client cannot do all that was tried, 3 when the driver is wrong.

    Raises:
        CannotCheck: the kit is not installed, or there is no such client.
    """
    try:
        from binance_conformance import clients
        from binance_conformance.smoke import Finding
        from binance_conformance.smoke import smoke as run
    except ModuleNotFoundError as error:
        raise CannotCheck(_MISSING.format(error=error)) from error
    try:
        driver = clients.ClientSpec(tuple(command), patience).driver()
    except clients.UnknownClient as error:
        raise CannotCheck(str(error)) from error
    found = set()
    for line in run(driver):
        found.add(line.finding)
        colour = {Finding.RIGHT: "green", Finding.CLIENT: "yellow"}.get(line.finding, "red")
        click.echo(
            f"{click.style(line.finding.value, fg=colour)}: {line.what}" + (f": {line.detail}" if line.detail else "")
        )
    if Finding.KIT in found:
        return 4
    if Finding.DRIVER in found:
        return 3
    return 1 if Finding.CLIENT in found else 0
