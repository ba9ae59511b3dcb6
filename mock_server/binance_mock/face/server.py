"""A server in a thread: started on a socket that is bound beforehand, stopped without waiting for uvicorn's ticks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from binance_mock.clock import steady_time
from binance_mock.gate.journal import Entry
from binance_mock.wire.app import App, Asgi
from binance_mock.wire.protocol import Protocol
from binance_mock.wire.server import bind, make_server
from binance_mock.world import World
from binance_mock.worlds import Worlds


class ServerThread:
    """Runs the application.

    Args:
        worlds: what it serves.
        host: address to listen on.
        port: 0 for a free one.
        log: called with each finished request and its world, None for no access log.
    """

    def __init__(self, worlds: Worlds, host: str, port: int, log: Callable[[Entry, World], None] | None = None) -> None:
        self._worlds = worlds
        self._log = log
        self._socket = bind(host, port)
        self.port: int = self._socket.getsockname()[1]
        self._ready: Future[asyncio.AbstractEventLoop] = Future()
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name=f"binance-mock:{self.port}", daemon=True)
        self._thread.start()
        self._loop = self._ready.result()

    def stop(self) -> None:
        """Close the listening socket and all connections, and end the thread."""
        stop = self._stop
        if stop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(stop.set)
            self._thread.join()

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=_loop_factory()) as runner:
                runner.run(self._serve())
        except BaseException as error:
            if self._ready.done():
                raise
            self._ready.set_exception(error)

    def _make_control(self) -> Asgi:
        """The control API, loaded when it is first called over HTTP."""
        from binance_mock.wire.control import make_control

        return make_control(self._worlds)

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        server = make_server(App(self._worlds, log=self._log, control=self._make_control))
        config = server.config
        config.load()
        server.lifespan = config.lifespan_class(config)
        await server.startup(sockets=[self._socket])
        await server.on_tick(0)
        self._ready.set_result(asyncio.get_running_loop())
        while not self._stop.is_set():
            try:
                await asyncio.wait_for(self._stop.wait(), 1)
            except TimeoutError:
                await server.on_tick(0)  # The date header of the next second.
        for listener in server.servers:
            listener.close()
        self._socket.close()
        for connection in list(server.server_state.connections):
            assert isinstance(connection, Protocol)
            if connection.cycle is None or connection.cycle.response_complete:
                connection.shutdown()
            else:
                connection.leave()
        while server.server_state.connections:
            await asyncio.sleep(0)
        for task in list(server.server_state.tasks):
            task.cancel()


class _SteadyLoop(asyncio.SelectorEventLoop):
    """A loop of asyncio whose time freezegun leaves alone."""

    def time(self) -> float:
        """Seconds by the steady clock."""
        return steady_time()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """Uvloop where there is one."""
    try:
        import uvloop
    except ImportError:
        return _SteadyLoop
    factory: Any = uvloop.new_event_loop
    return factory  # type: ignore[no-any-return]  # uvloop has no stubs for it
