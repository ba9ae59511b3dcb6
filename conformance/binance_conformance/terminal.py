"""A run on the terminal: a bar while it lasts, then what failed with the evidence, then the counts.

Texts are made here and printed by the command; colours are left to click, which takes them off where no terminal is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import MappingProxyType
from typing import Final

import click

from binance_conformance.cases import Case
from binance_conformance.matrix import MatrixResult, MutantResult
from binance_conformance.results import CaseResult, CheckInfo, Level, RunResult, State
from binance_mock.printable import printable

_COLOURS: Final = MappingProxyType({
    State.PASSED: "green", State.FAILED: "red", State.SKIPPED: "bright_black", State.ERROR: "magenta",
    State.UNSTABLE: "yellow",
})  # fmt: skip
_MARKS: Final = MappingProxyType({"set": "mock", "call": "asked", "arrived": "wire", "told": "told", "time": "time"})
_WIDEST: Final = 400


def summary(result: RunResult, *, trace: bool = False) -> str:
    """What a person wants to know of a run.

    Args:
        result: it.
        trace: show all that happened in each failed case, else what was expected and found.
    """
    checks = {check.id: check for check in result.checks}
    client = result.client
    lines = []
    if client is not None:
        name = printable(f"{client.client} {client.version} ({client.language})")
        lines.append(click.style(name, bold=True) + f"  kit {result.kit}, {result.seconds:.1f} s")
    for case in result.cases:
        if not case.as_wanted and case.state is not State.ERROR:
            lines += ["", *_case(case, checks[case.check], trace=trace)]
    lines += ["", *_errors(result, trace=trace), *_counts(result), *_skips(result)]
    return "\n".join(lines)


def _case(case: CaseResult, check: CheckInfo, *, trace: bool) -> list[str]:
    state = case.state.value.upper()
    if case.state is State.PASSED:
        return [
            f"{click.style('PASSES NOW', fg='yellow')}  {case.case}",
            "  it is listed as known failing; take it out of the list",
        ]
    head = f"{click.style(state, fg=_COLOURS[case.state], bold=True)}  {case.case}  {check.level.value}"
    lines = [f"{head}  {check.title}", *_findings(case, check)]
    if trace:
        lines += _trace(case)
    return [*lines, f"  run it alone:    {case.reproduce}"]


def _findings(case: CaseResult, check: CheckInfo) -> list[str]:
    return [
        f"  what went wrong: {printable(case.reason)}",
        f"  expected:        {printable(case.expected)}",
        f"  found:           {printable(case.found)}",
        f"  why it matters:  {check.why}  [{', '.join((*check.guards, *check.rules))}]",
    ]


def _trace(case: CaseResult) -> list[str]:
    return [f"    {_MARKS[step.kind]:>5}  {_short(step.text)}" for step in case.steps]


def failure(case: CaseResult, check: CheckInfo) -> str:
    """A failed case with all that happened in it, for other hosts than the command line; without colours."""
    return "\n".join([f"{case.case}  {check.level.value}  {check.title}", *_findings(case, check), *_trace(case)])


def _short(text: str) -> str:
    text = printable(text)
    return text if len(text) <= _WIDEST else text[:_WIDEST] + "..."


def _errors(result: RunResult, *, trace: bool) -> list[str]:
    """Cases of which nothing is known: the driver's end once for all, the kit's defects each."""
    lines = []
    if result.fault:
        told = sum(case.reason == result.fault for case in result.cases)
        lines += [
            f"{click.style('DRIVER', fg='magenta', bold=True)}  {printable(result.fault)}",
            f"  {told} of {len(result.cases)} checks were not played, for this one cause",
        ]
        last = next((case for case in result.cases if case.reason == result.fault and case.steps), None)
        if last is not None:
            lines.append(f"  it happened in {last.case}: {last.reproduce}")
            shown = last.steps if trace else last.steps[-3:]
            lines += [f"    {_MARKS[step.kind]:>5}  {_short(step.text)}" for step in shown]
        lines += [f"  stderr: {printable(line)}" for line in result.stderr.splitlines()[-10:]]
        lines.append("  `binance-mock driver-smoke -- CMD` tells whether driver or client is wrong")
    for case in result.cases:
        if case.state is State.ERROR and case.reason != result.fault:
            lines += [f"{click.style('ERROR', fg='magenta', bold=True)}  {case.case}", f"  {case.reason}"]
            lines.append(f"  run it alone: {case.reproduce}")
    return [*lines, ""] if lines else []


def _counts(result: RunResult) -> list[str]:
    lines = []
    for level in Level:
        cases = [case for case in result.cases if case.level is level]
        if cases:
            counted = [
                click.style(f"{number} {state.value}", fg=_COLOURS[state])
                for state in State
                if (number := sum(case.state is state for case in cases))
            ]
            lines.append(f"{level.value:6} {', '.join(counted)}")
    known = sum(case.expectation != "" and case.state is not State.PASSED for case in result.cases)
    return [*lines, f"{known} as the lists of known cases say"] if known else lines


def _skips(result: RunResult) -> list[str]:
    """Why cases were skipped, each reason once."""
    reasons: dict[str, int] = {}
    for case in result.cases:
        if case.state is State.SKIPPED:
            reasons[case.reason] = reasons.get(case.reason, 0) + 1
    return [f"  skipped {number:3}: {printable(reason)}" for reason, number in reasons.items()]


def known_failing(result: RunResult) -> str:
    """Today's failures as a list for --known-failing."""
    failed = [case for case in result.cases if case.state is State.FAILED]
    width = max((len(case.case) for case in failed), default=0)
    return "".join(f"{case.case:{width}}  # {printable(case.reason)}\n" for case in failed)


def case_list(cases: Sequence[Case]) -> str:
    """Checks with the venues where they are played."""
    lines = []
    for check in dict.fromkeys(case.check for case in cases):
        places = [case.name.partition("@")[2] for case in cases if case.check is check]
        lines += [
            f"{check.id}  {click.style(check.level.value, bold=True)}  {', '.join(check.guards)}",
            f"  {check.title}",
            f"  {', '.join(places)}",
        ]
    return "\n".join(lines)


def kill_matrix(result: MatrixResult) -> str:
    """Who fails what, a mutant a line; then what is wrong with the matrix."""
    width = max((len(each.mutant) for each in result.mutants), default=0)
    lines = [_mutant(each, width) for each in result.mutants]
    for each in result.mutants:
        lines += [f"{each.mutant} survives {name}" for name in each.survived]
        lines += [f"{each.mutant} fails {name}, which is not meant for it" for name in each.strayed]
        lines += [f"{each.mutant} is said to fail {name} too, and passes it" for name in each.idle]
        lines += [f"{each.mutant}: the kit: {error}" for error in each.errors]
    lines += [f"{name} has no mutant: nothing proves that it can fail" for name in result.unguarded]
    right = sum(each.right for each in result.mutants)
    lines.append(f"{right} of {len(result.mutants)} mutants fail what they are meant to fail; {result.seconds:.1f} s")
    return "\n".join(lines)


def _mutant(each: MutantResult, width: int) -> str:
    mark = click.style("killed  ", fg="green") if each.right else click.style("WRONG   ", fg="red")
    return f"{mark} {each.mutant:{width}}  by {_joined(each.kills)}"


def _joined(names: Iterable[str]) -> str:
    return ", ".join(names)
