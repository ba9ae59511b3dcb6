"""`Interception`: from start to stop, calls to Binance go to the mock."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from types import TracebackType
from typing import Final, Self

from binance_mock.interception.aiohttp_calls import AiohttpCalls
from binance_mock.interception.around import F, around
from binance_mock.interception.calls import Calls
from binance_mock.interception.errors import InterceptionError
from binance_mock.interception.httpx_calls import HttpxCalls
from binance_mock.interception.imports import ImportWatcher
from binance_mock.interception.route import Route
from binance_mock.interception.urllib3_calls import Urllib3Calls
from binance_mock.interception.websockets_calls import WebsocketsCalls

LIBRARIES: Final[tuple[type[Calls], ...]] = (Urllib3Calls, HttpxCalls, AiohttpCalls, WebsocketsCalls)
"""Those whose calls are caught, where they are installed."""


class Interception:
    """Sends what the process calls at Binance's hosts to a mock, while it is active.

        with Interception(binance.url):
            ...

        @Interception("http://127.0.0.1:8099", strict=True)
        async def test_my_bot(): ...

    It works for `with`, for `async with`, as a decorator (each call of the function is an interception of its own), and
    by `start` and `stop`. It holds for the whole process, all threads and tasks of it. Interceptions nest, and the last
    to start is the first to stop; the newest has the first say, and what it lets through the one before it sees.

    Libraries may be imported before or during it. Connections that are open when it starts are left alone.

    Args:
        url: of the mock, such as http://127.0.0.1:40123 or http://127.0.0.1:40123/w/t1; HTTP only.
        strict: refuse calls to all other hosts but local ones, with an error of the kind that the library raises where
            it cannot connect; see `NotIntercepted`.
        passthrough: hosts that calls reach in any case, such as ["api.example.org"]; one of Binance's is then called
            for real.

    Raises:
        ValueError: the URL or a host is none.
        TypeError: `passthrough` is a single text.
    """

    def __init__(self, url: str, *, strict: bool = False, passthrough: Sequence[str] = ()) -> None:
        self._route = Route(url, strict=strict, passthrough=passthrough)
        self._again = partial(Interception, url, strict=strict, passthrough=passthrough)
        self._url = url
        self._calls: tuple[Calls, ...] = ()
        self._watcher: ImportWatcher | None = None

    def start(self) -> Self:
        """Start it.

        Raises:
            InterceptionError: it is active.
        """
        if self._watcher is not None:
            raise InterceptionError(f"{self!r} is active; stop it first, or make another one")
        self._calls = tuple(library(self._route) for library in LIBRARIES)
        install = {name: calls.install for calls in self._calls for name in calls.modules}
        self._watcher = ImportWatcher(install)
        self._watcher.add()
        try:
            for name, catch in install.items():
                module = sys.modules.get(name)
                if module is not None:
                    catch(module)
        except BaseException:
            self._remove()
            raise
        return self

    def stop(self) -> None:
        """Stop it; every library is as it was before.

        Raises:
            InterceptionError: it is not active, another one was started after it and is, or something else has
                replaced what it had replaced. It stays as it is then.
        """
        if self._watcher is None:
            raise InterceptionError(f"{self!r} is not active; start it first")
        if not self._watcher.is_newest():
            raise InterceptionError(f"{self!r} is not the newest interception; stop those first that began after it")
        for calls in self._calls:
            calls.patches.check()
        self._remove()

    def _remove(self) -> None:
        if self._watcher is not None:
            self._watcher.remove()
            self._watcher = None
        for calls in reversed(self._calls):
            calls.remove()
        self._calls = ()

    def __call__(self, function: F) -> F:
        """Intercept during each call of a function, or until its coroutine has ended.

        Raises:
            TypeError: it is a class or a generator, whose calls end before they have done anything.
        """
        return around(function, self._again)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"Interception({self._url!r})"
