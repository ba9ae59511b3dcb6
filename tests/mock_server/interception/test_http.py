"""What is the same for every HTTP library: requests, urllib3, httpx in both kinds, aiohttp."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable

import aiohttp
import httpx
import pytest
import requests
import urllib3

from binance_mock import Mock
from binance_mock.interception import Interception, NotIntercepted

from .clients import Get, get_aiohttp, get_httpx, get_httpx_async, get_requests, get_urllib3
from .recorders import Recorder, Seen

PROXY = "http://proxy.example.org:3128"
REFUSALS: dict[Get, type[Exception]] = {
    get_requests: requests.ConnectionError,
    get_urllib3: urllib3.exceptions.ProtocolError,
    get_httpx: httpx.ConnectError,
    get_httpx_async: httpx.ConnectError,
    get_aiohttp: aiohttp.ClientConnectionError,
}
FAILURES = (*set(REFUSALS.values()), urllib3.exceptions.HTTPError, OSError)

TARGETS = [
    "/",
    "/api/v3/order?symbol=BTCUSDT&timestamp=1&signature=abc",
    "/api/v3/order?a=%7e%7E&b=a+b&c=a%20b&d=%2B&e=x%2Fy&f=",
    "/api/v3/ticker/price?symbols=%5B%22BTCUSDT%22%2C%22BNBUSDT%22%5D",
    "/api/v3/order?newClientOrderId=x-y_z.1:2/3@4&x=(1)*!'~",
    "/api/v3/order?symbol=%E5%B8%81&symbol=%c3%a9",
    "/api/v3/order?a=1&&b=2&=3&c",
    "/sapi/v1/a%2Fb/c%20d;x=1?q=/?:@",
    "/stream?streams=btcusdt@trade/bnbusdt@depth",
]


def test_a_call_goes_to_the_mock(get: Get, binance: Mock) -> None:
    with Interception(binance.url):
        answer = get("https://api.binance.com/api/v3/ping")
    assert answer == (200, "{}")
    assert [entry.path for entry in binance.requests] == ["/api/v3/ping"]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://api.binance.com", "api.binance.com"),
        ("https://api.binance.com:443", "api.binance.com"),
        ("http://api.binance.com", "api.binance.com"),
        ("https://api1.binance.com:8443", "api1.binance.com:8443"),
        ("http://testnet.binance.vision:443", "testnet.binance.vision:443"),
    ],
)
def test_the_host_is_told_and_the_prefix_comes_first(get: Get, recorder: Recorder, url: str, host: str) -> None:
    with Interception(f"{recorder.url}/w/t1"):
        assert get(f"{url}/api/v3/ping?x=1").status == 200
    assert recorder.seen == [Seen("/w/t1/api/v3/ping?x=1", host)]


def test_a_host_header_of_the_caller_stays(get: Get, recorder: Recorder) -> None:
    with Interception(recorder.url):
        get("https://api.binance.com/", headers={"Host": "other.example.org"})
    assert recorder.seen == [Seen("/", "other.example.org")]


@pytest.mark.parametrize("target", TARGETS)
def test_the_target_arrives_byte_for_byte(get: Get, recorder: Recorder, target: str) -> None:
    """As the library sends it without interception."""
    get(recorder.url + target)
    with Interception(f"{recorder.url}/w/t1"):
        get("https://api.binance.com" + target)
    direct, intercepted = (seen.target for seen in recorder.seen)
    assert intercepted == "/w/t1" + direct


@pytest.mark.parametrize(("forged", "code"), [("", -1100), ("x", -1022)])
def test_a_signature_over_unusual_encoding_holds(get: Get, binance: Mock, forged: str, code: int) -> None:
    """The bytes on the wire are signed (rule S-26). The id is refused for its characters, but after the signature."""
    payload = f"symbol=BTCUSDT&origClientOrderId=a%2Fb%3A+c%2B&&timestamp={binance.clock.now_ms}"
    signature = hmac.new(binance.api_secret.encode(), (payload + forged).encode(), hashlib.sha256).hexdigest()
    with Interception(binance.url):
        answer = get(
            f"https://api.binance.com/api/v3/order?{payload}&signature={signature}",
            headers={"X-MBX-APIKEY": binance.api_key},
        )
    assert (answer.status, json.loads(answer.text)["code"]) == (400, code)


def test_an_answer_of_any_status_is_handed_on(get: Get, binance: Mock) -> None:
    with Interception(binance.url):
        answer = get("https://fapi.binance.com/api/v3/depth?symbol=NOSUCH")
    assert (answer.status, json.loads(answer.text)["code"]) == (400, -1121)


def test_a_read_time_out_is_real(get: Get, binance: Mock) -> None:
    binance.faults.add("latency", ms=60_000, times=1)
    timeouts = (requests.Timeout, urllib3.exceptions.ReadTimeoutError, httpx.ReadTimeout, TimeoutError)
    with Interception(binance.url), pytest.raises(timeouts):
        get("https://api.binance.com/api/v3/ping", timeout=0.05)


def test_a_connection_that_breaks_is_real(get: Get, binance: Mock) -> None:
    binance.faults.add("reset_before")
    breaks = (*FAILURES, httpx.RemoteProtocolError, httpx.ReadError)
    with Interception(binance.url), pytest.raises(breaks):
        get("https://api.binance.com/api/v3/ping")
    assert len(binance.requests) >= 1


# -- proxies ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_is_left_out(get: Get, recorder: Recorder, scheme: str) -> None:
    with Interception(recorder.url):
        assert get(f"{scheme}://api.binance.com/api?x=%2B", proxy=PROXY).status == 200
    assert recorder.seen == [Seen("/api?x=%2B", "api.binance.com")]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_of_the_environment_is_left_out(
    get: Get, recorder: Recorder, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, PROXY)
    with Interception(recorder.url):
        assert get(f"{scheme}://api.binance.com/api").status == 200
    assert recorder.seen == [Seen("/api", "api.binance.com")]


# -- other hosts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["example.org", "notbinance.com", "binance.com.evil.org"])
def test_other_hosts_pass(get: Get, binance: Mock, escaped: Callable[[], list[str]], host: str) -> None:
    with Interception(binance.url), pytest.raises(FAILURES):
        get(f"https://{host}/")
    assert escaped() == [host]
    assert not list(binance.requests)


@pytest.mark.parametrize("proxy", [None, PROXY])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_strict_refuses_other_hosts(get: Get, binance: Mock, scheme: str, proxy: str | None) -> None:
    """In the way of the library, and before anything is resolved or connected."""
    with Interception(binance.url, strict=True), pytest.raises(REFUSALS[get]) as raised:
        get(f"{scheme}://example.org/", proxy=proxy)
    assert "refused a call to example.org" in str(raised.value)
    assert "passthrough" in str(raised.value)
    assert isinstance(raised.value, NotIntercepted) == (get is not get_requests)


def test_strict_lets_local_hosts_pass(get: Get, binance: Mock, recorder: Recorder) -> None:
    with Interception(binance.url, strict=True):
        assert get(f"{recorder.url}/here").status == 200
    assert recorder.seen[0].target == "/here"


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("host", ["example.org", "testnet.binance.vision"])
def test_passthrough_lets_hosts_pass(
    get: Get, binance: Mock, escaped: Callable[[], list[str]], strict: bool, host: str
) -> None:
    with Interception(binance.url, strict=strict, passthrough=[host]), pytest.raises(FAILURES):
        get(f"https://{host}/")
    assert escaped() == [host]
