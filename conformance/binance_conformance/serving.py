"""The driver's end of the protocol for clients in Python: `serve(subject)` is all that a driver's main program needs.

Whatever the client prints goes to stderr, for stdout belongs to the protocol.
"""

from __future__ import annotations

import os
import sys
import time
from typing import IO, NamedTuple

import msgspec
import requests

from binance_conformance.protocol import (
    VERSION,
    Bye,
    Call,
    Command,
    Configure,
    Done,
    Event,
    Hello,
    Message,
    Time,
)
from binance_conformance.subject import ClientClock, Subject


class Wire:
    """Lines to and from the kit."""

    def __init__(self, lines_in: IO[bytes], lines_out: IO[bytes]) -> None:
        self._in = lines_in
        self._out = lines_out
        self._decoder: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)

    def read(self) -> Command | None:
        """The next line; None when the kit is gone."""
        line = self._in.readline()
        return self._decoder.decode(line) if line else None

    def write(self, message: Message) -> None:
        """Send a line."""
        self._out.write(msgspec.json.encode(message) + b"\n")
        self._out.flush()

    def ask(self, event: Event) -> int:
        """Send an event, and give the time that comes back."""
        self.write(event)
        answer = self.read()
        if not isinstance(answer, Time):
            raise SystemExit("the kit is gone")
        return answer.now_ms


class KitClock:
    """Time and sleep of the kit, over the wire."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def now_ms(self) -> int:
        """What the client's clock shows."""
        return self._wire.ask(Event(event="time"))

    def sleep(self, seconds: float) -> None:
        """Let time pass, at no cost."""
        self._wire.ask(Event(event="sleep", seconds=seconds))


class MachineClock:
    """Time and sleep of the machine."""

    def now_ms(self) -> int:
        """Milliseconds since the epoch."""
        return time.time_ns() // 1_000_000

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class Outside(NamedTuple):
    """Surroundings of a client that meets the exchange behind a socket."""

    clock: ClientClock
    session: requests.Session | None = None


def serve(subject: Subject) -> None:
    """Answer the kit's lines until it says bye, or is gone."""
    lines_out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    wire = Wire(sys.stdin.buffer, lines_out)
    who = subject.hello()
    clock: ClientClock = KitClock(wire) if who.capabilities.clock == "kit" else MachineClock()
    while True:
        command = wire.read()
        match command:
            case None | Bye():
                if command is not None:
                    wire.write(Done(ok=True))
                return
            case Hello(protocol=protocol):
                wire.write(
                    who if protocol == VERSION else Done(ok=False, error=f"this driver speaks version {VERSION}")
                )
            case Configure():
                try:
                    subject.configure(command, Outside(clock))
                except Exception as error:  # Whatever the client says goes into the report.
                    wire.write(Done(ok=False, error=f"{type(error).__name__}: {error}"))
                else:
                    wire.write(Done(ok=True))
            case Call(venue=venue, operation=operation):
                wire.write(subject.call(venue, operation))
            case Time():
                raise SystemExit("time was told that nobody asked for")
