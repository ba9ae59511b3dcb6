"""`httpx` in process and over a socket, from threads and from tasks: a client can tell no difference."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import httpx
import pytest

from binance_mock.gate.faults.kinds import KINDS
from binance_mock.inprocess.httpx_transport import AsyncHttpxTransport, HttpxTransport
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
)

AskAsync = Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def client(reception: Reception | None, **settings: Any) -> httpx.Client:
    """A client in process, or over sockets."""
    transport = None if reception is None else HttpxTransport(reception)
    return httpx.Client(headers=HEADERS, transport=transport, trust_env=False, **settings)


def async_client(reception: Reception | None, **settings: Any) -> httpx.AsyncClient:
    """An asynchronous client in process, or over sockets."""
    transport = None if reception is None else AsyncHttpxTransport(reception)
    return httpx.AsyncClient(headers=HEADERS, transport=transport, trust_env=False, **settings)


def shown(answer: httpx.Response) -> dict[str, Any]:
    """All that a client sees of an answer that was read, but for its date."""
    return {
        "status": (answer.status_code, answer.reason_phrase, answer.http_version),
        "headers": [(name, value) for name, value in answer.headers.raw if name.lower() != b"date"],
        "names": list(answer.headers),
        "content": answer.content,
        "text": (answer.text, answer.encoding, answer.charset_encoding),
        "asked": (str(answer.url), answer.request.method, answer.request.headers.raw),
        "rest": (answer.is_closed, answer.is_stream_consumed, answer.num_bytes_downloaded, answer.elapsed.days),
        "more": (answer.history, dict(answer.cookies), answer.links),
    }


def told(error: httpx.HTTPError) -> Any:
    """What a client learns from an error."""
    return type(error), str(error), error.request.method


def outcome(inside: Reception | None, twins: Twins, method: str, target: str, **extra: Any) -> Any:
    """What a client sees, or the error that it gets."""
    with client(inside) as asking:
        try:
            return shown(asking.request(method, twins.url + target, **extra))
        except httpx.HTTPError as error:
            return told(error)


def outcome_in_task(inside: Reception | None, twins: Twins, method: str, target: str, **extra: Any) -> Any:
    """The same for an asynchronous client."""

    async def ask() -> Any:
        async with async_client(inside) as asking:
            try:
                return shown(await asking.request(method, twins.url + target, **extra))
            except httpx.HTTPError as error:
                return told(error)

    return asyncio.run(ask())


Outcome = Callable[..., Any]
BOTH = pytest.mark.parametrize("get", [outcome, outcome_in_task], ids=["sync", "async"])


def same(get: Outcome, twins: Twins, method: str, target: str, **extra: Any) -> Any:
    """What is seen in process, which has to be what is seen over the socket; the worlds must have seen the same too."""
    over_socket = get(None, twins, method, target, **extra)
    here = get(twins.reception, twins, method, target, **extra)
    assert here == over_socket
    theirs, ours = twins.received()
    assert ours == theirs
    return here


# -- what is asked ---------------------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("target", TARGETS)
def test_targets_arrive_as_over_a_socket(get: Outcome, twins: Twins, target: str) -> None:
    same(get, twins, "GET", target)


@pytest.mark.parametrize(
    "params",
    [
        {"symbols": '["BTCUSDT","币安人生USDT"]'},
        "symbol=%e5%b8%81%E5%AE%89%E4%BA%BA%E7%94%9FUSDT",
        "symbol=BTCUSDT&symbol=",
    ],
)
def test_params_arrive_as_over_a_socket(twins: Twins, params: Any) -> None:
    same(outcome, twins, "GET", "/api/v3/ticker/price", params=params)


@BOTH
@pytest.mark.parametrize(
    "symbol", ["%E5%B8%81%E5%AE%89%E4%BA%BA%E7%94%9FUSDT", "%e5%b8%81%E5%AE%89%E4%BA%BA%E7%94%9FUSDT", "%42TCUSDT"]
)
def test_signatures_are_checked_over_the_bytes_as_sent(get: Outcome, twins: Twins, symbol: str) -> None:
    """S-25: this client leaves escapes as they are written."""
    seen = same(get, twins, "GET", "/api/v3/openOrders?" + signed(f"symbol={symbol}&timestamp={NOW_MS}"))
    assert seen["status"][0] == 200


def pieces() -> Iterator[bytes]:
    yield from (order()[:10].encode(), b"", order()[10:].encode())


async def late_pieces() -> AsyncIterator[bytes]:
    for piece in pieces():
        await asyncio.sleep(0)
        yield piece


SHARED: list[Callable[[], dict[str, Any]]] = [
    lambda: {"content": order()},
    lambda: {"content": order().encode()},
    lambda: {"data": dict(pair.split("=", 1) for pair in order().split("&"))},
    lambda: {"json": {"symbol": "币安人生USDT"}},
    lambda: {"content": b"a" * MOST_BODY},
    lambda: {"content": b"a" * (MOST_BODY + 1)},
    dict,
]


@pytest.mark.parametrize(
    ("get", "make"),
    [
        *((outcome, make) for make in SHARED),
        (outcome, lambda: {"content": pieces()}),
        (outcome, lambda: {"content": BytesIO(order().encode())}),
        *((outcome_in_task, make) for make in SHARED),
        (outcome_in_task, lambda: {"content": late_pieces()}),
    ],
)
def test_bodies_of_all_forms_arrive_as_over_a_socket(
    get: Outcome, twins: Twins, make: Callable[[], dict[str, Any]]
) -> None:
    over_socket, here = (
        get(inside, twins, "POST", "/api/v3/order", **{"headers": FORM, **make()}) for inside in (None, twins.reception)
    )
    assert here == over_socket
    theirs, ours = twins.received()
    assert ours == theirs


def test_a_body_that_fails_is_heard_of(twins: Twins) -> None:
    def failing() -> Iterator[bytes]:
        yield b"symbol="
        raise ZeroDivisionError

    with client(twins.reception) as asking, pytest.raises(ZeroDivisionError):
        asking.post("http://mock/api/v3/order", content=failing())
    assert len(twins.world.journal) == 0


@BOTH
@pytest.mark.parametrize("method", ["get", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"])
def test_verbs(get: Outcome, twins: Twins, method: str) -> None:
    same(get, twins, method, "/api/v3/ping", content=b"a=b")


@BOTH
@pytest.mark.parametrize(
    "value", [b"key ", b" key", b"\tkey", b"k\ney", b"key\r\n", b"k\x00", b"", b"a \t b", b"k\xe9"]
)
def test_header_values_that_cannot_be_sent(get: Outcome, twins: Twins, value: bytes) -> None:
    same(get, twins, "GET", ACCOUNT, headers={b"X-MBX-APIKEY": value})


def test_headers_are_read_as_a_server_does(twins: Twins) -> None:
    with client(twins.reception) as asking:
        asking.get("http://Exchange.test:80/api/v3/ping", headers=[("X-Twice", "1"), ("x-twice", "2")])
        headers = twins.world.journal.last.request.headers
        assert (headers[b"host"], headers[b"x-twice"]) == (b"exchange.test", b"2")
        asking.get("https://api.binance.com/api/v3/ping", headers={"Host": "elsewhere"})
        assert twins.world.journal.last.request.headers[b"host"] == b"elsewhere"


@BOTH
def test_a_signed_order(get: Outcome, twins: Twins) -> None:
    seen = same(get, twins, "POST", ORDER)
    assert seen["status"] == (200, "OK", "HTTP/1.1")
    assert open_orders(twins.world) == 1


def test_the_address_of_the_client(twins: Twins) -> None:
    with httpx.Client(transport=HttpxTransport(twins.reception, client="10.0.0.7")) as asking:
        asking.get("http://mock/api/v3/ping")
    assert twins.world.journal.last.request.client == "10.0.0.7"


@pytest.mark.parametrize("path", ["/_mock", "/_mock/clock"])
def test_the_control_api_is_not_served(twins: Twins, path: str) -> None:
    with client(twins.reception) as asking:
        answer = asking.get(f"http://mock{path}")
    assert answer.status_code == 404
    assert "Mock.url" in answer.json()["hint"]


# -- what is answered ------------------------------------------------------------------------------------------------


def test_the_date_is_that_of_a_server(twins: Twins) -> None:
    with client(None) as outside, client(twins.reception) as inside:
        over_socket, here = (asking.get(f"{twins.url}/api/v3/ping").headers["date"] for asking in (outside, inside))
    assert len(here) == len(over_socket)
    assert here[-4:] == " GMT"


@pytest.mark.parametrize(
    "read",
    [
        lambda answer: list(answer.iter_bytes(10)),
        lambda answer: list(answer.iter_raw(10)),
        lambda answer: list(answer.iter_text(10)),
        lambda answer: list(answer.iter_lines()),
        lambda answer: (answer.read(), answer.json(), answer.is_closed),
        lambda answer: (answer.close(), answer.is_closed),
    ],
)
def test_reading_in_parts(twins: Twins, read: Callable[[httpx.Response], Any]) -> None:
    seen = []
    for inside in (None, twins.reception):
        with client(inside) as asking, asking.stream("GET", f"{twins.url}/api/v3/time") as answer:
            seen.append(read(answer))
    assert seen[1] == seen[0]


def test_a_stream_is_read_once(twins: Twins) -> None:
    with client(twins.reception) as asking, asking.stream("GET", f"{twins.url}/api/v3/time") as answer:
        assert b"".join(answer.iter_raw(3)) == b'{"serverTime":%d}' % NOW_MS
        with pytest.raises(httpx.StreamConsumed):
            next(answer.iter_raw())


def test_cookies_stay_as_they_are(twins: Twins) -> None:
    with client(twins.reception, cookies={"a": "b"}) as asking:
        asking.get("http://mock/api/v3/ping")
        assert twins.world.journal.last.request.headers[b"cookie"] == b"a=b"
        assert dict(asking.cookies) == {"a": "b"}


# -- faults and time -------------------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("kind", [kind.kind for kind in KINDS])
def test_every_fault_looks_as_over_a_socket(get: Outcome, twins: Twins, kind: str) -> None:
    twins.fault(kind, path="/api/v3/order", **NEEDED.get(kind, {}))
    same(get, twins, "POST", ORDER)
    same(get, twins, "GET", OPEN_ORDERS)


@pytest.mark.parametrize(("kind", "orders"), [("reset_before", 0), ("reset_after", 1)])
@BOTH
def test_a_reset(get: Outcome, twins: Twins, kind: str, orders: int) -> None:
    twins.world.faults.add(kind)
    assert get(twins.reception, twins, "POST", ORDER)[0] is httpx.ReadError
    assert open_orders(twins.world) == orders


def test_a_truncated_body_of_a_stream(twins: Twins) -> None:
    twins.fault("truncated_body")
    seen = []
    for inside in (None, twins.reception):
        with client(inside) as asking, asking.stream("GET", f"{twins.url}/api/v3/time") as answer:
            parts = answer.iter_bytes(3)
            seen.append([next(parts), next(parts)])
            with pytest.raises(httpx.RemoteProtocolError, match=r"received 14 bytes, expected 28") as caught:
                list(parts)
            assert caught.value.request is answer.request
    assert seen[1] == seen[0]


@BOTH
def test_a_truncated_head_request_has_no_body_to_cut(get: Outcome, twins: Twins) -> None:
    twins.fault("truncated_body")
    same(get, twins, "HEAD", "/api/v3/time")


@BOTH
@pytest.mark.parametrize("stage", ["before", "after"])
def test_latency_moves_a_clock_that_stands(get: Outcome, twins: Twins, stage: str) -> None:
    """A day is held back; that the test ends shows that nobody waited, however short the time-out."""
    day = 86_400_000
    twins.world.faults.add("latency", ms=day, stage=stage)
    seen = get(twins.reception, twins, "GET", "/api/v3/time", timeout=0.001)
    assert seen["content"] == b'{"serverTime":%d}' % (NOW_MS + (day if stage == "before" else 0))
    assert twins.world.clock.now() == (NOW_MS + day) * 1000


@BOTH
@pytest.mark.parametrize("stage", ["before", "after"])
def test_a_client_that_waits_too_little(get: Outcome, twins: Twins, stage: str) -> None:
    twins.fault("latency", ms=60_000, stage=stage, wall=True)
    over_socket, here = (
        get(inside, twins, "POST", ORDER, timeout=httpx.Timeout(5, read=0.01)) for inside in (None, twins.reception)
    )
    assert here == over_socket
    assert here[0] is httpx.ReadTimeout
    assert open_orders(twins.world) == 1


@BOTH
def test_one_time_out_for_all(get: Outcome, twins: Twins) -> None:
    twins.world.faults.add("latency", ms=60_000, wall=True)
    assert get(twins.reception, twins, "POST", ORDER, timeout=0.01)[0] is httpx.ReadTimeout
    assert open_orders(twins.world) == 1


@BOTH
@pytest.mark.parametrize("timeout", [None, 1, httpx.Timeout(0.001, read=1), httpx.Timeout(0.001, read=None)])
def test_a_client_that_waits_long_enough(get: Outcome, twins: Twins, timeout: Any) -> None:
    twins.world.faults.add("latency", ms=2, wall=True)
    assert get(twins.reception, twins, "POST", ORDER, timeout=timeout)["status"][0] == 200


@pytest.mark.parametrize(("ms", "code", "orders"), [(1000, 0, 1), (86_400_000, -1021, 0)])
def test_a_cancelled_task_has_its_held_request_judged_when_it_would_have_been(ms: int, code: int, orders: int) -> None:
    """S-22: on a running clock a request that waits for a day is too old in the end, whoever still waits for it."""
    world = make_world(frozen_at=None)
    world.faults.add("latency", ms=ms)

    async def ask() -> None:
        async with async_client(Reception(Worlds(world)), timeout=None) as asking:
            query = order(timestamp=world.clock.now() // 1000)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(asking.post(f"http://mock/api/v3/order?{query}"), 0.001)

    asyncio.run(ask())
    assert world.journal.last.code == code
    assert open_orders(world) == orders


def test_waiting_leaves_the_loop_to_others(twins: Twins) -> None:
    """One waits for a day and is left; what another asks for is answered meanwhile."""
    twins.world.faults.add("latency", ms=86_400_000, stage="after", wall=True, nth=1)

    async def both() -> int:
        async with async_client(twins.reception, timeout=None) as asking:
            slow = asyncio.create_task(asking.post(f"http://mock{ORDER}"))
            await asyncio.sleep(0)
            quick = await asking.get("http://mock/api/v3/time")
            assert not slow.done()
            slow.cancel()
            return quick.status_code

    assert asyncio.run(both()) == 200


def test_every_request_gives_way_to_other_tasks(twins: Twins) -> None:
    """A loop that asks until another task says stop would else never end."""

    async def poll() -> int:
        stop = asyncio.Event()
        asyncio.get_running_loop().call_soon(stop.set)
        async with async_client(twins.reception) as asking:
            asked = 0
            while not stop.is_set() and asked < 100:
                await asking.get("http://mock/api/v3/ping")
                asked += 1
            return asked

    assert asyncio.run(poll()) < 100


# -- nothing but this process ----------------------------------------------------------------------------------------


def refuse(*_: Any, **__: Any) -> Any:
    raise AssertionError("a socket was made")


def test_neither_socket_nor_thread_is_made(twins: Twins, monkeypatch: pytest.MonkeyPatch) -> None:
    twins.world.faults.add("latency", ms=2, wall=True, nth=2)
    threads = threading.enumerate()
    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    with client(twins.reception) as asking:
        for _ in range(3):
            assert asking.post(twins.url + ORDER).status_code == 200
    assert threading.enumerate() == threads


def test_neither_socket_nor_thread_is_made_in_a_task(twins: Twins, monkeypatch: pytest.MonkeyPatch) -> None:
    twins.world.faults.add("latency", ms=2, wall=True, nth=2)

    async def ask() -> None:
        threads = threading.enumerate()
        with monkeypatch.context() as patch:  # The loop has a socket of its own.
            patch.setattr(socket, "socket", refuse)
            patch.setattr(socket, "create_connection", refuse)
            async with async_client(twins.reception) as asking:
                for _ in range(3):
                    assert (await asking.post(twins.url + ORDER)).status_code == 200
        assert threading.enumerate() == threads

    asyncio.run(ask())


def test_threads_share_a_transport() -> None:
    world = make_world()
    transport = HttpxTransport(Reception(Worlds(world)))

    def trade(_: int) -> list[int]:
        asking = httpx.Client(headers=HEADERS, transport=transport)
        return [asking.post(f"http://mock{ORDER}").json()["orderId"] for _ in range(5)]

    with ThreadPoolExecutor(8) as pool:
        ids = [number for numbers in pool.map(trade, range(8)) for number in numbers]
    assert len(set(ids)) == 40
    assert open_orders(world) == 40


def test_tasks_share_a_transport() -> None:
    world = make_world()

    async def trade() -> list[int]:
        async with async_client(Reception(Worlds(world))) as asking:
            answers = await asyncio.gather(*(asking.post(f"http://mock{ORDER}") for _ in range(40)))
            return [answer.json()["orderId"] for answer in answers]

    assert len(set(asyncio.run(trade()))) == 40
    assert open_orders(world) == 40


def test_a_defect_of_the_mock_is_not_hidden() -> None:
    def broken() -> int:
        raise ZeroDivisionError

    reception = Reception(Worlds(World(BLUEPRINT, source=broken)))
    with client(reception) as asking, pytest.raises(ZeroDivisionError):
        asking.get("http://mock/api/v3/ping")
