"""Stop orders for the scenarios: which wait for what, and how one is placed in a line."""

from __future__ import annotations

from typing import Any

from binance_mock.engine.ledger import Account
from binance_mock.engine.orders import Order

from .scene import Scene

ABOVE = [("STOP_LOSS", "BUY"), ("TAKE_PROFIT", "SELL")]
"""Type and side of those that wait for the price to rise (S-89, S-101)."""
BELOW = [("STOP_LOSS", "SELL"), ("TAKE_PROFIT", "BUY")]
SUFFIXES = ["", "_LIMIT"]


def stop(
    scene: Scene,
    kind: tuple[str, str],
    qty: str = "1",
    price: str = "100",
    *,
    account: Account | None = None,
    **terms: Any,
) -> Order:
    """A stop order, of a new account when none is given; `price` counts for the *_LIMIT types."""
    type, side = kind
    return scene.place(account or scene.account(), side, type, qty, price if type.endswith("_LIMIT") else "0", **terms)


def waits(order: Order) -> bool:
    return order.open and not order.working
