"""Whatever is sent, the mock does not break: it answers as Binance would, and what it refuses changes nothing.

Every endpoint is sent broken values in the place of good ones, signed properly so that they are looked at, and raw
bytes without a signature. Orders of all types come near the filters.
"""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.mock_server.engine.snapshots import market_state
from tests.mock_server.spot_client import NOW, SpotClient, few_symbols, frozen_world, open_client, read
from tests.mock_server.venues.spot.scenes import SCENES

from binance_mock.gate.journal import Verdict
from binance_mock.gate.keys import ApiKey
from binance_mock.gate.limiters import LimitInterval, LimitKind
from binance_mock.gate.request import Request
from binance_mock.venues.endpoint import Endpoint
from binance_mock.venues.spot.endpoints import ENDPOINTS
from binance_mock.venues.spot.settings import SpotSettings
from binance_mock.world import World, WorldSettings

SYMBOLS: Final = few_symbols("BTCUSDT", "SHIBUSDT", "币安人生USDT")
SMALL: Final = WorldSettings(spot=SpotSettings(levels=3, history_hours=1), journal_size=2)

VALUES: Final = [
    b"", b"0", b"1", b"-0", b"-0.0", b"-1", b"+1", b"%2B1", b" 1", b"1%20", b"0.01", b"0.00000001", b"0.000000001",
    b"1e-7", b"1E5", b"1e400", b"1" + b"0" * 400, b"1." + b"0" * 400 + b"1", b"9" * 20, b"9" * 21, b"0x10", b"1_000",
    b"9223372036854775807", b"9223372036854775808", b"92233720368.54775807", b"92233720368.54775808",
    b"99999999999999999999.99999999",
    b"NaN", b"nan", b"inf", b"-Infinity", b"%D9%A3", b"%F0%9D%9F%9B", b"%C2%B2", b"1%0A", b"1%00", b"70000", b"80001",
    b"1000050", b"1000054", b"1483228799999", b"1700000000123", b"1700000000123456",
    b"%", b"%zz", b"%E0%A4%A", b"%FF", b"%00", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"%ED%A0%80",
    b"%F4%90%80%80", b"%0A",
    b"+", b"%2B", b"x" * 10_000, b"%41" * 3_000, "币安人生USDT".encode(), "İ".encode(), b"%EF%BB%BF1",
    b"null", b"None", b"true", b"TRUE", b"True", b"[]", b"[null]", b"{}", b'{"a":[{"b":1}]}', b"[" * 500 + b"]" * 500,
    b'["BTCUSDT"]', b'["BTCUSDT","BTCUSDT"]', b'[["BTCUSDT"]]', b'["BTCUSDT",1]', b'[""]', b"['BTCUSDT']",
    b"BTCUSDT", b"btcusdt", b"BTCUSDT%00", b"BTC/USDT", b"NOSUCH", b"B" * 51, b"..", b"-", b"_",
    b"BUY", b"buy", b"SELL", b"LIMIT", b"limit", b"MARKET", b"STOP_LOSS", b"TAKE_PROFIT_LIMIT", b"LIMIT_MAKER", b"GTC",
    b"IOC", b"FOK", b"gtc", b"GTX", b"1m", b"1M", b"1H", b"FULL", b"full", b"ACK", b"ONLY_NEW", b"ALLOW_FAILURE",
    b"CANCEL_ONLY", b"EXPIRE_BOTH", b"PRIMARY_PEG", b"TRADING", b"SPOT", b"14:00", b"-12:01", b"8:5", b"</script>",
]  # fmt: skip
"""Values as they stand on the wire: legal ones of other parameters, broken ones, and too much."""

TIMING: Final = ("timestamp", "recvWindow", "signature")
GOOD: Final = {scene.call: scene.params for scene in SCENES}


def busy_client() -> SpotClient:
    """A client of a small world in which something has happened."""
    client = SpotClient(frozen_world(SMALL, SYMBOLS))
    other = open_client(client.world, "other", BTC=2, USDT=200_000)
    for symbol in SYMBOLS.symbols:
        client.public("depth", symbol=symbol).ok()
    client.order(newClientOrderId="mine").ok()
    client.order("SELL", "STOP_LOSS", "0.01", stopPrice="70000").ok()
    other.order("SELL", "LIMIT", "0.5", "80001").ok()
    client.order("BUY", "MARKET", "0.1").ok()
    client.order("BUY", "LIMIT", "0.02", "80000").ok()
    return client


def state_of(world: World) -> dict[str, Any]:
    """All that a market order, a cancel or a query could have changed."""
    return {symbol: market_state(market) for symbol, market in world.spot.markets.items()}


def check_answer(client: SpotClient, request: Request, before: dict[str, Any] | None = None) -> int:
    """Send it; the answer has to be one of Binance's, and a refusal must not have changed anything.

    Returns:
        the status.
    """
    if before is None:
        before = state_of(client.world)
    response = client.respond(request)
    entry = client.world.journal.last
    assert entry.verdict in (Verdict.ACCEPTED, Verdict.REFUSED), entry.why
    assert response.status != 500
    reply = read(response)
    if reply.status in (403, 404) and reply.json is None:
        assert reply.body.startswith(b"<html>")
    else:
        text = response.body.decode("utf-8")
        json.loads(text, parse_constant=_no_constant)
    if reply.status >= 400 and reply.json is not None:
        assert reply.code < 0
        assert reply.msg
        assert reply.json.keys() <= {"code", "msg", "data"}
    if reply.status >= 400 and not (reply.json and "data" in reply.json):
        assert state_of(client.world) == before
    entry.show(client.world.keys)
    return reply.status


def _no_constant(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


raw_values = (
    st.sampled_from(VALUES)
    | st.binary(max_size=12)
    | st.decimals(-1, 10**9, places=9).map(lambda value: f"{value:f}".encode())
    | st.integers().map(lambda value: str(value).encode())
)
raw_names = st.sampled_from(
    [b"", b"x", b"%", b"\xff", b"Symbol", b"symbol%00", b"[]", b"timestam", b"__class__", b"call", b"fields"]
)


@st.composite
def spoilt(draw: st.DrawFn, item: Endpoint) -> tuple[bytes, bytes]:
    """The query and the body of a call in which up to three parameters are not what they should be."""
    pairs = [(name.encode(), str(value).encode()) for name, value in GOOD.get(f"{item.method} {item.path}", {}).items()]
    if not pairs and item.params:
        pairs = [(b"symbol", b"BTCUSDT")]
    known = [param.name.encode() for param in item.params] + ([b"recvWindow", b"timestamp"] if item.signed else [])
    names = st.sampled_from(known) | raw_names if known else raw_names
    for name in draw(st.lists(names, min_size=1, max_size=3)):
        kept = [pair for pair in pairs if pair[0] != name] if draw(st.integers(0, 9)) else pairs
        pairs = [*kept, (name, draw(raw_values))]
    if item.signed and not any(name == b"timestamp" for name, _ in pairs):
        pairs.append((b"timestamp", b"%d" % (NOW // 1000)))
    cut = draw(st.sampled_from([0, 0, len(pairs), len(pairs) // 2])) if item.method != "GET" else len(pairs)
    query, body = (b"&".join(name + b"=" + value for name, value in part) for part in (pairs[:cut], pairs[cut:]))
    return query, body


@pytest.mark.parametrize("item", ENDPOINTS, ids=str)
@settings(max_examples=settings().max_examples * 2 // 5)
@given(data=st.data())
def test_broken_values_of_known_parameters(item: Endpoint, data: st.DataObject) -> None:
    """Signed as it should be, so that everything behind the signature is reached."""
    query, body = data.draw(spoilt(item))
    client = busy_client()
    headers = {b"x-mbx-apikey": client.pair.api_key.encode()}
    if item.signed:
        signature = client.signed("GET", "", query + body).query.rpartition(b"signature=")[2]
        if body:
            body += b"&signature=" + signature
        else:
            query += (b"&" if query else b"") + b"signature=" + signature
            if query.startswith(b"signature="):
                return
    check_answer(client, Request(item.method, item.path, query, body, headers))


@pytest.mark.parametrize("item", ENDPOINTS, ids=str)
def test_each_broken_value_in_each_place(item: Endpoint) -> None:
    """One after the other, in one world: nothing that is refused leaves a trace."""
    client = busy_client()
    world = client.world
    for param in item.params:
        for value in VALUES:
            good = GOOD.get(f"{item.method} {item.path}", {"symbol": "BTCUSDT"})
            pairs = [(name.encode(), str(text).encode()) for name, text in good.items() if name != param.name]
            pairs += [(param.name.encode(), value)] + ([(b"timestamp", b"%d" % (NOW // 1000))] if item.signed else [])
            text = b"&".join(name + b"=" + value for name, value in pairs)
            request = client.signed(item.method, item.path, text) if item.signed else Request("GET", item.path, text)
            client.respond(request)
            assert world.journal.last.verdict in (Verdict.ACCEPTED, Verdict.REFUSED), (value, world.journal.last.why)
            world.desks["spot"].ip.unban(client.ip)
    for market in world.spot.markets.values():
        conserved(world)
        best_bid, best_ask = market.book.bids.best, market.book.asks.best
        assert best_bid is None or best_ask is None or best_bid.price < best_ask.price


def conserved(world: World) -> None:
    ledger = world.spot.ledger
    assert all(ledger.total(asset) == amount for asset, amount in ledger.deposited.items())
    for account in ledger:
        assert all(amount >= 0 for amount in (*account.free.values(), *account.locked.values()))


@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "", "get"]),
    path=st.sampled_from([item.path for item in ENDPOINTS] + ["/", "", "/api/v3/order\x00", "/api/v3/币安", "/\ud800"])
    | st.text(max_size=20),
    query=st.binary(max_size=60) | st.lists(st.sampled_from(VALUES), max_size=5).map(b"&=".join),
    body=st.binary(max_size=60),
    headers=st.dictionaries(
        st.sampled_from([b"x-mbx-apikey", b"x-mbx-time-unit", b"content-type", b"accept"]), st.binary(max_size=70)
    ),
    ip=st.sampled_from(["127.0.0.1", "", "::1", "nonsense"]),
)
@example("GET", "/api/v3/account", b"&&&===%%%", b"", {b"x-mbx-apikey": b"a" * 64}, "127.0.0.1")
@example("GET", "/api/v3/klines", b"symbol=" + b"%" * 500, b"", {}, "127.0.0.1")
@example("POST", "/api/v3/order", b"signature=", b"signature=&signature=", {b"x-mbx-apikey": b"a"}, "")
def test_any_bytes(method: str, path: str, query: bytes, body: bytes, headers: dict[bytes, bytes], ip: str) -> None:
    """Unsigned or with a signature that is none."""
    client = busy_client()
    check_answer(client, Request(method, path, query, body, headers, ip))


# -- orders near the filters ----------------------------------------------------------------------------------------

TYPES: Final = ["LIMIT", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT", "LIMIT_MAKER"]
amounts = st.sampled_from(
    [
        "0",
        "0.00001",
        "0.0001",
        "0.001",
        "0.00999",
        "0.01",
        "0.3",
        "1",
        "2",
        "9.99",
        "12.5",
        "104.34142",
        "104.34143",
        "9000",
    ]
)
prices = st.sampled_from(
    [
        "0", "0.01", "39999.99", "40000", "64000", "69999.999", "70000", "79999.99", "80000", "80001", "80008",
        "80024.01", "96000", "96000.01", "160000", "1000000", "1000000.01",
    ]
)  # fmt: skip
orders = st.fixed_dictionaries(
    {"side": st.sampled_from(["BUY", "SELL"]), "type": st.sampled_from(TYPES)},
    optional={
        "quantity": amounts,
        "price": prices,
        "timeInForce": st.sampled_from(["GTC", "GTC", "IOC", "FOK"]),
        "stopPrice": prices,
        "trailingDelta": st.sampled_from(["0", "9", "10", "2000", "2001"]),
        "icebergQty": amounts,
        "quoteOrderQty": st.sampled_from(["0", "4.99", "5", "700.12345678", "800000", "99999999"]),
        "newClientOrderId": st.sampled_from(["mine", "new"]),
        "newOrderRespType": st.sampled_from(["ACK", "RESULT", "FULL"]),
        "selfTradePreventionMode": st.sampled_from(["NONE", "EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER"]),
    },
)
NEEDED: Final = {
    "LIMIT": {"quantity": "0.01", "price": "70000", "timeInForce": "GTC"},
    "MARKET": {"quantity": "0.01"},
    "STOP_LOSS": {"quantity": "0.01", "stopPrice": "70000"},
    "STOP_LOSS_LIMIT": {"quantity": "0.01", "price": "70000", "timeInForce": "GTC", "stopPrice": "70000"},
    "TAKE_PROFIT": {"quantity": "0.01", "stopPrice": "96000"},
    "TAKE_PROFIT_LIMIT": {"quantity": "0.01", "price": "96000", "timeInForce": "GTC", "stopPrice": "96000"},
    "LIMIT_MAKER": {"quantity": "0.01", "price": "70000"},
}


@given(drawn=st.lists(orders, min_size=1, max_size=4), complete=st.booleans(), poor=st.booleans())
def test_orders_near_the_filters(drawn: list[dict[str, Any]], complete: bool, poor: bool) -> None:
    """A refused one leaves balances, books and tape as they were; an accepted one conserves money."""
    client = busy_client()
    if poor:
        client = open_client(client.world, "poor", BTC=1, USDT=8_000)
    for order in drawn:
        fields = {"symbol": "BTCUSDT", **(NEEDED[order["type"]] if complete else {}), **order}
        if complete and order["type"] == "MARKET" and "quoteOrderQty" in order:
            fields["quantity"] = order.get("quantity")
        check_answer(client, client.request("POST", "order/test", fields))
        check_answer(client, client.request("POST", "order", fields))
        conserved(client.world)


@given(drawn=orders, mode=st.sampled_from(["STOP_ON_FAILURE", "ALLOW_FAILURE"]), id=st.sampled_from(["mine", "nobody"]))
def test_replacing_near_the_filters(drawn: dict[str, Any], mode: str, id: str) -> None:
    """What the answer says of either half is what happened."""
    client = busy_client()
    fields = {"symbol": "BTCUSDT", **NEEDED[drawn["type"]], **drawn}
    fields |= {"cancelReplaceMode": mode, "cancelOrigClientOrderId": id}
    before = {row["orderId"] for row in client.get("allOrders", symbol="BTCUSDT").ok()}
    open_before = {row["orderId"] for row in client.get("openOrders").ok()}
    request = client.request("POST", "order/cancelReplace", fields)
    twin = busy_client().send(request)
    outcome = {"cancelResult": "", "newOrderResult": ""} | (twin.json.get("data") or twin.json)
    assert check_answer(client, request) == twin.status
    conserved(client.world)
    rows = {row["orderId"]: row for row in client.get("allOrders", symbol="BTCUSDT").ok()}
    cancelled = [order for order in open_before if rows[order]["status"] == "CANCELED"]
    placed = rows.keys() - before
    assert len(cancelled) == (outcome["cancelResult"] == "SUCCESS") <= (id == "mine")
    assert len(placed) == (outcome["newOrderResult"] == "SUCCESS")


@pytest.mark.parametrize("size", [10_000, 200_000])
@pytest.mark.parametrize(
    "item",
    [item for item in ENDPOINTS if item.group != "account" and item.path.endswith(("/order", "/klines"))],
    ids=str,
)
def test_very_long_requests(item: Endpoint, size: int) -> None:
    """Answered like short ones."""
    client = busy_client()
    for text in (b"a=" + b"1" * size, b"&a" * (size // 2), b"symbol=" + b"%20" * (size // 3), b"%" * size, b"=" * size):
        request = client.signed(item.method, item.path, text)
        assert check_answer(client, request) in (400, 403)


@pytest.mark.parametrize("at", [0, 1, 1_000_000, 10**14 - 1, 10**14, 253_402_300_800_000_000])
def test_any_time_of_the_clock(at: int) -> None:
    """From 1970 to the year 9999, a world works."""
    client = SpotClient(frozen_world(SMALL, SYMBOLS, at))
    for item in ENDPOINTS:
        params = dict(GOOD.get(f"{item.method} {item.path}", {"symbol": "BTCUSDT"}))
        text = "&".join(f"{name}={value}" for name, value in params.items()).encode()
        if item.signed:
            text += (b"&" if text else b"") + b"timestamp=%d" % (at if at >= 10**14 else at // 1000)
            request = client.signed(item.method, item.path, text)
        else:
            request = Request("GET", item.path, text)
        response = client.respond(request)
        assert response.status != 500, (item, client.journal().why)


@pytest.fixture(scope="module")
def asymmetric_client() -> SpotClient:
    """A client of a world with an Ed25519 and an RSA key."""
    client = SpotClient(frozen_world(SMALL, SYMBOLS))
    client.world.desks["spot"].ip.set_limit(LimitKind.REQUEST_WEIGHT, LimitInterval.MINUTE, 1, 10**9)
    for name, key in (("ed25519", Ed25519PrivateKey.generate()), ("rsa", rsa.generate_private_key(65537, 2048))):
        pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        client.world.keys.add(ApiKey.asymmetric(name, pem, account="default"))
    return client


@pytest.mark.parametrize("key", [b"ed25519", b"rsa"])
@given(signature=st.binary(max_size=90) | st.sampled_from(VALUES) | st.binary(max_size=260).map(b64encode))
@example(signature=b"A" * 86 + b"==")
@example(signature=b"A" * 342 + b"==")
@example(signature="ü".encode() * 44)
def test_any_bytes_as_an_asymmetric_signature(asymmetric_client: SpotClient, key: bytes, signature: bytes) -> None:
    """S-28, S-29: refused, never a fault of the mock."""
    query = b"timestamp=%d&signature=%s" % (NOW // 1000, signature)
    request = Request("GET", "/api/v3/account", query, b"", {b"x-mbx-apikey": key})
    assert check_answer(asymmetric_client, request, {}) in (400, 403)


@pytest.mark.long
@given(data=st.data())
def test_broken_values_at_length(data: st.DataObject) -> None:
    """As above, over all endpoints, for the long run."""
    item = data.draw(st.sampled_from(ENDPOINTS))
    query, body = data.draw(spoilt(item))
    client = busy_client()
    request = client.signed(item.method, item.path, query + body) if item.signed else Request("GET", item.path, query)
    check_answer(client, request)
