"""uvicorn's HTTP protocol with three additions: breaking connections off on demand, a bound on headers, and Binance's
error form for what is no HTTP.
"""

from __future__ import annotations

import logging
import socket
import struct
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

CLOSE: Final = "binance_mock.close"
"""ASGI extension: close the connection after what was sent."""
RESET: Final = "binance_mock.reset"
"""ASGI extension: reset the connection at once (TCP RST)."""

MOST_HEADERS: Final = 32 * 1024
"""Bytes of a request's target and headers together."""

_LOGGER: Final = logging.getLogger(__name__)
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

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self.scope["extensions"] = self._extensions
        self._before = 0
        self._begun = True
        self._head_done = False

    def on_headers_complete(self) -> None:
        """Hand the request on, unless its head is too large."""
        if self._before + self._chunk > MOST_HEADERS and self._head_size() > MOST_HEADERS:
            raise ValueError("the head is too large")
        self._head_done = True
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Take in what came; a head that grows without end is refused."""
        self._chunk = len(data)
        self._begun = False
        super().data_received(data)
        if self._head_done:
            return
        # The chunk in which a request begins may hold the ends of others.
        self._before += self._head_size() if self._begun else len(data)
        if self._before > MOST_HEADERS and not self.transport.is_closing():
            self.send_400_response("the head is too large")

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, in Binance's error form; requests that came whole before it are answered instead."""
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

    def _head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    def _close(self) -> None:
        self.transport.close()
