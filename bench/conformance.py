"""How long the conformance kit takes: the reference client, a driver in a process, and the kill matrix.

A quick run plays a part of the checks and holds it to the goal of the whole.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from time import perf_counter

from bench.result import Result, below
from binance_conformance import checks, mutants
from binance_conformance.cases import Case, cases_of
from binance_conformance.clients import ClientSpec
from binance_conformance.matrix import play_matrix
from binance_conformance.runner import run as play

NAMES = ("kit-reference", "kit-driver", "kit-mutants")

_JOBS = min(2, os.cpu_count() or 1)


def run(names: Sequence[str], *, quick: bool) -> Iterator[Result]:
    cases = cases_of(checks.ALL[::10] if quick else checks.ALL)
    if "kit-reference" in names:
        yield _timed("checks, reference client", ("reference",), cases, 20)
    if "kit-driver" in names:
        command = (sys.executable, "-m", "binance_conformance.reference")
        yield _timed("checks, driver in a process", command, cases, 60)
    if "kit-mutants" in names:
        chosen = mutants.ALL[::40] if quick else mutants.ALL
        begun = perf_counter()
        result = play_matrix(chosen, checks.ALL, jobs=_JOBS)
        wrong = sum(not each.right for each in result.mutants)
        note = f"{len(chosen)} mutants, {_JOBS} processes" + (f"; {wrong} WRONG" if wrong else "")
        yield below("kill matrix", "s", perf_counter() - begun, 180, note)


def _timed(name: str, command: tuple[str, ...], cases: Sequence[Case], goal: float) -> Result:
    begun = perf_counter()
    result = play(ClientSpec(command), cases, jobs=_JOBS)
    seconds = perf_counter() - begun
    note = f"{len(cases)} cases, {_JOBS} processes" + ("" if result.green else "; NOT GREEN")
    return below(name, "s", seconds, goal, note)
