"""`[spot] legacy_key_only`: S-35, S-212, and what older documents asked for."""

from __future__ import annotations

import pytest
from tests.mock_server.spot_client import SpotClient, frozen_world

from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock.engine.intervals import HOUR
from binance_mock.gate.keys import ApiKey, Permission
from binance_mock.gate.request import Request, Response
from binance_mock.venues.spot.settings import SpotSettings
from binance_mock.world import World, WorldSettings

STREAM = "/api/v3/userDataStream"
TRADES = "/api/v3/historicalTrades"


def world(legacy: bool = True) -> World:
    return frozen_world(WorldSettings(spot=SpotSettings(legacy_key_only=legacy)))


def ask(world: World, verb: str, path: str, query: str = "", key: str = EXAMPLE_PAIR.api_key) -> tuple[int, bytes]:
    """Status and body of the answer to a call with a key and no signature."""
    headers = {b"x-mbx-apikey": key.encode()} if key else {}
    response = world.handle(Request(verb, path, query.encode(), b"", headers))
    assert isinstance(response, Response)
    return response.status, response.body


def listen_key(world: World) -> str:
    status, body = ask(world, "POST", STREAM)
    assert status == 200
    return body.decode().split('"')[3]


def test_today_neither_is_there() -> None:
    """S-10, S-35"""
    assert ask(world(False), "POST", STREAM)[0] == 410
    assert ask(world(False), "GET", TRADES, "symbol=BTCUSDT", key="")[0] == 200


def test_historical_trades_need_a_key_alone() -> None:
    """S-35"""
    old = world()
    assert ask(old, "GET", TRADES, "symbol=BTCUSDT&limit=2")[0] == 200
    status, body = ask(old, "GET", TRADES, "symbol=BTCUSDT", key="")
    assert (status, body) == (401, b'{"code":-2014,"msg":"API-key format invalid."}')
    assert ask(old, "GET", TRADES, "symbol=BTCUSDT", key="x" * 64)[0] == 401
    assert ask(old, "GET", "/api/v3/trades", "symbol=BTCUSDT", key="")[0] == 200


def test_a_key_may_be_kept_from_it() -> None:
    """S-39"""
    old = world()
    old.keys.add(ApiKey.hmac(*EXAMPLE_PAIR, label="limited", permissions=[Permission.TRADE]), replace=True)
    for verb, path, query in (("GET", TRADES, "symbol=BTCUSDT"), ("POST", STREAM, "")):
        status, body = ask(old, verb, path, query)
        assert (status, b"-2015" in body) == (401, True)


def test_a_listen_key_lives_for_an_hour_from_the_last_time_it_was_asked_for() -> None:
    """S-212"""
    old = world()
    key = listen_key(old)
    assert len(key) == 64
    old.clock.move(HOUR - 1)
    assert ask(old, "PUT", STREAM, f"listenKey={key}") == (200, b"{}")
    old.clock.move(HOUR - 1)
    assert listen_key(old) == key
    old.clock.move(HOUR)
    status, body = ask(old, "PUT", STREAM, f"listenKey={key}")
    assert (status, body) == (400, b'{"code":-1125,"msg":"This listenKey does not exist."}')
    assert listen_key(old) != key


@pytest.mark.parametrize("verb", ["PUT", "DELETE"])
def test_another_key_is_unknown(verb: str) -> None:
    """S-212"""
    old = world()
    key = listen_key(old)
    status, body = ask(old, verb, STREAM, f"listenKey={'z' * 64}")
    assert (status, b"-1125" in body) == (400, True)
    assert b"'listenKey'" in ask(old, verb, STREAM)[1]
    assert ask(old, verb, STREAM, f"listenKey={key}") == (200, b"{}")
    assert (listen_key(old) == key) is (verb == "PUT")


def test_a_fork_has_them_too() -> None:
    old = world()
    key = listen_key(old)
    twin = old.fork()
    assert ask(twin, "DELETE", STREAM, f"listenKey={key}") == (200, b"{}")
    assert listen_key(old) == key != listen_key(twin)


def test_signed_calls_stay_signed() -> None:
    assert SpotClient(world()).get("openOrders").status == 200
    assert ask(world(), "GET", "/api/v3/account")[0] == 400
