"""Signed GET account by clients of this process: in process against over a socket, and against `responses`.

In process that is the session of `Mock.session()`, and over the socket a plain one. What the library itself does for a
request counts on both sides; the notes tell how long that is, measured with a transport that answers nothing, and so
what ratio could be had at best. The server is `Mock()` in a thread. `responses` answers the same body without a look at
what was asked. Measured are batches in turn, each in a fresh world, small enough for Binance's limits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from statistics import median
from time import perf_counter
from typing import Any

import httpx
import requests
import responses

from bench import traffic
from bench.result import Result
from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock import Mock
from binance_mock.inprocess.httpx_transport import HttpxTransport
from binance_mock.inprocess.requests_adapter import RequestsAdapter
from binance_mock.inprocess.requests_session import InProcessSession
from binance_mock.reception import Reception
from binance_mock.world import Blueprint, World, WorldSettings
from binance_mock.worlds import Worlds

NAMES = ("requests-inprocess", "requests-responses", "httpx-inprocess")

_BATCH = 200
_HEADERS = {"X-MBX-APIKEY": EXAMPLE_PAIR.api_key}
_HOST = "http://api.binance.test"
_OTHER = "http://responses.test"


class _NoAdapter(requests.adapters.BaseAdapter):
    """Answers nothing: what is left is the session."""

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        answer = requests.Response()
        answer.status_code = 200
        answer._content = b""
        answer.url = request.url or ""
        answer.request = request
        return answer

    def close(self) -> None:
        pass


class _NoTransport(httpx.BaseTransport):
    """Answers nothing: what is left is the client."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=httpx.ByteStream(b""))


class _Scene:
    """A world behind a socket and one in process, and batches of requests to them."""

    def __init__(self, mock: Mock) -> None:
        self._mock = mock
        self._worlds = Worlds(World(Blueprint.standard(), WorldSettings(frozen_at=traffic.NOW_MS * 1000)))
        self.reception = Reception(self._worlds)
        self.url = mock.url
        queries = [f"timestamp={traffic.NOW_MS - number}" for number in range(_BATCH)]
        self._targets = [f"/api/v3/account?{query}&signature={traffic.sign(query)}" for query in queries]

    def rate(self, get: Callable[[str], Any], base: str) -> float:
        """Answers per second over one batch."""
        self._mock.reset()
        self._worlds.reset()
        urls = [base + target for target in self._targets]
        begin = perf_counter()
        for url in urls:
            answer = get(url)
        taken = perf_counter() - begin
        if answer.status_code != 200:
            raise RuntimeError(f"{base} answered {answer.status_code} {answer.text}")
        return len(urls) / taken

    def by_responses(self, session: requests.Session) -> float:
        """The rate of `responses`, with the body and the content type of a real answer."""
        real = session.get(self.url + self._targets[0])
        with responses.RequestsMock() as registered:
            registered.get(f"{_OTHER}/api/v3/account", real.content, content_type=real.headers["content-type"])
            return self.rate(session.get, _OTHER)


def run(names: Sequence[str], *, quick: bool) -> Iterator[Result]:
    rounds = 5 if quick else 21
    with Mock(frozen_at=traffic.NOW_MS) as mock:
        scene = _Scene(mock)
        if "requests-inprocess" in names or "requests-responses" in names:
            yield from _requests(scene, names, rounds)
        if "httpx-inprocess" in names:
            yield from _httpx(scene, rounds)


def _requests(scene: _Scene, names: Sequence[str], rounds: int) -> Iterator[Result]:
    adapter = RequestsAdapter(scene.reception)
    with requests.Session() as session, InProcessSession(adapter) as own:
        session.mount(_HOST, adapter)
        for each in (session, own):
            each.headers.update(_HEADERS)
            each.mount("http://nothing", _NoAdapter())
        ours, plain, socket, alone, others = _medians(
            rounds,
            lambda: scene.rate(own.get, _HOST),
            lambda: scene.rate(session.get, _HOST),
            lambda: scene.rate(session.get, scene.url),
            lambda: scene.rate(own.get, "http://nothing"),
            lambda: scene.by_responses(session),
        )
    if "requests-inprocess" in names:
        note = f"{_note(ours, socket, alone)}; by a plain session {plain / socket:.1f}x"
        yield _over("requests in process, to a socket", ours, socket, 5, note)
    if "requests-responses" in names:
        yield _over("requests in process, to responses", plain, others, 1, "both by a plain session")


def _httpx(scene: _Scene, rounds: int) -> Iterator[Result]:
    mounts = {"all://api.binance.test": HttpxTransport(scene.reception), "all://nothing": _NoTransport()}
    with httpx.Client(headers=_HEADERS, mounts=mounts) as client:
        ours, socket, alone = _medians(
            rounds,
            lambda: scene.rate(client.get, _HOST),
            lambda: scene.rate(client.get, scene.url),
            lambda: scene.rate(client.get, "http://nothing"),
        )
    yield _over("httpx in process, to a socket", ours, socket, 5, _note(ours, socket, alone))


def _medians(rounds: int, *measures: Callable[[], float]) -> list[float]:
    """The median of each, measured in turn; a first round is for warmth."""
    taken = [[measure() for measure in measures] for _ in range(rounds + 1)][1:]
    return [median(column) for column in zip(*taken, strict=True)]


def _note(ours: float, socket: float, alone: float) -> str:
    ours_us, socket_us, alone_us = (1e6 / rate for rate in (ours, socket, alone))
    net = (socket_us - alone_us) / (ours_us - alone_us)
    return (
        f"{ours_us:.0f} us a request, {socket_us:.0f} us over the socket, the library's part {alone_us:.0f} us: "
        f"at best {socket_us / alone_us:.1f}x; net of that {net:.1f}x"
    )


def _over(name: str, ours: float, reference: float, goal: float, note: str) -> Result:
    ratio = ours / reference
    return Result(name, "requests/s", ours, reference, ratio, f">= {goal:g}x", ratio >= goal, note)
