"""Seed rules of European options that no client shows: requests written byte by byte."""

from __future__ import annotations

import pytest

from .by_hand import ByHand, refusal
from .exchange import NOW, Exchange

CALL = "BTC-251128-80000-C"
ORDER = f"symbol={CALL}&side=BUY&type=LIMIT&price=1300"
PATH = "/eapi/v1/order"
BAD_SIGNATURE = (400, -1022, "Signature for this request is not valid.")


def test_the_query_wins_and_nothing_stands_between_query_and_body(trader: ByHand) -> None:
    """O-4, O-5, O-10, O-11, O-39."""
    query, body = f"{ORDER}&quantity=0.02", f"quantity=0.01&timestamp={NOW}"
    for signature in (trader.sign(query + body), trader.sign(query + body).upper()):
        answer = trader.raw("POST", PATH, query, f"{body}&signature={signature}")
        assert (answer.status_code, answer.json()["quantity"]) == (200, "0.02")
    assert answer.headers["X-MBX-ORDER-COUNT-1M"] == answer.headers["X-MBX-ORDER-COUNT-10S"] == "2"
    joined = trader.sign(f"{query}&{body}")
    assert refusal(trader.raw("POST", PATH, query, f"{body}&signature={joined}")) == BAD_SIGNATURE


@pytest.mark.parametrize(
    ("age", "window", "code"),
    [(-1000, 5000, -1021), (-999, 5000, 0), (5000, 5000, 0), (5001, 5000, -1021), (60_000, 60_000, 0),
     (0, 60_001, -1131)],
)  # fmt: skip
def test_the_window(trader: ByHand, age: int, window: int, code: int) -> None:
    """O-21 to O-23."""
    answer = trader.signed("GET", "/eapi/v1/marginAccount", {"recvWindow": window, "timestamp": NOW - age})
    assert (refusal(answer)[1] if code else answer.status_code) == (code or 200)


def test_what_needs_the_key_alone(trader: ByHand) -> None:
    """O-25, O-27, O-38."""
    for verb, path, query in (("GET", "historicalTrades", f"symbol={CALL}"), ("POST", "listenKey", "")):
        answer = trader.raw(verb, f"/eapi/v1/{path}", query)
        assert answer.status_code == 200
        assert int(answer.headers["X-MBX-USED-WEIGHT-1M"]) > 0
        answer = trader.public(f"/eapi/v1/{path}?{query}", method=verb)
        assert refusal(answer) == (401, -2014, "API-key format invalid.")
        assert int(answer.headers["X-MBX-USED-WEIGHT-1M"]) > 0


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("unknown_503", "Unknown error, please check your request or try again later."),
        ("unavailable_503", "Service Unavailable."),
        ("internal_503", "Internal error; unable to process your request. Please try again."),
    ],
)
def test_the_three_texts_of_503(exchange: Exchange, trader: ByHand, kind: str, text: str) -> None:
    """O-31."""
    exchange.faults.add(kind, path="/eapi/v1/*")
    status, _, msg = refusal(trader.public("/eapi/v1/time"))
    assert (status, msg) == (503, text)
