"""Servers as processes of their own: started on a core of their own, watched until they answer, and ended."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from bench.traffic import TIME

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
TASKSET = shutil.which("taskset") if CORES > 1 else None
LONGEST_START_S = 30.0
ROOT = Path(__file__).parents[1]


def pinned(command: list[str], core: int) -> list[str]:
    """The command bound to a core, where there is more than one."""
    return [TASKSET, "-c", str(core), *command] if TASKSET else command


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """A server process, for use in a `with` statement.

    Args:
        module: what `python -m` runs.
        arguments: its arguments; `{port}` stands for the port.
    """

    def __init__(self, module: str, *arguments: str) -> None:
        self.port = free_port()
        self._module = module
        filled = [argument.format(port=self.port) for argument in arguments or ("{port}",)]
        self._command = pinned([sys.executable, "-m", module, *filled], core=0)
        self.start_seconds = 0.0
        """From the start of the process to its first answer."""

    def __enter__(self) -> Server:
        begin = time.perf_counter()
        self._process = subprocess.Popen(self._command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not self._answers():
            if self._process.poll() is not None or time.perf_counter() - begin > LONGEST_START_S:
                self.__exit__(None, None, None)
                raise RuntimeError(f"{self} did not answer; run it by hand: {' '.join(self._command)}")
            time.sleep(0.002)
        self.start_seconds = time.perf_counter() - begin
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __str__(self) -> str:
        return self._module

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                connection.sendall(TIME)
                return connection.recv(12).startswith(b"HTTP/1.1 200")
        except OSError:
            return False

    def rss(self) -> int:
        """Resident memory in bytes."""
        return resident(self._process.pid)

    def cpu_seconds(self) -> float:
        """CPU time used so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int | str = "self") -> int:
    """Resident memory of a process in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
