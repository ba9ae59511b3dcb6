"""The ASGI application: Binance's paths go to the gate, `/_mock` to the control API.

All of Binance's paths are static, so the gate finds them in a dict; Starlette's router sees only the control API, and
is loaded when that is first called.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlencode

from binance_mock.gate.gate import Held
from binance_mock.gate.journal import Entry
from binance_mock.gate.request import Cut, Response
from binance_mock.reception import MOST_BODY, Reception, is_control
from binance_mock.wire.protocol import CLOSE, RESET, TAKEN
from binance_mock.world import World
from binance_mock.worlds import PREFIX, Worlds

_CUT_NONE: Final = Cut.NONE

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]
Taken = tuple[World, Entry | None, Response | Held]
"""What a request led to, before anything waited."""


class App:
    """The server's ASGI callable.

    Args:
        worlds: the worlds it serves.
        log: called with each finished journal entry and its world, None for no access log.
        control: makes the ASGI app of the control API.
    """

    def __init__(
        self,
        worlds: Worlds,
        *,
        log: Callable[[Entry, World], None] | None = None,
        control: Callable[[], Asgi] | None = None,
    ) -> None:
        self._reception = Reception(worlds)
        self._log = log
        self._make_control = control
        self._control: Asgi | None = None

    def take(
        self, method: str, path: str, query: bytes, body: bytes, headers: Mapping[bytes, bytes], client: str
    ) -> Response | Taken | None:
        """Answer a request that came whole, without ASGI; see `Reception.take` for the arguments.

        Returns:
            the response, complete but for its length; or what the request led to, where that has to wait or to be
            broken off: `__call__` goes on with it as `TAKEN`; or None, and `__call__` is to do all of it.
        """
        if self._make_control is not None and (path.startswith(PREFIX) or is_control(path)):
            return None
        if method == "GET":
            body = b""
        taken = self._reception.take(method, path, query, body, headers, client)
        world, entry, response = taken
        if (
            isinstance(response, Held)
            or response.delay_ms
            or response.cut is not _CUT_NONE
            or (
                entry is not None and entry.fault  # What a tester put into its headers is for uvicorn to check.
            )
        ):
            return taken
        if self._log is not None and entry is not None:
            self._log(entry, world)
        return response

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request, or take part in the server's life."""
        if scope["type"] != "http":
            await self._other(scope, receive, send)
            return
        taken = scope.get(TAKEN)
        if taken is None:
            path: str = scope["path"]
            if path.startswith(PREFIX):
                scope = _without_prefix(scope)
            if is_control(scope["path"]) and self._make_control is not None:
                await self._answer_control(scope, receive, send)
                return
            method: str = scope["method"]
            body = b""
            if method != "GET":
                read = await _read_body(receive)
                if read is None:
                    return
                body = read
            client = scope["client"]
            taken = self._reception.take(
                method, path, scope["query_string"], body, dict(scope["headers"]), client[0] if client else ""
            )
        elif isinstance(taken, Exception):
            raise taken
        world, entry, response = taken
        try:
            if isinstance(response, Held):
                await asyncio.sleep(self._reception.pass_time(world, response))
                response = self._reception.resume(world, response)
            if response.delay_ms:
                await asyncio.sleep(self._reception.pass_time(world, response))
        except asyncio.CancelledError:
            return  # The server stops, and nobody is left to be told.
        if self._log is not None and entry is not None:
            self._log(entry, world)
        if response.cut is _CUT_NONE:
            headers = response.headers
            headers.append((b"content-length", b"%d" % len(response.body)))
            await send({"type": "http.response.start", "status": response.status, "headers": headers})
            await send({"type": "http.response.body", "body": response.body})
        else:
            await _deliver_cut(response, scope, receive, send)

    async def _answer_control(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._control is None:
            assert self._make_control is not None
            self._control = self._make_control()
        with suppress(asyncio.CancelledError):  # The server stops, and nobody is left to be told.
            await self._control(scope, receive, send)

    async def _other(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lifespan; WebSockets are refused until they are served."""
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": "WebSockets are not served yet"})
            return
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return


def _without_prefix(scope: Scope) -> Scope:
    """The scope of a control call whose path names its world, as one that names it in its query; others as they are."""
    name, _, rest = scope["path"][len(PREFIX) :].partition("/")
    if not is_control(f"/{rest}"):
        return scope
    query = urlencode({"world": name}).encode()
    if scope["query_string"]:
        query = scope["query_string"] + b"&" + query
    return {**scope, "path": f"/{rest}", "raw_path": f"/{rest}".encode(), "query_string": query}


async def _read_body(receive: Receive) -> bytes | None:
    """The whole body; of a too large one only so much that it shows; None when the client went away."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if message["type"] != "http.request":
        return None
    if not message.get("more_body", False):
        return body
    parts = [body]
    size = len(body)
    while message.get("more_body", False):
        message = await receive()
        if message["type"] != "http.request":
            return None
        part: bytes = message.get("body", b"")
        size += len(part)
        if size <= MOST_BODY + 1:
            parts.append(part)
    return b"".join(parts) if size <= MOST_BODY else bytes(MOST_BODY + 1)


async def _deliver_cut(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Break the connection off as the fault says."""
    extensions = scope.get("extensions", {})
    if response.cut is Cut.TRUNCATE:
        headers = [*response.headers, (b"content-length", b"%d" % len(response.body))]
        half = response.body[: len(response.body) // 2]
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": half, "more_body": True})
        extensions[CLOSE]()
    else:
        extensions[RESET]()
    while (await receive())["type"] != "http.disconnect":
        pass
