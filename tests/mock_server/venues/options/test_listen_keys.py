"""Keys of the user data stream: O-25, O-27, O-88."""

from __future__ import annotations

import pytest
from tests.mock_server.venues.options.options_client import MS, OptionsClient, client

from binance_fixtures.signing import EXAMPLE_PAIR

MINUTE_MS = 60_000
GONE = (400, -1125, "This listenKey does not exist.")


def ask(options: OptionsClient, verb: str, key: str = EXAMPLE_PAIR.api_key) -> object:
    reply = options.keyed("listenKey", key, verb=verb)
    return reply.json if reply.status == 200 else (reply.status, reply.code, reply.msg)


def test_a_key_lives_for_an_hour() -> None:
    options = OptionsClient()
    answer = options.keyed("listenKey", verb="POST").ok()
    assert len(answer["listenKey"]) == 64
    assert answer["expiration"] == MS + 60 * MINUTE_MS
    options.wait(60 * MINUTE_MS - 1)
    assert ask(options, "PUT") == {}
    options.wait(60 * MINUTE_MS)
    assert ask(options, "PUT") == GONE
    assert options.keyed("listenKey", verb="POST").ok()["listenKey"] != answer["listenKey"]


def test_asking_again_renews() -> None:
    options = OptionsClient()
    first = options.keyed("listenKey", verb="POST").ok()
    options.wait(40 * MINUTE_MS)
    again = options.keyed("listenKey", verb="POST").ok()
    assert again == {"listenKey": first["listenKey"], "expiration": first["expiration"] + 40 * MINUTE_MS}


def test_deleting_ends_it() -> None:
    options = OptionsClient()
    first = options.keyed("listenKey", verb="POST").ok()
    assert ask(options, "DELETE") == {}
    assert ask(options, "PUT") == GONE
    assert ask(options, "DELETE") == {}
    assert options.keyed("listenKey", verb="POST").ok()["listenKey"] != first["listenKey"]


def test_the_older_generation_does_not_say_until_when() -> None:
    assert set(client(dialect="2023").keyed("listenKey", verb="POST").ok()) == {"listenKey"}


@pytest.mark.parametrize("verb", ["POST", "PUT", "DELETE"])
def test_a_key_of_the_api_is_needed(verb: str) -> None:
    """O-27"""
    options = OptionsClient()
    reply = options.call("listenKey", {}, None, verb)
    assert (reply.status, reply.code, reply.msg) == (401, -2014, "API-key format invalid.")
    denied = (401, -2015, "Invalid API-key, IP, or permissions for action.")
    assert ask(options, verb, "x" * 64) == denied


def test_a_copy_goes_its_own_way() -> None:
    options = OptionsClient()
    first = options.keyed("listenKey", verb="POST").ok()
    twin = OptionsClient(options.world.fork())
    assert twin.keyed("listenKey", verb="POST").ok() == first
    ask(twin, "DELETE")
    assert ask(options, "PUT") == {}
