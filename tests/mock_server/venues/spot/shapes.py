"""Holds an answer against its shape: which fields it must and may have, and what each of them is.

`shapes.json` gives the shapes. `"name?"` is a field that only some answers have; a list with one item stands for any
number of such items, one with several for a row of just these. `long:ms` is a time, `string:enum:X` one of `enums`,
`object:filter` a filter of a symbol, and `A|B` either.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

_DATA: Final = json.loads(Path(__file__).with_name("shapes.json").read_text(encoding="utf-8"))
_DECIMAL: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def shape_of(call: str, variant: str) -> Any:
    """The shape of an answer: of a call such as `GET /api/v3/ping`, and one of its variants."""
    return _DATA["answers"][call][variant]


def variants() -> set[tuple[str, str]]:
    """Every call with every variant of its answer."""
    return {(call, variant) for call, shapes in _DATA["answers"].items() for variant in shapes}


def differences(shape: Any, value: Any, at: str = "answer") -> list[str]:
    """What is wrong with an answer; an empty list means that it is as it should be."""
    if isinstance(shape, dict):
        return _in_object(shape, value, at)
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{at} is no list: {value!r}"]
        if len(shape) > 1 and len(shape) != len(value):
            return [f"{at} has {len(value)} items, not {len(shape)}"]
        inner = shape if len(shape) > 1 else shape * len(value)
        return [line for i, item in enumerate(value) for line in differences(inner[i], item, f"{at}[{i}]")]
    fits = any(_fits(kind, value, at) for kind in str(shape).split("|"))
    return [] if fits else [f"{at} is no {shape}: {value!r}"]


def times(shape: Any, value: Any) -> Iterator[int]:
    """The times of an answer, in the order of its shape."""
    if isinstance(shape, dict):
        for name, inner in shape.items():
            if name.removesuffix("?") in value:
                yield from times(inner, value[name.removesuffix("?")])
    elif isinstance(shape, list):
        for i, item in enumerate(value):
            yield from times(shape[i] if len(shape) > 1 else shape[0], item)
    elif str(shape).startswith("long:ms"):
        yield value
    else:
        for kind in str(shape).split("|"):
            if kind in _DATA["named"] and isinstance(value, dict) and not differences(_DATA["named"][kind], value):
                yield from times(_DATA["named"][kind], value)


def _in_object(shape: dict[str, Any], value: Any, at: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{at} is no object: {value!r}"]
    known = {name.removesuffix("?"): inner for name, inner in shape.items()}
    wrong = [f"{at}.{name} is missing" for name in shape if not name.endswith("?") and name not in value]
    wrong += [f"{at}.{name} is not in the shape" for name in value if name not in known]
    for name, inner in known.items():
        if name in value:
            wrong += differences(inner, value[name], f"{at}.{name}")
    return wrong


def _fits(kind: str, value: Any, at: str) -> bool:
    kind = kind.split(" ")[0]  # the rows of klines carry a name behind the kind
    if kind in _DATA["named"]:
        return not differences(_DATA["named"][kind], value, at)
    if kind.startswith("string:enum:"):
        return value in _DATA["enums"][kind.removeprefix("string:enum:")]
    match kind:
        case "null":
            return value is None
        case "bool":
            return isinstance(value, bool)
        case "int" | "long" | "long:ms":
            return isinstance(value, int) and not isinstance(value, bool)
        case "string":
            return isinstance(value, str)
        case "string:decimal":
            return isinstance(value, str) and _DECIMAL.fullmatch(value) is not None
        case "object:filter":
            fields = _DATA["filters"].get(value["filterType"])
            return fields is not None and not differences({"filterType": "string", **fields}, value, at)
    raise AssertionError(f"{at}: the shape has the unknown kind {kind!r}")
