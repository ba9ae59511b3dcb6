"""From the start of the process to its first answer, and idle memory, against bare Starlette.

Ours is what a user starts, `binance-mock serve`. Both are started in turns and polled every 2 ms.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from statistics import median

from bench.process import Server
from bench.result import Result, times

NAMES = ("startup", "rss")

_SETTLED_S = 0.3


def run(names: Sequence[str], *, quick: bool) -> Iterator[Result]:
    rounds = 4 if quick else 10
    starts: tuple[list[float], list[float]] = ([], [])
    memory: tuple[list[int], list[int]] = ([], [])
    for _ in range(rounds):
        for server, start, rss in zip(_servers(), starts, memory, strict=True):
            with server:
                start.append(server.start_seconds * 1000)
                time.sleep(_SETTLED_S)
                rss.append(server.rss())
    if "startup" in names:
        yield times("start-up", "ms", median(starts[1]), median(starts[0]), 1.7, f"median of {rounds} starts")
    if "rss" in names:
        ours, reference = (median(sizes) / 2**20 for sizes in (memory[1], memory[0]))
        yield times("idle memory", "MiB", ours, reference, 1.5, "RSS after one answer")


def _servers() -> tuple[Server, Server]:
    if find_spec("binance_mock.cli") and find_spec("binance_mock.__main__"):
        ours = Server("binance_mock", "serve", "--port", "{port}")
    else:
        ours = Server("bench.servers.mock")
    return Server("bench.servers.plain_starlette"), ours
