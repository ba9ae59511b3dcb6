"""ccxt, sync and asynchronous: the unified calls, and the unified exceptions for refusals and faults."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import ccxt
import ccxt.async_support
import pytest

from binance_mock.gate.keys import Permission

from .exchange import NOW, Exchange, units
from .runners import Asynchronous, Runner, Waiting

BTC = "BTC/USDT"
ORDER = "/api/v3/order"
HOUR = 3_600_000
LIMIT = (BTC, "limit", "buy", 0.01, 70000)
# Without these it would ask the wallet for currencies and margin pairs, and futures for their markets.
OPTIONS = {"fetchCurrencies": False, "fetchMargins": False, "fetchMarkets": {"types": ["spot"]}}

Connect = Callable[..., Runner]


def redirect(urls: dict[str, Any], url: str) -> None:
    """Move every address of the map; one that is forgotten would lead to the real exchange."""
    for name, value in urls.items():
        if isinstance(value, dict):
            redirect(value, url)
        else:
            urls[name] = re.sub(r"^(?:https?|wss?)://[^/]+", url, value)


def settings(exchange: Exchange, **options: Any) -> dict[str, Any]:
    # Its own rate limiter would sleep between the calls.
    return {
        "apiKey": exchange.api_key,
        "secret": exchange.api_secret,
        "enableRateLimit": False,
        "options": {**OPTIONS, **options},
    }


def connect_waiting(exchange: Exchange, **options: Any) -> Runner:
    client = ccxt.binance(settings(exchange, **options))
    redirect(client.urls["api"], exchange.url)
    return Waiting(client, client.close)


def connect_asynchronous(exchange: Exchange, **options: Any) -> Runner:
    async def make() -> ccxt.async_support.binance:
        client = ccxt.async_support.binance(settings(exchange, **options))
        client.timeout_on_exit = 0
        redirect(client.urls["api"], exchange.url)
        return client

    return Asynchronous(make, "close")


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
    """A client with the default key that knows the markets."""
    runner = connect(exchange)
    runner.call("load_markets")
    return runner


def is_there(binance: Runner) -> bool:
    return any(order["clientOrderId"] == "mine" for order in binance.call("fetch_open_orders", BTC))


# -- market data ------------------------------------------------------------------------------------------------------


def test_markets_come_from_exchange_info_alone(binance: Runner, exchange: Exchange) -> None:
    assert exchange.calls == [("GET", "/api/v3/exchangeInfo")]
    market = binance.client.market(BTC)
    assert (market["id"], market["base"], market["quote"], market["active"]) == ("BTCUSDT", "BTC", "USDT", True)
    assert (market["precision"]["price"], market["precision"]["amount"]) == (0.01, 0.00001)
    assert market["limits"]["cost"]["min"] == 5
    assert len(binance.client.markets) == 15


def test_order_book(binance: Runner) -> None:
    book = binance.call("fetch_order_book", BTC, 5)
    assert (len(book["bids"]), len(book["asks"])) == (5, 5)
    assert book["bids"] == sorted(book["bids"], reverse=True)
    assert book["bids"][0][0] < book["asks"][0][0]
    assert book["nonce"] > 0


def test_tickers(binance: Runner, exchange: Exchange) -> None:
    exchange.set_price("BTCUSDT", "81000")
    ticker = binance.call("fetch_ticker", BTC)
    assert (ticker["symbol"], ticker["last"], ticker["high"]) == (BTC, 81000, 81000)
    assert ticker["bid"] < 81000 < ticker["ask"]
    assert set(binance.call("fetch_tickers", [BTC, "LTC/BTC"])) == {BTC, "LTC/BTC"}
    assert len(binance.call("fetch_tickers")) == 15
    assert len(binance.call("fetch_bids_asks")) == 15
    assert binance.call("fetch_last_prices", [BTC])[BTC]["price"] == 81000


def test_candles(binance: Runner, exchange: Exchange) -> None:
    exchange.freeze(NOW)
    rows = binance.call("fetch_ohlcv", BTC, "1h", limit=3)
    opened = NOW - NOW % HOUR
    assert [row[0] for row in rows] == [opened - 2 * HOUR, opened - HOUR, opened]
    assert all(low <= min(start, close) <= max(start, close) <= high for _, start, high, low, close, _ in rows)
    since = binance.call("fetch_ohlcv", BTC, "1h", opened - 5 * HOUR, 2)
    assert [row[0] for row in since] == [opened - 5 * HOUR, opened - 4 * HOUR]


def test_trades(binance: Runner) -> None:
    rows = binance.call("fetch_trades", BTC, limit=3)
    assert len(rows) == 3
    assert all(row["symbol"] == BTC and row["price"] > 0 and row["side"] in ("buy", "sell") for row in rows)


def test_time(binance: Runner, exchange: Exchange) -> None:
    exchange.freeze(NOW)
    assert binance.call("fetch_time") == NOW


# -- trading ----------------------------------------------------------------------------------------------------------


def test_balance(binance: Runner, exchange: Exchange) -> None:
    binance.call("create_order", *LIMIT)
    balance = binance.call("fetch_balance")
    assert balance["USDT"] == {"free": 999300, "used": 700, "total": 1_000_000}
    assert exchange.balance("USDT") == (units("999300"), units("700"))


def test_a_limit_order_lives_and_dies(binance: Runner) -> None:
    order = binance.call("create_order", *LIMIT)
    assert (order["status"], order["amount"], order["price"]) == ("open", 0.01, 70000)
    assert order["clientOrderId"].startswith("x-TKT5PX2F")  # its own prefix
    (shown,) = binance.call("fetch_open_orders", BTC)
    assert shown["id"] == order["id"] == binance.call("fetch_order", order["id"], BTC)["id"]
    assert binance.call("cancel_order", order["id"], BTC)["status"] == "canceled"
    assert [row["status"] for row in binance.call("fetch_orders", BTC)] == ["canceled"]
    assert binance.call("fetch_open_orders", BTC) == []


def test_market_orders_fill(binance: Runner) -> None:
    bought = binance.call("create_order", BTC, "market", "buy", 0.01)
    spent = binance.call("create_market_buy_order_with_cost", BTC, 100)
    assert (bought["status"], bought["filled"], bought["fee"]["currency"]) == ("closed", 0.01, "BTC")
    assert spent["status"] == "closed"
    assert 99 < spent["cost"] <= 100
    trades = binance.call("fetch_my_trades", BTC)
    assert [(row["order"], row["takerOrMaker"], row["side"]) for row in trades] == [
        (bought["id"], "taker", "buy"),
        (spent["id"], "taker", "buy"),
    ]
    assert [row["id"] for row in binance.call("fetch_closed_orders", BTC)] == [bought["id"], spent["id"]]


def test_a_resting_order_fills_when_the_market_comes_to_it(binance: Runner, exchange: Exchange) -> None:
    order = binance.call("create_order", *LIMIT)
    exchange.set_price("BTCUSDT", "69000")
    shown = binance.call("fetch_order", order["id"], BTC)
    assert (shown["status"], shown["average"], shown["remaining"]) == ("closed", 70000, 0)
    (trade,) = binance.call("fetch_my_trades", BTC)
    assert trade["takerOrMaker"] == "maker"


def test_stop_orders_trigger(binance: Runner, exchange: Exchange) -> None:
    stop = binance.call("create_order", BTC, "limit", "sell", 0.01, 70000, {"stopPrice": 75000})
    assert binance.call("fetch_order", stop["id"], BTC)["triggerPrice"] == 75000
    exchange.set_price("BTCUSDT", "74000")
    assert binance.call("fetch_order", stop["id"], BTC)["status"] == "closed"


def test_editing_and_cancelling_all(binance: Runner) -> None:
    old = binance.call("create_order", *LIMIT)
    new = binance.call("edit_order", old["id"], BTC, "limit", "buy", 0.02, 70001)
    assert (new["amount"], new["price"]) == (0.02, 70001)
    (gone,) = binance.call("cancel_all_orders", BTC)
    assert gone["id"] == new["id"]
    assert {row["id"]: row["status"] for row in binance.call("fetch_canceled_orders", BTC)} == {
        old["id"]: "canceled",
        new["id"]: "canceled",
    }


def test_a_symbol_outside_ascii(binance: Runner) -> None:
    order = binance.call("create_order", "币安人生/USDT", "limit", "buy", 100, 0.3)
    assert order["symbol"] == "币安人生/USDT"  # S-11
    assert binance.call("fetch_order", order["id"], "币安人生/USDT")["status"] == "open"


def test_numbers_are_cut_to_the_markets_precision(binance: Runner) -> None:
    order = binance.call("create_order", BTC, "limit", "buy", 0.0100049, 70000.004)
    assert (order["amount"], order["price"]) == (0.01, 70000)


# -- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "params", "error", "text"),
    [
        ((BTC, "limit", "buy", 20, 70000), {}, ccxt.InsufficientFunds, "insufficient balance"),
        ((BTC, "limit", "buy", 0.00007, 70000), {}, ccxt.BadRequest, "NOTIONAL"),
        ((BTC, "limit", "buy", 10, 1), {}, ccxt.InvalidOrder, "PERCENT_PRICE_BY_SIDE"),
        ((BTC, "limit", "buy", 9001, 70000), {}, ccxt.InvalidOrder, "LOT_SIZE"),
        ((BTC, "limit", "buy", 0.01, 90000), {"postOnly": True}, ccxt.OrderImmediatelyFillable, "match and take"),
        ((BTC, "limit", "sell", 0.01, 70000), {"stopPrice": 90000}, ccxt.OrderImmediatelyFillable, "trigger"),
        ((BTC, "limit", "buy", 0.01, 70000), {"leverage": 3}, ccxt.BadRequest, "-1104"),
    ],
)
def test_an_order_that_is_refused(
    binance: Runner, order: tuple[Any, ...], params: dict[str, Any], error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        binance.call("create_order", *order, params)


def test_ids_that_are_not_there(binance: Runner) -> None:
    with pytest.raises(ccxt.OrderNotFound, match="-2013"):
        binance.call("fetch_order", "1", BTC)
    with pytest.raises(ccxt.OrderNotFound, match="-2011"):
        binance.call("cancel_order", "1", BTC)


def test_a_client_id_that_is_taken(binance: Runner) -> None:
    binance.call("create_order", *LIMIT, {"clientOrderId": "mine"})
    with pytest.raises(ccxt.ExchangeError, match=r"Duplicate order sent\."):
        binance.call("create_order", *LIMIT, {"clientOrderId": "mine"})


def test_a_clock_that_differs(binance: Runner, exchange: Exchange) -> None:
    exchange.advance(20_000)
    with pytest.raises(ccxt.InvalidNonce, match="-1021"):
        binance.call("fetch_balance")
    binance.call("load_time_difference")
    assert binance.call("fetch_balance")["BTC"]["free"] == 10


def test_the_clocks_are_compared_at_the_start_on_demand(connect: Connect, exchange: Exchange) -> None:
    exchange.advance(-HOUR)
    binance = connect(exchange, adjustForTimeDifference=True)
    assert binance.call("fetch_balance")["BTC"]["free"] == 10
    assert exchange.calls.count(("GET", "/api/v3/time")) == 1


@pytest.mark.parametrize(
    ("apiKey", "secret", "code"), [(None, "wrong", -1022), ("unknown", None, -2015), ("two words", None, -2014)]
)
def test_wrong_keys(binance: Runner, apiKey: str | None, secret: str | None, code: int) -> None:
    binance.client.apiKey = apiKey or binance.client.apiKey
    binance.client.secret = secret or binance.client.secret
    with pytest.raises(ccxt.AuthenticationError, match=str(code)):
        binance.call("fetch_balance")


def test_a_key_that_may_not_trade(binance: Runner, exchange: Exchange) -> None:
    exchange.restrict(permissions=[Permission.USER_DATA])
    with pytest.raises(ccxt.AuthenticationError, match="-2015"):
        binance.call("create_order", *LIMIT)


def test_too_many_requests_then_a_ban(binance: Runner, exchange: Exchange) -> None:
    exchange.freeze()
    exchange.limit_weight(0)
    for _ in range(5):
        with pytest.raises(ccxt.DDoSProtection, match=r"429 .*-1003"):
            binance.call("fetch_time")
    with pytest.raises(ccxt.DDoSProtection, match=f"418 .*IP banned until {exchange.now + 120_000}"):
        binance.call("fetch_time")
    assert binance.client.last_response_headers["Retry-After"] == "120"
    exchange.limit_weight(6000)
    exchange.advance(120_000)
    assert binance.call("fetch_time") == exchange.now


def test_too_many_orders(binance: Runner, exchange: Exchange) -> None:
    exchange.limit_orders(0)
    with pytest.raises(ccxt.DDoSProtection, match=r"429 .*-1015"):
        binance.call("create_order", *LIMIT)


# -- faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "params", "error", "executed"),
    [
        ("too_many_429", {}, ccxt.DDoSProtection, False),
        ("banned_418", {}, ccxt.DDoSProtection, False),
        ("firewall_403", {}, ccxt.ExchangeNotAvailable, False),
        ("unknown_503", {}, ccxt.OperationFailed, True),
        ("unknown_503", {"executed": False}, ccxt.OperationFailed, False),
        ("internal_503", {}, ccxt.OperationFailed, False),
        ("overloaded_503", {}, ccxt.ExchangeError, False),  # its own table for spot goes by the host's name
        ("error_500", {}, ccxt.OperationFailed, False),
        ("timeout_504", {}, ccxt.RequestTimeout, True),
        ("reset_before", {}, ccxt.NetworkError, False),
        ("reset_after", {}, ccxt.NetworkError, True),
        ("truncated_body", {}, (ccxt.NetworkError, ccxt.ExchangeError), True),  # the former sync, the latter not
    ],
)
def test_an_exception_for_each_fault(
    binance: Runner, exchange: Exchange, fault: str, params: dict[str, Any], error: Any, executed: bool
) -> None:
    exchange.faults.add(fault, path=ORDER, method="POST", times=1, **params)
    with pytest.raises(error):
        binance.call("create_order", *LIMIT, {"clientOrderId": "mine"})
    assert is_there(binance) == executed
    assert exchange.calls.count(("POST", ORDER)) == 1


@pytest.mark.parametrize("fault", ["empty_body", "html_body", "garbage_body"])
def test_a_200_that_is_no_answer_passes_for_an_order_without_id(
    binance: Runner, exchange: Exchange, fault: str
) -> None:
    exchange.faults.add(fault, path=ORDER, method="POST", times=1)
    assert binance.call("create_order", *LIMIT, {"clientOrderId": "mine"})["id"] is None
    assert is_there(binance)


@pytest.mark.parametrize("executed", [True, False])
def test_a_repeated_post_meets_the_first(connect: Connect, exchange: Exchange, executed: bool) -> None:
    """With its retries switched on ccxt sends an order again under the same client id (rule S-80)."""
    binance = connect(exchange, maxRetriesOnFailure=1)
    binance.call("load_markets")
    exchange.faults.add("unknown_503", path=ORDER, method="POST", times=1, executed=executed)
    if executed:
        with pytest.raises(ccxt.ExchangeError, match=r"Duplicate order sent\."):
            binance.call("create_order", *LIMIT, {"clientOrderId": "mine"})
    else:
        assert binance.call("create_order", *LIMIT, {"clientOrderId": "mine"})["status"] == "open"
    assert exchange.calls.count(("POST", ORDER)) == 2
    assert len(binance.call("fetch_open_orders", BTC)) == 1
