"""How the face reaches the control API: in this process, or over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException
from select import select
from threading import Lock
from typing import Any, Protocol
from urllib.parse import quote, urlencode, urlsplit


class MockError(Exception):
    """A control call that could not be done; the message says what is wrong and what to do next."""


class Backend(Protocol):
    """Makes control calls."""

    def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, query: Mapping[str, Any] | None = None
    ) -> Any:
        """Make a call below `/_mock`.

        Raises:
            MockError: it was refused, or nobody answered.
        """


class LocalBackend:
    """Calls the control API of a server in this process.

    Args:
        handle: `Control.handle`.
    """

    def __init__(self, handle: Callable[[str, str, Mapping[str, str], bytes], tuple[int, Any]]) -> None:
        self._handle = handle

    def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, query: Mapping[str, Any] | None = None
    ) -> Any:
        """Make a call; see `Backend`."""
        raw = b"" if body is None else json.dumps(body).encode()
        asked = {name: str(value) for name, value in (query or {}).items()}
        return _result(*self._handle(method, path, asked, raw))


class RemoteBackend:
    """Calls the control API over HTTP.

    Args:
        url: of the server, such as http://127.0.0.1:8099.
        token: its control token, None for none.
        timeout: seconds that a call may take.
    """

    def __init__(self, url: str, token: str | None = None, timeout: float = 10.0) -> None:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname if parts.scheme == "http" else None, parts.port or 80
        except ValueError:
            host = None
        if not host:
            raise MockError(f"{url!r} is no URL of a mock; it looks like http://127.0.0.1:8099")
        self._url = url
        self._connection = HTTPConnection(host, port, timeout=timeout)
        self._lock = Lock()
        self._let_go = False
        self._headers = {"Content-Type": "application/json"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"

    def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, query: Mapping[str, Any] | None = None
    ) -> Any:
        """Make a call; see `Backend`."""
        target = "/_mock" + quote(path) + (f"?{urlencode(query)}" if query else "")
        raw = None if body is None else json.dumps(body).encode()
        with self._lock:
            try:
                return self._exchange(method, target, raw)
            finally:
                if self._let_go:
                    self._connection.close()

    def _exchange(self, method: str, target: str, raw: bytes | None) -> Any:
        # A server closes connections that were idle for a while; what it says to an idle one can only be that.
        idle = self._connection.sock
        if idle is not None and select([idle], [], [], 0)[0]:
            self._connection.close()
        try:
            self._connection.request(method, target, raw, self._headers)
            response = self._connection.getresponse()
            return _result(response.status, json.loads(response.read()))
        except (OSError, HTTPException, ValueError) as error:
            self._connection.close()
            raise MockError(f"no mock answered at {self._url}: {error}; start one with `binance-mock serve`") from error

    def close(self) -> None:
        """Close the connection; a later call, as of a world that outlives this face, has one for itself alone."""
        self._let_go = True
        self._connection.close()


def _result(status: int, data: Any) -> Any:
    if status < 400:
        return data
    if not isinstance(data, dict):
        raise MockError(f"{status}: this is no answer of a mock's control API")
    hint = data.get("hint", "")
    raise MockError(f"{data.get('error', status)}{f'; {hint}' if hint else ''}")
