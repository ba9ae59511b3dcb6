"""What protection against overload turns away on futures, and what it lets pass (U-33)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.mock_server.spot_client import SpotClient, frozen_world
from tests.mock_server.venues.usdm.test_trade import BTC, Trader

from binance_mock.gate.request import Request, Response

THROTTLED = (
    "Request throttled by system-level protection. Reduce-only/close-position orders are exempt. Please try again."
)
OLDER = "Server is currently overloaded with other requests. Please try again in a few minutes."
PLAIN: dict[str, Any] = {
    "symbol": BTC, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.010", "price": "79000",
}  # fmt: skip


def overloaded(**settings: Any) -> Trader:
    trader = Trader(frozen_world())
    trader.world.faults.add("overloaded_503", name="busy", venue="usdm", **settings)
    return trader


def fired(trader: Trader) -> tuple[int, int]:
    (rule,) = trader.world.faults
    return rule.seen, rule.fired


@pytest.mark.parametrize("path", ["order", "order/test"])
@pytest.mark.parametrize(
    "changes",
    [
        {}, {"side": "SELL"}, {"reduceOnly": "false"}, {"closePosition": "false"}, {"positionSide": "BOTH"},
        {"positionSide": "LONG"}, {"positionSide": "SHORT", "side": "SELL"},
        {"positionSide": "LONG", "reduceOnly": "true"},
    ],
)  # fmt: skip
def test_what_may_add_to_a_position_is_turned_away(path: str, changes: dict[str, str]) -> None:
    trader = overloaded()
    reply = trader.ask("POST", path, **(PLAIN | changes))
    assert (reply.status, reply.json) == (503, {"code": -1008, "msg": THROTTLED})
    assert fired(trader) == (1, 1)
    trader.world.faults.clear()
    assert trader.ask("GET", "openOrders").ok() == []


@pytest.mark.parametrize("path", ["order", "order/test"])
@pytest.mark.parametrize(
    "changes",
    [
        {"reduceOnly": "true"}, {"reduceOnly": "TRUE", "positionSide": "BOTH"}, {"closePosition": "true"},
        {"positionSide": "LONG", "side": "SELL"}, {"positionSide": "SHORT", "side": "BUY"},
    ],
)  # fmt: skip
def test_what_can_only_shrink_one_is_let_through(path: str, changes: dict[str, str]) -> None:
    """It meets the rules of the account instead; the fault does not even count it."""
    trader = overloaded()
    assert trader.ask("POST", path, **(PLAIN | changes)).json["code"] != -1008
    assert fired(trader) == (0, 0)


def test_cancels_amendments_and_queries_are_let_through() -> None:
    trader = Trader(frozen_world())
    first, second = trader.order().ok(), trader.order().ok()
    trader.world.faults.add("overloaded_503", venue="usdm")
    changed = trader.ask(
        "PUT", "order", symbol=BTC, side="BUY", quantity="0.020", price="78000", orderId=first["orderId"]
    )
    assert changed.status == 200
    assert trader.ask("DELETE", "order", symbol=BTC, orderId=first["orderId"]).status == 200
    assert trader.ask("DELETE", "batchOrders", symbol=BTC, orderIdList=f"[{second['orderId']}]").status == 200
    assert trader.ask("DELETE", "allOpenOrders", symbol=BTC).status == 200
    assert trader.ask("GET", "openOrders").status == 200
    assert trader.ask("POST", "leverage", symbol=BTC, leverage=5).status == 200
    assert fired(trader) == (0, 0)


@pytest.mark.parametrize(
    ("items", "hit"),
    [
        ([PLAIN], True),
        ([PLAIN, PLAIN | {"reduceOnly": "true"}], True),
        ([PLAIN | {"reduceOnly": True}, PLAIN | {"positionSide": "SHORT"}], False),
        ([], True),
        ("nonsense", True),
        ([1], True),
        ("[" * 100_000, True),
    ],
)
def test_a_batch_is_turned_away_as_a_whole_unless_each_order_is_exempt(items: Any, hit: bool) -> None:
    trader = overloaded()
    text = items if isinstance(items, str) else json.dumps(items)
    reply = trader.ask("POST", "batchOrders", batchOrders=text)
    assert (reply.status == 503) is hit
    assert fired(trader) == ((1, 1) if hit else (0, 0))


def test_the_older_text_is_one_option() -> None:
    reply = overloaded(older_text=True).order()
    assert (reply.status, reply.json) == (503, {"code": -1008, "msg": OLDER})


def test_an_order_behind_it_may_exist_all_the_same() -> None:
    """F-70."""
    trader = overloaded(executed=True)
    assert trader.order().status == 503
    assert len(trader.ask("GET", "openOrders").ok()) == 1


def test_counting_is_of_the_calls_that_it_meets() -> None:
    trader = overloaded(nth=2)
    assert [trader.order(reduceOnly="true").json["code"] for _ in range(3)] == [-2022] * 3
    assert [trader.order().status for _ in range(3)] == [200, 503, 200]


def test_a_rule_without_a_venue_keeps_to_the_exceptions_and_the_words_of_each() -> None:
    trader = Trader(frozen_world())
    trader.world.faults.add("overloaded_503")
    assert trader.order().json["msg"] == THROTTLED
    assert trader.ask("GET", "openOrders").status == 200
    spot = SpotClient(trader.world).public("ping")
    assert (spot.status, spot.msg) == (503, OLDER)


def test_parameters_that_cannot_be_read_exempt_nothing() -> None:
    trader = overloaded()
    twice = Request("POST", "/fapi/v1/order", b"reduceOnly=true&reduceOnly=true", b"", None)
    response = trader.world.handle(twice)
    assert isinstance(response, Response)
    assert response.status == 503
