"""The world's clock: how it runs, and moving it."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.clock import ClockMode
from binance_mock.control.call import Body, ControlCall, ControlError, Scene, control
from binance_mock.world import World

_MOST_MS: Final = 253_402_300_799_999
"""The last millisecond of the year 9999."""

_MOST_OFFSET_MS: Final = 50 * 365 * 86_400_000
"""Fifty years."""


class ClockBody(Body, kw_only=True):
    """How the clock shall run: `now_ms` for a frozen one, `offset_ms` for one that runs ahead or behind."""

    mode: ClockMode
    now_ms: int | None = None
    offset_ms: int | None = None


class AdvanceBody(Body, kw_only=True):
    """By how many milliseconds the clock goes ahead."""

    ms: int


@control("GET", "/clock")
def show(scene: Scene, body: Body) -> Any:
    """The clock's mode and time."""
    return _state(scene.world)


@control("POST", "/clock", ClockBody)
def set_clock(scene: Scene, body: ClockBody) -> Any:
    """Let the clock run live, with an offset, or stand still."""
    clock = scene.world.clock
    if body.now_ms is not None and body.mode is not ClockMode.FROZEN:
        raise ControlError("now_ms is only for a frozen clock", 'send {"mode": "frozen", "now_ms": ...}')
    if (body.offset_ms is None) == (body.mode is ClockMode.OFFSET):
        raise ControlError("offset_ms goes with the mode offset", 'send {"mode": "offset", "offset_ms": -3000}')
    if body.mode is ClockMode.FROZEN:
        if body.now_ms is not None and not 0 <= body.now_ms <= _MOST_MS:
            raise ControlError(f"now_ms is {body.now_ms}", f"send milliseconds between 0 and {_MOST_MS}")
        clock.freeze(None if body.now_ms is None else body.now_ms * 1000)
    elif body.mode is ClockMode.OFFSET:
        offset = body.offset_ms or 0
        if abs(offset) > _MOST_OFFSET_MS:
            raise ControlError(f"offset_ms is {offset}", f"send at most {_MOST_OFFSET_MS} either way")
        clock.run_with_offset(offset * 1000)
    else:
        clock.live()
    scene.world.rewind()
    return _state(scene.world)


@control("POST", "/clock/advance", AdvanceBody)
def advance(scene: Scene, body: AdvanceBody) -> Any:
    """Move the clock ahead; a frozen one stays frozen, a running one runs on from there."""
    if body.ms < 0:
        raise ControlError(
            f"the clock cannot advance by {body.ms} ms", 'it goes back with POST /_mock/clock {"mode": ...}'
        )
    clock = scene.world.clock
    if clock.now() // 1000 + body.ms > _MOST_MS:
        raise ControlError(f"{body.ms} ms ahead lies beyond the year 9999", "advance by less")
    clock.move(body.ms * 1000)
    return _state(scene.world)


def _state(world: World) -> dict[str, Any]:
    clock = world.clock
    return {"mode": clock.mode.value, "now_ms": clock.now() // 1000, "offset_ms": clock.offset // 1000}


CALLS: Final[tuple[ControlCall, ...]] = (show, set_clock, advance)
