"""Limits of orders: they are counted apart from the weight, by account. Part of the family of rate limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from binance_conformance.check import MUST, SHOULD, check
from binance_conformance.checks.waits import LONG_S, first_answer, listed, pass_until
from binance_conformance.operations import Account, Price
from binance_conformance.protocol import OutcomeKind, Promise
from binance_conformance.scene import Scene
from binance_mock.face.journal import Seen


@check(
    "rate-limits.order-limit-spares-reads",
    "Too many orders (-1015) stop orders, not reads",
    level=SHOULD,
    why="Orders and weight are counted apart. A client that stops everything cannot watch what it has in the book.",
    guards=("F-63",),
    rules=("S-65", "S-66", "U-24", "O-34"),
)
def order_limit_spares_reads(scene: Scene) -> None:
    """-1015 on an order, with a long wait; then reads."""
    wait = scene.seconds(kit=LONG_S, machine=3)
    scene.order_fault("too_many_429", times=1, retry_after=wait, counter="orders")
    limited = first_answer(scene, 429, scene.call(scene.ground.resting()))
    end = limited.time + wait * 1000
    scene.need(scene.now_ms < end, "the client waits for the whole limit")
    for operation in (Price(symbol=scene.symbol), Account()):
        told = scene.call(operation)
        scene.expect_accepted(told, "a read while orders are limited")
        scene.expect(
            bool(told.arrived) and told.arrived[-1].time < end,
            "the read waited for the end of the order limit",
            expected="a request at once",
            found=f"{(told.arrived[-1].time - limited.time) if told.arrived else 'nothing'} ms after the limit",
        )


@check(
    "rate-limits.order-limit-holds-orders",
    "After -1015 a client that minds limits sends no order before its wait is over",
    level=MUST,
    why="Going on after any 429 leads to a ban, also when it was the orders that were too many.",
    guards=("F-56", "F-63"),
    rules=("S-65", "S-66", "U-24", "O-34"),
    promises=(Promise.RATE_LIMITS,),
)
def order_limit_holds_orders(scene: Scene) -> None:
    """-1015 on an order, with a long wait; then another order, now and when the wait is over."""
    wait = scene.seconds(kit=LONG_S, machine=3)
    scene.call(Price(symbol=scene.symbol))
    scene.order_fault("too_many_429", times=1, retry_after=wait, counter="orders")
    told = scene.call(scene.ground.resting())
    limited = first_answer(scene, 429, told)
    scene.expect_told(
        told, OutcomeKind.ACCEPTED, OutcomeKind.RATE_LIMITED, OutcomeKind.RETRY_LATER, because="too many orders"
    )
    scene.call(scene.ground.resting())
    end = limited.time + wait * 1000
    early = [seen for seen in scene.orders() if seen.seq > limited.seq and seen.time < end]
    scene.expect(
        not early,
        f"the client sent {len(early)} orders while it was to wait",
        expected=f"no order for {wait} s after -1015",
        found=listed(early, limited),
    )
    pass_until(scene, end)
    scene.expect_accepted(scene.call(scene.ground.resting()), "an order after the limit")


@check(
    "rate-limits.refused-order-sent-once",
    "An order that is refused for the account's state is sent once",
    level=MUST,
    why="Refused orders weigh and count. A client that repeats them uses up the limits of the day for nothing.",
    guards=("F-64", "F-90"),
    rules=("S-62", "S-63", "S-65", "U-21", "O-39"),
)
def refused_order_sent_once(scene: Scene) -> None:
    """An account that owns nothing, on futures one that may only reduce, in options one that is liquidated."""
    account = scene.world.account
    if scene.venue == "spot":
        account.set_balances(**dict.fromkeys(account.balances, "0"))
    elif scene.venue == "usdm":
        account.set(usdm_lock="reduce_only")
    else:
        account.set(options_liquidating=True)
    scene.note("the account may not place this order: without funds, reduce-only, or being liquidated")
    told = scene.call(scene.ground.resting())
    orders = scene.orders()
    scene.expect(
        len(orders) == 1, f"one intention was sent {len(orders)} times", expected="one request", found=_sent(orders)
    )
    scene.require(not orders[0].executed and orders[0].status == 400, f"the order was not refused: {orders[0]}")
    scene.expect(
        told.kind in (OutcomeKind.REFUSED, OutcomeKind.UNKNOWN, OutcomeKind.CRASH),
        f"the client told its caller {told.kind.value}: the order was refused",
        expected=OutcomeKind.REFUSED.value,
        found=told,
    )


def _sent(seen: Sequence[Seen]) -> str:
    return "; ".join(f"{each.method} {each.path} -> {each.status} {each.code}" for each in seen) or "nothing"


CHECKS: Final = (
    order_limit_spares_reads,
    order_limit_holds_orders,
    refused_order_sent_once,
)
