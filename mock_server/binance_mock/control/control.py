"""The control API: finds the call, reads its body, and turns what goes wrong into an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from binance_mock.clock import steady_time
from binance_mock.control import (
    accounts,
    clock,
    explain,
    faults,
    journal,
    limits,
    market,
    options,
    positions,
    server,
    worlds,
)
from binance_mock.control.call import ControlCall, ControlError, Scene, check_query, nearest, read_body
from binance_mock.worlds import Worlds, WorldsError

CALLS: Final[tuple[ControlCall, ...]] = (
    *server.CALLS,
    *worlds.CALLS,
    *clock.CALLS,
    *faults.CALLS,
    *accounts.CALLS,
    *options.CALLS,
    *market.CALLS,
    *positions.CALLS,
    *limits.CALLS,
    *journal.CALLS,
    *explain.CALLS,
)
"""Every call. To add one: write its function in the module of its subject and name it in that module's `CALLS`."""


class Control:
    """Answers control calls.

    Args:
        worlds: the worlds of the server.
    """

    def __init__(self, worlds: Worlds) -> None:
        self.worlds = worlds

    def handle(self, method: str, path: str, query: Mapping[str, str], body: bytes = b"") -> tuple[int, Any]:
        """Answer one call.

        Args:
            method: HTTP verb.
            path: path below `/_mock`.
            query: decoded parameters of the query.
            body: JSON text, or nothing.

        Returns:
            HTTP status and what JSON can show.
        """
        try:
            with self.worlds.lock:
                return 200, self._answer(method, path.rstrip("/") or "/", query, body)
        except ControlError as error:
            return error.status, {"error": error.error, "hint": error.hint}

    def _answer(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> Any:
        verbs = []
        for call in CALLS:
            place = call.match(path)
            if place is None:
                continue
            if call.method != method:
                verbs.append(call.method)
                continue
            check_query(call, query)
            wanted = read_body(call.body, body)
            name = query.get("world", wanted.world)
            try:
                world = self.worlds.get(name)
            except WorldsError as error:
                raise ControlError(error.reason, error.hint, 404) from None
            scene = Scene(self.worlds, world, place, query, steady_time() - self.worlds.started)
            return call.handler(scene, wanted)
        if verbs:
            raise ControlError(f"/_mock{path} takes no {method}", f"it takes {' and '.join(verbs)}", 405)
        known = sorted({f"/_mock{call.path}" for call in CALLS})
        raise ControlError(f"there is no /_mock{path}", nearest(f"/_mock{path}", known), 404)
