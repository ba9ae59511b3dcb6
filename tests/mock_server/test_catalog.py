"""The catalogue: what it lists is what is served, and the generated documents are up to date."""

from __future__ import annotations

import asyncio
import json
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import pytest

from binance_mock import catalog
from binance_mock.catalog import __main__ as generator
from binance_mock.catalog import declarations, pages, rules
from binance_mock.gate import timing
from binance_mock.gate.faults.kinds import KINDS
from binance_mock.markets import all_endpoints
from binance_mock.venues.errors import Refusal
from binance_mock.venues.options.dialect import TODAY
from binance_mock.venues.spot.endpoints import RETIRED
from binance_mock.wire.app import App
from binance_mock.world import Blueprint, World
from binance_mock.worlds import Worlds

ENDPOINTS = tuple(endpoint for endpoint in all_endpoints() if endpoint.path not in TODAY.gone)

ROOT = Path(__file__).parents[2]


def test_the_documents_of_this_tree_are_up_to_date() -> None:
    assert generator.stale(ROOT) == [], "run: python -m binance_mock.catalog --write"


# What is listed.


def test_every_endpoint_is_listed_once_with_all_its_parameters() -> None:
    rows = {(row["method"], row["path"]): row for row in catalog.endpoints()}
    assert len(rows) == len(catalog.endpoints()) == len(ENDPOINTS)
    for each in ENDPOINTS:
        row = rows[each.method, each.path]
        own = [param.name for param in each.params]
        signed = ["recvWindow", "timestamp", "signature"] if each.signed else []
        assert [param["name"] for param in row["parameters"]] == own + signed
        assert row["security"] == each.security.value
        assert row["summary"]


def test_every_default_is_what_the_parameter_reads_from_its_text() -> None:
    """The text that the documents show as the default means the same as leaving the parameter out."""
    rows = {(row["method"], row["path"]): row["parameters"] for row in catalog.endpoints()}
    checked = 0
    for each in ENDPOINTS:
        for param, row in zip(each.params, rows[each.method, each.path], strict=False):
            assert row["name"] == param.name
            if param.default is not None:
                assert param.kind.parse(param.name, declarations.wire_text(row["default"])) == param.default
                checked += 1
    assert checked > 20


def test_the_timing_parameters_are_those_the_gate_reads() -> None:
    """S-19: recvWindow is 5000 by default and 60000 at most."""
    assert timing.read({"timestamp": "1700000000000"}).window == 5000 * 1000
    assert timing.read({"timestamp": "1700000000000", "recvWindow": "60000"}).window == 60_000 * 1000
    with pytest.raises(Refusal, match="-1131"):
        timing.read({"timestamp": "1700000000000", "recvWindow": "60000.001"})
    window = next(row for row in _row("GET", "/api/v3/account")["parameters"] if row["name"] == "recvWindow")
    assert (window["default"], window["schema"]["maximum"]) == (5000, 60000)


@pytest.mark.parametrize("venue", ["spot", "usdm", "options"])
def test_every_limit_is_listed_with_its_header(venue: str) -> None:
    limits = {
        (row["rateLimitType"], row["interval"], row["intervalNum"]): row
        for row in catalog.limits()
        if row["venue"] == venue
    }
    declared = Blueprint.standard().stocks[venue].limits
    assert {limit.key for limit in declared} == set(limits)
    for limit in declared:
        row = limits[limit.key]
        assert row["limit"] == limit.limit
        assert row["header"].lower().encode() == limit.header
        assert f"| {limit.kind} | {limit.per} | {limit.limit} |" in pages.coverage()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/api/v3/ping", "| 1 |"),
        ("/api/v3/depth", "limit 1..100: 5<br>limit 101..500: 25<br>limit 501..1000: 50<br>limit 1001..5000: 250"),
        ("/api/v3/ticker/24hr", "up to 20 symbols: 2<br>up to 100 symbols: 40<br>more symbols: 80<br>neither: 80"),
        ("/api/v3/ticker/price", "symbol: 2<br>symbols: 4<br>neither: 4"),
        ("/api/v3/ticker", "per symbol: 4, at most 200"),
        ("/api/v3/openOrders", "symbol: 6<br>otherwise: 80"),
        ("/api/v3/order", "request succeeds: 0<br>request fails: 1 | 1 |"),
        ("/api/v3/order/test", "computeCommissionRates=true: 20<br>otherwise: 1"),
    ],
)
def test_weight_rules_are_shown(path: str, text: str) -> None:
    """S-57, S-62"""
    assert any(f" {path}`" in line and text in line for line in pages.coverage().splitlines())


def test_every_weight_rule_is_listed() -> None:
    page = pages.coverage()
    for each in ENDPOINTS:
        rules = each.weight.rules() or [("", str(each.weight.default))]
        for when, weight in rules:
            assert (f"{when}: {weight}" if when else f"| {weight} |") in page


def test_no_summary_refers_to_a_rule() -> None:
    assert "(rule" not in pages.coverage()


def test_every_fault_is_listed_with_every_parameter() -> None:
    rows = {row["kind"]: row for row in catalog.faults()}
    page = pages.faults()
    assert list(rows) == [kind.kind for kind in KINDS]
    for kind in KINDS:
        names = [parameter.name for parameter in kind.parameters()]
        assert [row["name"] for row in rows[kind.kind]["parameters"]] == names
        section = page.partition(f"## {kind.kind}\n")[2].partition("\n## ")[0]
        assert section
        assert all(f"| `{name}` |" in section for name in names)


def test_the_rows_are_fit_for_json() -> None:
    for rows in (catalog.endpoints(), catalog.faults(), catalog.limits(), catalog.retired()):
        assert json.loads(json.dumps(rows)) == rows


def test_retired_paths_are_listed() -> None:
    """S-10"""
    assert {row["path"] for row in catalog.retired()} == RETIRED
    assert all(f"- `{path}`" in pages.coverage() for path in RETIRED)


# What is not served.


def test_nothing_listed_as_not_served_is_served() -> None:
    """Whoever serves one of them takes it off the list."""
    served = {(row["venue"], row["method"], row["path"]) for row in catalog.endpoints()}
    for item in catalog.NOT_SERVED:
        assert (item.venue, item.method, item.path) not in served
        assert f"| `{item.method} {item.path}` | {item.what} |" in pages.coverage()


def test_websockets_listed_as_not_served_are_refused() -> None:
    app = App(Worlds(World(Blueprint.standard())))
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    paths = [item.path for item in catalog.NOT_SERVED if item.method == "WS"]
    for path in paths:
        asyncio.run(app({"type": "websocket", "path": path, "headers": []}, receive, send))
    assert [message["type"] for message in sent] == ["websocket.close"] * len(paths)


# The generator.


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "README.md").write_text(f"before\n{generator.BEGIN}\nold\n{generator.END}\nafter\n", encoding="utf-8")
    return tmp_path


def test_check_names_what_is_stale_and_write_mends_it(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [
        "docs/coverage.md",
        "docs/faults.md",
        "docs/rules.md",
        *(f"docs/rules-{market}.md" for market in rules.MARKETS),
        "docs/openapi.json",
        "README.md",
    ]
    assert generator.main(["--check", "--root", str(tree)]) == 1
    assert [line.split()[0] for line in capsys.readouterr().err.splitlines()] == names
    assert generator.main(["--write", "--root", str(tree)]) == 0
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == names
    assert generator.main(["--check", "--root", str(tree)]) == 0
    (tree / "docs" / "faults.md").write_text("edited", encoding="utf-8")
    assert generator.main(["--check", "--root", str(tree)]) == 1
    assert "docs/faults.md is stale" in capsys.readouterr().err


def test_the_readme_keeps_what_is_outside_of_the_markers(tree: Path) -> None:
    generator.main(["--write", "--root", str(tree)])
    text = (tree / "README.md").read_text(encoding="utf-8")
    assert text == f"before\n{generator.BEGIN}\n{pages.summary()}\n{generator.END}\nafter\n"
    assert "| spot | general | 4 of 4 | - |" in text


def test_a_readme_without_markers_is_left_alone(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    readme = tree / "README.md"
    readme.write_text(f"no {generator.END} before {generator.BEGIN}", encoding="utf-8")
    assert generator.main(["--write", "--root", str(tree)]) == 0
    assert "README.md has no" in capsys.readouterr().err
    assert readme.read_text(encoding="utf-8") == f"no {generator.END} before {generator.BEGIN}"


def test_outside_of_a_source_tree_it_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generator.main(["--write", "--root", str(tmp_path)]) == 2
    assert "--root" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def _row(method: str, path: str) -> dict[str, Any]:
    return next(row for row in catalog.endpoints() if (row["method"], row["path"]) == (method, path))
