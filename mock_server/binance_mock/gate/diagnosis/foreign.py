"""Another kind of text was signed: a URL, JSON, a WebSocket API request, or the recipe of another exchange."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any, Final

from binance_mock.gate.diagnosis.evidence import Evidence, joined, name_of, text_of, value_of
from binance_mock.gate.diagnosis.mistake import PayloadMistake
from binance_mock.gate.signing import ws_payload

_HOSTS: Final = (
    b"api.binance.com",
    b"testnet.binance.vision",
    b"api1.binance.com",
    b"api-gcp.binance.com",
    b"fapi.binance.com",
    b"testnet.binancefuture.com",
    b"eapi.binance.com",
)
_JSON_STYLES: Final = tuple((spaced, escaped) for spaced in (False, True) for escaped in (True, False))


def _path(evidence: Evidence) -> Iterator[bytes]:
    path = evidence.request.path.encode("utf-8", "replace")
    method = evidence.request.method.encode("utf-8", "replace")
    sent = evidence.request.headers.get(b"host", b"")
    for payload in dict.fromkeys((evidence.payload, evidence.query)):
        yield b"?" + payload
        for start in (
            path,
            path[1:],
            *(b"%s://%s%s" % (s, h, path) for h in (sent, *_HOSTS) for s in (b"https", b"http")),
        ):
            yield start + b"?" + payload
            yield start + payload
        for gap in (b"", b" ", b"\n"):
            yield method + gap + path + b"?" + payload
            yield method + gap + path + gap + payload
            yield method + gap + payload
    yield path


def _whitespace(evidence: Evidence) -> Iterator[bytes]:
    for extra in (b"\n", b"\r\n", b" ", b"\0"):
        yield evidence.payload + extra
    for extra in (b" ", b"\n"):
        yield extra + evidence.payload
    for quote in (b'"', b"'"):
        yield quote + evidence.payload + quote
        yield quote + evidence.payload + quote + b"\n"


def _hashed(evidence: Evidence) -> Iterator[bytes]:
    digest = hashlib.sha256(evidence.payload)
    yield digest.digest()
    yield digest.hexdigest().encode()
    yield digest.hexdigest().upper().encode()


def _ws_form(evidence: Evidence) -> Iterator[bytes]:
    key = evidence.key.key if evidence.key is not None else ""
    sent = {text_of(name_of(pair)): text_of(value_of(pair)) for pair in evidence.pairs}
    named = sent | {"apiKey": key}
    yield ws_payload(named.items())
    yield ws_payload(sent.items())
    pairs = (*evidence.pairs, b"apiKey=" + key.encode())
    yield joined(sorted(pairs))
    yield joined(pairs)
    yield joined((pairs[-1], *pairs[:-1]))


def _other_exchange(evidence: Evidence) -> Iterator[bytes]:
    key = evidence.key.key.encode() if evidence.key is not None else b""
    stamp = evidence.value(b"timestamp") or b""
    window = evidence.value(b"recvWindow") or b"5000"
    path = evidence.request.path.encode("utf-8", "replace")
    method = evidence.request.method.encode("utf-8", "replace")
    bare = evidence.without(b"timestamp", b"recvWindow")
    for payload in dict.fromkeys((evidence.payload, bare, b"")):
        query = b"?" + payload if payload else b""
        yield stamp + method + path + query
        yield stamp + method + path + payload
        yield stamp + key + window + payload
        yield stamp + key + payload
        yield key + stamp + payload
        yield key + payload
        yield payload + key
        yield stamp + payload
        yield payload + stamp


def _json(evidence: Evidence) -> Iterator[bytes]:
    everything = {text_of(name_of(pair)): text_of(value_of(pair)) for pair in evidence.pairs}
    body = {text_of(name_of(pair)): text_of(value_of(pair)) for pair in evidence.body.split(b"&") if pair}
    for fields, prefix in ((everything, b""), (body, evidence.query)):
        for values in (fields, {name: _json_value(text) for name, text in fields.items()}):
            for ordered in (values, dict(sorted(values.items()))):
                for document in _documents(ordered):
                    yield prefix + document


def _json_sent(evidence: Evidence) -> Iterator[bytes]:
    fields = json_object(evidence.request.body)
    if fields is None:
        return
    query, body = evidence.query, evidence.request.body
    yield query
    yield body
    yield query + b"&" + body
    signed = {name: value for name, value in fields.items() if name != "signature"}
    for document in (*_documents(signed), *_documents(dict(sorted(signed.items())))):
        yield document
        yield query + document
    pairs = tuple(f"{name}={_form_value(value)}".encode("utf-8", "replace") for name, value in signed.items())
    for ordered in (pairs, tuple(sorted(pairs))):
        yield joined(ordered)
        yield joined((*ordered, query))
        yield joined((query, *ordered))
        yield query + joined(ordered)


def json_object(body: bytes) -> dict[str, Any] | None:
    """Return the fields of a body that is a JSON object, numbers as they are written; else None."""
    if body.lstrip()[:1] != b"{":
        return None
    try:
        # Numbers stay text, so that 0.10 stays 0.10 and no number is too long to be read.
        value = json.loads(body, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _documents(value: dict[str, Any]) -> Iterator[bytes]:
    for spaced, escaped in _JSON_STYLES:
        separators = (", ", ": ") if spaced else (",", ":")
        yield json.dumps(value, ensure_ascii=escaped, separators=separators).encode("utf-8", "replace")


def _json_value(text: str) -> str | int | float | bool:
    """Return a text as the JSON value that prints as this very text; the text itself when there is none."""
    if text in ("true", "false"):
        return text == "true"
    if len(text) <= 18 and text.isascii():
        for number in (int, float):
            try:
                if str(value := number(text)) == text:
                    return value
            except ValueError:
                continue
    return text


def _form_value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


PATH = PayloadMistake(
    "signed-with-path",
    "The path, the URL, the HTTP method or the ? was signed together with the parameters.",
    "Sign the query string only: what stands after the ?, without the signature, then the body.",
    _path,
)
WHITESPACE = PayloadMistake(
    "signed-stray-whitespace",
    "The signed text had a line break, a space or quotes at its end that were not sent.",
    "Strip it; in a shell use echo -n or printf, since echo adds a line break.",
    _whitespace,
)
HASHED = PayloadMistake(
    "signed-hash-of-payload",
    "A SHA-256 hash of the payload was signed in place of the payload.",
    "Hand the payload itself to the signing function; it does the hashing.",
    _hashed,
)
WS_FORM = PayloadMistake(
    "signed-as-websocket-api",
    "The request was signed by the rule of the WebSocket API: sorted, not encoded, with apiKey among the parameters.",
    "On REST sign the query string and the body as sent; the key travels in the X-MBX-APIKEY header only.",
    _ws_form,
)
OTHER_EXCHANGE = PayloadMistake(
    "signed-as-for-another-exchange",
    "The signed text was put together from timestamp, key, method or path, as other exchanges want it.",
    "On Binance sign the query string followed by the body, and nothing else.",
    _other_exchange,
)
JSON = PayloadMistake(
    "signed-json",
    "The parameters were signed as a JSON text but sent as a form.",
    "Sign the form text: name=value joined with &, as sent.",
    _json,
)
JSON_SENT = PayloadMistake(
    "json-body-sent",
    "The body was sent as JSON, which Binance does not read.",
    "Send the parameters as a form (application/x-www-form-urlencoded) or in the query string, and sign that text.",
    _json_sent,
)
