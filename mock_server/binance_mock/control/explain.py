"""Explaining a request: what the gate would say, and which mistake explains a refused signature."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from binance_mock.control.call import Body, ControlCall, ControlError, Scene, control
from binance_mock.gate.explain import explain_request
from binance_mock.gate.request import Request
from binance_mock.worlds import PREFIX


class ExplainBody(Body, kw_only=True):
    """A request as it was sent; `target` is the path with its query."""

    method: str = "GET"
    target: str
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    body: str = ""


@control("POST", "/explain", ExplainBody)
def explain(scene: Scene, body: ExplainBody) -> Any:
    """Say why a request is refused; nothing is executed and nothing is counted."""
    path, _, query = body.target.partition("?")
    if not path.startswith("/"):
        raise ControlError(f"the target is {body.target[:40]!r}", "send the path with its query, without the host")
    if path.startswith(PREFIX):
        path = f"/{path[len(PREFIX) :].partition('/')[2]}"
    headers = {name.lower().encode("latin-1", "replace"): value.encode() for name, value in body.headers.items()}
    request = Request(body.method.upper(), path, query.encode(), body.body.encode(), headers)
    return explain_request(request, scene.world.keys, scene.world.clock.now(), scene.world.blueprint.all_routes)


CALLS: Final[tuple[ControlCall, ...]] = (explain,)
