"""A request as it stood on the wire, and the response with how it is to be delivered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Headers = list[tuple[bytes, bytes]]


class Request:
    """One HTTP request, untouched: signatures are checked over these very bytes.

    Args:
        method: the verb in capitals.
        path: the decoded path, without the query.
        query: the raw query string, without `?`.
        body: the raw body.
        headers: header names in lower case to values; of repeated headers the last one.
        client: the address of the peer, as the limits per IP count it.
    """

    __slots__ = ("body", "client", "headers", "method", "path", "query")

    def __init__(
        self,
        method: str,
        path: str,
        query: bytes = b"",
        body: bytes = b"",
        headers: Mapping[bytes, bytes] | None = None,
        client: str = "127.0.0.1",
    ) -> None:
        self.method = method
        self.path = path
        self.query = query
        self.body = body
        self.headers: Mapping[bytes, bytes] = headers if headers is not None else {}
        self.client = client

    def __repr__(self) -> str:
        query = "?..." if self.query else ""
        return f"Request({self.method} {self.path}{query}, body of {len(self.body)} bytes)"


class Cut(StrEnum):
    """How the delivery of a response goes wrong."""

    NONE = "none"
    RESET = "reset"
    """The connection is closed without a byte."""
    TRUNCATE = "truncate"
    """Half of the body is sent under the full Content-Length, then the connection is closed."""


@dataclass(slots=True)
class Response:
    """Status, headers and body, and what a fault does to their delivery.

    `delay_ms` is the time by which the answer is held back after the request took effect; `wall` lets it pass in real
    time even where the world's clock stands still.
    """

    status: int
    body: bytes
    headers: Headers = field(default_factory=list)
    delay_ms: int = 0
    cut: Cut = Cut.NONE
    wall: bool = False
