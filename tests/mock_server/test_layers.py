"""What may import what, read from the sources: wire -> gate -> venues -> engine, and what keeps them pure.

Each rule is a small function from a syntax tree to the offences in it, and each has a test that it can fail.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import binance_mock

ROOT = Path(binance_mock.__file__).parent
PACKAGE = "binance_mock"

BELOW = {
    "engine": {"engine"},
    "venues": {"venues", "engine"},
    "gate": {"gate", "venues", "engine"},
}
"""Layer to the parts of the package that it may import."""

ENGINE_STDLIB = frozenset({
    "__future__", "bisect", "collections", "collections.abc", "dataclasses", "enum", "heapq", "itertools", "math",
    "operator", "typing",
})  # fmt: skip

WEB = frozenset({"starlette", "uvicorn"})

IMPURE = WEB | frozenset({
    "asyncio", "ctypes", "http", "io", "logging", "multiprocessing", "os", "pathlib", "secrets", "select", "selectors",
    "shutil", "signal", "socket", "ssl", "subprocess", "sys", "tempfile", "threading", "time", "urllib.request",
    "uuid", "websockets",
})  # fmt: skip
"""I/O, clocks, settings, threads, entropy: nothing of it in the layers that only reckon."""

CLOCK_READERS = frozenset({"now", "utcnow", "today"})
"""Methods of `datetime` and `date` that read the clock."""

READ_ONLY = frozenset({"Final", "Mapping", "Sequence", "Collection", "TypeAlias"})
MUTABLE_CALLS = frozenset({"list", "dict", "set", "bytearray", "defaultdict", "deque", "Counter", "OrderedDict"})
MUTATORS = frozenset({
    "add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem", "popleft", "remove",
    "reverse", "setdefault", "sort", "update",
})  # fmt: skip

Rule = Callable[[ast.Module], Iterator[str]]


# -- the rules ------------------------------------------------------------------------------------------------------


def imports(tree: ast.Module) -> Iterator[tuple[str, list[str]]]:
    """Every module imported anywhere, with the names taken from it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, []
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or ""), [alias.name for alias in node.names]


def parts(tree: ast.Module) -> Iterator[str]:
    """The parts of our own package that are imported: `gate`, `clock`, ...; a relative import counts as unknown."""
    for module, names in imports(tree):
        if module.startswith("."):
            yield module
        elif module == PACKAGE:
            yield from names or [module]
        elif module.startswith(PACKAGE + "."):
            yield module.split(".")[1]


def imports_upwards(layer: str) -> Rule:
    def rule(tree: ast.Module) -> Iterator[str]:
        return (f"imports {part}" for part in parts(tree) if part not in BELOW[layer])

    return rule


def imports_beyond_the_engine_list(tree: ast.Module) -> Iterator[str]:
    for module, _ in imports(tree):
        if module not in ENGINE_STDLIB and not module.startswith(PACKAGE):
            yield f"imports {module}"


def imports_any_of(unwanted: frozenset[str]) -> Rule:
    def rule(tree: ast.Module) -> Iterator[str]:
        for module, names in imports(tree):
            dotted = {module, module.split(".")[0], *(f"{module}.{name}" for name in names)}
            if dotted & unwanted:
                yield f"imports {module}"

    return rule


imports_impure = imports_any_of(IMPURE)


def reads_a_clock(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in CLOCK_READERS
            and isinstance(node.value, ast.Name | ast.Attribute)
            and (node.value.id if isinstance(node.value, ast.Name) else node.value.attr) in ("datetime", "date")
        ):
            yield f"line {node.lineno}: {ast.unparse(node)}"


def draws_without_a_seed(tree: ast.Module) -> Iterator[str]:
    """Chance may only come from `random.Random`, made from a seed."""
    for module, names in imports(tree):
        if module == "random" and names != ["Random"]:
            yield f"imports {', '.join(names) or 'all'} of random"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Random") and not node.args:
            yield f"line {node.lineno}: {ast.unparse(node)}"


def keeps_state_in_the_module(tree: ast.Module) -> Iterator[str]:
    """A list, dict or set of a module must be declared read-only, and no function may change it or rebind a name."""
    names = set()
    for statement in tree.body:
        if not isinstance(statement, ast.Assign | ast.AnnAssign):
            continue
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        found = {target.id for target in targets if isinstance(target, ast.Name)} - {"__all__"}
        names |= found
        annotation = statement.annotation if isinstance(statement, ast.AnnAssign) else None
        if found and is_mutable(statement.value) and not is_read_only(annotation):
            yield f"line {statement.lineno}: {', '.join(found)} is not declared Final"
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from changes(function, names)


def is_mutable(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id in MUTABLE_CALLS
    return isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp)


def is_read_only(annotation: ast.expr | None) -> bool:
    outer = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return isinstance(outer, ast.Name) and outer.id in READ_ONLY


def changes(function: ast.AST, names: set[str]) -> Iterator[str]:
    """Where a function rebinds a name of its module, stores into it, or calls a changing method of it."""
    for node in ast.walk(function):
        if isinstance(node, ast.Global):
            yield f"line {node.lineno}: global {', '.join(node.names)}"
        changed: ast.expr | None = None
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            changed = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
            changed = node.func.value
        if isinstance(changed, ast.Name) and changed.id in names:
            yield ast.unparse(node)


# -- the sources ----------------------------------------------------------------------------------------------------


def offences(rule: Rule, *folders: str) -> list[str]:
    """What breaks the rule in the folders; the whole package without any."""
    found = []
    files = [file for folder in folders or (".",) for file in sorted((ROOT / folder).rglob("*.py"))]
    assert files
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        found += [f"{file.relative_to(ROOT)}: {offence}" for offence in rule(tree)]
    return found


@pytest.mark.parametrize("layer", BELOW)
def test_layers_import_downwards_only(layer: str) -> None:
    assert offences(imports_upwards(layer), layer) == []


def test_the_engine_imports_little_of_the_standard_library() -> None:
    """No JSON, no clock, no chance, no I/O."""
    assert offences(imports_beyond_the_engine_list, "engine") == []


def test_wire_alone_knows_the_web_frameworks() -> None:
    found = offences(imports_any_of(WEB))
    assert [offence for offence in found if not offence.startswith("wire/")] == []


@pytest.mark.parametrize("rule", [imports_impure, reads_a_clock, draws_without_a_seed])
def test_engine_venues_and_gate_are_pure(rule: Rule) -> None:
    assert offences(rule, "engine", "venues", "gate") == []


def test_the_time_is_read_in_one_file() -> None:
    def rule(tree: ast.Module) -> Iterator[str]:
        yield from (f"imports {module}" for module, _ in imports(tree) if module == "time")
        yield from reads_a_clock(tree)

    assert {offence.split(":")[0] for offence in offences(rule)} <= {"clock.py"}


def test_no_module_keeps_state() -> None:
    assert offences(keeps_state_in_the_module) == []


# -- that the rules can fail ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (imports_upwards("engine"), "from binance_mock.venues.errors import Refusal"),
        (imports_upwards("engine"), "from binance_mock import gate"),
        (imports_upwards("venues"), "import binance_mock.gate.request"),
        (imports_upwards("gate"), "def f():\n    from binance_mock.wire.app import App"),
        (imports_upwards("gate"), "from binance_mock.clock import Clock"),
        (imports_upwards("gate"), "from ..wire import app"),
        (imports_beyond_the_engine_list, "import json"),
        (imports_beyond_the_engine_list, "from os.path import join"),
        (imports_impure, "import os.path"),
        (imports_impure, "from time import time"),
        (imports_impure, "from urllib import request"),
        (imports_impure, "import starlette.responses"),
        (imports_any_of(WEB), "from starlette import routing"),
        (reads_a_clock, "x = datetime.now()"),
        (reads_a_clock, "x = datetime.date.today()"),
        (draws_without_a_seed, "import random"),
        (draws_without_a_seed, "from random import randint"),
        (draws_without_a_seed, "from random import Random\nx = Random()"),
        (keeps_state_in_the_module, "cache = {}"),
        (keeps_state_in_the_module, "CACHE = dict()"),
        (keeps_state_in_the_module, "cache: dict[str, int] = {}"),
        (keeps_state_in_the_module, "SEEN: Final = []\ndef f(x):\n    SEEN.append(x)"),
        (keeps_state_in_the_module, "SEEN: Final = {}\ndef f(x):\n    SEEN[x] = 1"),
        (keeps_state_in_the_module, "SEEN: Final = {}\nclass A:\n    def f(self, x):\n        del SEEN[x]"),
        (keeps_state_in_the_module, "count = 0\ndef f():\n    global count\n    count += 1"),
    ],
)
def test_an_offence_is_found(rule: Rule, source: str) -> None:
    assert list(rule(ast.parse(source)))


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (imports_upwards("engine"), "from binance_mock.engine.units import SCALE\nimport bisect"),
        (imports_upwards("venues"), "from binance_mock.engine import market"),
        (
            imports_upwards("gate"),
            "from binance_mock.venues import errors\nfrom binance_mock.gate.request import Request",
        ),
        (imports_beyond_the_engine_list, "from collections.abc import Iterator\nfrom binance_mock.engine import book"),
        (imports_impure, "import json\nfrom urllib.parse import unquote"),
        (reads_a_clock, "x = clock.now()\ny = datetime.fromtimestamp(0)"),
        (draws_without_a_seed, "from random import Random\nx = Random(seed)"),
        (keeps_state_in_the_module, "__all__ = ['a']\nA = (1, 2)\nB: Final = {}\nC: Mapping[str, int] = {}"),
        (keeps_state_in_the_module, "def f():\n    cache = {}\n    cache['x'] = 1\n    return cache"),
    ],
)
def test_what_is_allowed_is_no_offence(rule: Rule, source: str) -> None:
    assert not list(rule(ast.parse(source)))
