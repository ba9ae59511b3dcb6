"""One short test each for rules of European options that no other file holds as a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import quote

import pytest
from tests.mock_server.face.test_accounts import ed25519_pair, rsa_pair
from tests.mock_server.spot_client import Reply, encode, read, sign
from tests.mock_server.venues.options.options_client import CALL, MS, OptionsClient
from tests.mock_server.venues.options.test_gate import with_a_signed_call

from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock.gate.gate import Settings
from binance_mock.gate.keys import ApiKey, Permission
from binance_mock.gate.request import Request, Response

PATH: Final = "/eapi/v1/signed"
KEY: Final = {b"x-mbx-apikey": EXAMPLE_PAIR.api_key.encode()}
STAMPED: Final = encode({"recvWindow": 5000, "timestamp": MS})
BAD_SIGNATURE: Final = (400, -1022)


def send(
    options: OptionsClient, query: bytes = b"", body: bytes = b"", *, key: bytes = KEY[b"x-mbx-apikey"]
) -> Reply:  # fmt: skip
    """The answer to a signed call, of these very bytes."""
    response = options.world.handle(Request("POST", PATH, query, body, {b"x-mbx-apikey": key}))
    assert isinstance(response, Response)
    return read(response)


def signature(payload: bytes) -> bytes:
    return b"signature=" + sign(EXAMPLE_PAIR.secret, payload).encode()


# -- requests --------------------------------------------------------------------------------------------------------


def test_a_get_is_read_from_its_query() -> None:
    """O-3."""
    world = OptionsClient().world
    response = world.handle(Request("GET", "/eapi/v1/index", b"underlying=BTCUSDT", b"underlying=NONE", {}))
    assert isinstance(response, Response)
    assert response.status == 200
    response = world.handle(Request("GET", "/eapi/v1/index", b"", b"underlying=BTCUSDT", {}))
    assert isinstance(response, Response)
    assert read(response).refusal == (400, -1102)


# -- signing ---------------------------------------------------------------------------------------------------------


def test_nothing_is_sorted_or_encoded_anew() -> None:
    """O-12."""
    options = with_a_signed_call()
    odd = STAMPED + b"&a=%7e&b=x:y"
    send(options, odd + b"&" + signature(odd)).ok()
    assert send(options, odd + b"&" + signature(odd.replace(b"%7e", b"~"))).refusal == BAD_SIGNATURE


@pytest.mark.parametrize(("last", "status"), [(False, 200), (True, 400)])
def test_a_signature_that_is_not_last(last: bool, status: int) -> None:
    """O-13: accepted unless the setting asks for the last place."""
    options = with_a_signed_call()
    options.world.gate.settings = Settings(signature_last=last)
    assert send(options, signature(STAMPED) + b"&" + STAMPED).status == status


@pytest.mark.parametrize("make", [rsa_pair, ed25519_pair])
def test_keys_of_other_types(make: Callable[[], tuple[str, Callable[[str], str]]]) -> None:
    """O-15."""
    public, signs = make()
    options = with_a_signed_call()
    options.world.keys.add(ApiKey.asymmetric("k" * 64, public, account="default"))
    good = quote(signs(STAMPED.decode()), safe="").encode()
    send(options, STAMPED + b"&signature=" + good, key=b"k" * 64).ok()
    wrong = quote(signs("other"), safe="").encode()
    assert send(options, STAMPED + b"&signature=" + wrong, key=b"k" * 64).refusal == BAD_SIGNATURE


# -- keys and failures -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("allowed", list(Permission))
def test_a_key_for_one_type_of_call_is_refused_on_the_others(allowed: Permission) -> None:
    """O-25, O-28."""
    options = with_a_signed_call()
    limited = ApiKey.hmac(*EXAMPLE_PAIR, label="limited", account="default", permissions=[allowed])
    options.world.keys.add(limited, replace=True)
    answers = {
        Permission.TRADE: send(options, STAMPED + b"&" + signature(STAMPED)),
        Permission.USER_STREAM: options.keyed("listenKey", verb="POST"),
        Permission.MARKET_DATA: options.keyed("historicalTrades", symbol=CALL),
    }
    for needed, reply in answers.items():
        assert reply.refusal == ((200, 0) if needed is allowed else (401, -2015)), needed


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [("unknown_503", 503, -1000), ("unavailable_503", 503, -1016), ("internal_503", 503, -1001),
     ("overloaded_503", 503, -1008), ("timeout_504", 504, -1007), ("too_many_429", 429, -1008),
     ("banned_418", 418, -1008)],
)  # fmt: skip
def test_failures_that_can_be_played(kind: str, status: int, code: int) -> None:
    """O-29 to O-32: also those that the pages of this market do not name."""
    options = with_a_signed_call()
    options.world.faults.add(kind, venue="options")
    reply = send(options, STAMPED + b"&" + signature(STAMPED))
    assert reply.refusal == (status, code)
    assert reply.json.keys() == {"code", "msg"}


def test_the_firewall() -> None:
    """O-30."""
    options = with_a_signed_call()
    response = options.world.handle(Request("GET", "/eapi/v1/time", b"a=UNION+SELECT", b"", {}))
    assert isinstance(response, Response)
    assert response.status == 403
