"""`Mock`: a mock exchange in the tester's hands."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from binance_mock.face.accounts import AccountFace, AccountsFace
from binance_mock.face.backend import Backend, LocalBackend, MockError, RemoteBackend
from binance_mock.face.clock import ClockFace, Moment
from binance_mock.face.faults import FaultsFace
from binance_mock.face.journal import RequestsFace
from binance_mock.face.limits import LimitsFace
from binance_mock.face.spot import SpotFace

if TYPE_CHECKING:
    from binance_mock.face.server import ServerThread


class Mock:
    """A mock exchange, served in a thread of this process from `start` (or `with`) on.

        with Mock(frozen_at=1_700_000_000_000) as binance:
            client = MyClient(binance.url, binance.api_key, binance.api_secret)

    `Mock.connect(url)` gives the same face of a server that runs elsewhere.

    Args:
        seed: seeds ids and the standing market; equal seeds give equal worlds.
        frozen_at: where its clock stands still, in milliseconds or as an aware datetime; None lets it run.
        config: a TOML file, or what one would hold as a mapping.
        host: address to listen on.
        port: 0 for a free one.

    Attributes:
        clock: freeze and move the world's clock.
        faults: let things go wrong.
        accounts: open accounts and make keys.
        spot: move the spot market.
        limits: show and change request limits.
        requests: what the world received, with verdict and diagnosis.
    """

    def __init__(
        self,
        *,
        seed: int | None = None,
        frozen_at: Moment | None = None,
        config: str | Path | Mapping[str, Any] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self._seed = seed
        self._frozen_at = frozen_at
        self._config = config
        self._host = host
        self._port = port
        self._server: ServerThread | None = None
        self._url = ""
        self._attach(_Unstarted())

    @classmethod
    def connect(cls, url: str, *, token: str | None = None) -> Mock:
        """The face of a server that runs elsewhere.

        Args:
            url: such as http://127.0.0.1:8099.
            token: its control token, None for none.

        Raises:
            MockError: no mock answers there.
        """
        mock = cls()
        mock._url = url.rstrip("/")
        mock._attach(RemoteBackend(url, token))
        try:
            mock._backend.call("GET", "/health")
        except MockError:
            mock._backend.close()
            raise
        return mock

    def start(self) -> Self:
        """Start the server; `with` does it too."""
        if self._server is not None or self._url:
            return self
        from binance_mock.control.control import Control
        from binance_mock.face.server import ServerThread
        from binance_mock.face.setup import make_worlds

        worlds = make_worlds(self._config, self._seed, self._frozen_at)
        control = Control(worlds)
        try:
            server = self._server = ServerThread(worlds, self._host, self._port)
        except OSError as error:
            raise MockError(
                f"cannot listen on {self._host} port {self._port}: {error.strerror}; leave the port out for a free one"
            ) from error
        host = f"[{self._host}]" if ":" in self._host else self._host
        self._url = f"http://{host}:{server.port}"
        self._attach(LocalBackend(lambda *call: server.run(lambda: control.handle(*call))))
        return self

    def stop(self) -> None:
        """Stop the server, or let go of the remote one."""
        self._backend.close()
        if self._server is not None:
            self._server.stop()
            self._server = None
        self._url = ""
        self._attach(_Unstarted())

    @property
    def url(self) -> str:
        """Where clients find it, such as http://127.0.0.1:40123."""
        if not self._url:
            raise _not_started()
        return self._url

    @property
    def api_key(self) -> str:
        """The text of a key of the first account."""
        return str(self._first_key()["key"])

    @property
    def api_secret(self) -> str:
        """The secret that belongs to `api_key`."""
        from binance_fixtures.signing import EXAMPLE_PAIR

        if self.api_key != EXAMPLE_PAIR.api_key:
            raise MockError("the secret of a configured key is not told; take it from the configuration")
        return EXAMPLE_PAIR.secret

    @property
    def account(self) -> AccountFace:
        """The first account, which is the default one."""
        return next(iter(self.accounts))

    def reset(self) -> None:
        """Put a fresh world in place: as it was at the start, its clock included."""
        self._backend.call("POST", "/reset", {})

    def explain(
        self, target: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, body: str = ""
    ) -> dict[str, Any]:
        """Say why a request would be refused, without executing or counting it.

        Args:
            target: path with query.
            method: HTTP verb.
            headers: headers, X-MBX-APIKEY among them.
            body: form body.
        """
        asked = {"method": method, "target": target, "headers": dict(headers or {}), "body": body}
        answer: dict[str, Any] = self._backend.call("POST", "/explain", asked)
        return answer

    def _first_key(self) -> dict[str, Any]:
        for row in self._backend.call("GET", "/accounts")["accounts"]:
            for key in row["keys"]:
                return dict(key)
        raise MockError("no account has a key; make one with accounts.open(...)")

    def _attach(self, backend: Backend) -> None:
        self._backend = backend
        self.clock = ClockFace(backend)
        self.faults = FaultsFace(backend)
        self.accounts = AccountsFace(backend)
        self.spot = SpotFace(backend)
        self.limits = LimitsFace(backend)
        self.requests = RequestsFace(backend)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"Mock({self._url or 'not started'})"


class _Unstarted:
    """Stands in until there is a world."""

    def call(self, *_: Any, **__: Any) -> Any:
        raise _not_started()

    def close(self) -> None:
        """Nothing is held."""


def _not_started() -> MockError:
    return MockError("the mock is not started; write `with Mock() as binance:`, or call start()")
