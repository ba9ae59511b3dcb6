"""The driver protocol: JSON lines on stdin and stdout between the kit and a small program around the client under test.

The kit says `hello`, `configure`, `call` and `bye`, and a driver answers each with one line. While it works on a call,
a driver whose client takes its time from the kit may ask for the time or to sleep, and the kit answers with `time`.
docs/drivers.md is the specification; its JSON Schema is made from the structs here.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final, Literal

import msgspec

from binance_conformance.operations import AnyOperation

VERSION: Final = 1
"""Of the protocol. Said in `hello`; a driver that speaks another one answers with an error."""

KeyType = Literal["hmac", "rsa", "ed25519"]


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line."""


class Promise(StrEnum):
    """What a client does by itself, without its caller's help."""

    CLOCK_SYNC = "clock-sync"
    """Sets its clock by the exchange's, also later when the exchange refuses a timestamp."""
    RETRIES = "retries"
    """Repeats reads after passing failures."""
    RATE_LIMITS = "rate-limits"
    """Waits as long as it is told to, and sends nothing while it is banned."""
    UNKNOWN_OUTCOMES = "unknown-outcomes"
    """Finds out what became of an order after a lost answer."""
    PAGES = "pages"
    """Walks through all pages of what was asked for."""
    FILTERS = "filters"
    """Brings prices and quantities onto a symbol's grid."""
    CLIENT_ORDER_IDS = "client-order-ids"
    """Gives every order an id of its own choice when its caller gives none."""


class Capabilities(Message, frozen=True):
    """What the client can do.

    Attributes:
        venues: where it can trade.
        transports: how it talks to them.
        key_types: what it can sign with.
        style: whether its calls block or are awaited.
        clock: "kit" when time and sleep are the kit's for this client (see events), "machine" otherwise.
        promises: what it does by itself. What is not promised is not graded.
        url_paths: whether it accepts a base URL that has a path.
    """

    venues: tuple[str, ...]
    transports: tuple[str, ...] = ("rest",)
    key_types: tuple[KeyType, ...] = ("hmac",)
    style: Literal["sync", "async"] = "sync"
    clock: Literal["machine", "kit"] = "machine"
    promises: tuple[Promise, ...] = ()
    url_paths: bool = True


# -- from the kit ---------------------------------------------------------------------------------------------------


class Hello(Message, frozen=True, tag_field="cmd", tag="hello"):
    """The first line."""

    protocol: int


class Key(Message, frozen=True):
    """A key to sign with: `secret` for HMAC, `private_key` (PEM, PKCS #8) for the others."""

    type: KeyType
    api_key: str
    secret: str | None = None
    private_key: str | None = None


class Configure(Message, frozen=True, tag_field="cmd", tag="configure"):
    """Make a new client, and forget the one before with all its connections.

    Attributes:
        urls: base URL of each venue, and of `sapi`; without the path of an endpoint, such as http://127.0.0.1:4000/w/w1.
        key: to sign with, None for a client of public data.
        recv_window_ms: what it is to send, None for its own.
        clock_offset_ms: how far its clock is ahead of the exchange's. To know, not to do: the kit arranges it.
        timeout_ms: how long it waits for an answer, None for its own.
    """

    urls: dict[str, str]
    key: Key | None = None
    recv_window_ms: int | None = None
    clock_offset_ms: int = 0
    timeout_ms: int | None = None


class Call(Message, frozen=True, tag_field="cmd", tag="call"):
    """Let the client do something; `check` names the check for which it does."""

    id: int
    check: str
    venue: str
    operation: AnyOperation


class Bye(Message, frozen=True, tag_field="cmd", tag="bye"):
    """The last line: leave."""


class Time(Message, frozen=True, tag_field="cmd", tag="time"):
    """Answer to an event: what the client's clock shows."""

    now_ms: int


Command = Hello | Configure | Call | Bye | Time
"""Lines that the kit writes."""

# -- from the driver ------------------------------------------------------------------------------------------------


class Client(Message, frozen=True):
    """Answer to `hello`: who is there.

    Attributes:
        protocol: the version that the driver speaks.
        client: name of the client under test, such as python-binance.
        version: its version.
        language: what it is written in.
        capabilities: what it can do.
        homepage: where it lives.
    """

    protocol: int
    client: str
    version: str
    language: str
    capabilities: Capabilities
    homepage: str = ""


class Done(Message, frozen=True):
    """Answer to `configure` and `bye`. `error` says why a client could not be made."""

    ok: bool
    error: str = ""


class OutcomeKind(StrEnum):
    """What a client tells its caller."""

    ACCEPTED = "accepted"
    """Done; here is the result."""
    REFUSED = "refused"
    """Not done, and the same again would be refused again. Without a code, the client itself refused."""
    UNKNOWN = "unknown"
    """Perhaps done."""
    RETRY_LATER = "retry_later"
    """Certainly not done, and may be tried again."""
    RATE_LIMITED = "rate_limited"
    """Not done: too many requests; until when, if the client says so."""
    BANNED = "banned"
    """Not done: the address is banned; until when, if the client says so."""
    NETWORK = "network"
    """The connection failed; the client does not say whether anything was done."""
    CRASH = "crash"
    """An error that is none of the client's own: a TypeError, a failed JSON parser, a broken assertion."""
    UNSUPPORTED = "unsupported"
    """The client has no such operation."""


class Outcome(Message, frozen=True):
    """Answer to `call`: what the client told its caller.

    Attributes:
        outcome: the kind.
        result: of an accepted call, in the form that the operation names.
        code: Binance's error code, if the client tells it.
        status: HTTP status, if the client tells it.
        message: the client's own words.
        until_ms: end of a limit or ban, if the client tells it.
    """

    outcome: OutcomeKind
    result: Any = None
    code: int | None = None
    status: int | None = None
    message: str = ""
    until_ms: int | None = None

    def describe(self) -> str:
        """The outcome as a person reads it: `refused -2010 (400): Account has insufficient balance`."""
        words: list[str] = [self.outcome.value]
        if self.code is not None:
            words.append(str(self.code))
        if self.status is not None:
            words.append(f"({self.status})")
        if self.until_ms is not None:
            words.append(f"until {self.until_ms}")
        if self.message:
            words.append(f": {self.message}")
        if self.outcome is OutcomeKind.ACCEPTED and self.result is not None:
            words.append(msgspec.json.encode(self.result).decode())
        return " ".join(words).replace(" :", ":")


class Event(Message, frozen=True):
    """While a call is worked on: ask for the time, or to sleep so many seconds. Answered by `time`."""

    event: Literal["time", "sleep"]
    seconds: float = 0.0
