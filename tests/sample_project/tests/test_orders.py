from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from binance.client import Client
from binance.exceptions import BinanceAPIException
from bot.orders import OrderDesk


@pytest.fixture
def waited() -> list[float]:
    """The seconds that the bot waited."""
    return []


@pytest.fixture
def desk(client: Client, waited: list[float]) -> OrderDesk:
    return OrderDesk(client, waited.append)


def free(client: Client, asset: str) -> Decimal:
    return Decimal(client.get_asset_balance(asset)["free"])


def test_it_buys_in_whole_lots(desk: OrderDesk, client: Client) -> None:
    order = desk.buy_for("BTCUSDT", Decimal("1234.56"), "first")
    assert order["status"] == "FILLED"
    assert Decimal(order["executedQty"]) % Decimal("0.00001") == 0
    assert Decimal(1200) < 10_000 - free(client, "USDT") <= Decimal(1236)


def test_an_order_that_costs_too_much_is_refused(desk: OrderDesk) -> None:
    with pytest.raises(BinanceAPIException, match="insufficient balance"):
        desk.buy_for("BTCUSDT", Decimal(20_000), "first")


def test_a_lost_answer_does_not_buy_twice(desk: OrderDesk, client: Client, scene: Any) -> None:
    scene.lose_the_next_order_answer()
    assert desk.buy_for("BTCUSDT", Decimal(1000), "once")["status"] == "FILLED"
    assert len(client.get_all_orders(symbol="BTCUSDT")) == 1
    scene.check_that_no_order_was_placed_twice()


@pytest.mark.parametrize("executed", [True, False])
def test_an_unknown_outcome_is_looked_up(desk: OrderDesk, client: Client, scene: Any, executed: bool) -> None:
    scene.leave_the_next_order_unknown(executed=executed)
    desk.buy_for("BTCUSDT", Decimal(1000), "once")
    assert len(client.get_all_orders(symbol="BTCUSDT")) == 1
    scene.check_that_no_order_was_placed_twice()


def test_it_waits_as_long_as_it_is_told(desk: OrderDesk, waited: list[float], scene: Any) -> None:
    scene.limit_the_next_order(seconds=17)
    assert desk.buy_for("BTCUSDT", Decimal(1000), "patient")["status"] == "FILLED"
    assert waited == [17]


def test_it_sets_its_clock_by_the_server(desk: OrderDesk, scene: Any) -> None:
    scene.let_the_clock_of_the_bot_be_fast_by(90_000)
    assert desk.buy_for("BTCUSDT", Decimal(1000), "late")["status"] == "FILLED"
    assert scene.codes_of_orders() == [-1021, 0]


def test_a_stop_loss_sells_when_the_price_falls(desk: OrderDesk, client: Client, scene: Any) -> None:
    bought = Decimal(desk.buy_for("BTCUSDT", Decimal(5000), "long")["executedQty"])
    price = Decimal(client.get_symbol_ticker(symbol="BTCUSDT")["price"])
    desk.stop_loss("BTCUSDT", bought * Decimal("0.999"), (price * Decimal("0.95")).quantize(Decimal("0.01")), "stop")
    scene.set_price("BTCUSDT", price * Decimal("0.94"))
    assert client.get_order(symbol="BTCUSDT", origClientOrderId="stop")["status"] == "FILLED"
    assert free(client, "BTC") < bought / 100
