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
    if not request.body or request.method == "GET" or not _is_form(request.headers.get(b"content-type", _FORM)):
        return _pairs(request.query) if request.query else {}
    sent = _pairs(request.body)
    if request.query:
        sent.update(_pairs(request.query))
    return sent


def _is_form(kind: bytes) -> bool:
    return kind == _FORM or kind.lstrip().lower().startswith(_FORM)


def _pairs(raw: bytes) -> dict[str, str]:
    """Split form text; both `+` and `%20` are a space. Bytes that are no UTF-8 become U+FFFD, which no value allows."""
    encoded = raw.find(b"%") >= 0 or raw.find(b"+") >= 0
    pairs = raw.decode("utf-8", "replace").split("&")
    found: dict[str, str] = {}
    if not encoded:
        # The usual request: every pair has its "=", no name comes twice.
        for pair in pairs:
            name, equals, value = pair.partition("=")
            if not equals:
                break
            found[name] = value
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
