"""Rate limits: who is told to wait waits, tells its caller so, and goes on when the time has come."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from binance_conformance.check import MUST, SHOULD, check
from binance_conformance.checks import bans, order_limits
from binance_conformance.checks.waits import LONG_S, first_answer, listed, pass_until, silent
from binance_conformance.operations import Account, ExchangeInfo, Price
from binance_conformance.protocol import OutcomeKind, Promise
from binance_conformance.scene import Scene
from binance_mock.face.journal import Seen

FLOOR_MS: Final = 250
"""Two requests nearer to each other than this are a tight loop."""
SLACK_MS: Final = 5_000
"""So much later than told a client may think that a limit ends."""
TOO_LITTLE: Final = {"spot": (40, 15), "usdm": (15, 20)}
"""A request weight for a minute, and more price calls than it allows after exchangeInfo."""


@check(
    "rate-limits.retry-after-honoured",
    "After 429 nothing is sent before Retry-After has passed",
    level=MUST,
    why="Requests after a 429 count towards a ban of the address, which stops everything that runs there.",
    guards=("F-56", "F-57", "F-66"),
    rules=("S-59", "U-23", "U-25", "O-33", "O-40"),
)
def retry_after_honoured(scene: Scene) -> None:
    """One 429, on a read and on an order. Who repeats the call may do so when the time has come, not before."""
    wait = scene.seconds(kit=35, machine=2)
    for on_order in (False, True):
        scene.restart("429 on an order" if on_order else "429 on a read")
        scene.call(Price(symbol=scene.symbol))
        if on_order:
            scene.order_fault("too_many_429", times=1, retry_after=wait)
        else:
            scene.fault("too_many_429", times=1, retry_after=wait)
        told = scene.call(scene.ground.resting() if on_order else Account())
        limited = first_answer(scene, 429, told)
        silent(scene, limited, limited.time + wait * 1000, f"silence for {wait} s after the 429")
        scene.expect_told(
            told, OutcomeKind.ACCEPTED, OutcomeKind.RATE_LIMITED, OutcomeKind.RETRY_LATER,
            because="the exchange asked it to slow down",
        )  # fmt: skip


@check(
    "rate-limits.second-429-honoured",
    "When the repeated call is answered by 429 as well, the new Retry-After counts",
    level=MUST,
    why="A client that waits once and then repeats at will is banned by the second answer.",
    guards=("F-56", "F-57", "F-66"),
    rules=("S-59", "U-23", "O-33"),
)
def second_429_honoured(scene: Scene) -> None:
    """Two answers 429; the second asks for a longer wait than the first."""
    waits = scene.seconds(kit=10, machine=1), scene.seconds(kit=25, machine=2)
    scene.call(Price(symbol=scene.symbol))
    for wait in waits:
        scene.fault("too_many_429", times=1, retry_after=wait)
    told = scene.call(Account())
    first_answer(scene, 429, told)
    limited = [seen for seen in scene.arrived() if seen.status == 429]
    for seen, wait in zip(limited, waits, strict=False):
        silent(scene, seen, seen.time + wait * 1000, f"silence for {wait} s after that 429")


@check(
    "rate-limits.silence-after-429",
    "A client that minds limits keeps later calls off the wire too, of whatever kind, until the limit has passed",
    level=MUST,
    why="The weight is the address's: what any other call sends while it is used up brings the ban nearer.",
    guards=("F-56", "F-60"),
    rules=("S-57", "S-59", "U-20", "U-23", "O-33", "O-40"),
    promises=(Promise.RATE_LIMITS,),
)
def silence_after_429(scene: Scene) -> None:
    """A 429 with a long wait. The caller goes on calling, and once more when the wait is over."""
    wait = scene.seconds(kit=LONG_S, machine=3)
    scene.call(Price(symbol=scene.symbol))
    scene.fault("too_many_429", times=1, retry_after=wait)
    limited = first_answer(scene, 429, scene.call(Account()))
    end = limited.time + wait * 1000
    for operation in (Price(symbol=scene.symbol), scene.ground.resting(), Account()):
        scene.call(operation)
    silent(scene, limited, end, f"silence for {wait} s after the 429")
    pass_until(scene, end)
    scene.expect_accepted(scene.call(Account()), "a call after the limit")


@check(
    "rate-limits.no-tight-loop",
    "A 429 that does not say how long to wait is not answered by a tight loop",
    level=MUST,
    why="Futures do not promise Retry-After. A client that reads its absence as zero earns a ban within a second.",
    guards=("F-59", "F-66"),
    rules=("S-59", "U-23", "U-25", "O-40"),
)
def no_tight_loop(scene: Scene) -> None:
    """Three answers 429 in a row, without Retry-After and with one of zero seconds."""
    for retry_after in (None, 0):
        scene.restart("no Retry-After" if retry_after is None else "Retry-After: 0")
        scene.call(Price(symbol=scene.symbol))
        scene.fault("too_many_429", times=3, retry_after=retry_after)
        told = scene.call(Price(symbol=scene.symbol))
        first_answer(scene, 429, told)
        _spaced(scene, told.arrived)


@check(
    "rate-limits.repeat-signed-anew",
    "An order that is sent again after a limit bears a new timestamp",
    level=SHOULD,
    why="The old timestamp is older than recvWindow when the wait is over: the order is refused with -1021.",
    guards=("F-56",),
    rules=("S-19", "S-59", "U-25", "O-21"),
)
def repeat_signed_anew(scene: Scene) -> None:
    """A 429 on an order, with a wait that is longer than recvWindow where time costs nothing."""
    wait = scene.seconds(kit=35, machine=2)
    scene.order_fault("too_many_429", times=1, retry_after=wait)
    told = scene.call(scene.ground.resting())
    orders = scene.orders()
    scene.need(len(orders) > 1 or told.kind is not OutcomeKind.ACCEPTED, "the client does not repeat calls")
    scene.need(len(orders) > 1, "the client does not repeat calls")
    stamps = [seen.params.get("timestamp") for seen in orders]
    scene.expect(
        len(set(stamps)) == len(stamps),
        "the order was sent again as it was",
        expected="a timestamp of its own for each request",
        found=f"timestamps {stamps}, and at last {told}",
    )
    scene.expect_accepted(told, "the order after the limit")


@check(
    "rate-limits.clock-set-back-while-waiting",
    "A limit ends after the time that was told, though the exchange's clock is set back meanwhile",
    level=SHOULD,
    why="A client that measures the wait by a clock that was set back stands still for as long as it was set back.",
    guards=("F-57", "F-58"),
    rules=("S-59", "U-25"),
    promises=(Promise.RATE_LIMITS, Promise.CLOCK_SYNC),
)
def clock_set_back_while_waiting(scene: Scene) -> None:
    """A 429; while its wait runs, the exchange's clock goes back by an hour. Signed calls follow when it is over."""
    wait = scene.seconds(kit=LONG_S, machine=2)
    scene.call(Account())
    scene.fault("too_many_429", times=1, retry_after=wait)
    first_answer(scene, 429, scene.call(Account()))
    scene.jump(-3_600_000)
    scene.pass_time(wait + 1)
    told = [scene.call(Account()) for _ in range(2)][-1]
    scene.expect_accepted(told, "a call after the limit")


@check(
    "rate-limits.limit-and-ban-told-apart",
    "The caller can tell a limit from a ban",
    level=SHOULD,
    why="After a 429 a pause helps; during a ban every call makes it worse. One error for both leaves a guess.",
    guards=("F-65",),
    rules=("S-59", "S-60", "U-23", "O-30"),
)
def limit_and_ban_told_apart(scene: Scene) -> None:
    """A 429 and a 418, each with a wait that no call lasts through where time costs nothing."""
    scene.call(Price(symbol=scene.symbol))
    wait = scene.seconds(kit=LONG_S, machine=2)
    scene.fault("too_many_429", times=1, retry_after=wait)
    told = scene.call(Price(symbol=scene.symbol))
    limited = first_answer(scene, 429, told)
    if not told.accepted:
        scene.expect_told(told, OutcomeKind.RATE_LIMITED, because="it was a 429")
    pass_until(scene, limited.time + wait * 1000)
    scene.fault("banned_418", times=1, seconds=wait)
    told = scene.call(Price(symbol=scene.symbol))
    first_answer(scene, 418, told)
    if not told.accepted:
        scene.expect_told(told, OutcomeKind.BANNED, because="it was a 418")


@check(
    "rate-limits.end-told",
    "The caller learns when a limit or a ban ends",
    level=SHOULD,
    why="Without the end the caller waits by trial, and each trial during a ban makes it longer.",
    guards=("F-57", "F-58"),
    rules=("S-59", "S-60", "U-23", "U-25", "O-40"),
)
def end_told(scene: Scene) -> None:
    """A 429 and a 418. The end may also stand in the words, as the exchange puts it there for bans."""
    for kind, status, length in (("too_many_429", 429, "retry_after"), ("banned_418", 418, "seconds")):
        scene.restart(kind)
        scene.call(Price(symbol=scene.symbol))
        wait = scene.seconds(kit=LONG_S, machine=2)
        scene.fault(kind, times=1, **{length: wait})
        told = scene.call(Price(symbol=scene.symbol))
        end = first_answer(scene, status, told).time + wait * 1000
        if told.accepted:
            continue
        until = told.outcome.until_ms
        in_words = status == 418 and any(str(end // 1000 + more) in told.outcome.message for more in (-1, 0, 1))
        scene.expect(
            in_words or (until is not None and end - 1500 <= until <= end + SLACK_MS),
            "the caller is not told when it may go on",
            expected=f"until about {end}",
            found=told,
        )


@check(
    "rate-limits.no-ban-provoked",
    "However much its caller asks, a client that minds limits does not run into a ban",
    level=MUST,
    why="The exchange bans an address that goes on after 429. Then nothing works there, cancelling included.",
    guards=("F-56", "F-61"),
    rules=("S-57", "S-58", "S-59", "S-60", "U-20", "U-23", "O-33"),
    promises=(Promise.RATE_LIMITS,),
)
def no_ban_provoked(scene: Scene) -> None:
    """The exchange's own limit, set low and published nowhere in time; the caller asks for more than it allows."""
    scene.call(Price(symbol=scene.symbol))
    if scene.kit_clock:
        scene.world.limits.set("REQUEST_WEIGHT", "MINUTE", 6, venue=scene.venue)
        scene.note("a request weight of 6 a minute is allowed")
    else:
        scene.world.limits.set("REQUEST_WEIGHT", "SECOND", 6, num=2, venue=scene.venue)
        scene.note("a request weight of 6 in 2 seconds is allowed")
    told = [scene.call(Price(symbol=scene.symbol)) for _ in range(14)]
    arrived = scene.arrived()
    scene.expect(
        len(arrived) > 1, "the calls did not reach the exchange", expected="as many as are allowed", found=told[0]
    )
    banned = [seen for seen in arrived if seen.status == 418]
    scene.expect(
        not banned,
        "the client sent on after 429 until the address was banned",
        expected="a wait, or an error without a request",
        found=" ".join(str(seen.status) for seen in arrived),
    )
    scene.pass_time(scene.seconds(kit=60, machine=2))
    scene.expect_accepted(scene.call(Price(symbol=scene.symbol)), "a call when the limit counts anew")


@check(
    "rate-limits.published-limits-kept",
    "The request weight that exchangeInfo publishes is kept, whatever it is",
    level=SHOULD,
    why="Limits differ between venues and change without much notice. A number in the code is wrong some day.",
    guards=("F-62",),
    rules=("S-57", "S-58", "S-222", "U-20"),
    venues=("spot", "usdm"),
    promises=(Promise.RATE_LIMITS,),
)
def published_limits_kept(scene: Scene) -> None:
    """A low limit in exchangeInfo, which the client is asked to read. Then the caller asks for more than it allows."""
    scene.need(scene.kit_clock, "a minute would really have to pass")
    limit, calls = TOO_LITTLE[scene.venue]
    scene.world.limits.set("REQUEST_WEIGHT", "MINUTE", limit, venue=scene.venue)
    scene.note(f"exchangeInfo publishes a request weight of {limit} a minute")
    scene.expect_accepted(scene.call(ExchangeInfo(symbols=(scene.symbol,))), "exchangeInfo")
    _never_limited(scene, calls)


@check(
    "rate-limits.used-weight-heeded",
    "When the used-weight header comes near to the limit, the client slows down before a 429",
    level=SHOULD,
    why="Other programs at the same address use the same weight. Only the header tells of them.",
    guards=("F-61",),
    rules=("S-57", "S-58", "U-20", "U-21"),
    venues=("spot", "usdm"),
    promises=(Promise.RATE_LIMITS,),
)
def used_weight_heeded(scene: Scene) -> None:
    """Another program at the client's address uses up 95 % of the limit; then the client calls."""
    scene.need(scene.kit_clock, "a minute would really have to pass")
    limit = 100
    scene.world.limits.set("REQUEST_WEIGHT", "MINUTE", limit, venue=scene.venue)
    scene.note(f"exchangeInfo publishes a request weight of {limit} a minute")
    scene.expect_accepted(scene.call(ExchangeInfo(symbols=(scene.symbol,))), "exchangeInfo")
    _use_up(scene, 95)
    _never_limited(scene, 12)


def _spaced(scene: Scene, seen: Sequence[Seen]) -> None:
    """End the check if a request follows closely upon a 429."""
    near = [after for before, after in pairwise(seen) if before.status == 429 and after.time - before.time < FLOOR_MS]
    scene.expect(
        not near,
        f"{len(near)} requests came less than {FLOOR_MS} ms after a 429",
        expected="a wait of the client's own choice before the call is repeated",
        found=listed(seen, seen[0]),
    )


def _use_up(scene: Scene, weight: int) -> None:
    """Let another program at the client's address ask until so much weight is used."""
    trades = f"http://127.0.0.1{scene.ground.order.rpartition('/')[0]}/trades?symbol={scene.symbol}"
    used = 0
    with scene.world.session() as session:
        while used < weight:
            answer = session.get(trades)
            before, used = used, int(answer.headers["X-MBX-USED-WEIGHT-1M"])
            scene.require(answer.ok and used > before, f"the stranger's call failed: {answer.text}")
    scene.note(f"another program at this address has brought the used weight to {used}")


def _never_limited(scene: Scene, calls: int) -> None:
    """Ask for so many prices, and end the check at a 429."""
    told = [scene.call(Price(symbol=scene.symbol)) for _ in range(calls)]
    scene.expect_accepted(told[0], "the first call")
    limited = [seen for seen in scene.arrived() if seen.status in (418, 429)]
    scene.expect(
        not limited,
        f"the client ran into the limit {len(limited)} times",
        expected="fewer requests before the limit is passed",
        found=f"{limited[0].why}" if limited else "",
    )


CHECKS: Final = (
    retry_after_honoured,
    second_429_honoured,
    silence_after_429,
    no_tight_loop,
    repeat_signed_anew,
    clock_set_back_while_waiting,
    limit_and_ban_told_apart,
    end_told,
    no_ban_provoked,
    published_limits_kept,
    used_weight_heeded,
    *bans.CHECKS,
    *order_limits.CHECKS,
)
