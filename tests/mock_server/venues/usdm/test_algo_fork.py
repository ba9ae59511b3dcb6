"""Worlds with conditional orders are copied whole, and what is placed with them later belongs to one of them."""

from __future__ import annotations

from tests.mock_server.object_graph import picture
from tests.mock_server.test_fork import check_apart
from tests.mock_server.venues.usdm.algo_client import AlgoClient, algo_client
from tests.mock_server.venues.usdm.signed_client import BTC

from binance_mock.engine.positions import PositionSide

LATE = 1_900_000_000_000


def scene() -> tuple[AlgoClient, list[int]]:
    """Somebody with conditional orders of every kind and state, and stops among the ordinary orders (U-47)."""
    one = algo_client(legacy_conditional_orders=True)
    one.hold("0.010")
    ids = [
        one.stop("78000", closePosition="true"),
        one.stop("82000", "BUY", workingType="MARK_PRICE", priceProtect="true"),
        one.stop("70000", timeInForce="GTE_GTC"),
        one.stop("71000"),
        one.placed("SELL", "TRAILING_STOP_MARKET", callbackRate="5", activatePrice="80500")["algoId"],
        one.placed("SELL", "STOP", triggerPrice="79900", price="81500", timeInForce="GTE_GTC")["algoId"],
        one.placed("SELL", "STOP", triggerPrice="75000", price="75000", timeInForce="GTD", goodTillDate=LATE)["algoId"],
        one.stop("79800", reduceOnly="true", quantity="5"),
    ]
    one.ask("DELETE", "algoOrder", algoId=ids[3]).ok()
    stop = {"symbol": BTC, "side": "SELL", "quantity": "0.002"}
    one.post("order", **stop, type="STOP_MARKET", stopPrice="78500")
    one.post("order", **stop, type="STOP_MARKET", stopPrice="79700")
    one.post("order", **stop, type="TRAILING_STOP_MARKET", callbackRate="2", workingType="MARK_PRICE")
    one.last(79_500)
    return one, ids


def told(one: AlgoClient) -> list[object]:
    return [one.get("allAlgoOrders", symbol=BTC), one.get("allOrders", symbol=BTC), one.get("v3/positionRisk")]


def test_the_scene_has_all_states() -> None:
    one, ids = scene()
    assert [one.state(id) for id in ids] == [
        "NEW", "NEW", "NEW", "CANCELED", "NEW", "TRIGGERED", "NEW", "REJECTED",
    ]  # fmt: skip
    assert [row["status"] for row in one.get("allOrders", symbol=BTC)] == ["NEW", "FILLED", "NEW", "NEW"]


def test_nothing_that_can_change_is_shared() -> None:
    one, _ = scene()
    twin = one.world.fork()
    check_apart(one.world, twin)
    assert picture(one.world.usdm) == picture(twin.usdm) == picture(twin.fork().usdm)


def test_both_go_on_alike() -> None:
    """The orders of the copy wait, trail, fire and end as those of the original do: U-77, U-83."""
    one, _ = scene()
    other = AlgoClient(one.world.fork())
    for price in (81_000, 79_000, 76_900, 82_300):
        for each in (one, other):
            each.last(price)
            each.stop("85000", "BUY")
        assert told(one) == told(other)
    assert one.own.position(BTC, PositionSide.BOTH).qty == other.own.position(BTC, PositionSide.BOTH).qty


def test_what_one_does_the_other_does_not_see() -> None:
    one, _ = scene()
    other = AlgoClient(one.world.fork())
    before = told(one)
    other.last(76_000)
    other.stop("60000")
    assert told(one) == before != told(other)


def test_the_child_of_the_copy_is_the_order_of_its_market() -> None:
    """U-85: it is FINISHED when that order ends."""
    one, ids = scene()
    other = AlgoClient(one.world.fork())
    other.ask("DELETE", "order", symbol=BTC, orderId=other.row(ids[5])["actualOrderId"]).ok()
    assert (one.state(ids[5]), other.state(ids[5])) == ("TRIGGERED", "FINISHED")
