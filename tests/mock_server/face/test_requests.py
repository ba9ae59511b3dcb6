"""What the world received, from a test."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from binance_mock import Mock
from binance_mock.face.backend import MockError

from .trading import hmac_signer, place, signed


@pytest.fixture
def seen(binance: Mock) -> Mock:
    """Five requests: accepted, refused for its symbol, refused for its key, disturbed by a fault, an order."""
    binance.accounts.open("alice")
    get = f"{binance.url}/api/v3"
    requests.get(f"{get}/ping", timeout=10)
    requests.get(f"{get}/ticker/price?symbol=NOPE", timeout=10)
    signed(binance, "GET", "/api/v3/account", key="unknown-key", sign=hmac_signer("x"))
    binance.faults.add("error_500", times=1)
    requests.get(f"{get}/time", timeout=10)
    place(binance, "BUY", "0.1")
    return binance


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"path": "/api/v3/ping"}, [1]),
        ({"path": "/api/v3/t*"}, [2, 4]),
        ({"method": "post"}, [5]),
        ({"verdict": "refused"}, [2, 3]),
        ({"verdict": "fault"}, [4]),
        ({"status": 200}, [1, 5]),
        ({"code": -1121}, [2]),
        ({"code": 0, "status": 200}, [1, 5]),
        ({"key": "example"}, [5]),
        ({"account": "default"}, [5]),
        ({"account": "alice"}, []),
        ({"since": 3}, [4, 5]),
        ({"limit": 2}, [4, 5]),
        ({"limit": 0}, []),
        ({"verdict": "refused", "limit": 1}, [3]),
    ],
)
def test_each_filter(seen: Mock, filters: dict[str, Any], found: list[int]) -> None:
    assert [entry.seq for entry in seen.requests.find(**filters)] == found


@pytest.mark.parametrize(
    ("filters", "says"),
    [
        ({"verdict": "denied"}, "no verdict 'denied'; it is one of pending, accepted, refused, fault, crashed"),
        ({"status": "²"}, "status is '²'; send a whole number"),
        ({"limit": -1}, "limit is '-1'; send a whole number"),
        ({"colour": "red"}, "takes no 'colour' in its query"),
        ({"stauts": 200}, "did you mean 'status'"),
    ],
)
def test_a_filter_that_is_none(seen: Mock, filters: dict[str, Any], says: str) -> None:
    with pytest.raises(MockError, match=says):
        seen.requests.find(**filters)


def test_it_is_a_sequence(seen: Mock) -> None:
    journal = seen.requests
    assert len(journal) == 5
    assert [entry.seq for entry in journal] == [1, 2, 3, 4, 5]
    assert journal[0].path == "/api/v3/ping"
    assert journal[-1].seq == journal.last.seq == 5
    assert [entry.seq for entry in journal[1:4:2]] == [2, 4]
    assert [entry.seq for entry in reversed(journal)] == [5, 4, 3, 2, 1]
    with pytest.raises(IndexError):
        journal[5]


def test_an_entry_says_what_became_of_the_request(seen: Mock) -> None:
    order = seen.requests.last
    assert (order.method, order.path, order.status, order.verdict) == ("POST", "/api/v3/order", 200, "accepted")
    assert (order.venue, order.account, order.key, order.client) == ("spot", "default", "example", "127.0.0.1")
    assert (order.weight, order.fault, order.diagnosis, order.time) == (0, "", None, seen.clock.now_ms)
    assert repr(seen.requests[1]) == "Seen(2 GET /api/v3/ticker/price -> 400 -1121 Invalid symbol., refused)"
    assert seen.requests[3].fault == "error_500-1"


def test_clearing_forgets_and_numbers_go_on(seen: Mock) -> None:
    seen.requests.clear()
    assert list(seen.requests) == []
    with pytest.raises(IndexError):
        _ = seen.requests.last
    requests.get(f"{seen.url}/api/v3/ping", timeout=10)
    assert [entry.seq for entry in seen.requests] == [6]


def test_a_refused_signature_is_diagnosed(binance: Mock) -> None:
    sign = hmac_signer(binance.api_secret + "\n")
    refused = signed(binance, "GET", "/api/v3/account", sign=sign)
    assert refused.json() == {"code": -1022, "msg": "Signature for this request is not valid."}
    diagnosis = binance.requests.last.diagnosis
    assert diagnosis is not None
    assert diagnosis["cause"] != "unexplained"
    assert set(diagnosis) >= {"cause", "summary", "expected", "advice"}


def test_secrets_and_unknown_keys_are_never_shown(binance: Mock) -> None:
    secret = binance.api_secret
    unknown = "never-registered-key"
    requests.get(f"{binance.url}/api/v3/ping?secret={secret}", timeout=10)
    requests.post(f"{binance.url}/api/v3/order/{secret}", data={"secret": secret.lower()}, timeout=10)
    signed(binance, "GET", "/api/v3/account", key=secret)
    signed(binance, "GET", "/api/v3/account", key=unknown)
    signed(binance, "GET", "/api/v3/account", sign=lambda _: secret)
    shown = " ".join(str(vars(entry)) for entry in binance.requests)
    assert len(binance.requests) == 5
    assert secret.lower() not in shown.lower()
    assert unknown not in shown
    assert "(20 characters)" in shown
