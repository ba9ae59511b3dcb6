"""Faults of the service: what is done, what is not, and what nobody knows."""

from __future__ import annotations

from typing import Final

from binance_conformance.check import MUST, SHOULD, check
from binance_conformance.checks import bodies, outages
from binance_conformance.checks.one_order import DONE, LOST, no_second_order, one_order
from binance_conformance.operations import LegView, PlaceOrder, PlaceOrders, Price
from binance_conformance.protocol import OutcomeKind, Promise
from binance_conformance.scene import Scene


@check(
    "faults.unknown-outcome-not-retried",
    "An order whose answer was lost is not placed a second time",
    level=MUST,
    why="The first order is in the book. A second one doubles the position.",
    guards=("F-67", "F-68", "F-76", "F-83"),
    rules=("S-5", "S-7", "S-8", "U-30", "U-34", "O-31"),
)
def unknown_outcome_not_retried(scene: Scene) -> None:
    """The order takes effect, and its answer is a 503, a 500, a timeout, or nothing."""
    for kind in LOST:
        scene.restart(kind)
        scene.order_fault(kind, times=1, **DONE.get(kind, {}))
        one_order(scene, scene.call(scene.ground.resting()))


@check(
    "faults.lost-fill-not-doubled",
    "An order that was filled although its answer was lost is not placed a second time",
    level=MUST,
    why="Once filled, its client order id is free again: the exchange takes the same order twice, and both are filled.",
    guards=("F-67", "F-68", "F-76", "F-83"),
    rules=("S-5", "S-7", "U-30"),
    venues=("spot", "usdm"),
)
def lost_fill_not_doubled(scene: Scene) -> None:
    """A market order, under a client order id of the caller's. It is filled at once, and its answer is lost."""
    order = PlaceOrder(
        symbol=scene.symbol, side="BUY", type="MARKET", quantity=scene.ground.quantity, client_order_id="lost-fill-1"
    )
    for kind in LOST:
        scene.restart(kind)
        scene.order_fault(kind, times=1, **DONE.get(kind, {}))
        one_order(scene, scene.call(order))


@check(
    "faults.unknown-outcome-resolved",
    "The client finds out what became of an order whose answer was lost",
    level=MUST,
    why="Who promises it and does not do it leaves its caller with an order that nobody watches.",
    guards=("F-67", "F-68", "F-76"),
    rules=("S-7", "S-8", "U-30", "O-31"),
    promises=(Promise.UNKNOWN_OUTCOMES,),
)
def unknown_outcome_resolved(scene: Scene) -> None:
    """The order takes effect, and its answer is lost."""
    for kind in LOST:
        scene.restart(kind)
        scene.order_fault(kind, times=1, **DONE.get(kind, {}))
        told = scene.call(scene.ground.resting())
        scene.expect_told(told, OutcomeKind.ACCEPTED, because="the order is in the book, and a query tells")


@check(
    "faults.lost-order-not-invented",
    "An order that was not placed is not told as placed",
    level=MUST,
    why="A position that is not there is closed by opening one.",
    guards=("F-67", "F-76", "F-83"),
    rules=("S-7", "S-8", "U-30", "O-31"),
)
def lost_order_not_invented(scene: Scene) -> None:
    """The order takes no effect, and its answer is lost. Who sends it again may tell success."""
    for kind, settings in (("reset_before", {}), ("unknown_503", {"executed": False})):
        scene.restart(kind)
        scene.order_fault(kind, times=1, **settings)
        told = scene.call(scene.ground.resting())
        scene.expect(bool(scene.orders()), "the order did not reach the exchange", expected="one request", found=told)
        if any(seen.executed for seen in scene.orders()):
            no_second_order(scene)
        else:
            scene.expect(not told.accepted, "the order was not placed", expected="not accepted", found=told)


@check(
    "faults.unresolved-stays-unknown",
    "When asking for a lost order fails as well, the caller is not told that nothing was done",
    level=MUST,
    why="The failure of the question says nothing of the order. Taken for the order's, it leads to a second one.",
    guards=("F-67", "F-68", "F-70"),
    rules=("S-7", "S-8", "U-30", "O-31"),
)
def unresolved_stays_unknown(scene: Scene) -> None:
    """The answer to an order is lost, and a query that may follow is answered by a ban, a limit, a 403, or a 503."""
    long = scene.seconds(kit=600, machine=2)
    for kind, settings in (
        ("banned_418", {"seconds": long}),
        ("too_many_429", {"retry_after": long}),
        ("firewall_403", {}),
        ("unavailable_503", {"times": scene.seconds(kit=20, machine=2)}),
    ):
        scene.restart(f"{kind} after the order")
        scene.order_fault("unknown_503", times=1)
        scene.fault(kind, method="GET", after=0, path=scene.ground.order, **{"times": 1, **settings})
        one_order(scene, scene.call(scene.ground.resting()), OutcomeKind.CRASH)


@check(
    "faults.lost-batch-not-doubled",
    "A batch of orders whose answer was lost is not placed a second time",
    level=MUST,
    why="Every order of the batch is in the book. The same batch again doubles them all.",
    guards=("F-67", "F-68", "F-76", "F-83"),
    rules=("U-26", "U-30", "O-31"),
    venues=("usdm", "options"),
)
def lost_batch_not_doubled(scene: Scene) -> None:
    """Two orders in one call; both take effect, and the answer is lost."""
    path = f"{scene.ground.order.rpartition('/')[0]}/batchOrders"
    for kind in LOST:
        scene.restart(kind)
        scene.fault(kind, method="POST", path=path, times=1, **DONE.get(kind, {}))
        told = scene.call(PlaceOrders(orders=(scene.ground.resting(), scene.ground.resting())))
        sent = [*scene.arrived(path, "POST"), *scene.orders()]
        scene.need(bool(scene.arrived(path, "POST")), "the client places orders one by one")
        scene.need(sent[0].executed, "the client's batch would be refused without any fault, too")
        placed = [seen for seen in sent if seen.executed]
        scene.expect(
            len(placed) == 1,
            f"one batch was placed {len(placed)} times",
            expected="one batch; queries before anything is sent again",
            found="; ".join(f"#{seen.seq} {seen.path}" for seen in placed),
        )
        scene.expect_told(
            told, OutcomeKind.UNKNOWN, OutcomeKind.NETWORK, OutcomeKind.ACCEPTED, OutcomeKind.CRASH,
            because="the orders are in the book",
        )  # fmt: skip
        if told.accepted:
            legs = told.view(list[LegView])
            scene.expect(
                len(legs) == 2 and all(leg.order and leg.order.order_id for leg in legs),
                "the client told success without orders", expected="two orders", found=told,
            )  # fmt: skip


@check(
    "faults.stale-connection-not-resent",
    "An order is not sent again, byte for byte, when a connection that was kept open breaks",
    level=MUST,
    why="Some HTTP libraries repeat a request on a new connection by themselves, and the caller never learns of it.",
    guards=("F-76", "F-77"),
    rules=("S-7",),
)
def stale_connection_not_resent(scene: Scene) -> None:
    """A read opens the connection; the order takes effect, and the connection closes without a byte."""
    scene.expect_accepted(scene.call(Price(symbol=scene.symbol)), "a read")
    scene.order_fault("reset_after", times=1)
    scene.call(scene.ground.resting())
    sent = [f"{seen.query} {seen.body}" for seen in scene.orders()]
    scene.expect(len(sent) >= 1, "the order did not reach the exchange", expected="one request", found="none")
    scene.expect(
        len(set(sent)) == len(sent),
        f"the same bytes were sent {len(sent)} times",
        expected="one request; whatever follows is made anew by the client",
        found=f"{sent[0]}",
    )


@check(
    "faults.timeout-not-doubled",
    "An order whose answer does not come in time is not placed a second time",
    level=MUST,
    why="That the client stopped waiting says nothing of the order: it is in the book.",
    guards=("F-68", "F-78"),
    rules=("S-7", "S-8"),
    venues=("spot",),
)
def timeout_not_doubled(scene: Scene) -> None:
    """The order takes effect, and its answer comes long after the client's time-out."""
    _answer_late(scene)
    one_order(scene, scene.call(scene.ground.resting()))


@check(
    "faults.timeout-kept",
    "The client waits no longer for an answer than it was told to",
    level=SHOULD,
    why="A client without a time-out stands still for as long as the exchange is silent.",
    guards=("F-78",),
    rules=("S-8",),
    venues=("spot",),
)
def timeout_kept(scene: Scene) -> None:
    """As before. Who gave up cannot tell success, unless it asked afterwards."""
    _answer_late(scene)
    told = scene.call(scene.ground.resting())
    scene.expect(bool(scene.orders()), "the order did not reach the exchange", expected="one request", found=told)
    since = scene.orders()[0].seq
    asked = [seen for seen in scene.arrived() if seen.seq > since]
    scene.expect(
        bool(asked) or not told.accepted,
        "the client waited for an answer that came after its time-out",
        expected="an outcome that is not known, or a query",
        found=told,
    )


@check(
    "faults.slow-answer-awaited",
    "An order that takes the exchange a second and a half succeeds",
    level=SHOULD,
    why="The exchange may work on a call for ten seconds. A shorter time-out turns good orders into unknown ones.",
    guards=("F-78",),
    rules=("S-8",),
)
def slow_answer_awaited(scene: Scene) -> None:
    """The order takes effect at once, and its answer takes its time. The client's own time-out counts."""
    scene.call(Price(symbol=scene.symbol))
    scene.order_fault("latency", times=1, ms=1000 * scene.seconds(kit=8, machine=0) or 1500, stage="after")
    told = scene.call(scene.ground.resting())
    no_second_order(scene)
    scene.expect_accepted(told, "an order with a slow answer")


@check(
    "faults.goes-on-afterwards",
    "After any failure the next call succeeds",
    level=SHOULD,
    why="One bad answer must not leave the client broken: orders are in the book.",
    guards=("F-72", "F-74", "F-75", "F-76"),
    rules=("S-5", "S-6"),
)
def goes_on_afterwards(scene: Scene) -> None:
    """Orders fail in every way there is; a read follows each."""
    scene.call(Price(symbol=scene.symbol))
    for kind in ("internal_503", *LOST, *bodies.UNREADABLE, "firewall_403"):
        scene.order_fault(kind, times=1)
        scene.call(scene.ground.resting())
        scene.expect_accepted(scene.call(Price(symbol=scene.symbol)), f"a read after {kind}")


def _answer_late(scene: Scene) -> None:
    """Let the answer to an order come after the client's time-out. In real time, as time-outs are."""
    patience, late = (15, 22) if scene.in_process else (500, 1500)
    scene.configure(timeout_ms=patience)
    scene.order_fault("latency", times=1, ms=late, stage="after", wall=True)


CHECKS: Final = (
    unknown_outcome_not_retried,
    lost_fill_not_doubled,
    unknown_outcome_resolved,
    lost_order_not_invented,
    unresolved_stays_unknown,
    lost_batch_not_doubled,
    stale_connection_not_resent,
    timeout_not_doubled,
    timeout_kept,
    slow_answer_awaited,
    *bodies.CHECKS,
    *outages.CHECKS,
    goes_on_afterwards,
)
