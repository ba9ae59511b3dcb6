"""Keys, permissions, signatures and timestamps: what is refused, with status, code and text, and what just passes."""

from __future__ import annotations

from typing import Any

import pytest

from binance_mock.gate.keys import ApiKey, Permission

from .by_hand import ByHand, hmac_signer, illegal, missing, refusal
from .exchange import NOW, Exchange

ORDER = "/api/v3/order"
BTC = {"symbol": "BTCUSDT"}
LIMIT = {**BTC, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01", "price": "70000"}

REJECTED_KEY = (401, -2015, "Invalid API-key, IP, or permissions for action.")
BAD_SIGNATURE = (400, -1022, "Signature for this request is not valid.")
WHOLE = "^[0-9]{1,20}$"


# -- keys and permissions ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", [None, "", "with a space", "ключ"])
def test_no_key_or_no_key_form(trader: ByHand, header: str | None) -> None:
    query = f"timestamp={NOW}&signature={trader.sign(f'timestamp={NOW}')}"
    headers = {} if header is None else {"X-MBX-APIKEY": header.encode()}
    answer = trader.http.get(f"{trader.url}/api/v3/account?{query}", headers=headers)
    assert refusal(answer) == (401, -2014, "API-key format invalid.")  # S-37


@pytest.mark.parametrize("change", [str.swapcase, lambda key: key[:-1], lambda key: "x" * 64])
def test_unknown_key(trader: ByHand, change: Any) -> None:
    trader.api_key = change(trader.api_key)
    assert refusal(trader.signed("GET", "/api/v3/account")) == REJECTED_KEY  # S-36, S-37


def test_a_key_without_trade_reads_and_does_not_trade(trader: ByHand, exchange: Exchange) -> None:
    exchange.restrict(permissions=[Permission.USER_DATA])
    assert refusal(trader.signed("POST", ORDER, LIMIT)) == REJECTED_KEY  # S-39
    assert refusal(trader.signed("DELETE", ORDER, {**BTC, "orderId": 1})) == REJECTED_KEY
    assert trader.signed("GET", "/api/v3/account").status_code == 200


def test_a_key_bound_to_another_address(trader: ByHand, exchange: Exchange) -> None:
    exchange.restrict(ips=["203.0.113.7"])
    assert refusal(trader.signed("GET", "/api/v3/account")) == REJECTED_KEY
    exchange.restrict(ips=["203.0.113.7", "127.0.0.0/8"])
    assert trader.signed("GET", "/api/v3/account").status_code == 200


def test_a_key_that_was_switched_off(trader: ByHand, exchange: Exchange) -> None:
    exchange.restrict(enabled=False)
    assert refusal(trader.signed("GET", "/api/v3/account")) == REJECTED_KEY


def test_keys_of_two_accounts_see_their_own_orders(trader: ByHand, exchange: Exchange) -> None:
    exchange.open_account("other", {"USDT": "1000"})
    exchange.add_key(ApiKey.hmac("others-key", "others-secret", account="other"))
    order = trader.signed("POST", ORDER, LIMIT).json()["orderId"]
    with ByHand(exchange.url, "others-key", hmac_signer("others-secret"), lambda: NOW) as other:
        assert other.signed("GET", "/api/v3/openOrders").json() == []
        ids = {**BTC, "orderId": order}
        assert refusal(other.signed("GET", ORDER, ids)) == (400, -2013, "Order does not exist.")
        assert refusal(other.signed("DELETE", ORDER, ids)) == (400, -2011, "Unknown order sent.")


# -- signature --------------------------------------------------------------------------------------------------------


def test_a_signature_with_another_secret(trader: ByHand) -> None:
    trader.sign = hmac_signer("somebody else's secret")
    assert refusal(trader.signed("POST", ORDER, LIMIT)) == BAD_SIGNATURE  # S-31


@pytest.mark.parametrize(
    ("signed", "sent"),
    [
        (f"symbol=BTCUSDT&timestamp={NOW}", f"timestamp={NOW}&symbol=BTCUSDT"),
        (f"symbol=BTCUSDT&timestamp={NOW}", f"symbol=ETHUSDT&timestamp={NOW}"),
        (f"symbol=BTCUSDT&timestamp={NOW}&", f"symbol=BTCUSDT&timestamp={NOW}"),
        (f"?symbol=BTCUSDT&timestamp={NOW}", f"symbol=BTCUSDT&timestamp={NOW}"),
    ],
    ids=["sorted afterwards", "changed afterwards", "with the ampersand", "with the question mark"],
)
def test_a_signature_over_something_else(trader: ByHand, signed: str, sent: str) -> None:
    answer = trader.raw("GET", "/api/v3/openOrders", f"{sent}&signature={trader.sign(signed)}")
    assert refusal(answer) == BAD_SIGNATURE  # S-25


def test_query_and_body_are_joined_without_an_ampersand(trader: ByHand) -> None:
    query, body = "symbol=BTCUSDT", f"orderId=1&timestamp={NOW}"
    wrong = trader.raw("DELETE", ORDER, query, f"{body}&signature={trader.sign(f'{query}&{body}')}")
    right = trader.raw("DELETE", ORDER, query, f"{body}&signature={trader.sign(query + body)}")
    assert refusal(wrong) == BAD_SIGNATURE  # S-25
    assert refusal(right) == (400, -2011, "Unknown order sent.")


def test_hex_digits_may_be_upper_case(trader: ByHand) -> None:
    sign = trader.sign
    trader.sign = lambda payload: sign(payload).upper()
    assert trader.signed("GET", "/api/v3/account").status_code == 200  # S-27


def test_no_signature(trader: ByHand) -> None:
    answer = trader.raw("GET", "/api/v3/account", f"timestamp={NOW}")
    assert refusal(answer) == (400, -1102, missing("signature"))  # S-31


def test_a_signature_that_is_no_hex(trader: ByHand) -> None:
    answer = trader.raw("GET", "/api/v3/account", f"timestamp={NOW}&signature=zz")
    assert refusal(answer) == (400, -1100, illegal("signature", "^[A-Fa-f0-9]{64}$"))  # S-32


# -- timing -----------------------------------------------------------------------------------------------------------

OLD = "Timestamp for this request is outside of the recvWindow."
AHEAD = "Timestamp for this request was 1000ms ahead of the server's time."


@pytest.mark.parametrize(
    ("timestamp", "window"),
    [
        (NOW - 5000, None),
        (NOW - 1, "1"),
        (NOW, "0"),
        (NOW - 60_000, "60000"),
        (NOW * 1000 - 346, "0.346"),
        (NOW + 999, None),
        ((NOW + 1000) * 1000 - 1, None),
    ],
)
def test_timestamps_that_are_just_in_time(trader: ByHand, timestamp: int, window: str | None) -> None:
    """The age may equal recvWindow; less than a second ahead is fine (rule S-20)."""
    params = {"timestamp": timestamp} if window is None else {"recvWindow": window, "timestamp": timestamp}
    assert trader.signed("GET", "/api/v3/account", params).status_code == 200


@pytest.mark.parametrize(
    ("timestamp", "window", "text"),
    [
        (NOW - 5001, None, OLD),
        (NOW - 2, "1", OLD),
        (NOW - 60_001, "60000", OLD),
        (NOW * 1000 - 347, "0.346", OLD),
        (NOW // 1000, None, OLD),
        (NOW + 1000, None, AHEAD),
        (NOW + 1000, "60000", AHEAD),
        ((NOW + 1000) * 1000, None, AHEAD),
    ],
)
def test_timestamps_that_are_not(trader: ByHand, timestamp: int, window: str | None, text: str) -> None:
    """Both texts of rule S-21; recvWindow is no help against a fast clock."""
    params = {"timestamp": timestamp} if window is None else {"recvWindow": window, "timestamp": timestamp}
    assert refusal(trader.signed("GET", "/api/v3/account", params)) == (400, -1021, text)


def test_a_request_ages_with_the_exchanges_clock(trader: ByHand, exchange: Exchange) -> None:
    query = f"timestamp={NOW}&signature={trader.sign(f'timestamp={NOW}')}"
    exchange.advance(5000)
    assert trader.raw("GET", "/api/v3/account", query).status_code == 200
    exchange.advance(1)
    assert refusal(trader.raw("GET", "/api/v3/account", query)) == (400, -1021, OLD)


@pytest.mark.parametrize(
    ("params", "code", "text"),
    [
        ({"recvWindow": "60001"}, -1131, "'recvWindow' must be less than 60000."),  # S-24
        ({"recvWindow": "60000.001"}, -1131, "'recvWindow' must be less than 60000."),
        ({"recvWindow": "1.2345"}, -1100, illegal("recvWindow", r"^[0-9]{1,20}(\.[0-9]{1,3})?$")),
        ({"recvWindow": "-1"}, -1100, illegal("recvWindow", r"^[0-9]{1,20}(\.[0-9]{1,3})?$")),
        ({"timestamp": ""}, -1102, missing("timestamp")),
        ({"timestamp": "now"}, -1100, illegal("timestamp", WHOLE)),
        ({"timestamp": "1763683213200.5"}, -1100, illegal("timestamp", WHOLE)),
    ],
)
def test_times_that_are_none(trader: ByHand, params: dict[str, str], code: int, text: str) -> None:
    assert refusal(trader.signed("GET", "/api/v3/account", params)) == (400, code, text)


def test_no_timestamp(trader: ByHand) -> None:
    answer = trader.raw("GET", "/api/v3/account", f"recvWindow=5000&signature={trader.sign('recvWindow=5000')}")
    assert refusal(answer) == (400, -1102, missing("timestamp"))  # S-19
