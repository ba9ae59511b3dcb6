"""Holds answers against their shapes: which fields they must and may have, and what each of them is.

A file of shapes, such as `spot/shapes.json`, has them under `answers`, by call and variant. `"name?"` is a field that
only some answers have; a list with one item stands for any number of such items, one with several for a row of just
these. `A|B` is either, `A or empty` and `A|empty` are A or an empty text, `long:ms` is a time, `string:enum:X` one of
the file's `enums`, `object:filter` one of its `filters`. Shapes that it names in `named` may stand for kinds. What
follows a kind behind a space only says what it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

_DECIMAL: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_FLAGS: Final = ("true", "false")


class Shapes:
    """The shapes of one market.

    Args:
        data: what the file has; nothing of it is needed by shapes that name no enums, no filters and no others.
        times_to: no time is as late as that.
        no_times: what stands where there is no time.
    """

    def __init__(self, data: Mapping[str, Any], times_to: int = 10**14, no_times: tuple[int, ...] = (0,)) -> None:
        self.answers: Mapping[str, Any] = data.get("answers", {})
        self._enums: Mapping[str, Any] = data.get("enums", {})
        self._filters: Mapping[str, Any] = data.get("filters", {})
        self._named: Mapping[str, Any] = data.get("named", {})
        self._times_to = times_to
        self._no_times = no_times

    @classmethod
    def beside(
        cls, file: str, name: str = "shapes.json", times_to: int = 10**14, no_times: tuple[int, ...] = (0,)
    ) -> Shapes:
        """Those of a file in the directory of another one."""
        return cls(json.loads(Path(file).with_name(name).read_text(encoding="utf-8")), times_to, no_times)

    def of(self, call: str, variant: str) -> Any:
        """The shape of an answer: of a call such as `GET /api/v3/ping`, and one of its variants."""
        return self.answers[call][variant]

    def variants(self) -> set[tuple[str, str]]:
        """Every call with every variant of its answer."""
        return {(call, variant) for call, shapes in self.answers.items() for variant in shapes}

    def differences(self, shape: Any, value: Any, at: str = "answer") -> list[str]:
        """What is wrong with an answer; an empty list means that it is as it should be."""
        if isinstance(shape, dict):
            return self._in_object(shape, value, at)
        if isinstance(shape, list):
            if not isinstance(value, list):
                return [f"{at} is no list: {value!r}"]
            if len(shape) > 1 and len(shape) != len(value):
                return [f"{at} has {len(value)} items, not {len(shape)}"]
            inner = shape if len(shape) > 1 else shape * len(value)
            return [line for i, item in enumerate(value) for line in self.differences(inner[i], item, f"{at}[{i}]")]
        kinds = str(shape).replace(" or empty", "|empty").split("|")
        fits = any(self._fits(kind.split(" ")[0], value, at) for kind in kinds)
        return [] if fits else [f"{at} is no {shape}: {value!r}"]

    def times(self, shape: Any, value: Any) -> Iterator[int]:
        """The times of an answer, in the order of its shape."""
        if isinstance(shape, dict):
            for name, inner in shape.items():
                if name.removesuffix("?") in value:
                    yield from self.times(inner, value[name.removesuffix("?")])
        elif isinstance(shape, list):
            for i, item in enumerate(value):
                yield from self.times(shape[i] if len(shape) > 1 else shape[0], item)
        elif str(shape).startswith("long:ms"):
            yield value
        else:
            for kind in str(shape).split("|"):
                named = self._named.get(kind)
                if named is not None and isinstance(value, dict) and not self.differences(named, value):
                    yield from self.times(named, value)

    def _in_object(self, shape: dict[str, Any], value: Any, at: str) -> list[str]:
        if not isinstance(value, dict):
            return [f"{at} is no object: {value!r}"]
        known = {name.removesuffix("?"): inner for name, inner in shape.items()}
        wrong = [f"{at}.{name} is missing" for name in shape if not name.endswith("?") and name not in value]
        wrong += [f"{at}.{name} is not in the shape" for name in value if name not in known]
        for name, inner in known.items():
            if name in value:
                wrong += self.differences(inner, value[name], f"{at}.{name}")
        return wrong

    def _fits(self, kind: str, value: Any, at: str) -> bool:
        if kind in self._named:
            return not self.differences(self._named[kind], value, at)
        if kind.startswith("string:enum:"):
            return value in self._enums[kind.removeprefix("string:enum:")]
        match kind:
            case "null":
                return value is None
            case "empty":
                return value == ""
            case "bool":
                return isinstance(value, bool)
            case "int" | "long":
                return _whole(value)
            case "long:ms":
                return _whole(value) and (value in self._no_times or 10**10 <= value < self._times_to)
            case "string":
                return isinstance(value, str)
            case "string:int":
                return isinstance(value, str) and value.isdigit()
            case "string:bool":
                return value in _FLAGS
            case "string:decimal":
                return isinstance(value, str) and _DECIMAL.fullmatch(value) is not None
            case "number:decimal":
                return isinstance(value, int | float) and not isinstance(value, bool)
            case "object:filter":
                fields = self._filters.get(value["filterType"])
                return fields is not None and not self.differences({"filterType": "string", **fields}, value, at)
        raise AssertionError(f"{at}: the shape has the unknown kind {kind!r}")


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def differences(shape: Any, value: Any) -> list[str]:
    """What is wrong with an answer whose shape names no enums, no filters and no other shapes."""
    return Shapes({}).differences(shape, value)
