"""The life of an interception, whatever the library."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from inspect import iscoroutinefunction, signature
from typing import Any

import aiohttp
import httpx
import pytest
import requests
import websockets.asyncio.client
import websockets.legacy.client
import websockets.sync.client
from urllib3.connectionpool import HTTPConnectionPool

from binance_mock import Mock
from binance_mock.interception import Interception, InterceptionError

from .recorders import Recorder

TIME = "https://api.binance.com/api/v3/time"


def paths(binance: Mock) -> list[str]:
    return [entry.path for entry in binance.requests]


def call() -> int:
    return requests.get(TIME, timeout=10).status_code


def originals() -> list[Any]:
    """Everything that an interception replaces."""
    owners: list[tuple[type, str]] = [
        (HTTPConnectionPool, "urlopen"),
        (httpx.HTTPTransport, "handle_request"),
        (httpx.AsyncHTTPTransport, "handle_async_request"),
        (aiohttp.ClientSession, "_request"),
        (websockets.asyncio.client.connect, "__init__"),
        (websockets.legacy.client.Connect, "__init__"),
        (websockets.sync.client.reconnect, "__init__"),
    ]
    return [owner.__dict__[name] for owner, name in owners] + [list(sys.meta_path)]


def same(left: list[Any], right: list[Any]) -> list[bool]:
    return [a is b or (isinstance(a, list) and a == b) for a, b in zip(left, right, strict=True)]


def test_everything_is_as_it_was_afterwards(binance: Mock) -> None:
    before = originals()
    with Interception(binance.url):
        assert not any(same(before, originals()))
        assert call() == 200
    assert all(same(before, originals()))


def test_start_and_stop(binance: Mock, escaped: Callable[[], list[str]]) -> None:
    interception = Interception(binance.url)
    assert interception.start() is interception
    assert call() == 200
    interception.stop()
    with pytest.raises(requests.ConnectionError):
        call()
    assert escaped() == ["api.binance.com"]
    with interception as again:
        assert again is interception
        assert call() == 200
    assert paths(binance) == ["/api/v3/time"] * 2


def test_an_exception_inside_passes_and_ends_it(binance: Mock) -> None:
    before = originals()
    with pytest.raises(KeyError), Interception(binance.url):
        raise KeyError
    assert all(same(before, originals()))


def test_starting_twice_is_an_error(binance: Mock) -> None:
    with Interception(binance.url) as interception:
        with pytest.raises(InterceptionError, match="is active; stop it first"):
            interception.start()
        assert call() == 200


def test_stopping_what_is_not_active_is_an_error(binance: Mock) -> None:
    with pytest.raises(InterceptionError, match="is not active; start it first"):
        Interception(binance.url).stop()


def test_the_last_to_start_is_the_first_to_stop(binance: Mock, recorder: Recorder) -> None:
    before = originals()
    outer, inner = Interception(binance.url), Interception(recorder.url)
    with outer:
        between = originals()
        with inner:
            with pytest.raises(InterceptionError, match="not the newest"):
                outer.stop()
            assert call() == 200
            assert (len(recorder.seen), len(binance.requests)) == (1, 0)
        assert all(same(between, originals()))
        assert call() == 200
        assert (len(recorder.seen), len(binance.requests)) == (1, 1)
    assert all(same(before, originals()))


def test_an_outer_strict_one_sees_what_the_inner_lets_through(binance: Mock, recorder: Recorder) -> None:
    inner = Interception(recorder.url, passthrough=["testnet.binance.vision"])
    with Interception(binance.url, strict=True), inner:
        requests.get("https://testnet.binance.vision/api/v3/ping", timeout=10)
        with pytest.raises(requests.ConnectionError, match=r"refused a call to example\.org"):
            requests.get("https://example.org", timeout=10)
    assert paths(binance) == ["/api/v3/ping"]


def test_a_patch_of_somebody_else_is_not_thrown_away(binance: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    with Interception(binance.url) as interception:
        with monkeypatch.context() as patch:
            patch.setattr(aiohttp.ClientSession, "_request", None)
            with pytest.raises(InterceptionError, match=r"ClientSession\._request"):
                interception.stop()
        assert call() == 200


def test_a_start_that_fails_leaves_nothing(binance: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(websockets.legacy.client, "Connect")
    before = list(sys.meta_path), HTTPConnectionPool.__dict__["urlopen"]
    interception = Interception(binance.url)
    with pytest.raises(AttributeError):
        interception.start()
    assert (sys.meta_path, HTTPConnectionPool.__dict__["urlopen"]) == before
    with pytest.raises(InterceptionError, match="not active"):
        interception.stop()


def test_a_wrong_url_is_told_at_once() -> None:
    with pytest.raises(ValueError, match=r"http://127\.0\.0\.1:8099"):
        Interception("https://127.0.0.1:8099")


# -- as a decorator, and asynchronously -------------------------------------------------------------------------------


def test_a_decorated_function(binance: Mock) -> None:
    before = originals()

    @Interception(binance.url)
    def trade(symbol: str, *, times: int = 1) -> list[Any]:
        """Trade."""
        return [symbol, *(call() for _ in range(times))]

    assert all(same(before, originals()))
    assert trade("BTCUSDT", times=2) == ["BTCUSDT", 200, 200]
    assert (trade.__name__, trade.__doc__, list(signature(trade).parameters)) == (
        "trade",
        "Trade.",
        ["symbol", "times"],
    )
    assert all(same(before, originals()))


def test_each_call_of_a_decorated_function_is_an_interception_of_its_own(binance: Mock) -> None:
    @Interception(binance.url)
    def recurse(depth: int) -> int:
        return recurse(depth - 1) + call() if depth else 0

    before = originals()
    assert recurse(3) == 600
    assert all(same(before, originals()))


def test_a_decorated_coroutine_function_is_intercepted_until_it_ends(binance: Mock) -> None:
    before = originals()

    @Interception(binance.url)
    async def trade() -> int:
        async with httpx.AsyncClient() as client:
            await asyncio.sleep(0)
            return (await client.get(TIME)).status_code

    assert iscoroutinefunction(trade)
    coroutine = trade()
    assert all(same(before, originals()))
    assert asyncio.run(coroutine) == 200
    assert all(same(before, originals()))


def test_a_decorated_function_that_raises(binance: Mock) -> None:
    before = originals()

    @Interception(binance.url)
    def fail() -> None:
        raise KeyError

    @Interception(binance.url)
    async def fail_later() -> None:
        raise KeyError

    with pytest.raises(KeyError):
        fail()
    with pytest.raises(KeyError):
        asyncio.run(fail_later())
    assert all(same(before, originals()))


def test_what_cannot_be_decorated(binance: Mock) -> None:
    def generator() -> Any:
        yield

    async def asynchronous_generator() -> Any:
        yield

    for wrong in (generator, asynchronous_generator, Recorder):
        with pytest.raises(TypeError, match="inside it"):
            Interception(binance.url)(wrong)


def test_async_with(binance: Mock) -> None:
    async def trade() -> int:
        async with Interception(binance.url), aiohttp.ClientSession() as session, session.get(TIME) as response:
            return response.status

    before = originals()
    assert asyncio.run(trade()) == 200
    assert all(same(before, originals()))
