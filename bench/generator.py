"""A load generator for machines without wrk: `python -m bench.generator PORT FILE SECONDS CONNECTIONS`.

Each connection sends the next request of the file when the answer to the last one is complete. It is slower than wrk:
where it is busier than the server, the ratios come out too good, which the table says. Prints one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

from bench.traffic import SEPARATOR


class Tally:
    def __init__(self) -> None:
        self.requests = 0
        self.refused = 0
        self.broken = 0


class Connection(asyncio.Protocol):
    def __init__(self, requests: Iterator[bytes], tally: Tally) -> None:
        self._requests = requests
        self._tally = tally
        self._buffer = b""
        self._stopped = False

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        data = self._buffer + data if self._buffer else data
        head = data.find(b"\r\n\r\n")
        if head < 0 or len(data) < head + 4 + _length(data[:head]):
            self._buffer = data
            return
        self._buffer = b""
        self._tally.requests += 1
        if data[9:10] != b"2":
            self._tally.refused += 1
        if not self._stopped:
            self._transport.write(next(self._requests))

    def connection_lost(self, error: Exception | None) -> None:
        if not self._stopped:
            self._tally.broken += 1

    def stop(self) -> None:
        self._stopped = True
        self._transport.close()


def _length(head: bytes) -> int:
    at = head.lower().index(b"content-length:")
    return int(head[at + 15 :].split(b"\r\n", 1)[0])


async def run(port: int, requests: list[bytes], seconds: float, connections: int) -> dict[str, float]:
    tally = Tally()
    turn = cycle(requests)
    loop = asyncio.get_running_loop()
    opened = [
        (await loop.create_connection(lambda: Connection(turn, tally), "127.0.0.1", port))[1]
        for _ in range(connections)
    ]
    start = time.perf_counter()
    await asyncio.sleep(seconds)
    took = time.perf_counter() - start
    result = {"requests": tally.requests, "seconds": took, "refused": tally.refused, "broken": tally.broken}
    for connection in opened:
        connection.stop()
    return result


def main() -> None:
    port, file, seconds, connections = sys.argv[1:]
    requests = Path(file).read_bytes().split(SEPARATOR)
    try:
        import uvloop
    except ImportError:
        runner = asyncio.Runner()
    else:
        runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    with runner:
        print(json.dumps(runner.run(run(int(port), requests, float(seconds), int(connections)))))


if __name__ == "__main__":
    main()
