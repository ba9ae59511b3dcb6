"""The fixtures, in layers; a conftest may replace each of them.

binance_config -> binance_server (one for the run) -> binance (a world for each test) -> binance_intercept, and
binance_fork. The exchange is imported inside of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_binance.marker import options_of
from pytest_binance.report import describe
from pytest_binance.settings import most_of, setting
from pytest_binance.state import CURRENT, TestState, state_of

if TYPE_CHECKING:
    from binance_mock import Mock


@pytest.fixture(scope="session")
def binance_config() -> str | Path | Mapping[str, Any] | None:
    """The configuration of the mock exchange: the path of a TOML file, or a mapping of the same form; None for the
    standard one. Replace it in a conftest.
    """
    return None


@pytest.fixture(scope="session")
def binance_server(
    pytestconfig: pytest.Config, binance_config: str | Path | Mapping[str, Any] | None
) -> Iterator[Mock]:
    """The server of the run: one in a thread of this process, or the one that --binance-url names. Its default world
    is shared by all tests; take `binance` for one of your own.
    """
    from binance_mock import Mock

    url, log = setting(pytestconfig, "url"), setting(pytestconfig, "log")
    if url:
        if binance_config is not None:
            pytest.fail(
                f"binance_config cannot change the server at {url}; start that one with --config", pytrace=False
            )
        token = os.environ.get("BINANCE_MOCK_TOKEN") or pytestconfig.getini("binance_token") or None
        with _plain_errors():
            server = Mock.connect(url, token=token)
        with server:
            yield server
    elif log:
        from binance_mock.wire.access_log import AccessLog

        with _log_file(pytestconfig, log).open("w", encoding="utf-8", buffering=1) as file:
            with _plain_errors():
                server = Mock(config=binance_config, log=AccessLog(file)).start()
            with server:
                yield server
    else:
        with _plain_errors():
            server = Mock(config=binance_config).start()
        with server:
            yield server


@pytest.fixture
def binance(request: pytest.FixtureRequest, binance_server: Mock) -> Iterator[Mock]:
    """A mock exchange of this test's own: `binance.url`, `.api_key`, `.api_secret` for the client under test; `.clock`,
    `.faults`, `.limits`, `.spot`, `.account` to set the scene; `.requests` and `.assert_...` to see what it received.
    Configured with @pytest.mark.binance(...).
    """
    state = state_of(request.node)
    with _world_of(request.node, binance_server) as world:
        if state is not None:
            state.world = world
        yield world
        if state is not None:
            state.world = None


@pytest.fixture
def binance_intercept(binance: Mock) -> Iterator[Mock]:
    """`binance`, and while the test runs every call to a real Binance host, over requests, urllib3, httpx, aiohttp or
    websockets, goes there. Keys are not exchanged: give your client `.api_key` and `.api_secret`.
    """
    with binance.intercept():
        yield binance


@pytest.fixture(scope="session")
def binance_fork(pytestconfig: pytest.Config, binance_server: Mock) -> Callable[[], AbstractContextManager[Mock]]:
    """Copies of this test's world, one for each Hypothesis example: a callable that gives a context.

    Copies are made of `binance` where the test uses it, else of a world of the test's marker. The fixture itself is of
    session scope, so Hypothesis has nothing to say against it.
    """

    @contextmanager
    def fork() -> Iterator[Mock]:
        state = pytestconfig.stash[CURRENT]
        with _origin(state, binance_server).fork() as world:
            try:
                yield world
            except BaseException:
                most = most_of(pytestconfig)
                state.copy = describe(world, most) if most else []
                raise

    return fork


def _origin(state: TestState, server: Mock) -> Mock:
    if state.world is not None:
        return state.world
    if state.base is None:
        state.base = _world_of(state.item, server)
    return state.base


def _world_of(item: pytest.Item, server: Mock) -> Mock:
    """A world with the options of a test's markers."""
    with _plain_errors():
        return server.worlds.create(**options_of(item))


@contextmanager
def _plain_errors() -> Iterator[None]:
    """What the exchange refuses is told without a traceback through its inside."""
    from binance_mock.config_reading import ConfigError
    from binance_mock.face.backend import MockError

    try:
        yield
    except (ConfigError, MockError) as error:
        pytest.fail(str(error), pytrace=False)


def _log_file(config: pytest.Config, name: str) -> Path:
    """Where to log; each worker of pytest-xdist has a file of its own."""
    worker = getattr(config, "workerinput", {}).get("workerid", "")
    path = Path(name)
    return path.with_name(f"{path.stem}.{worker}{path.suffix}") if worker else path
