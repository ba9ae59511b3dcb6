"""Running the application on uvicorn, in the foreground or in a thread."""

from __future__ import annotations

import gc
import socket
import ssl
from typing import Final

import uvicorn

from binance_mock.wire.app import App
from binance_mock.wire.protocol import Protocol

_GOODBYE_S: Final = 0.5


def bind(host: str, port: int) -> socket.socket:
    """A listening socket, so that the address is known before the server starts; port 0 takes a free one.

    Raises:
        OSError: the address is taken or not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener


def calm_garbage_collector() -> None:
    """Set the collector up for a process that serves and does nothing else; call it once the worlds stand.

    What stands at the start never dies, so it need not be looked at again. Orders and journal entries are many and hold
    no cycles: they go when nobody refers to them, and rarer collections find nothing less.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def make_server(app: App, tls: ssl.SSLContext | None = None) -> uvicorn.Server:
    """A uvicorn server for the application: uvloop where there is one, httptools, no access log of its own.

    The logging of the process stays as it is.

    Args:
        app: the application.
        tls: what it speaks TLS with, None for plain HTTP.
    """
    config = _Config(
        app,
        loop="auto",
        http=Protocol if tls is None else _TlsProtocol,
        ws="none",
        lifespan="off",
        access_log=False,
        proxy_headers=False,
        log_config=None,
        timeout_graceful_shutdown=3,
        server_header=False,
    )
    config.tls = tls
    return uvicorn.Server(config)


class _Config(uvicorn.Config):
    """A configuration that takes a TLS context as it is, where uvicorn's own would read files."""

    tls: ssl.SSLContext | None = None

    def load(self) -> None:
        super().load()
        self.ssl = self.tls


class _TlsProtocol(Protocol):
    """One connection over TLS. At the end of the server a client that keeps it idle need not answer the good-bye."""

    def shutdown(self) -> None:
        super().shutdown()
        if self.transport.is_closing():
            self.loop.call_later(_GOODBYE_S, self.transport.abort)
