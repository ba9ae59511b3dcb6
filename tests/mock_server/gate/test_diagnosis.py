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

from binance_fixtures.signing import EXAMPLE_NOW_MS, EXAMPLE_PAIR, WS_VECTORS
from binance_mock.gate.diagnosis import MISTAKES, Diagnosis, diagnose
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
payload("signed-get-body", f"{QUERY}&{BODY}", QUERY, BODY, method="GET")
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
payload("signed-with-other-encoder", "a=%7Ex+%2A&timestamp=1", "a=~x%20*&timestamp=1")  # PHP and JavaScript
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
# F-14
for name, null in (("newClientOrderId", "null"), ("stopPrice", "None"), ("icebergQty", "undefined"), ("price", "")):
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
