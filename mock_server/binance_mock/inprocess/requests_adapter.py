"""`requests` without a socket: `session.mount("https://api.binance.com", RequestsAdapter(reception))`.

Limits: `verify`, `cert` and `proxies` mean nothing here, nor does a time-out for connecting. urllib3 retries nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from errno import ECONNRESET
from io import BytesIO
from os import strerror
from typing import Any, Final
from urllib.parse import urlsplit

from requests import PreparedRequest
from requests import Response as Answer
from requests.adapters import BaseAdapter
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ReadTimeout
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool
from urllib3.exceptions import ProtocolError, ReadTimeoutError
from urllib3.util import Timeout, parse_url

from binance_mock.gate.request import Cut, Response
from binance_mock.inprocess.server_side import ServerSide, reason
from binance_mock.inprocess.waiting import Waiting, wait
from binance_mock.reception import Reception
from binance_mock.world import DEFAULT_WORLD

_PLAIN: Final = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]++|%[0-9A-F]{2})*+")
"""Targets that urllib3 sends as they are."""
_PIECE: Final = 16 * 1024
"""Bytes that urllib3 reads of a file at a time."""
_PORTS: Final = {"http": ":80", "https": ":443"}


class RequestsAdapter(BaseAdapter):
    """Answers the requests of a `requests.Session` from a world in this process. May be shared by threads.

    A client whose time-out for reading is shorter than a real delay waits that long and gets `ReadTimeout`; what it
    asked for takes effect all the same (see `Waiting.abandon`).

    Args:
        reception: leads requests to their worlds.
        world: the world that requests belong to whose path names none.
        client: the address that requests come from, as limits per IP count it.
    """

    def __init__(self, reception: Reception, world: str = DEFAULT_WORLD, client: str = "127.0.0.1") -> None:
        super().__init__()
        self._server = ServerSide(reception, world, client)

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> Answer:
        """Answer a request.

        Args:
            request: what is asked.
            stream: makes no difference here.
            timeout: seconds for connecting and reading, or a pair of them, or urllib3's `Timeout`; None for no bound.
            verify: without meaning here.
            cert: without meaning here.
            proxies: without meaning here.

        Raises:
            ReadTimeout: the answer takes longer than the client waits.
            ConnectionError: a fault resets the connection.
        """
        patience = None if timeout is None else _patience(timeout)
        method = request.method or "GET"
        target, host = _target_and_host(request.url or "")
        headers = _headers(request.headers)
        if b"host" not in headers:
            headers[b"host"] = host.encode("latin-1")
        body = request.body
        answer = self._server.take(method, target, b"" if body is None else _bytes(body), headers)
        if isinstance(answer, Waiting):
            waited = wait(answer, patience)
            if waited is None:
                raise _read_timeout(request, patience)
            answer = waited
        if answer.cut is Cut.RESET:
            cause = ConnectionResetError(ECONNRESET, strerror(ECONNRESET))
            raise NoConnection(ProtocolError("Connection aborted.", cause), request=request)
        return self._deliver(answer, method, target, request, stream)

    def close(self) -> None:
        """There is nothing to close."""

    def _deliver(self, response: Response, method: str, target: str, request: PreparedRequest, stream: bool) -> Answer:
        body = response.body
        if method == "HEAD":
            body = b""
        elif response.cut is Cut.TRUNCATE:
            body = body[: len(body) // 2]
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in self._server.head(response)}
        status = response.status
        why = reason(status)
        raw = _Raw(body, headers, status, why, method, target)
        answer = Answer()
        answer.status_code = status
        answer.reason = why
        for name, value in headers.items():
            answer.headers[name] = value
        answer.encoding = get_encoding_from_headers(answer.headers)
        answer.raw = raw
        answer.url = request.url or ""
        answer.request = request
        answer.connection = self  # type: ignore[assignment]  # declared as the adapter for sockets
        if stream or response.cut is Cut.TRUNCATE:
            raw.open()
        else:
            # As the session would leave it, which now finds nothing to do.
            answer._content = body
            answer._content_consumed = True  # type: ignore[attr-defined]  # the stubs leave it out
        return answer


class _Body(BytesIO):
    """Bytes that arrive; like an answer of `http.client` they are closed by being read to their end."""

    def isclosed(self) -> bool:
        """Whether nothing is left to be read."""
        return self.closed or self.tell() == self.getbuffer().nbytes


class _Raw(HTTPResponse):
    """What `Response.raw` is. Few look at it and making it is dear, so it comes to life with the first look.

    Until it is opened it stands for an answer that was read to its end.
    """

    # What is asked of every answer, without a look at it.
    _original_response = None
    _pool = None

    def __init__(
        self, body: bytes, headers: Mapping[str, str], status: int, reason: str, method: str, target: str
    ) -> None:
        self._made_of = (body, headers, status, reason, method, target)

    def open(self) -> None:
        """Come to life, with all of the body to be read."""
        body, headers, status, reason, method, target = self._made_of
        super().__init__(
            _Body(body),
            headers,
            status,
            version=11,
            reason=reason,
            preload_content=False,
            decode_content=False,
            enforce_content_length=True,
            request_method=method,
            request_url=target,
        )
        self.version_string = "HTTP/1.1"

    @property
    def closed(self) -> bool:
        """Whether nothing is left to be read."""
        return "headers" not in self.__dict__ or super().closed

    def __getattr__(self, name: str) -> Any:
        """What is not there yet."""
        if name == "_made_of" or "headers" in self.__dict__:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        self.open()
        self.read()
        return getattr(self, name)


def _target_and_host(url: str) -> tuple[str, str]:
    """What urllib3 would write on the request line and into the Host header."""
    scheme, _, rest = url.partition("://")
    rest = rest.partition("#")[0]
    host, _, target = rest.partition("/")
    if "?" in host:  # There is no path.
        host, _, query = rest.partition("?")
        target = f"?{query}"
    target = f"/{target}"
    if not _PLAIN.fullmatch(target):
        target = parse_url(f"http://host{target}").request_uri
    return target, host.rpartition("@")[2].removesuffix(_PORTS.get(scheme, ""))


def _headers(headers: Mapping[str, str | bytes]) -> dict[bytes, bytes]:
    """Headers as the server reads them: names in lower case."""
    rows = headers.lower_items() if isinstance(headers, CaseInsensitiveDict) else headers.items()
    return {
        name.lower().encode("ascii"): value.encode("latin-1") if isinstance(value, str) else value
        for name, value in rows
    }


def _bytes(body: Any) -> bytes:
    """A body as urllib3 would send it: text in UTF-8, the rest of a file, all pieces of an iterable.

    Raises:
        TypeError: it is none of these.
    """
    if isinstance(body, bytes):
        return body
    if hasattr(body, "read"):
        body = _pieces(body)
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, Iterable) and not isinstance(body, bytes | bytearray | memoryview):
        return b"".join(piece.encode() if isinstance(piece, str) else piece for piece in body)
    return bytes(memoryview(body))


def _pieces(file: Any) -> Iterator[str | bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _patience(timeout: Any) -> float | None:
    """Seconds that the client waits for an answer; None for any time.

    Raises:
        ValueError: it is no time-out.
    """
    read: float | None
    if type(timeout) in (int, float) and timeout > 0:
        read = timeout
        return read
    if isinstance(timeout, Timeout):
        limits = timeout.clone()
    elif isinstance(timeout, tuple):
        try:
            connect, read = timeout
            limits = Timeout(connect=connect, read=read)
        except ValueError:
            raise ValueError(
                f"Invalid timeout {timeout}. Pass a (connect, read) timeout tuple, "
                f"or a single float to set both timeouts to the same value."
            ) from None
    else:
        limits = Timeout(connect=timeout, read=timeout)
    limits.start_connect()
    read = Timeout.resolve_default_timeout(limits.read_timeout)
    return read


def _read_timeout(request: PreparedRequest, patience: float | None) -> ReadTimeout:
    url = urlsplit(request.url or "")
    make = HTTPSConnectionPool if url.scheme == "https" else HTTPConnectionPool
    pool = make(url.hostname or "", url.port)
    cause = ReadTimeoutError(pool, request.path_url, f"Read timed out. (read timeout={patience})")
    return ReadTimeout(cause, request=request)
