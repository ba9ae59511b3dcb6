"""What every check of lost answers demands: one intention, one order, and no word that it was not placed."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

from binance_conformance.operations import OrderView
from binance_conformance.protocol import OutcomeKind
from binance_conformance.scene import Scene, Told

LOST: Final = ("unknown_503", "timeout_504", "error_500", "reset_after")
"""Faults after which the order stands in the book and the client has no answer."""
DONE: Final[MappingProxyType[str, dict[str, Any]]] = MappingProxyType({"error_500": {"executed": True}})
"""How those are set that have no effect unless it is asked for."""


def one_order(scene: Scene, told: Told, *also: OutcomeKind) -> None:
    """Demand that an order that took effect is the only one, and that the caller is not told otherwise.

    Args:
        scene: where the order was placed.
        told: what the client told its caller.
        also: kinds of answers that are right beside the usual ones.
    """
    orders = scene.orders()
    scene.expect(bool(orders), "the order did not reach the exchange", expected="one request", found=told)
    scene.need(orders[0].executed, "the client's order would be refused without any fault, too")
    no_second_order(scene)
    scene.expect_told(
        told, OutcomeKind.UNKNOWN, OutcomeKind.NETWORK, OutcomeKind.ACCEPTED, *also, because="the order is in the book"
    )
    if told.accepted:
        view = told.view(OrderView)
        scene.expect(
            bool(view.order_id) and view.order_id not in ("None", "null", "undefined"),
            "the client told success without an order",
            expected="an order id",
            found=told,
        )


def no_second_order(scene: Scene) -> None:
    """Demand that at most one order took effect."""
    placed = [seen for seen in scene.orders() if seen.executed]
    scene.expect(
        len(placed) <= 1,
        f"one intention led to {len(placed)} orders",
        expected="one order; a query by its client order id before anything is sent again",
        found="; ".join(f"#{seen.seq} {seen.params.get(scene.ground.client_id)}" for seen in placed),
    )
