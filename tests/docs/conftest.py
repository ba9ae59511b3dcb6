"""Fixtures of the tests of the documentation: nothing leaves the machine, and nothing of its settings shows."""

from __future__ import annotations

import gc
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from . import my_bot
from .running import close_loop

LOCAL = ("127.0.0.1", "localhost", "::1", None)
RunScript = Callable[..., str]


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of the machine."""
    for name in ("BINANCE_MOCK_TOKEN", "PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_XDIST_WORKER"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture(autouse=True)
def no_way_out(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Other names than those of this machine are not resolved; a test that tried one fails."""
    resolve = socket.getaddrinfo
    tried: list[Any] = []

    def local_only(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in LOCAL:
            tried.append(name)
            raise socket.gaierror(f"an example called {name}")
        return resolve(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", local_only)
    yield
    assert not tried


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> RunScript:
    """Runs Python, with the reader's code beside it, and gives what it printed."""
    monkeypatch.setitem(sys.modules, "my_bot", my_bot)

    def run(code: str, name: str, **names: Any) -> str:
        exec(compile(code, name, "exec"), names)
        names.clear()
        close_loop()
        gc.collect()
        return capsys.readouterr().out

    return run


@pytest.fixture
def served_port() -> Iterator[str]:
    """The port of a fresh `binance-mock serve`."""
    command = [sys.executable, "-m", "binance_mock", "serve", "--port", "0", "--json-logs"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BINANCE")}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=kept) as server:
        assert server.stderr is not None
        yield json.loads(server.stderr.readline())["url"].rpartition(":")[2]
        server.terminate()
        server.stderr.read()
        assert server.wait(timeout=10) == 0
