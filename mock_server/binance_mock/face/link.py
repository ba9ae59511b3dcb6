"""What a `Mock` is connected to: worlds in this process, served or not, or a server that runs elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import urlsplit

from binance_mock.face.backend import Backend, LocalBackend, MockError, RemoteBackend

if TYPE_CHECKING:
    from binance_mock.control.control import Control
    from binance_mock.face.server import ServerThread
    from binance_mock.reception import Reception

NOWHERE: Final = "http://binance-mock.invalid"
"""The URL of worlds that are not served: a name that never resolves, for transports that need none."""

DEFAULT: Final = "default"


class Link(Protocol):
    """A connection to the worlds of one server."""

    @property
    def url(self) -> str:
        """Where the server listens."""

    @property
    def reception(self) -> Reception:
        """Takes requests in this process.

        Raises:
            MockError: the server runs elsewhere.
        """

    @property
    def served(self) -> bool:
        """Whether a socket leads to it."""

    def backend(self, world: str) -> Backend:
        """Control calls for one world."""

    def close(self) -> None:
        """Stop the server, or let go of a remote one."""


class LocalLink:
    """Worlds in this process.

    Args:
        reception: takes their requests.
        control: takes control calls.
        server: serves them, None for worlds that are reached in process only.
        host: the address that it listens on.
    """

    served: bool

    def __init__(self, reception: Reception, control: Control, server: ServerThread | None, host: str) -> None:
        self.reception = reception
        self._control = control
        self._server = server
        self._closed = False
        self.served = server is not None
        shown = f"[{host}]" if ":" in host else host
        self.url = NOWHERE if server is None else f"http://{shown}:{server.port}"

    def backend(self, world: str) -> Backend:
        """Control calls for one world."""
        return OfWorld(LocalBackend(self._handle), world)

    def close(self) -> None:
        """Stop the server."""
        self._closed = True
        if self._server is not None:
            self._server.stop()

    def _handle(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> tuple[int, Any]:
        if self._closed:
            raise MockError("the mock is stopped; start it again, or do this before")
        return self._control.handle(method, path, query, body)


class RemoteLink:
    """A server that runs elsewhere.

    Args:
        url: of the server.
        token: its control token, None for none.
    """

    served = True

    def __init__(self, url: str, token: str | None) -> None:
        self._backend = RemoteBackend(url, token)
        self.url = url

    @property
    def reception(self) -> Reception:
        """There is none."""
        raise MockError(f"the mock at {self.url} runs in another process; use its URL")

    def backend(self, world: str) -> Backend:
        """Control calls for one world."""
        return OfWorld(self._backend, world)

    def close(self) -> None:
        """Close the connection."""
        self._backend.close()


class OfWorld:
    """Control calls that concern one world.

    Args:
        backend: makes them.
        world: its name.
    """

    def __init__(self, backend: Backend, world: str) -> None:
        self._backend = backend
        self._world = world

    def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, query: Mapping[str, Any] | None = None
    ) -> Any:
        """Make a call; see `Backend`."""
        if self._world != DEFAULT:
            query = {**(query or {}), "world": self._world}
        return self._backend.call(method, path, body, query)


class NotStarted:
    """Stands in until there is a world."""

    def call(self, *_: Any, **__: Any) -> Any:
        """Say how to start one."""
        raise not_started()


def not_started() -> MockError:
    """The error of a mock that is not started."""
    return MockError("the mock is not started; write `with Mock() as binance:`, or call start()")


def split_url(url: str) -> tuple[str, str]:
    """The URL of a server and the name of the world in its path.

    Raises:
        MockError: it is no URL of a mock.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url, DEFAULT
    path = parts.path.strip("/")
    if not path:
        return url.rstrip("/"), DEFAULT
    root, _, world = path.rpartition("/")
    if root != "w" or not parts.netloc:
        raise MockError(f"{url!r} is no URL of a mock; it looks like http://127.0.0.1:8099")
    return f"{parts.scheme}://{parts.netloc}", world
