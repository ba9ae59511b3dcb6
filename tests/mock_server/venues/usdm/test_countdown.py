"""Cancelling all orders of a contract after a time."""

from __future__ import annotations

import pytest
from tests.mock_server.spot_client import NOW, SECOND, frozen_world
from tests.mock_server.venues.usdm.test_trade import BTC, Trader, refusal

MS = 1000
ETH = "ETHUSDT"


def arm(trader: Trader, time_ms: int, symbol: str = BTC) -> None:
    answer = trader.ask("POST", "countdownCancelAll", symbol=symbol, countdownTime=time_ms).ok()
    assert answer == {"symbol": symbol, "countdownTime": str(time_ms)}


def status(trader: Trader, row: dict[str, object]) -> object:
    return trader.ask("GET", "order", symbol=row["symbol"], orderId=row["orderId"]).ok()["status"]


def test_the_orders_of_the_contract_are_cancelled_when_the_time_has_come() -> None:
    """U-137: on the world's clock, those placed meanwhile too, those of other contracts not."""
    trader = Trader()
    begun = trader.world.clock.now()
    first = trader.order().ok()
    arm(trader, 5_000)
    second = trader.order("SELL", price="82000").ok()
    trader.venue.market(ETH, begun)
    other = trader.order(symbol=ETH, quantity="1", price=str(trader.venue.last_price(ETH) // 10**8 - 10)).ok()
    trader.world.clock.move(4_999 * MS)
    assert status(trader, first) == "NEW"
    trader.world.clock.move(10 * MS)
    assert [row["symbol"] for row in trader.ask("GET", "openOrders").ok()] == [ETH]
    assert [status(trader, row) for row in (first, second, other)] == ["CANCELED", "CANCELED", "NEW"]
    ended = trader.ask("GET", "order", symbol=BTC, orderId=first["orderId"]).ok()
    assert ended["updateTime"] == (begun + 5_000 * MS) // MS
    assert ended["clientOrderId"] == first["clientOrderId"]
    later = trader.order().ok()
    trader.world.clock.move(60_000 * MS)
    assert status(trader, later) == "NEW"


def test_each_call_begins_anew_and_zero_stops_it() -> None:
    """U-137."""
    trader = Trader()
    row = trader.order().ok()
    for _ in range(3):
        arm(trader, 5_000)
        trader.world.clock.move(4_000 * MS)
        assert status(trader, row) == "NEW"
    arm(trader, 0)
    trader.world.clock.move(60_000 * MS)
    assert status(trader, row) == "NEW"
    arm(trader, 9_000)
    arm(trader, 2_000)
    trader.world.clock.move(2_000 * MS)
    assert status(trader, row) == "CANCELED"


@pytest.mark.parametrize(("countdown_first", "ended"), [(True, "CANCELED"), (False, "EXPIRED")])
def test_what_is_due_together_happens_in_the_order_of_its_coming_in(countdown_first: bool, ended: str) -> None:
    """U-57, U-137: a countdown and the date of an order."""
    now = NOW // SECOND * SECOND
    trader = Trader(frozen_world(at=now))
    if countdown_first:
        arm(trader, 700_000)
    row = trader.order(timeInForce="GTD", goodTillDate=now // MS + 700_000).ok()
    arm(trader, 700_000)
    trader.world.clock.move(700 * SECOND)
    assert status(trader, row) == ended


def test_a_copy_counts_down_on_its_own() -> None:
    trader = Trader()
    row = trader.order().ok()
    arm(trader, 5_000)
    twin = Trader(trader.world.fork())
    arm(trader, 0)
    for each in (trader, twin):
        each.world.clock.move(6_000 * MS)
    assert (status(trader, row), status(twin, row)) == ("NEW", "CANCELED")


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"symbol": "NOSUCH"}, -1121), ({"countdownTime": "-1"}, -1100), ({"countdownTime": ""}, -1102)],
)
def test_refusals(changes: dict[str, str], code: int) -> None:
    """U-36, U-39."""
    trader = Trader()
    row = trader.order().ok()
    asked: dict[str, object] = {"symbol": BTC, "countdownTime": 1000, **changes}
    assert refusal(trader.ask("POST", "countdownCancelAll", **asked))[:2] == (400, code)
    trader.world.clock.move(60_000 * MS)
    assert status(trader, row) == "NEW"


def test_what_it_weighs() -> None:
    """U-26: 10, and it counts as no order."""
    reply = Trader().ask("POST", "countdownCancelAll", symbol=BTC, countdownTime=1000)
    assert reply.headers["x-mbx-used-weight-1m"] == "10"
    assert "x-mbx-order-count-10s" not in reply.headers
