"""The control API over HTTP, and the journal as server-sent events. Loaded when it is first called.

Safety: with a token every call must bring it. Without one the server listens on loopback only, and calls whose Host is
another name are refused, so that a web page cannot reach in by rebinding its name.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from hmac import compare_digest
from typing import Final

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from binance_mock.control.control import Control
from binance_mock.loopback import is_loopback
from binance_mock.world import DEFAULT_WORLD
from binance_mock.worlds import Worlds

_METHODS: Final = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_LOOK_EVERY_S: Final = 0.05
_MOST_BODY: Final = 256 * 1024 * 1024


def make_control(worlds: Worlds, token: str | None = None) -> Starlette:
    """The ASGI application below `/_mock`.

    Args:
        worlds: the worlds of the server.
        token: what callers must bring, None for none.
    """
    control = Control(worlds)

    async def call(request: Request) -> Response:
        refused = _refused(request, token)
        if refused is not None:
            return refused
        path: str = request.scope["path"].removeprefix("/_mock")
        body = await _body(request)
        if body is None:
            return _error(400, f"the body is longer than {_MOST_BODY} bytes", "feed long files in this process")
        return _json(*control.handle(request.method, path, dict(request.query_params), body))

    async def events(request: Request) -> Response:
        refused = _refused(request, token)
        if refused is not None:
            return refused
        name = request.query_params.get("world", DEFAULT_WORLD)
        with worlds.lock:
            if name not in worlds:
                return _error(404, f"there is no world {name!r}", f"there are {', '.join(worlds)}")
        return StreamingResponse(_events(worlds, name, request), media_type="text/event-stream")

    return Starlette(
        routes=[
            Route("/_mock/events", events, methods=["GET"]),
            Route("/_mock/{path:path}", call, methods=_METHODS),
            Route("/_mock", call, methods=_METHODS),
        ]
    )


def _refused(request: Request, token: str | None) -> Response | None:
    if token is None:
        host = request.headers.get("host", "")
        if host and not _is_this_machine(host):
            return _error(403, f"the control API is not for the host name {host!r}", "call it by a loopback address")
        # A web page may send simple requests anywhere, but it cannot hide where it comes from.
        origin = request.headers.get("origin")
        if origin is not None and not _is_this_machine(origin.partition("://")[2]):
            return _error(403, f"the control API is not for pages of {origin!r}", "call it from the machine itself")
        return None
    given = request.headers.get("x-mock-token") or request.headers.get("authorization", "").removeprefix("Bearer ")
    if compare_digest(given.encode(), token.encode()):
        return None
    return _error(401, "the control token is missing or wrong", "send it as `Authorization: Bearer <token>`")


def _is_this_machine(host: str) -> bool:
    """Whether a host, with or without its port, is this machine."""
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    return is_loopback(name)


async def _body(request: Request) -> bytes | None:
    """The whole body, None for one that is too long."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size <= _MOST_BODY:
            parts.append(part)
    return b"".join(parts) if size <= _MOST_BODY else None


async def _events(worlds: Worlds, name: str, request: Request) -> AsyncIterator[bytes]:
    """New journal entries of a world as they come, each as the data of one event; the end when the world goes."""
    with worlds.lock:
        if name not in worlds:
            return
        journal = worlds.get(name).journal
        seen = journal.last.seq if len(journal) else 0
    yield b": the journal of the world %b\n\n" % name.encode()
    while not await request.is_disconnected():
        with worlds.lock:
            if name not in worlds:
                return
            world = worlds.get(name)
            if world.journal is not journal:
                journal, seen = world.journal, 0
            rows = []
            if len(journal) and journal.last.seq > seen:
                rows = [(entry.seq, entry.show(world.keys)) for entry in journal if entry.seq > seen]
                seen = journal.last.seq
        for seq, row in rows:
            yield b"id: %d\ndata: %b\n\n" % (seq, msgspec.json.encode(row))
        await asyncio.sleep(_LOOK_EVERY_S)


def _json(status: int, data: object) -> Response:
    return Response(msgspec.json.encode(data), status, media_type="application/json")


def _error(status: int, error: str, hint: str) -> Response:
    return _json(status, {"error": error, "hint": hint})
