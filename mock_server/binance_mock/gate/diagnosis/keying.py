"""The right text, but the wrong secret, the wrong computation or the wrong key."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode, urlsafe_b64decode
from collections.abc import Iterator
from itertools import islice
from typing import Final
from urllib.parse import quote, unquote

from binance_mock.gate.diagnosis.evidence import Evidence
from binance_mock.gate.diagnosis.mistake import DigestMistake, SecretMistake, VisibleMistake
from binance_mock.gate.keys import ApiKey, KeyType
from binance_mock.gate.secrets import mask_key
from binance_mock.gate.signing import verify_raw

MANY_KEYS: Final = 200
"""Keys of the ring that are tried in place of the one named."""

_HASHES: Final = ("sha512", "sha1", "md5", "sha384", "sha224", "sha3_256")
_PLACEHOLDERS: Final = (
    b"",
    b"None",
    b"null",
    b"undefined",
    b"secret",
    b"your_secret_key",
    b"YOUR_SECRET_KEY",
    b"API_SECRET",
)
_AROUND: Final = (
    ("", "\n"),
    ("", " "),
    ("", "\r\n"),
    (" ", ""),
    ("", "\r"),
    ("", "\t"),
    ("\n", ""),
    (" ", " "),
    ('"', '"'),
    ("'", "'"),
    ("b'", "'"),
    ("\ufeff", ""),
)

Secrets = Iterator[tuple[bytes, str]]


def _secret(evidence: Evidence) -> str:
    return (evidence.key.reveal() if evidence.key is not None else None) or ""


def _around(evidence: Evidence) -> Secrets:
    secret = _secret(evidence)
    for before, after in _AROUND:
        yield (before + secret + after).encode(), f"It had {before!r} before and {after!r} after it."
    if secret.strip() != secret:
        yield secret.strip().encode(), "The registered secret has white space around it that was stripped."


def _placeholder(evidence: Evidence) -> Secrets:
    for secret in _PLACEHOLDERS:
        yield secret, f"The secret used was the text {secret.decode()!r}."


def _key_text(evidence: Evidence) -> Secrets:
    if evidence.key is not None:
        yield evidence.key.key.encode(), ""


def _other_keys(evidence: Evidence) -> Secrets:
    for other in islice(evidence.ring, MANY_KEYS):
        secret = other.reveal()
        if secret is not None and other is not evidence.key:
            yield secret.encode(), _owner(other, evidence)


def _decoded(evidence: Evidence) -> Secrets:
    secret = _secret(evidence)
    for name, decode in (("hex", bytes.fromhex), ("base64", b64decode), ("base64", urlsafe_b64decode)):
        try:
            yield decode(secret + "=" * (-len(secret) % 4 if name == "base64" else 0)), f"It was {name}-decoded."
        except ValueError:
            continue
    yield unquote(secret).encode(), "It was percent-decoded."


def _encoded(evidence: Evidence) -> Secrets:
    secret = _secret(evidence)
    raw = secret.encode()
    yield b64encode(raw), "It was base64-encoded."
    yield raw.hex().encode(), "It was hex-encoded."
    yield quote(secret, safe="").encode(), "It was percent-encoded."
    yield hashlib.sha256(raw).hexdigest().encode(), "It was hashed."
    yield hashlib.sha256(raw).digest(), "It was hashed."
    yield secret.lower().encode(), "It was turned to lower case."
    yield secret.upper().encode(), "It was turned to upper case."
    yield (secret + "&").encode(), "It had an & appended."
    yield raw.decode("latin-1").encode(), "It was encoded to UTF-8 twice."


def _cut(evidence: Evidence) -> Secrets:
    secret = _secret(evidence)
    for count in range(1, 5):
        if len(secret) > count:
            yield secret[:-count].encode(), f"The last {count} characters were missing."
            yield secret[count:].encode(), f"The first {count} characters were missing."
    for length in (32, 63, 64):
        if len(secret) > length:
            yield secret[:length].encode(), f"Only the first {length} characters were used."


def _other_hash(evidence: Evidence, secret: bytes) -> Secrets:
    for name in _HASHES:
        try:
            yield hmac.digest(secret, evidence.payload, name), f"It was HMAC with {name}."
        except ValueError:  # this build of OpenSSL does without it
            continue


def _no_hmac(evidence: Evidence, secret: bytes) -> Secrets:
    payload = evidence.payload
    key = evidence.key.key.encode() if evidence.key is not None else b""
    stamp = evidence.value(b"timestamp") or b""
    texts = (
        payload + secret,
        secret + payload,
        payload,
        payload + b"&" + secret,
        payload + b"&secret=" + secret,
        payload + b"&secretKey=" + secret,
        secret + b"|" + payload,  # the scheme of Binance before 2018
        secret + payload + secret,
        key + stamp + secret,
        key + payload + secret,
    )
    for name in ("sha256", *_HASHES):
        for text in texts:
            try:
                yield hashlib.new(name, text, usedforsecurity=False).digest(), f"It was plain {name}."
            except ValueError:
                break


def _swapped(evidence: Evidence, secret: bytes) -> Secrets:
    yield hmac.digest(evidence.payload, secret, "sha256"), ""


def _zeros_lost(evidence: Evidence) -> str | None:
    key, sent = evidence.key, evidence.signature.lower()
    if key is None or key.mac is None or not sent:
        return None
    digest = key.mac(evidence.payload)
    unpadded = "".join(f"{byte:x}" for byte in digest)
    signed = "".join(f"{byte:x}" if byte < 128 else f"ffffff{byte:02x}" for byte in digest)
    padded = "".join(f"{byte:02x}" if byte < 128 else f"ffffff{byte:02x}" for byte in digest)
    return "" if sent in (unpadded, signed, padded, digest.hex().lstrip("0")) and sent != digest.hex() else None


def _signature_cut(evidence: Evidence) -> str | None:
    key, sent = evidence.key, evidence.signature.lower()
    if key is None or key.mac is None or not 16 <= len(sent) < 64:
        return None
    digest = key.mac(evidence.payload).hex()
    return f"It had {len(sent)} of 64 digits." if digest.startswith(sent) or digest.endswith(sent) else None


def _other_pair(evidence: Evidence) -> str | None:
    """Find a key of the ring for which the request is signed rightly, where the one named is of no use for that."""
    if not evidence.readings:
        return None
    named = evidence.key
    for other in islice(evidence.ring, MANY_KEYS):
        if other is named or (named is not None and named.mac is not None and other.mac is not None):
            continue  # HMAC against HMAC is tried as a secret
        if not evidence.afford(len(evidence.payload)):
            return None
        if any(verify_raw(other, evidence.payload, raw) for raw, _ in evidence.readings):
            return _owner(other, evidence)
    return None


def _rsa_scheme(evidence: Evidence) -> str | None:
    key = evidence.key
    if key is None or key.type is not KeyType.RSA:
        return None
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, AsymmetricPadding, PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    public_key = key.public_key
    if not isinstance(public_key, RSAPublicKey):
        return None
    schemes: list[tuple[str, AsymmetricPadding, hashes.HashAlgorithm]] = [
        (f"It was PSS padding with {algorithm.name}.", PSS(MGF1(algorithm), PSS.AUTO), algorithm)
        for algorithm in (hashes.SHA256(), hashes.SHA384(), hashes.SHA512(), hashes.SHA1())  # noqa: S303 - to name it
    ]
    schemes += [
        (f"It was PKCS#1 v1.5 with {algorithm.name}.", PKCS1v15(), algorithm)
        for algorithm in (hashes.SHA1(), hashes.SHA384(), hashes.SHA512())  # noqa: S303 - to name it
    ]
    for raw, _ in evidence.readings:
        if len(raw) * 8 < public_key.key_size:
            continue
        for note, padding, algorithm in schemes:
            try:
                public_key.verify(raw, evidence.payload, padding, algorithm)
            except (InvalidSignature, UnsupportedAlgorithm, ValueError):
                continue
            return note
    return None


def _other_type(evidence: Evidence) -> str | None:
    key = evidence.key
    if key is None:
        return None
    sizes = {len(raw) for raw, _ in evidence.readings}
    if key.mac is None and 32 in sizes:
        looks = KeyType.HMAC
    elif key.type is not KeyType.ED25519 and 64 in sizes and len(evidence.signature) < 100:
        looks = KeyType.ED25519
    elif key.type is not KeyType.RSA and any(size >= 256 for size in sizes):
        looks = KeyType.RSA
    else:
        return None
    return f"The signature looks like {looks}, the key is registered as {key.type}."


def _case_lost(evidence: Evidence) -> str | None:
    key, text = evidence.key, evidence.signature
    if key is None or key.mac is not None or len(text) < 80:
        return None
    return "" if text in (text.lower(), text.upper()) and text.lower() != text.upper() else None


def _owner(key: ApiKey, evidence: Evidence) -> str:
    return f"It fits the key {mask_key(key.key, evidence.ring)} of account {key.account!r}."


SECRET_WHITESPACE = SecretMistake(
    "secret-with-stray-characters",
    "The secret was used with white space or quotes around it.",
    "Strip the secret after reading it from a file, an environment variable or a form.",
    _around,
    common=True,
)
PLACEHOLDER_SECRET = SecretMistake(
    "secret-empty-or-placeholder",
    "The signature was made with an empty secret or a placeholder.",
    "Check that the secret is really loaded, from the environment or the configuration, before signing.",
    _placeholder,
)
KEY_AS_SECRET = SecretMistake(
    "api-key-used-as-secret",
    "The API key was used as the secret.",
    "Sign with the secret key; the API key goes into the X-MBX-APIKEY header only.",
    _key_text,
)
OTHER_SECRET = SecretMistake(
    "secret-of-another-key",
    "The signature was made with the secret of another API key.",
    "Use the key and the secret of one and the same pair.",
    _other_keys,
)
SECRET_DECODED = SecretMistake(
    "secret-decoded-before-use",
    "The secret was decoded before it was used.",
    "Use the characters of the secret as they are, as ASCII bytes.",
    _decoded,
)
SECRET_ENCODED = SecretMistake(
    "secret-changed-before-use",
    "The secret was encoded, hashed or changed before it was used.",
    "Use the characters of the secret as they are, as ASCII bytes.",
    _encoded,
)
SECRET_CUT = SecretMistake(
    "secret-cut",
    "Only a part of the secret was used.",
    "Copy the secret again, whole; a real one has 64 characters.",
    _cut,
)
OTHER_HASH = DigestMistake(
    "hmac-with-other-hash",
    "HMAC was computed with another hash function.",
    "Use HMAC with SHA-256.",
    _other_hash,
)
NO_HMAC = DigestMistake(
    "hash-without-hmac",
    "A plain hash of the text was sent, not an HMAC.",
    "Use HMAC SHA-256 with the secret as its key (hmac.new(secret, payload, sha256) in Python).",
    _no_hmac,
)
ARGUMENTS_SWAPPED = DigestMistake(
    "hmac-arguments-swapped",
    "HMAC was computed with the payload as the key and the secret as the message.",
    "Swap the two arguments: the secret is the key, the payload is the message.",
    _swapped,
)
ZEROS_LOST = VisibleMistake(
    "hex-zeros-lost",
    "The digest was turned to hex without padding each byte to two digits, or as a number without its leading zeros.",
    "Print every byte with two hex digits (%02x), as unsigned numbers.",
    _zeros_lost,
)
SIGNATURE_CUT = VisibleMistake(
    "signature-cut",
    "Only a part of the right signature was sent.",
    "Send all 64 hex digits.",
    _signature_cut,
)
OTHER_PAIR = VisibleMistake(
    "signature-of-another-key",
    "The request is signed rightly, but for another key than the one in its X-MBX-APIKEY header.",
    "Use the key and the secret (or private key) of one and the same pair.",
    _other_pair,
)
RSA_SCHEME = VisibleMistake(
    "rsa-other-scheme",
    "The RSA signature was made with another padding or hash.",
    "Sign with PKCS#1 v1.5 and SHA-256 (openssl dgst -sha256 -sign); PSS is not supported.",
    _rsa_scheme,
)
OTHER_TYPE = VisibleMistake(
    "signature-of-another-key-type",
    "The signature was made with another algorithm than the one the key is registered for.",
    "Use the signing method of the key's type, or another key.",
    _other_type,
    weak=True,
)
CASE_LOST = VisibleMistake(
    "base64-case-changed",
    "The base64 signature was turned to lower or upper case as a whole.",
    "Send base64 unchanged; only hex may be written in either case.",
    _case_lost,
    weak=True,
)
