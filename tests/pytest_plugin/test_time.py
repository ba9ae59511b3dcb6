"""Time in a test: the world's clock, and freezegun over a world whose clock is live.

The server answers from a thread of its own, so what freezegun freezes must reach that thread, and what counts real time
must not be frozen.
"""

from __future__ import annotations

import hashlib
import hmac
import sys
import time
import unittest
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from freezegun import freeze_time

from binance_mock import Mock

from .conftest import Project

START = "2024-01-01 00:00:00"
START_MS = 1_704_067_200_000


class Client:
    """A client that signs by the machine's clock, as clients do.

    Args:
        mock: the world.
        session: what reaches it.
    """

    def __init__(self, mock: Mock, session: requests.Session) -> None:
        self.mock = mock
        self.session = session
        self._key, self._secret = mock.api_key, mock.api_secret

    def get(self, path: str, **params: str) -> requests.Response:
        return self.session.get(f"{self.mock.url}{path}", params=params, timeout=10)

    @property
    def server_time(self) -> int:
        shown: int = self.get("/api/v3/time").json()["serverTime"]
        return shown

    def signed(self, method: str, path: str, timestamp: int | None = None, **params: str) -> requests.Response:
        now = round(time.time() * 1000) if timestamp is None else timestamp
        query = urlencode({**params, "timestamp": now})
        signature = hmac.new(self._secret.encode(), query.encode(), hashlib.sha256).hexdigest()
        url = f"{self.mock.url}{path}?{query}&signature={signature}"
        return self.session.request(method, url, headers={"X-MBX-APIKEY": self._key}, timeout=10)

    def account(self, timestamp: int | None = None, **params: str) -> Any:
        """The code of a signed query, 0 when it is accepted."""
        return self.signed("GET", "/api/v3/account", timestamp, **params).json().get("code", 0)

    def order(self) -> Any:
        """A market order's answer."""
        order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.1"}
        return self.signed("POST", "/api/v3/order", None, **order).json()


@pytest.fixture(params=["served", "in process"])
def client(request: pytest.FixtureRequest) -> Iterator[Client]:
    """The same world over a socket and without one."""
    with Mock(serve=request.param == "served") as mock, requests.Session() as session:
        if request.param == "in process":
            session.mount(mock.url, mock.requests_adapter())
        yield Client(mock, session)


# -- the world's clock ----------------------------------------------------------------------------------------------


def test_nothing_sleeps(client: Client) -> None:
    """Days and delays of hours pass at once on a clock that stands."""
    mock = client.mock
    mock.clock.freeze(START_MS)
    mock.clock.advance(days=3, hours=1)
    assert client.server_time == START_MS + 73 * 3_600_000
    mock.faults.add("latency", ms=3_600_000, path="/api/v3/time")
    mock.clock.freeze(START_MS)
    assert client.get("/api/v3/time").status_code == 200
    assert mock.clock.now_ms == START_MS + 3_600_000


def test_the_clock_goes_with_the_machine_ahead_of_it_or_back(client: Client) -> None:
    clock = client.mock.clock
    with freeze_time(START):
        clock.offset(-2_000)
        assert (clock.mode, clock.now_ms, client.server_time) == ("offset", START_MS - 2_000, START_MS - 2_000)
        clock.jump(500)
        assert client.server_time == START_MS - 1_500
        clock.advance(ms=1_500)
        assert (clock.mode, client.server_time) == ("live", START_MS)
        clock.freeze()
        clock.jump(-7)
        assert (clock.mode, client.server_time) == ("frozen", START_MS - 7)
        clock.live()
        assert client.server_time == START_MS


@pytest.mark.parametrize(
    ("off_by", "code"), [(-5_001, -1021), (-5_000, 0), (0, 0), (999, 0), (1_000, -1021), (9_000, -1021)]
)
def test_a_client_whose_clock_is_off(client: Client, off_by: int, code: int) -> None:
    """S-20: not older than recvWindow, and less than a second ahead."""
    with freeze_time(START):
        client.mock.clock.client_off_by(off_by)
        assert client.account() == code
        client.mock.clock.freeze(START_MS)
        client.mock.clock.client_off_by(off_by)
        assert client.account() == code
    assert client.mock.requests.last.time == START_MS - off_by


# -- freezegun ------------------------------------------------------------------------------------------------------


def test_everything_sees_the_frozen_time(client: Client) -> None:
    """Freezegun shows real time to calls from within five frames of `threading`; none of ours may be."""
    mock = client.mock
    with freeze_time(START):
        assert client.server_time == START_MS
        order = client.order()
        assert order["transactTime"] == START_MS
        assert mock.requests.last.time == START_MS
        with mock.worlds.create() as beside, mock.fork() as copy:
            assert beside.clock.now_ms == copy.clock.now_ms == START_MS
        mock.clock.freeze()
        assert mock.clock.now_ms == START_MS
        mock.clock.live()
        assert (mock.clock.mode, mock.clock.now_ms) == ("live", START_MS)
        mock.faults.add("latency", ms=1, path="/api/v3/order")
        assert client.order()["transactTime"] == START_MS
        mock.faults.add("clock_jump", ms=5, path="/api/v3/time")
        assert client.server_time == START_MS + 5
        assert client.server_time == START_MS + 10
        mock.clock.live()
        mock.reset()
        assert client.server_time == START_MS
        trades = client.get("/api/v3/trades", symbol="BTCUSDT").json()
        assert max((trade["time"] for trade in trades), default=0) <= START_MS
    assert client.server_time > START_MS + 10**9


def test_control_calls_over_http_see_the_frozen_time() -> None:
    with Mock() as mock, Mock.connect(mock.url) as remote, freeze_time(START) as frozen:
        assert remote.clock.now_ms == START_MS
        remote.clock.freeze()
        assert remote.clock.now_ms == START_MS
        remote.clock.live()
        remote.clock.advance(seconds=2)
        assert remote.clock.now_ms == START_MS + 2_000
        remote.clock.live()
        frozen.tick(60)
        with remote.worlds.create() as beside, remote.fork() as copy:
            assert beside.clock.now_ms == copy.clock.now_ms == START_MS + 60_000
        remote.limits.ban(seconds=60)
        refused = requests.get(f"{mock.url}/api/v3/ping", timeout=10)
        assert f"IP banned until {START_MS + 120_000}" in refused.json()["msg"]
        remote.reset()
        assert remote.clock.now_ms == START_MS + 60_000


def test_many_threads_see_the_frozen_time(client: Client) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with freeze_time(START), ThreadPoolExecutor(8) as pool:
        times = set(pool.map(lambda _: client.server_time, range(40)))
        times |= set(pool.map(lambda _: client.mock.clock.now_ms, range(40)))
    assert times == {START_MS}


def test_ticking_and_moving(client: Client) -> None:
    with freeze_time(START) as frozen:
        frozen.tick(1.5)
        assert client.server_time == START_MS + 1_500
        frozen.tick(timedelta(days=400))
        assert client.server_time == START_MS + 1_500 + 400 * 86_400_000
        frozen.move_to("2025-03-30 01:00:00")
        assert client.server_time == 1_743_296_400_000
        assert client.account() == 0
        frozen.move_to(START)
        assert client.server_time == START_MS
    with freeze_time(datetime(2024, 1, 1, 1, tzinfo=UTC)):
        assert client.server_time == START_MS + 3_600_000


@pytest.mark.parametrize("micros", ["000", "001", "499", "500", "999"])
def test_a_frozen_millisecond_is_exact(micros: str) -> None:
    """Freezegun reckons in floats; a millisecond must not be lost on the way."""
    with Mock(serve=False) as mock, freeze_time(f"2024-01-01 00:00:00.000{micros}") as frozen:
        for number in range(2_000):
            assert mock.clock.now_ms == START_MS + number
            frozen.tick(timedelta(milliseconds=1))


def test_time_may_move_back(client: Client) -> None:
    """Below what the world has already seen, too: nothing breaks, and new things bear the new time."""
    with freeze_time(START) as frozen:
        assert client.order()["transactTime"] == START_MS
        frozen.tick(-86_400)
        order = client.order()
        assert (order["status"], order["transactTime"]) == ("FILLED", START_MS - 86_400_000)
        assert client.account() == 0
        for path in ("depth", "trades", "aggTrades", "avgPrice", "ticker/24hr", "ticker/price", "ticker/bookTicker"):
            assert client.get(f"/api/v3/{path}", symbol="BTCUSDT").status_code == 200, path
        assert client.get("/api/v3/klines", symbol="BTCUSDT", interval="1m").status_code == 200
        mine = client.signed("GET", "/api/v3/myTrades", symbol="BTCUSDT").json()
        assert {trade["time"] for trade in mine} == {START_MS, START_MS - 86_400_000}
        frozen.tick(2 * 86_400)
        assert client.order()["status"] == "FILLED"
    client.mock.assert_refused(0)


@freeze_time(START)
def test_as_a_decorator(client: Client) -> None:
    assert client.server_time == START_MS
    assert client.order()["transactTime"] == START_MS


@freeze_time(START)
class TestDecoratedClass:
    def test_the_method_is_frozen(self, client: Client) -> None:
        assert client.server_time == START_MS


class TestUnittest(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def use(self, binance: Mock) -> None:
        self.binance = binance

    @freeze_time(START)
    def test_a_decorated_method(self) -> None:
        assert requests.get(f"{self.binance.url}/api/v3/time", timeout=10).json() == {"serverTime": START_MS}


@freeze_time(START, auto_tick_seconds=15)
def test_each_look_at_the_clock_may_tick(client: Client) -> None:
    times = [client.server_time for _ in range(4)]
    steps = [later - earlier for earlier, later in pairwise(times)]
    assert all(step > 0 and step % 15_000 == 0 for step in steps)


def test_a_ticking_clock_runs(client: Client) -> None:
    with freeze_time(START, tick=True) as frozen:
        first = client.server_time
        assert START_MS <= first < START_MS + 600_000
        frozen.tick(3_600)
        assert START_MS + 3_600_000 <= client.server_time < START_MS + 2 * 3_600_000


@pytest.mark.parametrize("offset", [-11, 14])
def test_an_offset_of_the_time_zone_is_nothing_to_the_exchange(client: Client, offset: int) -> None:
    with freeze_time(START, tz_offset=offset):
        assert client.server_time == START_MS
        assert client.account() == 0


def test_the_world_of_a_test_that_is_frozen_all_over(project: Project) -> None:
    result = project.run(
        """
        import pytest
        from freezegun import freeze_time
        from trading import place

        @pytest.fixture(autouse=True)
        def frozen():
            with freeze_time("2024-01-01") as frozen:
                yield frozen

        def test_live(frozen, binance):
            assert place(binance, "BUY", "0.1").json()["transactTime"] == 1_704_067_200_000
            frozen.tick(7)
            assert binance.clock.now_ms == 1_704_067_207_000

        @pytest.mark.binance(frozen_at=1_000_000_000_000)
        def test_the_marker_goes_first(frozen, binance):
            assert place(binance, "BUY", "0.1").json()["transactTime"] == 1_000_000_000_000
            frozen.tick(7)
            assert binance.clock.now_ms == 1_000_000_000_000
        """
    )
    result.assert_outcomes(passed=2)


# -- recvWindow -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "accepted"), [(0, True), (5_000, True), (5_001, False), (-999, True), (-1_000, False), (60_000, False)]
)
def test_borders_of_the_default_window(client: Client, age: int, accepted: bool) -> None:
    """S-19, S-20: 5000 ms old is the last that passes, 1000 ms ahead the first that does not."""
    with freeze_time(START):
        assert client.account(START_MS - age) == (0 if accepted else -1021)


@pytest.mark.parametrize(
    ("window", "age", "accepted"),
    [("1", 1, True), ("1", 2, False), ("60000", 60_000, True), ("60000", 60_001, False), ("60000", -1_000, False)],
)
def test_borders_of_a_window_of_ones_own(client: Client, window: str, age: int, accepted: bool) -> None:
    """S-19, S-20."""
    with freeze_time(START):
        assert client.account(START_MS - age, recvWindow=window) == (0 if accepted else -1021)


def test_the_two_failures_are_told_apart(client: Client) -> None:
    """S-21."""
    with freeze_time(START):
        late = client.signed("GET", "/api/v3/account", START_MS - 5_001)
        early = client.signed("GET", "/api/v3/account", START_MS + 1_000)
    assert late.status_code == early.status_code == 400
    assert late.json()["msg"] == "Timestamp for this request is outside of the recvWindow."
    assert early.json()["msg"] == "Timestamp for this request was 1000ms ahead of the server's time."


def test_a_request_that_grows_old_on_its_way(client: Client) -> None:
    """S-20, by the machine's clock: signed, then sent later."""
    with freeze_time(START) as frozen:
        signed_at = round(time.time() * 1000)
        for tick, code in ((0, 0), (5, 0), (0.001, -1021), (-5.001, 0), (-0.999, 0), (-0.001, -1021)):
            frozen.tick(tick)
            assert client.account(signed_at) == code, tick


def test_a_request_that_grows_old_within(client: Client) -> None:
    """S-22: the age is tested again before the engine; here the request is held until it is too old."""
    mock = client.mock
    mock.clock.freeze(START_MS)
    mock.faults.add("latency", ms=5_000, stage="before", times=1)
    assert client.account(START_MS) == 0
    mock.clock.freeze(START_MS)
    mock.faults.add("latency", ms=5_001, stage="before", times=1)
    assert client.account(START_MS) == -1021


# -- quotas ---------------------------------------------------------------------------------------------------------


def test_a_used_up_quota_comes_back_with_the_next_window(client: Client) -> None:
    """S-59."""
    with freeze_time("2024-01-01 00:00:20") as frozen:
        client.mock.limits.set("REQUEST_WEIGHT", "MINUTE", 5)
        assert [client.get("/api/v3/ping").status_code for _ in range(5)] == [200] * 5
        refused = client.get("/api/v3/ping")
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "40")
        frozen.tick(61)
        assert [client.get("/api/v3/ping").status_code for _ in range(5)] == [200] * 5
        assert client.get("/api/v3/ping").status_code == 429


def test_a_ban_ends_when_its_time_has_come(client: Client) -> None:
    """S-60."""
    with freeze_time(START) as frozen:
        client.mock.limits.set("REQUEST_WEIGHT", "MINUTE", 5)
        answers = [client.get("/api/v3/ping") for _ in range(11)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 5 + [418]
        assert answers[-1].headers["Retry-After"] == "120"
        assert f"IP banned until {START_MS + 120_000}" in answers[-1].json()["msg"]
        frozen.move_to("2024-01-01 00:01:59.999")
        last = client.get("/api/v3/ping")
        assert (last.status_code, last.headers["Retry-After"]) == (418, "1")
        frozen.move_to("2024-01-01 00:02:00")
        assert client.get("/api/v3/ping").status_code == 200


# -- what freezegun must leave alone --------------------------------------------------------------------------------


def test_worlds_do_not_expire_by_a_frozen_clock(client: Client) -> None:
    """How long a world was idle is a matter of real time."""
    mock = client.mock
    before = mock.worlds.create()
    with freeze_time("2124-01-01") as frozen:
        during = mock.worlds.create()
        frozen.tick(timedelta(days=365))
        assert list(mock.worlds) == ["default", before.world, during.world]
    assert list(mock.worlds) == ["default", before.world, during.world]
    with freeze_time("1970-01-02"):
        mock.worlds.create()
    assert len(mock.worlds) == 4


def test_worlds_do_not_expire_where_all_is_loaded_in_frozen_time(project: Project) -> None:
    project.pytester.makepyfile(
        script="""
        from datetime import timedelta
        from freezegun import freeze_time
        import requests

        with freeze_time("2124-01-01") as frozen:
            from binance_mock import Mock

            mock = Mock().start()
            during = mock.worlds.create()
            frozen.tick(timedelta(days=365))
            assert list(mock.worlds) == ["default", "w1"]
            assert requests.get(f"{during.url}/api/v3/time").json()["serverTime"] == during.clock.now_ms
        assert list(mock.worlds) == ["default", "w1"]
        assert mock.clock.now_ms < during.clock.now_ms + 1_000 < 4_859_000_000_000
        mock.stop()
        """
    )
    result = project.pytester.run(sys.executable, "script.py")
    assert (result.ret, result.stderr.str()) == (0, "")
