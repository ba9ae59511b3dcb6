"""What goes wrong between client and exchange, and what is true behind it: was the order placed or not?"""

from __future__ import annotations

from typing import Any

import pytest
import requests

from .by_hand import ByHand, refusal
from .exchange import NOW, Exchange

ORDER = "/api/v3/order"
LIMIT = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.01",
    "price": "70000",
    "newClientOrderId": "mine",
}
TIMEOUT = "Timeout waiting for response from backend server. Send status unknown; execution status unknown."


def place(trader: ByHand, **kwargs: Any) -> requests.Response:
    return trader.signed("POST", ORDER, LIMIT, **kwargs)


def is_there(trader: ByHand) -> bool:
    """Whether the order can be found by its client id: the one way to tell after an unknown outcome (rule S-7)."""
    answer = trader.signed("GET", ORDER, {"symbol": "BTCUSDT", "origClientOrderId": "mine"})
    if answer.status_code == 200:
        assert answer.json()["status"] == "NEW"
        return True
    assert refusal(answer) == (400, -2013, "Order does not exist.")
    return False


# -- answers that say it went wrong -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "params", "told", "executed"),
    [
        (
            "unknown_503",
            {},
            (503, -1000, "Unknown error, please check your request or try again later."),
            True,
        ),
        (
            "unknown_503",
            {"executed": False},
            (503, -1000, "Unknown error, please check your request or try again later."),
            False,
        ),
        ("unavailable_503", {}, (503, -1016, "Service Unavailable."), False),
        (
            "internal_503",
            {},
            (503, -1001, "Internal error; unable to process your request. Please try again."),
            False,
        ),
        (
            "overloaded_503",
            {},
            (
                503,
                -1008,
                "Server is currently overloaded with other requests. Please try again in a few minutes.",
            ),
            False,
        ),
        ("error_500", {}, (500, -1000, "An unknown error occurred while processing the request."), False),
        (
            "error_500",
            {"executed": True},
            (500, -1000, "An unknown error occurred while processing the request."),
            True,
        ),
        ("timeout_504", {}, (504, -1007, TIMEOUT), True),
        ("timeout_504", {"executed": False}, (504, -1007, TIMEOUT), False),
    ],
)
def test_a_failure_and_what_is_behind_it(
    trader: ByHand,
    exchange: Exchange,
    fault: str,
    params: dict[str, Any],
    told: tuple[int, int, str],
    executed: bool,
) -> None:
    """The same answer may hide either outcome (rules S-5, S-7)."""
    exchange.faults.add(fault, path=ORDER, method="POST", **params)
    answer = place(trader)
    assert refusal(answer) == told
    assert "X-MBX-USED-WEIGHT-1M" in answer.headers
    assert is_there(trader) == executed


def test_what_was_executed_unseen_cannot_be_placed_again(trader: ByHand, exchange: Exchange) -> None:
    exchange.faults.add("unknown_503", path=ORDER, times=1)
    assert place(trader).status_code == 503
    assert refusal(place(trader)) == (400, -2010, "Duplicate order sent.")  # S-80


def test_a_refusal_stays_hidden_behind_an_unknown_outcome(trader: ByHand, exchange: Exchange) -> None:
    exchange.faults.add("unknown_503", path=ORDER, method="POST")
    assert trader.signed("POST", ORDER, {**LIMIT, "price": "1"}).status_code == 503
    assert not is_there(trader)


@pytest.mark.parametrize(
    ("params", "retry_after", "code"),
    [({}, "10", -1003), ({"retry_after": 3}, "3", -1003), ({"counter": "orders", "retry_after": None}, None, -1015)],
)
def test_a_429_out_of_the_blue(
    trader: ByHand, exchange: Exchange, params: dict[str, Any], retry_after: str | None, code: int
) -> None:
    exchange.faults.add("too_many_429", path=ORDER, times=1, **params)
    answer = place(trader)
    assert refusal(answer)[:2] == (429, code)
    assert answer.headers.get("Retry-After") == retry_after
    assert not is_there(trader)
    assert place(trader).status_code == 200


def test_a_418_out_of_the_blue(trader: ByHand, exchange: Exchange) -> None:
    exchange.faults.add("banned_418", seconds=300, times=1)
    answer = place(trader)
    status, code, text = refusal(answer)
    assert (status, code) == (418, -1003)
    assert f"IP banned until {NOW + 300_000}." in text  # S-60
    assert answer.headers["Retry-After"] == "300"
    assert not is_there(trader)


def test_a_403_from_the_firewall(trader: ByHand, exchange: Exchange) -> None:
    exchange.faults.add("firewall_403", path=ORDER, times=1)
    answer = place(trader)
    assert (answer.status_code, answer.headers["Content-Type"]) == (403, "text/html")  # S-6
    assert answer.text.startswith("<html>")
    assert not [name for name in answer.headers if name.lower().startswith("x-mbx")]
    assert not is_there(trader)


# -- answers that do not come, or come broken -------------------------------------------------------------------------


@pytest.mark.parametrize(("fault", "executed"), [("reset_before", False), ("reset_after", True)])
def test_a_connection_that_breaks(trader: ByHand, exchange: Exchange, fault: str, executed: bool) -> None:
    exchange.faults.add(fault, path=ORDER, times=1)
    with pytest.raises(requests.ConnectionError):
        place(trader)
    assert is_there(trader) == executed


@pytest.mark.parametrize("executed", [True, False])
def test_a_body_that_is_cut(trader: ByHand, exchange: Exchange, executed: bool) -> None:
    exchange.faults.add("truncated_body", path=ORDER, times=1, executed=executed)
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        place(trader)
    assert is_there(trader) == executed


@pytest.mark.parametrize("executed", [True, False])
@pytest.mark.parametrize(
    ("fault", "content_type", "beginning"),
    [
        ("empty_body", "application/json;charset=UTF-8", ""),
        ("html_body", "text/html", "<!DOCTYPE html>"),
        ("garbage_body", "application/json;charset=UTF-8", "{this is not JSON"),
    ],
)
def test_a_200_that_is_no_answer(
    trader: ByHand, exchange: Exchange, fault: str, content_type: str, beginning: str, executed: bool
) -> None:
    exchange.faults.add(fault, path=ORDER, times=1, executed=executed)
    answer = place(trader)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, content_type)
    assert answer.text.startswith(beginning)
    assert bool(answer.text) == bool(beginning)
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()
    assert is_there(trader) == executed


# -- answers that come late -------------------------------------------------------------------------------------------


def test_a_delay_on_the_way_in_ages_the_request(trader: ByHand, exchange: Exchange) -> None:
    """The age is tested again before the engine, and that refusal counts as an order (rules S-22, S-23)."""
    exchange.faults.add("latency", ms=5001, path=ORDER, method="POST", times=1)
    old = "Timestamp for this request is outside of the recvWindow."
    assert refusal(place(trader)) == (400, -1021, old)
    assert exchange.now == NOW + 5001
    assert not is_there(trader)
    assert [row["count"] for row in trader.signed("GET", "/api/v3/rateLimit/order").json()] == [1, 1]


def test_a_delay_within_the_window_does_no_harm(trader: ByHand, exchange: Exchange) -> None:
    exchange.faults.add("latency", ms=5000, path=ORDER, times=1)
    assert place(trader).json()["transactTime"] == NOW + 5000
    assert is_there(trader)


def test_a_delay_on_the_way_out_takes_time_and_nothing_else(trader: ByHand, exchange: Exchange) -> None:
    exchange.faults.add("latency", ms=60_000, stage="after", path=ORDER, times=1)
    assert place(trader).json()["transactTime"] == NOW
    assert exchange.now == NOW + 60_000
    assert is_there(trader)


def test_a_client_that_gives_up_waiting_does_not_undo_its_order(trader: ByHand, exchange: Exchange) -> None:
    exchange.faults.add("latency", ms=600, stage="after", wall=True, path=ORDER, times=1)
    with pytest.raises(requests.ReadTimeout):
        place(trader, timeout=0.3)
    assert is_there(trader)


def test_a_clock_that_jumps(trader: ByHand, exchange: Exchange) -> None:
    exchange.faults.add("clock_jump", ms=-1000, path=ORDER, times=1)
    ahead = "Timestamp for this request was 1000ms ahead of the server's time."
    assert refusal(place(trader)) == (400, -1021, ahead)
    assert trader.public("/api/v3/time").json() == {"serverTime": NOW - 1000}
    assert place(trader).status_code == 200


# -- for whom and when ------------------------------------------------------------------------------------------------


def test_a_fault_meets_only_what_it_is_for(trader: ByHand, exchange: Exchange) -> None:
    exchange.faults.add("error_500", path="/api/v3/order*", method="POST", nth=2)
    statuses = [
        trader.public("/api/v3/time").status_code,
        trader.signed("POST", "/api/v3/order/test", LIMIT).status_code,
        trader.signed("GET", "/api/v3/openOrders", {"symbol": "BTCUSDT"}).status_code,
        trader.signed("POST", "/api/v3/order/test", LIMIT).status_code,
        trader.signed("POST", "/api/v3/order/test", LIMIT).status_code,
    ]
    assert statuses == [200, 200, 200, 500, 200]


def test_the_journal_tells_fault_from_refusal(trader: ByHand, exchange: Exchange) -> None:
    exchange.faults.add("error_500", name="broken", times=1)
    place(trader)
    assert (exchange.last.verdict, exchange.last.fault, exchange.last.status) == ("fault", "broken", 500)
    trader.signed("POST", ORDER, {**LIMIT, "price": "1"})
    assert (exchange.last.verdict, exchange.last.fault, exchange.last.code) == ("refused", "", -1013)
    place(trader)
    assert (exchange.last.verdict, exchange.last.code) == ("accepted", 0)
