"""Every successful answer of every endpoint has the fields of the API's documentation, and no others."""

from __future__ import annotations

from typing import Any

import pytest
from tests.mock_server.venues.spot.scenes import SCENES, SHAPES, SYMBOLS, Scene, fresh_client

WITHOUT_SUCCESS = {"GET /api/v3/referencePrice", "GET /api/v3/referencePrice/calculation"}
"""No symbol of the mock has a reference price (S-159)."""


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.title)
def test_the_answer_has_its_shape(scene: Scene) -> None:
    reply = scene.play(fresh_client())
    assert reply.status == scene.status, reply.body
    assert SHAPES.differences(SHAPES.of(scene.call, scene.variant), reply.json) == []
    assert reply.json or scene.variant in ("default", "answer")


def test_every_endpoint_and_every_form_of_answer_is_played() -> None:
    served = {f"{method} {path}" for path, methods in SYMBOLS.routes.items() for method in methods}
    assert {scene.call for scene in SCENES} == served - WITHOUT_SUCCESS
    assert {(scene.call, scene.variant) for scene in SCENES} == SHAPES.variants()


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        ({"a": "int"}, {}),
        ({"a": "int"}, {"a": 1, "b": 2}),
        ({"a": "int"}, {"a": True}),
        ({"a": "string:decimal"}, {"a": 1.5}),
        ({"a": "string:decimal"}, {"a": "1e-7"}),
        ({"a": "string:enum:OrderSide"}, {"a": "buy"}),
        ({"a?": "bool"}, {"a": None}),
        ({"a": "string|null"}, {"a": 1}),
        (["long"], {"0": 1}),
        (["long"], [1, "2"]),
        (["long", "long"], [1]),
        ("object:filter", {"filterType": "LOT_SIZE", "minQty": "1", "maxQty": "1"}),
        ("object:filter", {"filterType": "NO_SUCH"}),
        ("CANCEL|{code,msg}", {"code": -1}),
    ],
)
def test_the_comparison_finds_what_differs(shape: Any, value: Any) -> None:
    assert SHAPES.differences(shape, value)
