"""Runs of pytest within these tests: each writes a small project of its own and runs it with the plugin."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from binance_mock import Mock

GOLDEN = Path(__file__).parent / "golden"
TRADING = Path(__file__).parents[1] / "mock_server" / "face" / "trading.py"
CALM = ("-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:asyncio")
STRICT = ("-W", "error::pytest.PytestUnraisableExceptionWarning", "-W", "error::ResourceWarning")
TOKEN = "open-sesame"


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's settings shows in a run."""
    for name in ("BINANCE_MOCK_TOKEN", "PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_XDIST_WORKER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[Mock]:
    """A server that the runs reach by its URL only. Its modules stay loaded, which makes the runs in process quick."""
    with Mock() as mock, Mock.connect(mock.url) as remote:
        assert remote.clock.mode == "live"
        yield mock


@pytest.fixture(scope="session")
def guarded() -> Iterator[str]:
    """The URL of `binance-mock serve` with the control token `TOKEN`."""
    command = [sys.executable, "-m", "binance_mock", "serve", "--port", "0", "--control-token", TOKEN]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", server.stderr.readline())
        assert found is not None
        yield found[0]
        server.terminate()
        server.stderr.read()
        assert server.wait(timeout=10) == 0


@dataclass
class Project:
    """A directory with tests, and `trading.py`, which signs by hand, beside them."""

    pytester: pytest.Pytester
    monkeypatch: pytest.MonkeyPatch

    def conftest(self, source: str) -> None:
        """Write the conftest."""
        self.pytester.makeconftest(source)

    def write(self, name: str, text: str) -> Path:
        """Write any other file."""
        path = self.pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, source: str, *arguments: str) -> pytest.RunResult:
        """Run tests in this process."""
        self.pytester.makepyfile(test_it=source)
        return self.pytester.runpytest_inprocess(*CALM, *STRICT, *arguments)

    def run_apart(self, source: str, *arguments: str, plugins: Sequence[str] = ()) -> pytest.RunResult:
        """Run tests in a process of their own, with this plugin and no others but those that are named."""
        self.pytester.makepyfile(test_it=source)
        self.monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        loaded = [word for name in ("pytest_binance.plugin", *plugins) for word in ("-p", name)]
        return self.pytester.runpytest_subprocess("-p", "no:cacheprovider", *loaded, *STRICT, *arguments)

    def python(self, source: str) -> pytest.RunResult:
        """Run a script that calls pytest itself; what Python complains about at its end is an error."""
        self.pytester.makepyfile(script=source)
        return self.pytester.run(sys.executable, "-X", "dev", "-W", "error::ResourceWarning", "script.py")


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, elsewhere: Mock) -> Project:
    """A fresh project."""
    shutil.copy(TRADING, pytester.path / "trading.py")
    return Project(pytester, monkeypatch)


def golden(name: str, text: str) -> None:
    """Compare with a golden file; `UPDATE_GOLDEN=1` writes it anew."""
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
