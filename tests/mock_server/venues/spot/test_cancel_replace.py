"""Cancelling an order and placing another: the whole table of outcomes (S-123 to S-128)."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from tests.mock_server.spot_client import Reply, SpotClient, frozen_world, open_client

from binance_mock.gate.limiters import LimitInterval

NEW: dict[str, Any] = {
    "symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.02", "price": "71000",
}  # fmt: skip
UNKNOWN = {"code": -2011, "msg": "Unknown order sent."}
NO_MONEY = {"code": -2010, "msg": "Account has insufficient balance for requested action."}
TOO_MANY = {"code": -1015, "msg": "Too many new orders; current limit is 1 orders per 10 SECOND."}
FAILED, PARTLY = (-2022, "Order cancel-replace failed."), (-2021, "Order cancel-replace partially failed.")


class Case(NamedTuple):
    """One row of the table: what is sent, what goes wrong, and what comes of it."""

    mode: str
    exceeded_mode: str | None
    over_count: bool
    cancel_fails: bool
    new_fails: bool
    status: int
    refusal: tuple[int, str] | None
    """Code and message, None for a success."""
    new_result: str
    new_response: dict[str, Any] | None = None
    """What the new half holds when it failed."""

    @property
    def title(self) -> str:
        failing = [half for half, fails in (("cancel", self.cancel_fails), ("new", self.new_fails)) if fails]
        count = "over" if self.over_count else "within"
        return f"{self.mode} {self.exceeded_mode} {count} failing: {' '.join(failing) or 'none'}"


STOP, ALLOW, NOTHING, ONLY = "STOP_ON_FAILURE", "ALLOW_FAILURE", "DO_NOTHING", "CANCEL_ONLY"

WITHIN = [
    case
    for exceeded_mode in (None, NOTHING, ONLY)
    for case in (
        Case(STOP, exceeded_mode, False, False, False, 200, None, "SUCCESS"),
        Case(STOP, exceeded_mode, False, True, False, 400, FAILED, "NOT_ATTEMPTED"),
        Case(STOP, exceeded_mode, False, True, True, 400, FAILED, "NOT_ATTEMPTED"),
        Case(STOP, exceeded_mode, False, False, True, 409, PARTLY, "FAILURE", NO_MONEY),
        Case(ALLOW, exceeded_mode, False, False, False, 200, None, "SUCCESS"),
        Case(ALLOW, exceeded_mode, False, True, True, 400, FAILED, "FAILURE", NO_MONEY),
        Case(ALLOW, exceeded_mode, False, True, False, 409, PARTLY, "SUCCESS"),
        Case(ALLOW, exceeded_mode, False, False, True, 409, PARTLY, "FAILURE", NO_MONEY),
    )
]
EXCEEDED = [
    Case(STOP, ONLY, True, True, False, 429, FAILED, "NOT_ATTEMPTED"),
    Case(STOP, ONLY, True, False, False, 429, PARTLY, "FAILURE", TOO_MANY),
    Case(ALLOW, ONLY, True, True, False, 400, FAILED, "FAILURE", TOO_MANY),
    Case(ALLOW, ONLY, True, False, False, 409, PARTLY, "FAILURE", TOO_MANY),
]


def client_with_order() -> tuple[SpotClient, int]:
    client = SpotClient(frozen_world())
    return client, client.order(newClientOrderId="old").ok()["orderId"]


def replace(client: SpotClient, id: int, **params: Any) -> Reply:
    base = {**NEW, "cancelReplaceMode": STOP, "cancelOrderId": id}
    return client.post("order/cancelReplace", **{**base, **params})


def limit_to(client: SpotClient, count: int) -> None:
    client.world.desks["spot"].orders.set_limit(LimitInterval.SECOND, 10, count)


@pytest.mark.parametrize("case", [*WITHIN, *EXCEEDED], ids=lambda case: case.title)
def test_every_outcome(case: Case) -> None:
    """S-123 to S-125, S-128."""
    client, id = client_with_order()
    if case.over_count:
        limit_to(client, 1)
    params: dict[str, Any] = {"cancelReplaceMode": case.mode, "orderRateLimitExceededMode": case.exceeded_mode}
    if case.new_fails:
        params["quantity"] = "100"
    reply = replace(client, 1 if case.cancel_fails else id, **params)
    assert reply.status == case.status
    if case.refusal is None:
        data = reply.json
    else:
        assert (reply.code, reply.msg) == case.refusal
        assert reply.json.keys() == {"code", "msg", "data"}
        data = reply.json["data"]
    assert data.keys() == {"cancelResult", "newOrderResult", "cancelResponse", "newOrderResponse"}
    assert data["cancelResult"] == ("FAILURE" if case.cancel_fails else "SUCCESS")
    assert data["newOrderResult"] == case.new_result
    if case.cancel_fails:
        assert data["cancelResponse"] == UNKNOWN
    else:
        assert (data["cancelResponse"]["origClientOrderId"], data["cancelResponse"]["status"]) == ("old", "CANCELED")
    if case.new_result == "SUCCESS":
        assert (data["newOrderResponse"]["price"], data["newOrderResponse"]["fills"]) == ("71000.00000000", [])
    else:
        assert data["newOrderResponse"] == case.new_response
    assert ("retry-after" in reply.headers) == (case.status == 429)
    left = {row["price"] for row in client.get("openOrders").ok()}
    assert left == ({"70000.00000000"} if case.cancel_fails else set()) | (
        {"71000.00000000"} if case.new_result == "SUCCESS" else set()
    )


@pytest.mark.parametrize("cancel_fails", [True, False])
@pytest.mark.parametrize("mode", [STOP, ALLOW])
@pytest.mark.parametrize("exceeded_mode", [None, NOTHING])
def test_over_the_count_nothing_is_done(exceeded_mode: str | None, mode: str, cancel_fails: bool) -> None:
    """S-125: a bare -1015, and the order stays."""
    client, id = client_with_order()
    limit_to(client, 1)
    reply = replace(client, 1 if cancel_fails else id, cancelReplaceMode=mode, orderRateLimitExceededMode=exceeded_mode)
    assert (reply.status, reply.json) == (429, TOO_MANY)
    assert reply.headers["retry-after"] == "10"
    assert [row["orderId"] for row in client.get("openOrders").ok()] == [id]


def test_up_to_the_count_it_is_done() -> None:
    client, id = client_with_order()
    limit_to(client, 2)
    assert replace(client, id).status == 200


@pytest.mark.parametrize(
    ("mode", "cancel_fails", "over", "counted"),
    [
        (STOP, False, False, 2), (STOP, True, False, 2), (ALLOW, True, False, 2), (ALLOW, False, False, 2),
        (STOP, False, True, 1), (STOP, True, True, 1), (ALLOW, True, True, 1),
    ],
)  # fmt: skip
def test_what_is_counted(mode: str, cancel_fails: bool, over: bool, counted: int) -> None:
    """S-67: 1, also for an order that was not attempted; what passes the limit is not counted."""
    client, id = client_with_order()
    if over:
        limit_to(client, 1)
    replace(client, 1 if cancel_fails else id, cancelReplaceMode=mode, orderRateLimitExceededMode=ONLY)
    orders = client.world.desks["spot"].orders
    assert [number for _, number in orders.counts("default", client.world.clock.now())] == [counted, counted]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"price": "71000.001"}, -1013), ({"price": "1"}, -1013), ({"timeInForce": None}, -1102),
        ({"side": "X"}, -1117), ({"symbol": "NOSUCH"}, -1121), ({"stopPrice": "1"}, -1106),
        ({"cancelReplaceMode": "MAYBE"}, -1130), ({"cancelReplaceMode": None}, -1102),
        ({"orderRateLimitExceededMode": "X"}, -1130), ({"cancelOrderId": None}, -1102),
        ({"cancelRestrictions": "X"}, -1145),
    ],
)  # fmt: skip
@pytest.mark.parametrize("mode", [STOP, ALLOW])
def test_what_is_tested_before_the_cancel(mode: str, more: dict[str, Any], code: int) -> None:
    """S-126: a plain refusal without data, and the order stays."""
    client, id = client_with_order()
    reply = replace(client, id, **{"cancelReplaceMode": mode, **more})
    assert reply.refusal == (400, code)
    assert "data" not in reply.json
    assert [row["orderId"] for row in client.get("openOrders").ok()] == [id]


def test_a_full_book_of_orders_blocks_the_pair() -> None:
    """S-126: although one slot would become free."""
    client = SpotClient(frozen_world())
    ids = [client.order("SELL", "STOP_LOSS", "0.01", stopPrice="70000").ok()["orderId"] for _ in range(5)]
    stop = {"type": "STOP_LOSS", "side": "SELL", "stopPrice": "71000", "timeInForce": None, "price": None}
    reply = replace(client, ids[0], **stop)
    assert (*reply.refusal, reply.msg) == (400, -1013, "Filter failure: MAX_NUM_ALGO_ORDERS")
    assert len(client.get("openOrders").ok()) == 5


def test_what_was_cancelled_stays_cancelled() -> None:
    """S-127: not atomic."""
    client, id = client_with_order()
    assert replace(client, id, quantity="100").status == 409
    assert client.get("order", symbol="BTCUSDT", orderId=id).ok()["status"] == "CANCELED"
    assert client.balance("USDT") == ("1000000.00000000", "0.00000000")


def test_the_freed_money_pays_the_new_order() -> None:
    """S-127: the cancel comes first."""
    client = open_client(frozen_world(), "poor", USDT=7_000)
    id = client.order("BUY", "LIMIT", "0.1", "70000").ok()["orderId"]
    row = replace(client, id, quantity="0.09", price="77000").ok()
    assert row["newOrderResponse"]["status"] == "NEW"
    assert client.balance("USDT") == ("70.00000000", "6930.00000000")


def test_the_new_order_may_bear_the_old_name() -> None:
    """S-127."""
    client, id = client_with_order()
    row = replace(client, id, newClientOrderId="old", cancelNewClientOrderId="gone").ok()
    assert row["newOrderResponse"]["clientOrderId"] == "old"
    assert (row["cancelResponse"]["origClientOrderId"], row["cancelResponse"]["clientOrderId"]) == ("old", "gone")


def test_a_taken_name_fails_the_new_half() -> None:
    """S-128: -2010."""
    client, id = client_with_order()
    client.order(newClientOrderId="taken").ok()
    reply = replace(client, id, newClientOrderId="taken")
    assert (reply.status, reply.json["data"]["newOrderResponse"]) == (
        409, {"code": -2010, "msg": "Duplicate order sent."},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ids", "ok"),
    [
        ({"cancelOrigClientOrderId": "old"}, True),
        ({"cancelOrigClientOrderId": "other"}, False),
        ({"cancelOrigClientOrderId": "old", "cancelOrderId": 0}, True),
        ({"cancelOrigClientOrderId": "other", "cancelOrderId": 0}, False),
    ],
)
def test_which_order_is_cancelled(ids: dict[str, Any], ok: bool) -> None:
    """S-119: with both ids both have to fit."""
    client, id = client_with_order()
    wanted = {"cancelOrderId": None, **ids}
    if wanted["cancelOrderId"] == 0:
        wanted["cancelOrderId"] = id
    assert (replace(client, id, **wanted).status == 200) == ok


@pytest.mark.parametrize(("restrictions", "ok"), [("ONLY_NEW", True), ("ONLY_PARTIALLY_FILLED", False)])
def test_cancel_restrictions(restrictions: str, ok: bool) -> None:
    """S-120, S-128."""
    client, id = client_with_order()
    reply = replace(client, id, cancelRestrictions=restrictions)
    if ok:
        assert reply.status == 200
    else:
        assert reply.json["data"]["cancelResponse"] == {
            "code": -2011, "msg": "Order was not canceled due to cancel restrictions.",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "has"), [(None, "fills"), ("ACK", "transactTime"), ("RESULT", "workingTime"), ("FULL", "fills")]
)
def test_how_much_of_the_new_order_is_shown(kind: str | None, has: str) -> None:
    """S-73."""
    client, id = client_with_order()
    row = replace(client, id, newOrderRespType=kind).ok()["newOrderResponse"]
    assert has in row
    assert ("fills" in row) == (kind in (None, "FULL"))
    assert ("price" in row) == (kind != "ACK")


def test_the_new_order_may_trade_at_once() -> None:
    client, id = client_with_order()
    row = replace(client, id, type="MARKET", timeInForce=None, price=None).ok()["newOrderResponse"]
    assert (row["status"], row["type"]) == ("FILLED", "MARKET")
