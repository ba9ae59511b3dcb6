"""The server as a whole: health, reset, and its own description."""

from __future__ import annotations

from typing import Any, Final

from binance_mock import __version__
from binance_mock.control.call import Body, ControlCall, Scene, control


@control("GET", "/health")
def health(scene: Scene, body: Body) -> Any:
    """Version, worlds and uptime."""
    return {
        "status": "ok",
        "version": __version__,
        "worlds": list(scene.worlds),
        "uptime_s": round(scene.uptime_s, 3),
    }


@control("POST", "/reset")
def reset(scene: Scene, body: Body) -> Any:
    """Put a fresh world in place of the old one, as it was when the server started, its clock included."""
    scene.worlds.reset(scene.world.name)
    return {"reset": True}


@control("GET", "/openapi.json")
def openapi(scene: Scene, body: Body) -> Any:
    """This API, described as OpenAPI."""
    from binance_mock.control.openapi import describe

    return describe()


CALLS: Final[tuple[ControlCall, ...]] = (health, reset, openapi)
