"""Fixtures of the interception tests: a mock, servers that write down what reaches them, and no way out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from tests.e2e.conftest import escapes  # noqa: F401 - a fixture, used by every test

from binance_mock import Mock

from .clients import CLIENTS, Get
from .recorders import Recorder, SocketRecorder


@pytest.fixture(scope="session")
def served() -> Iterator[Mock]:
    """One server for the run; its world is made anew for each test."""
    with Mock() as mock:
        yield mock


@pytest.fixture
def binance(served: Mock) -> Mock:
    """A fresh mock."""
    served.reset()
    return served


@pytest.fixture(params=list(CLIENTS))
def get(request: pytest.FixtureRequest) -> Get:
    """Makes a GET request with one of the libraries."""
    return CLIENTS[request.param]


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """An HTTP server that keeps the target and Host of each request."""
    server = Recorder()
    yield server
    server.stop()


@pytest.fixture
def sockets() -> Iterator[SocketRecorder]:
    """A WebSocket server that keeps the target and Host of each handshake, and sends back what it gets."""
    server = SocketRecorder()
    yield server
    server.stop()


@pytest.fixture
def escaped(escapes: list[str]) -> Callable[[], list[str]]:  # noqa: F811 - the fixture above
    """The hosts that a test meant to reach, and was kept from; they are forgiven."""

    def forgive() -> list[str]:
        hosts = sorted(set(escapes))
        escapes.clear()
        return hosts

    return forgive
