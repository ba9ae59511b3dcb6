"""Reading parameters out of query and body."""

from __future__ import annotations

from urllib.parse import unquote_plus

from binance_mock.gate.request import Request
from binance_mock.venues import errors

_FORM = b"application/x-www-form-urlencoded"


def read(request: Request) -> dict[str, str]:
    """The parameters of a request by name; where both parts have one the query wins (rule S-3).

    A GET is read from the query alone (rule S-2), and only a form body is read at all.

    Raises:
        Refusal: -1101, one part names a parameter twice.
    """
    query = _pairs(request.query)
    body = form_body(request)
    if not body:
        return query
    sent = _pairs(body)
    sent.update(query)
    return sent


def form_body(request: Request) -> bytes:
    """The part of the body that is read and signed: a form sent with any verb but GET, else nothing."""
    body = request.body
    if not body or request.method == "GET":
        return b""
    kind = request.headers.get(b"content-type")
    return body if kind is None or kind.lstrip().lower().startswith(_FORM) else b""


def _pairs(raw: bytes) -> dict[str, str]:
    """Split form text; both `+` and `%20` are a space. Bytes that are no UTF-8 become U+FFFD, which no value allows."""
    if not raw:
        return {}
    encoded = b"%" in raw or b"+" in raw
    pairs = raw.decode("utf-8", "replace").split("&")
    found: dict[str, str]
    if not encoded:
        # The usual request: every pair has its "=", no name comes twice.
        try:
            found = dict([pair.split("=", 1) for pair in pairs])  # ValueError says that one has none
        except ValueError:
            pass
        else:
            if len(found) == len(pairs):
                return found
    found = {}
    for pair in pairs:
        if not pair:
            continue
        name, _, value = pair.partition("=")
        if encoded:
            name, value = unquote_plus(name), unquote_plus(value)
        if name in found:
            raise errors.duplicate_values()
        found[name] = value
    return found
