"""More worlds from a test: made, copied, removed, connected to, and sent to other processes."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from operator import attrgetter
from typing import Any

import pytest
import requests

from binance_mock import Mock
from binance_mock.config_reading import ConfigError
from binance_mock.face.backend import MockError

from .conftest import NOW_MS
from .trading import hmac_signer, place, signed

ACCOUNT = "/api/v3/account"
USES: dict[str, Callable[[Mock], Any]] = {
    "clock": lambda mock: mock.clock.now_ms,
    "faults": lambda mock: mock.faults.add("error_500"),
    "accounts": lambda mock: mock.account,
    "limits": lambda mock: mock.limits.show(),
    "requests": lambda mock: len(mock.requests),
    "spot": lambda mock: mock.spot.market("BTCUSDT"),
    "worlds": lambda mock: list(mock.worlds),
    "explain": lambda mock: mock.explain("/api/v3/ping"),
    "reset": lambda mock: mock.reset(),
    "fork": lambda mock: mock.fork(),
    "assert_accepted": lambda mock: mock.assert_accepted(0),
}


def server_time(url: str, key: str = "") -> int:
    """Milliseconds after `NOW_MS`."""
    answer = requests.get(f"{url}/api/v3/time", headers={"X-MBX-APIKEY": key} if key else {}, timeout=10)
    return int(answer.json()["serverTime"]) - NOW_MS


# -- making and removing ---------------------------------------------------------------------------------------------


def test_a_world_beside_the_others_has_url_and_key_of_its_own(binance: Mock) -> None:
    with binance.worlds.create("mine", frozen_at=NOW_MS + 5) as world:
        assert (world.world, world.server_url) == ("mine", binance.url)
        assert world.url == f"{binance.url}/w/mine"
        assert repr(world) == f"Mock({world.url})"
        assert (len(world.api_key), len(world.api_secret)) == (64, 64)
        assert world.api_key != binance.api_key
        assert signed(world, "GET", ACCOUNT).status_code == 200
        assert world.requests.last.key == "mine"
        assert (server_time(world.url), server_time(binance.url), server_time(binance.url, world.api_key)) == (5, 0, 5)
        assert len(binance.requests) == 1


def test_worlds_are_listed_by_name(binance: Mock) -> None:
    assert list(binance.worlds) == ["default"]
    with binance.worlds.create("a") as one, one.worlds.create("b") as other:
        for face in (binance, one, other):
            assert (list(face.worlds), len(face.worlds)) == (["default", "a", "b"], 3)


def test_a_name_is_found_when_none_is_given(binance: Mock) -> None:
    with binance.worlds.create() as one, binance.worlds.create() as other:
        assert one.world != other.world
        assert list(binance.worlds) == ["default", one.world, other.world]


def test_a_new_world_is_as_the_default_one_was_at_its_start(binance: Mock) -> None:
    binance.spot.set_price("BTCUSDT", "65000")
    binance.accounts.open("alice")
    binance.clock.advance(days=1)
    with binance.worlds.create("a") as one:
        one.spot.set_price("BTCUSDT", "64000")
        with one.worlds.create("b") as other:
            assert other.spot.market("BTCUSDT")["last_price"] == "80000.00000000"
            assert [account.name for account in other.accounts] == ["default"]
            assert other.clock.now_ms == NOW_MS


def test_leaving_removes_the_world_also_by_an_error(binance: Mock) -> None:
    with binance.worlds.create("a"):
        pass
    with pytest.raises(RuntimeError, match="mine"), binance.worlds.create("b"):
        raise RuntimeError("mine")
    assert list(binance.worlds) == ["default"]
    assert binance.clock.now_ms == NOW_MS


def test_stopping_twice_is_stopping_once(binance: Mock) -> None:
    world = binance.worlds.create("a")
    world.stop()
    again = binance.worlds.create("a")
    world.stop()
    assert list(binance.worlds) == ["default", "a"]
    again.stop()
    assert list(binance.worlds) == ["default"]


@pytest.mark.parametrize("use", USES)
def test_a_stopped_world_is_an_unstarted_mock(binance: Mock, use: str) -> None:
    world = binance.worlds.create()
    world.stop()
    with pytest.raises(MockError, match="the mock is not started"):
        USES[use](world)
    with pytest.raises(MockError, match="the mock is not started"):
        _ = world.url


@pytest.mark.parametrize("use", USES)
def test_a_removed_world_is_not_there_any_more(binance: Mock, use: str) -> None:
    world = binance.worlds.create("gone")
    binance.worlds.remove("gone")
    with pytest.raises(MockError, match=r"there is no world 'gone'; it may have been removed, .*there are default$"):
        USES[use](world)
    world.stop()


def test_a_world_may_remove_itself(binance: Mock) -> None:
    world = binance.worlds.create("a")
    world.worlds.remove("a")
    assert list(binance.worlds) == ["default"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("gone", "there is no world 'gone'; there are default"),
        ("default", "the default world stays; POST /_mock/reset puts a fresh one in its place"),
        ("a/b", "there is no /_mock/worlds/a/b; "),
    ],
)
def test_a_world_that_cannot_be_removed(binance: Mock, name: str, says: str) -> None:
    with pytest.raises(MockError) as refused:
        binance.worlds.remove(name)
    assert str(refused.value).startswith(says)


def test_a_reset_world_keeps_its_options_and_its_key(binance: Mock) -> None:
    with binance.worlds.create(frozen_at=NOW_MS + 5, balances={"USDT": "7000"}) as world:
        place(world, "BUY", "0.01", price="70000")
        world.clock.advance(days=1)
        world.reset()
        assert (world.clock.now_ms, len(world.requests)) == (NOW_MS + 5, 0)
        assert world.account.balances == {"USDT": ("7000.00000000", "0.00000000")}
        assert signed(world, "GET", ACCOUNT).status_code == 200


# -- options ---------------------------------------------------------------------------------------------------------


def seen_of(world: Mock) -> dict[str, Any]:
    """What a world shows of each option."""
    listed = requests.get(f"{world.url}/api/v3/exchangeInfo", timeout=10).json()
    limits = {(each["rateLimitType"], each["intervalNum"]): each["limit"] for each in listed["rateLimits"]}
    lost, placed = (place(world, "BUY", "0.01", price="70000") for _ in range(2))
    return {
        "seed": placed.json()["clientOrderId"],
        "frozen_at": world.clock.now_ms,
        "symbols": {each["symbol"] for each in listed["symbols"]},
        "limits": [limits["REQUEST_WEIGHT", 1], limits["ORDERS", 10]],
        "faults": [lost.status_code, placed.status_code],
        "balances": world.account.balances,
        "permissions": signed(world, "GET", ACCOUNT).json()["code"],
    }


OPTIONS: dict[str, Any] = {
    "seed": 9,
    "frozen_at": datetime.fromtimestamp(NOW_MS / 1000 + 1, UTC),
    "balances": {"USDT": "5000"},
    "symbols": ("BNBUSDT", "BTCUSDT"),
    "limits": {"REQUEST_WEIGHT": 500, "ORDERS/10s": 7},
    "faults": ({"kind": "unknown_503", "path": "/api/v3/order", "times": 1, "executed": False},),
    "permissions": ["TRADE"],
}
SEEN = {
    "frozen_at": NOW_MS + 1000,
    "symbols": {"BNBUSDT", "BTCUSDT"},
    "limits": [500, 7],
    "faults": [503, 200],
    "balances": {"USDT": ("4300.00000000", "700.00000000")},
    "permissions": -2015,
}


def test_options_of_a_world_and_of_a_mock_mean_the_same(binance: Mock) -> None:
    with binance.worlds.create(**OPTIONS) as world, Mock(**OPTIONS) as other:
        one, same = seen_of(world), seen_of(other)
    with binance.worlds.create(**{**OPTIONS, "seed": 8}) as third:
        assert seen_of(third)["seed"] != one["seed"]
    assert one == same
    assert one == {**SEEN, "seed": one["seed"]}


def test_options_that_are_none_change_nothing(binance: Mock) -> None:
    with binance.worlds.create(**dict.fromkeys(OPTIONS)) as world:
        assert world.clock.now_ms == NOW_MS
        assert world.account.balance("USDT").free == "1000000.00000000"


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"sed": 1}, TypeError, "a world has no option 'sed'; there are seed, frozen_at, balances, symbols, limits"),
        ({"frozen_at": datetime(2023, 11, 14)}, ValueError, r"has no time zone; add tzinfo=timezone\.utc"),
        ({"frozen_at": -1}, MockError, "options: frozen_at: is out of range; write a whole number >= 0"),
        ({"limits": {"ORDERS": 1}}, MockError, "options: limits.ORDERS: there are several; write one of ORDERS/10s, "),
        ({"balances": {"USDT": "many"}}, MockError, "options: balances.USDT: 'many' is no decimal"),
        ({"symbols": ["BTCUSD"]}, MockError, r"options: symbols\[0\]: 'BTCUSD' is not known; did you mean 'BTCUSDT'"),
        ({"permissions": ["FLY"]}, MockError, r"options: permissions\[0\]: invalid enum value 'FLY'"),
        ({"faults": [{"kind": "bad_luck"}]}, MockError, "bad_luck"),
        ({"name": "default"}, MockError, "there is a world 'default' already; choose another name, or leave it out"),
        ({"name": "a b"}, MockError, "'a b' is no name of a world; use 1 to 64 letters, digits, - and _"),
    ],
)
def test_a_world_that_cannot_be_made(binance: Mock, options: dict[str, Any], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        binance.worlds.create(**options)
    assert list(binance.worlds) == ["default"]


def test_an_illegal_option_of_a_mock_is_told_when_it_starts() -> None:
    before = threading.active_count()
    with pytest.raises(ConfigError, match=r"options: limits\.ORDERS: there are several; write one of"):
        Mock(limits={"ORDERS": 1}).start()
    assert threading.active_count() == before


def test_options_go_before_the_configuration() -> None:
    config = {"world": {"seed": 3, "frozen_at": 5}, "limits": [{"kind": "ORDERS", "interval": "DAY", "limit": 4}]}
    with Mock(config=config, frozen_at=6, limits={"ORDERS/10s": 3}) as binance:
        assert binance.clock.now_ms == 6
        shown = binance.limits.show()["limits"]
        orders = {each["interval"]: each["limit"] for each in shown if each["rateLimitType"] == "ORDERS"}
        assert orders == {"SECOND": 3, "DAY": 4}


def test_as_many_worlds_as_are_configured() -> None:
    with Mock(config={"server": {"max_worlds": 1}}) as binance:
        binance.worlds.create("a")
        with pytest.raises(MockError, match=r"no room for another world beside the 1 .*.*raise max_worlds"):
            binance.worlds.create("b")
        binance.worlds.remove("a")
        assert binance.worlds.create("b").world == "b"


# -- connecting ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a", "w", "_-9"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_the_url_of_a_world_is_connected_to(served: Mock, name: str, slash: str) -> None:
    served.reset()
    with served.worlds.create(name, frozen_at=NOW_MS + 5) as world, Mock.connect(world.url + slash) as remote:
        assert (remote.url, remote.server_url, remote.world) == (world.url, served.url, name)
        assert remote.api_key == world.api_key
        assert (remote.clock.now_ms, server_time(remote.url)) == (NOW_MS + 5, 5)
        remote.clock.advance(ms=1)
        assert (world.clock.now_ms, served.clock.now_ms) == (NOW_MS + 6, NOW_MS)
        remote.stop()
        assert list(served.worlds) == ["default", name]


def test_connecting_to_a_world_that_is_not_there(served: Mock) -> None:
    with pytest.raises(MockError, match="there is no world 'gone'"):
        Mock.connect(f"{served.url}/w/gone")


@pytest.mark.parametrize("path", ["/w", "/w/a/b", "/x/a", "/api/v3", "//w"])
def test_a_path_that_names_no_world(served: Mock, path: str) -> None:
    with pytest.raises(MockError, match=r"is no URL of a mock; it looks like http://127\.0\.0\.1:8099"):
        Mock.connect(served.url + path)


@pytest.mark.parametrize("url", ["w/a", "/w/a", "//w/a", "127.0.0.1:1/w/a", "https://127.0.0.1/w/a", "http://[/w/a"])
def test_a_path_without_a_server(url: str) -> None:
    with pytest.raises(MockError, match="is no URL of a mock"):
        Mock.connect(url)


# -- stopping the server ---------------------------------------------------------------------------------------------


def test_worlds_of_a_stopped_server_say_so_and_stop_quietly() -> None:
    with Mock() as binance:
        world = binance.worlds.create()
        url = world.url
    with pytest.raises(MockError, match="the mock is stopped"):
        _ = world.clock.now_ms
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/api/v3/ping", timeout=10)
    world.stop()
    world.stop()


def test_worlds_of_a_remote_server_that_stopped() -> None:
    with Mock() as binance:
        remote = Mock.connect(binance.url)
        world = remote.worlds.create()
    with pytest.raises(MockError, match=r"no mock answered at .*binance-mock serve"):
        _ = world.clock.now_ms
    world.stop()
    remote.stop()


def test_letting_go_of_a_remote_server_leaves_its_worlds_to_their_faces(served: Mock) -> None:
    remote = Mock.connect(served.url)
    world = remote.worlds.create("a")
    remote.stop()
    assert world.clock.now_ms == NOW_MS
    world.stop()
    assert list(served.worlds) == ["default"]


# -- copies ----------------------------------------------------------------------------------------------------------


def test_a_copy_has_all_and_goes_its_own_way(binance: Mock) -> None:
    binance.faults.add("error_500", path="/api/v3/ping", times=1)
    order = place(binance, "BUY", "0.1", price="70000").json()
    binance.clock.advance(seconds=7)
    with binance.fork() as copy:
        assert list(binance.worlds) == ["default", copy.world]
        assert (copy.url, copy.clock.now_ms) == (f"{binance.url}/w/{copy.world}", NOW_MS + 7000)
        assert [vars(seen) for seen in copy.requests] == [vars(seen) for seen in binance.requests]
        assert copy.account.balances == binance.account.balances
        assert [rule["name"] for rule in copy.faults] == ["error_500-1"]

        copy.clock.advance(seconds=1)
        assert requests.get(f"{copy.url}/api/v3/ping", timeout=10).status_code == 500
        cancelled = signed(copy, "DELETE", "/api/v3/order", symbol="BTCUSDT", orderId=str(order["orderId"]))
        assert cancelled.json()["status"] == "CANCELED"
        assert copy.account.balance("USDT") == ("1000000.00000000", "0.00000000")
        assert binance.account.balance("USDT") == ("993000.00000000", "7000.00000000")
        assert (binance.clock.now_ms, len(binance.requests), len(copy.requests)) == (NOW_MS + 7000, 1, 3)
        assert requests.get(f"{binance.url}/api/v3/ping", timeout=10).status_code == 500
    assert list(binance.worlds) == ["default"]
    assert binance.account.balance("USDT").locked == "7000.00000000"


def test_a_copy_is_found_by_its_own_key(binance: Mock) -> None:
    with binance.worlds.create("a", balances={"BTC": "1"}) as world, world.fork() as copy, copy.fork() as third:
        keys = {each.api_key for each in (binance, world, copy, third)}
        assert len(keys) == 4
        for each, advance in ((world, 1), (copy, 2), (third, 3)):
            each.clock.advance(ms=advance)
            assert server_time(binance.url, each.api_key) == advance
            assert signed(each, "GET", ACCOUNT).status_code == 200
            assert list(each.account.balances) == ["BTC"]
        sign = hmac_signer(world.api_secret)
        assert signed(third, "GET", ACCOUNT, key=world.api_key, sign=sign).status_code == 200
        assert third.requests.last.key == "a"


def test_a_copy_outlives_the_original(binance: Mock) -> None:
    world = binance.worlds.create("a")
    place(world, "BUY", "0.1", price="70000")
    copy = world.fork()
    world.stop()
    assert list(binance.worlds) == ["default", copy.world]
    assert copy.account.balance("USDT").locked == "7000.00000000"
    assert place(copy, "BUY", "0.1", price="70000").status_code == 200
    copy.stop()


def test_a_reset_copy_is_as_the_first_world_was_and_keeps_its_key(binance: Mock) -> None:
    place(binance, "BUY", "0.1", price="70000")
    with binance.fork() as copy:
        copy.reset()
        assert len(copy.requests) == 0
        assert copy.account.balance("USDT").locked == "0.00000000"
        assert signed(copy, "GET", ACCOUNT).status_code == 200


def test_several_ways_on_from_one_point(binance: Mock) -> None:
    """What copies are for: one past, several futures."""
    place(binance, "BUY", "0.1", price="79000")
    filled = []
    for price in ("78000", "79500"):
        with binance.fork() as copy:
            copy.spot.set_price("BTCUSDT", price)
            filled.append(copy.account.balance("BTC").free > binance.account.balance("BTC").free)
    assert filled == [True, False]


# -- other processes -------------------------------------------------------------------------------------------------


def test_a_mock_is_used_in_a_process_that_was_spawned(served: Mock) -> None:
    served.reset()
    spawn = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    with served.worlds.create("a", frozen_at=NOW_MS + 5) as world, spawn as pool:
        facts = attrgetter("url", "api_key", "api_secret", "clock.now_ms", "world")
        for each in (served, world):
            assert pool.submit(facts, each).result() == facts(each)
        assert pool.submit(place, world, "BUY", "0.1", price="70000").result().status_code == 200
        assert world.account.balance("USDT").locked == "7000.00000000"
        pool.submit(Mock.stop, world).result()
        assert list(served.worlds) == ["default", "a"]
        failing = pool.submit(Mock.connect, f"{served.url}/w/gone")
        with pytest.raises(MockError, match="there is no world 'gone'"):
            failing.result()
    assert list(served.worlds) == ["default"]


def test_stopping_a_copy_that_was_sent_removes_nothing(binance: Mock) -> None:
    with binance.worlds.create("a") as world:
        with pickle.loads(pickle.dumps(world)) as sent:
            assert (sent.url, sent.api_secret) == (world.url, world.api_secret)
            assert sent.clock.now_ms == NOW_MS
        assert list(binance.worlds) == ["default", "a"]


def test_a_mock_that_cannot_be_sent() -> None:
    with pytest.raises(MockError, match="not started"):
        pickle.dumps(Mock())
    with Mock(serve=False) as binance:
        for each in (binance, binance.worlds.create()):
            with pytest.raises(MockError, match="is not served cannot be sent to another process; leave out serve="):
                pickle.dumps(each)


# -- without a server ------------------------------------------------------------------------------------------------


def test_a_mock_may_be_in_this_process_alone() -> None:
    before = threading.active_count()
    with Mock(serve=False, frozen_at=NOW_MS) as binance, binance.worlds.create("a", frozen_at=NOW_MS + 5) as world:
        assert threading.active_count() == before
        assert (binance.url, world.url) == ("http://binance-mock.invalid", "http://binance-mock.invalid/w/a")
        session = requests.Session()
        session.mount("http://", binance.requests_adapter())
        for each, ms in ((binance, 0), (world, 5)):
            assert session.get(f"{each.url}/api/v3/time").json() == {"serverTime": NOW_MS + ms}
            assert len(each.requests) == 1
        binance.spot.set_price("BTCUSDT", "65000")
        with binance.fork() as copy:
            assert copy.spot.market("BTCUSDT")["last_price"] == "65000.00000000"
        assert world.spot.market("BTCUSDT")["last_price"] == "80000.00000000"
    with pytest.raises(MockError, match="not started"):
        _ = binance.url
    binance.stop()


def test_a_mock_in_this_process_starts_anew() -> None:
    binance = Mock(serve=False, frozen_at=NOW_MS).start()
    binance.clock.advance(seconds=1)
    binance.worlds.create("a")
    binance.stop()
    with binance:
        assert (binance.clock.now_ms, list(binance.worlds)) == (NOW_MS, ["default"])


def test_a_remote_mock_is_in_another_process(served: Mock) -> None:
    with Mock.connect(served.url) as remote:
        for make in (remote.requests_adapter, remote.httpx_transport, remote.async_httpx_transport):
            with pytest.raises(MockError, match=f"the mock at {served.url} runs in another process; use its URL"):
                make()


# -- what is over, and what is found by a path ----------------------------------------------------------------------


def test_a_removed_world_does_not_start_again(binance: Mock) -> None:
    world = binance.worlds.create()
    world.stop()
    for over in (world, Mock.connect(binance.url)):
        over.stop()
        with pytest.raises(MockError, match="this mock is over; connect again, or create another world"):
            over.start()


def test_accounts_of_one_name_in_two_worlds_have_keys_of_their_own(binance: Mock) -> None:
    with binance.worlds.create() as one, binance.worlds.create() as other:
        keys = {mock.accounts.open("alice").api_key for mock in (binance, one, other)}
    assert len(keys) == 3


def test_the_control_api_is_found_below_the_path_of_a_world(binance: Mock) -> None:
    with binance.worlds.create("mine", frozen_at=NOW_MS + 5) as world:
        control = f"{world.url}/_mock"
        assert requests.get(f"{control}/clock", timeout=10).json()["now_ms"] == NOW_MS + 5
        requests.post(f"{control}/clock/advance", json={"ms": 2}, timeout=10)
        assert (world.clock.now_ms, binance.clock.now_ms) == (NOW_MS + 7, NOW_MS)
        server_time(world.url)
        assert len(requests.get(f"{control}/requests?limit=1", timeout=10).json()["requests"]) == 1
        refused = requests.get(f"{binance.url}/w/none/_mock/clock", timeout=10)
        assert (refused.status_code, refused.json()["error"]) == (404, "there is no world 'none'")
        assert requests.get(f"{world.url}/_mocks", timeout=10).json()["code"] == -1020


def test_a_target_below_the_path_of_a_world_is_explained(binance: Mock) -> None:
    with binance.worlds.create("mine") as world:
        for prefix in ("", "/w/mine"):
            assert world.explain(f"{prefix}/api/v3/ping")["verdict"] == "ok"
        assert world.explain("/w/mine/api/v3/pong")["verdict"] == "refused"
