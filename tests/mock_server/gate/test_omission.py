"""Requests that lack a signature, a timestamp or a key, with the reason in plain sight."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from binance_mock.gate.diagnosis import OMISSIONS, diagnose_missing
from binance_mock.gate.request import Request

ORDER = "symbol=LTCBTC&side=BUY&type=MARKET&quantity=1&timestamp=1499827319559"
FIELDS = dict(pair.split("=") for pair in ORDER.split("&"))


def raw(query: str, body: str = "", *, key: str | None = "K", method: str = "POST", headers=None) -> Request:
    sent = {b"host": b"127.0.0.1:8099", **(headers or {})}
    if key is not None:
        sent[b"x-mbx-apikey"] = key.encode()
    return Request(method, "/api/v3/order", query.encode(), body.encode(), sent)


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
