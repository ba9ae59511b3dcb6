"""The control API's own OpenAPI document."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from binance_mock.control.call import Body, FreeBody
from binance_mock.control.control import CALLS
from binance_mock.control.openapi import describe

from .conftest import Caller
from .test_dispatch import WANTED

OPERATIONS = [(f"/_mock{call.path}", call.method.lower()) for call in CALLS]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(msgspec.json.encode(describe()))
    return found


def test_it_is_what_the_server_hands_out(control: Caller, document: dict[str, Any]) -> None:
    assert control.ok("GET", "/openapi.json") == document


def test_it_lists_every_call_and_no_other(document: dict[str, Any]) -> None:
    listed = [(path, verb) for path, verbs in document["paths"].items() for verb in verbs]
    assert sorted(listed) == sorted(OPERATIONS)


def test_operation_ids_are_distinct(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for verbs in document["paths"].values() for operation in verbs.values()]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z_]+", each) for each in ids)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    references = re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document))
    assert references
    for reference in references:
        found: Any = document
        for step in reference.split("/"):
            found = found[step]


def test_path_variables_are_declared(document: dict[str, Any]) -> None:
    for path, verbs in document["paths"].items():
        for operation in verbs.values():
            declared = {each["name"] for each in operation["parameters"] if each["in"] == "path"}
            assert declared == set(re.findall(r"{(\w+)}", path))
            assert all(each["required"] for each in operation["parameters"] if each["in"] == "path")


def test_queries_are_declared(document: dict[str, Any]) -> None:
    for call in CALLS:
        operation = document["paths"][f"/_mock{call.path}"][call.method.lower()]
        assert {each["name"] for each in operation["parameters"] if each["in"] == "query"} == {*call.query, "world"}


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.method} {call.path}")
def test_schemas_accept_what_the_calls_accept(control: Caller, document: dict[str, Any], call: Any) -> None:
    operation = document["paths"][f"/_mock{call.path}"][call.method.lower()]
    if call.body is Body:
        assert "requestBody" not in operation
        return
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    validator = jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]})
    assert validator.is_valid(WANTED.get((call.method, call.path), {}))
    assert not validator.is_valid([])
    if call.body is not FreeBody:
        assert not validator.is_valid({**WANTED.get((call.method, call.path), {}), "colour": "red"})
        assert not validator.is_valid({**WANTED.get((call.method, call.path), {}), "world": 5})


def test_errors_have_the_declared_form(control: Caller, document: dict[str, Any]) -> None:
    validator = jsonschema_rs.Draft202012Validator(document["components"]["schemas"]["Error"])
    assert validator.is_valid(control.call("GET", "/nowhere")[1])
    assert not validator.is_valid({"error": "x"})
