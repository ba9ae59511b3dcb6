"""Requests without a signature, a timestamp or a key, where it can be seen what became of it.

Each omission is looked for only when the thing it explains is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple
from urllib.parse import unquote_plus

from binance_mock.gate.diagnosis.evidence import name_of, text_of, value_of
from binance_mock.gate.diagnosis.foreign import json_object
from binance_mock.gate.diagnosis.headers import KEY_HEADER
from binance_mock.gate.request import Request

_ALIASES: Final = {
    "signature": ("sign", "sig", "signatrue", "singature", "signiture", "hmac", "x-mbx-signature"),
    "timestamp": ("time", "ts", "nonce", "tonce", "timstamp", "time_stamp", "reqtime", "currenttime"),
}
_KEY_NAMES: Final = frozenset(("apikey", "api_key", "api-key", "x-mbx-apikey", "accesskey", "access_key"))
_KEY_HEADERS: Final = (
    b"x-mb-apikey",
    b"x-mbx-api-key",
    b"x-mbx_apikey",
    b"x-mbxapikey",
    b"x-mbx-key",
    b"x-bmx-apikey",
    b"mbx-apikey",
    b"x-api-key",
    b"x-apikey",
    b"api-key",
    b"apikey",
    b"api_key",
    b"key",
)
_SIGNATURE_HEADERS: Final = (b"x-mbx-signature", b"signature", b"x-signature", b"sign", b"api-sign", b"x-mbx-sign")


class Gap:
    """What is missing from a request, and the names that it carries in query and form body."""

    __slots__ = ("key", "names", "pairs", "request", "signature", "timestamp")

    def __init__(self, request: Request) -> None:
        self.request = request
        reads_body = request.method != "GET"
        query = [pair for pair in request.query.split(b"&") if pair]
        body = [pair for pair in request.body.split(b"&") if pair]
        self.pairs = query + body if reads_body else query
        self.names = [text_of(name_of(pair)) for pair in self.pairs]
        self.key = not request.headers.get(KEY_HEADER)
        self.signature = "signature" not in self.names
        self.timestamp = "timestamp" not in self.names

    @property
    def parameters(self) -> bool:
        """Whether parameters are missing: signature or timestamp, or others, since the key is there."""
        return self.signature or self.timestamp or not self.key


class Omission(NamedTuple):
    """One way in which something goes missing. `test` returns a note, possibly empty, or None for "no"."""

    cause: str
    title: str
    advice: str
    test: Callable[[Gap], str | None]


def _article(gap: Gap) -> str | None:
    return "" if b"x-mb-signature" in gap.request.headers else None


def _key_header(gap: Gap) -> str | None:
    if not gap.key:
        return None
    name = next((name for name in _KEY_HEADERS if name in gap.request.headers), None)
    return None if name is None else f"The header sent is {name.decode()}."


def _bearer(gap: Gap) -> str | None:
    return "" if gap.key and b"authorization" in gap.request.headers else None


def _key_parameter(gap: Gap) -> str | None:
    if not gap.key:
        return None
    name = next((name for name in gap.names if name.strip().lower() in _KEY_NAMES), None)
    return None if name is None else f"The parameter is called {name}."


def _json_body(gap: Gap) -> str | None:
    request = gap.request
    if not gap.parameters or request.method == "GET":
        return None
    declared = b"json" in request.headers.get(b"content-type", b"").lower()
    if json_object(request.body) is None and not (declared and request.body):
        return None
    return ""


def _multipart(gap: Gap) -> str | None:
    kind = gap.request.headers.get(b"content-type", b"").lower()
    return "" if gap.parameters and gap.request.body and kind.startswith(b"multipart/") else None


def _get_body(gap: Gap) -> str | None:
    request = gap.request
    if request.method != "GET" or not gap.parameters:
        return None
    return "" if b"=" in request.body or json_object(request.body) is not None else None


def _signature_header(gap: Gap) -> str | None:
    if not gap.signature:
        return None
    name = next((name for name in _SIGNATURE_HEADERS if name in gap.request.headers), None)
    return None if name is None else f"The header sent is {name.decode()}."


def _wrong_separator(gap: Gap) -> str | None:
    for pair in gap.pairs:
        value = value_of(pair)
        for separator in (b"?", b";", b",", b"|", b" ", b"+"):
            for name, missing in ((b"signature=", gap.signature), (b"timestamp=", gap.timestamp)):
                if missing and (separator + name) in value:
                    return f"It is {separator.decode()!r}, before {name[:-1].decode()}."
    return None


def _encoded_whole(gap: Gap) -> str | None:
    missing = [name for name, lost in (("signature", gap.signature), ("timestamp", gap.timestamp)) if lost]
    if not missing:
        return None
    return "" if any(f"{name}=" in given for name in missing for given in gap.names) else None


def _entity(gap: Gap) -> str | None:
    if not gap.parameters:
        return None
    damaged = any(name.startswith("amp;") for name in gap.names)
    text = unquote_plus("&".join(pair.decode("utf-8", "replace") for pair in gap.pairs), errors="replace")
    return "" if damaged or "\u00d7tamp=" in text else None


def _misspelt(wanted: str, missing: Callable[[Gap], bool]) -> Callable[[Gap], str | None]:
    def test(gap: Gap) -> str | None:
        if not missing(gap):
            return None
        for name in gap.names:
            bare = name.strip().lower()
            if bare == wanted or bare in _ALIASES[wanted]:
                return f"The name sent is {name!r}."
        return None

    return test


OMISSIONS: Final[tuple[Omission, ...]] = (
    Omission(
        "copied-article-recipe",
        "The request follows a recipe from an article, with X-MB-APIKEY and X-MB-SIGNATURE headers.",
        "That recipe never worked: sign the query string with HMAC SHA-256, append &signature=<hex>, send the key as "
        "X-MBX-APIKEY, and replace the secret if a real one was sent in plain text.",
        _article,
    ),
    Omission(
        "misspelt-api-key-header",
        "The API key was sent in a header of another name.",
        "Send the key in the X-MBX-APIKEY header.",
        _key_header,
    ),
    Omission(
        "api-key-as-bearer-token",
        "The request carries an Authorization header, which Binance does not read.",
        "Send the key in the X-MBX-APIKEY header, without Bearer.",
        _bearer,
    ),
    Omission(
        "api-key-as-parameter",
        "The API key was sent as a parameter.",
        "Send the key in the X-MBX-APIKEY header; only the WebSocket API takes it as a parameter.",
        _key_parameter,
    ),
    Omission(
        "parameters-in-get-body",
        "The parameters of a GET request were sent in its body, which Binance does not read.",
        "Put them into the query string.",
        _get_body,
    ),
    Omission(
        "parameters-in-json-body",
        "The parameters were sent as a JSON body, which Binance does not read.",
        "Send them as a form (application/x-www-form-urlencoded) or in the query string, and sign that text.",
        _json_body,
    ),
    Omission(
        "parameters-in-multipart-body",
        "The parameters were sent as multipart/form-data, which Binance does not read.",
        "Send them as application/x-www-form-urlencoded or in the query string.",
        _multipart,
    ),
    Omission(
        "signature-in-header",
        "The signature was sent as a header.",
        "Send it as the parameter signature, last in the query string or in the form body.",
        _signature_header,
    ),
    Omission(
        "html-entity-in-query",
        "HTML entities got into the query: &amp; in place of &, or &times of &timestamp turned into a cross.",
        "Build the query string in code; do not copy it from a page or put it through an HTML escaper.",
        _entity,
    ),
    Omission(
        "query-encoded-as-a-whole",
        "The whole query string was percent-encoded, its = and & included, so it reads as one name.",
        "Encode each value, not the joined string.",
        _encoded_whole,
    ),
    Omission(
        "wrong-separator-in-query",
        "A parameter was appended with another character than &.",
        "Join parameters with &.",
        _wrong_separator,
    ),
    Omission(
        "misspelt-signature",
        "The parameter signature was sent under another name.",
        "Call it signature, in lower case.",
        _misspelt("signature", lambda gap: gap.signature),
    ),
    Omission(
        "misspelt-timestamp",
        "The parameter timestamp was sent under another name.",
        "Call it timestamp, in lower case; it is milliseconds since 1970.",
        _misspelt("timestamp", lambda gap: gap.timestamp),
    ),
)
"""What is looked for in a request that lacks something, in this order. A new one is added here."""
