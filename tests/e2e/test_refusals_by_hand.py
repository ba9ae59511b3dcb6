"""What is wrong with a signed request beyond its signature: every refusal with status, code and text."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from .by_hand import ByHand, hmac_signer, illegal, missing, refusal
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
MARKET = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}
BTC = {"symbol": "BTCUSDT"}

DECIMAL = r"^([0-9]{1,20})(\.[0-9]{1,20})?$"
WHOLE = "^[0-9]{1,20}$"


# -- parameters -------------------------------------------------------------------------------------------------------


class Case(NamedTuple):
    """A signed call that is refused with status 400."""

    method: str
    path: str
    params: dict[str, str]
    code: int
    text: str


def order(code: int, text: str, **changes: str | None) -> Case:
    """A LIMIT order with some parameters replaced, or left out where None stands."""
    params = {name: value for name, value in {**LIMIT, **changes}.items() if value is not None}
    return Case("POST", ORDER, params, code, text)


def market(code: int, text: str, **changes: str | None) -> Case:
    """As `order`, for a MARKET order."""
    params = {name: value for name, value in {**MARKET, **changes}.items() if value is not None}
    return Case("POST", ORDER, params, code, text)


def get(path: str, code: int, text: str, **params: str) -> Case:
    return Case("GET", path, params, code, text)


COMBINATION = "Combination of optional parameters invalid."
CLIENT_ID = "^[a-zA-Z0-9-_]{1,36}$"
SYMBOL = r"^[\w\-._&&[^a-z]]{1,50}$"

PARAMETERS = {
    # S-43: mandatory, for every order and for its type (S-72)
    "no symbol": order(-1102, missing("symbol"), symbol=None),
    "no side": order(-1102, missing("side"), side=None),
    "no type": order(-1102, missing("type"), type=None),
    "empty symbol": order(-1102, missing("symbol"), symbol=""),
    "limit without price": order(-1102, missing("price"), price=None),
    "limit without quantity": order(-1102, missing("quantity"), quantity=None),
    "limit without timeInForce": order(-1102, missing("timeInForce"), timeInForce=None),
    # S-44: either or
    "query without id": get(
        ORDER, -1102, "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!", **BTC
    ),
    "cancel without id": Case(
        "DELETE", ORDER, BTC, -1102, "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!"
    ),
    "market without quantity": market(
        -1102, "Param 'quantity' or 'quoteOrderQty' must be sent, but both were empty/null!", quantity=None
    ),
    "stop without stop price": order(
        -1102,
        "Param 'stopPrice' or 'trailingDelta' must be sent, but both were empty/null!",
        type="STOP_LOSS_LIMIT",
    ),
    # S-45: unknown names; timestamp and signature count
    "one name too many": order(
        -1104, "Not all sent parameters were read; read '8' parameter(s) but was sent '9'.", leverage="10"
    ),
    "misspelt timeInForce": order(
        -1104,
        "Not all sent parameters were read; read '7' parameter(s) but was sent '8'.",
        timeInForce=None,
        timeinforce="GTC",
    ),
    "misspelt orderId": get(
        ORDER, -1104, "Not all sent parameters were read; read '3' parameter(s) but was sent '4'.", **BTC, orderid="1"
    ),
    # S-46: characters
    "lower-case symbol": order(-1100, illegal("symbol", SYMBOL), symbol="btcusdt"),
    "symbol with a slash": order(-1100, illegal("symbol", SYMBOL), symbol="BTC/USDT"),
    "scientific notation": order(-1100, illegal("quantity", DECIMAL), quantity="1e-05"),
    "negative quantity": order(-1100, illegal("quantity", DECIMAL), quantity="-0.01"),
    "decimal comma": order(-1100, illegal("price", DECIMAL), price="70000,5"),
    "order id in letters": get(ORDER, -1100, illegal("orderId", WHOLE), **BTC, orderId="abc"),
    "client id too long": order(-1100, illegal("newClientOrderId", CLIENT_ID), newClientOrderId="x" * 37),
    "client id with a blank": order(-1100, illegal("newClientOrderId", CLIENT_ID), newClientOrderId="a b"),
    # S-48 to S-53
    "empty optional parameter": order(-1105, "Parameter 'newClientOrderId' was empty.", newClientOrderId=""),
    "price on a market order": market(-1106, "Parameter 'price' sent when not required.", price="70000"),
    "timeInForce on a market order": market(
        -1106, "Parameter 'timeInForce' sent when not required.", timeInForce="GTC"
    ),
    "stop price on a limit order": order(-1106, "Parameter 'stopPrice' sent when not required.", stopPrice="70000"),
    "too large a number": order(-1108, "Parameter 'price' overflowed.", price="99999999999999"),
    "too many decimals": order(-1111, "Parameter 'quantity' has too much precision.", quantity="0.010000001"),
    "more decimals than the asset": order(
        -1111,
        "Parameter 'quantity' has too much precision.",
        symbol="SHIBUSDT",
        quantity="1000000.001",
        price="0.00001",
    ),
    "unknown side": order(-1117, "Invalid side.", side="LONG"),
    "unknown type": order(-1116, "Invalid orderType.", type="limit"),
    "unknown timeInForce": order(-1115, "Invalid timeInForce.", timeInForce="GTX"),
    "unknown answer type": order(
        -1130, "Data sent for parameter 'newOrderRespType' is not valid.", newOrderRespType="ALL"
    ),
    "unknown restriction": Case(
        "DELETE",
        ORDER,
        {**BTC, "orderId": "1", "cancelRestrictions": "NONE"},
        -1145,
        "Invalid cancelRestrictions",
    ),
    "low strategy type": order(-1134, "`strategyType` was less than 1000000.", strategyType="1"),
    "both quantities": market(-1128, COMBINATION, quoteOrderQty="100"),
    "trades by time and id": get("/api/v3/myTrades", -1128, COMBINATION, **BTC, startTime=str(NOW - 1000), orderId="1"),
    "orders of two days": get(
        "/api/v3/allOrders",
        -1127,
        "More than 24 hours between startTime and endTime.",
        **BTC,
        startTime=str(NOW - 2 * 86_400_000),
        endTime=str(NOW),
    ),
    # S-47
    "unknown symbol": order(-1121, "Invalid symbol.", symbol="NOSUCH"),
    "unknown symbol in a query": get("/api/v3/openOrders", -1121, "Invalid symbol.", symbol="NOSUCH"),
}

ORDERS = {
    # S-162, S-163
    "price off the grid": order(-1013, "Filter failure: PRICE_FILTER", price="70000.001"),
    "price of zero": order(-1013, "Filter failure: PRICE_FILTER", price="0"),
    "price too high": order(-1013, "Filter failure: PRICE_FILTER", price="1000000.01"),
    "quantity off the grid": order(-1013, "Filter failure: LOT_SIZE", quantity="0.010001"),
    "quantity of zero": order(-1013, "Filter failure: LOT_SIZE", quantity="0"),
    "quantity too large": order(-1013, "Filter failure: LOT_SIZE", quantity="9000.00001"),
    "market quantity too large": market(-1013, "Filter failure: MARKET_LOT_SIZE", quantity="105"),
    "price far from the market": order(-1013, "Filter failure: PERCENT_PRICE_BY_SIDE", price="1", quantity="10"),
    "worth too little": order(-1013, "Filter failure: NOTIONAL", quantity="0.00007"),
    "market order worth too little": market(-1013, "Filter failure: NOTIONAL", quantity="0.00006"),
    "iceberg in too many parts": order(-1013, "Filter failure: ICEBERG_PARTS", icebergQty="0.00009"),
    "trailing delta too small": order(
        -1013, "Filter failure: TRAILING_DELTA", type="STOP_LOSS_LIMIT", trailingDelta="9"
    ),
    # S-88 to S-95
    "more than the account has": order(-2010, "Account has insufficient balance for requested action.", quantity="20"),
    "selling more than the account has": market(
        -2010, "Account has insufficient balance for requested action.", side="SELL", quantity="10.00001"
    ),
    "a maker that would take": order(
        -2010,
        "Order would immediately match and take.",
        type="LIMIT_MAKER",
        timeInForce=None,
        price="81000",
    ),
    "a stop behind the market": order(
        -2010, "Order would trigger immediately.", type="STOP_LOSS_LIMIT", stopPrice="70000"
    ),
    "an iceberg as large as the order": order(-2010, "IcebergQty exceeds QTY.", icebergQty="0.01"),
    # S-118, S-183
    "cancelling what is not there": Case("DELETE", ORDER, {**BTC, "orderId": "1"}, -2011, "Unknown order sent."),
    "cancelling an unknown client id": Case(
        "DELETE", ORDER, {**BTC, "origClientOrderId": "none"}, -2011, "Unknown order sent."
    ),
    "asking for what is not there": get(ORDER, -2013, "Order does not exist.", **BTC, orderId="1"),
    "asking for an unknown client id": get(ORDER, -2013, "Order does not exist.", **BTC, origClientOrderId="none"),
}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in {**PARAMETERS, **ORDERS}.items()])
def test_refused(trader: ByHand, exchange: Exchange, case: Case) -> None:
    before = exchange.balance("USDT")
    answer = trader.signed(case.method, case.path, case.params)
    assert refusal(answer) == (400, case.code, case.text)
    assert exchange.balance("USDT") == before
    assert trader.signed("GET", "/api/v3/openOrders").json() == []


@pytest.mark.parametrize(
    ("path", "params", "code", "text"),
    [
        ("/api/v3/ping", {"x": "1"}, -1101, "Too many parameters; expected '0' and received '1'."),  # S-45
        ("/api/v3/depth", {}, -1102, missing("symbol")),
        ("/api/v3/depth", {"symbol": "NOSUCH"}, -1121, "Invalid symbol."),
        ("/api/v3/depth", {"symbol": "BTCUSDT", "limit": "ten"}, -1100, illegal("limit", WHOLE)),
        ("/api/v3/klines", {"symbol": "BTCUSDT", "interval": "7m"}, -1120, "Invalid interval."),
        ("/api/v3/klines", {"symbol": "BTCUSDT"}, -1102, missing("interval")),
        ("/api/v3/ticker/24hr", {"symbol": "BTCUSDT", "type": "HUGE"}, -1139, "Invalid ticker type."),
        ("/api/v3/ticker/price", {"symbol": "BTCUSDT", "symbols": '["BTCUSDT"]'}, -1128, COMBINATION),  # S-54
        (
            "/api/v3/ticker/price",
            {"symbols": '["BTCUSDT","BTCUSDT"]'},
            -1151,
            "Symbol is present multiple times in the list.",
        ),
        ("/api/v3/exchangeInfo", {"symbol": "NOSUCH"}, -1121, "Invalid symbol."),
    ],
)
def test_public_calls_refused(trader: ByHand, path: str, params: dict[str, str], code: int, text: str) -> None:
    assert refusal(trader.public(path, params)) == (400, code, text)


@pytest.mark.parametrize("text", ["['BTCUSDT']", '["BTCUSDT", "LTCBTC"]', "BTCUSDT"])
def test_lists_that_are_not_compact_json(trader: ByHand, text: str) -> None:
    """Lists as languages print them: quotes of the wrong kind, blanks, no brackets (rule S-52)."""
    status, code, msg = refusal(trader.public("/api/v3/ticker/price", {"symbols": text}))
    assert (status, code) == (400, -1100)
    assert msg.startswith("Illegal characters found in parameter 'symbols'")


# -- orders that meet other orders ------------------------------------------------------------------------------------


def test_a_client_id_is_taken_only_while_its_order_is_open(trader: ByHand) -> None:
    named = {**LIMIT, "newClientOrderId": "twice"}
    assert trader.signed("POST", ORDER, named).status_code == 200
    assert refusal(trader.signed("POST", ORDER, named)) == (400, -2010, "Duplicate order sent.")  # S-80
    trader.signed("DELETE", ORDER, {**BTC, "origClientOrderId": "twice"})
    assert trader.signed("POST", ORDER, named).status_code == 200


def test_an_order_is_cancelled_once(trader: ByHand) -> None:
    ids = {**BTC, "orderId": trader.signed("POST", ORDER, LIMIT).json()["orderId"]}
    assert trader.signed("DELETE", ORDER, ids).status_code == 200
    assert refusal(trader.signed("DELETE", ORDER, ids)) == (400, -2011, "Unknown order sent.")  # S-118


def test_both_ids_have_to_fit(trader: ByHand) -> None:
    order_id = trader.signed("POST", ORDER, {**LIMIT, "newClientOrderId": "mine"}).json()["orderId"]
    both = {**BTC, "orderId": order_id, "origClientOrderId": "yours"}
    mismatch = (400, -2039, "Client order ID is not correct for this order ID.")
    assert refusal(trader.signed("GET", ORDER, both)) == mismatch  # S-119
    assert refusal(trader.signed("DELETE", ORDER, both)) == (400, -2011, "Unknown order sent.")


def test_restrictions_keep_an_order_from_being_cancelled(trader: ByHand) -> None:
    order_id = trader.signed("POST", ORDER, LIMIT).json()["orderId"]
    ids = {**BTC, "orderId": order_id, "cancelRestrictions": "ONLY_PARTIALLY_FILLED"}
    text = "Order was not canceled due to cancel restrictions."
    assert refusal(trader.signed("DELETE", ORDER, ids)) == (400, -2011, text)  # S-120


def test_no_more_than_five_stop_orders(trader: ByHand) -> None:
    stop = {**LIMIT, "side": "SELL", "type": "STOP_LOSS_LIMIT", "stopPrice": "71000"}
    for _ in range(5):
        assert trader.signed("POST", ORDER, stop).status_code == 200
    assert refusal(trader.signed("POST", ORDER, stop)) == (400, -1013, "Filter failure: MAX_NUM_ALGO_ORDERS")


def test_a_market_that_is_closed(trader: ByHand, exchange: Exchange) -> None:
    order_id = trader.signed("POST", ORDER, LIMIT).json()["orderId"]
    exchange.set_status("BTCUSDT", "HALT")
    assert refusal(trader.signed("POST", ORDER, LIMIT))[1:] == (-1013, "Market is closed.")  # S-96
    assert trader.signed("DELETE", ORDER, {**BTC, "orderId": order_id}).status_code == 200


# -- paths ------------------------------------------------------------------------------------------------------------


def test_a_path_that_is_not_served(trader: ByHand) -> None:
    assert trader.public("/api/v3/nothing").status_code == 404  # S-9
    page = trader.public("/api/v3/nothing", headers={"Accept": "text/html,*/*"})
    assert (page.status_code, page.text) == (404, "<html><body><h2>404 Not found</h2></body></html>")


def test_a_path_that_was_taken_away(trader: ByHand) -> None:
    assert trader.public("/api/v3/userDataStream", method="POST").status_code == 410  # S-10


def test_the_first_thing_wrong_is_what_is_told(trader: ByHand, exchange: Exchange) -> None:
    """Key form, parameter form, key, time, signature, parameters, order: in this order (rule S-42)."""
    bad = {**LIMIT, "symbol": "NOSUCH", "price": "1", "timestamp": NOW - 5001}
    good_key, good_sign = trader.api_key, trader.sign
    trader.api_key, trader.sign = "", hmac_signer("wrong")
    seen = [refusal(trader.signed("POST", ORDER, {**bad, "timestamp": "x"}))[1]]
    trader.api_key = "unknown"
    seen.append(refusal(trader.signed("POST", ORDER, {**bad, "timestamp": "x"}))[1])
    seen.append(refusal(trader.signed("POST", ORDER, bad))[1])
    trader.api_key = good_key
    seen.append(refusal(trader.signed("POST", ORDER, bad))[1])
    bad["timestamp"] = NOW
    seen.append(refusal(trader.signed("POST", ORDER, bad))[1])
    trader.sign = good_sign
    seen.append(refusal(trader.signed("POST", ORDER, bad))[1])
    bad["symbol"] = "BTCUSDT"
    seen.append(refusal(trader.signed("POST", ORDER, bad))[1])
    assert seen == [-2014, -1100, -2015, -1021, -1022, -1121, -1013]
