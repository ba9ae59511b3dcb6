"""What stands between the kit and a client written in Python: a subject, and the clock that is lent to it."""

from __future__ import annotations

from typing import Protocol

import requests

from binance_conformance.operations import AnyOperation
from binance_conformance.protocol import Client, Configure, Outcome


class ClientClock(Protocol):
    """The time and sleep of a client. Where they are the kit's, nothing waits."""

    def now_ms(self) -> int:
        """Milliseconds since the epoch, as the client's own clock shows them."""

    def sleep(self, seconds: float) -> None:
        """Let time pass."""


class Surroundings(Protocol):
    """What a client is placed in.

    Attributes:
        clock: its time and sleep.
        session: sends what it sends to the exchange in this process; None when the exchange is behind a socket.
    """

    @property
    def clock(self) -> ClientClock: ...
    @property
    def session(self) -> requests.Session | None: ...


class Subject(Protocol):
    """A client in Python, spoken to in the kit's vocabulary."""

    def hello(self) -> Client:
        """Who it is."""

    def configure(self, settings: Configure, surroundings: Surroundings) -> None:
        """Make a new client and forget the one before.

        Raises:
            Exception: the client cannot be made with this; what it says goes into the report.
        """

    def call(self, venue: str, operation: AnyOperation) -> Outcome:
        """Let the client do something. Never raises: an error that is none of the client's own is a CRASH."""
