"""Where requests come in, from a socket or from within the process: each is led to its world and handled there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec.json import encode

from binance_mock.clock import ClockMode
from binance_mock.gate.gate import Held
from binance_mock.gate.journal import Entry
from binance_mock.gate.request import Headers, Request, Response
from binance_mock.world import World
from binance_mock.worlds import PREFIX, Worlds

MOST_BODY: Final = 64 * 1024
"""Bytes of a body that are read; Binance's calls need far fewer."""
MOST_QUERY: Final = 16 * 1024
_TOO_LARGE: Final = b'{"code":-1101,"msg":"Too many parameters sent for this endpoint."}'
_JSON: Final = (b"content-type", b"application/json;charset=UTF-8")


def is_control(path: str) -> bool:
    """Whether a path is one of the control API."""
    return path[:6] == "/_mock" and path[6:7] in ("", "/")


class Reception:
    """Takes requests for the worlds of a server. It never waits: its callers do, each in its own way.

    Args:
        worlds: the worlds; their lock is held while one of them is touched.
    """

    __slots__ = ("worlds",)

    def __init__(self, worlds: Worlds) -> None:
        self.worlds = worlds

    def take(
        self, method: str, path: str, query: bytes, body: bytes, headers: Mapping[bytes, bytes], client: str
    ) -> tuple[World, Entry | None, Response | Held]:
        """Lead a request to its world.

        Args:
            method: the verb in capitals.
            path: the decoded path, with the prefix of its world if it has one.
            query: the raw query string.
            body: the raw body.
            headers: names in lower case to values.
            client: the address of the peer.

        Returns:
            the world, the journal's entry, and the response or `Held`. A request that reaches no world has no entry.
        """
        worlds = self.worlds
        with worlds.lock:
            if len(query) > MOST_QUERY or len(body) > MOST_BODY:
                return worlds.default, None, Response(400, _TOO_LARGE, [_JSON])
            found = worlds.find(path, headers)
            if found is None:
                return worlds.default, None, _no_world(path)
            world, path = found
            response = world.handle(Request(method, path, query, body, headers, client))
            return world, world.journal.last, response

    def pass_time(self, world: World, waiting: Held | Response) -> float:
        """Let the world's clock pass the time that a request or its answer waits, where that clock stands still.

        Returns:
            the seconds that the caller has to wait for real: 0 when the clock was moved.
        """
        if world.clock.mode is ClockMode.FROZEN and not waiting.wall:
            with self.worlds.lock:
                world.clock.move(waiting.delay_ms * 1000)
            return 0
        return waiting.delay_ms / 1000

    def resume(self, world: World, held: Held) -> Response:
        """Go on with a request that has waited."""
        with self.worlds.lock:
            return held.resume(world.clock.now())


def _no_world(path: str) -> Response:
    """The answer where no world has the name that stands in the path: it was removed, or mistyped."""
    name = path[len(PREFIX) :].partition("/")[0]
    headers: Headers = [_JSON]
    msg = f"binance-mock: there is no world {name[:80]!r} here; it was removed, or its name is mistyped."
    return Response(404, encode({"code": -1020, "msg": msg}), headers)
