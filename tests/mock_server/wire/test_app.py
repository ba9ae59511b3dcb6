"""HTTP in and out: framing, bounds, broken connections, and what is no HTTP at all."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from binance_mock import Mock
from binance_mock.reception import MOST_BODY, MOST_QUERY
from binance_mock.wire.protocol import MOST_HEADERS

from .conftest import NOW_MS, Wire

PING = "GET /api/v3/ping HTTP/1.1"
UNKNOWN = {"code": -1000, "msg": "An unknown error occurred while processing the request."}
TOO_LARGE = {"code": -1101, "msg": "Too many parameters sent for this endpoint."}
JSON = "application/json;charset=UTF-8"


def order(binance: Mock) -> str:
    """Head of a signed order without body."""
    query = f"symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.1&timestamp={NOW_MS}"
    signature = hmac.new(binance.api_secret.encode(), query.encode(), hashlib.sha256).hexdigest()
    return (
        f"POST /api/v3/order?{query}&signature={signature} HTTP/1.1\nX-MBX-APIKEY: {binance.api_key}\nContent-Length: 0"
    )


def healthy(wire: Wire) -> bool:
    return wire.ask(PING).status == 200


# -- broken connections ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "bought"), [("reset_before", "0.0"), ("reset_after", "0.1")])
def test_a_reset_reaches_the_client_as_one(binance: Mock, wire: Wire, kind: str, bought: str) -> None:
    binance.account.set_balances(BTC="0")
    binance.account.set(bnb_burn=True)  # so that no commission is taken from what is bought
    binance.faults.add(kind, path="/api/v3/order")
    with pytest.raises(ConnectionResetError):
        wire.ask(order(binance))
    assert float(binance.account.balance("BTC").free) == float(bought)
    assert (binance.requests.last.verdict, binance.requests.last.fault) == ("fault", f"{kind}-1")


def test_a_truncated_body_breaks_off_in_the_middle(binance: Mock, wire: Wire) -> None:
    binance.faults.add("truncated_body", path="/api/v3/time")
    wire.send(b"GET /api/v3/time HTTP/1.1\r\nHost: mock\r\n\r\n")
    head, _, body = wire.rest().partition(b"\r\n\r\n")
    whole = b'{"serverTime":%d}' % NOW_MS
    assert f"content-length: {len(whole)}".encode() in head
    assert body == whole[: len(whole) // 2]


def test_the_next_connection_is_undisturbed(binance: Mock, wire: Wire, port: int) -> None:
    binance.faults.add("reset_before", times=1)
    with pytest.raises(ConnectionResetError):
        wire.ask(PING)
    with Wire(port) as other:
        assert healthy(other)


# -- bounds ----------------------------------------------------------------------------------------------------------


def test_a_query_and_a_body_may_be_as_large_as_the_bounds(wire: Wire) -> None:
    assert wire.ask(f"GET /api/v3/ping?{'a' * MOST_QUERY} HTTP/1.1").json != TOO_LARGE
    body = b"a" * MOST_BODY
    assert wire.ask(f"POST /api/v3/order HTTP/1.1\nContent-Length: {len(body)}", body).json != TOO_LARGE


def test_a_query_that_is_too_large(wire: Wire) -> None:
    answer = wire.ask(f"GET /api/v3/ping?{'a' * (MOST_QUERY + 1)} HTTP/1.1")
    assert (answer.status, answer.headers["content-type"], answer.json) == (400, JSON, TOO_LARGE)
    assert healthy(wire)


@pytest.mark.parametrize("size", [MOST_BODY + 1, 20 * MOST_BODY])
def test_a_body_that_is_too_large(wire: Wire, size: int) -> None:
    answer = wire.ask(f"POST /api/v3/order HTTP/1.1\nContent-Length: {size}", b"a" * size)
    assert (answer.status, answer.headers["content-type"], answer.json) == (400, JSON, TOO_LARGE)
    assert healthy(wire)


def test_a_chunked_body_that_is_too_large(wire: Wire) -> None:
    chunk = b"8000\r\n" + b"a" * 0x8000 + b"\r\n"
    answer = wire.ask("POST /api/v3/order HTTP/1.1\nTransfer-Encoding: chunked", 3 * chunk + b"0\r\n\r\n")
    assert (answer.status, answer.json) == (400, TOO_LARGE)
    assert healthy(wire)


@pytest.mark.parametrize("count", [1, 100])
def test_headers_that_are_too_large(wire: Wire, count: int) -> None:
    """However they arrive: in one chunk that holds the whole head, or in many."""
    lines = "".join(f"\nX-Padding-{i}: {'a' * (MOST_HEADERS // count)}" for i in range(count))
    answer = wire.ask(PING + lines)
    assert (answer.status, answer.json, answer.headers["connection"]) == (400, UNKNOWN, "close")


def test_headers_below_the_bound_are_taken(wire: Wire) -> None:
    assert wire.ask(f"{PING}\nX-Padding: {'a' * (MOST_HEADERS - 1000)}").status == 200
    assert healthy(wire)


def test_headers_without_end_are_refused(wire: Wire) -> None:
    wire.send(b"GET /api/v3/ping HTTP/1.1\r\n")
    with pytest.raises(ConnectionError):  # noqa: PT012  # one of many lines meets the closed connection
        for i in range(1_000_000):
            wire.send(b"X-%d: %s\r\n" % (i, b"a" * 1000))


def test_a_target_without_end_is_refused(wire: Wire) -> None:
    wire.send(b"GET /")
    with pytest.raises(ConnectionError):  # noqa: PT012  # one of many pieces meets the closed connection
        for _ in range(1_000_000):
            wire.send(b"a" * 1000)


# -- framing ---------------------------------------------------------------------------------------------------------


def test_pipelined_requests_are_answered_in_order(binance: Mock, wire: Wire) -> None:
    paths = ["/api/v3/time", "/nowhere", "/api/v3/ping", "/_mock/clock"]
    wire.send(b"".join(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() for path in paths))
    answers = [wire.read() for _ in paths]
    assert [answer.status for answer in answers] == [200, 404, 200, 200]
    assert [answer.json.get("serverTime", answer.json.get("now_ms")) for answer in answers] == [
        NOW_MS,
        None,
        None,
        NOW_MS,
    ]
    assert [entry.path for entry in binance.requests] == paths[:3]


def test_many_pipelined_requests_are_no_large_head(wire: Wire) -> None:
    """A chunk that holds many requests and ends in the middle of one."""
    count = 2 * MOST_HEADERS // 400
    wire.send((PING.encode() + b"\r\nX-Padding: " + b"a" * 400 + b"\r\n\r\n") * count + b"GET /api/v3/ti")
    assert [wire.read().status for _ in range(count)] == [200] * count
    wire.send(b"me HTTP/1.1\r\n\r\n")
    assert wire.read().json == {"serverTime": NOW_MS}


def test_a_delayed_answer_keeps_its_place(binance: Mock, wire: Wire) -> None:
    binance.faults.add("latency", ms=5000, path="/api/v3/time")
    wire.send(b"GET /api/v3/time HTTP/1.1\r\n\r\nGET /api/v3/ping HTTP/1.1\r\n\r\n")
    assert wire.read().json == {"serverTime": NOW_MS + 5000}
    assert wire.read().json == {}


def test_a_chunked_body_is_read_as_one(binance: Mock, wire: Wire) -> None:
    chunks = b"7\r\nsymbol=\r\n7\r\nBTCUSDT\r\n0\r\n\r\n"
    assert wire.ask("POST /api/v3/order HTTP/1.1\nTransfer-Encoding: chunked", chunks).json["code"] == -2014
    assert binance.requests.last.body == "symbol=BTCUSDT"
    assert healthy(wire)


def test_a_body_in_pieces_is_read_as_one(binance: Mock, wire: Wire) -> None:
    wire.send(b"POST /api/v3/order HTTP/1.1\r\nContent-Length: 14\r\n\r\n")
    for piece in (b"symbol", b"=BTC", b"USDT"):
        binance.clock.freeze(NOW_MS)  # a turn of the server
        wire.send(piece)
    assert wire.read().status == 401
    assert binance.requests.last.body == "symbol=BTCUSDT"


def test_a_body_with_get_does_not_hurt_the_next_request(wire: Wire) -> None:
    assert wire.ask("GET /api/v3/ping HTTP/1.1\nContent-Length: 5", b"a=b&c").status == 200
    assert healthy(wire)


def test_a_client_that_asks_first_is_told_to_go_on(wire: Wire) -> None:
    wire.send(b"POST /api/v3/order HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
    assert wire.read(body=False).status == 100
    wire.send(b"a=b")
    assert wire.read().status == 401


def test_a_client_that_goes_away_leaves_nothing_behind(binance: Mock, port: int) -> None:
    with Wire(port) as gone:
        gone.send(b"POST /api/v3/order HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")
    with Wire(port) as other:
        assert healthy(other)
    assert [entry.path for entry in binance.requests] == ["/api/v3/ping"]


def test_http_1_0_closes_and_1_1_keeps_open(wire: Wire, port: int) -> None:
    assert wire.ask("GET /api/v3/ping HTTP/1.0").headers["connection"] == "close"
    assert wire.rest() == b""
    with Wire(port) as other:
        assert "connection" not in other.ask(PING).headers
        assert other.ask(f"{PING}\nConnection: close").headers["connection"] == "close"
        assert other.rest() == b""


def test_head_has_headers_and_no_body(binance: Mock, wire: Wire) -> None:
    wire.send(b"HEAD /api/v3/ping HTTP/1.1\r\n\r\n")
    head = wire.read(body=False)
    assert head.status == 405  # Binance serves GET there, and HEAD nowhere
    assert int(head.headers["content-length"]) > 0
    assert healthy(wire)


def test_options_is_answered_in_the_form_of_errors(wire: Wire) -> None:
    answer = wire.ask("OPTIONS /api/v3/ping HTTP/1.1")
    assert (answer.status, set(answer.json)) == (405, {"code", "msg"})


def test_a_websocket_is_refused_politely(wire: Wire) -> None:
    upgrade = "\nConnection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: AAAA"
    answer = wire.ask(f"GET /ws/btcusdt@trade HTTP/1.1{upgrade}")
    assert (answer.status, answer.json["code"]) == (404, -1020)


# -- what is no HTTP -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # a TLS greeting
        b"nonsense\r\n\r\n",
        b"GET\r\n\r\n",
        b"FLY /api/v3/ping HTTP/1.1\r\n\r\n",
        b"GET /api/v3/ping HTTP/9.9\r\n\r\n",
        b"GET /api/v3/\x00ping HTTP/1.1\r\n\r\n",
        b"GET /api/v3/\xe5\xb8\x81 HTTP/1.1\r\n\r\n",
        b"GET /api/v3/ping HTTP/1.1\r\nX: a\x00b\r\n\r\n",
        b"GET /api/v3/ping HTTP/1.1\r\nno header\r\n\r\n",
        b"POST /api/v3/order HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/v3/order HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST /api/v3/order HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST /api/v3/order HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    ],
)  # fmt: skip
def test_what_is_no_http_gets_400_and_the_connection_ends(binance: Mock, wire: Wire, data: bytes) -> None:
    wire.send(data)
    answer = wire.read()
    assert (answer.status, answer.headers["content-type"], answer.json) == (400, JSON, UNKNOWN)
    assert answer.headers["connection"] == "close"
    assert wire.rest() == b""
    assert len(binance.requests) == 0


def test_what_came_whole_before_nonsense_is_answered(wire: Wire) -> None:
    wire.send(2 * b"GET /api/v3/ping HTTP/1.1\r\n\r\n" + b"nonsense\r\n\r\n")
    assert wire.read().status == 200
    last = wire.read()
    assert (last.status, wire.rest()) == (200, b"")


@pytest.mark.parametrize("target", ["/api/v3/ping?symbol=币", "/api/v3/ping?a=\x7f", "/api/v3/%00ping", "/%e5%b8%81"])
def test_odd_targets_get_an_answer(wire: Wire, target: str) -> None:
    wire.send(f"GET {target} HTTP/1.1\r\n\r\n".encode())
    answer = wire.read()
    assert answer.status in (200, 400, 404)
    assert answer.headers["content-type"] == JSON


# -- time ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["before", "after"])
def test_latency_moves_a_clock_that_stands(binance: Mock, wire: Wire, stage: str) -> None:
    """A day is held back; that the test ends shows that nobody waited."""
    day = 86_400_000
    binance.faults.add("latency", ms=day, stage=stage, path="/api/v3/time")
    assert wire.ask("GET /api/v3/time HTTP/1.1").json == {"serverTime": NOW_MS + (day if stage == "before" else 0)}
    assert binance.clock.now_ms == NOW_MS + day


def test_latency_on_the_wall_leaves_a_clock_that_stands(binance: Mock, wire: Wire) -> None:
    binance.faults.add("latency", ms=1, wall=True)
    assert healthy(wire)
    assert binance.clock.now_ms == NOW_MS
