"""Endpoints, limits and faults as plain rows, fit for JSON, in the order of their declaration.

The venues are those of a fresh world: a new one is listed here as soon as a world has it.
"""

from __future__ import annotations

import re
from typing import Any, Final

from binance_mock.gate.desk import Desk
from binance_mock.gate.faults.kinds import KINDS
from binance_mock.gate.limiters import LimitInterval, LimitKind
from binance_mock.venues.endpoint import Endpoint, Param
from binance_mock.venues.params import Whole
from binance_mock.venues.weights import Weight
from binance_mock.world import Blueprint, World

Row = dict[str, Any]

_RULES: Final = re.compile(r" \(rules? [^)]*\)")
"""References to rules in the summaries, which mean nothing to a reader of the documents."""

_TIMING_ROWS: Final[tuple[Row, ...]] = (
    {
        "name": "recvWindow", "kind": "RecvWindow", "required": False, "default": 5000,
        "schema": {"type": "number", "minimum": 0, "maximum": 60000},
    },
    {
        "name": "timestamp", "kind": "Moment", "required": True, "default": None,
        "schema": {"type": "integer", "minimum": 0, "example": 1700000000000},
    },
    {"name": "signature", "kind": "Signature", "required": True, "default": None, "schema": {"type": "string"}},
)  # fmt: skip
"""What every signed call takes besides its own parameters; the gate reads these (rules S-19, S-25)."""


def endpoints() -> list[Row]:
    """Every endpoint served.

    Returns:
        rows with `venue`, `group`, `method`, `path`, `summary`, `security`, `signed`, `weight` (`default`,
        and `rules` where it varies), `quota` (`name`, `limit`, `minutes`; None for calls that the weight counts),
        `order_count`, `order_burst` and `parameters`: `name`, `kind`, `required`, `default`, `schema`,
        and `most` where larger numbers are cut down to it.
    """
    return [_endpoint(desk.name, each) for desk in _desks() for each in _served(desk)]


def limits() -> list[Row]:
    """Every limiter of every venue, as exchangeInfo lists them, with the header that reports its count."""
    rows: list[Row] = []
    for desk in _desks():
        headers = {limit.key: limit.header.decode().upper() for limit in (*desk.ip.limits, *desk.orders.limits)}
        for info in desk.rules():
            key = (LimitKind(info["rateLimitType"]), LimitInterval(info["interval"]), info["intervalNum"])
            rows.append({"venue": desk.name, **info, "header": headers[key]})
        if desk.meters is not None:
            rows += [
                {"venue": desk.name, **info, "header": header.decode().upper()} for info, header in desk.meters.rules()
            ]
    return rows


def retired() -> list[Row]:
    """The paths that answer 410, by venue."""
    return [{"venue": desk.name, "path": path} for desk in _desks() for path in sorted(desk.retired)]


def successors() -> list[Row]:
    """The paths that answer 404 and name the path to use instead, by venue."""
    return [
        {"venue": desk.name, "path": path, "successor": successor}
        for desk in _desks()
        for path, successor in desk.dialect.successors
    ]


def faults() -> list[Row]:
    """Every kind of fault: `kind`, `summary`, and `parameters` with `name`, `legal`, `required`, `default`, `doc`."""
    return [
        {
            "kind": kind.kind,
            "summary": kind.summary,
            "parameters": [parameter._asdict() for parameter in kind.parameters()],
        }
        for kind in KINDS
    ]


def wire_text(value: Any) -> str:
    """A default as a caller would write it into the query."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _desks() -> list[Desk]:
    return list(World(Blueprint.standard()).desks.values())


def _served(desk: Desk) -> list[Endpoint]:
    """The endpoints of a venue, groups kept together."""
    served = [each for methods in desk.routes.values() for each in methods.values()]
    groups = list(dict.fromkeys(each.group for each in served))
    return sorted(served, key=lambda each: groups.index(each.group))


def _endpoint(venue: str, each: Endpoint) -> Row:
    rows = [_parameter(param) for param in each.params]
    return {
        "venue": venue,
        "group": each.group,
        "method": each.method,
        "path": each.path,
        "summary": _RULES.sub("", each.summary),
        "security": str(each.security),
        "signed": each.signed,
        "weight": _weight(each.weight),
        "quota": None if each.quota is None else each.quota._asdict(),
        "order_count": each.order_count,
        "order_burst": each.order_burst,
        "parameters": rows + ([dict(row) for row in _TIMING_ROWS] if each.signed else []),
    }


def _parameter(param: Param) -> Row:
    schema = param.kind.schema()
    default = param.default
    if default is not None and schema["type"] == "string":
        default = wire_text(default)
    row = {
        "name": param.name,
        "kind": type(param.kind).__name__,
        "required": param.required,
        "default": default,
        "schema": schema,
    }
    if isinstance(param.kind, Whole) and param.kind.most is not None and param.kind.clamp:
        row["most"] = param.kind.most
    return row


def _weight(weight: Weight) -> Row:
    return {"default": weight.default, "rules": [{"when": when, "weight": text} for when, text in weight.rules()]}
