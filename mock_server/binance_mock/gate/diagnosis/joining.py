"""Mistakes in how the parts of a request are put together: query, body and the place of the signature."""

from __future__ import annotations

from collections.abc import Iterator

from binance_mock.gate.diagnosis.evidence import Evidence, joined
from binance_mock.gate.diagnosis.mistake import PayloadMistake

_EMPTY_SIGNATURES = (b"", b"null", b"None", b"undefined", b"signature")


def _ampersand_between(evidence: Evidence) -> Iterator[bytes]:
    if evidence.query and evidence.body:
        yield evidence.query + b"&" + evidence.body


def _get_body(evidence: Evidence) -> Iterator[bytes]:
    if evidence.request.method == "GET" and evidence.body:
        yield evidence.query + evidence.body
        yield evidence.query + b"&" + evidence.body
        yield evidence.body


def _query_only(evidence: Evidence) -> Iterator[bytes]:
    yield evidence.query


def _body_only(evidence: Evidence) -> Iterator[bytes]:
    yield evidence.body


def _body_first(evidence: Evidence) -> Iterator[bytes]:
    if evidence.query and evidence.body:
        yield evidence.body + evidence.query
        yield evidence.body + b"&" + evidence.query


def _before_signature(evidence: Evidence) -> Iterator[bytes]:
    request = evidence.request
    for part, before, after in ((request.query, b"", evidence.body), (request.body, evidence.query, b"")):
        head, _, tail = (b"&" + part).partition(b"&signature=")
        if b"&" in tail:
            yield head[1:]
            yield before + head[1:] + after


def _signature_field(evidence: Evidence) -> Iterator[bytes]:
    payload = evidence.payload
    for value in _EMPTY_SIGNATURES:
        field = b"signature=" + value
        yield payload + b"&" + field
        yield field + b"&" + payload
        yield evidence.resigned(field)  # where the real one stands
    yield payload + b"&signature"
    yield joined(sorted((*evidence.pairs, b"signature=")))


def _stray_ampersand(evidence: Evidence) -> Iterator[bytes]:
    payload = evidence.payload
    yield payload + b"&"
    yield b"&" + payload
    yield b"&" + payload + b"&"
    # The signature was blanked out, its separators stayed.
    yield evidence.resigned(b"")
    yield joined(pair for part in evidence.parts for pair in part.split(b"&") if pair)


def _no_separators(evidence: Evidence) -> Iterator[bytes]:
    yield b"".join(evidence.pairs)
    yield b"".join(evidence.pairs).replace(b"=", b"")
    for separator in (b",", b";", b"|", b"\n"):
        yield separator.join(evidence.pairs)


AMPERSAND_BETWEEN = PayloadMistake(
    "signed-ampersand-between-query-and-body",
    "Query and body were signed with an & between them.",
    "Join them with nothing in between: signature = HMAC(query + body).",
    _ampersand_between,
)
GET_BODY = PayloadMistake(
    "signed-get-body",
    "The body of a GET request was signed.",
    "Put all parameters of a GET into the query string and send no body; Binance reads only the query there.",
    _get_body,
)
QUERY_ONLY = PayloadMistake(
    "signed-query-only",
    "Only the query string was signed, but the request has a body too.",
    "Sign query + body, or move all parameters to one place.",
    _query_only,
)
BODY_ONLY = PayloadMistake(
    "signed-body-only",
    "Only the body was signed, but the request has a query string too.",
    "Sign query + body, or move all parameters to one place.",
    _body_only,
)
BODY_FIRST = PayloadMistake(
    "signed-body-before-query",
    "The body was signed before the query string.",
    "Sign the query first, then the body, with nothing in between.",
    _body_first,
)
BEFORE_SIGNATURE = PayloadMistake(
    "signed-only-before-signature",
    "Parameters follow the signature that were not signed.",
    "Put the signature last: build the whole string, sign it, append &signature=... to it.",
    _before_signature,
)
SIGNATURE_FIELD = PayloadMistake(
    "signed-with-signature-field",
    "The signed text contained a signature parameter of its own.",
    "Leave signature out of what is signed; append it afterwards.",
    _signature_field,
)
STRAY_AMPERSAND = PayloadMistake(
    "signed-stray-ampersand",
    "An & too many or too few was signed: at the start, at the end, or where two stand together.",
    "Sign exactly the text that is sent, without the & before signature.",
    _stray_ampersand,
)
NO_SEPARATORS = PayloadMistake(
    "signed-other-separators",
    "The parameters were signed without & between them, or with another separator.",
    "Sign the query string as it is sent, name=value joined with &.",
    _no_separators,
)
