"""Memory: what a resting order takes, and whether an endless stream of requests makes the server grow.

Orders are placed through the gate of a world in a process of its own (`python -m bench.memory COUNT` prints the bytes
an order takes); the stream goes to a server.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import traffic
from bench.load import put
from bench.process import ROOT, Server, resident
from bench.result import Result, below
from bench.servers.mock import make_world
from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock.gate.request import Request, Response

NAMES = ("order-memory", "stream-memory")

_WARM_UP = 5_000
"""Orders before the first look, so that everything that is made once is there and the journal is full."""


def run(names: Sequence[str], *, quick: bool) -> Iterator[Result]:
    if "order-memory" in names:
        count = 20_000 if quick else 100_000
        command = [sys.executable, "-m", "bench.memory", str(count)]
        told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        yield below("memory of a resting order", "bytes", float(told), 1024, f"RSS over {count:,} orders")
    if "stream-memory" in names:
        yield _stream(40_000 if quick else 200_000)


def _stream(half: int) -> Result:
    sizes = []
    sent = 0
    with tempfile.TemporaryDirectory() as folder, Server("bench.servers.mock") as server:
        reads = traffic.write(Path(folder, "reads"), traffic.reads())
        for goal in (half, 2 * half):
            while sent < goal:
                sent += put(server, reads, 2, refusals=True).requests
            sizes.append(server.rss() / 2**20)
    note = f"RSS {sizes[0]:.1f} MiB after {half:,} GETs, {sizes[1]:.1f} MiB after {sent:,}"
    return below("growth under a stream of GETs", "MiB", sizes[1] - sizes[0], 2, note)


def bytes_per_order(count: int) -> float:
    world = make_world()
    headers = {
        b"x-mbx-apikey": EXAMPLE_PAIR.api_key.encode(),
        b"content-type": b"application/x-www-form-urlencoded",
    }
    before = 0
    for number in range(_WARM_UP + count):
        if number == _WARM_UP:
            before = resident()
        response = world.handle(Request("POST", "/api/v3/order", b"", traffic.order_form(number), headers, "127.0.0.1"))
        if not isinstance(response, Response) or response.status != 200:
            raise RuntimeError(f"order {number} was refused: {response}")
    return (resident() - before) / count


if __name__ == "__main__":
    print(bytes_per_order(int(sys.argv[1])))
