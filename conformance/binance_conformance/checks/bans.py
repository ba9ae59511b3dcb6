"""Bans: the address is shut out, and every request makes it worse. Part of the family of rate limits."""

from __future__ import annotations

from typing import Final

from binance_conformance.check import MUST, SHOULD, check
from binance_conformance.checks.waits import first_answer, pass_until, silent
from binance_conformance.operations import Account, Price
from binance_conformance.protocol import OutcomeKind, Promise
from binance_conformance.scene import Scene


@check(
    "rate-limits.418-not-repeated",
    "A call that is answered by 418 is not repeated during the ban",
    level=MUST,
    why="Each request during a ban makes it longer, up to three days.",
    guards=("F-56", "F-58", "F-66"),
    rules=("S-60", "U-23", "O-33", "O-40"),
)
def banned_call_not_repeated(scene: Scene) -> None:
    """A ban, told to a read and to an order; one call each."""
    ban = scene.seconds(kit=120, machine=2)
    for on_order in (False, True):
        scene.restart("418 on an order" if on_order else "418 on a read")
        scene.call(Price(symbol=scene.symbol))
        if on_order:
            scene.order_fault("banned_418", times=1, seconds=ban)
        else:
            scene.fault("banned_418", times=1, seconds=ban)
        told = scene.call(scene.ground.resting() if on_order else Account())
        banned = first_answer(scene, 418, told)
        silent(scene, banned, banned.time + ban * 1000, f"silence for {ban} s after the 418")


@check(
    "rate-limits.silence-after-418",
    "While the address is banned the client sends nothing, and it goes on afterwards",
    level=MUST,
    why="Each request during a ban makes it longer, up to three days.",
    guards=("F-56", "F-58", "F-60"),
    rules=("S-60", "U-23", "O-33", "O-40"),
    promises=(Promise.RATE_LIMITS,),
)
def silence_after_418(scene: Scene) -> None:
    """A ban. The caller goes on calling; the client keeps it off the wire, and goes on when the ban has ended."""
    ban = scene.seconds(kit=120, machine=2)
    scene.call(Price(symbol=scene.symbol))
    scene.fault("banned_418", times=1, seconds=ban)
    told = scene.call(Account())
    banned = first_answer(scene, 418, told)
    end = banned.time + ban * 1000
    if not told.accepted:
        scene.expect_told(told, OutcomeKind.BANNED, because="the address is banned")
        for operation in (Account(), Price(symbol=scene.symbol), scene.ground.resting()):
            scene.call(operation)
        pass_until(scene, end)
        scene.expect_accepted(scene.call(Account()), "a call after the ban")
    silent(scene, banned, end, f"silence for {ban} s after the 418")


@check(
    "rate-limits.growing-bans",
    "A second, longer ban is kept to its own end",
    level=MUST,
    why="Bans double for repeaters. Who keeps to the length of the first one breaks the second, and earns the third.",
    guards=("F-56", "F-58"),
    rules=("S-60", "U-23", "O-40"),
    promises=(Promise.RATE_LIMITS,),
)
def growing_bans(scene: Scene) -> None:
    """Two bans, the second twice as long, begun when the first one was over; the caller calls all the time."""
    scene.call(Price(symbol=scene.symbol))
    for ban in (scene.seconds(kit=120, machine=1), scene.seconds(kit=240, machine=2)):
        scene.fault("banned_418", times=1, seconds=ban)
        scene.call(Price(symbol=scene.symbol))
        banned = [seen for seen in scene.arrived() if seen.status == 418][-1:]
        scene.expect(bool(banned), "the call did not reach the exchange", expected="one request", found="none")
        end = banned[0].time + ban * 1000
        for part in (0.3, 0.6, 0.9):
            left = banned[0].time + part * ban * 1000 - scene.now_ms
            if left > 0:
                scene.pass_time(left / 1000)
            scene.call(Price(symbol=scene.symbol))
        silent(scene, banned[0], end, f"silence for {ban} s after the 418")
        pass_until(scene, end)
        scene.expect_accepted(scene.call(Price(symbol=scene.symbol)), "a call after the ban")


@check(
    "rate-limits.ban-by-wrong-clock",
    "The end of a ban is not read off a clock that is wrong",
    level=MUST,
    why="The text names the end by the exchange's clock. A client whose clock is fast takes it for past and goes on.",
    guards=("F-58", "F-59"),
    rules=("S-60", "U-23", "O-33"),
    promises=(Promise.RATE_LIMITS,),
)
def ban_by_wrong_clock(scene: Scene) -> None:
    """A ban while the client's clock is ten minutes ahead, and ten minutes behind. Only public calls are made."""
    ban = scene.seconds(kit=120, machine=2)
    for ahead in (600_000, -600_000):
        scene.restart("the client's clock is wrong")
        scene.configure(ahead_ms=ahead)
        scene.call(Price(symbol=scene.symbol))
        scene.fault("banned_418", times=1, seconds=ban)
        told = scene.call(Price(symbol=scene.symbol))
        banned = first_answer(scene, 418, told)
        end = banned.time + ban * 1000
        if not told.accepted:
            scene.call(Price(symbol=scene.symbol))
            pass_until(scene, end)
            scene.expect_accepted(scene.call(Price(symbol=scene.symbol)), "a call after the ban")
        silent(scene, banned, end, f"silence for {ban} s after the 418")


@check(
    "rate-limits.goes-on-after-ban",
    "When a ban has ended the next call succeeds",
    level=SHOULD,
    why="A client that takes a ban for final has to be restarted by hand, with orders in the book that nobody watches.",
    guards=("F-58",),
    rules=("S-60", "U-23", "O-40"),
)
def goes_on_after_ban(scene: Scene) -> None:
    """A ban, waited for by the caller; then a read and an order."""
    scene.call(Price(symbol=scene.symbol))
    ban = scene.seconds(kit=120, machine=1)
    scene.fault("banned_418", times=1, seconds=ban)
    banned = first_answer(scene, 418, scene.call(Price(symbol=scene.symbol)))
    pass_until(scene, banned.time + ban * 1000)
    for operation in (Price(symbol=scene.symbol), scene.ground.resting()):
        scene.expect_accepted(scene.call(operation), "a call after the ban")


CHECKS: Final = (
    banned_call_not_repeated,
    silence_after_418,
    growing_bans,
    ban_by_wrong_clock,
    goes_on_after_ban,
)
