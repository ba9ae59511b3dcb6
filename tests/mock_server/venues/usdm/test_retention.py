"""How long orders last (U-55, U-131), and how far market orders go (U-60, U-106)."""

from __future__ import annotations

import pytest
from tests.mock_server.venues.usdm.test_trade import BTC, Trader, refusal

from binance_mock.engine.orders import Order, OrderType, Side, TimeInForce
from binance_mock.engine.units import SCALE
from binance_mock.venues import maker

DAY = 86_400_000_000


def shown(trader: Trader, id: int) -> str:
    reply = trader.ask("GET", "order", symbol=BTC, orderId=id)
    return str(reply.ok()["status"]) if reply.status == 200 else "forgotten"


def test_an_order_rests_for_a_year_at_most() -> None:
    """U-55."""
    trader = Trader()
    first = trader.order().ok()["orderId"]
    trader.world.clock.move(100 * DAY)
    second = trader.order().ok()["orderId"]
    trader.world.clock.move(265 * DAY - 1)
    assert [row["orderId"] for row in trader.ask("GET", "openOrders").ok()] == [first, second]
    trader.world.clock.move(1)
    assert [row["orderId"] for row in trader.ask("GET", "openOrders").ok()] == [second]
    twin = Trader(trader.world.fork())
    trader.world.clock.move(100 * DAY)
    assert trader.ask("GET", "openOrders").ok() == []
    assert len(twin.ask("GET", "openOrders").ok()) == 1


def test_what_ended_without_a_fill_is_forgotten_after_three_days() -> None:
    """U-131: and everything after 90."""
    trader = Trader()
    cancelled = trader.order().ok()["orderId"]
    trader.ask("DELETE", "order", symbol=BTC, orderId=cancelled).ok()
    filled = trader.order(price=None).ok()["orderId"]
    resting = trader.order().ok()["orderId"]
    ids = (cancelled, filled, resting)
    trader.world.clock.move(3 * DAY)
    assert [shown(trader, id) for id in ids] == ["CANCELED", "FILLED", "NEW"]
    trader.world.clock.move(1)
    assert [shown(trader, id) for id in ids] == ["forgotten", "FILLED", "NEW"]
    assert [row["orderId"] for row in trader.ask("GET", "allOrders", symbol=BTC).ok()] == [filled, resting]
    assert refusal(trader.ask("DELETE", "order", symbol=BTC, orderId=cancelled))[1] == -2011
    trader.world.clock.move(87 * DAY)
    assert [shown(trader, id) for id in ids] == ["forgotten", "forgotten", "NEW"]


@pytest.mark.parametrize(("side", "bound"), [("BUY", 84_000), ("SELL", 76_000)])
def test_a_market_order_goes_no_further_than_its_bound(side: str, bound: int) -> None:
    """U-60, U-106: marketTakeBound of the mark price, here five in a hundred; the rest expires."""
    trader = Trader()
    venue, now = trader.venue, trader.world.clock.now()
    market, info = venue.market(BTC, now), venue.info(BTC)
    maker.quote_liquidity(venue, market, info, 80_000 * SCALE, now, 0)
    venue.set_marks(BTC, now, mark=80_000 * SCALE)
    assert info.market_bound == SCALE // 20
    away = 1 if side == "BUY" else -1
    other = Side.SELL if side == "BUY" else Side.BUY
    for number, price in enumerate((bound, bound + away)):
        order = Order(venue.ledger.house, f"h{number}", other, OrderType.LIMIT, TimeInForce.GTC, price * SCALE, 10**6)
        market.place(order, now)
    row = trader.order(side, "0.015", None, newOrderRespType="RESULT").ok()
    assert (row["status"], row["executedQty"], row["price"]) == ("EXPIRED", "0.010", "0.00")
    (trade,) = trader.ask("GET", "userTrades", symbol=BTC).ok()
    assert float(trade["price"]) == bound


def test_numbers_below_zero() -> None:
    """U-107."""
    trader = Trader()
    assert refusal(trader.order(price="-79000"))[1:] == (-4001, "Price less than 0.")
    assert refusal(trader.order(quantity="-0.01"))[1:] == (-4003, "Quantity less than or equal to zero.")
    assert refusal(trader.order(quantity="-0.01", price=None))[1] == -4003
    assert refusal(trader.order(quantity="--1"))[1] == -1100


@pytest.mark.parametrize("mode", ["EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH"])
def test_self_trade_prevention_leaves_fill_or_kill_alone(mode: str) -> None:
    """U-63: it may meet its owner's order, and shows the mode that it was sent with."""
    trader = Trader()
    resting = trader.order("SELL", "0.010", "79970", selfTradePreventionMode="NONE").ok()
    row = trader.order(
        "BUY", "0.010", "79970", timeInForce="FOK", selfTradePreventionMode=mode, newOrderRespType="RESULT"
    ).ok()
    assert (row["status"], row["selfTradePreventionMode"]) == ("FILLED", mode)
    assert shown(trader, resting["orderId"]) == "FILLED"
