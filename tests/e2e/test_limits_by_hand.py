"""Request weight, bans and order counts as a client meets them. The clock stands at 13.2 s of a minute."""

from __future__ import annotations

from typing import Any

import pytest

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
}
MINUTE_LEFT = 46_800
"""Milliseconds from NOW to the end of the minute."""
TEN_SECONDS_LEFT = 6_800
"""Milliseconds from NOW to the end of the ten seconds."""

WEIGHT = (
    "Too much request weight used; current limit is {limit} request weight per 1 MINUTE. "
    "Please use WebSocket Streams for live updates to avoid polling the API."
)
BANNED = (
    "Way too much request weight used; IP banned until {until}. "
    "Please use WebSocket Streams for live updates to avoid bans."
)
STRIKES = 5
"""Requests after a 429 that bring a ban."""


def used(answer: Any) -> int:
    """The used weight, which both headers tell (rule S-57)."""
    weight = answer.headers["X-MBX-USED-WEIGHT-1M"]
    assert answer.headers["X-MBX-USED-WEIGHT"] == weight
    return int(weight)


def hammer(trader: ByHand) -> Any:
    """Ask for the time, as often as it takes until the answer is a ban."""
    for _ in range(STRIKES + 2):
        answer = trader.public("/api/v3/time")
        if answer.status_code == 418:
            return answer
        assert answer.status_code == 429
    raise AssertionError("there was no ban")


# -- weight -----------------------------------------------------------------------------------------------------------


def test_every_answer_tells_the_used_weight(trader: ByHand) -> None:
    assert used(trader.public("/api/v3/ping")) == 1
    assert used(trader.public("/api/v3/depth", {"symbol": "BTCUSDT", "limit": "5000"})) == 251
    assert used(trader.signed("GET", "/api/v3/account")) == 271
    assert used(trader.signed("POST", ORDER, LIMIT)) == 271  # S-62: nothing when it succeeds
    assert used(trader.signed("POST", ORDER, {**LIMIT, "price": "1"})) == 272  # and its weight when it fails
    assert used(trader.signed("GET", "/api/v3/account", {"timestamp": NOW - 5001})) == 292  # S-63
    assert used(trader.public("/api/v3/nothing")) == 293


def test_weight_is_counted_anew_in_every_minute_of_the_clock(trader: ByHand, exchange: Exchange) -> None:
    trader.public("/api/v3/ping")
    exchange.advance(MINUTE_LEFT - 1)
    assert used(trader.public("/api/v3/ping")) == 2
    exchange.advance(1)
    assert used(trader.public("/api/v3/ping")) == 1  # S-58


def test_hammering_ends_in_429(trader: ByHand, exchange: Exchange) -> None:
    book = {"symbol": "BTCUSDT", "limit": "5000"}
    for number in range(1, 25):
        answer = trader.public("/api/v3/depth", book)
        assert (answer.status_code, used(answer)) == (200, 250 * number)
    answer = trader.public("/api/v3/depth", book)
    assert refusal(answer) == (429, -1003, WEIGHT.format(limit=6000))  # S-59
    assert answer.headers["Retry-After"] == "47"
    assert used(answer) == 6250
    exchange.advance(MINUTE_LEFT)
    assert trader.public("/api/v3/depth", book).status_code == 200


def test_the_limit_itself_may_be_used_up(trader: ByHand, exchange: Exchange) -> None:
    exchange.limit_weight(20)
    assert trader.signed("GET", "/api/v3/account").status_code == 200
    assert refusal(trader.public("/api/v3/ping")) == (429, -1003, WEIGHT.format(limit=20))
    exchange.advance(MINUTE_LEFT - 1)
    answer = trader.signed("GET", "/api/v3/account")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    exchange.advance(1)
    assert trader.signed("GET", "/api/v3/account").status_code == 200


def test_a_client_that_waits_as_told_is_never_banned(trader: ByHand, exchange: Exchange) -> None:
    exchange.limit_weight(1)
    for _ in range(3 * STRIKES):
        assert trader.public("/api/v3/ping").status_code == 200
        answer = trader.public("/api/v3/ping")
        assert answer.status_code == 429
        exchange.advance(1000 * int(answer.headers["Retry-After"]))


def test_exchange_info_tells_the_limit_that_holds(trader: ByHand, exchange: Exchange) -> None:
    exchange.limit_weight(77)
    rows = trader.public("/api/v3/exchangeInfo", {"symbol": "BTCUSDT"}).json()["rateLimits"]
    assert rows[0] == {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 77}  # S-222


# -- bans -------------------------------------------------------------------------------------------------------------


def test_going_on_after_a_429_brings_a_ban(trader: ByHand, exchange: Exchange) -> None:
    exchange.limit_weight(0)
    answers = [trader.public("/api/v3/time") for _ in range(STRIKES + 1)]
    assert [answer.status_code for answer in answers] == [429] * STRIKES + [418]
    answer = answers[-1]
    assert refusal(answer) == (418, -1003, BANNED.format(until=NOW + 120_000))  # S-60
    assert answer.headers["Retry-After"] == "120"
    exchange.advance(119_500)
    assert trader.signed("POST", ORDER, LIMIT).headers["Retry-After"] == "1"
    assert exchange.last.status == 418


def test_a_ban_ends_when_it_says(trader: ByHand, exchange: Exchange) -> None:
    exchange.limit_weight(0)
    hammer(trader)
    exchange.limit_weight(6000)
    exchange.advance(119_999)
    assert refusal(trader.public("/api/v3/time"))[0] == 418
    exchange.advance(1)
    assert trader.public("/api/v3/time").json() == {"serverTime": NOW + 120_000}


def test_bans_grow(trader: ByHand, exchange: Exchange) -> None:
    exchange.limit_weight(0)
    lengths = []
    for _ in range(4):
        answer = hammer(trader)
        lengths.append(int(answer.headers["Retry-After"]))
        assert refusal(answer)[2] == BANNED.format(until=exchange.now + 1000 * lengths[-1])
        exchange.advance(1000 * lengths[-1])
    assert lengths == [120, 240, 480, 960]  # S-60


# -- orders -----------------------------------------------------------------------------------------------------------


def test_too_many_orders(trader: ByHand, exchange: Exchange) -> None:
    exchange.limit_orders(3)
    counts = []
    for _ in range(3):
        answer = trader.signed("POST", ORDER, LIMIT)
        counts.append((answer.headers["X-MBX-ORDER-COUNT-10S"], answer.headers["X-MBX-ORDER-COUNT-1D"]))
    assert counts == [("1", "1"), ("2", "2"), ("3", "3")]  # S-65
    answer = trader.signed("POST", ORDER, LIMIT)
    assert refusal(answer) == (429, -1015, "Too many new orders; current limit is 3 orders per 10 SECOND.")  # S-66
    assert answer.headers["Retry-After"] == "7"
    assert len(trader.signed("GET", "/api/v3/openOrders", {"symbol": "BTCUSDT"}).json()) == 3
    exchange.advance(TEN_SECONDS_LEFT - 1)
    assert trader.signed("POST", ORDER, LIMIT).status_code == 429
    exchange.advance(1)
    answer = trader.signed("POST", ORDER, LIMIT)
    assert (answer.headers["X-MBX-ORDER-COUNT-10S"], answer.headers["X-MBX-ORDER-COUNT-1D"]) == ("1", "4")


def test_the_order_limit_of_the_exchange_is_a_hundred_in_ten_seconds(trader: ByHand) -> None:
    for _ in range(100):
        assert trader.signed("POST", ORDER, LIMIT).status_code == 200
    text = "Too many new orders; current limit is 100 orders per 10 SECOND."
    assert refusal(trader.signed("POST", ORDER, LIMIT)) == (429, -1015, text)


def test_cancelling_gives_nothing_back_and_a_fill_does(trader: ByHand) -> None:
    def count() -> list[int]:
        return [row["count"] for row in trader.signed("GET", "/api/v3/rateLimit/order").json()]  # S-71

    order_id = trader.signed("POST", ORDER, LIMIT).json()["orderId"]
    trader.signed("DELETE", ORDER, {"symbol": "BTCUSDT", "orderId": order_id})
    assert count() == [1, 1]  # S-69
    market = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}
    trader.signed("POST", ORDER, market)
    assert count() == [1, 1]  # S-68: counted, and taken off as it filled


def test_what_does_not_place_does_not_count(trader: ByHand, exchange: Exchange) -> None:
    exchange.limit_orders(0)
    assert trader.signed("POST", "/api/v3/order/test", LIMIT).status_code == 200  # S-67
    assert refusal(trader.signed("POST", ORDER, {**LIMIT, "price": "1"}))[1] == -1013


@pytest.mark.parametrize(
    ("exceeded", "mode", "status", "code", "old"),
    [
        ("DO_NOTHING", "STOP_ON_FAILURE", 429, -1015, "NEW"),
        ("CANCEL_ONLY", "STOP_ON_FAILURE", 429, -2021, "CANCELED"),
        ("CANCEL_ONLY", "ALLOW_FAILURE", 409, -2021, "CANCELED"),
    ],
)
def test_cancel_replace_beyond_the_limit(
    trader: ByHand, exchange: Exchange, exceeded: str, mode: str, status: int, code: int, old: str
) -> None:
    order_id = trader.signed("POST", ORDER, LIMIT).json()["orderId"]
    exchange.limit_orders(1)
    change = {"cancelReplaceMode": mode, "cancelOrderId": order_id, "orderRateLimitExceededMode": exceeded}
    answer = trader.signed("POST", "/api/v3/order/cancelReplace", {**LIMIT, **change})
    row = answer.json()
    assert (answer.status_code, row["code"]) == (status, code)  # S-125
    if exceeded == "CANCEL_ONLY":
        assert (row["data"]["cancelResult"], row["data"]["newOrderResult"]) == ("SUCCESS", "FAILURE")
        assert row["data"]["newOrderResponse"]["code"] == -1015
    else:
        assert "data" not in row
    shown = trader.signed("GET", ORDER, {"symbol": "BTCUSDT", "orderId": order_id}).json()
    assert shown["status"] == old


# -- firewall ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["' UNION SELECT * FROM users --", "1; DROP TABLE orders", "<script>alert(1)</script>"]
)
def test_the_firewall_answers_with_a_page(trader: ByHand, text: str) -> None:
    answer = trader.public("/api/v3/depth", {"symbol": text})
    assert answer.status_code == 403  # S-6
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.text.startswith("<html>")
    assert not [name for name in answer.headers if name.lower().startswith("x-mbx")]
