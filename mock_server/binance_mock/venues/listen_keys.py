"""Keys of user data streams: each lives for an hour since it was last asked for (rules U-142, O-88)."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from binance_mock.engine.intervals import HOUR
from binance_mock.venues.call import Call

LIFE: Final = HOUR


class ListenKey(NamedTuple):
    """A key, and until when it lives, in microseconds."""

    text: str
    until: int


class Listener(Protocol):
    """An account that has one key at a time, and how many it was given."""

    uid: int
    listen_key: ListenKey | None
    listen_keys: int


A = TypeVar("A", bound=Listener)


def drawn(venue: Any, uid: int, number: int) -> str:
    """The text of the next key of a user of a venue; equal worlds make equal ones."""
    return sha256(f"{venue.seed} {venue.name} {uid} {number}".encode()).hexdigest()


def opened(call: Call[Any, A]) -> ListenKey:
    """The living key of the caller, or a new one; it lives on for an hour."""
    key = renewed(call)
    if key is None:
        own = call.account
        own.listen_keys += 1
        key = own.listen_key = ListenKey(drawn(call.venue, own.uid, own.listen_keys), call.now + LIFE)
    return key


def renewed(call: Call[Any, A]) -> ListenKey | None:
    """The living key of the caller, which lives on for an hour; None where there is none."""
    own = call.account
    key = own.listen_key
    if key is None or call.now >= key.until:
        return None
    own.listen_key = key._replace(until=call.now + LIFE)
    return own.listen_key
