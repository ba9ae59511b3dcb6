"""Fixtures of the end-to-end tests: one server for the run, a fresh world for each test, no way out of the machine."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from .by_hand import ByHand, hmac_signer
from .exchange import NOW, Exchange, Server

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def escapes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Refuse names and addresses other than loopback ones; a test that tried one fails, whatever its client made of it.

    A client that is redirected in part only would otherwise speak to the real exchange. asyncio resolves and connects
    through the same functions.
    """
    getaddrinfo, connect, connect_ex = socket.getaddrinfo, socket.socket.connect, socket.socket.connect_ex
    tried: list[str] = []

    def check(host: Any) -> None:
        text = host.decode() if isinstance(host, bytes) else host
        if not _is_local(text):
            tried.append(text)
            raise OSError(f"a test tried to reach {text}")

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        check(host)
        return getaddrinfo(host, *args, **kwargs)

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            check(address[0])
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            check(address[0])
        return connect_ex(self, address)

    monkeypatch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    yield tried
    assert not tried, f"the client under test is not wholly redirected: {tried}"


def _is_local(host: str | None) -> bool:
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The server of the run."""
    running = Server()
    yield running
    running.stop()


@pytest.fixture
def exchange(server: Server) -> Exchange:
    """A fresh exchange with a live clock, the default account and the example key of the documentation."""
    return Exchange(server)


@pytest.fixture
def trader(exchange: Exchange) -> Iterator[ByHand]:
    """A client that signs by hand with the default key; the exchange's clock stands, and the client goes by it."""
    exchange.freeze(NOW)
    sign = hmac_signer(exchange.api_secret)
    with ByHand(exchange.url, exchange.api_key, sign, lambda: exchange.now) as client:
        yield client
