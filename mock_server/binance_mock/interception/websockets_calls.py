"""Connections over websockets: its asyncio, its threading and its legacy client.

The URI keeps its host, so that the handshake names it; the TCP connection goes to the mock, without TLS or proxy.
"""

from __future__ import annotations

import inspect
import socket
from collections.abc import Callable
from types import ModuleType
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from binance_mock.interception.calls import Calls

_ASYNCIO: Final = "websockets.asyncio.client"
_LEGACY: Final = "websockets.legacy.client"
_THREADING: Final = "websockets.sync.client"
_DROPPED: Final = frozenset({"server_hostname", "sock", "local_addr", "source_address"})
_OPEN_TIMEOUT_S: Final = 10.0

Readdress = Callable[[dict[str, Any]], dict[str, Any]]
"""Adds the mock's address to the keyword arguments of a connect."""


class WebsocketsCalls(Calls):
    """See the module."""

    modules = (_ASYNCIO, _LEGACY, _THREADING)

    def install(self, module: ModuleType) -> None:
        """Catch what one of the clients connects to."""
        if module.__name__ == _ASYNCIO:
            self._class(module.connect, self._by_host)
        elif module.__name__ == _LEGACY:
            self._class(module.Connect, self._by_host)
        elif hasattr(module, "reconnect"):  # From the release on that has classes here, too.
            self._class(module.reconnect, self._by_address)
        else:
            self.patches.function(module.connect, lambda connect: self._connector(connect, 0, self._by_socket))

    def _class(self, kind: type, readdress: Readdress) -> None:
        direct = {"proxy": None} if "proxy" in inspect.signature(kind).parameters else {}
        self.patches.method(
            kind, "__init__", lambda original: self._connector(original, 1, lambda options: readdress(options | direct))
        )

    def _connector(self, original: Callable[..., Any], position: int, readdress: Readdress) -> Callable[..., Any]:
        """What takes the place of a function whose argument at this position is the URI."""

        def connect(*args: Any, **options: Any) -> Any:
            uri = args[position] if len(args) > position else options.get("uri")
            if not isinstance(uri, str) or isinstance(uri, _Readdressed) or options.get("unix") or not self._takes(uri):
                return original(*args, **options)
            kept = {name: value for name, value in options.items() if not _is_dropped(name)}
            return original(*args[:position], self._uri(uri), **readdress(kept))

        return connect

    def _takes(self, uri: str) -> bool:
        try:
            host = urlsplit(uri).hostname
        except ValueError:
            return False
        return host is not None and self.route.takes(host, OSError)

    def _uri(self, uri: str) -> str:
        parts = urlsplit(uri)
        netloc = parts.netloc.removesuffix(":443") if parts.scheme == "wss" else parts.netloc
        path = self.route.prefix + (parts.path or "/")
        return _Readdressed(urlunsplit(("ws", netloc, path, parts.query, parts.fragment)))

    def _by_host(self, options: dict[str, Any]) -> dict[str, Any]:
        return {**options, "host": self.route.host, "port": self.route.port}

    def _by_address(self, options: dict[str, Any]) -> dict[str, Any]:
        return {**options, "address": (self.route.host, self.route.port)}

    def _by_socket(self, options: dict[str, Any]) -> dict[str, Any]:
        timeout = options.get("open_timeout", _OPEN_TIMEOUT_S)
        connection = socket.create_connection((self.route.host, self.route.port), timeout)
        connection.settimeout(None)
        return {**options, "sock": connection}


class _Readdressed(str):
    """A URI whose connection goes to a mock already, so that an outer interception lets it be."""

    __slots__ = ()


def _is_dropped(name: str) -> bool:
    """Whether an argument is about TLS, proxies or the TCP connection; the URI is given anew."""
    return name == "uri" or name in _DROPPED or name.startswith(("ssl", "proxy"))
