"""Connections over websockets and over aiohttp."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from types import ModuleType
from typing import Any

import aiohttp
import pytest
import websockets
import websockets.sync.client
from websockets.legacy.client import connect as legacy_connect

from binance_mock import Mock
from binance_mock.interception import Interception, NotIntercepted
from binance_mock.interception.route import Route
from binance_mock.interception.websockets_calls import WebsocketsCalls

from .recorders import Seen, SocketRecorder

asyncio_connect: Any = websockets.connect  # by this name before any interception
threading_connect, reconnect = websockets.sync.client.connect, websockets.sync.client.reconnect

Echo = Callable[..., str]
"""Connects to a URI, sends a text, and gives back what comes."""


def with_asyncio(connect: Any) -> Echo:
    def echo(uri: str, **options: Any) -> str:
        async def call() -> str:
            async with connect(uri, **options) as connection:
                await connection.send("hello")
                return str(await connection.recv())

        return asyncio.run(call())

    return echo


def with_threads(connect: Any) -> Echo:
    def echo(uri: str, **options: Any) -> str:
        with connect(uri, **options) as connection:
            connection.send("hello")
            return str(connection.recv())

    return echo


def with_aiohttp(uri: str, **options: Any) -> str:
    async def call() -> str:
        async with aiohttp.ClientSession() as session, session.ws_connect(uri, **options) as connection:
            await connection.send_str("hello")
            return str(await connection.receive_str())

    return asyncio.run(call())


WEBSOCKETS = {
    "asyncio": with_asyncio(asyncio_connect),
    "legacy": with_asyncio(legacy_connect),
    "threading": with_threads(threading_connect),
    "threading, reconnecting": with_threads(reconnect),
}


@pytest.fixture(params=[*WEBSOCKETS, "aiohttp"])
def echo(request: pytest.FixtureRequest) -> Echo:
    """One of the clients."""
    return WEBSOCKETS.get(request.param, with_aiohttp)


@pytest.mark.parametrize(
    ("uri", "target", "host"),
    [
        ("wss://stream.binance.com:9443/ws/btcusdt@trade", "/ws/btcusdt@trade", "stream.binance.com:9443"),
        ("wss://stream.binance.com:443/ws", "/ws", "stream.binance.com"),
        ("wss://ws-api.binance.com/ws-api/v3", "/ws-api/v3", "ws-api.binance.com"),
        (
            "wss://fstream.binance.com/stream?streams=btcusdt@trade/ethusdt@depth",
            "/stream?streams=btcusdt@trade/ethusdt@depth",
            "fstream.binance.com",
        ),
        ("ws://stream.testnet.binance.vision/ws", "/ws", "stream.testnet.binance.vision"),
        ("wss://nbstream.binance.com", "/", "nbstream.binance.com"),
    ],
)
def test_the_handshake_reaches_the_mock(echo: Echo, sockets: SocketRecorder, uri: str, target: str, host: str) -> None:
    with Interception(f"{sockets.url}/w/t1"):
        assert echo(uri) == "hello"
    assert sockets.seen == [Seen("/w/t1" + target, host)]


def test_a_proxy_of_the_environment_is_left_out(
    echo: Echo, sockets: SocketRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "socks_proxy"):
        monkeypatch.setenv(name, "http://proxy.example.org:3128")
    with Interception(sockets.url):
        assert echo("wss://stream.binance.com/ws") == "hello"


def test_tls_is_left_out(echo: Echo, sockets: SocketRecorder) -> None:
    with Interception(sockets.url):
        assert echo("wss://stream.binance.com/ws", ssl=ssl.create_default_context()) == "hello"


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("asyncio", {"proxy": "http://proxy.example.org:1", "server_hostname": "x", "host": "example.org", "port": 1}),
        ("legacy", {"server_hostname": "x", "host": "example.org", "port": 1}),
        ("threading", {"proxy": "http://proxy.example.org:1", "server_hostname": "x"}),
    ],
)
def test_other_ways_to_the_host_are_left_out(sockets: SocketRecorder, name: str, options: dict[str, Any]) -> None:
    with Interception(sockets.url):
        assert WEBSOCKETS[name]("wss://stream.binance.com/ws", **options) == "hello"
    assert sockets.seen == [Seen("/ws", "stream.binance.com")]


def test_a_uri_given_by_name(sockets: SocketRecorder) -> None:
    with Interception(sockets.url), threading_connect(uri="wss://stream.binance.com/ws") as connection:
        connection.send("hello")
        assert connection.recv() == "hello"
    assert sockets.seen == [Seen("/ws", "stream.binance.com")]


def test_releases_whose_threading_client_is_a_function(sockets: SocketRecorder) -> None:
    def connect(uri: str, **options: Any) -> Any:
        return threading_connect(uri, **options)

    module = ModuleType("websockets.sync.client")
    module.connect = connect  # type: ignore[attr-defined]  # modules take any attribute
    calls = WebsocketsCalls(Route(f"{sockets.url}/w/t1"))
    calls.install(module)
    try:
        tls = ssl.create_default_context()
        assert with_threads(connect)("wss://stream.binance.com/ws?x=%2B", ssl=tls, server_hostname="x") == "hello"
    finally:
        calls.remove()
    assert sockets.seen == [Seen("/w/t1/ws?x=%2B", "stream.binance.com")]


def test_interceptions_nest(echo: Echo, binance: Mock, sockets: SocketRecorder) -> None:
    with Interception(binance.url, strict=True), Interception(sockets.url):
        assert echo("wss://stream.binance.com/ws") == "hello"
    assert not list(binance.requests)


def test_the_mock_serves_no_websockets_yet(echo: Echo, binance: Mock) -> None:
    refusals = (websockets.InvalidHandshake, aiohttp.WSServerHandshakeError)
    with Interception(binance.url), pytest.raises(refusals):
        echo("wss://stream.binance.com:9443/ws")


def test_local_and_wrong_uris_are_left_alone(echo: Echo, binance: Mock, sockets: SocketRecorder) -> None:
    with Interception(binance.url, strict=True):
        assert echo(sockets.url.replace("http", "ws") + "/here") == "hello"
        with pytest.raises((websockets.InvalidURI, aiohttp.InvalidURL)):
            echo("stream.binance.com/ws")
    assert [seen.target for seen in sockets.seen] == ["/here"]


def test_other_hosts_pass(echo: Echo, binance: Mock, escaped: Callable[[], list[str]]) -> None:
    with Interception(binance.url), pytest.raises((OSError, aiohttp.ClientError)):
        echo("wss://stream.binance.com.evil.org/ws")
    assert escaped() == ["stream.binance.com.evil.org"]


def test_strict_refuses_other_hosts(echo: Echo, binance: Mock) -> None:
    kind = aiohttp.ClientConnectionError if echo is with_aiohttp else OSError
    with Interception(binance.url, strict=True), pytest.raises(kind, match=r"refused a call to example\.org") as raised:
        echo("wss://example.org/ws")
    assert isinstance(raised.value, NotIntercepted)
