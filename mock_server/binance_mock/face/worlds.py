"""More worlds on the same server, from a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Unpack

from binance_mock.face.backend import Backend
from binance_mock.face.options import WorldOptions, plain

if TYPE_CHECKING:
    from binance_mock.face.mock import Mock


class WorldsFace:
    """Makes and removes worlds; iterating gives their names.

    Args:
        backend: makes control calls.
        face: makes the `Mock` of a world from what the control API told of it.
    """

    def __init__(self, backend: Backend, face: Callable[[dict[str, Any]], Mock]) -> None:
        self._backend = backend
        self._face = face

    def create(self, name: str | None = None, **options: Unpack[WorldOptions]) -> Mock:
        """A fresh world beside the others, with a key of its own; stopping it removes it.

        Args:
            name: what it is called; the server finds a name when left out.
            **options: see `WorldOptions`.

        Raises:
            MockError: the name is taken, there are too many worlds, or an option is not legal.
        """
        return self._face(self._backend.call("POST", "/worlds", {"id": name, **plain(options)}))

    def remove(self, name: str) -> None:
        """Remove a world with everything in it."""
        self._backend.call("DELETE", f"/worlds/{name}")

    def __iter__(self) -> Iterator[str]:
        for row in self._backend.call("GET", "/worlds")["worlds"]:
            yield row["id"]

    def __len__(self) -> int:
        return len(self._backend.call("GET", "/worlds")["worlds"])
