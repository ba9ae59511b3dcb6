"""Request limits: what they are, what is used, who is banned."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated, Any, Final

import msgspec

from binance_mock.control.call import Body, ControlCall, ControlError, Scene, control, nearest
from binance_mock.gate.desk import Desk
from binance_mock.gate.limiters import LimitInterval, LimitKind
from binance_mock.world import World


class LimitsBody(Body, kw_only=True):
    """A limiter to change or add, a ban to set or lift, or the number of strikes that lead to a ban.

    With `quota` it is a quota beside the weight whose `limit` changes; 0 exhausts it.
    """

    venue: str = "spot"
    quota: str | None = None
    kind: LimitKind | None = None
    interval: LimitInterval | None = None
    num: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    limit: Annotated[int, msgspec.Meta(ge=0, le=10**12)] | None = None
    ban_ip: str | None = None
    ban_seconds: Annotated[int, msgspec.Meta(ge=1, le=10**9)] = 120
    unban_ip: str | None = None
    strikes: Annotated[int, msgspec.Meta(ge=0, le=10**6)] | None = None


@control("GET", "/limits", query=("venue",))
def show(scene: Scene, body: Body) -> Any:
    """Limiters of a venue with what is used, by address and by account; of spot unless told."""
    return _state(scene.world, _desk(scene.world, scene.query.get("venue", "spot")))


@control("PATCH", "/limits", LimitsBody)
def change(scene: Scene, body: LimitsBody) -> Any:
    """Change a limiter, ban or unban an address, or set the number of strikes."""
    world = scene.world
    desk = _desk(world, body.venue)
    if body.quota is not None:
        _change_quota(desk, body)
        return _state(world, desk)
    given = [body.kind is None, body.interval is None, body.limit is None]
    if any(given) and not all(given):
        raise ControlError(
            "a limit needs kind, interval and limit",
            'send {"kind": "REQUEST_WEIGHT", "interval": "MINUTE", "num": 1, "limit": 100}',
        )
    ban_ip, unban_ip = _address("ban_ip", body.ban_ip), _address("unban_ip", body.unban_ip)
    # Everything is checked by now: a call that is refused changes nothing.
    if body.kind is not None and body.interval is not None and body.limit is not None:
        if body.kind is LimitKind.ORDERS:
            desk.orders.set_limit(body.interval, body.num, body.limit)
        else:
            desk.ip.set_limit(body.kind, body.interval, body.num, body.limit)
    if body.strikes is not None:
        desk.ip.strikes = body.strikes
    if ban_ip is not None:
        desk.ip.ban(ban_ip, body.ban_seconds, world.clock.now())
    if unban_ip is not None:
        desk.ip.unban(unban_ip)
    return _state(world, desk)


def _desk(world: World, venue: str) -> Desk:
    desk = world.desks.get(venue)
    if desk is None:
        raise ControlError(f"there is no venue {venue!r}", nearest(venue, list(world.desks)), 404)
    return desk


def _change_quota(desk: Desk, body: LimitsBody) -> None:
    names = [each["name"] for each in desk.quotas.describe(0)]
    if body.quota not in names:
        raise ControlError(
            f"{desk.name} has no quota {body.quota!r}", f"its quotas are {', '.join(names) or 'none'}", 404
        )
    others = (body.kind, body.interval, body.ban_ip, body.unban_ip, body.strikes)
    if body.limit is None or any(each is not None for each in others):
        raise ControlError("a quota has a limit and nothing else", f'send {{"quota": "{body.quota}", "limit": 0}}')
    desk.quotas.set_limit(body.quota, body.limit)


def _address(field: str, text: str | None) -> str | None:
    """An address as connections show it."""
    try:
        return None if text is None else str(ip_address(text))
    except ValueError:
        raise ControlError(f"{field} is {text!r}", "send an address, such as 127.0.0.1") from None


def _state(world: World, desk: Desk) -> dict[str, Any]:
    now = world.clock.now()
    return {
        "limits": desk.rules(),
        "strikes": desk.ip.strikes,
        "addresses": desk.ip.describe(now),
        "orders": {name: desk.orders.describe(name, now) for name in world.spot.accounts},
        "quotas": desk.quotas.describe(now),
    }


CALLS: Final[tuple[ControlCall, ...]] = (show, change)
