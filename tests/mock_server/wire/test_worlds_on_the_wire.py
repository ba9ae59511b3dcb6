"""Many worlds behind one port, over HTTP: how a client reaches its own, and that it sees no other."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from binance_mock import Mock
from binance_mock.face.backend import MockError

from .conftest import NOW_MS, Wire

TIME = "GET {}/api/v3/time HTTP/1.1"


class Client:
    """Signs by hand and keeps its connection.

    Args:
        world: whose key it uses, and whose clock it goes by.
        prefix: what it puts before its paths.
    """

    def __init__(self, world: Mock, prefix: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port_of(world), timeout=30)
        self._key, self._secret = world.api_key, world.api_secret
        self._now = str(world.clock.now_ms)
        self._prefix = prefix

    def ask(self, method: str, path: str, key: str = "") -> tuple[int, Any, dict[str, str]]:
        """Status, body and headers of an answer."""
        self._connection.request(method, f"{self._prefix}{path}", headers={"X-MBX-APIKEY": key} if key else {})
        answer = self._connection.getresponse()
        return answer.status, json.loads(answer.read()), {name.lower(): text for name, text in answer.headers.items()}

    def signed(self, method: str, path: str, **params: str) -> tuple[int, Any, dict[str, str]]:
        """The answer to a signed request."""
        query = urlencode({**params, "timestamp": self._now})
        signature = hmac.new(self._secret.encode(), query.encode(), hashlib.sha256).hexdigest()
        return self.ask(method, f"{path}?{query}&signature={signature}", self._key)

    def order(self, qty: str, price: str, id: str) -> tuple[int, Any, dict[str, str]]:
        """The answer to a LIMIT order that rests."""
        return self.signed(
            "POST",
            "/api/v3/order",
            symbol="BTCUSDT",
            side="BUY",
            type="LIMIT",
            timeInForce="GTC",
            quantity=qty,
            price=price,
            newClientOrderId=id,
        )

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()


def port_of(world: Mock) -> int:
    return int(world.server_url.rpartition(":")[2])


@pytest.fixture
def world(binance: Mock) -> Iterator[Mock]:
    """A world `t1` beside the default one, an hour later."""
    with binance.worlds.create("t1", frozen_at=NOW_MS + 3_600_000) as world:
        yield world


def server_time(wire: Wire, prefix: str = "", *headers: str) -> Any:
    """What the clock shows of the world that is reached."""
    head = "\r\n".join((TIME.format(prefix), *(headers or ("Host: mock",))))
    wire.send(f"{head}\r\n\r\n".encode("latin-1"))
    answer = wire.read()
    assert answer.status == 200, answer
    return answer.json["serverTime"] - NOW_MS


# -- one request -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["/w/t1", "/w/%741", "/%77/t1"])
def test_a_prefix_leads_to_a_world(world: Mock, wire: Wire, prefix: str) -> None:
    assert server_time(wire, prefix) == 3_600_000
    assert server_time(wire) == 0
    assert server_time(wire, "/w/default") == 0


@pytest.mark.parametrize("host", ["t1.localhost", "t1.localhost:8099", "t1.api.binance.com", "t1"])
def test_a_host_name_leads_to_a_world(world: Mock, wire: Wire, host: str) -> None:
    assert server_time(wire, "", f"Host: {host}") == 3_600_000
    assert server_time(wire, "/w/default", f"Host: {host}") == 0
    assert server_time(wire, "", "Host: t2.localhost") == 0


def test_a_key_leads_to_its_world(world: Mock, wire: Wire) -> None:
    """Also for calls that need none, as clients that send it always do."""
    assert server_time(wire, "", f"X-MBX-APIKEY: {world.api_key}", "Host: mock") == 3_600_000
    assert server_time(wire, "/w/default", f"X-MBX-APIKEY: {world.api_key}", "Host: mock") == 3_600_000
    assert server_time(wire, "/w/t1", "X-MBX-APIKEY: unknown", "Host: mock") == 3_600_000


def test_the_journal_has_the_path_without_the_prefix(binance: Mock, world: Mock, wire: Wire) -> None:
    server_time(wire, "/w/t1")
    assert world.requests.last.path == "/api/v3/time"
    assert len(binance.requests) == 0


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/w/gone/api/v3/ping", "'gone'"),
        ("/w/T1/api/v3/ping", "'T1'"),
        ("/w/gone", "'gone'"),
        ("/w/", "''"),
        ("/w//api/v3/ping", "''"),
        ("/w/%00%1b%5b/api", r"'\\x00\\x1b['"),
        ("/w/%ff/api", "'�'"),
        ("/w/%e5%b8%81/api", "'币'"),
        (f"/w/{'x' * 3000}/api", f"'{'x' * 80}'"),
    ],
)
def test_a_world_that_is_not_there_is_named(binance: Mock, world: Mock, wire: Wire, path: str, name: str) -> None:
    for key in ("", f"\nX-MBX-APIKEY: {world.api_key}"):
        answer = wire.ask(f"GET {path} HTTP/1.1{key}")
        assert (answer.status, answer.headers["content-type"]) == (404, "application/json;charset=UTF-8")
        assert answer.json["code"] == -1020
        said = json.dumps(answer.json["msg"], ensure_ascii=False)[1:-1]
        assert said == f"binance-mock: there is no world {name} here; it was removed, or its name is mistyped."
    assert (len(binance.requests), len(world.requests)) == (0, 0)


def test_a_removed_world_is_not_there_any_more(binance: Mock, wire: Wire) -> None:
    world = binance.worlds.create("t9")
    assert wire.ask("GET /w/t9/api/v3/ping HTTP/1.1").status == 200
    world.stop()
    assert wire.ask("GET /w/t9/api/v3/ping HTTP/1.1").status == 404


def test_what_is_no_prefix_is_asked_of_the_default_world(binance: Mock, world: Mock, wire: Wire) -> None:
    for path in ("/w", "/ww/t1/api/v3/ping"):
        answer = wire.ask(f"GET {path} HTTP/1.1")
        assert (answer.status, answer.json["msg"]) == (404, "This operation is not supported.")
    assert [seen.path for seen in binance.requests] == ["/w", "/ww/t1/api/v3/ping"]


def test_too_long_a_request_is_refused_in_any_world(world: Mock, wire: Wire) -> None:
    assert wire.ask(f"GET /w/t1/api/v3/ping?{'x' * 20_000} HTTP/1.1").status == 400
    assert wire.ask("GET /w/t1/api/v3/ping HTTP/1.1").status == 200


@pytest.mark.parametrize("stage", ["before", "after"])
def test_latency_moves_the_clock_of_its_own_world(binance: Mock, world: Mock, wire: Wire, stage: str) -> None:
    world.faults.add("latency", ms=86_400_000, stage=stage)
    wire.ask("GET /w/t1/api/v3/ping HTTP/1.1")
    assert world.clock.now_ms == NOW_MS + 3_600_000 + 86_400_000
    assert binance.clock.now_ms == NOW_MS


# -- control calls ---------------------------------------------------------------------------------------------------


def test_control_calls_name_their_world_in_the_query_or_the_body(binance: Mock, world: Mock) -> None:
    url = f"{binance.server_url}/_mock"
    assert requests.get(f"{url}/clock", timeout=10).json()["now_ms"] == NOW_MS
    assert requests.get(f"{url}/clock?world=t1", timeout=10).json()["now_ms"] == NOW_MS + 3_600_000
    assert requests.post(f"{url}/clock/advance?world=t1", json={"ms": 5}, timeout=10).status_code == 200
    assert requests.post(f"{url}/clock/advance", json={"ms": 7, "world": "t1"}, timeout=10).status_code == 200
    assert (world.clock.now_ms, binance.clock.now_ms) == (NOW_MS + 3_600_012, NOW_MS)


def test_control_calls_to_a_world_that_is_not_there(binance: Mock, world: Mock) -> None:
    for path in ("clock", "events"):
        answer = requests.get(f"{binance.server_url}/_mock/{path}?world=gone", timeout=10)
        assert answer.status_code == 404
        assert answer.json()["error"] == "there is no world 'gone'"
        assert answer.json()["hint"].endswith("there are default, t1")


def test_worlds_are_made_listed_copied_and_removed(binance: Mock) -> None:
    url = f"{binance.server_url}/_mock/worlds"
    made = requests.post(url, json={"id": "a", "balances": {"BTC": "3"}}, timeout=10).json()
    assert list(made) == ["id", "path", "key", "secret"]
    assert (made["id"], made["path"], len(made["key"]), len(made["secret"])) == ("a", "/w/a", 64, 64)
    copy = requests.post(url, json={"id": "b", "fork": "a"}, timeout=10).json()
    assert copy["key"] != made["key"]
    rows = requests.get(url, timeout=10).json()["worlds"]
    assert rows == [
        {"id": "default", "path": "", "key": None},
        {"id": "a", "path": "/w/a", "key": made["key"]},
        {"id": "b", "path": "/w/b", "key": copy["key"]},
    ]
    with Mock.connect(f"{binance.server_url}/w/b") as remote:
        assert list(remote.account.balances) == ["BTC"]
    assert requests.get(f"{binance.server_url}/_mock/health", timeout=10).json()["worlds"] == ["default", "a", "b"]
    for name in ("a", "b"):
        assert requests.delete(f"{url}/{name}", timeout=10).json() == {"removed": 1}
    assert len(requests.get(url, timeout=10).json()["worlds"]) == 1


@pytest.mark.parametrize(
    ("body", "status", "error", "hint"),
    [
        ({"id": "t1"}, 409, "there is a world 't1' already", "choose another name, or leave it out"),
        ({"id": "default"}, 409, "there is a world 'default' already", "choose another name"),
        ({"id": "a b"}, 409, "'a b' is no name of a world", "use 1 to 64 letters, digits, - and _"),
        ({"id": 5}, 400, "the body does not fit: Expected `str | null`, got `int`", "it takes: world, id, fork, seed"),
        ({"fork": "gone"}, 404, "there is no world 'gone'", "there are default, t1"),
        ({"fork": "t1", "seed": 1}, 400, "a copy takes no options, and got seed", "change the copy afterwards"),
        ({"sed": 1}, 400, "the body does not fit: Object contains unknown field `sed`", "did you mean 'seed'?"),
        ({"limits": {"ORDERS": 1}}, 400, "options: limits.ORDERS: there are several; write one of", "openapi.json"),
        ({"balances": {"BTC": "x"}}, 400, "options: balances.BTC: 'x' is no decimal", "GET /_mock/openapi.json tells"),
        ({"frozen_at": -1}, 400, "options: frozen_at: is out of range; write a whole number >= 0", "openapi.json"),
        ({"permissions": ["FLY"]}, 400, "options: permissions[0]: invalid enum value 'FLY'", "openapi.json"),
        ({"faults": [{"kind": "x"}]}, 400, "options: ", "openapi.json"),
    ],
)
def test_a_world_that_cannot_be_made(
    binance: Mock, world: Mock, body: dict[str, Any], status: int, error: str, hint: str
) -> None:
    answer = requests.post(f"{binance.server_url}/_mock/worlds", json=body, timeout=10)
    assert answer.status_code == status
    assert answer.json()["error"].startswith(error)
    assert hint in answer.json()["hint"]
    assert list(binance.worlds) == ["default", "t1"]


@pytest.mark.parametrize(("name", "status"), [("default", 409), ("gone", 404), ("a%2Fb", 404)])
def test_a_world_that_cannot_be_removed(binance: Mock, name: str, status: int) -> None:
    assert requests.delete(f"{binance.server_url}/_mock/worlds/{name}", timeout=10).status_code == status
    assert list(binance.worlds) == ["default"]


# -- events ----------------------------------------------------------------------------------------------------------


def events(answer: requests.Response) -> Iterator[dict[str, Any]]:
    """The data of each event; an empty one first, for the greeting, after which nothing is missed."""
    lines = answer.iter_lines(chunk_size=1)
    yield {"greeting": next(lines).decode()}
    for line in lines:
        name, _, text = line.decode().partition(": ")
        if name == "data":
            yield json.loads(text)


def test_events_are_those_of_one_world(binance: Mock, world: Mock, wire: Wire) -> None:
    with requests.get(f"{binance.server_url}/_mock/events?world=t1", stream=True, timeout=10) as answer:
        coming = events(answer)
        assert next(coming) == {"greeting": ": the journal of the world t1"}
        wire.ask("GET /api/v3/time HTTP/1.1")
        wire.ask("GET /w/t1/api/v3/ping HTTP/1.1")
        assert next(coming) == vars(world.requests.last)
        world.reset()
        wire.ask("GET /w/t1/api/v3/avgPrice HTTP/1.1")
        assert next(coming) == vars(world.requests.last)


def test_events_end_with_their_world(binance: Mock) -> None:
    world = binance.worlds.create()
    with requests.get(f"{binance.server_url}/_mock/events?world={world.world}", stream=True, timeout=10) as answer:
        coming = events(answer)
        next(coming)
        world.stop()
        assert list(coming) == []


# -- many at once ----------------------------------------------------------------------------------------------------


def run_alone(server: Mock, number: int) -> tuple[str, str, int]:
    """What one test does in its own world, with everything that it must see; name, key and number of the first order.

    Every third finds its world by its key alone, every third by a second connection to the control API.
    """
    by_key, remote = number % 3 == 0, number % 3 == 1
    unit = number + 1
    frozen_at = NOW_MS + number * 60_000
    made = server.worlds.create(
        frozen_at=frozen_at,
        balances={"USDT": f"{1500 * unit}"},
        limits={"ORDERS/10s": 3},
        faults=[{"kind": "error_500", "path": "/api/v3/ping", "times": 1 + number % 2}],
    )
    face = Mock.connect(made.url) if remote else made
    client = Client(made, "" if by_key else f"/w/{made.world}")
    try:
        status, answer, headers = client.order(f"{unit / 100}", "70000", f"mine-{number}")
        assert (status, answer.get("transactTime")) == (200, frozen_at), answer
        first_id: int = answer["orderId"]
        assert headers["x-mbx-order-count-10s"] == "1"
        free, locked = f"{800 * unit}.00000000", f"{700 * unit}.00000000"
        assert face.account.balances == {"USDT": (free, locked)}
        _, account, _ = client.signed("GET", "/api/v3/account", omitZeroBalances="true")
        assert account["balances"] == [{"asset": "USDT", "free": free, "locked": locked}]
        _, orders, _ = client.signed("GET", "/api/v3/openOrders")
        assert [(each["clientOrderId"], float(each["origQty"]), each["time"]) for each in orders] == [
            (f"mine-{number}", unit / 100, frozen_at)
        ]

        # The limit holds for this world alone, and so does what the fault rule counts.
        more = [client.order("0.001", "70000", f"more-{count}") for count in range(3)]
        assert [answer.get("orderId") for _, answer, _ in more] == [first_id + 1, first_id + 2, None]
        assert [status for status, _, _ in more] == [200, 200, 429]
        faulty = [client.ask("GET", "/api/v3/ping", made.api_key)[0] for _ in range(3)]
        assert faulty == ([500, 200, 200] if number % 2 == 0 else [500, 500, 200])
        face.spot.set_price("BTCUSDT", f"{60_000 + number}")
        price = client.ask("GET", "/api/v3/ticker/price?symbol=BTCUSDT", made.api_key)[1]["price"]
        assert price == f"{60_000 + number}.00000000"

        face.clock.advance(seconds=number)
        assert client.ask("GET", "/api/v3/time", made.api_key)[1] == {"serverTime": frozen_at + number * 1000}
        assert len(face.requests) == 11
        assert [seen.seq for seen in face.requests] == list(range(1, 12))
        face.assert_accepted(3, "/api/v3/order", "POST")
        face.assert_refused(1, code=-1015)
        face.assert_no_duplicates()
        return made.world, made.api_key, first_id
    finally:
        client.close()
        if remote:
            face.stop()
        made.stop()


def test_200_tests_from_16_threads_on_one_server_do_not_see_each_other(binance: Mock) -> None:
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda number: run_alone(binance, number), range(200)))
    names, keys, first_ids = zip(*found, strict=True)
    assert (len(set(names)), len(set(keys)), len(set(first_ids))) == (200, 200, 1)
    assert list(binance.worlds) == ["default"]
    assert len(binance.requests) == 0
    assert binance.clock.now_ms == NOW_MS
    assert binance.account.balance("USDT") == ("1000000.00000000", "0.00000000")
    assert binance.spot.market("BTCUSDT")["last_price"] == "80000.00000000"


def test_worlds_come_and_go_while_they_are_listed_and_listened_to(binance: Mock) -> None:
    """Nothing is answered by half of a world, and no listener falls over one that goes."""
    with Mock.connect(binance.server_url) as remote:

        def come_and_go(number: int) -> str:
            world = (binance if number % 2 else remote).worlds.create()
            name = world.world
            with requests.get(f"{binance.server_url}/_mock/events?world={name}", stream=True, timeout=30) as answer:
                coming = events(answer)
                next(coming)
                assert name in list(remote.worlds)
                world.stop()
                assert list(coming) == []
            with pytest.raises(MockError, match=f"there is no world '{name}'"):
                remote.worlds.remove(name)
            return name

        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(come_and_go, range(40)))) == 40
    assert list(binance.worlds) == ["default"]
