"""Several orders in one call: O-9, O-34, O-39, O-66."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.mock_server.spot_client import Reply
from tests.mock_server.venues.options.options_client import CALL, PUT, OptionsClient, client
from tests.mock_server.venues.options.order_calls import fields, placed, query, wrong


def batch(options: OptionsClient, *orders: object) -> Reply:
    return options.ask("POST", "batchOrders", orders=json.dumps(orders))


def cancelled(options: OptionsClient, **params: object) -> Any:
    return options.ask("DELETE", "batchOrders", symbol=CALL, **params).ok()


@pytest.mark.parametrize("generation", ["2026", "2023"])
def test_the_answers_have_their_shape(generation: str) -> None:
    options = client(dialect=generation)
    rows = batch(options, fields(clientOrderId="a"), fields(symbol=PUT)).ok()
    assert wrong("POST /eapi/v1/batchOrders", rows, generation) == []
    gone = cancelled(options, orderIds=f"[{rows[0]['orderId']}]")
    assert wrong("DELETE /eapi/v1/batchOrders", gone, generation) == []
    assert [row["clientOrderId"] for row in gone] == ["a"]
    assert gone[0]["status"] == ("NEW" if generation == "2026" else "ACCEPTED")


def test_what_fails_stands_in_its_place() -> None:
    """O-66: in the order of the request."""
    options = OptionsClient()
    rows = batch(options, fields(), fields(type="MARKET"), fields(price=None), fields(quantity="2")).ok()
    assert [row.get("code", 0) for row in rows] == [0, -1116, -1102, 0]
    assert rows[1] == {"code": -1116, "msg": "Invalid orderType."}
    assert [row["quantity"] for row in options.get("openOrders")] == ["0.10", "2.00"]


def test_values_are_texts_numbers_or_flags() -> None:
    """O-66: elements were typed both ways."""
    options = OptionsClient()
    rows = batch(
        options,
        fields(quantity=0.1, price=500, postOnly=True, isMmp="true"),
        fields(quantity="0.1", price="500", postOnly="true", isMmp=True),
    ).ok()
    assert [(row["price"], row["quantity"], row["postOnly"], row["mmp"]) for row in rows] == [
        ("500.000", "0.10", True, True)
    ] * 2


def test_ten_orders_and_no_more() -> None:
    """O-66"""
    text = "Maximum 10 orders in one batchOrder request."
    reply = batch(OptionsClient(), *[fields()] * 11)
    assert (reply.status, reply.code, reply.msg) == (400, -6011, text)
    assert len(batch(OptionsClient(), *[fields()] * 10).ok()) == 10
    options = OptionsClient()
    ids = json.dumps(list(range(11)))
    assert options.refusal("DELETE", "batchOrders", symbol=CALL, orderIds=ids) == (400, -6011, text)


@pytest.mark.parametrize("text", ["", "no", "{}", "[1]", '["a"]', "[NaN]"])
def test_what_is_no_list_of_orders(text: str) -> None:
    options = OptionsClient()
    status, code, _ = options.refusal("POST", "batchOrders", orders=text)
    assert (status, code) == (400, -1130 if text else -1102)


def test_each_order_counts() -> None:
    """O-34, O-39: those that were taken; all of them have to fit."""
    options = OptionsClient()
    reply = batch(options, fields(), fields(type="MARKET"), fields())
    assert (reply.headers["x-mbx-order-count-10s"], reply.headers["x-mbx-order-count-1m"]) == ("2", "2")
    assert reply.headers["x-mbx-used-weight-1m"] == "5"


def test_a_batch_that_does_not_fit_the_window_is_refused_whole() -> None:
    """O-34"""
    options = client(max_orders=1000)
    for _ in range(29):
        batch(options, *[fields(quantity="0.01")] * 10).ok()
    batch(options, *[fields(quantity="0.01")] * 9).ok()
    reply = batch(options, *[fields()] * 2)
    text = "Too many new orders; current limit is 300 orders per 10 SECOND."
    assert (reply.status, reply.code, reply.msg) == (429, -1015, text)
    placed(options)


def test_cancels_by_either_list_and_numbers_win() -> None:
    """O-9"""
    options = OptionsClient()
    orders = [placed(options, clientOrderId=name) for name in "abc"]
    ids = json.dumps([orders[0]["orderId"], 1])
    rows = cancelled(options, orderIds=ids, clientOrderIds='["b"]')
    assert rows[0]["orderId"] == orders[0]["orderId"]
    assert rows[1] == {"code": -2013, "msg": "Order does not exist."}
    assert query(options, orders[1])["status"] == "NEW"
    rows = cancelled(options, clientOrderIds='["c","a"]')
    assert rows[1] == {"code": -6028, "msg": "Order is in final state"}
    assert query(options, orders[2])["status"] == "CANCELED"


def test_a_cancel_needs_a_list_and_a_contract() -> None:
    options = OptionsClient()
    text = "Param 'orderIds' or 'clientOrderIds' must be sent, but both were empty/null!"
    assert options.refusal("DELETE", "batchOrders", symbol=CALL) == (400, -1102, text)
    assert options.refusal("DELETE", "batchOrders", symbol="BTC-1-1-C", orderIds="[1]")[:2] == (400, -1121)
