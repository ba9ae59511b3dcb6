"""Permissions: what a key may not do is not tried in a loop, and the account's mode is asked for, not assumed."""

from __future__ import annotations

from typing import Final

import msgspec

from binance_conformance.check import MAY, MUST, check
from binance_conformance.checks.attempts import attempt
from binance_conformance.operations import (
    Account,
    AnyOperation,
    Klines,
    PositionMode,
    PositionModeView,
    Price,
    ServerTime,
    SetPositionMode,
)
from binance_conformance.protocol import OutcomeKind
from binance_conformance.scene import Scene

_REFUSED_KEYS: Final = (-2014, -2015)
_NO_SUCH_SIDE: Final = -4061


def _expect_no_loop(scene: Scene, operation: AnyOperation, codes: tuple[int, ...], because: str) -> None:
    """The call, if the client has it, is refused, and sent once more at most."""
    told = attempt(scene, operation)
    if told is None:
        return
    refused = [seen for seen in told.arrived if seen.code in codes]
    scene.expect(
        len(refused) <= 2,
        f"the client sent {len(refused)} calls that were refused",
        expected="one repeat at most",
        found="; ".join(f"#{seen.seq} {seen.method} {seen.path} {seen.code}" for seen in refused),
    )
    scene.expect_told(told, OutcomeKind.REFUSED, because=because)


@check(
    "permissions.unknown-key-stops",
    "A key that the exchange does not know is not tried again and again",
    level=MUST,
    why="A key of another environment never becomes right. The refusals count towards a ban of the address.",
    guards=("F-52",),
    rules=("S-37", "U-14", "O-27"),
)
def unknown_key_stops(scene: Scene) -> None:
    """A key of the right form, made elsewhere."""
    scene.configure(api_key="A" * 64)
    scene.note("the key is one of another environment")
    for operation in (Account(), scene.ground.resting()):
        _expect_no_loop(scene, operation, _REFUSED_KEYS, "the exchange does not know its key")
    scene.require(not any(seen.executed for seen in scene.orders()), "the exchange took the order")
    scene.need(any(seen.code in _REFUSED_KEYS for seen in scene.arrived()), "the client sent nothing")


@check(
    "permissions.missing-right-not-retried",
    "A call for which the key has no right is not tried again and again",
    level=MUST,
    why="The right does not come by itself, and the refusals count towards a ban of the address.",
    guards=("F-53",),
    rules=("S-37", "S-39", "U-19", "O-28"),
)
def missing_right_not_retried(scene: Scene) -> None:
    """A key that may read and not trade."""
    scene.configure(permissions=("USER_DATA",))
    scene.note("the key may read, not trade")
    _expect_no_loop(scene, scene.ground.resting(), _REFUSED_KEYS, "the key may not trade")
    scene.need(any(seen.code in _REFUSED_KEYS for seen in scene.orders()), "the client sent no order")


@check(
    "permissions.no-key-on-public-calls",
    "The API key is not sent where nobody asks for it",
    level=MAY,
    why="What is not sent does not stand in the logs of a proxy.",
    guards=("F-54",),
    rules=("S-38", "U-10", "O-25"),
)
def no_key_on_public_calls(scene: Scene) -> None:
    """Public calls of a client that has a key. A delay of a millisecond marks those that bear it."""
    ground = scene.ground
    paths = (ground.time, ground.public, ground.klines)
    scene.configure()
    for path in paths:
        scene.world.faults.add(
            "latency", ms=1, path=path, key=scene.world.api_key, name=f"key-at-{path.rpartition('/')[2]}"
        )
    scene.note("public calls that bear the key are delayed by a millisecond, which marks them")
    public = (ServerTime(), Price(symbol=ground.symbol), Klines(symbol=ground.symbol, interval="1h", limit=5))
    answers = [attempt(scene, operation) for operation in public]
    seen = [each for each in scene.arrived() if each.path in paths]
    scene.need(bool(seen), "the client calls none of these")
    with_key = [each for each in seen if each.fault]
    scene.expect(
        not with_key,
        "the client sent its key with public calls",
        expected="no X-MBX-APIKEY header",
        found="; ".join(f"#{each.seq} {each.method} {each.path}" for each in with_key),
    )
    for told in answers:
        if told is not None:
            scene.expect_accepted(told, "a public call")


def _hedge(scene: Scene) -> None:
    """An account in hedge mode, and a client that does not know it."""
    told = scene.call(SetPositionMode(hedge=True))
    scene.need(told.accepted, "the client cannot switch hedge mode on")
    scene.configure()
    scene.note("the account is in hedge mode; a fresh client")


@check(
    "permissions.position-mode-told",
    "Whether the account is in hedge mode is asked of the exchange",
    level=MUST,
    why="In the wrong mode each order is refused, or closes what it was to open.",
    guards=("F-55",),
    rules=("U-66", "U-67", "U-69"),
    venues=("usdm",),
)
def position_mode_told(scene: Scene) -> None:
    """An account in one-way mode, then one in hedge mode."""
    for hedge in (False, True):
        if hedge:
            _hedge(scene)
        told = scene.call(PositionMode())
        scene.expect_accepted(told, "asking for the position mode")
        scene.expect(
            told.view(PositionModeView).hedge is hedge,
            "the client told another position mode",
            expected=f"hedge mode {'on' if hedge else 'off'}",
            found=told,
        )


@check(
    "permissions.position-side-kept",
    "In hedge mode orders bear the side of the position",
    level=MUST,
    why="Without positionSide each order is refused with -4061.",
    guards=("F-55",),
    rules=("U-66", "U-67", "U-68"),
    venues=("usdm",),
)
def position_side_kept(scene: Scene) -> None:
    """Orders in hedge mode: with a side, and without one, which only the client can complete or refuse."""
    _hedge(scene)
    order = scene.ground.resting()
    told = scene.call(msgspec.structs.replace(order, position_side="LONG"))
    scene.expect_accepted(told, "an order for a long position")
    sides = [seen.params.get("positionSide") for seen in scene.orders() if seen.executed]
    scene.expect(sides == ["LONG"], "the order is for another side", expected="positionSide=LONG", found=sides)
    told = scene.call(order)
    refused = [seen for seen in told.arrived if seen.code == _NO_SUCH_SIDE]
    scene.expect(
        len(refused) <= 2,
        f"the client sent {len(refused)} orders without a side",
        expected="one repeat at most",
        found="; ".join(f"#{seen.seq} {seen.code} {seen.msg}" for seen in refused),
    )
    scene.expect_told(
        told, OutcomeKind.REFUSED, OutcomeKind.ACCEPTED, because="an order without positionSide has no place"
    )


CHECKS: Final = (
    unknown_key_stops,
    missing_right_not_retried,
    no_key_on_public_calls,
    position_mode_told,
    position_side_kept,
)
