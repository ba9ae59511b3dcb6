"""The firewall in front of the API (S-6)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mock_server.spot_client import SpotClient, encode, frozen_world

from binance_mock.gate.firewall import is_suspicious
from binance_mock.gate.gate import Settings
from binance_mock.gate.journal import Verdict
from binance_mock.gate.request import Request
from binance_mock.world import WorldSettings

SUSPICIOUS = [
    b"symbol=1 union select 2",
    b"symbol=1+UNION+ALL+SELECT+2",
    b"symbol=1%20Union%20Select%202",
    b"symbol=1/**/union/**/select/**/2 ",
    b"a=select+secret+from+keys",
    b"a=SELECT%20*%20FROM%20keys%20",
    b"a=1;+drop+table+orders",
    b"a=1%3bdrop%20table%20orders",
    b"a=<script>alert(1)</script>",
    b"a=%3CScript%3E",
]
HARMLESS = [
    b"",
    b"symbol=UNIONUSDT&side=SELL",
    b"newClientOrderId=select-from-drop",
    b"newClientOrderId=selected+from",
    b"a=script&b=union",
    b"a=%3Cscrip%3E",
    b"a=drop+table",
    b"symbols=%5B%22BTCUSDT%22%2C%22BNBUSDT%22%5D",
]


@pytest.mark.parametrize("text", SUSPICIOUS)
def test_text_that_looks_like_sql_or_a_script(text: bytes) -> None:
    """S-6: in the query or in the body."""
    assert is_suspicious(Request("GET", "/", text))
    assert is_suspicious(Request("POST", "/", b"", text))


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_resembles_it(text: bytes) -> None:
    assert not is_suspicious(Request("POST", "/", text, text))


def test_the_page_is_html_and_nothing_is_counted() -> None:
    """S-6: in front of the API, so without headers of weight."""
    client = SpotClient(frozen_world())
    reply = client.public("avgPrice", symbol="<script>")
    assert reply.status == 403
    assert reply.headers == {"content-type": "text/html;charset=UTF-8"}
    assert reply.body.startswith(b"<html>")
    entry = client.journal()
    assert (entry.verdict, entry.status, entry.code, entry.weight) == (Verdict.REFUSED, 403, 0, 0)
    assert "firewall" in entry.why
    assert client.public("ping").headers["x-mbx-used-weight"] == "1"


def test_it_stands_before_unknown_paths_and_bans() -> None:
    client = SpotClient(frozen_world())
    client.world.desks["spot"].ip.ban(client.ip, 60, client.world.clock.now())
    assert client.send(Request("GET", "/no/such/path", b"a=%3cscript")).status == 403


def test_it_can_be_switched_off() -> None:
    client = SpotClient(frozen_world(WorldSettings(gate=Settings(firewall=False))))
    assert client.public("avgPrice", symbol="<script>").refusal == (400, -1100)


@pytest.mark.parametrize(
    "text",
    [
        b"a=select" + b"+" * 100_000,
        b"a=select/*" + b"*//*" * 50_000,
        b"select+" * 30_000 + b"+" * 100_000,
        b"union+all+" * 30_000,
        b"a=%;" + b";" * 200_000,
        b"select+a+" * 30_000,
    ],
)
def test_long_text_is_searched_in_no_time(text: bytes) -> None:
    """A search that tried every way to divide the text would not come to an end."""
    assert not is_suspicious(Request("POST", "/", b"", text))


@given(values=st.lists(st.text(alphabet=st.characters(codec="ascii"), max_size=8), max_size=4))
def test_values_without_the_words_pass(values: list[str]) -> None:
    text = encode([("a", value) for value in values])
    words = b"".join(value.encode() for value in values).lower()
    if not any(word in words for word in (b"select", b"drop", b"script")):
        assert not is_suspicious(Request("GET", "/", text))
