"""python-binance, sync and asynchronous: the same calls, the same answers, the same exceptions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import aiohttp
import pytest
import requests
from binance.async_client import AsyncClient
from binance.client import Client
from binance.exceptions import BinanceAPIException, BinanceRequestException
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from binance_mock.gate.keys import ApiKey, Permission

from .by_hand import private_pem, public_pem
from .exchange import NOW, Exchange, units
from .runners import Asynchronous, Runner, Waiting

ORDER = "/api/v3/order"
HOUR = 3_600_000
BTC = {"symbol": "BTCUSDT"}
LIMIT = {**BTC, "quantity": "0.01", "price": "70000"}

Connect = Callable[..., Runner]


def connect_waiting(exchange: Exchange, *credentials: str | None, **options: Any) -> Runner:
    class Local(Client):
        API_URL = f"{exchange.url}/api"
        MARGIN_API_URL = f"{exchange.url}/sapi"
        FUTURES_URL = f"{exchange.url}/fapi"
        OPTIONS_URL = f"{exchange.url}/eapi"

    client = Local(*(credentials or (exchange.api_key, exchange.api_secret)), **options)

    def close() -> None:
        client.close_connection()
        client.loop.close()  # made by the client, for its WebSocket side
        asyncio.set_event_loop(None)

    return Waiting(client, close)


def connect_asynchronous(exchange: Exchange, *credentials: str | None, **options: Any) -> Runner:
    class Local(AsyncClient):
        API_URL = f"{exchange.url}/api"
        MARGIN_API_URL = f"{exchange.url}/sapi"
        FUTURES_URL = f"{exchange.url}/fapi"
        OPTIONS_URL = f"{exchange.url}/eapi"

    keys = credentials or (exchange.api_key, exchange.api_secret)
    return Asynchronous(lambda: Local.create(*keys, **options), "close_connection")


@pytest.fixture(params=[connect_waiting, connect_asynchronous], ids=["sync", "async"])
def connect(request: pytest.FixtureRequest) -> Iterator[Connect]:
    """Makes clients, and closes them in the end."""
    made: list[Runner] = []

    def connect_one(*args: Any, **kwargs: Any) -> Runner:
        made.append(request.param(*args, **kwargs))
        return made[-1]

    yield connect_one
    for runner in made:
        runner.close()


@pytest.fixture
def binance(connect: Connect, exchange: Exchange) -> Runner:
    """A client with the default key."""
    return connect(exchange)


def is_there(binance: Runner) -> bool:
    return any(order["clientOrderId"] == "mine" for order in binance.call("get_open_orders", **BTC))


# -- market data ------------------------------------------------------------------------------------------------------


def test_what_it_asks_at_the_start(binance: Runner, exchange: Exchange) -> None:
    ping, time = ("GET", "/api/v3/ping"), ("GET", "/api/v3/time")
    assert exchange.calls == ([ping] if isinstance(binance.client, Client) else [ping, time])


@pytest.mark.parametrize(
    ("method", "params", "keys"),
    [
        ("ping", {}, set()),
        ("get_server_time", {}, {"serverTime"}),
        ("get_order_book", {**BTC, "limit": 5}, {"lastUpdateId", "bids", "asks"}),
        ("get_avg_price", BTC, {"mins", "price", "closeTime"}),
        ("get_symbol_ticker", BTC, {"symbol", "price"}),
        ("get_orderbook_ticker", BTC, {"symbol", "bidPrice", "bidQty", "askPrice", "askQty"}),
    ],
)
def test_objects(binance: Runner, method: str, params: dict[str, Any], keys: set[str]) -> None:
    assert set(binance.call(method, **params)) == keys


@pytest.mark.parametrize(
    ("method", "params", "length"),
    [
        ("get_all_tickers", {}, 15),
        ("get_orderbook_tickers", {}, 15),
        ("get_recent_trades", {**BTC, "limit": 7}, 7),
        ("get_historical_trades", {**BTC, "limit": 7}, 7),
        ("get_aggregate_trades", {**BTC, "limit": 7}, 7),
        ("get_klines", {**BTC, "interval": "1h", "limit": 7}, 7),
        ("get_ui_klines", {**BTC, "interval": "1h", "limit": 7}, 7),
    ],
)
def test_lists(binance: Runner, method: str, params: dict[str, Any], length: int) -> None:
    assert len(binance.call(method, **params)) == length


def test_tickers(binance: Runner) -> None:
    assert len(binance.call("get_ticker", **BTC)) == 21  # S-171
    assert len(binance.call("get_symbol_ticker_window", **BTC, windowSize="1h")) == 15
    assert len(binance.call("get_ticker")) == 15


def test_symbol_info(binance: Runner) -> None:
    info = binance.call("get_symbol_info", "BTCUSDT")
    filters = {row["filterType"]: row for row in info["filters"]}
    assert (filters["PRICE_FILTER"]["tickSize"], filters["LOT_SIZE"]["stepSize"]) == ("0.01000000", "0.00001000")
    assert binance.call("get_symbol_info", "NOSUCH") is None


def test_a_python_list_is_no_json(binance: Runner) -> None:
    """It is sent as Python prints it, with single quotes (rule S-52); the asynchronous client leaves the blank in.

    A blank in the target is no HTTP, so there the request ends before its parameters are looked at.
    """
    with pytest.raises(BinanceAPIException) as raised:
        binance.call("get_ticker", symbols=["BTCUSDT", "LTCBTC"])
    expected = -1100 if isinstance(binance.client, Client) else -1000
    assert (raised.value.status_code, raised.value.code) == (400, expected)


def test_history_is_read_from_the_first_candle(binance: Runner, exchange: Exchange) -> None:
    """It looks for the first candle from time 0 on, before it asks for the range (rules S-17, S-18)."""
    exchange.freeze(NOW)
    rows = binance.call("get_historical_klines", "BTCUSDT", "1h", NOW - 6 * HOUR)
    first = NOW - NOW % HOUR - 5 * HOUR
    assert [row[0] for row in rows] == [first + n * HOUR for n in range(6)]
    assert rows[0][6] == first + HOUR - 1
    (earliest,) = binance.call("get_klines", **BTC, interval="1h", startTime=0, limit=1)
    assert earliest[0] < first


def test_a_symbol_outside_ascii(binance: Runner) -> None:
    name = "币安人生USDT"
    assert binance.call("get_symbol_ticker", symbol=name)["symbol"] == name
    order = binance.call("order_limit_buy", symbol=name, quantity="100", price="0.3")
    assert (order["symbol"], order["status"]) == (name, "NEW")  # S-11
    assert binance.call("get_order", symbol=name, orderId=order["orderId"])["status"] == "NEW"
    assert binance.call("cancel_order", symbol=name, orderId=order["orderId"])["status"] == "CANCELED"


# -- trading ----------------------------------------------------------------------------------------------------------


def test_a_limit_order_lives_and_dies(binance: Runner, exchange: Exchange) -> None:
    order = binance.call("order_limit_buy", **LIMIT)
    assert order["status"] == "NEW"
    assert order["clientOrderId"].startswith("x-HNA2TXFJ")  # its own prefix
    assert exchange.balance("USDT") == (units("999300"), units("700"))
    (shown,) = binance.call("get_open_orders", **BTC)
    assert shown == binance.call("get_order", **BTC, orderId=order["orderId"])
    cancelled = binance.call("cancel_order", **BTC, orderId=order["orderId"])
    assert (cancelled["status"], cancelled["origClientOrderId"]) == ("CANCELED", order["clientOrderId"])
    assert [row["status"] for row in binance.call("get_all_orders", **BTC)] == ["CANCELED"]


def test_market_orders_fill(binance: Runner) -> None:
    bought = binance.call("order_market_buy", **BTC, quantity=0.01)
    sold = binance.call("order_market_sell", **BTC, quoteOrderQty=100)
    assert (bought["status"], sold["status"]) == ("FILLED", "FILLED")
    trades = binance.call("get_my_trades", **BTC)
    assert [(row["orderId"], row["isBuyer"]) for row in trades] == [
        (bought["orderId"], True),
        (sold["orderId"], False),
    ]
    balance = binance.call("get_asset_balance", "BTC")
    expected = units("10.00999") - units(sold["executedQty"])  # the commission of the buy is 0.00001 BTC
    assert (units(balance["free"]), balance["locked"]) == (expected, "0.00000000")


def test_stop_orders_trigger(binance: Runner, exchange: Exchange) -> None:
    stop = binance.call(
        "create_order", **BTC, side="SELL", type="STOP_LOSS_LIMIT", timeInForce="GTC",
        quantity="0.01", price="70000", stopPrice="75000",
    )  # fmt: skip
    exchange.set_price("BTCUSDT", "74000")
    order = binance.call("get_order", **BTC, orderId=stop["orderId"])
    assert (order["status"], order["stopPrice"]) == ("FILLED", "75000.00000000")  # S-90


def test_cancelling_all_and_replacing_one(binance: Runner) -> None:
    old = binance.call("order_limit_buy", **LIMIT)["orderId"]
    answer = binance.call(
        "cancel_replace_order", **{**LIMIT, "price": "70001"}, side="BUY", type="LIMIT", timeInForce="GTC",
        cancelReplaceMode="STOP_ON_FAILURE", cancelOrderId=old,
    )  # fmt: skip
    assert (answer["cancelResult"], answer["newOrderResult"]) == ("SUCCESS", "SUCCESS")
    (gone,) = binance.call("cancel_all_open_orders", **BTC)
    assert gone["orderId"] == answer["newOrderResponse"]["orderId"]
    assert binance.call("get_open_orders") == []


def test_other_account_calls(binance: Runner) -> None:
    assert binance.call("create_test_order", **LIMIT, side="BUY", type="LIMIT", timeInForce="GTC") == {}
    account = binance.call("get_account", omitZeroBalances="true")
    assert account["canTrade"] is True
    assert {"asset": "USDT", "free": "1000000.00000000", "locked": "0.00000000"} in account["balances"]
    assert [row["count"] for row in binance.call("get_current_order_count")] == [0, 0]
    assert binance.call("get_allocations", **BTC) == []
    assert binance.call("get_prevented_matches", **BTC, orderId=1) == []


@pytest.mark.parametrize("type", ["RSA", "ED25519"])
def test_private_keys_sign(connect: Connect, exchange: Exchange, type: str) -> None:
    key = (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        if type == "RSA"
        else ed25519.Ed25519PrivateKey.generate()
    )
    exchange.add_key(ApiKey.asymmetric("asymmetric", public_pem(key)))
    binance = connect(exchange, "asymmetric", None, private_key=private_pem(key))
    order = binance.call("order_limit_buy", **LIMIT)  # signed in the body
    assert binance.call("get_order", **BTC, orderId=order["orderId"])["status"] == "NEW"  # and in the query
    assert binance.call("cancel_order", **BTC, orderId=order["orderId"])["status"] == "CANCELED"


# -- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"symbol": "NOSUCH"}, 400, -1121),
        ({"quantity": 0.00001}, 400, -1100),  # Python prints it as 1e-05
        ({"quantity": "0.010001"}, 400, -1013),
        ({"quantity": "20"}, 400, -2010),
        ({"leverage": 3}, 400, -1104),
        ({"newClientOrderId": "a b"}, 400, -1022),  # it signs the blank as a blank and sends a plus
    ],
)
def test_an_order_that_is_refused(binance: Runner, changes: dict[str, Any], status: int, code: int) -> None:
    with pytest.raises(BinanceAPIException) as raised:
        binance.call("order_limit_buy", **{**LIMIT, **changes})
    assert (raised.value.status_code, raised.value.code) == (status, code)
    assert raised.value.message


def test_ids_that_are_not_there(binance: Runner) -> None:
    with pytest.raises(BinanceAPIException, match=r"code=-2013\): Order does not exist\."):
        binance.call("get_order", **BTC, orderId=1)
    with pytest.raises(BinanceAPIException, match=r"code=-2011\): Unknown order sent\."):
        binance.call("cancel_order", **BTC, orderId=1)


def test_a_clock_that_differs(binance: Runner, exchange: Exchange) -> None:
    """Its recvWindow is ten seconds."""
    exchange.advance(20_000)
    with pytest.raises(BinanceAPIException, match=r"code=-1021\).*outside of the recvWindow"):
        binance.call("get_account")
    exchange.advance(-40_000)
    with pytest.raises(BinanceAPIException, match=r"code=-1021\).*1000ms ahead"):
        binance.call("get_account")
    binance.client.timestamp_offset -= 20_000
    assert binance.call("get_account")["canTrade"]


def test_the_async_client_goes_by_the_exchanges_clock(exchange: Exchange) -> None:
    exchange.advance(-HOUR)
    runner = connect_asynchronous(exchange)
    try:
        assert runner.call("get_account")["canTrade"]
    finally:
        runner.close()


def test_wrong_keys(connect: Connect, exchange: Exchange) -> None:
    for key, secret, status, code in (
        (exchange.api_key, "wrong", 400, -1022),
        ("unknown", exchange.api_secret, 401, -2015),
    ):
        with pytest.raises(BinanceAPIException) as raised:
            connect(exchange, key, secret).call("get_account")
        assert (raised.value.status_code, raised.value.code) == (status, code)
    exchange.restrict(permissions=[Permission.USER_DATA])
    with pytest.raises(BinanceAPIException, match="code=-2015"):
        connect(exchange).call("order_limit_buy", **LIMIT)


def test_too_many_requests_then_a_ban(binance: Runner, exchange: Exchange) -> None:
    exchange.freeze()
    exchange.limit_weight(0)
    seen = []
    for _ in range(6):
        with pytest.raises(BinanceAPIException) as raised:
            binance.call("get_server_time")
        error = raised.value
        seen.append((error.status_code, error.code, int(error.response.headers["Retry-After"]) <= 120))
    assert seen == [(429, -1003, True)] * 5 + [(418, -1003, True)]
    assert f"IP banned until {exchange.now + 120_000}." in raised.value.message
    exchange.limit_weight(6000)
    exchange.advance(120_000)
    assert binance.call("get_server_time") == {"serverTime": exchange.now}


def test_too_many_orders(binance: Runner, exchange: Exchange) -> None:
    exchange.limit_orders(0)
    with pytest.raises(BinanceAPIException) as raised:
        binance.call("order_limit_buy", **LIMIT)
    assert (raised.value.status_code, raised.value.code) == (429, -1015)


# -- faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "params", "status", "code", "executed"),
    [
        ("too_many_429", {}, 429, -1003, False),
        ("banned_418", {}, 418, -1003, False),
        ("firewall_403", {}, 403, 0, False),  # no JSON, so no code
        ("unknown_503", {}, 503, -1000, True),
        ("unknown_503", {"executed": False}, 503, -1000, False),
        ("internal_503", {}, 503, -1001, False),
        ("overloaded_503", {}, 503, -1008, False),
        ("error_500", {}, 500, -1000, False),
        ("timeout_504", {}, 504, -1007, True),
    ],
)
def test_an_error_with_its_code(
    binance: Runner, exchange: Exchange, fault: str, params: dict[str, Any], status: int, code: int, executed: bool
) -> None:
    exchange.faults.add(fault, path=ORDER, method="POST", times=1, **params)
    with pytest.raises(BinanceAPIException) as raised:
        binance.call("order_limit_buy", **LIMIT, newClientOrderId="mine")
    assert (raised.value.status_code, raised.value.code) == (status, code)
    assert is_there(binance) == executed
    assert exchange.calls.count(("POST", ORDER)) == 1


@pytest.mark.parametrize(
    ("fault", "executed"), [("reset_before", False), ("reset_after", True), ("truncated_body", True)]
)
def test_a_connection_that_breaks(binance: Runner, exchange: Exchange, fault: str, executed: bool) -> None:
    exchange.faults.add(fault, path=ORDER, method="POST", times=1)
    with pytest.raises((requests.RequestException, aiohttp.ClientError)):
        binance.call("order_limit_buy", **LIMIT, newClientOrderId="mine")
    assert is_there(binance) == executed
    assert exchange.calls.count(("POST", ORDER)) == 1


def test_an_empty_200_passes_for_an_order(binance: Runner, exchange: Exchange) -> None:
    exchange.faults.add("empty_body", path=ORDER, method="POST", times=1)
    assert binance.call("order_limit_buy", **LIMIT, newClientOrderId="mine") == {}
    assert is_there(binance)


@pytest.mark.parametrize("fault", ["html_body", "garbage_body"])
def test_a_200_that_is_no_json(binance: Runner, exchange: Exchange, fault: str) -> None:
    """The asynchronous client stumbles over the content type first."""
    exchange.faults.add(fault, path=ORDER, method="POST", times=1)
    with pytest.raises((BinanceRequestException, aiohttp.ContentTypeError)):
        binance.call("order_limit_buy", **LIMIT, newClientOrderId="mine")
    assert is_there(binance)
