"""Trading with nothing but `requests` and a signature made by hand."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from binance_mock.gate.keys import ApiKey

from .by_hand import ByHand, ed25519_signer, hmac_signer, public_pem, refusal, rsa_signer
from .exchange import NOW, Exchange, units

LIMIT = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.01",
    "price": "70000",
}
MARKET = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}
PLACES = ("query", "body", "mixed")


def place(trader: ByHand, **changes: Any) -> dict[str, Any]:
    answer = trader.signed("POST", "/api/v3/order", {**LIMIT, **changes})
    assert answer.status_code == 200, answer.text
    row: dict[str, Any] = answer.json()
    return row


def query(trader: ByHand, **ids: Any) -> dict[str, Any]:
    row: dict[str, Any] = trader.signed("GET", "/api/v3/order", {"symbol": "BTCUSDT", **ids}).json()
    return row


# -- public calls -----------------------------------------------------------------------------------------------------


def test_ping_is_an_empty_object(trader: ByHand) -> None:
    answer = trader.public("/api/v3/ping")
    assert (answer.status_code, answer.json()) == (200, {})
    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"  # S-1


def test_time_is_that_of_the_exchange(trader: ByHand) -> None:
    assert trader.public("/api/v3/time").json() == {"serverTime": NOW}


@pytest.mark.parametrize("unit", ["MICROSECOND", "microsecond"])
def test_time_in_microseconds_on_demand(trader: ByHand, unit: str) -> None:
    answer = trader.public("/api/v3/time", headers={"X-MBX-TIME-UNIT": unit})
    assert answer.json() == {"serverTime": NOW * 1000}  # S-14


def test_exchange_info_lists_symbols_and_limits(trader: ByHand) -> None:
    info = trader.public("/api/v3/exchangeInfo").json()
    assert {"BTCUSDT", "LTCBTC", "币安人生USDT"} <= {row["symbol"] for row in info["symbols"]}
    assert [row["rateLimitType"] for row in info["rateLimits"]] == [
        "REQUEST_WEIGHT",
        "ORDERS",
        "ORDERS",
        "RAW_REQUESTS",
    ]


def test_exchange_info_of_some_symbols(trader: ByHand) -> None:
    one = trader.public("/api/v3/exchangeInfo", {"symbol": "LTCBTC"}).json()
    some = trader.public("/api/v3/exchangeInfo", {"symbols": '["LTCBTC","BTCUSDT"]'}).json()
    assert [row["symbol"] for row in one["symbols"]] == ["LTCBTC"]
    assert {row["symbol"] for row in some["symbols"]} == {"LTCBTC", "BTCUSDT"}


def test_a_key_on_a_public_call_is_ignored(trader: ByHand) -> None:
    answer = trader.public("/api/v3/ping", headers={"X-MBX-APIKEY": "no key at all"})
    assert answer.status_code == 200  # S-38


# -- an order's life --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", PLACES)
def test_an_order_is_placed_queried_and_cancelled(trader: ByHand, exchange: Exchange, where: str) -> None:
    """The three ways to send parameters are the same call (rules S-2, S-25)."""
    placed = trader.signed("POST", "/api/v3/order", {**LIMIT, "newClientOrderId": "mine"}, place=where)
    assert placed.status_code == 200, placed.text
    order = placed.json()
    assert (order["status"], order["clientOrderId"], order["fills"]) == ("NEW", "mine", [])
    assert order["transactTime"] == NOW
    assert exchange.balance("USDT") == (units("999300"), units("700"))  # S-95

    shown = query(trader, orderId=order["orderId"])
    assert (shown["status"], shown["origQty"], shown["isWorking"]) == ("NEW", "0.01000000", True)

    cancelled = trader.signed(
        "DELETE", "/api/v3/order", {"symbol": "BTCUSDT", "origClientOrderId": "mine"}, place=where
    ).json()
    assert (cancelled["status"], cancelled["origClientOrderId"]) == ("CANCELED", "mine")  # S-81
    assert exchange.balance("USDT") == (units("1000000"), 0)
    assert query(trader, orderId=order["orderId"])["status"] == "CANCELED"


def test_a_market_order_fills_and_shows_in_trades_and_balances(trader: ByHand, exchange: Exchange) -> None:
    best_ask = trader.public("/api/v3/ticker/bookTicker", {"symbol": "BTCUSDT"}).json()["askPrice"]
    order = trader.signed("POST", "/api/v3/order", MARKET).json()
    assert (order["status"], order["executedQty"], order["price"]) == ("FILLED", "0.01000000", "0.00000000")
    (fill,) = order["fills"]
    assert (fill["price"], fill["commission"], fill["commissionAsset"]) == (best_ask, "0.00001000", "BTC")  # S-112

    (trade,) = trader.signed("GET", "/api/v3/myTrades", {"symbol": "BTCUSDT"}).json()
    assert (trade["id"], trade["orderId"], trade["price"]) == (fill["tradeId"], order["orderId"], best_ask)
    assert (trade["isBuyer"], trade["isMaker"], trade["time"]) == (True, False, NOW)

    account = trader.signed("GET", "/api/v3/account", {"omitZeroBalances": "true"}).json()
    free = {row["asset"]: row["free"] for row in account["balances"]}
    assert free["BTC"] == "10.00999000"
    assert units(free["USDT"]) == units("1000000") - units(order["cummulativeQuoteQty"])
    assert exchange.balance("BTC")[0] == units("10.00999")


def test_a_resting_order_fills_as_maker_when_the_market_comes_to_it(trader: ByHand, exchange: Exchange) -> None:
    order = place(trader, newClientOrderId="waiting")
    exchange.set_price("BTCUSDT", "69999")
    shown = query(trader, origClientOrderId="waiting")
    assert (shown["status"], shown["executedQty"]) == ("FILLED", "0.01000000")
    (trade,) = trader.signed("GET", "/api/v3/myTrades", {"symbol": "BTCUSDT", "orderId": order["orderId"]}).json()
    assert (trade["price"], trade["isMaker"]) == ("70000.00000000", True)  # S-94


def test_open_orders_and_cancelling_them_all(trader: ByHand) -> None:
    ids = [place(trader, price=str(price))["orderId"] for price in (70000, 70001, 70002)]
    other = trader.signed(
        "POST", "/api/v3/order", {**LIMIT, "symbol": "ETHUSDT", "quantity": "1", "price": "2500"}
    ).json()
    of_symbol = trader.signed("GET", "/api/v3/openOrders", {"symbol": "BTCUSDT"}).json()
    of_all = trader.signed("GET", "/api/v3/openOrders").json()
    assert [row["orderId"] for row in of_symbol] == ids
    assert {(row["symbol"], row["orderId"]) for row in of_all} == {
        *(("BTCUSDT", order_id) for order_id in ids),
        ("ETHUSDT", other["orderId"]),
    }

    cancelled = trader.signed("DELETE", "/api/v3/openOrders", {"symbol": "BTCUSDT"})
    assert [(row["orderId"], row["status"]) for row in cancelled.json()] == [(id, "CANCELED") for id in ids]
    assert trader.signed("GET", "/api/v3/openOrders", {"symbol": "BTCUSDT"}).json() == []
    again = trader.signed("DELETE", "/api/v3/openOrders", {"symbol": "BTCUSDT"})
    assert refusal(again) == (400, -2011, "Unknown order sent.")  # S-122


def test_all_orders_tells_the_story(trader: ByHand) -> None:
    resting, gone = place(trader)["orderId"], place(trader)["orderId"]
    filled = trader.signed("POST", "/api/v3/order", MARKET).json()["orderId"]
    trader.signed("DELETE", "/api/v3/order", {"symbol": "BTCUSDT", "orderId": gone})
    rows = trader.signed("GET", "/api/v3/allOrders", {"symbol": "BTCUSDT"}).json()
    assert [(row["orderId"], row["status"]) for row in rows] == [
        (resting, "NEW"),
        (gone, "CANCELED"),
        (filled, "FILLED"),
    ]


def test_a_test_order_places_nothing(trader: ByHand) -> None:
    answer = trader.signed("POST", "/api/v3/order/test", LIMIT)
    assert (answer.status_code, answer.json()) == (200, {})
    assert trader.signed("GET", "/api/v3/allOrders", {"symbol": "BTCUSDT"}).json() == []


@pytest.mark.parametrize("kind", ["ACK", "RESULT", "FULL"])
def test_the_answer_is_as_long_as_was_asked_for(trader: ByHand, kind: str) -> None:
    row = place(trader, newOrderRespType=kind)
    assert ("status" in row, "fills" in row) == {  # S-73, S-74
        "ACK": (False, False),
        "RESULT": (True, False),
        "FULL": (True, True),
    }[kind]
    assert len(row) == 5 or kind != "ACK"


def test_what_ioc_cannot_fill_expires_with_status_200(trader: ByHand) -> None:
    row = place(trader, timeInForce="IOC")
    assert (row["status"], row["expiryReason"]) == ("EXPIRED", "UNFILLED_IOC_QUANTITY_EXPIRED")  # S-85


# -- cancel and replace -----------------------------------------------------------------------------------------------


def replace(trader: ByHand, mode: str, **changes: Any) -> Any:
    return trader.signed("POST", "/api/v3/order/cancelReplace", {**LIMIT, "cancelReplaceMode": mode, **changes})


def test_cancel_replace(trader: ByHand) -> None:
    old = place(trader)["orderId"]
    answer = replace(trader, "STOP_ON_FAILURE", cancelOrderId=old, price="70001")
    row = answer.json()
    assert (answer.status_code, row["cancelResult"], row["newOrderResult"]) == (200, "SUCCESS", "SUCCESS")  # S-124
    assert row["cancelResponse"]["orderId"] == old
    assert query(trader, orderId=old)["status"] == "CANCELED"
    assert query(trader, orderId=row["newOrderResponse"]["orderId"])["price"] == "70001.00000000"


@pytest.mark.parametrize(
    ("mode", "old_exists", "quantity", "status", "code", "halves"),
    [
        ("STOP_ON_FAILURE", False, "0.01", 400, -2022, ("FAILURE", "NOT_ATTEMPTED")),
        ("ALLOW_FAILURE", False, "0.01", 409, -2021, ("FAILURE", "SUCCESS")),
        ("STOP_ON_FAILURE", True, "100", 409, -2021, ("SUCCESS", "FAILURE")),
        ("ALLOW_FAILURE", True, "100", 409, -2021, ("SUCCESS", "FAILURE")),
        ("ALLOW_FAILURE", False, "100", 400, -2022, ("FAILURE", "FAILURE")),
    ],
)
def test_cancel_replace_that_fails(
    trader: ByHand, mode: str, old_exists: bool, quantity: str, status: int, code: int, halves: tuple[str, str]
) -> None:
    """Every outcome of rule S-123; 100 BTC are more than the account can pay for."""
    old = place(trader)["orderId"] if old_exists else 1
    answer = replace(trader, mode, cancelOrderId=old, quantity=quantity)
    row = answer.json()
    data = row["data"]
    assert (answer.status_code, row["code"]) == (status, code)
    assert (data["cancelResult"], data["newOrderResult"]) == halves
    if halves[0] == "FAILURE":
        assert data["cancelResponse"] == {"code": -2011, "msg": "Unknown order sent."}  # S-128
    if halves[1] == "FAILURE":
        assert data["newOrderResponse"]["code"] == -2010
    if halves[1] == "NOT_ATTEMPTED":
        assert data["newOrderResponse"] is None
    if old_exists:
        assert query(trader, orderId=old)["status"] == "CANCELED"  # S-127: not atomic


# -- what is signed ---------------------------------------------------------------------------------------------------


def test_the_query_wins_over_the_body(trader: ByHand) -> None:
    query_text = urlencode({**LIMIT, "price": "70000", "timestamp": NOW})
    body = "price=60000"
    signature = trader.sign(query_text + body)
    row = trader.raw("POST", "/api/v3/order", query_text, f"{body}&signature={signature}").json()
    assert row["price"] == "70000.00000000"  # S-3


def test_the_signature_may_stand_anywhere(trader: ByHand) -> None:
    text = urlencode({**LIMIT, "timestamp": NOW})
    first, _, rest = text.partition("&")
    answer = trader.raw("POST", "/api/v3/order", f"{first}&signature={trader.sign(text)}&{rest}")
    assert answer.status_code == 200, answer.text  # S-30


def test_a_symbol_outside_ascii_is_signed_percent_encoded(trader: ByHand) -> None:
    fields = {**LIMIT, "symbol": "币安人生USDT", "quantity": "100", "price": "0.3"}
    assert trader.signed("POST", "/api/v3/order", fields).json()["symbol"] == "币安人生USDT"  # S-11
    sent = urlencode({**fields, "timestamp": NOW})
    signed = "&".join(f"{name}={value}" for name, value in {**fields, "timestamp": NOW}.items())
    answer = trader.raw("POST", "/api/v3/order", f"{sent}&signature={trader.sign(signed)}")
    assert refusal(answer) == (400, -1022, "Signature for this request is not valid.")  # S-26


@pytest.mark.parametrize("unit", [1, 1000], ids=["milliseconds", "microseconds"])
def test_the_timestamp_may_be_in_either_unit(trader: ByHand, unit: int) -> None:
    assert trader.signed("GET", "/api/v3/account", {"timestamp": NOW * unit}).status_code == 200  # S-15


# -- other key types --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def ed25519_key() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("type", ["rsa", "ed25519"])
def test_asymmetric_keys_trade(
    exchange: Exchange,
    rsa_key: rsa.RSAPrivateKey,
    ed25519_key: ed25519.Ed25519PrivateKey,
    type: str,
    where: str,
) -> None:
    """RSA with PKCS#1 v1.5 and Ed25519, in base64, percent-encoded (rules S-28, S-29)."""
    exchange.freeze(NOW)
    key = rsa_key if type == "rsa" else ed25519_key
    sign = rsa_signer(rsa_key) if type == "rsa" else ed25519_signer(ed25519_key)
    exchange.add_key(ApiKey.asymmetric("mine", public_pem(key)))
    with ByHand(exchange.url, "mine", sign, lambda: NOW) as trader:
        order = trader.signed("POST", "/api/v3/order", {**LIMIT, "newClientOrderId": "by-hand"}, place=where)
        assert order.status_code == 200, order.text
        assert query(trader, origClientOrderId="by-hand")["status"] == "NEW"
        ids = {"symbol": "BTCUSDT", "origClientOrderId": "by-hand"}
        assert trader.signed("DELETE", "/api/v3/order", ids, place=where).json()["status"] == "CANCELED"
        assert len(trader.signed("GET", "/api/v3/account").json()["balances"]) > 1


def test_a_key_of_one_type_cannot_sign_as_another(
    exchange: Exchange, rsa_key: rsa.RSAPrivateKey, ed25519_key: ed25519.Ed25519PrivateKey
) -> None:
    exchange.freeze(NOW)
    exchange.add_key(ApiKey.asymmetric("with-rsa", public_pem(rsa_key)))
    exchange.add_key(ApiKey.asymmetric("with-ed25519", public_pem(ed25519_key)))
    invalid = (400, -1022, "Signature for this request is not valid.")
    for key, sign in (
        ("with-rsa", ed25519_signer(ed25519_key)),
        ("with-rsa", hmac_signer(exchange.api_secret)),
        ("with-ed25519", rsa_signer(rsa_key)),
        (exchange.api_key, rsa_signer(rsa_key)),
        (exchange.api_key, ed25519_signer(ed25519_key)),
    ):
        with ByHand(exchange.url, key, sign, lambda: NOW) as client:
            assert refusal(client.signed("GET", "/api/v3/account")) == invalid  # S-33
