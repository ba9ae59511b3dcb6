"""Holds an answer of USDⓈ-M futures against its shape, as `shapes.json` gives it.

`"name?"` is a field that only some answers have; a list with one item stands for any number of such items, one with
several for a row of just these. `A|B` is either, `A or empty` and `A|empty` are A or an empty text. What follows the
kind behind a space only says what it is.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

_DATA: Final = json.loads(Path(__file__).with_name("shapes.json").read_text(encoding="utf-8"))
_DECIMAL: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def shape_of(call: str, variant: str) -> Any:
    """The shape of an answer: of a call such as `GET /fapi/v1/ping`, and one of its variants."""
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
    kinds = str(shape).replace(" or empty", "|empty").split("|")
    fits = any(_fits(kind.split(" ")[0], value, at) for kind in kinds)
    return [] if fits else [f"{at} is no {shape}: {value!r}"]


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
    if kind.startswith("string:enum:"):
        return value in _DATA["enums"][kind.removeprefix("string:enum:")]
    match kind:
        case "null":
            return value is None
        case "empty":
            return value == ""
        case "bool":
            return isinstance(value, bool)
        case "int" | "long":
            return isinstance(value, int) and not isinstance(value, bool)
        case "long:ms":
            return isinstance(value, int) and (value == 0 or 10**10 <= value < 10**14)
        case "string":
            return isinstance(value, str)
        case "string:decimal":
            return isinstance(value, str) and _DECIMAL.fullmatch(value) is not None
        case "number:decimal":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "object:filter":
            fields = _DATA["filters"].get(value["filterType"])
            return fields is not None and not differences({"filterType": "string", **fields}, value, at)
    raise AssertionError(f"{at}: the shape has the unknown kind {kind!r}")
