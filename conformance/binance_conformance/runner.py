"""Plays many cases with a client: one after the other, or in several processes, each with an exchange of its own.

The runner shows nothing. It tells a listener what happens; terminal, progress bar and files are made from that and from
the result.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Generator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from multiprocessing.connection import Connection, wait
from typing import NamedTuple, Protocol

import msgspec

from binance_conformance import checks
from binance_conformance.cases import Case, cases_of
from binance_conformance.clients import ClientSpec
from binance_conformance.drivers import DriverFailed
from binance_conformance.protocol import Client
from binance_conformance.results import CaseResult, RunResult, State
from binance_conformance.stage import Stage
from binance_mock import __version__
from binance_mock.clock import steady_time, system_time


class Listener(Protocol):
    """Hears what happens in a run."""

    def begun(self, client: Client, cases: int) -> None:
        """A client answered, and so many cases will be played."""

    def ended(self, result: CaseResult) -> None:
        """A case ended."""


class Quiet:
    """Hears and says nothing."""

    def begun(self, client: Client, cases: int) -> None:
        """Nothing."""

    def ended(self, result: CaseResult) -> None:
        """Nothing."""


class Expectations(NamedTuple):
    """What the user's lists say, as patterns."""

    failing: tuple[str, ...] = ()
    flaky: tuple[str, ...] = ()

    def mark(self, case: Case, result: CaseResult) -> CaseResult:
        """The result with what the lists say of its case."""
        if any(case.fits(pattern) for pattern in self.flaky):
            return msgspec.structs.replace(result, expectation="known-flaky")
        if any(case.fits(pattern) for pattern in self.failing):
            return msgspec.structs.replace(result, expectation="known-failing")
        return result


_NONE = Expectations()


class _Played(NamedTuple):
    """What comes from a stage: a result, and what happened to the driver."""

    result: CaseResult
    fault: DriverFailed | None


def run(
    spec: ClientSpec,
    cases: Sequence[Case],
    *,
    jobs: int = 1,
    repeat: int = 1,
    expectations: Expectations = _NONE,
    listener: Listener | None = None,
) -> RunResult:
    """Play cases with a client.

    Args:
        spec: the client.
        cases: what to play.
        jobs: in how many processes.
        repeat: how often each case is played; when it ends in different ways, it is UNSTABLE.
        expectations: the user's lists.
        listener: hears what happens.

    Returns:
        the results, in the order of the cases. When the driver fails, the cases that are left have that one cause.
    """
    listener = listener or Quiet()
    begun, started = steady_time(), datetime.fromtimestamp(system_time() / 1e6, UTC)
    results: dict[str, CaseResult] = {}
    client: Client | None = None
    fault: DriverFailed | None = None
    try:
        stages = _in_processes(spec, cases, jobs, repeat) if jobs > 1 else _here(spec, cases, repeat)
        with closing(stages):
            for case, event in stages:
                if isinstance(event, Client):
                    if client is None:
                        client = event
                        listener.begun(client, len(cases))
                    continue
                assert case is not None
                results[case.name] = expectations.mark(case, event.result)
                listener.ended(results[case.name])
                if event.fault is not None:
                    fault = event.fault
                    break
    except DriverFailed as error:
        fault = error
    for case in cases:
        if case.name not in results:
            assert fault is not None
            results[case.name] = expectations.mark(case, _unplayed(spec, case, fault.cause))
    return RunResult(
        kit=__version__,
        command=spec.text,
        started=started.isoformat(timespec="seconds"),
        seconds=round(steady_time() - begun, 3),
        client=client,
        fault=fault.cause if fault is not None else "",
        stderr=fault.stderr if fault is not None else "",
        checks=tuple(check.info for check in dict.fromkeys(case.check for case in cases)),
        cases=tuple(results[case.name] for case in cases),
    )


_Event = tuple[Case | None, Client | _Played]


def _here(spec: ClientSpec, cases: Sequence[Case], repeat: int) -> Generator[_Event]:
    """Play cases in this process."""
    stage = Stage(spec.driver())
    try:
        yield None, stage.open()
        for case in cases:
            yield case, _play(stage, spec, case, repeat)
    finally:
        stage.close()


def _play(stage: Stage, spec: ClientSpec, case: Case, repeat: int) -> _Played:
    played = [stage.play(case, spec.reproduce(case.name))]
    while len(played) < repeat and stage.fault is None:
        played.append(stage.play(case, spec.reproduce(case.name)))
    states = tuple(result.state for result in played)
    worst = next((result for result in played if result.state is not State.PASSED), played[0])
    if len(set(states)) > 1 and State.ERROR not in states:
        worst = msgspec.structs.replace(
            worst, state=State.UNSTABLE, reason=f"it ended in different ways: {worst.reason}"
        )
    return _Played(msgspec.structs.replace(worst, attempts=states if repeat > 1 else ()), stage.fault)


def _unplayed(spec: ClientSpec, case: Case, cause: str) -> CaseResult:
    return CaseResult(
        case=case.name, check=case.check.id, venue=case.venue, key_type=case.key_type, level=case.check.level,
        state=State.ERROR, reason=cause, reproduce=spec.reproduce(case.name),
    )  # fmt: skip


# -- in several processes -------------------------------------------------------------------------------------------


def _in_processes(spec: ClientSpec, cases: Sequence[Case], jobs: int, repeat: int) -> Generator[_Event]:
    """Play cases in processes, each of which asks for the next one when it is done with one."""
    context = multiprocessing.get_context("spawn")
    by_name = {case.name: case for case in cases}
    left = iter(cases)
    workers: dict[Connection, multiprocessing.process.BaseProcess] = {}
    try:
        for _ in range(min(jobs, len(cases))):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs, spec, repeat), daemon=True)
            process.start()
            theirs.close()
            workers[ours] = process
        while workers:
            for ready in wait(list(workers)):
                assert isinstance(ready, Connection)
                try:
                    event = ready.recv()
                except EOFError:
                    raise DriverFailed("a process of the kit died: a defect to report") from None
                if isinstance(event, DriverFailed):
                    raise event
                yield (None if isinstance(event, Client) else by_name[event.result.case]), event
                case = next(left, None)
                ready.send(None if case is None else case.name)
                if case is None:
                    workers.pop(ready).join()
                    ready.close()
    finally:
        for connection, worker in workers.items():
            worker.terminate()
            worker.join()
            connection.close()


def _work(connection: Connection, spec: ClientSpec, repeat: int) -> None:
    """A process: play what is asked for until nothing is left."""
    by_name = {case.name: case for case in cases_of(checks.ALL)}
    stage = Stage(spec.driver())
    try:
        try:
            connection.send(stage.open())
        except DriverFailed as error:
            connection.send(error)
            return
        while (name := connection.recv()) is not None:
            connection.send(_play(stage, spec, by_name[name], repeat))
    except (EOFError, OSError):  # The run is over.
        return
    finally:
        stage.close()
