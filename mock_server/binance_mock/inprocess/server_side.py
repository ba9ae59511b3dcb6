"""The server's side of a call within the process: from what a client would send to what it would receive.

Limits: what is no HTTP is not told apart here, so an unknown verb is answered like one that is not served, and a head
may have any size. The access log is not written.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import formatdate
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote

from msgspec.json import encode

from binance_mock.clock import system_time
from binance_mock.gate.gate import Held
from binance_mock.gate.request import Headers, Response
from binance_mock.inprocess.waiting import Waiting, after_hold
from binance_mock.reception import Reception, is_control
from binance_mock.world import DEFAULT_WORLD
from binance_mock.worlds import PREFIX

_JSON: Final = (b"content-type", b"application/json")
_NOT_HERE: Final = encode({
    "error": "the control API is not served in process",
    "hint": "use the Python face (Mock.clock, Mock.faults, Mock.requests and so on), or call it at Mock.url",
})  # fmt: skip


class ServerSide:
    """Takes requests and gives the answers that a server would send.

    Args:
        reception: leads requests to their worlds.
        world: the world that requests belong to whose path names none.
        client: the address that requests come from, as limits per IP count it.
    """

    __slots__ = ("_client", "_date", "_prefix", "_reception")

    def __init__(self, reception: Reception, world: str, client: str) -> None:
        self._reception = reception
        self._prefix = "" if world == DEFAULT_WORLD else f"{PREFIX}{world}"
        self._client = client
        self._date = (0, b"")
        """The last second that was asked for, and its text."""

    def take(self, method: str, target: str, body: bytes, headers: Mapping[bytes, bytes]) -> Response | Waiting:
        """Hand a request in.

        Args:
            method: the verb in capitals.
            target: path and query, exactly as they would stand on the request line.
            body: all of it.
            headers: names in lower case to values, Host among them.

        Returns:
            the answer, or `Waiting` when it takes real time.
        """
        path, _, query = target.partition("?")
        if "%" in path:
            path = unquote(path)
        if is_control(path):
            return Response(404, _NOT_HERE, [_JSON])
        if self._prefix and not path.startswith(PREFIX):
            path = self._prefix + path
        if method == "GET":
            body = b""  # The server does not read it.
        reception = self._reception
        world, _, answer = reception.take(method, path, query.encode("ascii"), body, headers, self._client)
        if isinstance(answer, Held):
            seconds = reception.pass_time(world, answer)
            if seconds:
                return Waiting(reception, world, answer, seconds)
            answer = reception.resume(world, answer)
        if answer.delay_ms:
            return after_hold(reception, world, answer)
        return answer

    def head(self, response: Response) -> Headers:
        """All headers of an answer, in the order in which the server sends them."""
        second = system_time() // 1_000_000
        known, date = self._date
        if known != second:
            date = formatdate(second, usegmt=True).encode("ascii")
            self._date = (second, date)
        return [(b"date", date), *response.headers, (b"content-length", b"%d" % len(response.body))]


def reason(status: int) -> str:
    """The words behind the number on the status line."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
