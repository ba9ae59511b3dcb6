"""`httpx` without a socket: `httpx.Client(transport=HttpxTransport(reception))`, and the same for `AsyncClient`.

Limits: of the time-outs only that for reading means something here.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from errno import ECONNRESET
from os import strerror
from typing import Final

import httpx

from binance_mock.gate.request import Cut, Response
from binance_mock.inprocess.server_side import ServerSide, reason
from binance_mock.inprocess.waiting import Waiting, wait, wait_in_task
from binance_mock.reception import Reception
from binance_mock.world import DEFAULT_WORLD

_LEGAL: Final = re.compile(rb"(?:[^\x00\s](?:[^\x00\n\r\v\f]*[^\x00\s])?)?")
"""Header values that h11 sends."""


class HttpxTransport(httpx.BaseTransport):
    """Answers the requests of an `httpx.Client` from a world in this process. May be shared by threads.

    A client whose time-out for reading is shorter than a real delay waits that long and gets `ReadTimeout`; what it
    asked for takes effect all the same (see `Waiting.abandon`).

    Args:
        reception: leads requests to their worlds.
        world: the world that requests belong to whose path names none.
        client: the address that requests come from, as limits per IP count it.
    """

    def __init__(self, reception: Reception, world: str = DEFAULT_WORLD, client: str = "127.0.0.1") -> None:
        self._server = ServerSide(reception, world, client)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request.

        Raises:
            httpx.ReadTimeout: the answer takes longer than the client waits.
            httpx.ReadError: a fault resets the connection.
            httpx.LocalProtocolError: a header cannot be sent.
        """
        assert isinstance(request.stream, httpx.SyncByteStream)
        headers = _headers(request)
        body = b"".join(request.stream)
        answer = self._server.take(request.method, request.url.raw_path.decode("ascii"), body, headers)
        if isinstance(answer, Waiting):
            waited = wait(answer, _patience(request))
            if waited is None:
                raise httpx.ReadTimeout("timed out", request=request)
            answer = waited
        if answer.cut is Cut.RESET:
            cause = ConnectionResetError(ECONNRESET, strerror(ECONNRESET))
            raise httpx.ReadError(str(cause), request=request) from cause
        return _deliver(self._server, answer, request)


class AsyncHttpxTransport(httpx.AsyncBaseTransport):
    """Answers the requests of an `httpx.AsyncClient` from a world in this process, on asyncio or trio.

    Every request gives way to other tasks once. A client that stops waiting, by its time-out for reading or because it
    is cancelled, has what it asked for take effect all the same (see `Waiting.abandon`).

    Args:
        reception: leads requests to their worlds.
        world: the world that requests belong to whose path names none.
        client: the address that requests come from, as limits per IP count it.
    """

    def __init__(self, reception: Reception, world: str = DEFAULT_WORLD, client: str = "127.0.0.1") -> None:
        self._server = ServerSide(reception, world, client)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request.

        Raises:
            httpx.ReadTimeout: the answer takes longer than the client waits.
            httpx.ReadError: a fault resets the connection.
            httpx.LocalProtocolError: a header cannot be sent.
        """
        from anyio.lowlevel import checkpoint

        assert isinstance(request.stream, httpx.AsyncByteStream)
        headers = _headers(request)
        body = b"".join([piece async for piece in request.stream])
        answer = self._server.take(request.method, request.url.raw_path.decode("ascii"), body, headers)
        if isinstance(answer, Waiting):
            waited = await wait_in_task(answer, _patience(request))
            if waited is None:
                raise httpx.ReadTimeout("", request=request)
            answer = waited
        else:
            await checkpoint()
        if answer.cut is Cut.RESET:
            raise httpx.ReadError("", request=request) from ConnectionResetError(ECONNRESET, strerror(ECONNRESET))
        return _deliver(self._server, answer, request)


class _Broken(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that ends before its time."""

    def __init__(self, sent: bytes, expected: int, request: httpx.Request) -> None:
        self._sent = sent
        self._expected = expected
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        if self._sent:
            yield self._sent
        raise self._error()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._sent:
            yield self._sent
        raise self._error()

    def _error(self) -> httpx.RemoteProtocolError:
        return httpx.RemoteProtocolError(
            "peer closed connection without sending complete message body "
            f"(received {len(self._sent)} bytes, expected {self._expected})",
            request=self._request,
        )


def _headers(request: httpx.Request) -> dict[bytes, bytes]:
    """Headers as the server reads them; of repeated ones the last.

    Raises:
        httpx.LocalProtocolError: a value cannot be sent.
    """
    headers = {}
    for name, value in request.headers.raw:
        if not _LEGAL.fullmatch(value):
            raise httpx.LocalProtocolError(f"Illegal header value {value!r}", request=request)
        headers[name.lower()] = value
    return headers


def _deliver(server: ServerSide, response: Response, request: httpx.Request) -> httpx.Response:
    body = response.body
    stream: httpx.SyncByteStream | httpx.AsyncByteStream
    if request.method == "HEAD":
        stream = httpx.ByteStream(b"")
    elif response.cut is Cut.TRUNCATE:
        stream = _Broken(body[: len(body) // 2], len(body), request)
    else:
        stream = httpx.ByteStream(body)
    return httpx.Response(
        response.status,
        headers=server.head(response),
        stream=stream,
        extensions={"http_version": b"HTTP/1.1", "reason_phrase": reason(response.status).encode("ascii")},
    )


def _patience(request: httpx.Request) -> float | None:
    """Seconds that the client waits for an answer; None for any time."""
    read: float | None = request.extensions.get("timeout", {}).get("read")
    return read
