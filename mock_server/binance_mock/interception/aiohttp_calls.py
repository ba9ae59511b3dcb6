"""Calls over aiohttp, WebSockets included.

The session makes the call itself, at another address. A proxy is left out, whether it comes from the call, the session
or the environment; a connector that goes through a proxy by itself (aiohttp-socks) is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from binance_mock.interception.calls import Calls

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession
    from yarl import URL

_SCHEMES: Final[Mapping[str, str]] = {"http": "http", "https": "http", "ws": "ws", "wss": "ws"}
_DROPPED: Final = frozenset({
    "fingerprint", "proxy", "proxy_auth", "proxy_headers", "server_hostname", "ssl", "ssl_context", "verify_ssl",
})  # fmt: skip


class AiohttpCalls(Calls):
    """See the module."""

    modules = ("aiohttp.client",)

    def install(self, module: ModuleType) -> None:
        """Catch what all methods of a session go through, `ws_connect` included."""
        from aiohttp.client_exceptions import ClientConnectionError
        from multidict import CIMultiDict
        from yarl import URL

        def make(original: Callable[..., Any]) -> Callable[..., Any]:
            async def _request(session: ClientSession, method: str, str_or_url: Any, **options: Any) -> ClientResponse:
                response: ClientResponse
                try:
                    url = session._build_url(str_or_url)
                except (ValueError, TypeError):  # The session says better what is wrong with it.
                    url = URL()
                if url.host and url.scheme in _SCHEMES and self.route.takes(url.host, ClientConnectionError):
                    headers: CIMultiDict[str] = CIMultiDict(options.get("headers") or {})
                    if "Host" not in headers and "Host" not in session.headers:
                        headers["Host"] = _host(url)
                    kept = {name: value for name, value in options.items() if name not in _DROPPED}
                    # An empty proxy is none, and keeps the session from looking for another one.
                    response = await original(
                        session, method, self._readdressed(url), **{**kept, "headers": headers, "proxy": URL()}
                    )
                else:
                    response = await original(session, method, str_or_url, **options)
                return response

            return _request

        self.patches.method(module.ClientSession, "_request", make)

    def _readdressed(self, url: URL) -> URL:
        """The URL at the mock, encoded as it is."""
        return url.build(
            scheme=_SCHEMES[url.scheme],
            user=url.raw_user,
            password=url.raw_password,
            host=self.route.host,
            port=self.route.port,
            path=self.route.prefix + url.raw_path,
            query_string=url.raw_query_string,
            encoded=True,
        )


def _host(url: URL) -> str:
    return url.raw_host or "" if url.is_default_port() else f"{url.raw_host}:{url.port}"
