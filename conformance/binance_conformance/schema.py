"""What docs/drivers.md says of lines and results, made from the structs: JSON Schemas, and the table of operations.

`python -m binance_conformance.schema --write` writes them.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any, Final, get_args

import msgspec

from binance_conformance.matrix import MatrixResult
from binance_conformance.operations import RESULTS, name_of
from binance_conformance.protocol import Bye, Call, Client, Configure, Done, Event, Hello, Outcome, Time
from binance_conformance.results import RunResult

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_FROM_KIT: Final = (Hello, Configure, Call, Bye, Time)
_FROM_DRIVER: Final = (Client, Done, Outcome, Event)


def protocol_schema() -> dict[str, Any]:
    """Every line of the protocol, and the result of each operation under `x-results`."""
    results = {name_of(operation): kind for operation, kind in RESULTS.items()}
    kinds: list[Any] = [*_FROM_KIT, *_FROM_DRIVER, *(kind for kind in results.values() if kind is not None)]
    schemas, components = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    shapes = iter(schemas[len(_FROM_KIT) + len(_FROM_DRIVER) :])
    return {
        "$schema": _DRAFT,
        "title": "Lines between the conformance kit and a driver",
        "oneOf": [{"$ref": "#/$defs/FromKit"}, {"$ref": "#/$defs/FromDriver"}],
        "$defs": {
            "FromKit": {"anyOf": schemas[: len(_FROM_KIT)]},
            "FromDriver": {"anyOf": schemas[len(_FROM_KIT) : len(_FROM_KIT) + len(_FROM_DRIVER)]},
            **components,
        },
        "x-results": {name: {"type": "null"} if kind is None else next(shapes) for name, kind in results.items()},
    }


def results_schema() -> dict[str, Any]:
    """What `binance-mock check --json` writes: of a run of checks, and of the kill matrix."""
    schemas, components = msgspec.json.schema_components([RunResult, MatrixResult], ref_template="#/$defs/{name}")
    return {"$schema": _DRAFT, "title": "Results of binance-mock check", "anyOf": list(schemas), "$defs": components}


def operations_page(page: str) -> str:
    """The page of drivers with its tables of operations and results brought up to date."""
    begin, end = "<!-- operations:begin -->\n", "<!-- operations:end -->\n"
    head, _, rest = page.partition(begin)
    return head + begin + "\n".join([*_operations(), "", *_views()]) + "\n" + end + rest.partition(end)[2]


def _operations() -> list[str]:
    rows = ["| `op` | | arguments | result |", "| --- | --- | --- | --- |"]
    for operation, kind in RESULTS.items():
        does = " ".join((operation.__doc__ or "").split()).partition(". ")[0].rstrip(".")
        rows.append(f"| `{name_of(operation)}` | {does} | {_fields(operation)} | {_result(kind)} |")
    return rows


def _views() -> list[str]:
    views = {}
    for kind in RESULTS.values():
        view = _item(kind)
        if view is not None:
            views[view.__name__] = view
    return [
        "| result | fields |",
        "| --- | --- |",
        *(f"| {_words(view)} | {_fields(view)} |" for view in views.values()),
    ]


def _result(kind: object) -> str:
    view = _item(kind)
    if view is None:
        return "nothing"
    return _words(view) if kind is view else f"list of {_words(view)}"


def _item(kind: object) -> type[msgspec.Struct] | None:
    """The struct of a result, or of the items of a list."""
    inner = get_args(kind)
    item: Any = inner[0] if inner else kind
    return item  # type: ignore[no-any-return]  # RESULTS holds structs, lists of them, and None


def _words(view: type[msgspec.Struct]) -> str:
    """A view's name as the page says it: PositionModeView is `position mode`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", view.__name__.removesuffix("View")).lower()


def _fields(kind: type[msgspec.Struct]) -> str:
    fields = msgspec.structs.fields(kind)
    return ", ".join(f"`{field.encode_name}`{'' if field.required else '?'}" for field in fields)


def files() -> dict[Path, str]:
    """The files and what has to stand in them."""
    page = DOCS / "drivers.md"
    return {
        DOCS / "drivers.schema.json": _text(protocol_schema()),
        DOCS / "results.schema.json": _text(results_schema()),
        page: operations_page(page.read_text("utf-8")),
    }


def _text(schema: dict[str, Any]) -> str:
    return msgspec.json.format(msgspec.json.encode(schema, order="sorted"), indent=2).decode() + "\n"


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        raise SystemExit("usage: python -m binance_conformance.schema --write")
    for path, text in files().items():
        path.write_text(text, "utf-8")
