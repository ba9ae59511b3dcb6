"""Which calls protection against overload turns away (rule U-33).

On futures it meets placements alone, and of those only the ones that may add to a position. A batch is let through
when each of its orders would be; else it is turned away as a whole. The other venues name no exceptions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from binance_mock.gate.faults.call import Call

_FUTURES: Final = {"usdm": "/fapi/v1/", "coinm": "/dapi/v1/"}
"""How the paths of trading begin, by venue."""
_BATCH: Final = "batchOrders"
_PLACEMENTS: Final = frozenset({"order", "order/test", _BATCH})
_TRUE: Final = ("true", True)


def meets(call: Call) -> bool:
    """Whether the protection turns a call away."""
    root = _FUTURES.get(call.venue)
    if root is None:
        return True
    name = call.path.removeprefix(root)
    if call.method != "POST" or name not in _PLACEMENTS:
        return False
    sent = call.sent()
    if name != _BATCH:
        return not _shrinks(sent)
    orders = _orders(sent.get("batchOrders", ""))
    return not orders or not all(_shrinks(order) for order in orders)


def _shrinks(order: Mapping[str, Any]) -> bool:
    """Whether an order can only take something off a position, by what it says of itself."""
    side = order.get("positionSide") or "BOTH"
    return (
        _said(order, "closePosition")
        or (side == "BOTH" and _said(order, "reduceOnly"))
        or (side, order.get("side")) in (("LONG", "SELL"), ("SHORT", "BUY"))
    )


def _said(order: Mapping[str, Any], name: str) -> bool:
    """Whether a flag is set, in any letter case (rule U-8)."""
    value = order.get(name)
    return (value.lower() if isinstance(value, str) else value) in _TRUE


def _orders(text: str) -> list[Mapping[str, Any]]:
    """The orders of a batch; none where the text is no list of objects."""
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return rows if isinstance(rows, list) and all(isinstance(row, dict) for row in rows) else []
