"""How parameters are read out of query and body, and how those that do not belong are refused.

Rules S-2, S-3 and S-43 to S-55; codes are compared first, as S-56 advises, and texts where they name something.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mock_server.spot_client import NOW, Reply, SpotClient, encode, frozen_world, sign

from binance_mock.gate import parameters
from binance_mock.gate.request import Request
from binance_mock.venues.errors import Refusal

FORM = {b"content-type": b"application/x-www-form-urlencoded"}
LIMIT = {
    "symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01", "price": "70000",
}  # fmt: skip


def send(
    query: bytes,
    body: bytes = b"",
    method: str = "POST",
    path: str = "order",
    headers: dict[bytes, bytes] | None = None,
) -> Reply:
    """A signed request with parameters in both parts; timestamp and signature go where the parameters are."""
    client = SpotClient(frozen_world())
    last = b"timestamp=%d" % (NOW // 1000)
    if body and method != "GET":
        body += b"&" + last
        body += b"&signature=" + sign(client.pair.secret, query + body).encode()
    else:
        query += (b"&" if query else b"") + last
        query += b"&signature=" + sign(client.pair.secret, query + (b"" if method == "GET" else body)).encode()
    head = {b"x-mbx-apikey": client.pair.api_key.encode(), **(FORM if headers is None else headers)}
    return client.send(Request(method, f"/api/v3/{path}", query, body, head))


def public(query: bytes, path: str = "klines") -> Reply:
    return SpotClient(frozen_world()).send(Request("GET", f"/api/v3/{path}", query))


# -- query and body (S-2, S-3) --------------------------------------------------------------------------------------


@pytest.mark.parametrize("split", range(len(LIMIT) + 1))
def test_a_placement_reads_query_and_body(split: int) -> None:
    """S-2: query, form body, or both, in any order."""
    pairs = list(LIMIT.items())
    assert send(encode(pairs[:split]), encode(pairs[split:])).status == 200
    assert send(encode(pairs[:split][::-1]), encode(pairs[split:][::-1])).status == 200


def test_the_query_wins_over_the_body() -> None:
    """S-3."""
    reply = send(encode({"price": "60000"}), encode(LIMIT))
    assert reply.ok()["price"] == "60000.00000000"
    reply = send(encode({**LIMIT, "side": "SIDEWAYS"}), b"side=BUY")
    assert reply.refusal == (400, -1117)


def test_a_get_does_not_read_its_body() -> None:
    """S-2: neither as parameters nor as part of what is signed."""
    assert send(b"", b"symbol=BTCUSDT", "GET", "openOrders").ok() == []
    assert send(b"", b"nonsense=1&nonsense=2", "GET", "openOrders").ok() == []
    assert send(b"symbol=BTCUSDT", b"orderId=1", "GET", "order").refusal == (400, -1102)


def test_deletes_read_both_parts_too() -> None:
    """S-2."""
    assert send(b"symbol=BTCUSDT", b"orderId=1", "DELETE").refusal == (400, -2011)
    assert send(b"", b"symbol=BTCUSDT&orderId=1", "DELETE").refusal == (400, -2011)


@pytest.mark.parametrize(
    "kind", [b"application/x-www-form-urlencoded; charset=UTF-8", b"APPLICATION/X-WWW-FORM-URLENCODED", None]
)
def test_a_body_is_a_form_by_its_type_or_without_one(kind: bytes | None) -> None:
    headers = {} if kind is None else {b"content-type": kind}
    assert send(b"", encode(LIMIT), headers=headers).status == 200


@pytest.mark.parametrize("kind", [b"application/json", b"text/plain", b"multipart/form-data", b""])
def test_a_body_of_another_type_is_not_read(kind: bytes) -> None:
    """S-2: what stands in it was not sent."""
    assert send(b"", encode(LIMIT), headers={b"content-type": kind}).refusal == (400, -1102)


def test_a_json_body_is_not_read() -> None:
    query = encode({**LIMIT, "timestamp": NOW // 1000})
    body = b'{"price": "60000", "quantity": "5"}'
    client = SpotClient(frozen_world())
    signed = query + b"&signature=" + sign(client.pair.secret, query + body).encode()
    headers = {b"x-mbx-apikey": client.pair.api_key.encode(), b"content-type": b"application/json"}
    reply = client.send(Request("POST", "/api/v3/order", signed, body, headers))
    assert reply.ok()["price"] == "70000.00000000"


# -- decoding -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("space", [b"+", b"%20"])
def test_plus_and_percent_20_are_a_space(space: bytes) -> None:
    reply = public(b"symbol=BTC" + space + b"USDT&interval=1m")
    assert reply.refusal == (400, -1100)
    form = Request("POST", "/", b"a" + space + b"b=c" + space + b"d")
    assert parameters.read(form) == {"a b": "c d"}


@pytest.mark.parametrize("query", [b"symbol=%E5%B8%81%E5%AE%89%E4%BA%BA%E7%94%9FUSDT", "symbol=币安人生USDT".encode()])
def test_names_outside_ascii_encoded_or_not(query: bytes) -> None:
    """S-11."""
    assert public(query, "avgPrice").status == 200


def test_names_of_parameters_are_decoded_too() -> None:
    assert public(b"%73ymbol=BTCUSDT", "avgPrice").status == 200


@given(pairs=st.dictionaries(st.text(min_size=1), st.text()))
def test_what_a_client_encodes_is_what_is_read(pairs: dict[str, str]) -> None:
    """By either way to encode a space."""
    expected = {name: value for name, value in pairs.items() if name or value}
    for to_text in (quote, quote_plus):
        raw = "&".join(f"{to_text(name, safe='')}={to_text(value, safe='')}" for name, value in pairs.items()).encode()
        assert parameters.read(Request("GET", "/", raw)) == expected


@given(raw=st.binary(max_size=200), body=st.binary(max_size=200), method=st.sampled_from(["GET", "POST"]))
def test_any_bytes_are_read_or_refused(raw: bytes, body: bytes, method: str) -> None:
    try:
        sent = parameters.read(Request(method, "/", raw, body))
    except Refusal as refusal:
        assert refusal.code == -1101  # noqa: PT017 - both outcomes are legal
        return
    assert all(isinstance(name, str) and isinstance(value, str) for name, value in sent.items())


def test_a_blank_at_the_very_start_is_decoded() -> None:
    assert parameters.read(Request("GET", "/", b"+a=1")) == {" a": "1"}
    assert parameters.read(Request("GET", "/", b"%61=1")) == {"a": "1"}
    assert parameters.read(Request("GET", "/", b"a=b=c&b=")) == {"a": "b=c", "b": ""}


@pytest.mark.parametrize("raw", [b"a=1&&b=2", b"&a=1&b=2&", b"a=1&b=2"])
def test_empty_pieces_between_ampersands_do_not_count(raw: bytes) -> None:
    assert parameters.read(Request("GET", "/", raw)) == {"a": "1", "b": "2"}


def test_a_value_may_hold_equals_signs_and_a_name_may_stand_alone() -> None:
    assert parameters.read(Request("GET", "/", b"a=b=c&d&=e")) == {"a": "b=c", "d": "", "": "e"}


def test_bytes_that_are_no_utf8_fit_no_value() -> None:
    assert public(b"symbol=BTC\xffUSDT&interval=1m").refusal == (400, -1100)
    assert public(b"symbol=BTC%FFUSDT&interval=1m").refusal == (400, -1100)
    assert public(b"symbol=BTCUSDT&interval=\xc3").refusal == (400, -1120)


# -- duplicates, unknown and unread names ---------------------------------------------------------------------------


@pytest.mark.parametrize("query", [b"symbol=BTCUSDT&symbol=BTCUSDT", b"symbol=BTCUSDT&%73ymbol=ETHUSDT", b"a=1&a="])
def test_a_name_twice_in_one_part(query: bytes) -> None:
    reply = public(query, "avgPrice")
    assert (*reply.refusal, reply.msg) == (400, -1101, "Duplicate values for a parameter detected.")


def test_a_name_twice_in_the_body() -> None:
    assert send(b"", encode(LIMIT) + b"&price=70000").refusal == (400, -1101)


def unread(read: int, sent: int) -> str:
    return f"Not all sent parameters were read; read '{read}' parameter(s) but was sent '{sent}'."


@pytest.mark.parametrize(
    ("method", "path", "params", "read", "sent"),
    [
        ("POST", "order", {**LIMIT, "timeInForc": "GTC", "timeInForce": None}, 7, 8),
        ("GET", "order", {"symbol": "BTCUSDT", "ordrId": 1}, 3, 4),
        ("GET", "account", {"omitZero": "true", "x": 1, "recvWindow": 5000}, 3, 5),
        ("GET", "rateLimit/order", {"symbol": "BTCUSDT"}, 2, 3),
        ("DELETE", "openOrders", {"symbol": "BTCUSDT", "Symbol": "BTCUSDT", "": "1"}, 3, 5),
    ],
)
def test_a_name_that_is_not_known(method: str, path: str, params: dict[str, Any], read: int, sent: int) -> None:
    """S-45: timestamp, signature and recvWindow count as sent and as read."""
    reply = send(encode(params), b"", method, path)
    assert (*reply.refusal, reply.msg) == (400, -1104, unread(read, sent))


def test_unknown_names_are_counted_over_query_and_body() -> None:
    """S-45; a name in both parts is one parameter."""
    reply = send(encode({"price": "1", "x": 1}), encode({**LIMIT, "x": 2, "y": 3}))
    assert (reply.code, reply.msg) == (-1104, unread(8, 10))


def test_unknown_names_without_security() -> None:
    """S-45: here timestamp and signature are unknown like any other."""
    reply = public(b"symbol=BTCUSDT&timestamp=1&signature=2", "avgPrice")
    assert (*reply.refusal, reply.msg) == (400, -1104, unread(1, 3))


@pytest.mark.parametrize(("query", "received"), [(b"symbol=BTCUSDT", 1), (b"a=&b=2", 2)])
@pytest.mark.parametrize("path", ["ping", "time"])
def test_calls_that_take_no_parameters(path: str, query: bytes, received: int) -> None:
    """S-45."""
    reply = public(query, path)
    assert (*reply.refusal, reply.msg) == (400, -1101, f"Too many parameters; expected '0' and received '{received}'.")


def test_unread_parameters_are_told_before_those_that_the_type_lacks() -> None:
    """S-45: before the type-dependent and the either/or checks, but after malformed ones."""
    assert send(encode({**LIMIT, "timeInForce": None, "x": 1})).code == -1104
    assert send(b"symbol=BTCUSDT&x=1", b"", "DELETE").code == -1104
    assert send(encode({**LIMIT, "price": "cheap", "x": 1})).code == -1100


# -- missing, empty, malformed --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "path", "name"),
    [
        (b"interval=1m", "klines", "symbol"),
        (b"symbol=&interval=1m", "klines", "symbol"),
        (b"symbol&interval=1m", "klines", "symbol"),
        (b"symbol=BTCUSDT", "klines", "interval"),
        (b"", "klines", "symbol"),
        (b"symbol=BTCUSDT", "historicalBlockTrades", "fromId"),
    ],
)
def test_mandatory_parameters(query: bytes, path: str, name: str) -> None:
    """S-43: the first one in the order of the documentation is named."""
    reply = public(query, path)
    assert (*reply.refusal, reply.msg) == (
        400, -1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.",
    )  # fmt: skip


@pytest.mark.parametrize("name", ["limit", "startTime", "endTime", "timeZone"])
def test_optional_parameters_that_are_empty(name: str) -> None:
    """S-48."""
    reply = public(b"symbol=BTCUSDT&interval=1m&" + name.encode() + b"=")
    assert (*reply.refusal, reply.msg) == (400, -1105, f"Parameter '{name}' was empty.")


def test_a_missing_signature_is_a_missing_mandatory_parameter() -> None:
    """S-31."""
    client = SpotClient(frozen_world())
    for ending in (b"", b"&signature="):
        query = b"timestamp=%d" % (NOW // 1000) + ending
        headers = {b"x-mbx-apikey": client.pair.api_key.encode()}
        reply = client.send(Request("GET", "/api/v3/account", query, b"", headers))
        assert (*reply.refusal, reply.msg) == (
            400, -1102, "Mandatory parameter 'signature' was not sent, was empty/null, or malformed.",
        )  # fmt: skip


@pytest.mark.parametrize("path", ["order", "order/cancelReplace"])
def test_either_of_two_ids(path: str) -> None:
    """S-44: -1102 since 2025-04, naming both."""
    more = {**LIMIT, "cancelReplaceMode": "STOP_ON_FAILURE"} if "Replace" in path else {"symbol": "BTCUSDT"}
    method = "POST" if "Replace" in path else "DELETE"
    reply = send(encode(more), b"", method, path)
    names = ("cancelOrigClientOrderId", "cancelOrderId") if "Replace" in path else ("origClientOrderId", "orderId")
    assert (*reply.refusal, reply.msg) == (
        400, -1102, f"Param '{names[0]}' or '{names[1]}' must be sent, but both were empty/null!",
    )  # fmt: skip


def test_either_of_two_ids_in_a_query() -> None:
    """S-44."""
    reply = send(b"symbol=BTCUSDT", b"", "GET", "order")
    assert reply.msg == "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!"


NUMBER = "^([0-9]{1,20})(\\.[0-9]{1,20})?$"


@pytest.mark.parametrize(
    "text",
    [
        "9.2e-7", "1E5", "-1", "+1", " 1", "1 ", "1,5", "1.", ".5", "1.2.3", "0x10", "NaN", "inf", "Infinity", "1_000",
        "٣", "１", "1\n", "1\x00", "9" * 21, "1." + "0" * 21, "null", "[1]", "{}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["quantity", "price", "stopPrice", "icebergQty", "quoteOrderQty"])
def test_numbers_outside_their_pattern(name: str, text: str) -> None:
    """S-46: scientific notation and signs among them."""
    reply = send(encode({**LIMIT, name: text}))
    assert (*reply.refusal, reply.msg) == (
        400, -1100, f"Illegal characters found in parameter '{name}'; legal range is '{NUMBER}'.",
    )  # fmt: skip


@pytest.mark.parametrize("text", ["-1", "1.0", "1e3", "0x1", "one", "٣", "9" * 21, "1 ", "²"])
@pytest.mark.parametrize("name", ["orderId", "startTime", "endTime", "limit"])
def test_whole_numbers_outside_their_pattern(name: str, text: str) -> None:
    """S-46."""
    reply = send(encode({"symbol": "BTCUSDT", name: text}), b"", "GET", "allOrders")
    assert (*reply.refusal, reply.msg) == (
        400, -1100, f"Illegal characters found in parameter '{name}'; legal range is '^[0-9]{{1,20}}$'.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text"), [("orderId", "9223372036854775808"), ("orderId", "9" * 20), ("quantity", "92233720368.54775808")]
)
def test_numbers_that_overflow(name: str, text: str) -> None:
    """S-48."""
    reply = send(encode({**LIMIT, name: text})) if name in LIMIT else None
    reply = reply or send(encode({"symbol": "BTCUSDT", name: text}), b"", "GET", "order")
    assert (*reply.refusal, reply.msg) == (400, -1108, f"Parameter '{name}' overflowed.")


@pytest.mark.parametrize("symbol", ["btcusdt", "BTCusdt", "BTC/USDT", "BTC USDT", "B" * 51, '"BTCUSDT"', "BTC\nUSDT"])
def test_a_symbol_outside_its_pattern(symbol: str) -> None:
    """S-46, S-47: lower case among them."""
    reply = public(encode({"symbol": symbol, "interval": "1m"}))
    assert reply.refusal == (400, -1100)
    assert reply.msg.startswith("Illegal characters found in parameter 'symbol'; legal range is ")


@pytest.mark.parametrize("symbol", ["NOSUCHUSDT", "B", "BTC_USDT", "BTC-USDT.P", "１２３４５６", "B" * 50])
def test_a_symbol_that_is_not_listed(symbol: str) -> None:
    """S-47."""
    reply = public(encode({"symbol": symbol, "interval": "1m"}))
    assert (*reply.refusal, reply.msg) == (400, -1121, "Invalid symbol.")


@pytest.mark.parametrize(
    ("method", "path", "params", "code", "msg"),
    [
        ("POST", "order", {"side": "buy"}, -1117, "Invalid side."),
        ("POST", "order", {"type": "limit"}, -1116, "Invalid orderType."),
        ("POST", "order", {"type": "TRAILING_STOP"}, -1116, "Invalid orderType."),
        ("POST", "order", {"timeInForce": "gtc"}, -1115, "Invalid timeInForce."),
        ("POST", "order", {"timeInForce": "GTX"}, -1115, "Invalid timeInForce."),
        ("POST", "order", {"pegPriceType": "PEG"}, -1210, "Invalid pegPriceType."),
        ("POST", "order", {"pegOffsetType": "LEVEL"}, -1211, "Invalid pegOffsetType."),
        ("DELETE", "order", {"cancelRestrictions": "ONLY"}, -1145, "Invalid cancelRestrictions"),
        ("GET", "klines", {"interval": "1H"}, -1120, "Invalid interval."),
        ("GET", "ticker/24hr", {"type": "full"}, -1139, "Invalid ticker type."),
        ("GET", "ticker/price", {"symbolStatus": "OPEN"}, -1122, "Invalid symbolStatus."),
    ],
)
def test_words_outside_their_set(method: str, path: str, params: dict[str, Any], code: int, msg: str) -> None:
    """S-50."""
    if method == "GET":
        reply = public(encode({"symbol": "BTCUSDT", **params}), path)
    else:
        base = LIMIT if method == "POST" else {"symbol": "BTCUSDT", "orderId": 1}
        reply = send(encode({**base, **params}), b"", method, path)
    assert (*reply.refusal, reply.msg) == (400, code, msg)


@pytest.mark.parametrize("name", ["newOrderRespType", "selfTradePreventionMode"])
def test_words_without_a_code_of_their_own(name: str) -> None:
    assert send(encode({**LIMIT, name: "none"})).refusal == (400, -1130)


@pytest.mark.parametrize(
    ("symbols", "code"),
    [
        ("BTCUSDT", -1100), ("[BTCUSDT]", -1100), ('["BTCUSDT"', -1100), ("['BTCUSDT']", -1100), ('["btcusdt"]', -1100),
        ('["BTCUSDT",]', -1100), ('["BTCUSDT", "BNBUSDT"]', -1100), ('[["BTCUSDT"]]', -1100),
        ('{"a":"BTCUSDT"}', -1100),
        ('["BTCUSDT","BTCUSDT"]', -1151), ('["BTCUSDT","NOSUCH"]', -1121), ("[]", -1105),
    ],
)  # fmt: skip
def test_lists_of_symbols(symbols: str, code: int) -> None:
    """S-52."""
    assert public(encode({"symbols": symbols}), "ticker/price").refusal == (400, code)


def test_more_than_a_hundred_symbols() -> None:
    """S-52: only on the tickers of a window."""
    symbols = "[" + ",".join(f'"S{number}"' for number in range(101)) + "]"
    for path in ("ticker", "ticker/tradingDay"):
        reply = public(encode({"symbols": symbols}), path)
        assert (*reply.refusal, reply.msg) == (
            400, -1101, "Too many values sent for parameter 'symbols', maximum allowed up to 100.",
        )  # fmt: skip
        assert public(encode({"symbols": symbols.replace(',"S100"', "")}), path).code == -1121
    assert public(encode({"symbols": symbols}), "ticker/24hr").code == -1121


@pytest.mark.parametrize(
    "path", ["ticker", "ticker/24hr", "ticker/price", "ticker/bookTicker", "exchangeInfo", "executionRules"]
)
def test_symbol_and_symbols_exclude_one_another(path: str) -> None:
    """S-54."""
    assert public(encode({"symbol": "BTCUSDT", "symbols": '["BTCUSDT"]'}), path).refusal == (400, -1128)


@pytest.mark.parametrize("limit", ["1001", "5000", "9223372036854775807"])
def test_a_limit_above_the_maximum_is_cut(limit: str) -> None:
    """S-55."""
    assert len(public(encode({"symbol": "BTCUSDT", "limit": limit}), "trades").ok()) == 576
    assert len(public(encode({"symbol": "BTCUSDT", "interval": "1m", "limit": limit})).ok()) == 1000


def test_a_limit_of_nothing_is_refused() -> None:
    assert public(b"symbol=BTCUSDT&limit=0", "trades").refusal == (400, -1130)
