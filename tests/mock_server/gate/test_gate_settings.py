"""What a tester may choose about signatures: their place and what they sign (S-26, S-30 to S-33)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.mock_server.spot_client import NOW, Reply, SpotClient, frozen_world, sign

from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock.gate.gate import Settings
from binance_mock.gate.request import Request
from binance_mock.world import WorldSettings

STAMP = b"timestamp=%d" % (NOW // 1000)
WRONG = (400, -1022, "Signature for this request is not valid.")
MALFORMED = (
    400, -1100, "Illegal characters found in parameter 'signature'; legal range is '^[A-Fa-f0-9]{64}$'.",
)  # fmt: skip


def ask(query: bytes, path: str = "account", **settings: Any) -> Reply:
    client = SpotClient(frozen_world(WorldSettings(gate=Settings(**settings))))
    headers = {b"x-mbx-apikey": EXAMPLE_PAIR.api_key.encode()}
    return client.send(Request("GET", f"/api/v3/{path}", query, b"", headers))


def verdict(reply: Reply) -> tuple[int, int, str]:
    return reply.status, reply.code, reply.msg


def test_the_signature_may_stand_anywhere() -> None:
    """S-30: unless it is demanded last."""
    payload = STAMP + b"&omitZeroBalances=true"
    signature = b"signature=" + sign(EXAMPLE_PAIR.secret, payload).encode()
    last, first = payload + b"&" + signature, signature + b"&" + payload
    middle = STAMP + b"&" + signature + b"&omitZeroBalances=true"
    assert [ask(query).status for query in (last, first, middle)] == [200, 200, 200]
    assert ask(last, signature_last=True).status == 200
    for query in (first, middle):
        assert verdict(ask(query, signature_last=True)) == WRONG


def test_the_encoded_text_is_signed() -> None:
    """S-26: since 2026-01-15; before that the plain text was taken too."""
    encoded = b"symbol=%E5%B8%81%E5%AE%89%E4%BA%BA%E7%94%9FUSDT&" + STAMP
    plain = "symbol=币安人生USDT&".encode() + STAMP
    as_sent, as_read = (
        encoded + b"&signature=" + sign(EXAMPLE_PAIR.secret, text).encode() for text in (encoded, plain)
    )
    assert ask(as_sent, "openOrders").status == ask(as_sent, "openOrders", legacy_encoding=True).status == 200
    assert verdict(ask(as_read, "openOrders")) == WRONG
    assert ask(as_read, "openOrders", legacy_encoding=True).status == 200


@pytest.mark.parametrize("upper", [True, False])
def test_letter_case_of_hex_digits_does_not_count(upper: bool) -> None:
    """S-27."""
    signature = sign(EXAMPLE_PAIR.secret, STAMP)
    assert ask(STAMP + b"&signature=" + (signature.upper() if upper else signature).encode()).status == 200


@pytest.mark.parametrize(
    ("signature", "outcome"),
    [
        (b"0" * 64, WRONG), (b"A" * 88, WRONG), (b"A" * 344, WRONG), (b"0" * 63, MALFORMED), (b"0" * 65, MALFORMED),
        (b"g" * 64, MALFORMED), (b"%00", MALFORMED), ("é".encode() * 32, MALFORMED),
    ],
)  # fmt: skip
def test_wrong_and_malformed_signatures(signature: bytes, outcome: tuple[int, int, str]) -> None:
    """S-31 to S-33: what could be the signature of another type of key is only wrong."""
    assert verdict(ask(STAMP + b"&signature=" + signature)) == outcome
