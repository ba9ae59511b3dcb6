"""More worlds behind the same port: make, list, copy and remove them."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.config_reading import ConfigError
from binance_mock.control.call import Body, ControlCall, ControlError, Scene, control
from binance_mock.gate.keys import ApiKey
from binance_mock.world import DEFAULT_WORLD, World, with_key
from binance_mock.world_options import with_options
from binance_mock.worlds import PREFIX, WorldsError


@control("GET", "/worlds")
def show_all(scene: Scene, body: Body) -> Any:
    """All worlds; their secrets are not shown."""
    return {"worlds": [_row(scene, name) for name in scene.worlds]}


class WorldBody(Body, kw_only=True):
    """A new world: like the server's default one as it started, with what is given changed; or a copy of another."""

    id: str | None = None
    fork: str | None = None
    seed: int | None = None
    frozen_at: int | None = None
    balances: dict[str, str] | None = None
    symbols: list[str] | None = None
    limits: dict[str, int] | list[dict[str, Any]] | None = None
    faults: list[dict[str, Any]] | None = None
    permissions: list[str] | None = None

    def options(self) -> dict[str, Any]:
        """What is given, by name."""
        values = {name: getattr(self, name) for name in _OPTIONS}
        return {name: value for name, value in values.items() if value is not None}


_OPTIONS: Final = ("seed", "frozen_at", "balances", "symbols", "limits", "faults", "permissions")


@control("POST", "/worlds", WorldBody)
def make(scene: Scene, body: WorldBody) -> Any:
    """Make a world, with options or as a copy; the answer shows its secret, once."""
    options = body.options()
    if body.fork is not None and options:
        raise ControlError(f"a copy takes no options, and got {', '.join(options)}", "change the copy afterwards")
    try:
        origin = scene.worlds.get(body.fork or DEFAULT_WORLD)
    except WorldsError as error:
        raise ControlError(error.reason, error.hint, 404) from None

    def build(name: str, key: ApiKey) -> World:
        if body.fork is not None:
            return origin.copy_as(name, key)
        blueprint, settings = with_options(origin.blueprint, with_key(origin.settings, key), options, "options")
        return origin.like(blueprint, settings, name)

    try:
        made = scene.worlds.add(build, body.id)
    except WorldsError as error:
        raise ControlError(error.reason, error.hint, 409) from None
    except ConfigError as error:
        raise ControlError(str(error), "GET /_mock/openapi.json tells what a world takes") from None
    return _row(scene, made.world.name) | {"secret": made.key.reveal()}


@control("DELETE", "/worlds/{id}")
def remove(scene: Scene, body: Body) -> Any:
    """Remove a world with everything in it."""
    name = scene.place["id"]
    try:
        scene.worlds.remove(name)
    except WorldsError as error:
        raise ControlError(error.reason, error.hint, 409 if name == DEFAULT_WORLD else 404) from None
    return {"removed": 1}


def _row(scene: Scene, name: str) -> dict[str, Any]:
    key = scene.worlds.own_key(name)
    return {
        "id": name,
        "path": "" if name == DEFAULT_WORLD else f"{PREFIX}{name}",
        "key": key.key if key is not None else None,
    }


CALLS: Final[tuple[ControlCall, ...]] = (show_all, make, remove)
