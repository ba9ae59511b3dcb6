"""Starting and stopping: nothing is left behind, nothing is shared, nothing heavy is loaded before it is needed."""

from __future__ import annotations

import gc
import json
import socket
import subprocess
import sys
import threading
import warnings
from contextlib import suppress

import pytest
import requests

from binance_mock import Mock
from binance_mock.face.backend import MockError
from binance_mock.wire.server import bind

HEAVY = ("uvicorn", "starlette", "cryptography", "msgspec", "asyncio")


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("binance-mock")}


def port_of(binance: Mock) -> int:
    return int(binance.url.rpartition(":")[2])


def ask(connection: socket.socket, path: str = "/api/v3/ping") -> bytes:
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: mock\r\n\r\n".encode())
    return connection.recv(65536)


def test_nothing_is_left_after_a_stop() -> None:
    before = threads()
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        with Mock() as binance:
            port = port_of(binance)
            assert threads() == before | {f"binance-mock:{port}"}
            binance.spot.set_price("BTCUSDT", "65000")
            with Mock.connect(binance.url) as remote:
                assert remote.clock.mode == "live"
        assert threads() == before
        bind("127.0.0.1", port).close()
        del binance, remote
        gc.collect()  # an open socket would be reported here, and the report be an error


def test_a_refused_connection_attempt_leaves_nothing(recwarn: pytest.WarningsRecorder) -> None:
    with Mock() as binance:
        url = binance.url
    for _ in range(2):
        with pytest.raises(Exception, match="no mock answered"):
            Mock.connect(url)
    gc.collect()
    assert not list(recwarn)


def test_twenty_starts_and_stops() -> None:
    before = threads()
    mock = Mock()
    for _ in range(20):
        with mock as binance:
            assert requests.get(f"{binance.url}/api/v3/ping", timeout=10).status_code == 200
    assert threads() == before


def test_stopping_twice_is_stopping_once() -> None:
    mock = Mock().start()
    mock.stop()
    mock.stop()


def test_an_idle_connection_does_not_hold_a_stop_up() -> None:
    mock = Mock().start()
    place = ("127.0.0.1", port_of(mock))
    with socket.create_connection(place, 10) as idle, socket.create_connection(place, 10) as silent:
        assert ask(idle).startswith(b"HTTP/1.1 200")
        ask(idle)  # by now the other one was accepted, too
        mock.stop()
        assert idle.recv(1) == b""
        assert silent.recv(1) == b""
    assert f"binance-mock:{place[1]}" not in threads()


def test_a_request_in_flight_does_not_hold_a_stop_up(caplog: pytest.LogCaptureFixture) -> None:
    mock = Mock().start()
    port = port_of(mock)
    mock.faults.add("latency", ms=3_600_000, path="/api/v3/time")
    with socket.create_connection(("127.0.0.1", port), 10) as waiting:
        waiting.sendall(b"GET /api/v3/time HTTP/1.1\r\nHost: mock\r\n\r\n")
        with socket.create_connection(("127.0.0.1", port), 10) as other:
            while not mock.requests.find(verdict="pending"):
                ask(other)
        mock.stop()
        with pytest.raises(ConnectionResetError):
            waiting.recv(1)
    assert f"binance-mock:{port}" not in threads()
    assert caplog.records == []
    bind("127.0.0.1", port).close()


def test_half_a_request_does_not_hold_a_stop_up() -> None:
    mock = Mock().start()
    port = port_of(mock)
    with socket.create_connection(("127.0.0.1", port), 10) as half:
        assert ask(half).startswith(b"HTTP/1.1 200")
        half.sendall(b"POST /api/v3/order HTTP/1.1\r\nHost: mock\r\nContent-Length: 10\r\n\r\n12345")
        mock.clock.freeze()  # lets the server read
        mock.stop()
        with suppress(ConnectionResetError):
            assert half.recv(1) == b""
    assert f"binance-mock:{port}" not in threads()


def test_an_error_inside_of_with_stops_the_server() -> None:
    before = threads()
    with pytest.raises(RuntimeError, match="mine"), Mock():
        raise RuntimeError("mine")
    assert threads() == before


def test_a_taken_port_is_an_error_and_leaves_no_thread() -> None:
    with Mock() as binance:
        before = threads()
        with pytest.raises(MockError, match=r"in use; leave the port out"):
            Mock(port=port_of(binance)).start()
        assert threads() == before


def test_two_mocks_do_not_see_each_other() -> None:
    with Mock(frozen_at=1_000_000) as one, Mock(frozen_at=2_000_000) as two:
        one.spot.set_price("BTCUSDT", "65000")
        one.faults.add("error_500")
        one.accounts.open("alice")
        assert requests.get(f"{one.url}/api/v3/ping", timeout=10).status_code == 500
        assert requests.get(f"{two.url}/api/v3/ping", timeout=10).status_code == 200
        assert [account.name for account in two.accounts] == ["default"]
        assert two.spot.market("BTCUSDT")["last_price"] == "80000.00000000"
        assert (len(one.requests), len(two.requests), len(two.faults)) == (1, 1, 0)
        one.clock.advance(ms=5)
        assert (one.clock.now_ms, two.clock.now_ms) == (1_000_005, 2_000_000)


def loaded_by(code: str) -> set[str]:
    ran = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"],
        capture_output=True,
        check=True,
        text=True,
    )
    return {name.partition(".")[0] for name in json.loads(ran.stdout)}


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not loaded_by("import binance_mock").intersection(HEAVY)
    assert not loaded_by("from binance_mock import Mock; Mock()").intersection(("uvicorn", "starlette", "cryptography"))


def test_serving_without_control_calls_and_keys_loads_neither_starlette_nor_cryptography() -> None:
    code = (
        "from binance_mock import Mock; from http.client import HTTPConnection\n"
        "with Mock() as m:\n"
        "    c = HTTPConnection(m.url[7:]); c.request('GET', '/api/v3/ping'); assert c.getresponse().status == 200\n"
        "    c.close(); m.clock.freeze()"
    )
    assert not loaded_by(code).intersection(("cryptography", "starlette"))


def test_a_part_of_a_stopped_mock_says_so() -> None:
    binance = Mock().start()
    clock = binance.clock
    binance.stop()
    with pytest.raises(MockError, match="stopped"):
        clock.advance(seconds=1)
