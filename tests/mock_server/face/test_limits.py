"""Request limits and bans, from a test."""

from __future__ import annotations

import pytest
import requests

from binance_mock import Mock
from binance_mock.face.backend import MockError

from .trading import place, signed


def ping(binance: Mock) -> requests.Response:
    return requests.get(f"{binance.url}/api/v3/ping", timeout=10)


def test_a_limit_is_reached_and_the_next_window_is_free(binance: Mock) -> None:
    binance.limits.set("REQUEST_WEIGHT", "MINUTE", 2)
    assert [ping(binance).status_code for _ in range(3)] == [200, 200, 429]
    assert int(ping(binance).headers["Retry-After"]) == 40  # the frozen minute has 40 s left
    binance.clock.advance(seconds=40)
    assert ping(binance).status_code == 200


def test_orders_are_limited_by_account(binance: Mock) -> None:
    binance.limits.set("ORDERS", "SECOND", 1, num=10)
    assert [place(binance, "BUY", "0.1", price="70000").status_code for _ in range(2)] == [200, 429]


def test_what_is_used_is_shown(binance: Mock) -> None:
    ping(binance)
    state = binance.limits.show()
    (address,) = state["addresses"]["ips"]
    assert address["ip"] == "127.0.0.1"
    assert (address["used"][0]["limit"], address["used"][0]["count"]) == (6000, 1)
    assert [row["rateLimitType"] for row in state["limits"]] == ["REQUEST_WEIGHT", "ORDERS", "ORDERS", "RAW_REQUESTS"]
    assert list(state["orders"]) == ["default"]


def test_an_address_is_banned_until_it_is_over_or_lifted(binance: Mock) -> None:
    binance.limits.ban(seconds=60)
    assert (ping(binance).status_code, ping(binance).headers["Retry-After"]) == (418, "60")
    binance.clock.advance(seconds=60)
    assert ping(binance).status_code == 200
    binance.limits.ban()
    assert ping(binance).headers["Retry-After"] == "120"
    binance.limits.unban()
    assert ping(binance).status_code == 200


@pytest.mark.parametrize(
    ("kind", "interval", "limit", "num", "says"),
    [
        ("WEIGHT", "MINUTE", 1, 1, "Invalid enum value 'WEIGHT'"),
        ("REQUEST_WEIGHT", "WEEK", 1, 1, "Invalid enum value 'WEEK'"),
        ("REQUEST_WEIGHT", "MINUTE", -1, 1, "Expected `int` >= 0"),
        ("REQUEST_WEIGHT", "MINUTE", 1, 0, "Expected `int` >= 1"),
    ],
)
def test_a_limit_that_cannot_be_set(binance: Mock, kind: str, interval: str, limit: int, num: int, says: str) -> None:
    before = binance.limits.show()
    with pytest.raises(MockError, match=says):
        binance.limits.set(kind, interval, limit, num=num)
    assert binance.limits.show() == before


def test_limits_of_futures_are_apart(binance: Mock) -> None:
    """U-23, U-27: weight, quotas and bans of one venue leave the other alone."""
    funding, ping_futures = (f"{binance.url}/fapi/v1/{name}" for name in ("fundingInfo", "ping"))
    binance.limits.set_quota("fundingRate", 1)
    assert [requests.get(funding, timeout=10).status_code for _ in range(2)] == [200, 429]
    assert binance.limits.show("usdm")["quotas"][0]["name"] == "fundingRate"
    binance.limits.set("REQUEST_WEIGHT", "MINUTE", 1, venue="usdm")
    assert [requests.get(ping_futures, timeout=10).status_code for _ in range(2)] == [200, 429]
    binance.limits.ban(venue="usdm")
    assert requests.get(ping_futures, timeout=10).status_code == 418
    assert ping(binance).status_code == 200
    binance.limits.unban(venue="usdm")
    assert requests.get(ping_futures, timeout=10).status_code == 429
    binance.reset()
    assert requests.get(funding, timeout=10).status_code == 200


def test_an_account_that_is_locked_on_futures(binance: Mock) -> None:
    """U-53."""
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}
    account = binance.accounts["default"]
    account.set(usdm_lock="reduce_only")
    assert signed(binance, "POST", "/fapi/v1/order", **order).json()["code"] == -4087
    account.set(usdm_lock="none")
    assert signed(binance, "POST", "/fapi/v1/order", **order).status_code == 200
    with pytest.raises(MockError, match="Invalid enum value 'shut'"):
        account.set(usdm_lock="shut")


def test_a_ban_needs_an_address(binance: Mock) -> None:
    with pytest.raises(MockError, match="ban_ip is 'localhost'; send an address"):
        binance.limits.ban("localhost")
    with pytest.raises(MockError, match="unban_ip is ''; send an address"):
        binance.limits.unban("")
    with pytest.raises(MockError, match="Expected `int` >= 1"):
        binance.limits.ban(seconds=0)
