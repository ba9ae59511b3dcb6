"""The smoke test of a driver: is the driver right, before anybody asks whether the client is?

It plays calls whose answer is known, and compares what arrived with what the driver says that the client told. Where
they disagree, the driver is wrong: it does not call the client, invents results, or names outcomes by the wrong word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from binance_conformance.cases import Case
from binance_conformance.check import MUST, Check
from binance_conformance.drivers import Driver, DriverFailed
from binance_conformance.operations import (
    RESULTS,
    Account,
    CancelOrder,
    ExchangeInfo,
    Klines,
    OpenOrders,
    Operation,
    OrderView,
    PlaceOrder,
    Price,
    QueryOrder,
    ServerTime,
    TimeView,
    name_of,
)
from binance_conformance.protocol import Client, OutcomeKind
from binance_conformance.results import State
from binance_conformance.scene import Scene
from binance_conformance.stage import Stage
from binance_mock.face.journal import Seen


class Finding(StrEnum):
    """Whose fault something is."""

    RIGHT = "right"
    DRIVER = "your driver is wrong"
    CLIENT = "your client is wrong, or cannot do it"
    KIT = "the kit is wrong"


class SmokeLine(NamedTuple):
    """One thing that was tried.

    Attributes:
        what: it.
        finding: whose fault it is.
        detail: what was found.
    """

    what: str
    finding: Finding
    detail: str = ""


def smoke(driver: Driver) -> Iterator[SmokeLine]:
    """Try a driver; each thing as soon as it is known."""
    stage = Stage(driver)
    try:
        try:
            client = stage.open()
        except DriverFailed as error:
            yield SmokeLine("hello", Finding.DRIVER, str(error))
            return
        yield SmokeLine("hello", Finding.RIGHT, f"{client.client} {client.version} ({client.language})")
        yield from _claims(client)
        for venue in client.capabilities.venues:
            if venue not in _VENUES:
                continue
            for title, play in _SCENES:
                check = Check(f"smoke.{title}", title, play, level=MUST, why="", guards=())
                result = stage.play(Case(check, venue, "hmac"))
                what = f"{title} at {venue}"
                if stage.fault is not None:
                    yield SmokeLine(what, Finding.DRIVER, str(stage.fault))
                    return
                yield SmokeLine(what, _FINDINGS[result.state], _detail(result.reason, result.expected, result.found))
    finally:
        stage.close()


_VENUES: Final = ("spot", "usdm", "options")
_FINDINGS: Final = MappingProxyType(
    {
        State.PASSED: Finding.RIGHT,
        State.FAILED: Finding.DRIVER,
        State.SKIPPED: Finding.CLIENT,
        State.ERROR: Finding.KIT,
        State.UNSTABLE: Finding.KIT,
    }
)


def _detail(reason: str, expected: str, found: str) -> str:
    return f"{reason}; expected {expected}, found {found}" if expected else reason


def _claims(client: Client) -> Iterator[SmokeLine]:
    """What it says of itself, as far as it can be wrong."""
    can = client.capabilities
    unknown = [venue for venue in can.venues if venue not in (*_VENUES, "coinm")]
    if unknown or not can.venues:
        yield SmokeLine("capabilities", Finding.DRIVER, f"venues are {', '.join(_VENUES)}, not {unknown or 'none'}")
    if not can.key_types:
        yield SmokeLine("capabilities", Finding.DRIVER, "a client signs with at least one type of key")


# -- scenes: `expect` blames the driver, `need` the client ----------------------------------------------------------


def _time(scene: Scene) -> None:
    told = scene.call(ServerTime())
    _arrived(scene, scene.ground.time)
    scene.need(told.accepted, f"the client told {told}")
    time_ms = told.view(TimeView).server_time_ms
    scene.expect(
        abs(time_ms - scene.now_ms) < 5000, "the time is not what the exchange sent", expected=str(scene.now_ms),
        found=time_ms,
    )  # fmt: skip


def _reads(scene: Scene) -> None:
    unusable = []
    start = scene.now_ms - 600_000
    reads: tuple[Operation, ...] = (
        ExchangeInfo(symbols=(scene.symbol,)),
        Price(symbol=scene.symbol),
        Klines(symbol=scene.symbol, interval="1m", start_ms=start, end_ms=start + 300_000),
        Account(),
        OpenOrders(symbol=scene.symbol),
    )
    for operation in reads:
        before = len(scene.arrived())
        outcome = scene.try_call(operation)
        if outcome.kind is OutcomeKind.UNSUPPORTED:
            unusable.append(f"{name_of(operation)}: the client has no such operation")
        elif not outcome.accepted:
            unusable.append(f"{name_of(operation)}: {outcome}")
        elif RESULTS[type(operation)] is not None:
            scene.expect(
                len(scene.arrived()) > before or isinstance(operation, ExchangeInfo),
                f"{name_of(operation)} succeeded and nothing arrived",
                expected="a request",
                found="none",
            )
    scene.need(not unusable, "; ".join(unusable))


def _order(scene: Scene) -> None:
    told = scene.call(scene.ground.resting("smoke-1"))
    orders = _arrived(scene, scene.ground.order, "POST")
    scene.need(told.accepted, f"the client told {told}")
    view = told.view(OrderView)
    scene.expect(
        orders[-1].params.get(scene.ground.client_id) == "smoke-1",
        "the client order id of the call was not handed to the client",
        expected="smoke-1",
        found=orders[-1].params.get(scene.ground.client_id),
    )
    scene.expect(bool(view.order_id), "place_order has no order_id", expected="the exchange's id", found=told)
    for operation in (
        QueryOrder(symbol=scene.symbol, client_order_id="smoke-1"),
        CancelOrder(symbol=scene.symbol, order_id=view.order_id),
    ):
        told = scene.call(operation)
        scene.need(told.accepted, f"{name_of(operation)}: the client told {told}")
        found = told.view(OrderView).order_id
        scene.expect(found in (None, view.order_id), "another order", expected=str(view.order_id), found=found)


def _refusal(scene: Scene) -> None:
    order = scene.ground.resting("smoke-2")
    told = scene.call(
        PlaceOrder(symbol="NOSUCH", side="BUY", type="LIMIT", time_in_force="GTC", quantity="1", price=order.price)
    )
    refused = [seen for seen in scene.orders() if seen.code]
    scene.need(bool(refused), f"the client refuses an unknown symbol itself: {told}")
    scene.expect(told.kind is OutcomeKind.REFUSED, "a refusal has another name", expected="refused", found=told)
    scene.need(told.outcome.code is not None, "the client does not tell the code of a refusal")
    scene.expect(
        told.outcome.code == refused[-1].code, "another code", expected=str(refused[-1].code), found=told.outcome.code
    )


def _limits(scene: Scene) -> None:
    for kind, wanted in (("too_many_429", OutcomeKind.RATE_LIMITED), ("banned_418", OutcomeKind.BANNED)):
        scene.restart(kind)
        scene.fault(kind, times=1)
        told = scene.call(Account())
        statuses = [seen.status for seen in scene.arrived()]
        if told.accepted:
            continue  # It waited.
        scene.require(429 in statuses or 418 in statuses, "the fault did not fire")
        lawful = (wanted, OutcomeKind.RATE_LIMITED, OutcomeKind.BANNED)
        scene.expect(told.kind in lawful, f"{kind} has another name", expected=wanted.value, found=told)
        scene.need(told.kind is wanted, f"the client does not tell {wanted.value} from {told.kind.value}")


def _lost(scene: Scene) -> None:
    for kind in ("unknown_503", "reset_after"):
        scene.restart(kind)
        scene.order_fault(kind, times=1)
        told = scene.call(scene.ground.resting("smoke-3"))
        lawful = (OutcomeKind.UNKNOWN, OutcomeKind.NETWORK, OutcomeKind.ACCEPTED, OutcomeKind.CRASH)
        scene.need(
            told.kind in lawful, f"after {kind} the client told {told}; if that is all it says, a 5xx is `unknown`"
        )


def _arrived(scene: Scene, path: str, method: str | None = None) -> list[Seen]:
    found = scene.arrived(path, method)
    scene.expect(
        bool(found),
        "nothing arrived where it was to",
        expected=f"a request to {path}",
        found="; ".join(f"{seen.method} {seen.path}" for seen in scene.arrived()) or "nothing; see `urls` of configure",
    )
    return found


_SCENES: Final[tuple[tuple[str, Callable[[Scene], None]], ...]] = (
    ("server_time", _time),
    ("reads", _reads),
    ("an order", _order),
    ("a refusal", _refusal),
    ("limits", _limits),
    ("a lost answer", _lost),
)
