"""What is signed and how it is checked, against the documentation's vectors and against a slow model."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from urllib.parse import quote, unquote_plus

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from binance_fixtures.signing import EXAMPLE_PAIR, REST_VECTORS, WS_VECTORS, RestVector, WsVector
from binance_mock.gate.keys import ApiKey
from binance_mock.gate.request import Request
from binance_mock.gate.signing import Place, accepts, malformed, signed_parts, split, verify, verify_raw, ws_payload

KEY = ApiKey.hmac(*EXAMPLE_PAIR)
HEX = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"


def hmac_hex(payload: bytes, secret: str = EXAMPLE_PAIR.secret) -> str:
    return hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest()


def pem(private) -> bytes:
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture(scope="session")
def rsa_private() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="session")
def ed_private() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()


def rsa_sign(private: rsa.RSAPrivateKey, payload: bytes) -> str:
    return b64encode(private.sign(payload, padding.PKCS1v15(), SHA256())).decode()


class TestDocumentation:
    @pytest.mark.parametrize("vector", REST_VECTORS, ids=lambda vector: vector.title)
    @pytest.mark.parametrize("upper", [False, True])
    def test_rest_vectors(self, vector: RestVector, upper: bool) -> None:
        """S-25, S-26, S-27: signature at the end of the body if there is one, else of the query."""
        signature = vector.signature.upper() if upper else vector.signature
        field = f"&signature={signature}"
        query, body = (vector.query, vector.body + field) if vector.body else (vector.query + field, "")
        signed = split(query.encode(), body.encode())
        assert signed.payload == vector.payload
        assert signed.signature == signature
        assert accepts(KEY, signed)

    @pytest.mark.parametrize("vector", REST_VECTORS, ids=lambda vector: vector.title)
    def test_one_changed_byte_is_refused(self, vector: RestVector) -> None:
        for at in range(0, len(vector.payload), 7):
            changed = vector.payload[:at] + b"~" + vector.payload[at + 1 :]
            assert not verify(KEY, changed, vector.signature)

    def test_query_and_body_are_joined_with_nothing(self) -> None:
        """S-25: an & between them gives another signature."""
        mixed = next(vector for vector in REST_VECTORS if vector.query and vector.body)
        assert not verify(KEY, f"{mixed.query}&{mixed.body}".encode(), mixed.signature)

    @pytest.mark.parametrize("vector", WS_VECTORS, ids=lambda vector: vector.title)
    def test_ws_vectors(self, vector: WsVector) -> None:
        """S-34."""
        payload = ws_payload((*vector.params, ("signature", vector.signature)))
        assert payload == vector.payload.encode()
        assert verify(KEY, payload, vector.signature)


class TestSplit:
    @pytest.mark.parametrize(
        ("query", "body", "payload", "signature", "place", "last"),
        [
            (b"a=1&signature=x", b"", b"a=1", "x", Place.QUERY, True),
            (b"", b"a=1&signature=x", b"a=1", "x", Place.BODY, True),
            (b"a=1", b"b=2&signature=x", b"a=1b=2", "x", Place.BODY, True),
            (b"a=1&signature=x", b"b=2", b"a=1b=2", "x", Place.QUERY, True),
            (b"signature=x", b"", b"", "x", Place.QUERY, True),
            (b"signature=x&a=1", b"", b"a=1", "x", Place.QUERY, False),  # S-30
            (b"a=1&signature=x&b=2", b"", b"a=1&b=2", "x", Place.QUERY, False),
            (b"", b"signature=x&a=1", b"a=1", "x", Place.BODY, False),
            (b"a=1&signature=x", b"b=2&signature=y", b"a=1b=2", "x", Place.QUERY, True),  # S-3: the query counts
            (b"a=1&signature=x&signature=y", b"", b"a=1", "x", Place.QUERY, True),
            (b"signature=x&a=1&signature=y", b"", b"a=1", "x", Place.QUERY, True),
            (b"a=1&&signature=x&&b=2", b"", b"a=1&&&b=2", "x", Place.QUERY, False),
            (b"a=1&signature=x&", b"", b"a=1&", "x", Place.QUERY, False),
            (b"a=1&signature=", b"", b"a=1", "", Place.QUERY, True),
            (b"a=1&signature=a%2Bb%3D", b"", b"a=1", "a+b=", Place.QUERY, True),
            (b"a=1&signature=a+b=", b"", b"a=1", "a b=", Place.QUERY, True),  # F-12
            (b"a=1&signature=%FF", b"", b"a=1", "\ufffd", Place.QUERY, True),
            (b"a=1&mysignature=x", b"", b"a=1&mysignature=x", None, None, False),
            (b"a=1&mysignature=x&signature=y", b"", b"a=1&mysignature=x", "y", Place.QUERY, True),
            (b"a=1&Signature=x", b"", b"a=1&Signature=x", None, None, False),
            (b"a=1&signature", b"b=2", b"a=1&signatureb=2", None, None, False),
            (b"", b"", b"", None, None, False),
        ],
    )
    def test_examples(
        self, query: bytes, body: bytes, payload: bytes, signature: str | None, place: Place | None, last: bool
    ) -> None:
        signed = split(query, body)
        assert (signed.payload, signed.signature, signed.place, signed.last) == (payload, signature, place, last)

    @given(
        st.lists(
            st.sampled_from([b"a=1", b"&", b"signature=x", b"signature=%2B", b"signature", b"=", b""]), max_size=8
        ),
        st.lists(st.sampled_from([b"b=2", b"&", b"signature=y", b"signature=+", b"x", b""]), max_size=6),
    )
    def test_equals_a_slow_model(self, query_bits: list[bytes], body_bits: list[bytes]) -> None:
        query, body = b"".join(query_bits), b"".join(body_bits)
        signed = split(query, body)
        assert (signed.payload, signed.signature, signed.place, signed.last) == slow_split(query, body)

    def test_the_body_of_a_get_is_not_signed(self) -> None:
        """S-2."""
        parts = (b"a=1&signature=x", b"b=2")
        assert signed_parts(Request("GET", "/api/v3/account", *parts)).payload == b"a=1"
        assert signed_parts(Request("DELETE", "/api/v3/order", *parts)).payload == b"a=1b=2"

    def test_repr_shows_no_value(self) -> None:
        assert "abc" not in repr(split(b"a=abc&signature=abc"))


def slow_split(query: bytes, body: bytes) -> tuple[bytes, str | None, Place | None, bool]:
    """Split as the rules say it, parameter by parameter."""
    found: list[tuple[str, Place, bool]] = []
    payload = ""
    for part, place in ((query, Place.QUERY), (body, Place.BODY)):
        pairs = part.decode().split("&")
        for pair in pairs:
            if pair.split("=")[0] == "signature" and "=" in pair:
                ends = pairs[-1].startswith("signature=")
                found.append((unquote_plus(pair.split("=", 1)[1]), place, ends))
        payload += "&".join(pair for pair in pairs if not pair.startswith("signature="))
    return (payload.encode(), *found[0]) if found else (payload.encode(), None, None, False)


class TestVerify:
    @given(st.binary(max_size=200), st.text(min_size=1, max_size=80))
    def test_hmac_round_trip(self, payload: bytes, secret: str) -> None:
        try:
            key = ApiKey.hmac("K", secret)
        except UnicodeEncodeError:  # lone surrogates are no text
            return
        assert verify(key, payload, hmac_hex(payload, secret))
        assert not verify(key, payload + b"x", hmac_hex(payload, secret))

    @given(st.text(max_size=80))
    def test_no_text_makes_it_raise(self, signature: str) -> None:
        assert not verify(KEY, b"a=1", signature)

    @pytest.mark.parametrize("text", [HEX + " ", "0x" + HEX, HEX[:-1], HEX.replace("c", "ｃ"), "K" * 64])
    def test_hex_must_be_exact(self, text: str) -> None:
        assert not verify(KEY, REST_VECTORS[0].payload, text)

    def test_hex_case_is_ignored(self) -> None:
        """S-27."""
        assert verify(KEY, REST_VECTORS[0].payload, HEX[:32].upper() + HEX[32:])

    @given(st.binary(max_size=200))
    def test_ed25519_round_trip(self, payload: bytes) -> None:
        """S-29."""
        private = ed25519.Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
        key = ApiKey.asymmetric("K", pem(private))
        raw = private.sign(payload)
        assert verify(key, payload, b64encode(raw).decode())
        assert verify_raw(key, payload, raw)
        assert not verify(key, payload + b"x", b64encode(raw).decode())

    def test_rsa_round_trip(self, rsa_private: rsa.RSAPrivateKey) -> None:
        """S-28: PKCS#1 v1.5 with SHA-256, base64; PSS is not supported."""
        key = ApiKey.asymmetric("K", pem(rsa_private))
        payload = REST_VECTORS[0].payload
        assert verify(key, payload, rsa_sign(rsa_private, payload))
        assert not verify(key, payload + b"x", rsa_sign(rsa_private, payload))
        pss = rsa_private.sign(payload, padding.PSS(padding.MGF1(SHA256()), 32), SHA256())
        assert not verify(key, payload, b64encode(pss).decode())

    def test_base64_must_be_exact(self, rsa_private: rsa.RSAPrivateKey) -> None:
        """S-28: case-sensitive, standard alphabet, padded, and F-12: a plus that became a space is wrong."""
        key = ApiKey.asymmetric("K", pem(rsa_private))
        payload = next(
            text
            for number in range(100)
            if "+" in rsa_sign(rsa_private, text := b"a=%d" % number)  # some hold no +
        )
        good = rsa_sign(rsa_private, payload)
        assert verify(key, payload, good)
        for bad in (
            good.replace("+", " "),
            good.replace("+", "-"),
            good.rstrip("="),
            good.lower(),
            good + "\n",
            "",
            "é",
        ):
            assert not verify(key, payload, bad)

    def test_a_percent_encoded_signature_is_decoded_on_the_way(self, ed_private: ed25519.Ed25519PrivateKey) -> None:
        key = ApiKey.asymmetric("K", pem(ed_private))
        for number in range(50):  # F-12: each signature has other risky characters
            payload = b"a=%d" % number
            text = quote(b64encode(ed_private.sign(payload)).decode(), safe="").encode()
            assert accepts(key, split(payload + b"&signature=" + text))

    def test_a_signature_of_another_key_type_is_wrong_not_an_error(
        self, rsa_private: rsa.RSAPrivateKey, ed_private: ed25519.Ed25519PrivateKey
    ) -> None:
        """S-33."""
        payload = b"a=1"
        texts = [hmac_hex(payload), rsa_sign(rsa_private, payload), b64encode(ed_private.sign(payload)).decode()]
        keys = [KEY, ApiKey.asymmetric("R", pem(rsa_private)), ApiKey.asymmetric("E", pem(ed_private))]
        assert [[verify(key, payload, text) for text in texts] for key in keys] == [
            [True, False, False],
            [False, True, False],
            [False, False, True],
        ]


class TestAccepts:
    SENT = b"symbol=LTCBTC&newClientOrderId=a%20b%40c"

    def signed_over(self, payload: bytes, sent: bytes = SENT):
        return split(sent + b"&signature=" + hmac_hex(payload).encode())

    def test_over_the_bytes_on_the_wire(self) -> None:
        assert accepts(KEY, self.signed_over(self.SENT))

    def test_decoded_text_is_refused_since_2026(self) -> None:
        """S-26, F-2."""
        signed = self.signed_over(b"symbol=LTCBTC&newClientOrderId=a b@c")
        assert not accepts(KEY, signed)
        assert accepts(KEY, signed, legacy_encoding=True)

    def test_legacy_mode_reads_plus_either_way(self) -> None:
        for text in (b"id=a b@", b"id=a+b@"):
            assert accepts(KEY, self.signed_over(text, b"id=a+b%40"), legacy_encoding=True)

    def test_legacy_mode_accepts_nothing_else(self) -> None:
        assert accepts(KEY, self.signed_over(self.SENT), legacy_encoding=True)
        assert not accepts(KEY, self.signed_over(b"symbol=LTCBTC"), legacy_encoding=True)
        assert not accepts(KEY, self.signed_over(b"x", b"symbol=LTCBTC"), legacy_encoding=True)

    def test_no_signature_is_not_accepted(self) -> None:
        assert not accepts(KEY, split(b"a=1"), legacy_encoding=True)


class TestMalformed:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (HEX, False),
            (HEX.upper(), False),
            ("0" * 64, False),
            ("A" * 86 + "==", False),  # S-33: an Ed25519 signature is the wrong type, not the wrong form
            ("A" * 342 + "==", False),
            ("A" * 300 + " " + "A" * 383, False),
            (b64encode(bytes(32)).decode(), True),  # F-11: a base64 digest, 44 characters
            (HEX[:-1], True),
            (HEX + "0", True),
            ("g" * 64, True),
            ("", True),
            (f"b'{HEX}'", True),  # F-13
            ("é" * 88, True),
            ("１" * 64, True),
            (HEX + "\n", True),
        ],
    )
    def test_hmac(self, text: str, expected: bool) -> None:
        """S-32."""
        assert malformed(KEY, text) is expected

    @pytest.mark.parametrize("text", ["", "x", HEX, "é"])
    def test_never_with_other_types(self, text: str, ed_private: ed25519.Ed25519PrivateKey) -> None:
        """S-33."""
        assert not malformed(ApiKey.asymmetric("K", pem(ed_private)), text)
