"""Calls over httpx, of clients that wait and of asynchronous ones.

A request for a host of Binance is handed on to its own transport, readdressed; where that would send it to a proxy or
a Unix socket, to a transport that connects directly. Time-outs travel in the request and stay.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from binance_mock.interception.calls import Calls

if TYPE_CHECKING:
    import httpx


class HttpxCalls(Calls):
    """See the module."""

    modules = ("httpx",)

    def install(self, module: ModuleType) -> None:
        """Catch what the transports of the network do; those that make up their answers are left alone."""
        kind: type[Exception] = module.ConnectError

        def waiting(original: Callable[..., Any]) -> Callable[..., Any]:
            def handle_request(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
                if self.route.takes(request.url.host, kind):
                    transport, request = _direct(module, transport), self._readdressed(module, request)
                response: httpx.Response = original(transport, request)
                return response

            return handle_request

        def asynchronous(original: Callable[..., Any]) -> Callable[..., Any]:
            async def handle_async_request(
                transport: httpx.AsyncHTTPTransport, request: httpx.Request
            ) -> httpx.Response:
                if self.route.takes(request.url.host, kind):
                    transport, request = _direct(module, transport), self._readdressed(module, request)
                response: httpx.Response = await original(transport, request)
                return response

            return handle_async_request

        self.patches.method(module.HTTPTransport, "handle_request", waiting)
        self.patches.method(module.AsyncHTTPTransport, "handle_async_request", asynchronous)

    def _readdressed(self, module: ModuleType, request: httpx.Request) -> httpx.Request:
        """The same request for the mock; its headers name the host it was meant for, as httpx has set them."""
        url = request.url.copy_with(
            scheme="http",
            host=self.route.host,
            port=self.route.port,
            raw_path=self.route.prefix.encode() + request.url.raw_path,
        )
        extensions = {name: value for name, value in request.extensions.items() if name != "sni_hostname"}
        readdressed: httpx.Request = module.Request(
            request.method, url, headers=request.headers, stream=request.stream, extensions=extensions
        )
        return readdressed


def _direct(module: ModuleType, transport: Any) -> Any:
    """The transport itself where it connects directly, else one that does, and that keeps nothing open.

    One that speaks HTTP/2 alone is replaced as well, for the mock does not.
    """
    pool = getattr(transport, "_pool", None)
    is_direct = type(pool).__name__ in ("ConnectionPool", "AsyncConnectionPool") and getattr(pool, "_uds", None) is None
    if is_direct and getattr(pool, "_http1", True):
        return transport
    kind = module.HTTPTransport if isinstance(transport, module.HTTPTransport) else module.AsyncHTTPTransport
    # An empty context, for there is no TLS; the usual one would read all certificates.
    return kind(
        verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        trust_env=False,
        limits=module.Limits(max_keepalive_connections=0),
    )
