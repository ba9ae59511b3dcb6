"""Calls over urllib3, and so over requests.

A connection pool for a host of Binance gets a twin for the mock that has its settings, and each call is made on the
twin: time-outs, retries, limits and errors are urllib3's own. A proxy is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit, urlunsplit
from weakref import WeakKeyDictionary

from binance_mock.interception.calls import Calls
from binance_mock.interception.route import Route

if TYPE_CHECKING:
    from urllib3.connectionpool import HTTPConnectionPool

_DEFAULT_PORTS: Final[Mapping[str, int]] = {"http": 80, "https": 443}


class Urllib3Calls(Calls):
    """See the module."""

    modules = ("urllib3.connectionpool",)

    def __init__(self, route: Route) -> None:
        super().__init__(route)
        self._twins: WeakKeyDictionary[HTTPConnectionPool, HTTPConnectionPool] = WeakKeyDictionary()
        self._lock = Lock()

    def install(self, module: ModuleType) -> None:
        """Catch what every pool does, those of HTTPS and of SOCKS proxies included."""
        from urllib3.exceptions import ProtocolError

        route = self.route

        def make(original: Callable[..., Any]) -> Callable[..., Any]:
            def urlopen(
                pool: HTTPConnectionPool,
                method: str,
                url: str,
                body: Any = None,
                headers: Any = None,
                *args: Any,
                **options: Any,
            ) -> Any:
                host, port, target = _destination(pool, url)
                if pool.pool is None or not route.takes(host, ProtocolError):
                    return original(pool, method, url, body, headers, *args, **options)
                given: Any = pool.headers if headers is None else headers
                sent = given.copy()
                if not any(name.lower() in ("host", b"host") for name in given):
                    sent["Host"] = host if port is None else f"{host}:{port}"
                twin = self._twin(module, pool)
                return twin.urlopen(method, route.prefix + target, body, sent, *args, **options)

            return urlopen

        self.patches.method(module.HTTPConnectionPool, "urlopen", make)

    def remove(self) -> None:
        """Put everything back, and close the twins."""
        super().remove()
        for twin in list(self._twins.values()):
            twin.close()
        self._twins.clear()

    def _twin(self, module: ModuleType, pool: HTTPConnectionPool) -> HTTPConnectionPool:
        with self._lock:
            twin = self._twins.get(pool)
            if twin is None:
                assert pool.pool is not None
                twin = self._twins[pool] = module.HTTPConnectionPool(
                    self.route.host,
                    self.route.port,
                    timeout=pool.timeout,
                    maxsize=pool.pool.maxsize,
                    block=pool.block,
                    retries=pool.retries,
                )
            return twin


def _destination(pool: HTTPConnectionPool, url: str) -> tuple[str, int | None, str]:
    """Host, port (None where it is the scheme's own) and target of a call.

    A call over a proxy that makes no tunnel names the host in its URL, and the pool is the proxy's.
    """
    host, port, scheme, target = pool.host, pool.port, pool.scheme, url
    if not url.startswith("/"):
        parts = urlsplit(url)
        if pool.proxy is not None and parts.hostname:
            host, port, scheme = parts.hostname, parts.port, parts.scheme
        target = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    return host, None if port == _DEFAULT_PORTS.get(scheme or "") else port, target
