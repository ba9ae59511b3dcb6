"""Timing: the client's clock, the exchange's clock, and what lies between."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final

from binance_conformance.check import MUST, SHOULD, check
from binance_conformance.operations import Account, AccountAt, CancelOrder
from binance_conformance.protocol import OutcomeKind, Promise
from binance_conformance.scene import Scene, Told
from binance_mock.face.journal import Seen

_DEFAULT_WINDOW_MS: Final = 5000
_LEAD_MS: Final = 1000
"""A timestamp so far ahead of the exchange's clock is refused."""
_HOURS: Final = 3
_DRIFT_MS: Final = 6000
"""In an hour: 100 ms a minute."""
_BURST: Final = 20
_CLOCK: Final = -1021


def _refused(scene: Scene) -> list[Seen]:
    """The requests that were refused for their timestamp."""
    return [seen for seen in scene.signed() if seen.code == _CLOCK]


def _stamp_ms(seen: Seen) -> int:
    """The timestamp of a request in milliseconds; 15 digits or more are microseconds."""
    digits = seen.params.get("timestamp", "")
    if not (digits.isascii() and digits.isdigit()):
        return 0
    return int(digits) // 1000 if len(digits) > 14 else int(digits)


def _times(scene: Scene) -> list[Seen]:
    """The requests for the exchange's time, at whatever venue."""
    return [seen for seen in scene.arrived() if seen.path.endswith("/time")]


def _expect_found_back(scene: Scene, answers: list[Told]) -> None:
    """End the check unless the client came to the exchange's time."""
    refused = _refused(scene)
    scene.expect(
        answers[-1].accepted and len(refused) <= 2,
        "the client does not find to the exchange's time",
        expected="success after at most two answers -1021",
        found=f"{len(refused)} answers -1021, and at last {answers[-1]}",
    )


@check(
    "timing.resync-on-1021",
    "After -1021 the client sets its clock and goes on",
    level=MUST,
    why="A client that reads the exchange's clock once fails for good when either clock jumps.",
    guards=("F-20", "F-22"),
    rules=("S-20", "S-21", "U-16", "O-21", "O-22"),
    promises=(Promise.CLOCK_SYNC,),
)
def resync_on_1021(scene: Scene) -> None:
    """The exchange's clock jumps by five seconds and more, to either side, between two signed calls."""
    for jump in (6_000, -6_000):
        scene.restart(f"a jump by {jump} ms")
        scene.expect_accepted(scene.call(Account()), "a call before the jump")
        scene.jump(jump)
        _expect_found_back(scene, [scene.call(Account()) for _ in range(3)])


@check(
    "timing.clock-error-told",
    "An order that is refused for its timestamp is told as refused",
    level=SHOULD,
    why="The caller has to know that nothing was placed, and that a clock is wrong, to set it and try again.",
    guards=("F-20",),
    rules=("S-21", "U-16", "O-22"),
)
def clock_error_told(scene: Scene) -> None:
    """The exchange's clock jumps ahead, and an order follows. Who sets the clock by himself places it after all."""
    scene.try_call(Account())
    scene.jump(10_000)
    told = scene.call(scene.ground.resting("kit-late"))
    scene.need(bool(told.arrived), "the client does not send it")
    if not _refused(scene):
        scene.expect_accepted(told, "an order in time")  # It noticed the jump by itself.
        return
    scene.expect_told(
        told, OutcomeKind.ACCEPTED, OutcomeKind.REFUSED, OutcomeKind.RETRY_LATER,
        because="the exchange answered -1021, so nothing was placed",
    )  # fmt: skip
    scene.expect(
        told.accepted or told.outcome.code == _CLOCK,
        "the client hides that a clock is wrong",
        expected="code -1021, or success after setting the clock",
        found=told,
    )


@check(
    "timing.drift-followed",
    "A clock that drifts is read again before it is too late",
    level=SHOULD,
    why="Clocks drift. Who reads the exchange's only once loses a call each time that recvWindow is used up.",
    guards=("F-21",),
    rules=("S-20", "U-16", "O-21"),
    promises=(Promise.CLOCK_SYNC,),
)
def drift_followed(scene: Scene) -> None:
    """Some hours with a call in each, while the exchange's clock runs away from the client's."""
    scene.need(scene.kit_clock, "hours would really have to pass")
    for hour in range(_HOURS):
        scene.expect_accepted(scene.call(Account()), f"the call of hour {hour}")
        scene.pass_time(3600)
        scene.jump(_DRIFT_MS)
    refused = _refused(scene)
    scene.expect(
        not refused,
        "calls were refused because the clocks had drifted apart",
        expected="the exchange's clock read again before recvWindow is used up",
        found=f"{len(refused)} answers -1021 in {_HOURS} hours",
    )


@check(
    "timing.clock-off",
    "A client whose clock is wrong by seconds or by an hour works",
    level=MUST,
    why="Machines' clocks are wrong, to either side. An offset with the wrong sign doubles the error.",
    guards=("F-22",),
    rules=("S-20", "U-16", "O-21"),
    promises=(Promise.CLOCK_SYNC,),
)
def clock_off(scene: Scene) -> None:
    """Signed calls of a client that is ahead, and of one that is behind."""
    for ahead in (3_000, -3_000, 3_600_000, -3_600_000):
        scene.restart(f"{ahead} ms ahead")
        scene.configure(ahead_ms=ahead)
        _expect_found_back(scene, [scene.call(Account()) for _ in range(3)])


@check(
    "timing.slow-sync",
    "A slow answer to the time request does not lead into the future",
    level=MUST,
    why="An offset that counts the way of the request in yields timestamps that the exchange takes for false.",
    guards=("F-23",),
    rules=("S-20", "U-16", "O-21"),
    promises=(Promise.CLOCK_SYNC,),
)
def slow_sync(scene: Scene) -> None:
    """The request for the time is slow on its way there, or its answer on its way back."""
    for stage in ("before", "after"):
        scene.restart(f"a delay {stage} the time is read")
        scene.fault("latency", path=scene.ground.time, ms=scene.seconds(3000, 2500), stage=stage, times=None if
                    scene.kit_clock else 1)  # fmt: skip
        scene.call(Account())
        scene.need(bool(_times(scene)) and bool(scene.signed()), "the client reads no time, or gives up")
        early = [seen for seen in scene.signed() if _stamp_ms(seen) >= seen.time + _LEAD_MS]
        scene.expect(
            not early,
            "the client's timestamps lie in the future",
            expected="a timestamp less than 1000 ms ahead of the exchange's clock",
            found="; ".join(f"{_stamp_ms(seen) - seen.time} ms ahead" for seen in early),
        )


@check(
    "timing.sync-before-signed",
    "The exchange's clock is read before the first signed call is sent",
    level=SHOULD,
    why="Where a clock is wrong, whatever is sent before the first reading is refused: the first order after a start.",
    guards=("F-24",),
    rules=("S-20", "U-16", "O-21"),
    promises=(Promise.CLOCK_SYNC,),
)
def sync_before_signed(scene: Scene) -> None:
    """A client that has just been started is three seconds ahead, and the answer to its time request takes a while."""
    delay = scene.seconds(kit=2000, machine=1000)
    scene.fault("latency", path=scene.ground.time, ms=delay, stage="after", times=1)
    scene.configure(ahead_ms=3_000)
    told = scene.call(Account())
    signed = scene.signed()
    scene.need(bool(signed), f"the client sends nothing signed: {told}")
    read = _times(scene)
    done = read[0].time + (delay if read[0].fault else 0) if read else None
    early = [seen for seen in signed if done is None or seen.time < done or seen.seq < read[0].seq]
    scene.expect(
        not early,
        f"{len(early)} signed requests were sent before the client had read the time",
        expected="no signed request before the answer to the first time request",
        found="; ".join(f"#{seen.seq} {seen.method} {seen.path} -> {seen.code or seen.status}" for seen in early),
    )


@check(
    "timing.failed-sync",
    "A failed reading of the clock does not spoil later timestamps",
    level=MUST,
    why="An offset that is no number makes every later timestamp one, until somebody restarts the client.",
    guards=("F-25",),
    rules=("S-19", "U-15", "O-24"),
    promises=(Promise.CLOCK_SYNC,),
)
def failed_sync(scene: Scene) -> None:
    """The time endpoint is broken while the client starts, and sound again a little later."""
    for kind in ("garbage_body", "error_500") if scene.kit_clock else ("garbage_body",):
        scene.restart(kind)
        scene.fault(kind, path=scene.ground.time)
        scene.call(Account())
        scene.need(bool(_times(scene)), "the client does not read the time here")
        scene.world.faults.clear()
        scene.note("the time endpoint is sound again")
        last = [scene.call(Account()) for _ in range(2)][-1]
        wrong = [text for seen in scene.signed() if not _is_time(text := seen.params["timestamp"])]
        scene.expect(
            not wrong,
            "timestamps are no times after the clock could not be read",
            expected="integers of 13 digits",
            found=", ".join(wrong),
        )
        scene.expect_accepted(last, "a call after the time endpoint was sound again")


def _is_time(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) in (13, 16)


@check(
    "timing.milliseconds",
    "Timestamps are whole milliseconds of the exchange's time",
    level=MUST,
    why="Seconds, fractions and local time are refused, and microseconds are documented for spot alone.",
    guards=("F-26",),
    rules=("S-15", "S-16", "S-19", "U-16", "O-20"),
)
def milliseconds(scene: Scene) -> None:
    """A balance, an order and its cancellation, by clocks that agree."""
    order = scene.ground.resting("kit-time")
    for operation in (Account(), order, CancelOrder(symbol=scene.symbol, client_order_id=order.client_order_id)):
        scene.try_call(operation)
    signed = scene.signed()
    scene.need(bool(signed), "the client sends nothing signed")
    lengths = (13, 16) if scene.venue == "spot" else (13,)
    for seen in signed:
        text = seen.params["timestamp"]
        scene.expect(
            text.isascii() and text.isdigit() and len(text) in lengths,
            f"timestamp={text} is not in milliseconds",
            expected="an integer of 13 digits" + (", or of 16 in microseconds" if scene.venue == "spot" else ""),
            found=f"{seen.method} {seen.path} timestamp={text}{_unit(text)}",
        )
        off = _stamp_ms(seen) - seen.time
        scene.expect(
            abs(off) <= _DEFAULT_WINDOW_MS,
            "a timestamp is not the time at which the call was made",
            expected="the exchange's time, as the clocks agree",
            found=f"{off} ms off",
        )


def _unit(text: str) -> str:
    """What a timestamp seems to be."""
    whole, _, decimals = text.partition(".")
    units = {10: "seconds", 13: "milliseconds", 16: "microseconds", 19: "nanoseconds"}
    unit = units.get(len(whole)) if whole.isdigit() else None
    return f": {unit}{' with decimals' if decimals else ''}" if unit else ""


@check(
    "timing.recv-window-small",
    "recvWindow is five seconds or less unless the caller wants more, also after -1021",
    level=SHOULD,
    why="A large window lets an order take effect long after its caller has given it up. It is no cure for a clock.",
    guards=("F-27",),
    rules=("S-19", "S-24", "U-17", "O-20", "O-23"),
)
def recv_window_small(scene: Scene) -> None:
    """A balance and an order, and both again after the exchange's clock has jumped ahead."""
    scene.try_call(Account())
    scene.try_call(scene.ground.resting())
    scene.jump(10_000)
    scene.try_call(Account())
    scene.try_call(scene.ground.resting())
    scene.need(bool(scene.signed()), "the client sends nothing signed")
    windows = {window for seen in scene.signed() if (window := seen.params.get("recvWindow")) is not None}
    large = sorted(window for window in windows if not _at_most(window, _DEFAULT_WINDOW_MS))
    scene.expect(
        not large,
        "recvWindow is larger than the caller asked for",
        expected="at most 5000, or none",
        found=", ".join(large),
    )


def _at_most(text: str, most: int) -> bool:
    try:
        return Decimal(text) <= most
    except InvalidOperation:
        return False


@check(
    "timing.recv-window-configurable",
    "The caller's recvWindow is sent",
    level=SHOULD,
    why="Who trades fast wants a late order refused, not placed.",
    guards=("F-27",),
    rules=("S-19", "U-17", "O-20"),
)
def recv_window_configurable(scene: Scene) -> None:
    """A balance and an order of a client that was told 1234 ms."""
    scene.configure(recv_window_ms=1234)
    scene.try_call(Account())
    scene.try_call(scene.ground.resting())
    signed = scene.signed()
    scene.need(bool(signed), "the client sends nothing signed")
    sent = [seen.params.get("recvWindow", "none") for seen in signed]
    scene.expect(
        all(text in ("1234", "1234.0", "1234.000") for text in sent),
        "the client does not send the recvWindow that it was told",
        expected="recvWindow=1234",
        found=", ".join(sent),
    )


@check(
    "timing.own-timestamp",
    "A timestamp that the caller gives is sent",
    level=SHOULD,
    why="Who stamps calls himself, to bound when they may take effect, relies on that very number.",
    guards=("F-28",),
    rules=("S-20", "U-16", "O-21"),
)
def own_timestamp(scene: Scene) -> None:
    """A balance, stamped a second and a half ago."""
    scene.call(Account())
    stamp = scene.now_ms - 1500
    told = scene.call(AccountAt(timestamp_ms=stamp))
    sent = [seen.params["timestamp"] for seen in told.arrived if "timestamp" in seen.params]
    scene.need(bool(sent), "the client sends nothing signed")
    scene.expect(
        all(text == str(stamp) for text in sent),
        "the caller's timestamp was overwritten",
        expected=str(stamp),
        found=", ".join(sent),
    )


@check(
    "timing.stamped-when-sent",
    "A call is stamped when it is sent, not when it begins to wait",
    level=SHOULD,
    why="A call that waits for a limiter of the client's own is out of date when it leaves.",
    guards=("F-29",),
    rules=("S-20", "S-59", "U-16", "O-21"),
)
def stamped_when_sent(scene: Scene) -> None:
    """A burst of calls by a client with a window of two seconds, then one that has to wait for a limit."""
    window = 2000
    scene.configure(recv_window_ms=window)
    for _ in range(_BURST if scene.kit_clock else _BURST // 2):
        scene.call(Account())
    scene.fault("too_many_429", times=1, retry_after=scene.seconds(kit=30, machine=3))
    for _ in range(2):
        scene.call(Account())
    signed = scene.signed()
    scene.need(bool(signed), "the client sends nothing signed")
    oldest = max(signed, key=lambda seen: seen.time - _stamp_ms(seen))
    age = oldest.time - _stamp_ms(oldest)
    scene.expect(
        age <= window,
        f"a call was {age} ms old when it arrived",
        expected=f"at most {window} ms, the recvWindow",
        found=f"#{oldest.seq} of {len(signed)} signed requests",
    )


@check(
    "timing.time-read-here",
    "The time is read where the orders go",
    level=MUST,
    why="A client that reads it elsewhere talks to the live exchange in a test, and sets its clock by the wrong one.",
    guards=("F-30",),
    rules=("S-20", "U-16", "O-21"),
    promises=(Promise.CLOCK_SYNC,),
)
def time_read_here(scene: Scene) -> None:
    """Calls of a client that is ten seconds ahead, so that it cannot do without."""
    scene.configure(ahead_ms=10_000)
    for _ in range(2):
        scene.call(Account())
    scene.need(bool(scene.arrived()), "the client sends nothing")
    scene.expect(
        bool(_times(scene)),
        "the client, which sets its clock, did not read the time here",
        expected=f"a request to {scene.ground.time}",
        found="; ".join(f"{seen.method} {seen.path}" for seen in scene.arrived()),
    )


CHECKS: Final = (
    resync_on_1021,
    clock_error_told,
    drift_followed,
    clock_off,
    slow_sync,
    sync_before_signed,
    failed_sync,
    milliseconds,
    recv_window_small,
    recv_window_configurable,
    own_timestamp,
    stamped_when_sent,
    time_read_here,
)
