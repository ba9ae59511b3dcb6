"""One way to call clients that exist twice, once waiting and once asynchronous."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol


class Runner(Protocol):
    """Calls methods of a client by name and gives their results."""

    client: Any

    def call(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """The result of a method."""
        ...

    def close(self) -> None:
        """Close the client's connections."""
        ...


class Waiting:
    """Runs a client whose methods wait.

    Args:
        client: the client.
        close: closes it.
    """

    def __init__(self, client: Any, close: Callable[[], Any]) -> None:
        self.client = client
        self._close = close

    def call(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """The result of a method."""
        return getattr(self.client, method)(*args, **kwargs)

    def close(self) -> None:
        """Close the client's connections."""
        self._close()


class Asynchronous:
    """Runs a client whose methods are coroutines, in an event loop of its own.

    Args:
        make: makes the client, inside the loop.
        close: names the coroutine method that closes it.
    """

    def __init__(self, make: Callable[[], Awaitable[Any]], close: str) -> None:
        self._runner = asyncio.Runner()
        self._close = close
        try:
            self.client = self._runner.run(self._await(make()))
        except BaseException:
            self._runner.close()
            raise

    def call(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """The result of a method."""
        return self._runner.run(self._await(getattr(self.client, method)(*args, **kwargs)))

    def close(self) -> None:
        """Close the client's connections and the loop."""
        try:
            self.call(self._close)
        finally:
            self._runner.close()

    @staticmethod
    async def _await(result: Awaitable[Any]) -> Any:
        return await result
