"""What the pytest plugin costs: when it is loaded and not used, at its first use, at the end, and for each test."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from bench.result import Result, below

NAMES = ("plugin-load", "plugin-first-use", "plugin-stop", "plugin-test")

_LOAD: Final = """
import pytest, time
start = time.perf_counter()
import pytest_binance.plugin
print((time.perf_counter() - start) * 1000)
"""

_OURS: Final = """
import time
import pytest_binance.plugin
start = time.perf_counter()
from binance_mock import Mock
server = Mock().start()
world = server.worlds.create()
world.url, world.api_key
started = time.perf_counter()
world.stop()
server.stop()
print((started - start) * 1000, (time.perf_counter() - started) * 1000)
"""

_BARE: Final = """
import time
import pytest
start = time.perf_counter()
import socket, threading, uvicorn
async def app(scope, receive, send): ...
listener = socket.create_server(("127.0.0.1", 0))
server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))
thread = threading.Thread(target=server.run, args=([listener],))
thread.start()
while not server.started:
    time.sleep(0.001)
started = time.perf_counter()
server.should_exit = True
thread.join()
print((started - start) * 1000, (time.perf_counter() - started) * 1000)
"""

_TESTS: Final = """
import pytest

def test_first_use(binance):
    pass

@pytest.mark.parametrize("number", range({count}))
def test_nothing({fixture}number):
    pass
"""

_RUN: Final = """
import sys, time, pytest
start = time.process_time()
assert pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist", sys.argv[1]]) == 0
print((time.process_time() - start) * 1000)
"""


def run(names: Sequence[str], *, quick: bool) -> Iterator[Result]:
    rounds = 3 if quick else 10
    note = f"median of {rounds} processes"
    if "plugin-load" in names:
        yield below("plugin, loaded and not used", "ms", median(_numbers(_LOAD)[0] for _ in range(rounds)), 10, note)
    if "plugin-first-use" in names or "plugin-stop" in names:
        pairs = [(_numbers(_OURS), _numbers(_BARE)) for _ in range(rounds)]
        ours, bare = (median(pair[which][0] for pair in pairs) for which in (0, 1))
        if "plugin-first-use" in names:
            yield _over("first use of `binance`", ours, bare, 300, f"{note}; over uvicorn alone in a thread")
        ours, bare = (median(pair[which][1] for pair in pairs) for which in (0, 1))
        if "plugin-stop" in names:
            yield below("stopping it", "ms", ours, 50, f"{note}; uvicorn alone: {bare:.0f} ms")
    if "plugin-test" in names:
        count = 200 if quick else 1000
        with TemporaryDirectory() as folder:
            costs = [_cost_of_a_test(Path(folder), count) for _ in range(3)]
        yield below(
            "set-up and teardown of a test", "ms", median(costs), 1, f"{count} tests with it less as many without"
        )


def _over(name: str, ours: float, reference: float, most: float, note: str) -> Result:
    more = ours - reference
    return Result(name, "ms", ours, reference, more / most, f"< {most:g} ms more", more < most, note)


def _cost_of_a_test(folder: Path, count: int) -> float:
    """CPU milliseconds that `binance` adds to a test."""
    taken = []
    for name, fixture in (("with", "binance, "), ("without", "")):
        file = folder / f"test_{name}.py"
        file.write_text(_TESTS.format(count=count, fixture=fixture))
        taken.append(_numbers(_RUN, str(file))[0])
    return (taken[0] - taken[1]) / count


def _numbers(script: str, *arguments: str) -> list[float]:
    """What a fresh interpreter prints in its last line."""
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)
    return [float(word) for word in done.stdout.splitlines()[-1].split()]
