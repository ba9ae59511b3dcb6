"""The control API over HTTP: who may call it, and the journal as events."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest
import requests

from binance_mock import Mock
from binance_mock.face.backend import MockError, RemoteBackend
from binance_mock.wire.app import App
from binance_mock.wire.control import make_control
from binance_mock.wire.server import bind, make_server
from binance_mock.world import Blueprint, World
from binance_mock.worlds import Worlds

from .conftest import Wire

TOKEN = "open sesame"  # of a test


class Guarded:
    """A server whose control API wants a token."""

    def __init__(self) -> None:
        worlds = Worlds(World(Blueprint.standard()))
        listener = bind("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self._server = make_server(App(worlds, control=lambda: make_control(worlds, TOKEN)))
        self._thread = threading.Thread(target=self._server.run, args=([listener],))
        self._thread.start()

    def stop(self) -> None:
        """End it."""
        self._server.should_exit = True
        self._thread.join()


@pytest.fixture(scope="module")
def guarded() -> Iterator[Guarded]:
    """One for the tests of this module."""
    server = Guarded()
    yield server
    server.stop()


# -- the token -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers", [{"Authorization": f"Bearer {TOKEN}"}, {"X-Mock-Token": TOKEN}, {"X-Mock-Token": TOKEN, "Host": "mock"}]
)
def test_the_token_opens(guarded: Guarded, headers: dict[str, str]) -> None:
    assert requests.get(f"{guarded.url}/_mock/health", headers=headers, timeout=10).status_code == 200


@pytest.mark.parametrize("path", ["health", "events", "nowhere", ""])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"X-Mock-Token": "ö".encode().decode("latin-1")},
        {"Authorization": ""},
    ],
)
def test_nothing_else_does(guarded: Guarded, path: str, headers: dict[str, str]) -> None:
    sent = {name: text.encode("latin-1") for name, text in headers.items()}
    answer = requests.get(f"{guarded.url}/_mock/{path}", headers=sent, timeout=10)
    assert answer.status_code == 401
    assert answer.json() == {
        "error": "the control token is missing or wrong",
        "hint": "send it as `Authorization: Bearer <token>`",
    }


def test_the_exchange_itself_needs_no_token(guarded: Guarded) -> None:
    assert requests.get(f"{guarded.url}/api/v3/ping", timeout=10).status_code == 200


def test_the_face_brings_its_token(guarded: Guarded) -> None:
    with Mock.connect(guarded.url, token=TOKEN) as remote:
        assert remote.clock.mode == "live"
    with pytest.raises(MockError, match="token is missing or wrong; send it as"):
        Mock.connect(guarded.url)


# -- the host name ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1:1", "localhost:8099", "LocalHost", "t1.localhost:8099", "[::1]", "[::1]:8099", ""],
)
def test_loopback_names_are_let_in(wire: Wire, host: str) -> None:
    wire.send(f"GET /_mock/health HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    assert wire.read().status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8099", "127.0.0.1.evil.example", "localhost.evil", "[", "[::2]:80", "a b"]
)
def test_other_names_are_refused_without_a_token(wire: Wire, host: str) -> None:
    wire.send(f"GET /_mock/health HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    answer = wire.read()
    assert answer.status == 403
    assert answer.json["hint"] == "call it by a loopback address"
    assert "host name" in answer.json["error"]


# -- calls -----------------------------------------------------------------------------------------------------------


def test_errors_are_json_with_their_status(binance: Mock) -> None:
    for path, status in (("/_mock/nowhere", 404), ("/_mock", 404), ("/_mock/clock?x=1", 400)):
        answer = requests.get(binance.url + path, timeout=10)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json")
        assert list(answer.json()) == ["error", "hint"]
    assert requests.put(f"{binance.url}/_mock/clock", timeout=10).status_code == 405
    assert requests.post(f"{binance.url}/_mock/clock", data=b"\xff", timeout=10).status_code == 400


@pytest.mark.parametrize("label", ["plain", "a?b", "a#b", "a b", "50%25", "币"])
def test_a_name_in_the_path_may_hold_anything_but_a_slash(binance: Mock, label: str) -> None:
    account = binance.accounts.open(label, {"BTC": "1"})
    with Mock.connect(binance.url) as remote:
        remote.accounts[label].set_balances(BTC="2")
    backend = RemoteBackend(binance.url)
    assert backend.call("DELETE", f"/keys/{label}") == {"removed": 1}
    backend.close()
    assert account.balance("BTC").free == "2.00000000"


def test_a_path_that_only_begins_like_it_is_the_exchange_s(binance: Mock) -> None:
    answer = requests.get(f"{binance.url}/_mockery", timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (404, -1020)


def test_control_calls_are_not_in_the_journal(binance: Mock) -> None:
    requests.get(f"{binance.url}/_mock/health", timeout=10)
    assert len(binance.requests) == 0


# -- events ----------------------------------------------------------------------------------------------------------


def events(answer: requests.Response) -> Iterator[tuple[int, dict[str, object]]]:
    """Number and data of each event; the first thing that comes is a comment, and then nothing is missed any more."""
    lines = answer.iter_lines(chunk_size=1)
    assert next(lines).startswith(b": ")
    yield 0, {}
    number = 0
    for line in lines:
        name, _, text = line.decode().partition(": ")
        if name == "id":
            number = int(text)
        elif name == "data":
            yield number, json.loads(text)


def test_new_entries_come_as_events(binance: Mock) -> None:
    requests.get(f"{binance.url}/api/v3/time", timeout=10)  # before anybody listened
    with requests.get(f"{binance.url}/_mock/events", stream=True, timeout=10) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        coming = events(answer)
        next(coming)
        requests.get(f"{binance.url}/api/v3/ping", timeout=10)
        requests.get(f"{binance.url}/nowhere?secret={binance.api_secret}", timeout=10)
        first, second = next(coming), next(coming)
        assert first == (2, vars(binance.requests[1]))
        assert second == (3, vars(binance.requests[2]))
        assert binance.api_secret not in str(second)


def test_events_go_on_after_a_reset(binance: Mock) -> None:
    with requests.get(f"{binance.url}/_mock/events", stream=True, timeout=10) as answer:
        coming = events(answer)
        next(coming)
        binance.reset()
        requests.get(f"{binance.url}/api/v3/ping", timeout=10)
        number, entry = next(coming)
        assert (number, entry["path"]) == (1, "/api/v3/ping")


def test_a_listener_does_not_hold_a_stop_up() -> None:
    with Mock() as mock:
        answer = requests.get(f"{mock.url}/_mock/events", stream=True, timeout=10)
        next(events(answer))
    answer.close()


@pytest.mark.parametrize(
    ("origin", "status"),
    [("http://evil.example", 403), ("null", 403), ("http://localhost:3000", 200), ("http://[", 403)],
)
def test_pages_of_other_hosts_are_kept_out(origin: str, status: int) -> None:
    """A web page can send simple requests to loopback, but not hide its origin."""
    with Mock() as binance:
        answer = requests.post(
            f"{binance.url}/_mock/reset",
            data="{}",
            headers={"Origin": origin, "Content-Type": "text/plain"},
            timeout=10,
        )
    assert answer.status_code == status


def test_a_deeply_nested_body_is_refused() -> None:
    with Mock() as binance:
        answer = requests.post(f"{binance.url}/_mock/faults", data="[" * 100_000, timeout=10)
    assert (answer.status_code, answer.json()["hint"]) == (400, "send a JSON object")
