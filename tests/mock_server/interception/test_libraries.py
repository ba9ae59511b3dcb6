"""What is particular to one HTTP library."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from typing import Any

import aiohttp
import httpx
import pytest
import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.util import Retry, Timeout

from binance_mock import Mock
from binance_mock.interception import Interception
from binance_mock.interception.urllib3_calls import Urllib3Calls

from .recorders import Recorder, Seen

PING = "https://api.binance.com/api/v3/ping"
PATH = "/api/v3/ping"


@pytest.fixture
def pool() -> Iterator[urllib3.HTTPSConnectionPool]:
    options: dict[str, Any] = {"timeout": Timeout(read=0.05), "retries": 0, "maxsize": 1, "block": True}
    with urllib3.HTTPSConnectionPool("api.binance.com", **options) as pool:
        yield pool


def twins(interception: Interception) -> list[urllib3.HTTPConnectionPool]:
    (calls,) = (calls for calls in interception._calls if isinstance(calls, Urllib3Calls))
    return list(calls._twins.values())


# -- urllib3 and requests ---------------------------------------------------------------------------------------------


def test_urllib3_retries_for_real(binance: Mock) -> None:
    binance.faults.add("unavailable_503", times=2)
    retry = Retry(total=3, status_forcelist=[503], backoff_factor=0)
    with Interception(binance.url), requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=retry))
        response = session.get(PING, timeout=10)
    assert response.status_code == 200
    assert len(response.raw.retries.history) == 2
    assert [entry.status for entry in binance.requests] == [503, 503, 200]


def test_urllib3_gives_up_for_real(binance: Mock) -> None:
    binance.faults.add("unavailable_503")
    retry = Retry(total=1, status_forcelist=[503], backoff_factor=0)
    with Interception(binance.url), requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=retry))
        with pytest.raises(requests.exceptions.RetryError):
            session.get(PING, timeout=10)
    assert len(binance.requests) == 2


def test_defaults_of_the_pool_hold(binance: Mock, pool: urllib3.HTTPSConnectionPool) -> None:
    binance.faults.add("latency", ms=60_000)
    with Interception(binance.url), pytest.raises(urllib3.exceptions.MaxRetryError, match=r"read timeout=0\.05"):
        pool.request("GET", PATH)
    assert len(binance.requests) == 1


def test_headers_of_the_pool_are_sent_and_stay_as_they_are(
    recorder: Recorder, pool: urllib3.HTTPSConnectionPool
) -> None:
    with Interception(recorder.url):
        for headers in ({}, {"Host": "other.example.org"}):
            pool.headers = dict(headers)
            pool.request("GET", PATH, timeout=10)
            assert pool.headers == headers
    assert [seen.host for seen in recorder.seen] == ["api.binance.com", "other.example.org"]


def test_a_pool_that_blocks_blocks(binance: Mock, pool: urllib3.HTTPSConnectionPool) -> None:
    with Interception(binance.url):
        response = pool.urlopen("GET", PATH, preload_content=False)
        with pytest.raises(urllib3.exceptions.EmptyPoolError):
            pool.urlopen("GET", PATH, pool_timeout=0.01)
        response.read()
        response.release_conn()
        assert pool.urlopen("GET", PATH, pool_timeout=0.01).status == 200


def test_a_closed_pool_is_closed(binance: Mock, pool: urllib3.HTTPSConnectionPool) -> None:
    with Interception(binance.url):
        pool.close()
        with pytest.raises(urllib3.exceptions.ClosedPoolError):
            pool.urlopen("GET", PATH)


def test_twins_are_closed_at_the_end_and_forgotten_with_their_pools(
    binance: Mock, pool: urllib3.HTTPSConnectionPool
) -> None:
    with Interception(binance.url) as interception:
        with requests.Session() as session:
            session.get(PING, timeout=10)
            session.get(PING, timeout=10)
            pool.request("GET", PATH)
            assert [twin.num_connections for twin in twins(interception)] == [1, 1]
        del session
        gc.collect()
        (twin,) = twins(interception)
    assert twin.pool is None


def test_a_session_made_before_is_caught_and_works_with_the_next_mock(binance: Mock, recorder: Recorder) -> None:
    with requests.Session() as session:
        for url in (binance.url, recorder.url, binance.url):
            with Interception(url):
                session.get(PING, timeout=10)
    assert (len(binance.requests), len(recorder.seen)) == (2, 1)


def test_an_absolute_url_on_a_pool(recorder: Recorder, pool: urllib3.HTTPSConnectionPool) -> None:
    with Interception(recorder.url):
        pool.urlopen("GET", f"{PING}?a=%2B", timeout=10)
        pool.urlopen("GET", "https://api.binance.com", timeout=10)
        pool.urlopen("GET", "https://example.org/x", timeout=10, assert_same_host=False)  # the pool's host, still
    assert recorder.seen == [Seen(target, "api.binance.com") for target in (f"{PATH}?a=%2B", "/", "/x")]


# -- httpx ------------------------------------------------------------------------------------------------------------


def test_transports_that_make_up_their_answers_are_left_alone(binance: Mock) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(418))
    with Interception(binance.url, strict=True), httpx.Client(transport=transport) as client:
        assert client.get(PING).status_code == 418
        assert client.get("https://example.org").status_code == 418
    assert not list(binance.requests)


@pytest.mark.parametrize("options", [{"uds": "/nowhere"}, {"proxy": "http://proxy.example.org:1"}])
def test_transports_that_do_not_connect_directly_are_replaced(binance: Mock, options: dict[str, Any]) -> None:
    async def call() -> int:
        async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(**options)) as client:
            return (await client.get(PING)).status_code

    with Interception(binance.url):
        with httpx.Client(transport=httpx.HTTPTransport(**options)) as client:
            response = client.get(PING)
            assert (response.status_code, str(response.request.url)) == (200, PING)
            with client.stream("GET", PING) as stream:
                assert b"".join(stream.iter_bytes()) == b"{}"
        assert asyncio.run(call()) == 200
    assert len(binance.requests) == 3


def test_bodies_are_sent_on(binance: Mock) -> None:
    with Interception(binance.url), httpx.Client() as client:
        client.post("https://api.binance.com/api/v3/order", data={"symbol": "BTCUSDT", "side": "a b"})
    assert (binance.requests.last.method, binance.requests.last.body) == ("POST", "symbol=BTCUSDT&side=a+b")


# -- aiohttp ----------------------------------------------------------------------------------------------------------


def run_aiohttp(url: str, method: str = "GET", session: dict[str, Any] | None = None, **options: Any) -> None:
    async def call() -> None:
        async with (
            aiohttp.ClientSession(**(session or {})) as client,
            client.request(method, url, **options) as response,
        ):
            await response.read()

    asyncio.run(call())


def test_a_base_url_and_parameters(recorder: Recorder) -> None:
    with Interception(f"{recorder.url}/w/t1"):
        run_aiohttp("ping", session={"base_url": "https://api.binance.com/api/v3/"}, params={"a": "1", "b": "x y"})
    assert recorder.seen == [Seen("/w/t1/api/v3/ping?a=1&b=x+y", "api.binance.com")]


@pytest.mark.parametrize("key", ["headers", "session"])
def test_headers_in_any_form(recorder: Recorder, key: str) -> None:
    given = [("host", "other.example.org")]
    options: dict[str, Any] = {"headers": given} if key == "headers" else {"session": {"headers": given}}
    with Interception(recorder.url):
        run_aiohttp(PING, **options)
    assert recorder.seen == [Seen(PATH, "other.example.org")]


def test_tls_and_proxy_of_session_and_call_are_dropped(recorder: Recorder) -> None:
    proxy = "http://proxy.example.org:1"
    with Interception(recorder.url):
        run_aiohttp(PING, ssl=False, server_hostname="x", proxy=proxy)
        run_aiohttp(PING, session={"proxy": proxy})
    assert [seen.target for seen in recorder.seen] == [PATH, PATH]


def test_aiohttp_sends_bodies_on(binance: Mock) -> None:
    with Interception(binance.url):
        run_aiohttp("https://api.binance.com/api/v3/order", "POST", data={"symbol": "BTCUSDT"})
    assert (binance.requests.last.method, binance.requests.last.body) == ("POST", "symbol=BTCUSDT")


@pytest.mark.parametrize("url", ["/relative", "ftp://api.binance.com", "https://"])
def test_aiohttp_says_itself_what_is_wrong_with_a_url(binance: Mock, url: str) -> None:
    with pytest.raises(aiohttp.ClientError) as plain:
        run_aiohttp(url)
    with Interception(binance.url, strict=True), pytest.raises(type(plain.value)) as raised:
        run_aiohttp(url)
    assert str(raised.value) == str(plain.value)
