"""Faults on the routes of USDⓈ-M futures: each kind for each route, in this market's words (U-29 to U-35)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.mock_server.spot_client import NOW, frozen_world
from tests.mock_server.venues.usdm.test_trade import BTC, Trader

UNKNOWN = (503, -1000, "Unknown error, please check your request or try again later.")
TIMEOUT = (
    408, -1007,
    "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
)  # fmt: skip
ANSWERS: list[tuple[str, dict[str, Any], tuple[int, int, str], bool]] = [
    ("unknown_503", {}, UNKNOWN, True),  # U-30
    ("unknown_503", {"executed": False}, UNKNOWN, False),
    ("unavailable_503", {}, (503, -1016, "Service Unavailable."), False),  # U-31
    (
        "internal_503", {}, (503, -1001, "Internal error; unable to process your request. Please try again."), False,
    ),  # U-32
    (
        "overloaded_503",
        {},
        (
            503, -1008,
            "Request throttled by system-level protection. Reduce-only/close-position orders are exempt. "
            "Please try again.",
        ),
        False,
    ),  # U-33
    ("error_500", {}, (500, -1000, "Request occur unknown error."), False),  # U-34
    ("timeout_504", {}, TIMEOUT, True),  # U-29
    ("timeout_504", {"executed": False}, TIMEOUT, False),
    (
        "too_many_429",
        {},
        (
            429, -1003,
            "Too many requests; current limit is 2400 requests per minute. "
            "Please use the websocket for live updates to avoid polling the API.",
        ),
        False,
    ),  # U-23
    (
        "too_many_429",
        {"counter": "orders"},
        (429, -1015, "Too many new orders; current limit is 300 orders per 10 SECOND."),
        False,
    ),  # U-24
    (
        "banned_418",
        {},
        (
            418, -1003,
            f"Way too many requests; IP banned until {NOW // 1000 + 120_000}. "
            "Please use the websocket for live updates to avoid bans.",
        ),
        False,
    ),  # U-23
]  # fmt: skip


@pytest.mark.parametrize(("kind", "params", "answer", "placed"), ANSWERS)
@pytest.mark.parametrize("where", [{"venue": "usdm"}, {"path": "/fapi/v1/order"}, {"path": "/fapi/*"}])
def test_every_kind_on_a_placement(
    kind: str, params: dict[str, Any], answer: tuple[int, int, str], placed: bool, where: dict[str, str]
) -> None:
    """U-35: whether the rule names the venue or a path; with and without the order."""
    trader = Trader(frozen_world())
    trader.world.faults.add(kind, method="POST", **where, **params)
    reply = trader.order()
    assert (reply.status, reply.json["code"], reply.json["msg"]) == answer
    assert reply.headers["x-mbx-used-weight-1m"] == "0"
    trader.world.faults.clear()
    assert len(trader.ask("GET", "openOrders").ok()) == placed
    counted = trader.world.desks["usdm"].orders.counts("default", NOW)
    assert counted == [(b"x-mbx-order-count-1m", placed), (b"x-mbx-order-count-10s", placed)]


def test_other_routes_are_left_alone() -> None:
    """U-35."""
    trader = Trader(frozen_world())
    trader.world.faults.add("unknown_503", method="POST", path="/fapi/v1/leverage", executed=True)
    assert trader.order().status == 200
    assert trader.ask("POST", "leverage", symbol=BTC, leverage=7).status == 503
    assert trader.venue.accounts["default"].leverage(BTC) == 7
