"""Every answer about conditional orders has the fields of the API's documentation, and no others (U-80, U-85, U-91)."""

from __future__ import annotations

from typing import Any, Final

import pytest
from tests.mock_server.venues.shapes import differences
from tests.mock_server.venues.usdm.algo_client import AlgoClient, algo_client
from tests.mock_server.venues.usdm.signed_client import BTC

from binance_mock.engine.units import SCALE

COMMON: Final = {
    "algoId": "long", "clientAlgoId": "string", "algoType": "string", "orderType": "string", "symbol": "string",
    "side": "string", "positionSide": "string", "timeInForce": "string", "quantity": "string:decimal",
    "algoStatus": "string", "triggerPrice": "string:decimal", "price": "string:decimal", "icebergQuantity": "null",
    "selfTradePreventionMode": "string", "workingType": "string", "priceMatch": "string", "closePosition": "bool",
    "priceProtect": "bool", "reduceOnly": "bool", "createTime": "long:ms", "updateTime": "long:ms",
    "triggerTime": "long:ms", "goodTillDate": "long:ms",
}  # fmt: skip
NEW: Final = COMMON | {"activatePrice": "string:decimal|empty", "callbackRate": "string:decimal|empty"}
QUERIED: Final = COMMON | {
    "actualOrderId": "string", "actualPrice": "string:decimal", "actualQty?": "string:decimal",
    "actualType?": "string", "tpTriggerPrice?": "string:decimal", "tpPrice?": "string:decimal",
    "slTriggerPrice?": "string:decimal", "slPrice?": "string:decimal", "tpOrderType": "string",
}  # fmt: skip
CANCELED: Final = {"algoId": "long", "clientAlgoId": "string", "code": "string", "msg": "string"}
ALL_CANCELED: Final = {"code": "int", "msg": "string"}
WORDS: Final = {
    "algoType": {"CONDITIONAL"},
    "orderType": {"STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET"},
    "side": {"BUY", "SELL"},
    "positionSide": {"BOTH", "LONG", "SHORT"},
    "timeInForce": {"GTC", "IOC", "FOK", "GTX", "GTD", "GTE_GTC"},
    "algoStatus": {"NEW", "CANCELED", "TRIGGERING", "TRIGGERED", "FINISHED", "REJECTED", "EXPIRED"},
    "selfTradePreventionMode": {"NONE", "EXPIRE_TAKER", "EXPIRE_BOTH", "EXPIRE_MAKER"},
    "workingType": {"MARK_PRICE", "CONTRACT_PRICE"},
    "priceMatch": {"NONE", "OPPONENT", "OPPONENT_5", "QUEUE", "QUEUE_5", "QUEUE_10", "QUEUE_20"},
    "actualType": {"LIMIT", "MARKET"},
}

ORDERS: Final[list[dict[str, str]]] = [
    {"type": "STOP", "triggerPrice": "78000", "price": "77900", "timeInForce": "GTX"},
    {"type": "STOP", "triggerPrice": "78000", "priceMatch": "QUEUE_5", "selfTradePreventionMode": "NONE"},
    {"type": "STOP_MARKET", "triggerPrice": "78000", "closePosition": "true"},
    {"type": "STOP_MARKET", "triggerPrice": "78000", "workingType": "MARK_PRICE", "timeInForce": "GTE_GTC"},
    {"type": "TAKE_PROFIT", "triggerPrice": "82000", "price": "82000", "side": "SELL", "reduceOnly": "true"},
    {"type": "TAKE_PROFIT_MARKET", "triggerPrice": "82000", "priceProtect": "TRUE"},
    {"type": "TRAILING_STOP_MARKET", "callbackRate": "1"},
    {"type": "TRAILING_STOP_MARKET", "callbackRate": "0.5", "activatePrice": "81000"},
]


def wrong(shape: Any, answer: Any) -> list[str]:
    """How an answer differs from its shape, words included."""
    rows = answer if isinstance(answer, list) else [answer]
    strangers = [
        f"{name} is {row[name]!r}"
        for row in rows for name, words in WORDS.items() if name in row and row[name] not in words
    ]  # fmt: skip
    return differences(shape, answer) + strangers


def holder() -> AlgoClient:
    """The holder of 0.010 BTC; the last price is 79970."""
    one = algo_client()
    one.hold("0.010")
    return one


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: " ".join(map(str, order.values())))
@pytest.mark.parametrize("kind", ["ACK", "RESULT"])
def test_the_answer_to_a_placement(order: dict[str, str], kind: str) -> None:
    row = holder().placed(**{"side": "SELL", **order, "newOrderRespType": kind})
    assert wrong(NEW, row) == []


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: " ".join(map(str, order.values())))
@pytest.mark.parametrize("price", [79_970, 77_500, 83_000], ids=["waiting", "down", "up"])
def test_the_answers_to_queries(order: dict[str, str], price: int) -> None:
    """Of an order that waits, and of one that has fired."""
    one = holder()
    row = one.placed(**{"side": "SELL", **order})
    one.last(price)
    told = one.row(row["algoId"])
    assert wrong(QUERIED, told) == []
    listed = told | dict.fromkeys(("tpTriggerPrice", "tpPrice", "slTriggerPrice", "slPrice"), "0.00")
    assert wrong(QUERIED, listed) == []
    assert one.get("allAlgoOrders", symbol=BTC) == [listed]
    assert one.get("openAlgoOrders") == ([listed] if told["algoStatus"] == "NEW" else [])
    assert ("actualType" in told) is (told["actualOrderId"] != "")


def test_all_states_but_the_passing_one_are_seen() -> None:
    """U-85: TRIGGERING lasts no time."""
    one = holder()
    ids = [one.stop("78000"), one.stop("78100", closePosition="true"), one.stop("60000")]
    resting = one.placed("SELL", "STOP", triggerPrice="78200", price="78900")["algoId"]
    short = one.stop("78300", quantity="100")
    one.ask("DELETE", "algoOrder", algoId=ids[2]).ok()
    waiting = one.stop("50000", quantity="0.001")
    one.own.money.free["USDT"] = 100 * SCALE
    one.last(78_050)
    states = [one.state(id) for id in (*ids, resting, short, waiting)]
    assert states == ["NEW", "FINISHED", "CANCELED", "TRIGGERED", "REJECTED", "NEW"]
    assert all(wrong(QUERIED, one.row(id)) == [] for id in (*ids, resting, short, waiting))


def test_the_answers_to_cancels() -> None:
    """U-91: the code is a text for one order and a number for all."""
    one = holder()
    answer = one.ask("DELETE", "algoOrder", algoId=one.stop("78000")).ok()
    assert wrong(CANCELED, answer) == []
    assert (answer["code"], answer["msg"]) == ("200", "success")
    answer = one.ask("DELETE", "algoOpenOrders", symbol=BTC).ok()
    assert wrong(ALL_CANCELED, answer) == []
    assert answer == {"code": 200, "msg": "The operation of cancel all open order is done."}


def test_a_shape_tells_what_is_wrong() -> None:
    row = holder().placed(triggerPrice="78000")
    assert len(wrong(NEW, {**row, "algoStatus": "WAITING", "algoId": "1"})) == 2
    assert len(wrong(QUERIED, row)) == 5
