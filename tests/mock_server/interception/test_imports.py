"""Libraries that are imported while an interception is active."""

from __future__ import annotations

import importlib
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from binance_mock import Mock
from binance_mock.interception.imports import ImportWatcher

NAME = "module_of_an_interception_test"

PROGRAM = """
import asyncio, socket, sys

def guarded(host, *args, original=socket.getaddrinfo, **kwargs):
    if host not in ("127.0.0.1", None):
        sys.exit(f"tried to reach {host}")
    return original(host, *args, **kwargs)

socket.getaddrinfo = guarded
from binance_mock.interception import Interception

assert not {"urllib3", "requests", "httpx", "aiohttp", "websockets"} & set(sys.modules)
with Interception(sys.argv[1]):
"""

CALLS = {
    "requests": """
    import requests
    requests.get("https://api.binance.com/lazy", timeout=10)
""",
    "httpx": """
    from httpx import get
    get("https://api.binance.com/lazy")
""",
    "aiohttp": """
    from aiohttp import ClientSession
    async def main():
        async with ClientSession() as session, session.get("https://api.binance.com/lazy"):
            pass
    asyncio.run(main())
""",
    "websockets": """
    import websockets
    async def main():
        try:
            async with websockets.connect("wss://stream.binance.com:9443/lazy"):
                pass
        except websockets.InvalidStatus:
            pass
    asyncio.run(main())
""",
    "websockets, threading": """
    from websockets.sync.client import connect
    from websockets import InvalidStatus
    try:
        connect("wss://stream.binance.com:9443/lazy")
    except InvalidStatus:
        pass
""",
}


@pytest.mark.parametrize("library", CALLS)
def test_a_library_that_is_imported_inside_is_caught(binance: Mock, library: str) -> None:
    program = PROGRAM + CALLS[library]
    done = subprocess.run([sys.executable, "-c", program, binance.url], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [entry.path for entry in binance.requests] == ["/lazy"]


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a module that is not imported yet."""
    (tmp_path / f"{NAME}.py").write_text("value = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield NAME
    sys.modules.pop(NAME, None)


def test_the_module_has_run_and_shows_nothing_of_the_watcher(module: str) -> None:
    told: list[tuple[ModuleType, int]] = []
    watcher = ImportWatcher({module: lambda loaded: told.append((loaded, loaded.value))})
    before = list(sys.meta_path)
    watcher.add()
    imported = importlib.import_module(module)
    watcher.remove()
    assert sys.meta_path == before
    assert told == [(imported, 1)]
    assert imported.__spec__ is not None
    assert imported.__loader__ is imported.__spec__.loader
    assert type(imported.__loader__).__module__ != ImportWatcher.__module__


def test_all_watchers_are_told_the_oldest_first(module: str) -> None:
    told: list[str] = []
    old = ImportWatcher({module: lambda _: told.append("old")})
    new = ImportWatcher({module: lambda _: told.append("new")})
    old.add()
    new.add()
    assert (old.is_newest(), new.is_newest()) == (False, True)
    importlib.import_module(module)
    new.remove()
    assert old.is_newest()
    old.remove()
    assert told == ["old", "new"]


def test_a_watcher_that_was_removed_is_told_nothing(module: str) -> None:
    """Not even by a module that was found before, and runs afterwards."""
    told: list[ModuleType] = []
    watcher = ImportWatcher({module: told.append})
    watcher.add()
    spec = importlib.util.find_spec(module)
    watcher.remove()
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    assert loaded.value == 1
    assert told == []
    assert watcher.find_spec(module, None) is None


def test_what_nobody_finds_is_not_found() -> None:
    watcher = ImportWatcher({NAME: lambda _: None})
    watcher.add()
    try:
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module(NAME)
    finally:
        watcher.remove()
