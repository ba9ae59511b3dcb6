"""`requests` in process and over a socket: a client can tell no difference."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.exceptions import ChunkedEncodingError, ReadTimeout, StreamConsumedError
from urllib3.util import Timeout

from binance_mock.gate.faults.kinds import KINDS
from binance_mock.inprocess.requests_adapter import RequestsAdapter
from binance_mock.reception import MOST_BODY, Reception
from binance_mock.world import World
from binance_mock.worlds import Worlds

from .twins import (
    ACCOUNT,
    BLUEPRINT,
    HEADERS,
    NEEDED,
    NOW_MS,
    OPEN_ORDERS,
    ORDER,
    TARGETS,
    Twins,
    make_world,
    open_orders,
    order,
    signed,
)  # fmt: skip

Ask = Callable[[requests.Session], requests.Response]


@pytest.fixture
def inside(twins: Twins) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.headers.update(HEADERS)
        session.mount("http://", RequestsAdapter(twins.reception))
        yield session


@pytest.fixture
def outside(twins: Twins) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.headers.update(HEADERS)
        yield session


def shown(answer: requests.Response) -> dict[str, Any]:
    """All that a client sees of an answer, but for its date."""
    raw = answer.raw
    return {
        "status": (answer.status_code, answer.reason, answer.ok, answer.is_redirect),
        "headers": [(name, value) for name, value in answer.headers.items() if name != "date"],
        "names": list(answer.headers),
        "content": answer.content,
        "text": (answer.text, answer.encoding),
        "asked": (answer.url, answer.request.method, dict(answer.request.headers)),
        "raw": (raw.status, raw.reason, raw.version, raw.version_string, list(raw.headers), raw.closed, raw.read()),
        "rest": (answer.history, answer.cookies.get_dict(), answer.links, answer.elapsed.days),
    }


def outcome(ask: Ask, session: requests.Session) -> Any:
    """What a client sees, or the error that it gets with all its causes."""
    try:
        return shown(ask(session))
    except (requests.RequestException, ValueError) as error:
        request = getattr(error, "request", None)
        cause = error.args[0] if error.args else None
        within = [(type(part), str(part)) for part in getattr(cause, "args", ())]
        return type(error), str(error), type(cause), within, request is not None


def same(twins: Twins, outside: requests.Session, inside: requests.Session, ask: Ask) -> Any:
    """What is seen in process, which has to be what is seen over the socket; the worlds must have seen the same too."""
    over_socket, here = outcome(ask, outside), outcome(ask, inside)
    assert here == over_socket
    theirs, ours = twins.received()
    assert ours == theirs
    return here


# -- what is asked ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", TARGETS)
def test_targets_arrive_as_over_a_socket(
    twins: Twins, outside: requests.Session, inside: requests.Session, target: str
) -> None:
    same(twins, outside, inside, lambda session: session.get(twins.url + target))


@pytest.mark.parametrize(
    "params",
    [
        {"symbols": '["BTCUSDT","币安人生USDT"]'},
        'symbols=["BTCUSDT"]',
        "symbol=%e5%b8%81%E5%AE%89%E4%BA%BA%E7%94%9FUSDT",
        b"symbol=BTCUSDT",
        [("symbol", "BTCUSDT"), ("symbol", "ETHUSDT")],
    ],
)
def test_params_arrive_as_over_a_socket(
    twins: Twins, outside: requests.Session, inside: requests.Session, params: Any
) -> None:
    same(twins, outside, inside, lambda session: session.get(f"{twins.url}/api/v3/ticker/price", params=params))


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ('/api/v3/ticker/price?symbols=["%e5%b8%81%E5%AE%89%E4%BA%BA%E7%94%9FUSDT"]', 200),
        ("/api/v3/ping?", 200),
        ("", 404),
        ("?a=/b?c", 404),
        ("#a/b", 404),
    ],
)
def test_a_url_that_was_set_by_hand_is_encoded_as_late_as_over_a_socket(
    twins: Twins, outside: requests.Session, inside: requests.Session, target: str, status: int
) -> None:
    def ask(session: requests.Session) -> requests.Response:
        request = session.prepare_request(requests.Request("GET", twins.url))
        request.url = twins.url + target
        return session.send(request)

    assert same(twins, outside, inside, ask)["status"][0] == status


@pytest.mark.parametrize(
    ("symbol", "status"),
    [
        ("%E5%B8%81%E5%AE%89%E4%BA%BA%E7%94%9FUSDT", 200),
        ("%e5%b8%81%e5%ae%89%e4%ba%ba%e7%94%9fUSDT", 400),
        ("%42TCUSDT", 400),
    ],
)
def test_signatures_are_checked_over_the_bytes_as_sent(
    twins: Twins, outside: requests.Session, inside: requests.Session, symbol: str, status: int
) -> None:
    """S-25: the client writes escapes in capitals and undoes needless ones; what was signed otherwise does not fit."""
    query = signed(f"symbol={symbol}&timestamp={NOW_MS}")
    seen = same(twins, outside, inside, lambda session: session.get(f"{twins.url}/api/v3/openOrders?{query}"))
    assert seen["status"][0] == status


def pieces() -> Iterator[bytes]:
    yield from (order()[:10].encode(), b"", order()[10:].encode())


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    "make",
    [
        lambda: {"data": order()},
        lambda: {"data": order().encode()},
        lambda: {"data": bytearray(order().encode())},
        lambda: {"data": dict(pair.split("=", 1) for pair in order().split("&"))},
        lambda: {"data": pieces(), "headers": FORM},
        lambda: {"data": iter([order()[:10], order()[10:]]), "headers": FORM},
        lambda: {"data": BytesIO(order().encode()), "headers": FORM},
        lambda: {"data": StringIO(order()), "headers": FORM},
        lambda: {"data": BytesIO(b""), "headers": FORM},
        lambda: {"data": "symbol=币安人生USDT"},
        lambda: {"json": {"symbol": "BTCUSDT"}},
        lambda: {"files": {"a": b"b"}},
        lambda: {"data": b"a" * MOST_BODY},
        lambda: {"data": b"a" * (MOST_BODY + 1)},
        dict,
    ],
)
def test_bodies_of_all_forms_arrive_as_over_a_socket(
    twins: Twins, outside: requests.Session, inside: requests.Session, make: Callable[[], dict[str, Any]]
) -> None:
    seen = []
    for session in (outside, inside):
        extra = make()
        answer = session.post(f"{twins.url}/api/v3/order", **extra)
        seen.append((answer.status_code, answer.content))
    assert seen[1] == seen[0]
    theirs, ours = twins.received()
    for row in (*theirs, *ours):
        if "boundary" in row["body"] or row["body"].startswith("--"):
            row["body"] = len(row["body"])  # The client draws the boundary.
    assert ours == theirs


def test_a_file_is_read_from_where_it_stands(twins: Twins, inside: requests.Session, tmp_path: Path) -> None:
    path = tmp_path / "order"
    path.write_bytes(b"skipped" + order().encode())
    with path.open("rb") as file:
        file.seek(len(b"skipped"))
        assert inside.post(f"{twins.url}/api/v3/order", data=file, headers=FORM).status_code == 200


class Slow:
    """What uploads with a progress bar look like: it is read, though it could be iterated over, and gives little."""

    def __init__(self) -> None:
        self._file = BytesIO(order().encode())

    def __iter__(self) -> Iterator[bytes]:
        raise AssertionError("urllib3 reads")

    def read(self, size: int) -> bytes:
        return self._file.read(min(size, 7))


def test_a_reader_is_read_to_its_end(twins: Twins, outside: requests.Session, inside: requests.Session) -> None:
    seen = same(twins, outside, inside, lambda session: session.post(f"{twins.url}/api/v3/order", data=Slow()))
    assert seen["status"][0] == 200


def test_a_body_that_fails_is_heard_of(twins: Twins, inside: requests.Session) -> None:
    def failing() -> Iterator[bytes]:
        yield b"symbol="
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        inside.post(f"{twins.url}/api/v3/order", data=failing())
    assert len(twins.world.journal) == 0


@pytest.mark.parametrize("method", ["get", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"])
def test_verbs(twins: Twins, outside: requests.Session, inside: requests.Session, method: str) -> None:
    same(twins, outside, inside, lambda session: session.request(method, f"{twins.url}/api/v3/ping", data="a=b"))


def test_headers_are_read_as_a_server_does(twins: Twins, inside: requests.Session) -> None:
    sent = {"X-Bytes": b"\xe9", "User-Agent": None}
    assert inside.get(f"http://user:word@Exchange.test:80{ACCOUNT}", headers=sent).status_code == 200
    headers = twins.world.journal.last.request.headers
    assert headers[b"x-mbx-apikey"] == HEADERS["X-MBX-APIKEY"].encode()
    assert headers[b"x-bytes"] == b"\xe9"
    assert headers[b"host"] == b"exchange.test"
    assert headers[b"authorization"].startswith(b"Basic ")
    assert b"user-agent" not in headers
    inside.get(f"{twins.url}/api/v3/ping")
    assert twins.world.journal.last.request.headers[b"host"] == twins.url.removeprefix("http://").encode()
    inside.get(f"{twins.url}/api/v3/ping", headers={"Host": "elsewhere"})
    assert twins.world.journal.last.request.headers[b"host"] == b"elsewhere"


def test_blanks_behind_a_key(twins: Twins, outside: requests.Session, inside: requests.Session) -> None:
    padded = {"X-MBX-APIKEY": HEADERS["X-MBX-APIKEY"] + "  "}
    seen = same(twins, outside, inside, lambda session: session.get(twins.url + ACCOUNT, headers=padded))
    assert seen["status"][0] == 401


def test_the_address_of_the_client(twins: Twins) -> None:
    with requests.Session() as session:
        session.mount("https://", RequestsAdapter(twins.reception, client="10.0.0.7"))
        assert session.get("https://api.binance.com/api/v3/ping").json() == {}
    request = twins.world.journal.last.request
    assert (request.client, request.headers[b"host"]) == ("10.0.0.7", b"api.binance.com")


@pytest.mark.parametrize("path", ["/_mock", "/_mock/clock"])
def test_the_control_api_is_not_served(twins: Twins, inside: requests.Session, path: str) -> None:
    answer = inside.get(twins.url + path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json")
    assert "Mock.url" in answer.json()["hint"]
    assert len(twins.world.journal) == 0


# -- what is answered ------------------------------------------------------------------------------------------------


def test_a_signed_order(twins: Twins, outside: requests.Session, inside: requests.Session) -> None:
    seen = same(twins, outside, inside, lambda session: session.post(twins.url + ORDER))
    assert seen["status"][:2] == (200, "OK")
    assert inside.get(f"{twins.url}/api/v3/ping").connection is inside.get_adapter(twins.url)
    assert ("x-mbx-order-count-10s", "1") in seen["headers"]
    assert open_orders(twins.world) == 1


def test_the_date_is_that_of_a_server(twins: Twins, outside: requests.Session, inside: requests.Session) -> None:
    over_socket, here = (session.get(f"{twins.url}/api/v3/ping").headers["date"] for session in (outside, inside))
    assert len(here) == len(over_socket)
    assert here[-4:] == " GMT"


STREAMS: list[Callable[[requests.Response], Any]] = [
    lambda answer: list(answer.iter_content(10)),
    lambda answer: list(answer.iter_content(10, decode_unicode=True)),
    lambda answer: list(answer.iter_lines(100)),
    lambda answer: list(answer),
    lambda answer: (answer.raw.read(5), answer.raw.tell(), answer.raw.read(), answer.raw.read(), answer.raw.closed),
    lambda answer: list(answer.raw.stream(7)),
    lambda answer: answer.raw.data,
    lambda answer: (answer.content, answer.content, answer.raw.read()),
    lambda answer: (answer.close(), answer.raw.closed),
    lambda answer: answer.json(),
]


@pytest.mark.parametrize("read", STREAMS)
@pytest.mark.parametrize("stream", [True, False])
def test_reading_in_parts(
    twins: Twins,
    outside: requests.Session,
    inside: requests.Session,
    stream: bool,
    read: Callable[[requests.Response], Any],
) -> None:
    target = f"{twins.url}/api/v3/depth?symbol=BTCUSDT&limit=5"
    over_socket, here = (read(session.get(target, stream=stream)) for session in (outside, inside))
    assert here == over_socket


def test_a_stream_is_read_once(twins: Twins, inside: requests.Session) -> None:
    answer = inside.get(f"{twins.url}/api/v3/time", stream=True)
    assert b"".join(answer.iter_content(3)) == b'{"serverTime":%d}' % NOW_MS
    with pytest.raises(StreamConsumedError):
        next(answer.iter_content(3))


def test_raw_knows_what_it_has_not(twins: Twins, inside: requests.Session) -> None:
    for stream in (False, True):
        raw = inside.get(f"{twins.url}/api/v3/time", stream=stream).raw
        assert not hasattr(raw, "nothing")
        assert raw.getheader("content-type") == "application/json;charset=UTF-8"


def test_cookies_stay_as_they_are(twins: Twins, inside: requests.Session) -> None:
    inside.cookies.set("a", "b")
    answer = inside.get(f"{twins.url}/api/v3/ping", cookies={"c": "d"})
    assert twins.world.journal.last.request.headers[b"cookie"] in (b"a=b; c=d", b"c=d; a=b")
    assert inside.cookies.get_dict() == {"a": "b"}
    assert not answer.cookies


def test_hooks_are_called(twins: Twins, inside: requests.Session) -> None:
    seen: list[int] = []
    inside.get(f"{twins.url}/api/v3/ping", hooks={"response": lambda answer, **_: seen.append(answer.status_code)})
    assert seen == [200]


# -- faults and time -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [kind.kind for kind in KINDS])
@pytest.mark.parametrize("stream", [False, True])
def test_every_fault_looks_as_over_a_socket(
    twins: Twins, outside: requests.Session, inside: requests.Session, kind: str, stream: bool
) -> None:
    twins.fault(kind, path="/api/v3/order", **NEEDED.get(kind, {}))
    same(twins, outside, inside, lambda session: session.post(twins.url + ORDER, stream=stream))
    same(twins, outside, inside, lambda session: session.get(twins.url + OPEN_ORDERS))


@pytest.mark.parametrize(("kind", "orders"), [("reset_before", 0), ("reset_after", 1)])
def test_a_reset(twins: Twins, inside: requests.Session, kind: str, orders: int) -> None:
    twins.world.faults.add(kind)
    with pytest.raises(requests.ConnectionError, match="Connection reset by peer") as caught:
        inside.post(twins.url + ORDER)
    assert isinstance(caught.value.args[0].args[1], ConnectionResetError)
    assert caught.value.request is not None
    assert open_orders(twins.world) == orders


def test_a_truncated_body_of_a_stream(twins: Twins, outside: requests.Session, inside: requests.Session) -> None:
    twins.fault("truncated_body")
    seen = []
    for session in (outside, inside):
        answer = session.get(f"{twins.url}/api/v3/time", stream=True)
        parts = answer.iter_content(3)
        seen.append([next(parts), next(parts)])
        with pytest.raises(ChunkedEncodingError, match="IncompleteRead"):
            list(parts)
    assert seen[1] == seen[0]


def test_a_truncated_head_request_has_no_body_to_cut(
    twins: Twins, outside: requests.Session, inside: requests.Session
) -> None:
    twins.fault("truncated_body")
    same(twins, outside, inside, lambda session: session.head(f"{twins.url}/api/v3/time"))


@pytest.mark.parametrize("stage", ["before", "after"])
def test_latency_moves_a_clock_that_stands(twins: Twins, inside: requests.Session, stage: str) -> None:
    """A day is held back; that the test ends shows that nobody waited, however short the time-out."""
    day = 86_400_000
    twins.world.faults.add("latency", ms=day, stage=stage)
    shown = inside.get(f"{twins.url}/api/v3/time", timeout=0.001).json()
    assert shown == {"serverTime": NOW_MS + (day if stage == "before" else 0)}
    assert twins.world.clock.now() == (NOW_MS + day) * 1000


@pytest.mark.parametrize("timeout", [(5, 0.01), (None, 0.01), Timeout(connect=5, read=0.01)])
@pytest.mark.parametrize("stage", ["before", "after"])
def test_a_client_that_waits_too_little(
    twins: Twins, outside: requests.Session, inside: requests.Session, stage: str, timeout: Any
) -> None:
    twins.fault("latency", ms=60_000, stage=stage, wall=True)
    over_socket, here = (
        outcome(lambda session: session.post(twins.url + ORDER, timeout=timeout), session)
        for session in (outside, inside)
    )
    assert here == over_socket
    assert here[0] is ReadTimeout
    assert open_orders(twins.world) == 1


@pytest.mark.parametrize("timeout", [0.01, Timeout(0.01), Timeout(total=0.01, read=5)])
def test_one_time_out_for_all(twins: Twins, inside: requests.Session, timeout: Any) -> None:
    twins.world.faults.add("latency", ms=60_000, wall=True)
    with pytest.raises(ReadTimeout, match="Read timed out"):
        inside.post(twins.url + ORDER, timeout=timeout)
    assert open_orders(twins.world) == 1


@pytest.mark.parametrize("timeout", [None, 1, (0.001, 1), (1, None), Timeout(1)])
def test_a_client_that_waits_long_enough(twins: Twins, inside: requests.Session, timeout: Any) -> None:
    twins.world.faults.add("latency", ms=2, wall=True)
    assert inside.post(twins.url + ORDER, timeout=timeout).status_code == 200


@pytest.mark.parametrize("timeout", [0, -1, "soon", (1, 2, 3), (1, 0), True])
def test_a_time_out_that_is_none(
    twins: Twins, outside: requests.Session, inside: requests.Session, timeout: Any
) -> None:
    error, text, *_ = same(twins, outside, inside, lambda session: session.get(twins.url, timeout=timeout))
    assert issubclass(error, ValueError)
    assert "imeout" in text


@pytest.mark.parametrize(("ms", "code", "orders"), [(1000, 0, 1), (86_400_000, -1021, 0)])
def test_who_leaves_a_held_request_has_it_judged_when_it_would_have_been(ms: int, code: int, orders: int) -> None:
    """S-22: on a running clock a request that waits for a day is too old in the end, whoever still waits for it."""
    world = make_world(frozen_at=None)
    world.faults.add("latency", ms=ms, times=1)
    with requests.Session() as session:
        session.headers.update(HEADERS)
        session.mount("http://", RequestsAdapter(Reception(Worlds(world))))
        now_ms = world.clock.now() // 1000
        with pytest.raises(ReadTimeout):
            session.post("http://mock/api/v3/order?" + order(timestamp=now_ms), timeout=0.001)
        assert world.journal.last.code == code
        assert open_orders(world) == orders
        again = session.post("http://mock/api/v3/order?" + order(timestamp=now_ms))
        assert again.status_code == 200
        assert open_orders(world) == orders + 1


# -- nothing but this process ----------------------------------------------------------------------------------------


def test_neither_socket_nor_thread_is_made(
    twins: Twins, inside: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("a socket was made")

    threads = threading.enumerate()
    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    twins.world.faults.add("latency", ms=2, wall=True, nth=2)
    for _ in range(3):
        assert inside.post(twins.url + ORDER).status_code == 200
    assert threading.enumerate() == threads


def test_threads_share_an_adapter() -> None:
    world = make_world()
    adapter = RequestsAdapter(Reception(Worlds(world)))

    def trade(_: int) -> list[int]:
        with requests.Session() as session:
            session.headers.update(HEADERS)
            session.mount("http://", adapter)
            return [session.post(f"http://mock{ORDER}").json()["orderId"] for _ in range(5)]

    with ThreadPoolExecutor(8) as pool:
        ids = [number for numbers in pool.map(trade, range(8)) for number in numbers]
    assert len(set(ids)) == 40
    assert open_orders(world) == 40


def test_a_defect_of_the_mock_is_not_hidden() -> None:
    def broken() -> int:
        raise ZeroDivisionError

    adapter = RequestsAdapter(Reception(Worlds(World(BLUEPRINT, source=broken))))
    with requests.Session() as session:
        session.mount("http://", adapter)
        with pytest.raises(ZeroDivisionError):
            session.get("http://mock/api/v3/ping")


def test_a_closed_adapter_answers_as_one_for_sockets_does(twins: Twins, inside: requests.Session) -> None:
    inside.close()
    assert inside.get(f"{twins.url}/api/v3/ping").status_code == 200
