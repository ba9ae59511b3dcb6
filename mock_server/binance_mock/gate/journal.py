"""What the world received and how it ruled: a ring of the last requests.

Entries hold the request as it came; secrets are masked when an entry is shown. The diagnosis of a refused signature is
worked out when somebody looks, for it tries some thousand explanations.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from binance_mock.gate.keys import KeyRing
from binance_mock.gate.request import Request
from binance_mock.gate.secrets import mask_key, redact

if TYPE_CHECKING:
    from binance_mock.gate.diagnosis import Diagnosis

_KEPT_BYTES: Final = 8192
"""What is kept of a query or body."""

_DIAGNOSED: Final = frozenset({-1022, -1100, -1102, -2014, -2015})


class Verdict(StrEnum):
    """How a request ended."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    FAULT = "fault"
    """A fault rule decided the answer."""
    CRASHED = "crashed"
    """The mock itself failed: a defect to report."""


class Entry:
    """One request and what became of it."""

    # Defaults stand on the class: an entry is made for every request and most fields of most entries stay as they are.
    venue: str = ""
    account: str = ""
    key: str = ""
    """The label of the key, or what may be shown of an unknown one."""
    status: int = 0
    code: int = 0
    """Binance's error code, 0 for none."""
    msg: str = ""
    verdict: Verdict = Verdict.PENDING
    weight: int = 0
    """What was charged."""
    surcharge: int = 0
    """What is charged in addition when the request fails."""
    executed: bool = False
    """Whether it took effect, whatever became of the answer."""
    orders: int = 0
    """How many orders it places by its declaration."""
    fault: str = ""
    why: str = ""
    shortened: bool = False
    """Whether only the beginning of query and body is kept, so that what was signed is not known."""
    _diagnosis: Diagnosis | None = None

    def __init__(self, seq: int, request: Request, now: int) -> None:
        self.seq = seq
        self.request = request
        self.now = now
        """Microseconds of the world's clock."""

    def diagnosis(self, ring: KeyRing) -> Diagnosis | None:
        """What explains a refused signature.

        None when the request was refused for something else or not at all, or is not kept as a whole.
        """
        if self._diagnosis is None and self.code in _DIAGNOSED and not self.shortened:
            # Not needed to serve a request, so loaded with the first refusal.
            from binance_mock.gate.diagnosis import diagnose, diagnose_missing

            if self.code == -1022:
                key = ring.get(self.request.headers.get(b"x-mbx-apikey", b"").decode("latin-1"))
                self._diagnosis = diagnose(self.request, key, ring, now_ms=self.now // 1000)
            else:
                self._diagnosis = diagnose_missing(self.request, ring)
        return self._diagnosis

    @property
    def settled(self) -> bool:
        """Whether nothing about it changes any more, a diagnosis included."""
        return self.verdict is not Verdict.PENDING and self.code not in _DIAGNOSED

    def fork(self) -> Entry:
        """A copy, to be completed or diagnosed on its own."""
        twin = Entry.__new__(Entry)
        twin.__dict__.update(self.__dict__)
        return twin

    def show(self, ring: KeyRing) -> dict[str, Any]:
        """The entry for people and machines, secrets masked."""
        request = self.request
        diagnosis = self.diagnosis(ring)
        text = request.query.decode("utf-8", "replace")
        return {
            "seq": self.seq,
            "time": self.now // 1000,
            "venue": self.venue,
            "method": request.method,
            "path": redact(request.path, ring),
            "query": redact(text, ring),
            "body": redact(request.body.decode("utf-8", "replace"), ring),
            "client": request.client,
            "key": self.key,
            "account": self.account,
            "status": self.status,
            "code": self.code,
            "msg": self.msg,
            "verdict": self.verdict.value,
            "weight": self.weight,
            "executed": self.executed,
            "orders": self.orders,
            "fault": self.fault,
            "why": redact(self.why, ring),
            "diagnosis": None if diagnosis is None else diagnosis.as_dict(),
        }


class Journal:
    """The last requests, oldest first.

    Args:
        size: how many are kept.
    """

    __slots__ = ("_entries", "_next")

    def __init__(self, size: int = 1000) -> None:
        self._entries: deque[Entry] = deque(maxlen=size)
        self._next = 1

    def open(self, request: Request, now: int) -> Entry:
        """A new entry for a request that just arrived."""
        entry = Entry(self._next, request, now)
        if len(request.query) > _KEPT_BYTES or len(request.body) > _KEPT_BYTES:
            entry.request = Request(
                request.method, request.path, request.query[:_KEPT_BYTES], request.body[:_KEPT_BYTES],
                request.headers, request.client,
            )  # fmt: skip
            entry.shortened = True
        self._next += 1
        self._entries.append(entry)
        return entry

    @property
    def last(self) -> Entry:
        """The newest entry.

        Raises:
            IndexError: nothing was received yet.
        """
        return self._entries[-1]

    def fork(self) -> Journal:
        """A copy that goes on with the same numbers; entries that cannot change any more are shared.

        A request that waits goes on in the original alone, so its entry stays pending in the copy.
        """
        twin = Journal(0)
        twin._entries = deque((entry if entry.settled else entry.fork() for entry in self), self._entries.maxlen)
        twin._next = self._next
        return twin

    def clear(self) -> None:
        """Forget all entries; numbers go on."""
        self._entries.clear()

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def shown_key(text: str, ring: KeyRing) -> str:
    """How a key is called in journal and log: its label, or what may be shown of it."""
    key = ring.get(text)
    return key.label if key is not None and key.label else mask_key(text, ring)
