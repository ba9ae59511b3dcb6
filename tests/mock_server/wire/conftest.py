"""A server of one's own, and connections that send exactly the bytes they are told to."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any, NamedTuple, Self

import pytest

from binance_mock import Mock

NOW_MS = 1_700_000_000_000


class Answer(NamedTuple):
    """One HTTP response."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Wire:
    """One TCP connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), 10)
        self._file = self._socket.makefile("rb")

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._socket.sendall(data)

    def read(self, *, body: bool = True) -> Answer:
        """The next response; without its body where none follows, as for HEAD."""
        line = self._file.readline()
        assert line.startswith(b"HTTP/1.1 "), line
        headers = {}
        while field := self._file.readline().strip():
            name, _, value = field.partition(b": ")
            headers[name.decode()] = value.decode()
        length = int(headers["content-length"]) if body else 0
        return Answer(int(line.split()[1]), headers, self._file.read(length))

    def ask(self, head: str, body: bytes = b"") -> Answer:
        """Send a request line with further header lines, and read the answer."""
        self.send(head.replace("\n", "\r\n").encode("latin-1") + b"\r\nHost: mock\r\n\r\n" + body)
        return self.read()

    def rest(self) -> bytes:
        """Everything until the server closes the connection."""
        return self._file.read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._socket.close()


@pytest.fixture(scope="session")
def running() -> Iterator[Mock]:
    """One server for the run."""
    with Mock(frozen_at=NOW_MS) as mock:
        yield mock


@pytest.fixture
def binance(running: Mock) -> Mock:
    """A fresh world on that server; its clock stands at `NOW_MS`."""
    running.reset()
    return running


@pytest.fixture
def port(binance: Mock) -> int:
    """Where it listens."""
    return int(binance.url.rpartition(":")[2])


@pytest.fixture
def wire(port: int) -> Iterator[Wire]:
    """A connection to it."""
    with Wire(port) as connection:
        yield connection
