"""Each known mistake is made on purpose, and has to be found under its own name."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64decode, b64encode, encodebytes, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote, quote_plus, unquote_plus

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from binance_fixtures.signing import EXAMPLE_NOW_MS, EXAMPLE_PAIR, REST_VECTORS, WS_VECTORS
from binance_mock.gate.diagnosis import MISTAKES, OMISSIONS, Diagnosis, diagnose, diagnose_missing
from binance_mock.gate.diagnosis.forms import FORMS
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
    """One key of each type, with the private halves that a client has."""

    def __init__(self) -> None:
        self.rsa = rsa.generate_private_key(65537, 2048)
        self.ed = ed25519.Ed25519PrivateKey.from_private_bytes(b"\x05" * 32)
        self.stranger = ed25519.Ed25519PrivateKey.from_private_bytes(b"\x06" * 32)
        self.ring = KeyRing(
            [
                ApiKey.hmac(KEY, SECRET),
                ApiKey.hmac(OTHER_KEY, OTHER_SECRET, account="bob"),
                ApiKey.asymmetric("R", pem(self.rsa)),
                ApiKey.asymmetric("E", pem(self.ed)),
            ]
        )

    def rsa_sign(self, payload: str) -> str:
        return b64encode(self.rsa.sign(payload.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()

    def ed_sign(self, payload: str) -> str:
        return b64encode(self.ed.sign(payload.encode())).decode()


def pem(private) -> bytes:
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture(scope="session")
def keys() -> Keys:
    return Keys()


def digest(payload: str | bytes, secret: str | bytes = SECRET, name: str = "sha256") -> bytes:
    secret = secret.encode() if isinstance(secret, str) else secret
    return hmac.digest(secret, payload.encode() if isinstance(payload, str) else payload, name)


def post(query: str, signature: str, body: str = "", *, key: str | None = KEY, method: str = "POST", headers=None):
    """Make a request that carries this signature, percent-encoded, at the end of its last part."""
    field = f"signature={quote(signature, safe='')}"
    if body and method != "GET":
        body = f"{body}&{field}"
    else:
        query = f"{query}&{field}"
    return raw(query, body, key=key, method=method, headers=headers)


def raw(query: str, body: str = "", *, key: str | None = KEY, method: str = "POST", headers=None) -> Request:
    sent = {b"host": b"127.0.0.1:8099", **(headers or {})}
    if key is not None:
        sent[b"x-mbx-apikey"] = key.encode()
    return Request(method, PATH, query.encode(), body.encode(), sent)


def run(request: Request, ring: KeyRing) -> Diagnosis:
    key = ring.get(request.headers.get(b"x-mbx-apikey", b"").decode("latin-1"))
    return diagnose(request, key, ring, now_ms=EXAMPLE_NOW_MS + 250)


Build = Callable[[Keys], Request]
CASES: list[tuple[str, Build]] = []


def payload(cause: str, signed: str | bytes, query: str = ORDER, body: str = "", method: str = "POST") -> None:
    """Sign `signed`, send `query` and `body`."""
    CASES.append((cause, lambda _: post(query, digest(signed).hex(), body, method=method)))


def secret(cause: str, used: str | bytes) -> None:
    CASES.append((cause, lambda _: post(ORDER, digest(ORDER, used).hex())))


def written(cause: str, signature: str) -> None:
    CASES.append((cause, lambda _: post(ORDER, signature)))


def case(cause: str, build: Build) -> None:
    CASES.append((cause, build))


def sorted_text(text: str) -> str:
    return "&".join(sorted(text.split("&")))


def when(condition: Callable[[bytes], bool]) -> str:
    """Return an order whose digest fulfils the condition."""
    orders = (f"{ORDER[:-4]}{number}" for number in range(1000, 9999))
    return next(order for order in orders if condition(digest(order)))


# Order of the parameters.
payload("signed-sorted-parameters", sorted_text(ORDER))
payload("signed-sorted-parameters", sorted_text(f"{QUERY}&{BODY}"), QUERY, BODY)
payload("signed-timestamp-elsewhere", "timestamp=1499827319559&" + ORDER.removesuffix("&timestamp=1499827319559"))
payload("signed-timestamp-elsewhere", SHORT, "timestamp=1499827319559&symbol=LTCBTC")
payload("signed-other-order", "&".join(reversed(ORDER.split("&"))))
payload("signed-other-order", ORDER, sorted_text(ORDER))  # F-7: the HTTP layer sorted what was signed unsorted
payload("signed-other-order", "b=2&a=1&d=4&c=3&timestamp=1", "c=3&d=4&a=1&b=2&timestamp=1")

# Query, body and signature put together.
payload("signed-ampersand-between-query-and-body", f"{QUERY}&{BODY}", QUERY, BODY)  # F-9
payload("signed-query-only", QUERY, QUERY, BODY)
payload("signed-query-only", "", "", ORDER)
payload("signed-body-only", BODY, QUERY, BODY)
payload("signed-body-only", "", ORDER)
payload("signed-body-before-query", BODY + QUERY, QUERY, BODY)
payload("signed-body-before-query", f"{BODY}&{QUERY}", QUERY, BODY)
payload("signed-get-body", f"{QUERY}{BODY}", QUERY, BODY, method="GET")
case(  # F-8
    "signed-only-before-signature",
    lambda _: raw(f"symbol=LTCBTC&side=BUY&signature={digest('symbol=LTCBTC&side=BUY').hex()}&timestamp=1499827319559"),
)
case(
    "signed-only-before-signature",
    lambda _: raw(QUERY, f"quantity=1&signature={digest(QUERY + 'quantity=1').hex()}&timestamp=1499827319559"),
)
for field in ("&signature=", "&signature", "&signature=None"):  # F-18
    payload("signed-with-signature-field", ORDER + field)
case(
    "signed-with-signature-field",
    lambda _: raw(f"a=1&signature={digest('a=1&signature=&timestamp=1').hex()}&timestamp=1"),
)
payload("signed-stray-ampersand", ORDER + "&")
payload("signed-stray-ampersand", "&" + ORDER)
case("signed-stray-ampersand", lambda _: raw(f"a=1&signature={digest('a=1&&timestamp=1').hex()}&timestamp=1"))
payload("signed-other-separators", ORDER.replace("&", ""))
payload("signed-other-separators", ORDER.replace("&", ","))

# Encoding.
payload("signed-decoded-values", unquote_plus(ODD), ODD)  # F-1
payload("signed-decoded-values", unquote_plus(ODD), "", ODD)
payload(  # python-binance: the symbol encoded, the rest not
    "signed-decoded-values", ODD.replace("a%20b%2Fc%40d", "a b/c@d"), ODD.replace("%20", "+")
)
payload("signed-decoded-values", "symbols=[A,B]&a=%40&timestamp=1", "symbols=%5BA%2CB%5D&a=%40&timestamp=1")
payload("signed-space-encoded-otherwise", ODD, ODD.replace("%20", "+"))  # F-3
payload("signed-space-encoded-otherwise", ODD.replace("%20", "+"), ODD)
payload("signed-escapes-in-other-case", ODD.replace("%2F", "%2f").replace("%EF%BC", "%ef%bc"), ODD)
payload("signed-encoded-sent-raw", "symbols=%5B%22A%22%5D&timestamp=1", 'symbols=["A"]&timestamp=1')
payload("signed-encoded-sent-raw", "email=a%2Bb%40c.com&timestamp=1", "email=a+b@c.com&timestamp=1")
payload("sent-double-encoded", ODD, ODD.replace("%", "%25"))
payload("sent-double-encoded", unquote_plus(ODD), ODD.replace("%", "%25"))
payload("signed-double-encoded", ODD.replace("%", "%25"), ODD)
payload("signed-double-encoded", quote(ORDER, safe=""))
payload("signed-with-other-encoder", ODD.replace("%40", "@"), ODD)
payload(
    "signed-with-other-encoder", "a=%7Ex+%2A&timestamp=1", "a=~x%20*&timestamp=1"
)  # PHP urlencode, encodeURIComponent
for charset in ("gb18030", "utf-16-le"):
    payload(
        "signed-in-other-charset",
        f"symbol={quote_plus('币安'.encode(charset))}&timestamp=1",
        "symbol=%E5%B8%81%E5%AE%89&timestamp=1",
    )
payload("signed-in-other-charset", "a=caf\u00e9&timestamp=1".encode("latin-1"), "a=caf%C3%A9&timestamp=1")
payload("signed-in-other-charset", "a=cafe%CC%81&timestamp=1", "a=caf%C3%A9&timestamp=1")
payload("signed-in-other-charset", "symbol=123&timestamp=1", "symbol=%EF%BC%91%EF%BC%92%EF%BC%93&timestamp=1")
payload("signed-in-other-charset", "symbol=%u5E01&timestamp=1", "symbol=%E5%B8%81&timestamp=1")

# Parameters that were signed or sent only.
payload("timestamp-not-signed", ORDER.removesuffix("&timestamp=1499827319559"))
payload("timestamp-not-signed", ORDER.removesuffix("&recvWindow=5000&timestamp=1499827319559"))
payload("recv-window-not-signed", ORDER.replace("&recvWindow=5000", ""))
payload("recv-window-signed-not-sent", f"{SHORT}&recvWindow=10000", SHORT)
payload("recv-window-signed-not-sent", ORDER.replace("5000", "60000"))
payload("timestamp-signed-not-sent", f"{QUERY}&timestamp={EXAMPLE_NOW_MS}", QUERY)
payload("timestamp-signed-not-sent", f"{QUERY}&timestamp={EXAMPLE_NOW_MS - 1750}", QUERY)
payload("signed-other-timestamp", ORDER.replace("319559", "319541"))
payload("signed-other-timestamp", SHORT.replace("319559", "319"), SHORT)
payload("null-value-not-signed", SHORT, f"price=null&{SHORT}")
payload("null-value-not-signed", SHORT, f"price=&limit=undefined&{SHORT}")
for name, null in (
    ("newClientOrderId", "null"),
    ("stopPrice", "None"),
    ("icebergQty", "undefined"),
    ("price", ""),
):  # F-14
    payload("null-value-signed-not-sent", f"symbol=LTCBTC&{name}={null}&timestamp=1", "symbol=LTCBTC&timestamp=1")
    payload("null-value-signed-not-sent", f"a=1&{name}={null}&b=2&timestamp=1&c=3", "a=1&b=2&timestamp=1&c=3")
payload("parameter-not-signed", ORDER.replace("&side=BUY", ""))
payload("signed-value-written-otherwise", ORDER.replace("price=0.1", "price=0.10000000"))
payload("signed-value-written-otherwise", SHORT + "&price=1e-05", SHORT + "&price=0.00001")
payload("signed-value-written-otherwise", SHORT + "&reduceOnly=True", SHORT + "&reduceOnly=true")
payload("signed-value-written-otherwise", "a=1.0&b=2.0&t=x", "a=1&b=2&t=x")
payload("signed-in-other-letter-case", ORDER.lower())
payload("signed-in-other-letter-case", ORDER.replace("LTCBTC", "ltcbtc"))

# Another kind of text.
payload("signed-stray-whitespace", ORDER + "\n")
payload("signed-stray-whitespace", f'"{ORDER}"')
for start in (
    "?",
    f"{PATH}?",
    f"https://api.binance.com{PATH}?",
    f"http://127.0.0.1:8099{PATH}?",
    f"POST{PATH}?",
    "POST",
):
    payload("signed-with-path", start + ORDER)
payload("signed-hash-of-payload", hashlib.sha256(ORDER.encode()).hexdigest())
payload(  # S-34
    "signed-as-websocket-api",
    WS_VECTORS[1].payload,
    "&".join(f"{name}={quote(value)}" for name, value in WS_VECTORS[1].params if name != "apiKey"),
)
payload(
    "signed-as-websocket-api",
    sorted_text(unquote_plus(ODD.replace("symbol", "zymbol"))),
    ODD.replace("symbol", "zymbol"),
)
payload("signed-as-for-another-exchange", f"1499827319559POST{PATH}?{ORDER}")
payload("signed-as-for-another-exchange", f"1499827319559{KEY}5000{QUERY}&timeInForce=GTC&quantity=1&price=0.1")
FIELDS = dict(pair.split("=") for pair in ORDER.split("&"))
NUMBERS = FIELDS | {"quantity": 1, "price": 0.1, "recvWindow": 5000, "timestamp": 1499827319559}
payload("signed-json", json.dumps(FIELDS))
payload("signed-json", json.dumps(NUMBERS, separators=(",", ":"), sort_keys=True), "", ORDER)
for text in (ORDER, QUERY, json.dumps(NUMBERS)):  # F-10
    case(
        "json-body-sent",
        lambda _, text=text: raw(
            f"{QUERY}&signature={digest(text).hex()}",
            json.dumps(NUMBERS),
            headers={b"content-type": b"application/json"},
        ),
    )

# The signature written wrongly.
written("digest-in-base64", b64encode(digest(ORDER)).decode())  # F-11
written("digest-in-base64", urlsafe_b64encode(digest(ORDER)).decode().rstrip("="))
written("digest-in-base64-of-hex", b64encode(digest(ORDER).hex().encode()).decode())
written("digest-hex-twice", digest(ORDER).hex().encode().hex())
for literal in (b64encode(digest(ORDER)), digest(ORDER).hex().encode()):  # F-13
    written("bytes-literal", repr(literal))
written("signature-encoded-twice", quote(b64encode(digest(ORDER)).decode(), safe=""))
written("signature-line-breaks", digest(ORDER).hex() + "\n")
for around in ('"{}"', " {}", "0x{}", "(stdin)= {}", "SHA2-256(stdin)= {}", "{}  -"):
    written("signature-decorated", around.format(digest(ORDER).hex()))
written("signature-decorated", digest(ORDER).hex(":"))
case("hex-zeros-lost", lambda _: post(text := when(lambda d: d[0] < 16), digest(text).hex().lstrip("0")))
case("hex-zeros-lost", lambda _: post(text := when(lambda d: d[9] < 16), "".join(f"{b:x}" for b in digest(text))))
written("signature-cut", digest(ORDER).hex()[:40])
written("signature-cut", digest(ORDER).hex()[1:])
case(
    "signature-in-hex",
    lambda keys: post(ORDER, keys.rsa.sign(ORDER.encode(), padding.PKCS1v15(), hashes.SHA256()).hex(), key="R"),
)
case(
    "signature-line-breaks",
    lambda keys: post(
        ORDER, encodebytes(keys.rsa.sign(ORDER.encode(), padding.PKCS1v15(), hashes.SHA256())).decode(), key="R"
    ),
)
case("bytes-literal", lambda keys: post(ORDER, f"b'{keys.rsa_sign(ORDER)}'", key="R"))
case("signature-encoded-twice", lambda keys: post(ORDER, quote(keys.rsa_sign(ORDER), safe=""), key="R"))
case("base64-padding-lost", lambda keys: post(ORDER, keys.ed_sign(ORDER).rstrip("="), key="E"))


def risky(keys: Keys) -> tuple[str, str]:
    """Return an order and its Ed25519 signature with a plus sign in it."""
    orders = (f"{ORDER[:-4]}{number}" for number in range(1000, 9999))
    return next((order, signature) for order in orders if "+" in (signature := keys.ed_sign(order)))


def plus_lost(keys: Keys) -> Request:
    order, signature = risky(keys)
    return raw(f"{order}&signature={signature}", key="E")


def url_alphabet(keys: Keys) -> Request:
    order, signature = risky(keys)
    return post(order, signature.replace("+", "-").replace("/", "_"), key="E")


case("base64-plus-lost", plus_lost)  # F-12
case("base64-url-alphabet", url_alphabet)

# The wrong secret, hash or scheme.
for used in (SECRET + "\n", SECRET + " ", " " + SECRET, f'"{SECRET}"', f"'{SECRET}'"):  # F-16
    secret("secret-with-stray-characters", used)
secret("secret-empty-or-placeholder", "")
secret("secret-empty-or-placeholder", "None")
secret("api-key-used-as-secret", KEY)
secret("secret-of-another-key", OTHER_SECRET)
secret("secret-decoded-before-use", b64decode(SECRET))
secret("secret-changed-before-use", b64encode(SECRET.encode()))
secret("secret-changed-before-use", SECRET.lower())
secret("secret-cut", SECRET[:-1])
for name in ("sha1", "sha512", "md5"):
    written("hmac-with-other-hash", digest(ORDER, name=name).hex())
    written("hash-without-hmac", hashlib.new(name, (ORDER + SECRET).encode()).hexdigest())
for text in (ORDER + SECRET, SECRET + ORDER, ORDER, f"{KEY}1499827319559{SECRET}"):
    written("hash-without-hmac", hashlib.sha256(text.encode()).hexdigest())
written("hmac-arguments-swapped", digest(SECRET, ORDER).hex())
case(
    "rsa-other-scheme",
    lambda keys: post(
        ORDER,
        b64encode(
            keys.rsa.sign(ORDER.encode(), padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
        ).decode(),
        key="R",
    ),
)
case(
    "rsa-other-scheme",
    lambda keys: post(
        ORDER, b64encode(keys.rsa.sign(ORDER.encode(), padding.PKCS1v15(), hashes.SHA512())).decode(), key="R"
    ),
)
case("signature-of-another-key", lambda keys: post(ORDER, keys.ed_sign(ORDER), key="R"))
case("signature-of-another-key", lambda keys: post(ORDER, keys.rsa_sign(ORDER)))
case("signature-of-another-key", lambda keys: post(ORDER, digest(ORDER).hex(), key="unknown"))
case("signature-of-another-key-type", lambda _: post(ORDER, digest(ORDER, "unknown").hex(), key="R"))
case("signature-of-another-key-type", lambda keys: post(ORDER, b64encode(keys.stranger.sign(b"x")).decode()))
case("signature-of-another-key-type", lambda keys: post(ORDER, b64encode(bytes(256)).decode(), key="E"))
case("base64-case-changed", lambda keys: post(ORDER, keys.ed_sign(ORDER).lower(), key="E"))

# Headers.
case("copied-article-recipe", lambda _: post(ORDER, f"{KEY}1499827319559{SECRET}"))
case(
    "copied-article-recipe",
    lambda _: post(
        ORDER, "x", key=None, headers={b"x-mb-apikey": KEY.encode(), b"x-mb-signature": f"{KEY}1{SECRET}".encode()}
    ),
)
case("secret-in-api-key-header", lambda _: post(ORDER, digest(ORDER, KEY).hex(), key=SECRET))
for damaged in (f'"{KEY}"', f" {KEY}", KEY.lower(), KEY[:-1], f"Bearer {KEY}", f"b'{KEY}'"):
    case("api-key-damaged", lambda _, damaged=damaged: post(ORDER, digest(ORDER, "x").hex(), key=damaged))
case("api-key-unknown", lambda _: post(ORDER, digest(ORDER, "x").hex(), key="x" * 64))
case("api-key-unknown", lambda _: post(ORDER, digest(ORDER, "x").hex(), key=None))

# The same mistakes in the payload under the other key types.
for cause, signed in (("signed-sorted-parameters", sorted_text(ORDER)), ("signed-with-path", f"{PATH}?{ORDER}")):
    case(cause, lambda keys, signed=signed: post(ORDER, keys.rsa_sign(signed), key="R"))
    case(cause, lambda keys, signed=signed: post(ORDER, keys.ed_sign(signed), key="E"))


def numbered(cases: list[tuple[str, Build]]) -> list:
    counts: dict[str, int] = {}
    marked = []
    for cause, build in cases:
        counts[cause] = counts.get(cause, 0) + 1
        marked.append(pytest.param(cause, build, id=f"{cause}-{counts[cause]}"))
    return marked


@pytest.mark.parametrize(("cause", "build"), numbered(CASES))
def test_the_mistake_is_found(cause: str, build: Build, keys: Keys) -> None:
    """Found under its name and without a second mistake, with texts that show no secret."""
    diagnosis = run(build(keys), keys.ring)
    assert (diagnosis.cause, diagnosis.also) == (cause, "")
    assert diagnosis.summary
    assert diagnosis.advice
    assert_no_secret(diagnosis)


def test_every_mistake_has_a_case() -> None:
    assert {mistake.cause for mistake in MISTAKES} == {cause for cause, _ in CASES}


def test_every_form_is_registered_and_ids_are_unique() -> None:
    causes = [mistake.cause for mistake in MISTAKES]
    assert len(causes) == len(set(causes))
    assert [form for form in FORMS if not form.legal and form not in MISTAKES] == []


def assert_no_secret(diagnosis: Diagnosis) -> None:
    fields = (getattr(diagnosis, name) for name in Diagnosis.__slots__)
    for text in (str(diagnosis), repr(diagnosis), json.dumps(diagnosis.as_dict()), *fields):
        readings = (text, unquote_plus(text), unquote_plus(unquote_plus(text)))
        assert not [s for s in (SECRET, OTHER_SECRET) for reading in readings if s.lower() in reading.lower()]


OMITTED: list[tuple[str, Request]] = [
    (
        "copied-article-recipe",
        raw("", key=None, method="GET", headers={b"x-mb-apikey": b"K", b"x-mb-signature": b"K1S"}),
    ),
    ("misspelt-api-key-header", raw(ORDER, key=None, headers={b"x-mb-apikey": b"K"})),
    ("misspelt-api-key-header", raw(ORDER, key=None, headers={b"x-api-key": b"K"})),
    ("api-key-as-bearer-token", raw(ORDER, key=None, headers={b"authorization": b"Bearer K"})),
    ("api-key-as-parameter", raw(f"{ORDER}&apiKey=K", key=None)),
    ("api-key-as-parameter", raw("", f"{ORDER}&api_key=K", key=None)),
    ("parameters-in-get-body", raw("", f"{ORDER}&signature=x", method="GET")),
    ("parameters-in-get-body", raw("", json.dumps(FIELDS), method="GET")),
    ("parameters-in-json-body", raw("", json.dumps(FIELDS))),
    ("parameters-in-json-body", raw("", "[1]", headers={b"content-type": b"application/json"})),
    ("parameters-in-json-body", raw("timestamp=1&signature=x", json.dumps(FIELDS))),
    ("parameters-in-multipart-body", raw("", "--x\r\n", headers={b"content-type": b"multipart/form-data; boundary=x"})),
    ("signature-in-header", raw(ORDER, headers={b"x-mbx-signature": b"x"})),
    ("html-entity-in-query", raw("symbol=A&amp;timestamp=1&amp;signature=x")),
    ("html-entity-in-query", raw(f"symbol=A{quote('×tamp')}=1&signature=x")),
    ("query-encoded-as-a-whole", raw(quote(f"{ORDER}&signature=x", safe=""))),
    ("wrong-separator-in-query", raw(f"{ORDER}?signature=x")),
    ("wrong-separator-in-query", raw("symbol=A;timestamp=1;signature=x")),
    ("misspelt-signature", raw(f"{ORDER}&Signature=x")),
    ("misspelt-signature", raw(f"{ORDER}&sign=x")),
    ("misspelt-signature", raw(f"{ORDER}&%20signature=x")),
    ("misspelt-timestamp", raw("timeStamp=1&signature=x")),
    ("misspelt-timestamp", raw("ts=1&signature=x")),
]


@pytest.mark.parametrize(("cause", "request_"), OMITTED)
def test_an_omission_is_found(cause: str, request_: Request) -> None:
    diagnosis = diagnose_missing(request_)
    assert diagnosis is not None
    assert diagnosis.cause == cause
    assert diagnosis.advice


def test_every_omission_has_a_case() -> None:
    assert {omission.cause for omission in OMISSIONS} == {cause for cause, _ in OMITTED}


@pytest.mark.parametrize(
    "request_",
    [
        raw(f"{ORDER}&signature=x"),
        raw(f"{ORDER}&signature=x", key=None),
        raw(ORDER),
        raw("", f"{ORDER}&signature=x"),
        raw(f"{ORDER}&signature=x", headers={b"content-type": b"application/json"}),  # official connectors: no body
        raw(f"{ORDER}&signature=x", headers={b"authorization": b"Bearer x"}),
    ],
)
def test_nothing_is_seen_in_ordinary_requests(request_: Request) -> None:
    assert diagnose_missing(request_) is None


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
    def test_a_right_signature_is_said_to_be_right(self, vector, keys: Keys) -> None:
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


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
