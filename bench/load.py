"""Putting a server under load: wrk where it is there, else our own generator."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from bench.process import ROOT, Server, pinned

CONNECTIONS = 16
WRK = shutil.which("wrk")
NO_WRK = (
    "wrk is not installed (apt-get install wrk); our own generator takes its place: "
    "where the reference is not busy, ratios come out too good"
)


class Load(NamedTuple):
    requests: int
    seconds: float
    cpu_us: float
    """CPU time that the server spent on a request, in microseconds; little disturbed by what else runs."""
    busy: float
    """The share of the time in which the server worked; well below 1 means that something else was the limit."""

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def put(server: Server, file: Path, seconds: float, *, refusals: bool = False) -> Load:
    """Send the requests of a file for so many seconds.

    Raises:
        RuntimeError: a connection broke, or an answer was no success where `refusals` are not expected.
    """
    if WRK:
        command = [
            WRK, "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "-s",
            str(Path(__file__).with_name("replay.lua")), f"http://127.0.0.1:{server.port}", "--", str(file),
        ]  # fmt: skip
    else:
        command = [
            sys.executable, "-m", "bench.generator", str(server.port), str(file), str(seconds), str(CONNECTIONS),
        ]  # fmt: skip
    before = server.cpu_seconds()
    done = subprocess.run(pinned(command, core=1), capture_output=True, text=True, cwd=ROOT, check=False)
    cpu = server.cpu_seconds() - before
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr}")
    told = json.loads(done.stdout.strip().rpartition("\n")[2])
    if told["broken"] or (told["refused"] and not refusals):
        raise RuntimeError(f"{server}: {told['refused']} refusals and {told['broken']} broken connections")
    return Load(told["requests"], told["seconds"], cpu / told["requests"] * 1e6, cpu / told["seconds"])
