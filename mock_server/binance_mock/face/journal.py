"""The requests that the world saw, from a test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, overload

from binance_mock.face.backend import Backend


class Seen:
    """One request and how it was ruled; secrets are masked.

    Attributes are the fields of the journal: seq, time (ms), venue, method, path, query, body, client, key, account,
    status, code, msg, verdict, weight, fault, why, and diagnosis (None, or a dict with cause, summary, expected,
    advice, and signed where it is known what was signed).
    """

    seq: int
    time: int
    venue: str
    method: str
    path: str
    query: str
    body: str
    client: str
    key: str
    account: str
    status: int
    code: int
    msg: str
    verdict: str
    weight: int
    fault: str
    why: str
    diagnosis: dict[str, str] | None

    def __init__(self, row: dict[str, Any]) -> None:
        self.__dict__.update(row)

    def __repr__(self) -> str:
        code = f" {self.code} {self.msg}" if self.code else ""
        return f"Seen({self.seq} {self.method} {self.path} -> {self.status}{code}, {self.verdict})"


class RequestsFace(Sequence[Seen]):
    """The last requests, oldest first; each access asks the world."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def find(self, **filters: Any) -> list[Seen]:
        """Those that fit: path (may end with `*`), method, verdict, status, code, key, account, since, limit."""
        rows = self._backend.call("GET", "/requests", query=filters)["requests"]
        return [Seen(row) for row in rows]

    @property
    def last(self) -> Seen:
        """The newest.

        Raises:
            IndexError: nothing was received yet.
        """
        return self.find(limit=1)[0]

    def clear(self) -> None:
        """Forget all."""
        self._backend.call("DELETE", "/requests")

    @overload
    def __getitem__(self, index: int) -> Seen: ...
    @overload
    def __getitem__(self, index: slice) -> list[Seen]: ...
    def __getitem__(self, index: int | slice) -> Seen | list[Seen]:
        return self.find()[index]

    def __iter__(self) -> Iterator[Seen]:
        return iter(self.find())

    def __len__(self) -> int:
        return len(self.find())
