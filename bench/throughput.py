"""Requests per second over a socket, against a bare ASGI application on uvicorn set up the same way.

The reference answers a GET with 300 bytes and is measured in each round, before ours. It is the same one for all rows,
so that a signed order is held against what the server could do at best. The server that takes orders starts afresh in
each round. Where the generator or other work keeps the reference from using its core, requests per second flatter ours;
then the ratio is that of CPU time per request.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from bench import traffic
from bench.load import Load, put
from bench.process import Server
from bench.result import Result, share

GOALS = {"time": 0.60, "account": 0.45, "order": 0.35, "futures-order": 0.30}
TITLES = {
    "time": "GET time, unsigned",
    "account": "GET account, signed",
    "order": "POST order that rests, signed",
    "futures-order": "POST futures order that rests, signed",
}
NAMES = tuple(GOALS)

_ORDERS_PER_SECOND = 40_000
"""More than are taken, so that none is sent twice."""
_BUSY = 0.9


def run(names: Sequence[str], *, quick: bool) -> Iterator[Result]:
    rounds, seconds = (3, 1) if quick else (5, 4)
    loads: dict[str, list[Load]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        time = traffic.write(Path(folder, "time"), [traffic.TIME])
        account = traffic.write(Path(folder, "account"), [traffic.account()])
        orders = {
            name: traffic.write(Path(folder, name), make(_ORDERS_PER_SECOND * seconds))
            for name, make in (("order", traffic.orders), ("futures-order", traffic.futures_orders))
            if name in names
        }
        with Server("bench.servers.bare") as bare, Server("bench.servers.mock") as mock:
            for server in (bare, mock):
                put(server, time, 1)
            for _ in range(rounds):
                loads["bare"].append(put(bare, time, seconds))
                if "time" in names:
                    loads["time"].append(put(mock, time, seconds))
                if "account" in names:
                    loads["account"].append(put(mock, account, seconds))
                for name, file in orders.items():
                    with Server("bench.servers.mock") as fresh:
                        put(fresh, time, 1)
                        loads[name].append(put(fresh, file, seconds))
    for name in names:
        yield _result(name, loads["bare"], loads[name])


def _result(name: str, bare: list[Load], ours: list[Load]) -> Result:
    reference, own = (median(load.rate for load in loads) for loads in (bare, ours))
    reference_us, own_us = (median(load.cpu_us for load in loads) for loads in (bare, ours))
    by_cpu = reference_us / own_us
    note = f"CPU {own_us:.1f} us a request, reference {reference_us:.1f} us: {by_cpu:.0%}"
    busy = median(load.busy for load in bare)
    if busy >= _BUSY:
        return share(TITLES[name], "requests/s", own, reference, GOALS[name], note)
    note += f"; the ratio is that of CPU time, for the reference was held back by other work ({busy:.0%} busy)"
    return share(TITLES[name], "requests/s", own, reference, GOALS[name], note, by_cpu)
