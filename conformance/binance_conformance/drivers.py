"""The kit's end of the driver protocol: a client in its own process or in this one, behind the same methods."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Sequence
from select import select
from typing import IO, Final, NamedTuple, Protocol, TypeVar

import msgspec
import requests

from binance_conformance.protocol import (
    VERSION,
    Bye,
    Call,
    Client,
    Command,
    Configure,
    Done,
    Event,
    Hello,
    Outcome,
    Time,
)
from binance_conformance.subject import ClientClock, Subject
from binance_mock.clock import steady_time

PATIENCE_S: Final = 30.0
"""Real seconds that a driver may take for an answer, before it counts as hanging."""
_LONGEST_LINE: Final = 64 << 20
_SHOWN: Final = 400
T = TypeVar("T")


class DriverFailed(Exception):
    """A driver is gone, hangs, or says what the protocol does not know. It cannot be asked any more.

    Args:
        cause: what happened, in a sentence.
        stderr: the last that it wrote there.
    """

    def __init__(self, cause: str, stderr: str = "") -> None:
        super().__init__(f"{cause}\n{stderr}" if stderr else cause)
        self.cause = cause
        self.stderr = stderr

    def __reduce__(self) -> tuple[type[DriverFailed], tuple[str, str]]:
        """It may come from another process of the kit."""
        return DriverFailed, (self.cause, self.stderr)


class Driver(Protocol):
    """A client that can be told what to do."""

    in_process: bool
    """Whether it takes the exchange's session instead of a socket."""

    def hello(self) -> Client:
        """Who it is; starts it.

        Raises:
            DriverFailed: it does not start, or speaks another protocol.
        """

    def configure(self, settings: Configure, clock: ClientClock, session: requests.Session | None) -> str:
        """Make a new client; what is wrong, "" for nothing.

        Raises:
            DriverFailed: it is gone, hangs, or talks nonsense.
        """

    def call(self, call: Call) -> Outcome:
        """Let the client do something.

        Raises:
            DriverFailed: it is gone, hangs, or talks nonsense.
        """

    def close(self) -> None:
        """Say bye, and see to it that it leaves."""


class Inside(NamedTuple):
    """Surroundings of a client in this process."""

    clock: ClientClock
    session: requests.Session | None


class InProcessDriver:
    """A client in this process.

    Args:
        subject: it.
        in_process: whether it takes a session that reaches the exchange without a socket.
    """

    def __init__(self, subject: Subject, *, in_process: bool = True) -> None:
        self._subject = subject
        self.in_process = in_process

    def hello(self) -> Client:
        """Who it is."""
        return self._subject.hello()

    def configure(self, settings: Configure, clock: ClientClock, session: requests.Session | None) -> str:
        """Make a new client."""
        try:
            self._subject.configure(settings, Inside(clock, session))
        except Exception as error:  # Whatever the client says goes into the report.
            return f"{type(error).__name__}: {error}"
        return ""

    def call(self, call: Call) -> Outcome:
        """Let the client do something."""
        return self._subject.call(call.venue, call.operation)

    def close(self) -> None:
        """Nothing to leave."""


class ProcessDriver:
    """A client behind the protocol, in a process of its own.

    Args:
        command: what to run.
        patience_s: real seconds that an answer may take.
    """

    in_process = False

    def __init__(self, command: Sequence[str], patience_s: float = PATIENCE_S) -> None:
        self._command = list(command)
        self._patience_s = patience_s
        self._process: subprocess.Popen[bytes] | None = None
        self._stderr: IO[bytes] | None = None
        self._pending = b""
        self._clock: ClientClock | None = None

    def hello(self) -> Client:
        """Start it and ask who it is."""
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the driver
        try:
            self._process = subprocess.Popen(  # noqa: S603 - what the user asked for
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._stderr, bufsize=0
            )
        except OSError as error:
            self._stderr.close()
            raise DriverFailed(f"{shlex.join(self._command)} cannot be run: {error.strerror}") from error
        self._write(Hello(protocol=VERSION))
        line = self._line()
        refusal = _decoded(line, Done)
        if refusal is not None:
            raise self._failed(f"the driver refused hello: {refusal.error or 'it did not say why'}")
        who = self._decode(line, Client)
        if who.protocol != VERSION:
            raise self._failed(f"the driver speaks version {who.protocol} of the protocol, the kit {VERSION}")
        return who

    def configure(self, settings: Configure, clock: ClientClock, session: requests.Session | None) -> str:
        """Make a new client."""
        self._clock = clock
        self._write(settings)
        done = self._decode(self._answer(), Done)
        return "" if done.ok else done.error or "the driver did not say why"

    def call(self, call: Call) -> Outcome:
        """Let the client do something; meanwhile tell it the time and let it sleep."""
        self._write(call)
        return self._decode(self._answer(), Outcome)

    def close(self) -> None:
        """Say bye; who does not leave is killed."""
        process = self._process
        if process is None:
            return
        self._process = None
        assert process.stdin is not None
        assert process.stdout is not None
        if process.poll() is None:
            try:
                process.stdin.write(msgspec.json.encode(Bye()) + b"\n")
                process.stdin.close()
                process.wait(2)
            except (OSError, subprocess.TimeoutExpired):
                process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()
        if self._stderr is not None:
            self._stderr.close()

    # -- lines --------------------------------------------------------------------------------------------------

    def _answer(self) -> bytes:
        """The next line that is no event; events are answered."""
        while True:
            line = self._line()
            event = _decoded(line, Event)
            if event is None:
                return line
            assert self._clock is not None
            if event.event == "sleep":
                self._clock.sleep(event.seconds)
            self._write(Time(now_ms=self._clock.now_ms()))

    def _write(self, command: Command) -> None:
        process = self._running()
        assert process.stdin is not None
        try:
            process.stdin.write(msgspec.json.encode(command) + b"\n")
        except OSError as error:
            raise self._gone() from error

    def _line(self) -> bytes:
        process = self._running()
        assert process.stdout is not None
        until = steady_time() + self._patience_s
        while b"\n" not in self._pending:
            left = until - steady_time()
            if left <= 0 or not select([process.stdout], [], [], left)[0]:
                raise self._failed(f"the driver hangs: no answer in {self._patience_s:g} s")
            piece = os.read(process.stdout.fileno(), 1 << 16)
            if not piece:
                raise self._gone()
            self._pending += piece
            if len(self._pending) > _LONGEST_LINE:
                raise self._failed("the driver wrote a line without end")
        line, _, self._pending = self._pending.partition(b"\n")
        return line

    def _decode(self, line: bytes, kind: type[T]) -> T:
        try:
            return msgspec.json.decode(line, type=kind)
        except msgspec.DecodeError as error:
            said = line[:_SHOWN].decode("utf-8", "replace")
            raise self._failed(f"the driver wrote what is no {kind.__name__.lower()}: {said!r} ({error})") from error

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise DriverFailed("the driver is not running")
        return self._process

    def _gone(self) -> DriverFailed:
        assert self._process is not None
        try:
            status = self._process.wait(2)
        except subprocess.TimeoutExpired:
            return self._failed("the driver closed its stdout")
        return self._failed(
            f"the driver was ended by signal {-status}" if status < 0 else f"the driver exited with status {status}"
        )

    def _failed(self, cause: str) -> DriverFailed:
        """The failure, with what the driver said on stderr; and its end."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        assert self._stderr is not None
        self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, self._stderr.tell() - 2000))
        text = self._stderr.read().decode("utf-8", "replace").strip()
        self.close()
        return DriverFailed(cause, text)


def _decoded(line: bytes, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(line, type=kind)
    except msgspec.DecodeError:
        return None
