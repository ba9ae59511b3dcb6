"""Keys of the user data stream: U-10, U-142."""

from __future__ import annotations

from tests.mock_server.spot_client import Reply, frozen_world
from tests.mock_server.venues.usdm.signed_client import SignedClient, wrong

from binance_fixtures.signing import EXAMPLE_PAIR

MINUTE = 60_000_000
GONE = (400, -1125, "This listenKey does not exist. Please use `POST /fapi/v1/listenKey` to recreate `listenKey`")


def ask(client: SignedClient, verb: str, key: str = EXAMPLE_PAIR.api_key) -> Reply:
    """A call with the key alone: no time, no signature."""
    return client.call("listenKey", {}, {b"x-mbx-apikey": key.encode()}, verb)


def refusal(reply: Reply) -> tuple[int, int, str]:
    return reply.status, reply.code, reply.msg


def test_a_key_lives_for_an_hour() -> None:
    client = SignedClient()
    answer = ask(client, "POST").ok()
    assert wrong("POST /fapi/v1/listenKey", answer) == []
    assert len(answer["listenKey"]) == 64
    client.world.clock.move(60 * MINUTE - 1)
    assert ask(client, "PUT").ok() == answer
    client.world.clock.move(60 * MINUTE)
    assert refusal(ask(client, "PUT")) == GONE
    assert ask(client, "POST").ok() != answer


def test_asking_again_renews() -> None:
    client = SignedClient()
    first = ask(client, "POST").ok()
    for _ in range(3):
        client.world.clock.move(40 * MINUTE)
        assert ask(client, "POST").ok() == first


def test_deleting_ends_it() -> None:
    client = SignedClient()
    first = ask(client, "POST").ok()
    assert ask(client, "DELETE").ok() == {}
    assert refusal(ask(client, "PUT")) == GONE
    assert ask(client, "DELETE").ok() == {}
    assert ask(client, "POST").ok() != first


def test_there_is_none_at_first() -> None:
    assert refusal(ask(SignedClient(), "PUT")) == GONE


def test_only_a_key_is_needed_and_it_is_needed() -> None:
    client = SignedClient()
    assert client.call("listenKey", {}, None, "POST").refusal == (401, -2014)
    assert ask(client, "POST", "x" * 64).refusal == (401, -2015)


def test_two_accounts_have_two_keys_and_a_copy_goes_its_own_way() -> None:
    client = SignedClient()
    first = ask(client, "POST").ok()
    twin = SignedClient(client.world.fork())
    assert ask(twin, "PUT").ok() == first
    ask(twin, "DELETE").ok()
    assert ask(client, "PUT").ok() == first
    other = SignedClient(frozen_world())
    other.world.usdm.open_account("other", {})  # type: ignore[union-attr]  # the standard world has the market
    assert ask(other, "POST").ok() == first
    assert other.own.listen_keys == 1
