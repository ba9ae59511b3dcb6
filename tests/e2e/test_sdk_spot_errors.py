"""What the official SDK raises, or hands on, when it is refused or something breaks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from binance_common import errors

from binance_mock.gate.keys import Permission

from .exchange import Exchange
from .sdk import Client

LIMIT = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "time_in_force": "GTC",
    "quantity": 0.01,
    "price": 70000.0,
    "new_client_order_id": "mine",
}
ORDER = "/api/v3/order"


@pytest.fixture
def client(exchange: Exchange) -> Iterator[Client]:
    running = Client(exchange)
    yield running
    running.close()


def place(client: Client, **changes: Any) -> Any:
    return client.api.new_order(**{**LIMIT, **changes}).data()


def is_there(client: Client) -> bool:
    """Whether the order rests in the book; one that was never placed is not known at all."""
    if client.api.get_open_orders("BTCUSDT").data():
        return bool(client.api.get_order("BTCUSDT", orig_client_order_id="mine").data().status == "NEW")
    with pytest.raises(errors.BadRequestError) as raised:
        client.api.get_order("BTCUSDT", orig_client_order_id="mine")
    assert raised.value.status_code == -2013
    return False


# -- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code", "text"),
    [
        ({"symbol": "NOSUCH"}, -1121, "Invalid symbol."),
        ({"price": None}, -1102, "Mandatory parameter 'price' was not sent, was empty/null, or malformed."),
        ({"quantity": 0.00001}, -1100, None),  # Python prints it as 1e-05
        ({"price": 70000.001}, -1013, "Filter failure: PRICE_FILTER"),
        ({"quantity": 20.0}, -2010, "Account has insufficient balance for requested action."),
        ({"recv_window": 60001.0}, -1131, "'recvWindow' must be less than 60000."),
    ],
)
def test_an_order_that_is_refused(client: Client, changes: dict[str, Any], code: int, text: str | None) -> None:
    with pytest.raises(errors.BadRequestError) as raised:
        place(client, **changes)
    assert raised.value.status_code == code
    assert text in (None, raised.value.error_message)


def test_a_cancel_that_is_refused(client: Client) -> None:
    with pytest.raises(errors.BadRequestError) as raised:
        client.api.delete_order("BTCUSDT", order_id=1)
    assert (raised.value.status_code, raised.value.error_message) == (-2011, "Unknown order sent.")


def test_a_clock_that_differs(client: Client, exchange: Exchange) -> None:
    exchange.advance(10_000)
    with pytest.raises(errors.BadRequestError) as raised:
        client.api.get_account()
    assert (raised.value.status_code, raised.value.error_message) == (
        -1021,
        "Timestamp for this request is outside of the recvWindow.",
    )
    exchange.advance(-20_000)
    with pytest.raises(errors.BadRequestError, match="1000ms ahead"):
        client.api.get_account()


def test_a_wrong_secret(exchange: Exchange) -> None:
    client = Client(exchange, api_key=exchange.api_key, api_secret="wrong")
    try:
        with pytest.raises(errors.BadRequestError) as raised:
            place(client)
    finally:
        client.close()
    assert raised.value.status_code == -1022


@pytest.mark.parametrize(("key", "code"), [("", -2014), ("unknown", -2015)])
def test_a_wrong_key(exchange: Exchange, key: str, code: int) -> None:
    client = Client(exchange, api_key=key, api_secret=exchange.api_secret)
    try:
        with pytest.raises(errors.UnauthorizedError) as raised:
            client.api.get_account()
    finally:
        client.close()
    assert raised.value.status_code == code


def test_a_key_that_may_not_trade(client: Client, exchange: Exchange) -> None:
    exchange.restrict(permissions=[Permission.USER_DATA])
    with pytest.raises(errors.UnauthorizedError) as raised:
        place(client)
    assert raised.value.status_code == -2015
    assert client.api.get_account().status == 200


def test_a_path_that_is_not_served(client: Client) -> None:
    with pytest.raises(errors.NotFoundError):
        client.api.order_list_oco(
            "BTCUSDT", "SELL", 0.01, "LIMIT_MAKER", "STOP_LOSS", above_price=90000.0, below_stop_price=70000.0
        )


@pytest.mark.parametrize("method", ["reference_price", "reference_price_calculation"])
def test_a_symbol_without_reference_price(client: Client, method: str) -> None:
    with pytest.raises(errors.BadRequestError) as raised:
        getattr(client.api, method)("BTCUSDT")
    assert raised.value.status_code == -2043


# -- limits -----------------------------------------------------------------------------------------------------------


def test_too_many_requests_then_a_ban(client: Client, exchange: Exchange) -> None:
    exchange.freeze()
    exchange.limit_weight(0)
    for _ in range(5):
        with pytest.raises(errors.TooManyRequestsError) as limited:
            client.api.time()
    assert limited.value.status_code == -1003
    assert limited.value.retry_after is not None
    assert 1 <= limited.value.retry_after <= 60
    with pytest.raises(errors.RateLimitBanError) as banned:
        client.api.time()
    assert (banned.value.status_code, banned.value.retry_after) == (-1003, 120)
    exchange.limit_weight(6000)
    exchange.advance(121_000)
    assert client.api.time().status == 200


def test_too_many_orders(client: Client, exchange: Exchange) -> None:
    exchange.limit_orders(0)
    with pytest.raises(errors.TooManyRequestsError) as raised:
        place(client)
    assert raised.value.status_code == -1015
    assert raised.value.retry_after is not None
    assert 1 <= raised.value.retry_after <= 10


# -- faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "params", "error", "code", "executed"),
    [
        ("too_many_429", {}, errors.TooManyRequestsError, -1003, False),
        ("banned_418", {}, errors.RateLimitBanError, -1003, False),
        ("firewall_403", {}, errors.ForbiddenError, None, False),
        ("unknown_503", {}, errors.ServerError, 503, True),
        ("unknown_503", {"executed": False}, errors.ServerError, 503, False),
        ("unavailable_503", {}, errors.ServerError, 503, False),
        ("internal_503", {}, errors.ServerError, 503, False),
        ("overloaded_503", {}, errors.ServerError, 503, False),
        ("error_500", {}, errors.ServerError, 500, False),
        ("timeout_504", {}, errors.ServerError, 504, True),
    ],
)
def test_an_error_for_each_status(
    client: Client,
    exchange: Exchange,
    fault: str,
    params: dict[str, Any],
    error: type[errors.Error],
    code: int | None,
    executed: bool,
) -> None:
    """Of a 5xx the SDK keeps the status alone, so that only a query tells what became of the order (rule S-7)."""
    exchange.faults.add(fault, path=ORDER, method="POST", times=1, **params)
    with pytest.raises(error) as raised:
        place(client)
    assert getattr(raised.value, "status_code") == code  # noqa: B009 - not an attribute of the base class
    assert is_there(client) == executed


@pytest.mark.parametrize(
    ("fault", "params", "executed"),
    [("reset_before", {}, False), ("reset_after", {}, True), ("truncated_body", {}, True)],
)
def test_a_connection_that_breaks(
    client: Client, exchange: Exchange, fault: str, params: dict[str, Any], executed: bool
) -> None:
    exchange.faults.add(fault, path=ORDER, method="POST", times=1, **params)
    with pytest.raises(errors.NetworkError):
        place(client)
    assert is_there(client) == executed


@pytest.mark.parametrize("fault", ["empty_body", "html_body", "garbage_body"])
def test_a_200_that_is_no_answer(client: Client, exchange: Exchange, fault: str) -> None:
    exchange.faults.add(fault, path=ORDER, method="POST", times=1)
    with pytest.raises(json.JSONDecodeError):
        place(client)
    assert is_there(client)


def test_a_get_is_tried_again_when_it_may(exchange: Exchange) -> None:
    """One failure hidden by one retry, with no pause between; an order is never sent twice."""
    client = Client(exchange)
    client.api.configuration.retries = 1
    try:
        exchange.faults.add("error_500", nth=1)
        assert client.api.time().status == 200
        assert exchange.calls == [("GET", "/api/v3/time")] * 2
        exchange.faults.add("error_500", path=ORDER, times=1)
        with pytest.raises(errors.ServerError):
            place(client)
        assert exchange.calls.count(("POST", ORDER)) == 1
    finally:
        client.close()
