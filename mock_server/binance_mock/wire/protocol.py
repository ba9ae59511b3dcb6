"""uvicorn's HTTP protocol with three additions: breaking connections off on demand, a bound on headers, and Binance's
error form for what is no HTTP.
"""

from __future__ import annotations

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
        self._extensions: Any = {CLOSE: self._close, RESET: self._reset}
        self._received = 0
        """Bytes since the present request began."""

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self.scope["extensions"] = self._extensions
        self._received = 0

    def data_received(self, data: bytes) -> None:
        """Take in what came; a head that grows without end is refused."""
        super().data_received(data)
        self._received += len(data)
        if self._received > MOST_HEADERS and not self._head_is_complete():
            self.send_400_response("the headers are too large")

    def _head_is_complete(self) -> bool:
        cycle = self.cycle
        return cycle is not None and cycle.scope["headers"] is self.headers

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, in Binance's error form."""
        self.transport.write(_BAD_REQUEST)
        self.transport.close()

    def _close(self) -> None:
        self.transport.close()

    def _reset(self) -> None:
        raw = self.transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        self.transport.abort()
