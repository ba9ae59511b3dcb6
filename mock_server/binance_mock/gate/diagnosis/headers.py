"""Mistakes with the headers of a signed request."""

from __future__ import annotations

from urllib.parse import unquote

from binance_mock.gate.diagnosis.evidence import Evidence
from binance_mock.gate.diagnosis.mistake import VisibleMistake

KEY_HEADER = b"x-mbx-apikey"


def _article(evidence: Evidence) -> str | None:
    if evidence.request.headers.get(b"x-mb-signature") is not None:
        return ""
    text = evidence.signature
    for key in evidence.ring:
        secret = key.reveal()
        if secret and len(text) > len(key.key) + len(secret) and text.startswith(key.key) and text.endswith(secret):
            return ""
    return None


def _secret_in_header(evidence: Evidence) -> str | None:
    sent = evidence.header(KEY_HEADER)
    if evidence.key is not None or sent is None:
        return None
    return "" if sent.strip() in set(evidence.ring.secrets()) else None


def _key_damaged(evidence: Evidence) -> str | None:
    sent = evidence.header(KEY_HEADER)
    if evidence.key is not None or not sent:
        return None
    bare = unquote(sent.removeprefix("Bearer ").strip(" \t\r\n\"'")).strip()
    if bare.startswith(("b'", 'b"')):
        bare = bare[2:].strip("\"'")
    if bare in evidence.ring:
        return "It has spaces, quotes or other characters around it."
    if any(bare.lower() == key.key.lower() for key in evidence.ring):
        return "Its letter case was changed."
    if len(bare) >= 16 and any(bare in key.key for key in evidence.ring):
        return "A part of it is missing."
    return None


def _key_unknown(evidence: Evidence) -> str | None:
    sent = evidence.header(KEY_HEADER)
    if evidence.key is not None:
        return None
    return f"The header has {len(sent)} characters." if sent else "The header is missing or empty."


ARTICLE = VisibleMistake(
    "copied-article-recipe",
    "The request follows a recipe from an article: a signature of key, timestamp and secret in plain text.",
    "That recipe never worked and shows the secret to everybody: sign the query string with HMAC SHA-256, "
    "append &signature=<hex>, send the key as X-MBX-APIKEY, and replace the secret if it was real.",
    _article,
)
SECRET_IN_HEADER = VisibleMistake(
    "secret-in-api-key-header",
    "The X-MBX-APIKEY header carries a secret key.",
    "Swap the two: the API key goes into the header, the secret never leaves the program.",
    _secret_in_header,
)
KEY_DAMAGED = VisibleMistake(
    "api-key-damaged",
    "The X-MBX-APIKEY header carries a known key in a damaged form.",
    "Send the key exactly as it was issued; letter case counts.",
    _key_damaged,
)
KEY_UNKNOWN = VisibleMistake(
    "api-key-unknown",
    "The X-MBX-APIKEY header names no key of this server.",
    "Register the key here, or configure the client with a key of this server.",
    _key_unknown,
    weak=True,
)
