"""A badge, as the JSON of shields.io's endpoint: https://shields.io/badges/endpoint-badge."""

from __future__ import annotations

import json
from typing import Any, Final

from binance_conformance.reports.masking import masked
from binance_conformance.reports.table import Kit, score, stale
from binance_conformance.results import Level, RunResult

LABEL: Final = "binance conformance"


def render(*runs: RunResult, kit: Kit | None = None) -> str:
    """The badge of a client, or of several: how many of them fail no MUST check.

    What a user's list knows to fail fails here all the same. A badge never tells more than was graded: a driver that
    died is an error, and results of another kit are grey.
    """
    kit = kit or Kit.installed()
    message, color, error = _one(masked(runs[0]), kit) if len(runs) == 1 else _many(runs, kit)
    badge: dict[str, Any] = {"schemaVersion": 1, "label": LABEL, "message": message, "color": color}
    if error:
        badge["isError"] = True
    return json.dumps(badge, indent=2) + "\n"


def _one(run: RunResult, kit: Kit) -> tuple[str, str, bool]:
    if run.fault:
        return "driver failed", "red", True
    must, should, may = (score(run, level) for level in Level)
    graded = must if must.graded else should if should.graded else may
    if not graded.graded:
        return "nothing graded", "lightgrey", False
    message = f"{graded.passed} of {graded.graded} {graded.level.value}"
    if stale(run, kit):
        return f"{message} (kit {run.kit})", "lightgrey", False
    if must.passed < must.graded:
        return message, "red", False
    if should.passed < should.graded:
        return message, "yellow", False
    return message, "green" if may.passed < may.graded else "brightgreen", False


def _many(runs: tuple[RunResult, ...], kit: Kit) -> tuple[str, str, bool]:
    if not runs:
        return "no clients", "lightgrey", False
    right = 0
    for run in runs:
        must = score(run, Level.MUST)
        right += not run.fault and 0 < must.graded == must.passed
    message = f"{right} of {len(runs)} clients"
    if any(stale(run, kit) for run in runs):
        return f"{message} (stale)", "lightgrey", False
    return message, "brightgreen" if right == len(runs) else "yellow", False
