"""The control API described as OpenAPI, generated from the declarations that route it."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from binance_mock import __version__
from binance_mock.control.call import Body, ControlCall, FreeBody
from binance_mock.control.control import CALLS

_ERROR: Final = {
    "type": "object",
    "properties": {"error": {"type": "string"}, "hint": {"type": "string"}},
    "required": ["error", "hint"],
}


def describe() -> dict[str, Any]:
    """The OpenAPI document."""
    paths: dict[str, dict[str, Any]] = {}
    kinds = [call.body for call in CALLS if call.body is not Body and not issubclass(call.body, FreeBody)]
    schemas, components = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    of_kind = dict(zip(kinds, schemas, strict=True))
    for call in CALLS:
        paths.setdefault(f"/_mock{call.path}", {})[call.method.lower()] = _operation(call, of_kind.get(call.body))
    return {
        "openapi": "3.1.0",
        "info": {"title": "binance-mock control API", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": {**components, "Error": _ERROR},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(call: ControlCall, schema: dict[str, Any] | None) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": call.summary,
        "operationId": f"{call.method.lower()}{re.sub(r'[^a-zA-Z]+', '_', call.path)}",
        "parameters": [
            *(
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
                for name in _variables(call)
            ),
            *({"name": name, "in": "query", "schema": {"type": "string"}} for name in (*call.query, "world")),
        ],
        "responses": {
            "200": {"description": "done", "content": {"application/json": {}}},
            "4XX": {
                "description": "refused, with a hint",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
            },
        },
    }
    if issubclass(call.body, FreeBody):
        schema = {"type": "object"}
    if schema is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return operation


def _variables(call: ControlCall) -> list[str]:
    return re.findall(r"\{(\w+)\}", call.path)
