"""The signed placements of the API's documentation, byte for byte, at the moment they name (O-5, O-16 to O-19).

The pages show their digests beside a quantity of 1 where they belong to 0.01; what they print and what they mean are
both sent here. The contract of the examples is listed at their time, deep in the money at the index that worlds begin
with.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

import pytest
from tests.mock_server.spot_client import Reply, frozen_world, read
from tests.mock_server.venues.options.options_client import OptionsClient

from binance_mock.gate.keys import ApiKey
from binance_mock.gate.request import Request, Response
from binance_mock.world import WorldSettings

NOW_MS: Final = 1_611_825_601_400
CONTRACT: Final = "BTC-210129-40000-C"
PATH: Final = "/eapi/v1/order"
KEY: Final = "22BjeOROKiXJ3NxbR3zjh3uoGcaflPu3VMyBXAg8Jj2J1xVSnY0eB4dzacdE9IWn"
SECRET: Final = "YtP1BudNOWZE1ag5uzCkh4hIC7qSmQOu797r5EJBFGhxBYivjj8HIX0iiiPof5yG"
TABLE_KEY: Final = "dbefbc809e3e83c283a984c3a1459732ea7db1360ca80c5c2c8867408d28cc83"
TABLE_SECRET: Final = "2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9"
HEAD: Final = "symbol=BTC-210129-40000-C&side=BUY&type=LIMIT&timeInForce=GTC"
TAIL: Final = "price=2000&recvWindow=5000&timestamp=1611825601400"
MEANT: Final = f"{HEAD}&quantity=0.01&{TAIL}"
PRINTED: Final = f"{HEAD}&quantity=1&{TAIL}"
DIGEST: Final = "7c12045972f6140e765e0f2b67d28099718df805732676494238f50be830a7d7"
MIXED_DIGEST: Final = "fa6045c54fb02912b766442be1f66fab619217e551a4fb4f8a1ee000df914d8e"


def exchange(at_ms: int = NOW_MS) -> OptionsClient:
    """A world that stands still at a time and knows the keys of the documentation."""
    keys = (
        ApiKey.hmac(KEY, SECRET, account="default", label="example"),
        ApiKey.hmac(TABLE_KEY, TABLE_SECRET, account="default", label="table"),
    )
    return OptionsClient(frozen_world(WorldSettings(keys=keys), at=at_ms * 1000))


def send(options: OptionsClient, query: str, body: str, key: str = KEY) -> Reply:
    """The answer to a POST as curl sends it: with a body it is a form."""
    headers = {b"x-mbx-apikey": key.encode()}
    if body:
        headers[b"content-type"] = b"application/x-www-form-urlencoded"
    response = options.world.handle(Request("POST", PATH, query.encode(), body.encode(), headers))
    assert isinstance(response, Response)
    return read(response)


def digest(text: str) -> str:
    return hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    ("query", "body", "qty"),
    [
        # Example 1, O-16: a body.
        ("", f"{MEANT}&signature={DIGEST}", "0.01"),
        ("", f"{PRINTED}&signature=7b98bedaee09e23358f57d098876f29ede7df74202f7fccf164666bd3f3f84cb", "1.00"),
        # Example 2, O-17: a query.
        (f"{MEANT}&signature={DIGEST}", "", "0.01"),
        (f"{PRINTED}&signature=7b98bedaee09e23358f57d098876f29ede7df74202f7fccf164666bd3f3f84cb", "", "1.00"),
        # Example 3, O-18, as its curl line stands: both, and nothing between GTC and quantity.
        (HEAD, f"quantity=0.01&{TAIL}&signature={MIXED_DIGEST}", "0.01"),
        (
            HEAD,
            f"quantity=1&{TAIL}&signature=81471d04d85d7ccbcbd0495ebafaa1e547ffb1c495d1917963f4381249c76ce8",
            "1.00",
        ),
    ],
    ids=["1 as meant", "1 as printed", "2 as meant", "2 as printed", "3 as printed", "3 as its table"],
)
def test_the_examples_are_taken_as_they_stand(query: str, body: str, qty: str) -> None:
    """O-10 to O-12, O-16 to O-18"""
    options = exchange()
    assert CONTRACT in options.listed()
    order = send(options, query, body).ok()
    assert (order["symbol"], order["price"], order["quantity"]) == (CONTRACT, "2000.000", qty)
    assert order["status"] == "NEW"


@pytest.mark.parametrize(("index", "code"), [(33_000, -4002), (41_900, 0)])
def test_the_price_of_the_examples_depends_on_the_index(index: int, code: int) -> None:
    """O-46, O-47: the signature passes; then a buyer at 2000 is far above the mark, unless the call is in the money."""
    options = exchange()
    options.move_index(index)
    assert CONTRACT in options.listed()
    assert send(options, "", f"{MEANT}&signature={DIGEST}").code == code


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("", f"{PRINTED}&signature={DIGEST}"),
        (f"{PRINTED}&signature={DIGEST}", ""),
        (HEAD, f"quantity=1&{TAIL}&signature={MIXED_DIGEST}"),
        # With an `&` between the parts the third digest is another one (O-10).
        (HEAD, f"quantity=0.01&{TAIL}&signature={DIGEST}"),
    ],
)
def test_a_digest_beside_another_quantity_is_refused(query: str, body: str) -> None:
    """O-14, O-16, O-17: as the pages print the first two."""
    assert send(exchange(), query, body).refusal == (400, -1022)


def test_the_table_of_the_page_is_signed_but_names_no_option() -> None:
    """O-19: the signature passes, then the symbol is looked at."""
    options = exchange(1_591_702_613_943)
    text = "symbol=BTCUSDT&side=BUY&type=LIMIT&{}&recvWindow=5000&timestamp=1591702613943"
    for order, signature in (
        ("timeInForce=GTC&quantity=1&price=9000", "ec11dcc17e67e47f0d3c3f513dfe9062307e37619c5c82ebaa8fe0bdf3d59519"),
        ("quantity=1&price=9000&timeInForce=GTC", "3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9"),
    ):
        reply = send(options, "", f"{text.format(order)}&signature={signature}", TABLE_KEY)
        assert (reply.status, reply.code, reply.msg) == (400, -1121, "Invalid symbol.")
        assert send(options, "", f"{text.format(order)}&signature={signature}").refusal == (400, -1022)


def test_a_signature_in_capitals() -> None:
    """O-11: the case of the hex does not matter, that of the key does."""
    options = exchange()
    send(options, "", f"{MEANT}&signature={DIGEST.upper()}").ok()
    assert send(options, "", f"{MEANT}&signature={DIGEST}", KEY.swapcase()).refusal == (401, -2015)


@pytest.mark.parametrize("cut", range(1, MEANT.count("&") + 1))
def test_query_and_body_may_share_the_parameters_anyhow(cut: int) -> None:
    """O-4, O-10: in any split, signed without anything in between."""
    parts = MEANT.split("&")
    query, body = "&".join(parts[:cut]), "&".join(parts[cut:])
    last = f"&signature={digest(query + body)}"
    assert send(exchange(), query, (body + last) if body else last[1:]).status == 200
    if body:
        assert send(exchange(), query + last, body).status == 200


def test_the_query_wins_over_the_body() -> None:
    """O-5: and the signature covers both texts."""
    body = "quantity=5&price=1&side=SELL"
    order = send(exchange(), MEANT, f"{body}&signature={digest(MEANT + body)}").ok()
    assert (order["quantity"], order["price"], order["side"]) == ("0.01", "2000.000", "BUY")


def test_parameters_come_in_any_order() -> None:
    """O-4"""
    text = "&".join(reversed(MEANT.split("&")))
    assert send(exchange(), "", f"{text}&signature={digest(text)}").status == 200


def test_a_name_twice_in_one_part_is_refused() -> None:
    """O-6"""
    text = f"{MEANT}&quantity=0.01"
    assert send(exchange(), text + f"&signature={digest(text)}", "").refusal == (400, -1101)


@pytest.mark.parametrize(
    ("late_ms", "refused"), [(-1000, True), (-999, False), (0, False), (5000, False), (5001, True)]
)
def test_the_examples_are_good_for_their_window(late_ms: int, refused: bool) -> None:
    """O-21: less than 1000 ms early, at most recvWindow late."""
    reply = send(exchange(NOW_MS + late_ms), "", f"{MEANT}&signature={DIGEST}")
    assert (reply.code == -1021) is refused
    assert reply.status == (400 if refused else 200)


@pytest.mark.parametrize(("verb", "path"), [("POST", "listenKey"), ("GET", "historicalTrades")])
def test_streams_and_market_data_need_the_key_alone(verb: str, path: str) -> None:
    """O-25: no timestamp and no signature, but a key."""
    options = exchange()
    assert options.keyed(path, KEY, verb=verb, symbol=CONTRACT).status == 200
    assert options.call(path, {"symbol": CONTRACT}, verb=verb).refusal == (401, -2014)


def test_an_order_needs_key_and_signature() -> None:
    """O-14, O-25, O-27"""
    options = exchange()
    reply = send(options, "", MEANT)
    assert (reply.refusal, "'signature'" in reply.msg) == ((400, -1102), True)
    response = options.world.handle(Request("POST", PATH, MEANT.encode(), b"", {}))
    assert isinstance(response, Response)
    assert read(response).refusal == (401, -2014)
