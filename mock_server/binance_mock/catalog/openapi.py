"""The OpenAPI 3.1 document of all Binance endpoints served.

A parameter of POST, PUT and DELETE may go in the query or in a form body (rules S-2, S-3), which OpenAPI cannot say:
the query is shown as the place where mandatory ones must be, and the body as optional, with the same names. Bodies of
successful answers are shown as JSON only, without their fields.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any, Final

from binance_mock.catalog import declarations

Row = dict[str, Any]

_FORM: Final = "application/x-www-form-urlencoded"
_JSON: Final = "application/json"
_KEY: Final = "apiKey"

_ABOUT: Final = (
    "Generated from the declarations of the endpoints that binance-mock serves. Signed calls take `timestamp` and "
    "`signature` as parameters: the signature is made over the query string and the body as they stand on the wire, "
    "without `signature` itself, with HMAC SHA-256 (hex), RSA SHA-256 or Ed25519 (base64)."
)

_REFUSALS: Final[dict[str, str]] = {
    "400": "A parameter, the timestamp, the signature or the request itself is refused.",
    "401": "The API key is missing, malformed, unknown, or may not do this (codes -2014 and -2015).",
    "409": "One half of a cancel-replace failed (code -2021); `data` holds both halves.",
    "418": "The IP is banned for going on after a 429.",
    "429": "A request or order limit is passed.",
    "500": "Played by a fault: the outcome is unknown.",
    "503": "Played by a fault: see the text for whether the request may have taken effect.",
    "504": "Played by a fault: no answer from the engine in time, the outcome is unknown.",
}
"""Answers in Binance's error form by status (rules S-4, S-5)."""
_WAITING: Final = frozenset({"418", "429"})
"""Statuses that come with Retry-After."""
_HALF_DONE: Final = frozenset({"/api/v3/order/cancelReplace"})
"""Paths that may answer 409 and put `data` into their errors (rule S-124)."""


def openapi() -> Row:
    """The document, fit for JSON; equal declarations give equal documents."""
    rows = declarations.endpoints()
    limits = [limit for limit in declarations.limits() if limit["header"]]
    paths: dict[str, Row] = {}
    for row in rows:
        paths.setdefault(row["path"], {})[row["method"].lower()] = _operation(row, limits)
    tags = dict.fromkeys(_tag(row) for row in rows)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Binance REST API, as served by binance-mock",
            "version": version("binance-mock"),
            "description": _ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "http://127.0.0.1:8099"}],
        "tags": [{"name": tag} for tag in tags],
        "paths": paths,
        "components": {
            "securitySchemes": {_KEY: {"type": "apiKey", "in": "header", "name": "X-MBX-APIKEY"}},
            "parameters": {"TimeUnit": _TIME_UNIT},
            "headers": {limit["header"]: _usage(limit) for limit in limits},
            "schemas": {"Error": _ERROR, "HalfDone": _HALF_DONE_ERROR, "Success": {"type": ["object", "array"]}},
            "responses": {f"Refused{status}": _refused(status, "Error") for status in _REFUSALS if status != "409"}
            | {"Forbidden": _FORBIDDEN},
        },
    }


_TIME_UNIT: Final[Row] = {
    "name": "X-MBX-TIME-UNIT",
    "in": "header",
    "required": False,
    "description": "The unit of all times of the answer.",
    "schema": {"type": "string", "enum": ["MILLISECOND", "millisecond", "MICROSECOND", "microsecond"]},
}
_ERROR: Final[Row] = {
    "type": "object",
    "required": ["code", "msg"],
    "properties": {"code": {"type": "integer", "maximum": -1000}, "msg": {"type": "string", "minLength": 1}},
    "additionalProperties": False,
}
_HALF: Final[Row] = {"type": "string", "enum": ["SUCCESS", "FAILURE", "NOT_ATTEMPTED"]}
_HALF_DONE_ERROR: Final[Row] = {
    "type": "object",
    "required": ["code", "msg"],
    "properties": {
        "code": {"type": "integer", "maximum": -1000},
        "msg": {"type": "string", "minLength": 1},
        "data": {
            "type": "object",
            "required": ["cancelResult", "newOrderResult", "cancelResponse", "newOrderResponse"],
            "properties": {
                "cancelResult": _HALF,
                "newOrderResult": _HALF,
                "cancelResponse": {"type": "object"},
                "newOrderResponse": {"type": ["object", "null"]},
            },
        },
    },
    "additionalProperties": False,
}
_FORBIDDEN: Final[Row] = {
    "description": "The firewall stopped the request before it reached the API.",
    "content": {"text/html": {"schema": {"type": "string"}}},
}
_RETRY_AFTER: Final[Row] = {
    "description": "Seconds to wait.",
    "required": True,
    "schema": {"type": "integer", "minimum": 0},
}


def _operation(row: Row, limits: list[Row]) -> Row:
    operation: Row = {
        "operationId": "_".join((row["venue"], row["method"].lower(), *row["path"].strip("/").split("/"))),
        "tags": [_tag(row)],
        "summary": row["summary"],
        "security": [] if row["security"] == "NONE" else [{_KEY: []}],
        "parameters": [_in_query(param) for param in row["parameters"]]
        + ([{"$ref": "#/components/parameters/TimeUnit"}] if row["venue"] == "spot" else []),
        "x-security": row["security"],
        "x-weight": row["weight"],
        "x-order-count": row["order_count"],
    }
    if row["method"] != "GET" and row["parameters"]:
        properties = {param["name"]: _schema(param, with_example=True) for param in row["parameters"]}
        operation["requestBody"] = {
            "required": False,
            "description": "Parameters may be sent here instead; one that is in the query too has the value of there.",
            "content": {_FORM: {"schema": {"type": "object", "properties": properties}}},
        }
    operation["responses"] = _responses(row, limits)
    return operation


def _in_query(param: Row) -> Row:
    shown: Row = {"name": param["name"], "in": "query", "required": param["required"], "schema": _schema(param)}
    if "example" in param["schema"]:
        shown["example"] = param["schema"]["example"]
    if "most" in param:
        shown["description"] = f"At most {param['most']}; a larger number is cut down to it."
    return shown


def _schema(param: Row, *, with_example: bool = False) -> Row:
    """The parameter's schema with its default; `example` is OpenAPI's word of old, `examples` JSON Schema's."""
    schema = {key: value for key, value in param["schema"].items() if key != "example"}
    if param["default"] is not None:
        schema["default"] = param["default"]
    if with_example and "example" in param["schema"]:
        schema["examples"] = [param["schema"]["example"]]
    return schema


def _responses(row: Row, limits: list[Row]) -> Row:
    counted = [
        limit
        for limit in limits
        if limit["venue"] == row["venue"] and (limit["rateLimitType"] == "REQUEST_WEIGHT" or row["order_count"])
    ]
    responses: Row = {
        "200": {
            "description": "Success.",
            "headers": {limit["header"]: {"$ref": f"#/components/headers/{limit['header']}"} for limit in counted},
            "content": {_JSON: {"schema": {"$ref": "#/components/schemas/Success"}}},
        }
    }
    half_done = row["path"] in _HALF_DONE
    for status in _REFUSALS:
        if (status == "401" and row["security"] == "NONE") or (status == "409" and not half_done):
            continue
        if half_done:
            responses[status] = _refused(status, "HalfDone")
        else:
            responses[status] = {"$ref": f"#/components/responses/Refused{status}"}
    responses["403"] = {"$ref": "#/components/responses/Forbidden"}
    return dict(sorted(responses.items()))


def _refused(status: str, schema: str) -> Row:
    refused: Row = {
        "description": _REFUSALS[status],
        "content": {_JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }
    if status in _WAITING:
        refused["headers"] = {"Retry-After": _RETRY_AFTER}
    return refused


def _usage(limit: Row) -> Row:
    """The header that reports what is used of a limit."""
    what = f"{limit['limit']} {limit['rateLimitType']} per {limit['intervalNum']} {limit['interval']}"
    return {
        "description": f"Used of {what}.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    }


def _tag(row: Row) -> str:
    return f"{row['venue']} {row['group']}"
