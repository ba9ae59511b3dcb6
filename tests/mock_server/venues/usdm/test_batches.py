"""Several orders in one call."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.mock_server.spot_client import SECOND, Reply
from tests.mock_server.venues.usdm.test_trade import BTC, FIELDS, Trader, refusal

NEITHER = "Param 'orderIdList' or 'origClientOrderIdList' must be sent, but both were empty/null!"
NO_ID = "Illegal characters found in parameter 'orderIdList'; legal range is '^[0-9]{1,20}$'."
UNKNOWN = {"code": -2011, "msg": "Unknown order sent."}


def item(**changes: Any) -> dict[str, Any]:
    """A limit order that rests."""
    plain = {"symbol": BTC, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.010", "price": "79000"}
    return plain | changes


def batch(trader: Trader, items: Any, method: str = "POST") -> Reply:
    return trader.ask(method, "batchOrders", batchOrders=items if isinstance(items, str) else json.dumps(items))


# -- placing ---------------------------------------------------------------------------------------------------------


def test_each_item_is_answered_in_its_place() -> None:
    """U-139: HTTP 200; what is wrong with one stops no other."""
    trader = Trader()
    market = {"symbol": BTC, "side": "BUY", "type": "MARKET", "quantity": "0.010", "newOrderRespType": "RESULT"}
    rows = batch(
        trader,
        [
            item(newClientOrderId="one"), item(newClientOrderId="one"), {"symbol": BTC}, item(type="STOP"), market,
        ],
    ).ok()  # fmt: skip
    assert [row.get("code") for row in rows] == [None, -4116, -1102, -4120, None]
    assert rows[1] == {"code": -4116, "msg": "ClientOrderId is duplicated."}
    assert rows[0].keys() == rows[4].keys() == FIELDS | {"cumQty"}
    assert (rows[0]["clientOrderId"], rows[0]["status"], rows[4]["status"]) == ("one", "NEW", "FILLED")
    assert trader.position == 10**6
    assert [row["orderId"] for row in trader.ask("GET", "openOrders").ok()] == [rows[0]["orderId"]]


def test_items_may_be_of_several_contracts() -> None:
    trader = Trader()
    rows = batch(trader, [item(), item(symbol="NOSUCH"), item(symbol="ETHUSDT", quantity="1", price="1000")]).ok()
    assert rows[0]["symbol"] == BTC
    assert rows[1] == {"code": -1121, "msg": "Invalid symbol."}
    assert (rows[2]["symbol"], rows[2]["price"]) == ("ETHUSDT", "1000.00")


def test_an_item_is_what_the_single_call_would_make_of_it() -> None:
    """U-52, U-63: every field but ids is the same, and so is every refusal."""
    alone, trader = Trader(), Trader()
    for changes in ({}, {"price": "79000.05"}, {"quantity": "100"}, {"side": "LONG"}, {"timeInForce": "FOK"}):
        single = alone.order(newClientOrderId="x", **changes).json
        (row,) = batch(trader, [item(newClientOrderId="x", **changes)]).ok()
        assert row == single


def test_the_margin_of_one_item_is_not_there_for_the_next() -> None:
    """U-100."""
    trader = Trader()
    rows = batch(trader, [item(quantity="15.000"), item(quantity="15.000"), item(quantity="5.000")]).ok()
    assert [row.get("code") for row in rows] == [None, -2019, None]


@pytest.mark.parametrize(
    "written",
    [
        '"quantity":0.01,"price":79000',
        '"quantity":"0.01","price":"79000"',
        '"quantity":1e-2,"price":7.9E4',
        '"quantity":0.010,"price":79000.0,"reduceOnly":false,"newClientOrderId":null,"what":[1]',
    ],
)
def test_numbers_are_text_or_numbers(written: str) -> None:
    """U-138."""
    text = f'[ {{"symbol":"{BTC}", "side":"BUY","type":"LIMIT","timeInForce":"GTC",{written}}} ]'
    (row,) = batch(Trader(), text).ok()
    assert (row["origQty"], row["price"]) == ("0.010", "79000.00")


@pytest.mark.parametrize("value", ['"1e-2"', '"--0.01"', "1e999999999", "[0.01]", "true"])
def test_values_that_are_no_quantity(value: str) -> None:
    text = json.dumps([item(quantity=0), item()]).replace('"quantity": 0,', f'"quantity": {value},')
    rows = batch(Trader(), text).ok()
    assert [row.get("code") for row in rows] == [-1100, None]


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("count", [0, 6])
def test_one_to_five_items(method: str, count: int) -> None:
    """U-138."""
    trader = Trader()
    reply = batch(trader, [item()] * count, method)
    assert refusal(reply) == (400, -4082, "Invalid number of batch place orders.")
    assert trader.ask("GET", "openOrders").ok() == []


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("text", ["{}", "[", "[1]", '["x"]', "[null]", "x", "[NaN]", "[" * 3000, "[object Object]"])
def test_what_is_no_list_of_orders(method: str, text: str) -> None:
    """U-140: an ordinary refusal of the whole."""
    trader = Trader()
    reply = batch(trader, text, method)
    assert refusal(reply) == (400, -1130, f"Data sent for parameter 'batchOrders:{text}' is not valid.")
    assert refusal(trader.ask(method, "batchOrders"))[1] == -1102


# -- counts ----------------------------------------------------------------------------------------------------------


def test_what_a_batch_counts() -> None:
    """U-26: 5 in ten seconds and 1 in the minute, whatever its size, and 5 of weight; a cancel counts nothing."""
    trader = Trader()
    reply = batch(trader, [item()])
    assert (reply.headers["x-mbx-order-count-10s"], reply.headers["x-mbx-order-count-1m"]) == ("5", "1")
    assert reply.headers["x-mbx-used-weight-1m"] == "5"
    amended = {"symbol": BTC, "side": "BUY", "quantity": "0.011", "price": "79000", "orderId": reply.ok()[0]["orderId"]}
    reply = batch(trader, [amended] * 5, "PUT")
    assert (reply.headers["x-mbx-order-count-10s"], reply.headers["x-mbx-order-count-1m"]) == ("10", "2")
    assert reply.headers["x-mbx-used-weight-1m"] == "10"
    reply = trader.ask("DELETE", "batchOrders", symbol=BTC, orderIdList=f"[{reply.ok()[0]['orderId']}]")
    assert "x-mbx-order-count-10s" not in reply.headers
    assert reply.headers["x-mbx-used-weight-1m"] == "11"
    reply = trader.order()
    assert (reply.headers["x-mbx-order-count-10s"], reply.headers["x-mbx-order-count-1m"]) == ("11", "3")


def test_the_window_of_seconds_fills_first() -> None:
    """U-24, U-26: 60 batches are 300; the 61st does nothing, and the minute has counted 60."""
    trader = Trader()
    for _ in range(59):
        batch(trader, [item(quantity="0")]).ok()
    trader.order().ok()
    assert refusal(batch(trader, [item()])) == (
        429, -1015, "Too many new orders; current limit is 300 orders per 10 SECOND.",
    )  # fmt: skip
    for _ in range(4):
        trader.order().ok()
    assert trader.order().status == 429
    assert len(trader.ask("GET", "openOrders").ok()) == 5
    trader.world.clock.move(10 * SECOND)
    reply = batch(trader, [item()])
    assert (reply.headers["x-mbx-order-count-10s"], reply.headers["x-mbx-order-count-1m"]) == ("5", "65")


# -- amending --------------------------------------------------------------------------------------------------------


def test_amendments_in_one_call() -> None:
    """U-134, U-139."""
    trader = Trader()
    ids = [trader.order(newClientOrderId=f"o{i}").ok()["orderId"] for i in range(2)]
    plain = {"symbol": BTC, "side": "BUY"}
    rows = batch(
        trader,
        [
            {**plain, "orderId": ids[0], "quantity": 0.02, "price": 79100, "modifyId": 7},
            {**plain, "orderId": 1, "quantity": "0.02", "price": "79100"},
            {**plain, "origClientOrderId": "o1", "quantity": "0.010", "price": "79000"},
            {**plain, "origClientOrderId": "o1", "quantity": "0.010", "price": "79200"},
        ],
        "PUT",
    ).ok()
    assert [row.get("code") for row in rows] == [None, -2013, -5027, None]
    assert rows[0].keys() == FIELDS | {"cumQty", "pair", "modifyId"}
    assert rows[3].keys() == FIELDS | {"cumQty", "pair"}
    assert [(rows[i]["orderId"], rows[i]["price"], rows[i]["origQty"]) for i in (0, 3)] == [
        (ids[0], "79100.00", "0.020"), (ids[1], "79200.00", "0.010"),
    ]  # fmt: skip


# -- cancelling ------------------------------------------------------------------------------------------------------


def test_cancelling_by_ids() -> None:
    """U-129, U-139, U-141."""
    trader = Trader()
    rows = [trader.order(newClientOrderId=f"o{i}").ok() for i in range(4)]
    ids = [row["orderId"] for row in rows]
    answer = trader.ask(
        "DELETE", "batchOrders", symbol=BTC, orderIdList=json.dumps([ids[1], 1, str(ids[0]), ids[1]])
    ).ok()
    assert [row.get("orderId") for row in answer] == [ids[1], None, ids[0], None]
    assert answer[1] == answer[3] == UNKNOWN
    assert (answer[0]["status"], answer[0].keys()) == ("CANCELED", FIELDS | {"cumQty"})
    answer = trader.ask("DELETE", "batchOrders", symbol=BTC, origClientOrderIdList='["o3","o0"]').ok()
    assert (answer[0]["clientOrderId"], answer[1]) == ("o3", UNKNOWN)
    assert [row["orderId"] for row in trader.ask("GET", "openOrders").ok()] == [ids[2]]


@pytest.mark.parametrize(
    ("changes", "code", "msg"),
    [
        ({}, -1102, NEITHER),
        ({"orderIdList": "[]"}, -1102, NEITHER),
        ({"orderIdList": json.dumps(list(range(11)))}, -4032, "Exceed maximum cancel order size."),
        ({"origClientOrderIdList": json.dumps(["x"] * 11)}, -4032, "Exceed maximum cancel order size."),
        ({"orderIdList": "1,2"}, -1130, "Data sent for parameter 'orderIdList:1,2' is not valid."),
        ({"orderIdList": "[[1]]"}, -1130, "Data sent for parameter 'orderIdList:[[1]]' is not valid."),
        ({"orderIdList": '["x"]'}, -1100, NO_ID),
        ({"origClientOrderIdList": '["a b"]'}, -4015, "Client order id is not valid."),
        ({"symbol": "NOSUCH", "orderIdList": "[1]"}, -1121, "Invalid symbol."),
    ],
)  # fmt: skip
def test_cancels_that_are_refused_as_a_whole(changes: dict[str, str], code: int, msg: str) -> None:
    """U-141."""
    asked: dict[str, object] = {"symbol": BTC, **changes}
    assert refusal(Trader().ask("DELETE", "batchOrders", **asked)) == (400, code, msg)


def test_ten_ids_are_not_too_many() -> None:
    """U-141."""
    answer = Trader().ask("DELETE", "batchOrders", symbol=BTC, orderIdList=json.dumps(list(range(10)))).ok()
    assert answer == [UNKNOWN] * 10


def test_the_lists_may_be_spelt_in_small_letters() -> None:
    """As ccxt sends them."""
    trader = Trader()
    ids = [trader.order(newClientOrderId=f"mine-{number}").ok()["orderId"] for number in range(3)]
    cancelled = trader.ask("DELETE", "batchOrders", symbol=BTC, orderidlist=f"[{ids[0]}]").ok()
    cancelled += trader.ask("DELETE", "batchOrders", symbol=BTC, origclientorderidlist='["mine-1"]').ok()
    assert [row["orderId"] for row in cancelled] == ids[:2]
    assert [row["status"] for row in cancelled] == ["CANCELED"] * 2
