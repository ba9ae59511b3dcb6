"""uvicorn's HTTP protocol with four additions: breaking connections off on demand, a bound on headers, Binance's error
form for what is no HTTP, and a short way for the usual request.

The usual request comes whole and alone in one chunk, and its answer need not wait for anything. Such a one is answered
at once, without a task of its own and without the messages of ASGI. Its answer is the same, byte for byte. All others
go through the ASGI application.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from collections.abc import Callable
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from binance_mock.gate.request import Response

CLOSE: Final = "binance_mock.close"
"""ASGI extension: close the connection after what was sent."""
RESET: Final = "binance_mock.reset"
"""ASGI extension: reset the connection at once (TCP RST)."""
TAKEN: Final = "binance_mock.taken"
"""In an ASGI scope: what the application took already, to go on with; or an exception that it raised then."""

MOST_HEADERS: Final = 32 * 1024
"""Bytes of a request's target and headers together."""

_LOGGER: Final = logging.getLogger(__name__)
_METHODS: Final = {b"GET": "GET", b"POST": "POST", b"PUT": "PUT", b"DELETE": "DELETE"}
"""The verbs of the short way; the answer to a HEAD has no body."""
_LINGER_NOT: Final = struct.pack("ii", 1, 0)
_BODY: Final = b'{"code":-1000,"msg":"An unknown error occurred while processing the request."}'
_BAD_REQUEST: Final = (
    b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json;charset=UTF-8\r\nconnection: close\r\n"
    b"content-length: " + str(len(_BODY)).encode() + b"\r\n\r\n" + _BODY
)


class Protocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.logger = _LOGGER
        self._extensions: Any = {CLOSE: self._close, RESET: self.leave}
        self._before = 0
        """Bytes of the present head that came before the chunk being read."""
        self._chunk = 0
        self._head_done = False
        """Whether the head of the present request is complete."""
        self._begun = False
        """Whether the present request began in the chunk being read."""
        self._idle = True
        """Whether the last request came whole, and no other began."""
        self._rest = -1
        """Bytes after the first head of the chunk being read; -1 where that chunk does not begin with a head."""
        self._fields: dict[bytes, bytes] = {}
        """The headers of a request that goes the short way."""
        self._path = self._query = self._body = b""
        self._short = False
        """Whether the present request may go the short way."""
        self._answered = 0.0
        """When the last answer went the short way, by the clock of the loop."""
        self._idle_timer: asyncio.TimerHandle | None = None
        # A middleware of uvicorn's may stand before the application.
        self._take: Callable[..., Any] | None = getattr(self.app, "take", None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Take note that the connection is gone."""
        super().connection_lost(exc)
        if self._idle_timer is not None:
            self._idle_timer.cancel()

    def on_message_begin(self) -> None:
        """Begin a request. Its scope is made when it goes to the application."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self._before = 0
        self._begun = True
        self._idle = False
        self._head_done = False

    def on_headers_complete(self) -> None:
        """Hand the request on, unless its head is too large or it may go the short way."""
        if self._before + self._chunk > MOST_HEADERS and self._head_size() > MOST_HEADERS:
            raise ValueError("the head is too large")
        self._head_done = True
        if self._rest >= 0 and self._is_usual():
            self._short = True
            self._body = b""
        else:
            self._hand_on()

    def on_body(self, body: bytes) -> None:
        """Take in a piece of a body."""
        if self._short:
            self._body += body
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """End a request."""
        self._idle = True
        if not self._short:
            super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        """Take in what came; a head that grows without end is refused."""
        self._chunk = len(data)
        self._begun = False
        self._rest = -1
        if self._idle:
            end = data.find(b"\r\n\r\n")
            if end >= 0:
                self._rest = len(data) - end - 4
        super().data_received(data)
        if self._short:
            self._answer()
        if self._head_done:
            return
        # The chunk in which a request begins may hold the ends of others.
        self._before += self._head_size() if self._begun else len(data)
        if self._before > MOST_HEADERS and not self.transport.is_closing():
            self.send_400_response("the head is too large")

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, in Binance's error form; requests that came whole before it are answered instead."""
        self._short = False
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete and not cycle.more_body:
            cycle.keep_alive = False
            return
        self.transport.write(_BAD_REQUEST)
        self.transport.close()

    def leave(self) -> None:
        """Reset the connection at once, whatever is under way."""
        raw = self.transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        self.transport.abort()

    def _is_usual(self) -> bool:
        """Whether the request, of which the head has come, is the chunk being read, and nothing is special about it."""
        parser, url = self.parser, self.url
        self._fields = fields = dict(self.headers)
        self._path, _, self._query = url.partition(b"?")
        return (
            self._take is not None
            and (self.cycle is None or self.cycle.response_complete)
            and int(fields.get(b"content-length", 0)) == self._rest
            and not self.expect_100_continue
            and not self.flow.write_paused
            and parser.get_method() in _METHODS
            and parser.get_http_version() == "1.1"
            and parser.should_keep_alive()
            and not parser.should_upgrade()
            and url.startswith(b"/")
            and url.isascii()
            and b"#" not in url
            and b"%" not in self._path
        )

    def _answer(self) -> None:
        """Answer a request that came whole and alone, at once if its answer has not to wait or to be broken off."""
        self._short = False
        if not self._idle:  # It was not whole after all: empty lines came before it, or its body comes in chunks.
            self._hand_on()
            self.on_body(self._body)
            return
        assert self._take is not None
        taken: Any
        try:
            taken = self._take(
                _METHODS[self.parser.get_method()], self._path.decode(), self._query, self._body, self._fields,
                self.client[0] if self.client else "",
            )  # fmt: skip
        except Exception as error:
            taken = error
        if isinstance(taken, Response):
            self._write(taken)
            return
        self._hand_on(taken)
        if self._body:
            super().on_body(self._body)
        super().on_message_complete()

    def _write(self, response: Response) -> None:
        """Send an answer as uvicorn would."""
        content = [STATUS_LINE[response.status]]
        for name, value in (*self.server_state.default_headers, *response.headers):
            content += (name, b": ", value, b"\r\n")
        content.append(b"content-length: %d\r\n\r\n" % len(response.body))
        content.append(response.body)
        self.transport.write(b"".join(content))
        self.server_state.total_requests += 1
        self._answered = self.loop.time()
        if self._idle_timer is None:
            self._idle_timer = self.loop.call_later(self.timeout_keep_alive, self._look_if_idle)

    def _look_if_idle(self) -> None:
        """Close a connection on which nothing came since its last answer, after the time that uvicorn gives it.

        Where that answer went through the application, uvicorn has a timer of its own. This one is not set anew with
        each answer, and so comes too early as a rule.
        """
        self._idle_timer = None
        if self.timeout_keep_alive_task is None and self._idle and (self.cycle is None or self.cycle.response_complete):
            left = self._answered + self.timeout_keep_alive - self.loop.time()
            if left > 0:
                self._idle_timer = self.loop.call_later(left, self._look_if_idle)
            else:
                self.timeout_keep_alive_handler()

    def _hand_on(self, taken: Any = None) -> None:
        """Give a request, of which the head has come, to the application.

        Args:
            taken: what the application took of it already; None for nothing.
        """
        url, headers, asks = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.headers, self.expect_100_continue = url, headers, asks
        scope: Any = self.scope
        scope["headers"] = headers
        scope["extensions"] = self._extensions
        if taken is not None:
            scope[TAKEN] = taken
        super().on_headers_complete()

    def _head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    def _close(self) -> None:
        self.transport.close()
