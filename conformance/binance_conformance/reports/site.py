"""Many clients in one go: each is checked, and a folder gets their results and the reports of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from binance_conformance.cases import Case
from binance_conformance.clients import ClientSpec
from binance_conformance.reports import badge, html, junit
from binance_conformance.results import RunResult
from binance_conformance.runner import run


def build(
    clients: Mapping[str, ClientSpec],
    cases: Sequence[Case],
    folder: Path,
    *,
    jobs: int = 1,
    told: Callable[[str, RunResult], None] = lambda name, result: None,
) -> list[RunResult]:
    """Check clients and write what came of it.

    Args:
        clients: by the name that their files get, in the order of the columns.
        cases: what is played.
        folder: gets `index.html`, `junit.xml`, `badge.json`, and for each client `results/NAME.json`, as soon as it is
            done, and `badges/NAME.json`.
        jobs: in how many processes a client is checked.
        told: is told of each result.

    Returns:
        the results, in the order of the clients. A client whose driver fails is among them.

    Raises:
        OSError: the folder cannot be written.
    """
    results, badges = folder / "results", folder / "badges"
    results.mkdir(parents=True, exist_ok=True)
    badges.mkdir(exist_ok=True)
    runs = []
    for name, spec in clients.items():
        result = run(spec, cases, jobs=jobs)
        (results / f"{name}.json").write_bytes(msgspec.json.encode(result))
        (badges / f"{name}.json").write_text(badge.render(result), "utf-8")
        told(name, result)
        runs.append(result)
    (folder / "index.html").write_text(html.render(*runs), "utf-8")
    (folder / "junit.xml").write_text(junit.render(*runs), "utf-8")
    (folder / "badge.json").write_text(badge.render(*runs), "utf-8")
    return runs
