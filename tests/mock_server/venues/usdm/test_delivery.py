"""Delivery of dated contracts on the world's clock (U-54, U-125)."""

from __future__ import annotations

import pytest
from tests.mock_server.venues.usdm.signed_client import BTC, SignedClient
from tests.mock_server.venues.usdm.usdm_client import amount

from binance_mock.engine.orders import Side
from binance_mock.engine.positions import PositionSide
from binance_mock.engine.units import SCALE

DATED = "BTCUSDT_261225"
HOUR = 3_600_000_000
DELIVERY = 1_798_185_600_000_000


@pytest.fixture
def client() -> SignedClient:
    client = SignedClient()
    until(client, DELIVERY - 2 * HOUR)
    return client


def until(client: SignedClient, time: int) -> None:
    client.world.clock.move(time - client.now)


def status(client: SignedClient) -> str:
    rows = client.public("exchangeInfo").ok()["symbols"]
    return next(str(row["status"]) for row in rows if row["symbol"] == DATED)


def test_positions_are_closed_at_the_mean_index_of_the_last_hour(client: SignedClient) -> None:
    client.order(Side.BUY, SCALE, symbol=DATED)
    resting = client.order(Side.BUY, SCALE, 79_000 * SCALE, symbol=DATED)
    entry, wallet = client.own.position(DATED, PositionSide.BOTH).entry, client.own.money.free["USDT"]
    client.venue.set_marks(BTC, client.now, index=79_000 * SCALE)
    until(client, DELIVERY - HOUR // 4)
    client.venue.set_marks(BTC, client.now, index=83_000 * SCALE)
    until(client, DELIVERY - 1)
    assert client.get("openOrders") != []
    until(client, DELIVERY)
    assert (client.get("openOrders"), status(client)) == ([], "DELIVERED")
    assert client.own.position(DATED, PositionSide.BOTH).qty == 0
    # A quarter of the hour at 83,000, the rest at 79,000.
    assert client.own.money.free["USDT"] - wallet == 80_000 * SCALE - entry
    (income,) = client.get("income", incomeType="DELIVERED_SETTELMENT")
    assert amount(income["income"]) == 80_000 * SCALE - entry
    trade = client.get("userTrades", symbol=DATED)[-1]
    assert (trade["price"], trade["side"], trade["commission"]) == ("80000.0", "SELL", "0.00000000")
    order = client.get("order", symbol=DATED, orderId=trade["orderId"])
    assert order["clientOrderId"].startswith("settlement_autoclose-")
    assert (order["status"], order["executedQty"]) == ("FILLED", "1.000")
    assert client.get("order", symbol=DATED, orderId=resting.id)["status"] == "EXPIRED"
    rows = client.public("/futures/data/delivery-price", pair=BTC).ok()
    assert rows == [{"deliveryTime": DELIVERY // 1000, "deliveryPrice": 80_000.0}]


def test_nothing_is_traded_in_it_any_more(client: SignedClient) -> None:
    until(client, DELIVERY)
    params = {"symbol": DATED, "side": "BUY", "type": "MARKET", "quantity": "0.01"}
    assert client.refusal("POST", "order", **params)[1] in (-4140, -4141)


def test_longs_and_shorts_come_to_nothing(client: SignedClient) -> None:
    client.order(Side.BUY, SCALE, symbol=DATED)
    client.order(Side.SELL, SCALE // 3000, symbol=DATED)
    client.venue.set_marks(BTC, client.now, index=91_234 * SCALE)
    until(client, DELIVERY)
    client.venue.pass_time(client.now)
    positions = [position for owner in client.venue.owners.values() for position in owner.positions.values()]
    assert not any(position.qty for position in positions)
    money = client.venue.ledger
    assert money.total("USDT") * SCALE + sum(position.value(0) for position in positions) == (
        money.deposited["USDT"] * SCALE
    )


def test_a_clock_that_goes_back_lets_it_trade_again(client: SignedClient) -> None:
    until(client, DELIVERY)
    assert status(client) == "DELIVERED"
    until(client, DELIVERY - HOUR)
    client.world.rewind()
    assert status(client) == "TRADING"
    until(client, DELIVERY)
    assert status(client) == "DELIVERED"
