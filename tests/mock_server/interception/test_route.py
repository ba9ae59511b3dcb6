"""Where a call goes."""

from __future__ import annotations

import httpx
import pytest

from binance_mock.interception import NotIntercepted
from binance_mock.interception.route import Route

URL = "http://127.0.0.1:8099"


@pytest.mark.parametrize(
    ("url", "host", "port", "prefix"),
    [
        (URL, "127.0.0.1", 8099, ""),
        (f"{URL}/", "127.0.0.1", 8099, ""),
        (f"{URL}/w/t1", "127.0.0.1", 8099, "/w/t1"),
        (f"{URL}/w/t1/", "127.0.0.1", 8099, "/w/t1"),
        ("http://[::1]:8099/w/t1", "::1", 8099, "/w/t1"),
        ("http://mock", "mock", 80, ""),
    ],
)
def test_the_address(url: str, host: str, port: int, prefix: str) -> None:
    route = Route(url)
    assert (route.host, route.port, route.prefix) == (host, port, prefix)


@pytest.mark.parametrize("url", ["", "127.0.0.1:8099", "https://127.0.0.1", "http://", "http://x?a=1", "http://x:port"])
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(ValueError):
        Route(url)


@pytest.mark.parametrize("name", ["", "https://example.org", "example.org/path", "example.org:443"])
def test_what_is_no_host(name: str) -> None:
    with pytest.raises(ValueError, match="without scheme and port"):
        Route(URL, passthrough=[name])


def test_a_single_text_is_no_list_of_hosts() -> None:
    with pytest.raises(TypeError, match=r"passthrough=\['example.org'\]"):
        Route(URL, passthrough="example.org")


def test_binance_goes_to_the_mock_and_others_pass() -> None:
    route = Route(URL)
    assert route.takes("api.binance.com", OSError)
    assert not route.takes("example.org", OSError)
    assert not route.takes("127.0.0.1", OSError)


def test_the_mock_itself_is_reached_wherever_it_is() -> None:
    for url in ("http://mock.example.org:8099", "http://api.binance.com.:80"):
        route = Route(url, strict=True)
        assert not route.takes(route.host, OSError)


def test_strict_refuses_others_but_local_ones() -> None:
    route = Route(URL, strict=True)
    assert route.takes("api.binance.com", OSError)
    assert not route.takes("localhost", OSError)
    assert not route.takes("::1", OSError)
    with pytest.raises(NotIntercepted, match=r"example\.org.*passthrough.*strict=False"):
        route.takes("Example.ORG.", OSError)


@pytest.mark.parametrize("strict", [False, True])
def test_passthrough_comes_first(strict: bool) -> None:
    route = Route(URL, strict=strict, passthrough=["Example.org", "testnet.binance.vision"])
    assert not route.takes("example.org", OSError)
    assert not route.takes("testnet.binance.vision", OSError)
    assert route.takes("api.binance.com", OSError)


@pytest.mark.parametrize("kind", [OSError, ConnectionError, httpx.ConnectError, KeyError])
def test_a_refusal_is_of_the_kind_that_was_asked_for(kind: type[Exception]) -> None:
    error = NotIntercepted.of_kind(kind, "what is wrong")
    assert isinstance(error, kind)
    assert isinstance(error, NotIntercepted)
    assert "what is wrong" in str(error)
    assert type(error).__name__ == "NotIntercepted"
