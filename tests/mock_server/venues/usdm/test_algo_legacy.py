"""Conditional orders among the ordinary ones, as it was before 2025-12-09: U-46, U-47."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.mock_server.spot_client import Reply
from tests.mock_server.venues.usdm.algo_client import AlgoClient, algo_client
from tests.mock_server.venues.usdm.signed_client import BTC

from binance_mock.engine.positions import MarginType
from binance_mock.venues.usdm.liquidation import liquidate

TRAILING = "TRAILING_STOP_MARKET"
KINDS: dict[str, dict[str, object]] = {
    "STOP": {"stopPrice": 78_000, "price": 77_900, "timeInForce": "GTC"},
    "STOP_MARKET": {"stopPrice": 78_000},
    "TAKE_PROFIT": {"stopPrice": 82_000, "price": 82_000, "timeInForce": "GTC"},
    "TAKE_PROFIT_MARKET": {"stopPrice": 82_000},
    TRAILING: {"callbackRate": 1, "activationPrice": 82_000},
}


def old(price: int = 80_000, **settings: Any) -> AlgoClient:
    """A client of a world that takes them there, in which BTC trades at a price."""
    one = algo_client(legacy_conditional_orders=True, **settings)
    one.last(price)
    return one


def send(one: AlgoClient, type: str = "STOP_MARKET", side: str = "SELL", path: str = "order", **more: object) -> Reply:
    quantity = {} if "closePosition" in more else {"quantity": "0.010"}
    return one.ask("POST", path, symbol=BTC, side=side, type=type, **(quantity | KINDS[type] | more))


def stands(one: AlgoClient, id: int) -> tuple[str, str]:
    """Type and status of an ordinary order."""
    row = one.get("order", symbol=BTC, orderId=id)
    return row["type"], row["status"]


@pytest.mark.parametrize("type", KINDS)
def test_they_are_refused_unless_it_is_set(type: str) -> None:
    """U-46, and in a batch in their place."""
    one = algo_client()
    expected = "Order type not supported for this endpoint. Please use the Algo Order API endpoints instead."
    for path in ("order", "order/test"):
        reply = send(one, type, path=path)
        assert (reply.status, reply.code, reply.msg) == (400, -4120, expected)
    batch = [{"symbol": BTC, "side": "SELL", "type": type, "quantity": "0.010", **KINDS[type]}]
    assert one.post("batchOrders", batchOrders=json.dumps(batch)) == [{"code": -4120, "msg": expected}]


@pytest.mark.parametrize("type", KINDS)
def test_they_wait_in_the_ordinary_list(type: str) -> None:
    """U-47: with their own type and status NEW, and not on the algo routes."""
    one = old()
    placed = send(one, type).ok()
    assert (placed["type"], placed["origType"], placed["status"]) == (type, type, "NEW")
    assert placed["stopPrice"] == ("0.00" if type == TRAILING else f"{KINDS[type]['stopPrice']}.00")
    (listed,) = one.get("openOrders")
    assert listed["orderId"] == placed["orderId"]
    assert ("activatePrice" in listed) is (type == TRAILING)
    assert [row["orderId"] for row in one.get("allOrders", symbol=BTC)] == [placed["orderId"]]
    assert one.waiting() == one.get("allAlgoOrders", symbol=BTC) == []


@pytest.mark.parametrize("type", KINDS)
def test_they_can_be_tried_without_being_placed(type: str) -> None:
    """U-52."""
    one = old()
    assert send(one, type, path="order/test").ok()["status"] == "NEW"
    assert send(one, type, "BUY", path="order/test").code == -2021
    assert one.get("openOrders") == []


def test_they_fire_in_place() -> None:
    """U-47, U-50: the same order then runs as what it is on the book."""
    one = old()
    market, limit = (send(one, type).ok()["orderId"] for type in ("STOP_MARKET", "STOP"))
    one.last(78_000)
    assert (stands(one, market), one.held()) == (("MARKET", "FILLED"), -20)
    row = one.get("order", symbol=BTC, orderId=limit)
    assert (row["type"], row["origType"], row["status"]) == ("LIMIT", "STOP", "FILLED")
    assert one.get("openOrders") == []


def test_a_limit_rests_where_it_was_told_to() -> None:
    """U-47."""
    one = old()
    id = send(one, "STOP", price=78_500).ok()["orderId"]
    one.last(78_000)
    assert stands(one, id) == ("LIMIT", "NEW")
    assert one.own.pending != {}
    one.last(78_600)
    assert (stands(one, id), one.held()) == (("LIMIT", "FILLED"), -10)
    assert one.own.pending == {}


def test_what_is_refused_when_it_fires_expires() -> None:
    """U-47, U-86: nothing is held before."""
    one = old()
    id = send(one, "STOP_MARKET", "BUY", stopPrice=82_000, quantity="100").ok()["orderId"]
    assert one.get("v3/account")["totalOpenOrderInitialMargin"] == "0.00000000"
    one.last(82_000)
    assert (stands(one, id), one.held()) == (("STOP_MARKET", "EXPIRED"), 0)


def test_a_trailing_one() -> None:
    """U-83 with the old names, and a callback rate up to 5."""
    one = old()
    assert send(one, TRAILING, callbackRate="5.1").code == -1130
    assert send(one, TRAILING, activationPrice=80_000).code == -2021
    id = send(one, TRAILING, callbackRate="5").ok()["orderId"]
    for price in (77_000, 82_000, 84_000, 79_801):
        one.last(price)
        assert stands(one, id) == (TRAILING, "NEW")
    one.last(79_800)
    assert stands(one, id) == ("MARKET", "FILLED")


@pytest.mark.parametrize(
    ("type", "sent", "code", "msg"),
    [
        ("STOP_MARKET", {"stopPrice": None}, -1102, "stopPrice"),
        ("STOP", {"price": None}, -1102, "price"),
        (TRAILING, {"callbackRate": None}, -1102, "callbackRate"),
        ("STOP_MARKET", {"quantity": None}, -1102, "quantity"),
        ("STOP_MARKET", {"closePosition": "true"}, -4509, ""),
        ("STOP_MARKET", {"stopPrice": 81_000}, -2021, ""),
        ("STOP", {"price": 70_000}, -4184, ""),
    ],
)
def test_parameters(type: str, sent: dict[str, object], code: int, msg: str) -> None:
    """U-47: the rules are those of the algo routes, the names are the old ones."""
    reply = send(old(), type, **sent)
    assert (reply.status, reply.code) == (400, code)
    assert msg in reply.msg


def test_ordinary_cancels_take_them() -> None:
    """U-47, U-130, U-137: by either id, in a batch, all of a contract, and by a countdown."""
    one = old()
    ids = [send(one, newClientOrderId=f"s{number}").ok()["orderId"] for number in range(5)]
    one.ask("DELETE", "order", symbol=BTC, orderId=ids[0]).ok()
    one.ask("DELETE", "order", symbol=BTC, origClientOrderId="s1").ok()
    one.ask("DELETE", "batchOrders", symbol=BTC, orderIdList=f"[{ids[2]}]").ok()
    assert [row["orderId"] for row in one.get("openOrders")] == ids[3:]
    assert one.ask("DELETE", "algoOpenOrders", symbol=BTC).status == 200
    assert len(one.get("openOrders")) == 2
    one.ask("DELETE", "allOpenOrders", symbol=BTC).ok()
    last = send(one).ok()["orderId"]
    one.post("countdownCancelAll", symbol=BTC, countdownTime=1000)
    one.world.clock.move(1_000_000)
    assert [stands(one, id) for id in (*ids, last)] == [("STOP_MARKET", "CANCELED")] * 6
    one.last(77_000)
    assert one.held() == 0


def test_they_share_the_client_ids_of_ordinary_orders() -> None:
    """U-41."""
    one = old()
    send(one, newClientOrderId="mine").ok()
    assert send(one, newClientOrderId="mine").code == -4116
    assert one.refusal("POST", "order", symbol=BTC, side="BUY", type="MARKET", quantity="0.010",
                       newClientOrderId="mine")[1] == -4116  # fmt: skip
    assert one.refused(triggerPrice=78_000, clientAlgoId="mine")[1] == -4116


def test_they_share_the_cap() -> None:
    """U-87."""
    one = old()
    for number in range(100):
        send(one, stopPrice=70_000 - number).ok()
        one.stop(70_000 - number)
    assert (send(one).code, one.refused(triggerPrice=78_000)[1]) == (-4045, -4045)


def test_they_cannot_be_changed_before_they_fire() -> None:
    """U-86."""
    one = old()
    id = send(one, "STOP").ok()["orderId"]
    change = {"symbol": BTC, "side": "SELL", "quantity": "0.011", "price": "77900", "orderId": id}
    assert one.refusal("PUT", "order", **change)[:2] == (400, -5025)


def test_the_position_mode_stays() -> None:
    """U-69."""
    one = old()
    send(one).ok()
    assert one.refusal("POST", "positionSide/dual", dualSidePosition="true")[1] == -4067


def test_closing_all() -> None:
    """U-76, U-77."""
    one = old()
    one.hold("0.010")
    stop = send(one, closePosition="true").ok()
    assert (stop["closePosition"], stop["origQty"]) == (True, "0.000")
    profit = send(one, "TAKE_PROFIT_MARKET", closePosition="true").ok()["orderId"]
    assert send(one, closePosition="true").code == -4130
    assert one.refused(triggerPrice=77_000, closePosition="true")[1] == -4130
    one.last(82_000)
    assert one.held() == 0
    assert stands(one, profit) == ("MARKET", "FILLED")
    assert stands(one, stop["orderId"]) == ("STOP_MARKET", "EXPIRED")


def test_those_that_wait_do_not_reduce_yet() -> None:
    """U-73: another order that reduces is not held against them."""
    one = old()
    one.hold("0.010")
    waiting = send(one, reduceOnly="true").ok()["orderId"]
    one.trade("SELL", price="82000", reduceOnly="true")
    one.trade("SELL", "0.004")
    assert stands(one, waiting) == ("STOP_MARKET", "NEW")
    assert [row["status"] for row in one.get("allOrders", symbol=BTC)][1:] == ["EXPIRED", "FILLED"]
    one.last(78_000)
    assert (stands(one, waiting), one.held()) == (("STOP_MARKET", "EXPIRED"), 6)


def test_liquidation_ends_them() -> None:
    """U-125."""
    one = old()
    one.own.set_margin_type(BTC, MarginType.ISOLATED)
    one.hold("0.100")
    id = send(one, stopPrice=70_000).ok()["orderId"]
    liquidate(one.venue, one.own, BTC, one.now)
    assert stands(one, id) == ("STOP_MARKET", "EXPIRED")


def test_batches() -> None:
    """U-138: what one item trades, the next one finds."""
    one = old(levels=0)
    one.order_by_house("SELL", "81000")
    common = {"symbol": BTC, "quantity": "0.001"}
    batch = [
        {**common, "side": "BUY", "type": "MARKET"},
        {**common, "side": "BUY", "type": "STOP_MARKET", "stopPrice": "80900"},
        {**common, "side": "BUY", "type": "STOP_MARKET", "stopPrice": "81100"},
    ]
    answer = one.post("batchOrders", batchOrders=json.dumps(batch))
    assert [row.get("code", row.get("type")) for row in answer] == ["MARKET", -2021, "STOP_MARKET"]


def test_they_wait_in_a_copy_of_the_world() -> None:
    """The copy's orders fire by its own prices."""
    one = old()
    id = send(one).ok()["orderId"]
    twin = AlgoClient(one.world.fork())
    twin.last(78_000)
    assert (stands(twin, id), stands(one, id)) == (("MARKET", "FILLED"), ("STOP_MARKET", "NEW"))
    one.ask("DELETE", "order", symbol=BTC, orderId=id).ok()
    assert (twin.held(), one.held()) == (-10, 0)
