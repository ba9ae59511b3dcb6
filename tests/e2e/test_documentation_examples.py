"""The signed requests of Binance's own documentation, byte for byte, at the time at which they were made.

LTCBTC stands at the price of the examples, so that an accepted signature ends in a placed order.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from http.client import HTTPConnection
from typing import Any

import pytest

from binance_fixtures.signing import EXAMPLE_NOW_MS, EXAMPLE_PAIR, REST_VECTORS, RestVector

from .exchange import Exchange, units

IN_QUERY, IN_BODY, MIXED, NOT_ASCII = REST_VECTORS
FORM = "application/x-www-form-urlencoded"
INVALID_SYMBOL = {"code": -1121, "msg": "Invalid symbol."}
INVALID_SIGNATURE = {"code": -1022, "msg": "Signature for this request is not valid."}


@pytest.fixture
def then(exchange: Exchange) -> Exchange:
    """The exchange at the time of the examples."""
    exchange.freeze(EXAMPLE_NOW_MS)
    exchange.set_price("LTCBTC", "0.1")
    return exchange


def with_signature(vector: RestVector, signature: str | None = None) -> tuple[str, str]:
    """Query and body as the documentation sends them: the signature is the last parameter of what is sent last."""
    end = f"&signature={signature or vector.signature}"
    return (vector.query, vector.body + end) if vector.body else (vector.query + end, "")


def send(exchange: Exchange, query: str, body: str) -> tuple[int, Any]:
    """Post an order with no library between the text and the socket."""
    connection = HTTPConnection("127.0.0.1", exchange.port)
    try:
        headers = {"X-MBX-APIKEY": EXAMPLE_PAIR.api_key}
        if body:
            headers["Content-Type"] = FORM
        connection.request("POST", f"/api/v3/order?{query}" if query else "/api/v3/order", body or None, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def check_placed(exchange: Exchange, status: int, row: Any) -> None:
    assert (status, row["status"], row["symbol"]) == (200, "NEW", "LTCBTC"), row
    assert (row["price"], row["origQty"], row["transactTime"]) == ("0.10000000", "1.00000000", EXAMPLE_NOW_MS)
    assert exchange.balance("BTC") == (units("9.9"), units("0.1"))


# -- over a plain socket ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", [IN_QUERY, IN_BODY, MIXED], ids=lambda vector: vector.title)
@pytest.mark.parametrize("case", [str.lower, str.upper])
def test_an_example_is_placed(then: Exchange, vector: RestVector, case: Any) -> None:
    """Query, body and both; the letter case of the hex digits does not matter (rules S-25, S-27)."""
    status, row = send(then, *with_signature(vector, case(vector.signature)))
    check_placed(then, status, row)


@pytest.mark.parametrize("case", [str.lower, str.upper])
def test_the_example_outside_ascii_passes_the_signature_check(then: Exchange, case: Any) -> None:
    """Its symbol is not listed, which is found out after the signature (rules S-26, S-42)."""
    answer = send(then, *with_signature(NOT_ASCII, case(NOT_ASCII.signature)))
    assert answer == (400, INVALID_SYMBOL)


@pytest.mark.parametrize("vector", REST_VECTORS, ids=lambda vector: vector.title)
def test_an_example_with_one_digit_changed_is_refused(then: Exchange, vector: RestVector) -> None:
    digit = "0" if vector.signature[0] != "0" else "1"
    answer = send(then, *with_signature(vector, digit + vector.signature[1:]))
    assert answer == (400, INVALID_SIGNATURE)


def test_the_mixed_example_signed_as_if_it_were_joined_with_an_ampersand_is_refused(then: Exchange) -> None:
    """The signature of the whole query is no signature of its two parts."""
    assert send(then, *with_signature(MIXED, IN_QUERY.signature)) == (400, INVALID_SIGNATURE)


@pytest.mark.parametrize(("moved", "accepted"), [(5000, True), (5001, False), (-999, True), (-1000, False)])
def test_an_example_is_good_for_five_seconds(exchange: Exchange, moved: int, accepted: bool) -> None:
    exchange.freeze(EXAMPLE_NOW_MS + moved)
    exchange.set_price("LTCBTC", "0.1")
    status, row = send(exchange, *with_signature(IN_QUERY))
    assert (status, row.get("code")) == ((200, None) if accepted else (400, -1021))  # S-20


# -- with curl, as printed --------------------------------------------------------------------------------------------


def curl(exchange: Exchange, *arguments: str) -> tuple[int, Any]:
    """Run curl with arguments of the documentation, where only the host is another."""
    program = shutil.which("curl")
    assert program is not None, "these tests need curl: install it, or run them with `make test`"
    moved = [argument.replace("https://api.binance.com", exchange.url) for argument in arguments]
    quiet = ("--disable", "--silent", "--show-error", "--noproxy", "*", "--write-out", "\n%{http_code}")
    done = subprocess.run([program, *quiet, *moved], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    body, _, status = done.stdout.rpartition("\n")
    return int(status), json.loads(body)


KEY = ("-H", f"X-MBX-APIKEY: {EXAMPLE_PAIR.api_key}")
URL = "https://api.binance.com/api/v3/order"


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("-X", "POST", f"{URL}?{with_signature(IN_QUERY)[0]}"), id="query"),
        pytest.param(("-X", "POST", URL, "-d", with_signature(IN_BODY)[1]), id="body"),
        pytest.param(("-X", "POST", f"{URL}?{MIXED.query}", "-d", with_signature(MIXED)[1]), id="mixed"),
    ],
)
def test_a_curl_line_is_accepted(then: Exchange, arguments: tuple[str, ...]) -> None:
    check_placed(then, *curl(then, *KEY, *arguments))


def test_the_curl_line_outside_ascii_is_accepted(then: Exchange) -> None:
    answer = curl(then, *KEY, "-X", "POST", f"{URL}?{with_signature(NOT_ASCII)[0]}")
    assert answer == (400, INVALID_SYMBOL)


def test_a_curl_line_without_its_key_is_not(then: Exchange) -> None:
    answer = curl(then, "-X", "POST", f"{URL}?{with_signature(IN_QUERY)[0]}")
    assert answer == (401, {"code": -2014, "msg": "API-key format invalid."})


def test_public_curl_lines(then: Exchange) -> None:
    assert curl(then, "https://api.binance.com/api/v3/ping") == (200, {})
    assert curl(then, "https://api.binance.com/api/v3/time") == (200, {"serverTime": EXAMPLE_NOW_MS})
    some = curl(then, "-g", 'https://api.binance.com/api/v3/ticker/price?symbols=["LTCBTC","BTCUSDT"]')
    assert [row["symbol"] for row in some[1]] == ["LTCBTC", "BTCUSDT"]
