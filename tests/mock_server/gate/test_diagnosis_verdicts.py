"""Beyond single mistakes: two at a time, other verdicts, hostile requests, and secrets that were sent by mistake."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from urllib.parse import quote, quote_plus, unquote_plus

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_fixtures.signing import EXAMPLE_NOW_MS, EXAMPLE_PAIR, REST_VECTORS, RestVector
from binance_mock.gate.diagnosis import Diagnosis, diagnose, diagnose_missing
from binance_mock.gate.keys import ApiKey, KeyRing
from binance_mock.gate.request import Request

KEY, SECRET = EXAMPLE_PAIR
OTHER_KEY, OTHER_SECRET = "otherKey" * 8, "0therSecret/With+Odd=Characters&"
PATH = "/api/v3/order"
ORDER = "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559"
QUERY, BODY = "symbol=LTCBTC&side=BUY&type=LIMIT", "timeInForce=GTC&quantity=1&price=0.1&timestamp=1499827319559"
ODD = "symbol=%EF%BC%91%EF%BC%92&newClientOrderId=a%20b%2Fc%40d&timestamp=1499827319559"
SHORT = "symbol=LTCBTC&timestamp=1499827319559"


class Keys:
    """A ring with one key of each type, and the private half of the Ed25519 key."""

    def __init__(self) -> None:
        self.ed = ed25519.Ed25519PrivateKey.from_private_bytes(b"\x05" * 32)
        self.ring = KeyRing([ApiKey.hmac(KEY, SECRET), ApiKey.hmac(OTHER_KEY, OTHER_SECRET, account="bob")])
        for name, private in (("R", rsa.generate_private_key(65537, 2048)), ("E", self.ed)):
            pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            self.ring.add(ApiKey.asymmetric(name, pem))

    def ed_sign(self, payload: str) -> str:
        return b64encode(self.ed.sign(payload.encode())).decode()


@pytest.fixture(scope="session")
def keys() -> Keys:
    return Keys()


def digest(payload: str, secret: str = SECRET) -> bytes:
    return hmac.digest(secret.encode(), payload.encode(), "sha256")


def post(query: str, signature: str, body: str = "", *, key: str = KEY) -> Request:
    """Make a request that carries this signature, percent-encoded, at the end of its last part."""
    field = f"&signature={quote(signature, safe='')}"
    return raw(query, body + field, key=key) if body else raw(query + field, key=key)


def raw(query: str, body: str = "", *, key: str = KEY) -> Request:
    return Request("POST", PATH, query.encode(), body.encode(), {b"x-mbx-apikey": key.encode()})


def run(request: Request, ring: KeyRing) -> Diagnosis:
    key = ring.get(request.headers.get(b"x-mbx-apikey", b"").decode("latin-1"))
    return diagnose(request, key, ring, now_ms=EXAMPLE_NOW_MS + 250)


def sorted_text(text: str) -> str:
    return "&".join(sorted(text.split("&")))


def assert_no_secret(diagnosis: Diagnosis) -> None:
    fields = (getattr(diagnosis, name) for name in Diagnosis.__slots__)
    for text in (str(diagnosis), repr(diagnosis), json.dumps(diagnosis.as_dict()), *fields):
        readings = (text, unquote_plus(text), unquote_plus(unquote_plus(text)))
        assert not [s for s in (SECRET, OTHER_SECRET) for reading in readings if s.lower() in reading.lower()]


class TestTwoMistakes:
    def test_payload_and_base64(self, keys: Keys) -> None:
        signed = sorted_text(ORDER)
        diagnosis = run(post(ORDER, b64encode(digest(signed)).decode()), keys.ring)
        assert (diagnosis.cause, diagnosis.also) == ("signed-sorted-parameters", "digest-in-base64")
        assert diagnosis.signed == signed

    @pytest.mark.parametrize("around", ["{}\n", "{} ", "{}\r\n"])
    def test_payload_and_secret(self, around: str, keys: Keys) -> None:
        used = around.format(SECRET)
        diagnosis = run(post(QUERY, digest(f"{QUERY}&{BODY}", used).hex(), BODY), keys.ring)
        assert diagnosis.cause == "secret-with-stray-characters"
        assert diagnosis.signed == f"{QUERY}&{BODY}"

    def test_secret_and_base64(self, keys: Keys) -> None:
        diagnosis = run(post(ORDER, b64encode(digest(ORDER, SECRET + "\n")).decode()), keys.ring)
        assert (diagnosis.cause, diagnosis.also) == ("secret-with-stray-characters", "digest-in-base64")

    def test_payload_and_lost_plus(self, keys: Keys) -> None:
        signed = next(text for n in range(999) if "+" in keys.ed_sign(sorted_text(text := f"{ORDER}&z={n}")))
        diagnosis = run(raw(f"{signed}&signature={keys.ed_sign(sorted_text(signed))}", key="E"), keys.ring)
        assert (diagnosis.cause, diagnosis.also) == ("signed-sorted-parameters", "base64-plus-lost")


class TestOtherVerdicts:
    @pytest.mark.parametrize("vector", REST_VECTORS, ids=lambda vector: vector.title)
    def test_a_right_signature_is_said_to_be_right(self, vector: RestVector, keys: Keys) -> None:
        diagnosis = run(post(vector.query, vector.signature, vector.body), keys.ring)
        assert diagnosis.cause == "signature-right"

    def test_no_signature(self, keys: Keys) -> None:
        diagnosis = run(raw(ORDER), keys.ring)
        assert (diagnosis.cause, diagnosis.expected) == ("signature-missing", ORDER)

    def test_a_missing_signature_that_can_be_seen(self, keys: Keys) -> None:
        assert run(raw(f"{ORDER}&sign=x"), keys.ring).cause == "misspelt-signature"

    @pytest.mark.parametrize("key", [KEY, "R", "E"])
    def test_unexplained_tells_what_to_sign(self, key: str, keys: Keys) -> None:
        diagnosis = run(post(QUERY, "0" * 64 if key == KEY else "x", BODY, key=key), keys.ring)
        assert diagnosis.cause == "unexplained"
        assert diagnosis.expected == QUERY + BODY
        assert diagnosis.signed == ""

    def test_the_signed_and_the_expected_text_are_shown(self, keys: Keys) -> None:
        diagnosis = run(post(ODD, digest(unquote_plus(ODD)).hex()), keys.ring)
        assert (diagnosis.expected, diagnosis.signed) == (ODD, unquote_plus(ODD))
        assert f"you signed:     {unquote_plus(ODD)}" in str(diagnosis)

    def test_the_owner_of_another_secret_is_named(self, keys: Keys) -> None:
        diagnosis = run(post(ORDER, digest(ORDER, OTHER_SECRET).hex()), keys.ring)
        assert "othe...rKey of account 'bob'" in diagnosis.summary

    def test_as_dict_leaves_empty_fields_out(self) -> None:
        assert Diagnosis("a", "b", advice="c").as_dict() == {"cause": "a", "summary": "b", "advice": "c"}

    def test_a_long_payload_is_cut(self, keys: Keys) -> None:
        diagnosis = run(post("a=" + "x" * 5000, "0" * 64), keys.ring)
        assert diagnosis.expected.endswith("... (5002 bytes)")

    def test_a_very_long_request_is_diagnosed_within_the_budget(self, keys: Keys) -> None:
        query = "&".join(f"timestamp={number}&price{number}=null" for number in range(20_000))
        assert run(post(query, "0" * 64), keys.ring).cause == "unexplained"


class TestSecretsStayInside:
    """A client may put its secret anywhere; it is not repeated."""

    @pytest.mark.parametrize("shown", [SECRET, SECRET.lower(), quote(OTHER_SECRET, safe=""), quote_plus(OTHER_SECRET)])
    @pytest.mark.parametrize("signed", ["{}", "?{}", "{}\n"])
    def test_in_query_body_and_header(self, shown: str, signed: str, keys: Keys) -> None:
        query = f"secretKey={shown}&{SHORT}"
        body = f"a={shown}"
        text = signed.format(query + body)
        for key in (KEY, SECRET, f"{SECRET} "):
            assert_no_secret(run(post(query, digest(text).hex(), body, key=key), keys.ring))
            assert_no_secret(run(post(query, shown, body, key=key), keys.ring))
            assert_no_secret(run(raw(query, body, key=key), keys.ring))

    def test_in_the_path(self, keys: Keys) -> None:
        request = post(ORDER, digest(f"/{SECRET}?{ORDER}").hex())
        request.path = f"/{SECRET}"
        diagnosis = run(request, keys.ring)
        assert diagnosis.cause == "signed-with-path"
        assert_no_secret(diagnosis)


MARKS = (
    b"&",
    b"=",
    b"signature=",
    b"timestamp=",
    b"recvWindow=",
    b"symbol=",
    b"%",
    b"%25",
    b"%FF",
    b"+",
    b"\\u",
    b"\x00",
)
VALUES = (b"%E5%B8%81", b"{", b'"', b"}", b"null", b"1e-9", b"0.10", b"True", b"b'", b"\xff", b"0" * 64, b"A" * 88)
fragments = st.sampled_from((*MARKS, *VALUES, KEY.encode()))
texts = st.one_of(st.binary(max_size=60), st.lists(fragments, max_size=12).map(b"".join))


@settings(max_examples=60, deadline=None)
@given(
    query=texts,
    body=texts,
    signature=texts,
    path=st.text(max_size=20),
    method=st.sampled_from(["GET", "POST", "\u00e9"]),
    key=st.one_of(st.sampled_from([KEY.encode(), b"R", b"E", SECRET.encode()]), st.binary(max_size=70)),
    headers=st.dictionaries(
        st.sampled_from([b"content-type", b"host", b"authorization", b"x-mb-signature", b"x-mb-apikey"]),
        st.sampled_from([b"", b"\xff", b"application/json", b"multipart/form-data"]),
    ),
)
def test_no_request_makes_it_raise(keys: Keys, query, body, signature, path, method, key, headers) -> None:
    for text in (query, query + b"&signature=" + signature):
        request = Request(method, path, text, body, {b"x-mbx-apikey": key, **headers})
        diagnosis = run(request, keys.ring)
        assert diagnosis.cause
        assert_no_secret(diagnosis)
        diagnose_missing(request, keys.ring)


@pytest.mark.parametrize(
    "body", [b"{" * 50_000, b'{"a":' * 50_000, b'{"a": "\\ud800"}', b'{"a": ' + b"9" * 5_000 + b"}", b"{1}"]
)
def test_no_json_makes_it_raise(body: bytes, keys: Keys) -> None:
    request = Request("POST", PATH, f"{QUERY}&signature={'0' * 64}".encode(), body, {b"x-mbx-apikey": KEY.encode()})
    assert run(request, keys.ring).cause == "unexplained"
