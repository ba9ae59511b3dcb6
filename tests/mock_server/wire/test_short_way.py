"""Requests that are answered at once, without ASGI: their answers are those of the long way, byte for byte."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import pytest
from tests.mock_server.spot_client import frozen_world

from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock.wire.app import App
from binance_mock.wire.protocol import Protocol
from binance_mock.wire.server import make_server
from binance_mock.worlds import Worlds

from .conftest import NOW_MS


class Line(asyncio.Transport):
    """The server's end of a connection."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.closed = False

    def write(self, data: Any) -> None:
        self.sent += data

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


class Alarm:
    """One call that a loop was asked for."""

    def __init__(self, at: float, ring: Callable[[], None]) -> None:
        self.at = at
        self.ring = ring

    def cancel(self) -> None:
        self.ring = lambda: None


class HandLoop:
    """A loop whose time is moved by hand; it only knows of timers."""

    def __init__(self) -> None:
        self.now = 100.0
        self.alarms: list[Alarm] = []

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, callback: Callable[[], None]) -> Alarm:
        self.alarms.append(Alarm(self.now + delay, callback))
        return self.alarms[-1]

    def move(self, seconds: float) -> None:
        self.now += seconds
        for alarm in [alarm for alarm in self.alarms if alarm.at <= self.now]:
            self.alarms.remove(alarm)
            alarm.ring()


def connect(loop: Any = None, **faults: dict[str, Any]) -> tuple[Protocol, Line]:
    world = frozen_world()
    for kind, settings in faults.items():
        world.faults.load([{"kind": kind, **settings}])
    server = make_server(App(Worlds(world)))
    server.config.load()
    line = Line()
    protocol = Protocol(server.config, server.server_state, {}, loop)
    protocol.connection_made(line)
    return protocol, line


def tell(*chunks: bytes, **faults: dict[str, Any]) -> tuple[bytes, bytes]:
    """What was sent when the last chunk had come in, and what in the end."""

    async def talk() -> tuple[bytes, bytes]:
        protocol, line = connect(asyncio.get_running_loop(), **faults)
        for chunk in chunks:
            protocol.data_received(chunk)
        at_once = line.sent
        for _ in range(20):
            await asyncio.sleep(0)
        protocol.connection_lost(None)
        return at_once, line.sent

    return asyncio.run(talk())


def order() -> bytes:
    form = (
        "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=60000&newClientOrderId=mine"
        f"&timestamp={NOW_MS}"
    )
    signature = hmac.new(EXAMPLE_PAIR.secret.encode(), form.encode(), hashlib.sha256).hexdigest()
    body = f"{form}&signature={signature}"
    head = f"POST /api/v3/order HTTP/1.1\r\nX-MBX-APIKEY: {EXAMPLE_PAIR.api_key}\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + body).encode()


PING = b"GET /api/v3/ping HTTP/1.1\r\nHost: mock\r\n\r\n"
USUAL = [
    PING,
    b"GET /api/v3/depth?symbol=BTCUSDT&limit=5 HTTP/1.1\r\n\r\n",
    b"GET /api/v3/depth?symbol=%E5 HTTP/1.1\r\n\r\n",
    b"GET /api/v3/nowhere? HTTP/1.1\r\n\r\n",
    b"GET /api/v3/ping HTTP/1.1\r\nContent-Length: 7\r\n\r\nsymbol=",
    b"DELETE /api/v3/order HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
    order(),
]
ODD = [
    b"HEAD /api/v3/ping HTTP/1.1\r\n\r\n",
    b"GET /api/v3/ping HTTP/1.0\r\n\r\n",
    b"GET /api/v3/ping HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    b"GET /api/v3/ping HTTP/1.1\r\nConnection: close\r\n\r\n",
    b"GET /api/v3/%70ing HTTP/1.1\r\n\r\n",
    b"POST /api/v3/order HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n",
    b"\r\n\r\n" + PING,
    PING + PING,
    PING + b"nonsense\r\n\r\n",
]


@pytest.mark.parametrize("request_", USUAL)
def test_a_usual_request_is_answered_at_once_and_as_on_the_long_way(request_: bytes) -> None:
    at_once, short = tell(request_)
    nothing, long = tell(request_[:5], request_[5:])
    assert at_once == short == long != b""
    assert nothing == b""


@pytest.mark.parametrize("request_", ODD)
def test_others_go_the_long_way(request_: bytes) -> None:
    at_once, whole = tell(request_)
    _, pieces = tell(request_[:5], request_[5:])
    assert at_once == b""
    assert whole == pieces != b""


def test_a_body_whose_length_is_not_known_is_waited_for() -> None:
    head, body = b"POST /api/v3/order HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"3\r\na=b\r\n0\r\n\r\n"
    assert tell(head) == (b"", b"")
    assert tell(head, body)[1] == tell(head + body)[1] != b""


def test_what_has_to_wait_is_taken_once() -> None:
    """Taken twice, the order would be a duplicate of itself."""
    latency = {"ms": 100, "path": "/api/v3/order", "stage": "after"}
    at_once, sent = tell(order(), latency=latency)
    assert at_once == b""
    assert sent.startswith(b"HTTP/1.1 200 ")
    assert b"x-mbx-order-count-10s: 1\r\n" in sent


def test_an_idle_connection_is_closed_when_its_time_is_over() -> None:
    loop = HandLoop()
    protocol, line = connect(loop)
    for _ in range(3):
        protocol.data_received(PING)
        loop.move(protocol.timeout_keep_alive - 1)
    assert not line.closed
    loop.move(1)
    assert line.closed


def test_a_request_that_is_under_way_keeps_its_connection() -> None:
    loop = HandLoop()
    protocol, line = connect(loop)
    protocol.data_received(PING)
    protocol.data_received(PING[:9])
    loop.move(10 * protocol.timeout_keep_alive)
    assert not line.closed
