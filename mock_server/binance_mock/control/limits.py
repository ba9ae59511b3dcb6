"""Request limits: what they are, what is used, who is banned."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.control.call import Body, ControlCall, ControlError, Scene, control
from binance_mock.gate.limiters import LimitInterval, LimitKind
from binance_mock.world import World


class LimitsBody(Body, kw_only=True):
    """A limiter to change or add, a ban to set or lift, or the number of strikes that lead to a ban."""

    kind: LimitKind | None = None
    interval: LimitInterval | None = None
    num: int = 1
    limit: int | None = None
    ban_ip: str | None = None
    ban_seconds: int = 120
    unban_ip: str | None = None
    strikes: int | None = None


@control("GET", "/limits")
def show(scene: Scene, body: Body) -> Any:
    """Limiters with what is used, by address and by account."""
    return _state(scene.world)


@control("PATCH", "/limits", LimitsBody)
def change(scene: Scene, body: LimitsBody) -> Any:
    """Change a limiter, ban or unban an address, or set the number of strikes."""
    world = scene.world
    desk = world.desks["spot"]
    try:
        if body.limit is not None:
            if body.kind is None or body.interval is None:
                raise ControlError(
                    "a limit needs its kind and interval",
                    'send {"kind": "REQUEST_WEIGHT", "interval": "MINUTE", "num": 1, "limit": 100}',
                )
            if body.kind is LimitKind.ORDERS:
                desk.orders.set_limit(body.interval, body.num, body.limit)
            else:
                desk.ip.set_limit(body.kind, body.interval, body.num, body.limit)
        if body.strikes is not None:
            desk.ip.strikes = body.strikes
        if body.ban_ip is not None:
            desk.ip.ban(body.ban_ip, body.ban_seconds, world.clock.now())
        if body.unban_ip is not None:
            desk.ip.unban(body.unban_ip)
    except ValueError as error:
        raise ControlError(str(error), "GET /_mock/limits shows the limiters") from None
    return _state(world)


def _state(world: World) -> dict[str, Any]:
    desk, now = world.desks["spot"], world.clock.now()
    return {
        "limits": desk.rules(),
        "strikes": desk.ip.strikes,
        "addresses": desk.ip.describe(now),
        "orders": {name: desk.orders.describe(name, now) for name in world.spot.accounts},
    }


CALLS: Final[tuple[ControlCall, ...]] = (show, change)
