"""Orders that only close, beside one another and beside orders that may open (U-72 to U-75)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.mock_server.venues.usdm.signed_client import BTC, SignedClient

from binance_mock.engine.positions import PositionSide
from binance_mock.engine.units import SCALE
from binance_mock.venues.usdm.set_position import Wanted, set_position

LONG = SCALE // 100
TOO_MUCH = (400, -2022, "ReduceOnly Order is rejected.")
FLIPS = (400, -4118, "ReduceOnly Order Failed. Please check your existing position and open orders")


@pytest.fixture
def client() -> SignedClient:
    """The holder of 0.010 BTC; the last price is 79970."""
    one = SignedClient()
    set_position(one.venue, one.own, one.venue.info(BTC), Wanted(PositionSide.BOTH, LONG, 79_970 * SCALE), one.now)
    return one


def sell(price: str | None = None, quantity: str = "0.010", **more: object) -> dict[str, object]:
    kind: dict[str, object] = {"type": "LIMIT", "timeInForce": "GTC", "price": price} if price else {"type": "MARKET"}
    return {"symbol": BTC, "side": "SELL", "quantity": quantity, "newOrderRespType": "RESULT", **kind, **more}


def status(client: SignedClient, row: Any) -> str:
    text: str = client.get("order", symbol=BTC, orderId=row["orderId"])["status"]
    return text


def held(client: SignedClient) -> int:
    return client.own.position(BTC, PositionSide.BOTH).qty


def test_a_closing_order_never_turns_the_position_round(client: SignedClient) -> None:
    """U-73: the plain order fills first and takes all; what only closes has nothing left and expires unfilled."""
    plain = client.post("order", **sell("82000"))
    closing = client.post("order", **sell("82100", reduceOnly="true"))
    client.move_price(BTC, "83000")
    assert (status(client, plain), status(client, closing), held(client)) == ("FILLED", "EXPIRED", 0)


def test_the_newest_closing_order_goes_first(client: SignedClient) -> None:
    """U-73."""
    rows = [client.post("order", **sell(price, "0.005", reduceOnly="true")) for price in ("82000", "82100")]
    client.post("order", **sell(quantity="0.004"))
    assert [status(client, row) for row in rows] == ["NEW", "EXPIRED"]


def test_resting_orders_leave_no_room_for_another_limit_order(client: SignedClient) -> None:
    """U-72: together they would close more than there is."""
    client.post("order", **sell("82000", "0.006", reduceOnly="true"))
    assert client.refusal("POST", "order", **sell("82100", "0.005", reduceOnly="true")) == TOO_MUCH
    client.post("order", **sell("82100", "0.004", reduceOnly="true"))


@pytest.mark.parametrize(("quantity", "left"), [("0.010", 0), ("0.004", LONG * 6 // 10)])
def test_a_market_order_goes_before_all_others(client: SignedClient, quantity: str, left: int) -> None:
    """U-73: those for which nothing is left expire."""
    resting = client.post("order", **sell("82000", reduceOnly="true"))
    row = client.post("order", **sell(quantity=quantity, reduceOnly="true"))
    assert (row["status"], row["executedQty"], status(client, resting)) == ("FILLED", quantity, "EXPIRED")
    assert held(client) == left


def test_a_market_order_closes_no_more_than_there_is(client: SignedClient) -> None:
    """U-72."""
    assert client.refusal("POST", "order", **sell(quantity="0.011", reduceOnly="true")) == TOO_MUCH


def spend(client: SignedClient) -> None:
    """Rest a plain SELL that turns the position round, and leave no margin for more."""
    client.post("order", **sell("82000", "0.030"))
    free = client.own.money.free
    available = client.get("v3/account")["availableBalance"]
    free["USDT"] -= int(float(available)) * SCALE - SCALE


def test_others_that_would_open_more_than_the_margin_allows(client: SignedClient) -> None:
    """U-74: once the position is closed, the order of 0.030 opens 0.030 and not 0.020, which needs 40 USDT more."""
    spend(client)
    assert client.refusal("POST", "order", **sell("82100", reduceOnly="true")) == FLIPS
    assert client.refusal("POST", "order", **sell(reduceOnly="true")) == FLIPS


def test_the_margin_for_it_is_there(client: SignedClient) -> None:
    """U-74, U-75."""
    client.post("order", **sell("82000", "0.030"))
    assert client.post("order", **sell("82100", reduceOnly="true"))["status"] == "NEW"


def test_a_closing_order_alone_needs_no_margin(client: SignedClient) -> None:
    """U-75."""
    free = client.own.money.free
    free["USDT"] = 10 * SCALE
    assert client.get("v3/account")["availableBalance"] == "0.00000000"
    assert client.post("order", **sell("82100", reduceOnly="true"))["status"] == "NEW"
    client.post("order", **sell(reduceOnly="true"))
    assert held(client) == 0
