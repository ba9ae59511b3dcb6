"""How the examples of a section are run."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from .pages import Section

MY_BOT = Path(__file__).with_name("my_bot.py")
PORT = "8099"
CALM = ("-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:asyncio")
_CHANGING = (
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r"\b\d\d:\d\d:\d\d\.\d{3}\b", "TIME"),
    (r"\b1\d{12}\b", "MILLISECONDS"),
    (r"\b\d+\.\d+s\b", "SECONDS"),
    (r"=+|-{3,}|_{3,}", "="),
)


def write_files(section: Section, folder: Path) -> None:
    """Write the files of a section, with the reader's code beside them; Python without a name is `test_it.py`."""
    shutil.copy(MY_BOT, folder / "my_bot.py")
    for block in section.of("python", "toml", "ini"):
        path = folder / (block.file or "test_it.py")
        path.parent.mkdir(parents=True, exist_ok=True)
        assert not path.exists(), f"{section.page}, {section.heading}: two files {path.name}"
        path.write_text(block.text, encoding="utf-8")


def run_project(section: Section, pytester: pytest.Pytester, *options: str) -> pytest.RunResult:
    """Run the tests of a section in this process."""
    write_files(section, pytester.path)
    return pytester.runpytest_inprocess(*CALM, *options)


def run_apart(
    section: Section, pytester: pytest.Pytester, *options: str, plugins: Sequence[str] = ()
) -> pytest.RunResult:
    """Run the tests of a section in a process of their own, with the plugins that they need and no others."""
    write_files(section, pytester.path)
    loaded = [word for name in ("pytest_binance.plugin", *plugins) for word in ("-p", name)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        return pytester.runpytest_subprocess("-p", "no:cacheprovider", *loaded, *options)


def free_port() -> str:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return str(one.getsockname()[1])


def shell(text: str, folder: Path, port: str = "", **variables: str) -> str:
    """Run lines by bash in a folder, as at a prompt with the project installed; the first that fails ends it.

    The port of the documents becomes a free one. What still runs at the end is ended.

    Returns:
        what was printed to standard output.
    """
    text = text.replace(PORT, port or free_port())
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "BINANCE"))}
    addopts = "-p no:randomly -p no:cacheprovider -p no:schemathesis"
    environment = kept | {"PYTEST_ADDOPTS": addopts, "no_proxy": "*"} | variables
    environment["PATH"] = f"{folder / 'bin'}:{Path(sys.executable).parent}:{environment['PATH']}"
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", text]
    output = folder / "shell-output.txt"
    errors = folder / "shell-errors.txt"
    with output.open("w") as out, errors.open("w") as err:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdout=out,
            stderr=err,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            status = process.wait(timeout=60)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    printed = output.read_text()
    assert status == 0, f"{text}\n{printed}\n{errors.read_text()}"
    return printed


def run_console(shown: str, folder: Path, port: str, **variables: str) -> None:
    """Run each command of an example, and compare what it prints with what is shown below it."""
    parts = [part for part in re.split(r"^\$ ", shown, flags=re.MULTILINE) if part]
    for part in parts:
        command, _, expected = part.partition("\n")
        while command.endswith("\\"):
            more, _, expected = expected.partition("\n")
            command = f"{command}\n{more}"
        assert_shown(expected, shell(command, folder, port, **variables))


def close_loop() -> None:
    """Close the event loop that python-binance makes and leaves behind."""
    with suppress(RuntimeError):
        asyncio.get_event_loop_policy().get_event_loop().close()
    asyncio.set_event_loop(None)


def stub(folder: Path, name: str, script: str) -> None:
    """A command for `shell`, in the place of one that is the reader's or needs a network."""
    path = folder / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def assert_shown(shown: str, printed: str) -> None:
    """Fail unless the lines of an example stand in an output: in its order, and one below the other but for `...`.

    Ports, times and the length of rules may differ; a line may end in `...`.
    """
    lines = [_plain(line) for line in printed.splitlines()]
    at = 0
    parts: list[list[str]] = [[]]
    for line in shown.splitlines():
        if line.startswith("$"):
            continue
        if line.strip() == "...":
            parts.append([])
        else:
            parts[-1].append(_plain(line))
    for part in parts:
        starts = range(at, len(lines) - len(part) + 1)
        found = next((start for start in starts if all(map(_same, part, lines[start:]))), None)
        assert found is not None, "\n".join(["not printed:", *part, "printed:", *lines[at:]])
        at = found + len(part)


def _plain(line: str) -> str:
    for pattern, word in _CHANGING:
        line = re.sub(pattern, word, line)
    return line.rstrip()


def _same(shown: str, printed: str) -> bool:
    if shown.endswith("..."):
        return printed.startswith(shown.removesuffix("...").rstrip())
    return shown == printed
