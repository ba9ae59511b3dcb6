"""The control API over one frozen world, called without HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.mock_server.spot_client import NOW, frozen_world

from binance_mock.control.control import Control
from binance_mock.world import World
from binance_mock.worlds import Worlds

NOW_MS = NOW // 1000


class Caller:
    """Makes control calls; `ok` and `refused` say what must come of it."""

    def __init__(self, world: World) -> None:
        self.worlds = Worlds(world)
        self.control = Control(self.worlds)

    @property
    def world(self) -> World:
        """The world that calls are about."""
        return self.worlds.default

    def call(self, method: str, path: str, body: Any = None, /, **query: str) -> tuple[int, Any]:
        """Make a call; a body of bytes is sent as it is."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self.control.handle(method, path, query, raw)

    def ok(self, method: str, path: str, body: Any = None, /, **query: str) -> Any:
        """What a call answers that must succeed."""
        status, answer = self.call(method, path, body, **query)
        assert status == 200, answer
        return answer

    def refused(self, method: str, path: str, body: Any = None, /, **query: str) -> tuple[int, str, str]:
        """Status, error and hint of a call that must be refused and change nothing."""
        before = self.state()
        status, answer = self.call(method, path, body, **query)
        assert list(answer) == ["error", "hint"]
        assert self.state() == before
        return status, answer["error"], answer["hint"]

    def state(self) -> list[Any]:
        """What can be seen of the world."""
        return [self.ok("GET", path) for path in ("/accounts", "/faults", "/clock", "/limits", "/requests")]


@pytest.fixture
def control() -> Caller:
    """A fresh world whose clock stands at `NOW_MS`."""
    return Caller(frozen_world())
