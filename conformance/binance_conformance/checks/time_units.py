"""Times in what is told: their unit, and which of several times it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from binance_conformance.check import SHOULD, check
from binance_conformance.markets import fill_resting, taking
from binance_conformance.operations import (
    Klines,
    KlineView,
    MyTrades,
    OrderView,
    QueryOrder,
    ServerTime,
    TimeView,
    TradeView,
)
from binance_conformance.scene import Scene

MINUTE: Final = 60_000
SLACK_MS: Final = 1000
"""What a clock that runs may differ between two readings of it."""


@check(
    "time-units.known-instants",
    "The times that a client tells are those that the exchange meant",
    level=SHOULD,
    why="A microsecond taken for a millisecond, or a millisecond for a second, puts a trade into another century.",
    guards=("F-117", "F-118"),
    rules=("S-14", "U-5", "O-20"),
)
def known_instants(scene: Scene) -> None:
    """The exchange's time, candles, an order and a trade, all of them of this minute."""
    begun = scene.now_ms
    _expect_between(scene, "the exchange's time", scene.call(ServerTime()).view(TimeView).server_time_ms, begun)
    candles = scene.call(Klines(symbol=scene.symbol, interval="1m", start_ms=begun - 5 * MINUTE, limit=5))
    scene.need(candles.accepted, "the client did not ask for candles")
    rows = candles.view(list[KlineView])
    first = -(-(begun - 5 * MINUTE) // MINUTE) * MINUTE
    wanted = [first + number * MINUTE for number in range(len(rows))]
    scene.expect(
        bool(rows) and [row.open_time_ms for row in rows] == wanted, "candles open at other times",
        expected=f"every minute from {first}", found=[row.open_time_ms for row in rows],
    )  # fmt: skip
    _expect_all(
        scene, "candles close at other times", [row.close_time_ms for row in rows],
        [time + MINUTE - 1 for time in wanted],
    )  # fmt: skip
    own = "units-order"
    placed = scene.call(taking(scene, "BUY", own))
    scene.need(placed.accepted, "the client did not place the order")
    order = scene.call(QueryOrder(symbol=scene.symbol, client_order_id=own)).view(OrderView)
    _expect_between(scene, "the time of the order", order.time_ms, begun)
    trades = scene.call(MyTrades(symbol=scene.symbol)).view(list[TradeView])
    scene.need(len(trades) == 1, "the client told other trades than the one that there is")
    _expect_between(scene, "the time of the trade", trades[0].time_ms, begun)


@check(
    "time-units.times-not-mixed",
    "An order has the time at which it was placed, its trade that at which it was filled",
    level=SHOULD,
    why="Fills are booked on the wrong day, and orders are looked for where they are not.",
    guards=("F-119",),
    rules=("S-14", "U-5", "O-58"),
)
def times_not_mixed(scene: Scene) -> None:
    """An order that waits in the book before the market comes to it."""
    own = "units-patient"
    begun = scene.now_ms
    placed = scene.call(scene.ground.resting(own))
    scene.need(placed.accepted, "the client did not place the order")
    rested = scene.now_ms
    scene.pass_time(scene.seconds(kit=45, machine=2))
    filled = scene.now_ms
    fill_resting(scene)
    order = scene.call(QueryOrder(symbol=scene.symbol, client_order_id=own)).view(OrderView)
    scene.need(order.status in (None, "FILLED"), "the client tells an order that was not filled")
    scene.need(order.time_ms is not None, "the client does not tell the time of an order")
    scene.expect(
        begun - SLACK_MS <= (order.time_ms or 0) <= rested, "the time of the order is not that of its placing",
        expected=f"from {begun} to {rested}", found=order.time_ms,
    )  # fmt: skip
    trades = scene.call(MyTrades(symbol=scene.symbol)).view(list[TradeView])
    scene.need(bool(trades), "the client told no trade")
    _expect_between(scene, "the time of the trade", trades[-1].time_ms, filled)


def _expect_between(scene: Scene, what: str, told: int | None, begun: int) -> None:
    """End the check unless a time lies between a moment and now; skip it when it is not told."""
    scene.need(told is not None, f"the client does not tell {what}")
    now = scene.now_ms
    scene.expect(
        begun - SLACK_MS <= (told or 0) <= now + SLACK_MS, f"{what} is wrong",
        expected=f"from {begun} to {now}, in milliseconds", found=told,
    )  # fmt: skip


def _expect_all(scene: Scene, reason: str, told: Sequence[int | None], wanted: Sequence[int]) -> None:
    """End the check unless all times told are those wanted; those that are not told do not matter."""
    wrong = [time for time, right in zip(told, wanted, strict=True) if time not in (None, right)]
    scene.expect(not wrong, reason, expected=str(list(wanted)), found=wrong)


CHECKS: Final = (known_instants, times_not_mixed)
