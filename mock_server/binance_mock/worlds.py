"""The worlds of a server."""

from __future__ import annotations

from binance_mock.world import World


class Worlds:
    """The default world; `reset` puts a fresh one in its place.

    Args:
        default: the world that requests go to.
    """

    def __init__(self, default: World) -> None:
        self.default = default

    def reset(self) -> World:
        """A fresh default world."""
        self.default = self.default.fresh()
        return self.default
