"""Conditional orders among the ordinary ones of contracts that pay in coins: U-47."""

from __future__ import annotations

import pytest
from tests.mock_server.spot_client import frozen_world
from tests.mock_server.venues.coinm.coinm_client import PERP, CoinmClient

from binance_mock.venues.usdm.settings import UsdmSettings
from binance_mock.world import WorldSettings

STOP = {"symbol": PERP, "side": "SELL", "type": "STOP_MARKET", "quantity": 2, "stopPrice": 78_000}


@pytest.fixture
def client() -> CoinmClient:
    settings = UsdmSettings(legacy_conditional_orders=True, history_hours=0)
    client = CoinmClient(frozen_world(WorldSettings(coinm=settings)))
    client.move_price(PERP, "80000")
    return client


def test_they_are_refused_unless_it_is_set() -> None:
    assert CoinmClient().refusal("POST", "order", **STOP)[1] == -4120


def test_a_stop_fires_in_place(client: CoinmClient) -> None:
    client.post("order", symbol=PERP, side="BUY", type="MARKET", quantity=5)
    number = client.post("order", **STOP, workingType="CONTRACT_PRICE", priceProtect="true")["orderId"]
    (row,) = client.get("openOrders", symbol=PERP)
    assert (row["type"], row["priceProtect"], row["stopPrice"]) == ("STOP_MARKET", True, "78000.0")
    client.move_price(PERP, "78000")
    row = client.get("order", symbol=PERP, orderId=number)
    assert (row["status"], row["type"], row["origType"]) == ("FILLED", "MARKET", "STOP_MARKET")
    assert client.position()["positionAmt"] == "3"


def test_a_trailing_stop(client: CoinmClient) -> None:
    """U-83."""
    sent = STOP | {"type": "TRAILING_STOP_MARKET", "callbackRate": 1, "activationPrice": 81_000}
    del sent["stopPrice"]
    number = client.post("order", **sent)["orderId"]
    for price, status in (("80000", "NEW"), ("82000", "NEW"), ("81180", "FILLED")):
        client.move_price(PERP, price)
        assert client.get("order", symbol=PERP, orderId=number)["status"] == status
