"""Secrets do not reach the texts that people see."""

from __future__ import annotations

from urllib.parse import quote, quote_plus, unquote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock.gate.keys import ApiKey, KeyRing
from binance_mock.gate.secrets import mask_key, redact

SECRET = EXAMPLE_PAIR.secret
RING = KeyRing([ApiKey.hmac(*EXAMPLE_PAIR), ApiKey.hmac("other", "a/b+c=d e&f%g")])

characters = st.characters(codec="ascii", categories=["L", "N"], include_characters="+/=-_ &%")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"secret={SECRET}&a=1", "secret=***&a=1"),
        (SECRET, "***"),
        (f"{SECRET}{SECRET}", "******"),
        (SECRET.lower(), "***"),
        (SECRET.upper(), "***"),
        ("x=a/b+c=d e&f%g", "x=***"),
        ("x=" + quote("a/b+c=d e&f%g", safe=""), "x=***"),
        ("x=" + quote("a/b+c=d e&f%g"), "x=***"),
        ("x=" + quote_plus("a/b+c=d e&f%g"), "x=***"),
        ("x=" + quote_plus("a/b+c=d e&f%g").lower(), "x=***"),
        ("x=" + quote(quote("a/b+c=d e&f%g", safe=""), safe=""), "x=***"),
        ("".join(f"%{byte:02x}" for byte in SECRET.encode()), "***"),
        (SECRET[:-1], SECRET[:-1]),
        ("nothing to hide", "nothing to hide"),
        ("", ""),
    ],
)
def test_redact(text: str, shown: str) -> None:
    assert redact(text, RING) == shown


def test_short_secrets_are_hidden_as_words_of_their_own_only() -> None:
    ring = KeyRing([ApiKey.hmac("K", "S")])
    assert redact("Symbol S, secret=S&side=SELL, s", ring) == "Symbol ***, secret=***&side=SELL, s"


def test_the_longer_secret_goes_first() -> None:
    ring = KeyRing([ApiKey.hmac("1", "abcdefgh"), ApiKey.hmac("2", "abcdefghijkl")])
    assert redact("abcdefghijkl abcdefgh", ring) == "*** ***"


def test_private_keys_are_hidden_whole() -> None:
    block = "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----"
    assert redact(f"a {block} b", KeyRing()) == "a *** b"
    assert redact("a -----BEGIN RSA PRIVATE KEY-----\nMC4CAQ", KeyRing()) == "a ***"


@given(
    st.text(characters, min_size=8, max_size=40).filter(lambda text: text.strip()),
    st.text(characters, max_size=10),
    st.text(characters, max_size=10),
    st.randoms(use_true_random=False),
)
def test_no_mixture_of_encodings_gets_through(secret: str, before: str, after: str, random) -> None:
    ring = KeyRing([ApiKey.hmac("K", secret)])
    hidden = "".join(random.choice((c, f"%{ord(c):02X}", f"%25{ord(c):02x}", c.swapcase())) for c in secret)
    shown = redact(f"{before}|{hidden}|{after}", ring)
    for reading in (shown, unquote_plus(shown), unquote_plus(unquote_plus(shown))):
        assert secret.lower() not in reading.lower()


@given(st.text())
def test_redact_leaves_other_texts_alone(text: str) -> None:
    assert redact(text, KeyRing([ApiKey.hmac("K", "sixteen-odd-characters")])) == text


class TestMaskKey:
    def test_known_keys_show_their_ends(self) -> None:
        assert mask_key(EXAMPLE_PAIR.api_key, RING) == "vmPU...Eh8A"

    def test_short_known_keys_are_shown(self) -> None:
        assert mask_key("other", RING) == "other"

    def test_unknown_texts_show_their_length_only(self) -> None:
        assert mask_key(SECRET, RING) == "(64 characters)"
        assert mask_key("x", RING) == "(1 characters)"

    def test_a_key_that_is_a_secret_too_is_not_shown(self) -> None:
        assert mask_key("SAME", KeyRing([ApiKey.hmac("SAME", "SAME")])) == "(4 characters)"
