"""`Mock`: a mock exchange in the tester's hands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack

from binance_mock.face.accounts import AccountFace, AccountsFace
from binance_mock.face.assertions import Assertions
from binance_mock.face.backend import MockError
from binance_mock.face.clock import ClockFace
from binance_mock.face.faults import FaultsFace
from binance_mock.face.intercept import Intercept
from binance_mock.face.journal import Requests
from binance_mock.face.limits import LimitsFace
from binance_mock.face.link import DEFAULT, Link, NotStarted, RemoteLink, not_started, split_url
from binance_mock.face.options import WorldOptions, plain
from binance_mock.face.options_market import OptionsFace
from binance_mock.face.setup import open_worlds
from binance_mock.face.spot import SpotFace
from binance_mock.face.usdm import UsdmFace
from binance_mock.face.worlds import WorldsFace

if TYPE_CHECKING:
    from binance_mock.gate.journal import Entry
    from binance_mock.inprocess.httpx_transport import AsyncHttpxTransport, HttpxTransport
    from binance_mock.inprocess.requests_adapter import RequestsAdapter
    from binance_mock.inprocess.requests_session import InProcessSession
    from binance_mock.world import World


class Mock(Assertions):
    """A mock exchange, served in a thread of this process from `start` (or `with`) on.

        with Mock(frozen_at=1_700_000_000_000, balances={"USDT": "1000"}) as binance:
            client = MyClient(binance.url, binance.api_key, binance.api_secret)

    `Mock.connect(url)` gives the same face of a server that runs elsewhere, `Mock(serve=False)` one without a server,
    for the transports that call it in process. `worlds.create()` and `fork()` give the faces of more worlds.

    Args:
        config: a TOML file, or what one would hold as a mapping.
        host: address to listen on.
        port: 0 for a free one.
        serve: whether to listen at all.
        log: called with each finished request and its world.
        **options: how the world differs from the configured one; see `WorldOptions`.

    Attributes:
        clock: freeze and move the world's clock.
        faults: let things go wrong.
        accounts: open accounts and make keys.
        spot: move the spot market.
        usdm: move USDⓈ-M futures.
        coinm: move COIN-M futures.
        options: move European options.
        limits: show and change request limits.
        requests: what the world received, with verdict and diagnosis.
        worlds: make and remove worlds.
    """

    intercept = Intercept()
    """`with Mock.intercept() as binance:` sends the calls of this process at Binance's hosts there, over requests and
    urllib3, httpx, aiohttp and websockets; `with binance.intercept():` does so for a mock that there is. Also a
    decorator.
    """

    def __init__(
        self,
        *,
        config: str | Path | Mapping[str, Any] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        serve: bool = True,
        log: Callable[[Entry, World], None] | None = None,
        **options: Unpack[WorldOptions],
    ) -> None:
        self._make: Callable[[], Link] | None = partial(
            open_worlds, config, plain(options), host, port, serve=serve, log=log
        )
        self._link: Link | None = None
        self._attach(None, DEFAULT, None)

    @classmethod
    def connect(cls, url: str, *, token: str | None = None) -> Mock:
        """The face of a server that runs elsewhere.

        Args:
            url: such as http://127.0.0.1:8099, or http://127.0.0.1:8099/w/t1 for a world beside the default one.
            token: its control token, None for none.

        Raises:
            MockError: no mock answers there, or it has no such world.
        """
        return cls._connect(url, token, None)

    @classmethod
    def _connect(cls, url: str, token: str | None, pair: tuple[str, str] | None) -> Mock:
        root, world = split_url(url)
        mock = cls()
        link = RemoteLink(root, token)
        mock._make = None
        mock._attach(link, world, pair)
        mock._token = token
        try:
            mock._backend.call("GET", "/clock")
        except MockError:
            link.close()
            raise
        return mock

    def start(self) -> Self:
        """Start the server; `with` does it too."""
        if self._link is None:
            if self._make is None:
                raise MockError("this mock is over; connect again, or create another world")
            self._attach(self._make(), DEFAULT, None)
        return self

    def stop(self) -> None:
        """Stop the server, or let go of the remote one; of a world beside the default one, remove it."""
        link = self._link
        if link is None:
            return
        if self._beside:
            with suppress(MockError):  # It expired, or its server is gone: either way it is removed.
                link.backend(DEFAULT).call("DELETE", f"/worlds/{self.world}")
        else:
            link.close()
        self._attach(None, DEFAULT, None)

    @property
    def url(self) -> str:
        """Where clients find this world, such as http://127.0.0.1:40123 or http://127.0.0.1:40123/w/w1."""
        return self._linked().url if self.world == DEFAULT else f"{self._linked().url}/w/{self.world}"

    @property
    def server_url(self) -> str:
        """Where the server listens; signed requests find their world by their key."""
        return self._linked().url

    @property
    def api_key(self) -> str:
        """The text of a key of the first account."""
        return self._pair[0] if self._pair is not None else str(self._first_key()["key"])

    @property
    def api_secret(self) -> str:
        """The secret that belongs to `api_key`."""
        from binance_fixtures.signing import EXAMPLE_PAIR

        if self._pair is not None:
            return self._pair[1]
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

    def fork(self) -> Mock:
        """A copy of this world that goes its own way, with a key of its own; stopping it removes it."""
        return self._beside_me(self._backend.call("POST", "/worlds", {"fork": self.world}))

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

    # -- in process ---------------------------------------------------------------------------------------------

    def requests_adapter(self) -> RequestsAdapter:
        """An adapter for `requests.Session.mount`: calls the world in this process, without a socket.

        Raises:
            MockError: the world is in another process.
        """
        from binance_mock.inprocess.requests_adapter import RequestsAdapter

        return RequestsAdapter(self._linked().reception, self.world)

    def session(self) -> InProcessSession:
        """A session of `requests` whose every call, whatever the host, goes to the world in this process.

        Raises:
            MockError: the world is in another process.
        """
        from binance_mock.inprocess.requests_session import InProcessSession

        return InProcessSession(self.requests_adapter())

    def httpx_transport(self) -> HttpxTransport:
        """A transport for `httpx.Client(transport=...)`: calls the world in this process, without a socket.

        Raises:
            MockError: the world is in another process.
        """
        from binance_mock.inprocess.httpx_transport import HttpxTransport

        return HttpxTransport(self._linked().reception, self.world)

    def async_httpx_transport(self) -> AsyncHttpxTransport:
        """A transport for `httpx.AsyncClient(transport=...)`: calls the world in this process, without a socket.

        Raises:
            MockError: the world is in another process.
        """
        from binance_mock.inprocess.httpx_transport import AsyncHttpxTransport

        return AsyncHttpxTransport(self._linked().reception, self.world)

    # -- inside -------------------------------------------------------------------------------------------------

    def _linked(self) -> Link:
        if self._link is None:
            raise not_started()
        return self._link

    def _first_key(self) -> dict[str, Any]:
        for row in self._backend.call("GET", "/accounts")["accounts"]:
            for key in row["keys"]:
                return dict(key)
        raise MockError("no account has a key; make one with accounts.open(...)")

    def _beside_me(self, row: dict[str, Any]) -> Mock:
        """The face of a world that was made on the same server."""
        mock = type(self)()
        mock._make = None
        mock._attach(self._linked(), row["id"], (row["key"], row["secret"]))
        mock._token = self._token
        mock._beside = True
        return mock

    def _attach(self, link: Link | None, world: str, pair: tuple[str, str] | None) -> None:
        """Let this face show a world, or none."""
        self._link = link
        self.world = world
        self._pair = pair
        self._token: str | None = None
        self._beside = False
        backend = NotStarted() if link is None else link.backend(world)
        self._backend = backend
        self.clock = ClockFace(backend)
        self.faults = FaultsFace(backend)
        self.accounts = AccountsFace(backend)
        self.limits = LimitsFace(backend)
        self.requests = Requests(backend)
        self.spot = SpotFace(backend)
        self.usdm = UsdmFace(backend)
        self.coinm = UsdmFace(backend, "coinm")
        self.options = OptionsFace(backend)
        self.worlds = WorldsFace(backend, self._beside_me)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __reduce__(self) -> tuple[Any, ...]:
        """In another process a mock is a remote one, by its URL."""
        if not self._linked().served:
            raise MockError("a mock that is not served cannot be sent to another process; leave out serve=False")
        return type(self)._connect, (self.url, self._token, self._pair)

    def __repr__(self) -> str:
        return f"Mock({self.url if self._link is not None else 'not started'})"
