"""The matrix of clients and checks as one HTML file that needs nothing else.

The table itself is plain markup. The evidence of a client is JSON, packed (gzip, base64) since it is long and much
alike, and is unpacked in the browser when a cell of that client is opened. The page's policy lets it run its own script
only and load nothing; that script makes text nodes of all that it shows, so that nothing which a client says can become
markup.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Any, Final

import jinja2

from binance_conformance.failure_modes import FAILURE_MODES
from binance_conformance.reports.masking import masked
from binance_conformance.reports.table import Kit, Table, table
from binance_conformance.results import CaseResult, Level, RunResult, State, Step
from binance_mock.printable import printable

_MARKS: Final = ("✓", "✗", "–", "!", "~")
"""Of the states, in their order: nobody has to tell colours apart."""
_LONGEST: Final = 4000


def render(*runs: RunResult, kit: Kit | None = None) -> str:
    """The page for some runs.

    Args:
        runs: one a client, in the order of the columns.
        kit: against which runs are stale, the installed one when None.
    """
    kit = kit or Kit.installed()
    shown = table([masked(run) for run in runs], kit)
    style, script = _part("page.css"), _part("page.js")
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            table=shown,
            kit=kit,
            levels=tuple(Level),
            states=tuple(State),
            marks=dict(zip(State, _MARKS, strict=True)),
            style=style,
            script=script,
            policy=f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'",
            checks=_json(_checks(shown)),
            evidence=[_packed(evidence(column.run, column.stale)) for column in shown.columns],
        )
    )


def evidence(run: RunResult, stale: tuple[str, ...] = ()) -> dict[str, Any]:
    """What the page tells of a run: who was tested and how, and each case with all that happened in it."""
    about: list[tuple[str, str]] = []
    if run.client is not None:
        can = run.client.capabilities
        about = [
            ("Client", f"{run.client.client} {run.client.version}"),
            ("Language", run.client.language),
            ("Home", run.client.homepage),
            ("Trades at", ", ".join(can.venues)),
            ("Signs with", ", ".join(can.key_types)),
            ("Calls", can.style),
            ("Promises", ", ".join(can.promises) or "nothing"),
        ]
    about += [
        ("Command", run.command),
        ("Started", run.started),
        ("Took", f"{run.seconds:.1f} s"),
        ("Kit", run.kit),
        ("Cases", ", ".join(f"{number} {state.value}" for state in State if (number := run.count(state))) or "none"),
        *(("Stale", reason) for reason in stale),
        ("Fault", run.fault),
    ]
    return {
        "about": [[name, printable(value)] for name, value in about if value],
        "stderr": _lines(run.stderr),
        "cases": {printable(case.case): _case(case) for case in run.cases},
    }


def _case(case: CaseResult) -> dict[str, Any]:
    told = {
        "check": printable(case.check),
        "state": case.state.value,
        "reason": _lines(case.reason),
        "expected": _lines(case.expected),
        "found": _lines(case.found),
        "steps": _steps(case.steps),
        "reproduce": printable(case.reproduce),
        "listed": case.expectation.replace("-", " "),
        "attempts": list(case.attempts),
    }
    return {name: value for name, value in told.items() if value}


def _steps(steps: tuple[Step, ...]) -> list[list[str]]:
    """Each step as kind, text, when (since the first request), and what the exchange says of it."""
    begun = next((step.data["time"] for step in steps if isinstance(step.data.get("time"), int)), 0)
    return [[step.kind, _lines(step.text), _when(step, begun), _remark(step)] for step in steps]


def _when(step: Step, begun: int) -> str:
    time = step.data.get("time")
    if step.kind != "arrived" or not isinstance(time, int):
        return ""
    return f"{(time - begun) / 1000:+.3f} s"


def _remark(step: Step) -> str:
    """Why a request was refused, as the exchange explains it."""
    diagnosis = step.data.get("diagnosis")
    if not isinstance(diagnosis, dict):
        why = step.data.get("why")
        return _lines(why) if isinstance(why, str) and why not in step.text else ""
    names = {"summary": "", "signed": "signed: ", "expected": "expected: ", "advice": ""}
    said = [f"{label}{diagnosis[name]}" for name, label in names.items() if diagnosis.get(name)]
    return _lines("\n".join(said))


def _lines(text: str) -> str:
    """Text with its lines, and nothing in it that moves a cursor or turns the direction of reading.

    What is very long is cut: a page is to be opened on a phone, and the JSON has it whole.
    """
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}... ({len(text)} characters, whole in the JSON)"
    return "\n".join(printable(line.expandtabs()) for line in text.splitlines())


def _checks(shown: Table) -> dict[str, Any]:
    return {
        printable(check.id): {
            "title": printable(check.title),
            "level": check.level.value,
            "why": printable(check.why),
            "guards": [[guard, FAILURE_MODES.get(guard, "")] for guard in check.guards],
            "rules": list(check.rules),
        }
        for check in shown.checks.values()
    }


def _json(data: object) -> str:
    """JSON that may stand in a script element."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _packed(data: object) -> str:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode("utf-8", "backslashreplace"), mtime=0)).decode()


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _part(name: str) -> str:
    return files(__package__).joinpath("templates", name).read_text("utf-8")


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(_part),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: printable(value) if isinstance(value, str) and not hasattr(value, "__html__") else value,
    )
