"""Fault rules: list, add, remove."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.control.call import Body, ControlCall, ControlError, FreeBody, Scene, control

_MOST: Final = 10**15
"""Far above every legal number; JSON cannot show those that are much larger."""


@control("GET", "/faults")
def show(scene: Scene, body: Body) -> Any:
    """All rules with their settings and counters."""
    return {"faults": scene.world.faults.describe()}


@control("POST", "/faults", FreeBody)
def add(scene: Scene, body: FreeBody) -> Any:
    """Add a rule: its kind, what it matches, when it fires, and the parameters of its kind.

    A rule of the same name is replaced.
    """
    fields = body.fields
    kind = fields.pop("kind", None)
    if not isinstance(kind, str):
        raise ControlError("the rule names no kind", 'send {"kind": "unknown_503", "path": "/api/v3/order"}')
    for name, value in fields.items():
        if isinstance(value, int) and abs(value) > _MOST:
            raise ControlError(f"{name}: the number is too large", f"send at most {_MOST}")
    try:
        return scene.world.faults.add(kind, **fields).describe()
    except (ValueError, TypeError) as error:
        raise ControlError(str(error), "`binance-mock catalog` lists the kinds and their parameters") from None


@control("DELETE", "/faults")
def clear(scene: Scene, body: Body) -> Any:
    """Remove all rules."""
    count = len(scene.world.faults)
    scene.world.faults.clear()
    return {"removed": count}


@control("DELETE", "/faults/{name}")
def remove(scene: Scene, body: Body) -> Any:
    """Remove a rule."""
    try:
        scene.world.faults.remove(scene.place["name"])
    except KeyError as error:
        raise ControlError(str(error.args[0]), "GET /_mock/faults lists them", 404) from None
    return {"removed": 1}


CALLS: Final[tuple[ControlCall, ...]] = (show, add, clear, remove)
