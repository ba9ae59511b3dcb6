"""The access log: a line a request, the reason of a refusal under it, and no secrets."""

from __future__ import annotations

import hmac
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_fixtures.signing import EXAMPLE_NOW_MS, EXAMPLE_PAIR, REST_VECTORS
from binance_mock.config import LogLevel
from binance_mock.gate.request import Request
from binance_mock.wire.access_log import AccessLog
from binance_mock.world import Blueprint, World, WorldSettings

BLUEPRINT = Blueprint.standard()
SETTINGS = WorldSettings(frozen_at=EXAMPLE_NOW_MS * 1000)
KEY = {b"x-mbx-apikey": EXAMPLE_PAIR.api_key.encode()}
VECTOR = REST_VECTORS[0]
SIGNED = (VECTOR.query + VECTOR.body).encode()
TIME = "2017-07-12T02:41:59.559Z"


class Log:
    """A world, and what its log says of requests to it."""

    def __init__(self, *, json: bool = False, level: LogLevel = "info", settings: WorldSettings = SETTINGS) -> None:
        self.world = World(BLUEPRINT, settings)
        self.stream = io.StringIO()
        self.log = AccessLog(self.stream, json=json, level=level)

    def of(self, request: Request) -> str:
        self.stream.truncate(self.stream.seek(0))
        self.world.handle(request)
        self.log(self.world.journal.last, self.world)
        return self.stream.getvalue()


def order(signature: str) -> Request:
    return Request("POST", "/api/v3/order/test", SIGNED + b"&signature=" + signature.encode(), headers=KEY)


def test_an_accepted_request_is_one_line() -> None:
    assert Log().of(Request("GET", "/api/v3/time")) == f"{TIME} GET /api/v3/time 200 accepted weight=1 key=-\n"
    query = f"timestamp={EXAMPLE_NOW_MS}".encode()
    signature = hmac.new(EXAMPLE_PAIR.secret.encode(), query, "sha256").hexdigest().encode()
    line = Log().of(Request("GET", "/api/v3/account", query + b"&signature=" + signature, headers=KEY))
    assert line == f"{TIME} GET /api/v3/account 200 accepted weight=20 key=example\n"


def test_a_refused_request_has_its_reason_below() -> None:
    head, why = Log().of(Request("GET", "/api/v3/tim")).splitlines()
    assert head == f"{TIME} GET /api/v3/tim 404 refused code=-1020 weight=1 key=-"
    assert why.startswith("    why: nothing is served at /api/v3/tim; did you mean /api/v3/time")


def test_a_refused_signature_has_its_diagnosis_below() -> None:
    swapped = VECTOR.signature[::-1]
    head, *below = Log().of(order(swapped)).splitlines()
    assert head == f"{TIME} POST /api/v3/order/test 400 refused code=-1022 weight=1 key=example"
    log = Log(json=True)
    row = json.loads(log.of(order(swapped)))
    assert f"    {row['diagnosis']['cause']}: {row['diagnosis']['summary']}" in below


def test_json_is_one_object_a_line() -> None:
    log = Log(json=True)
    assert json.loads(log.of(Request("GET", "/api/v3/time"))) == {
        "time": TIME, "method": "GET", "path": "/api/v3/time", "status": 200, "code": 0, "verdict": "accepted",
        "weight": 1, "key": "",
    }  # fmt: skip
    text = log.of(Request("GET", "/api/v3/x\n"))
    assert text.count("\n") == 1
    row = json.loads(text)
    assert (row["path"], row["verdict"], row["code"]) == ("/api/v3/x\n", "refused", -1020)
    assert "nothing is served" in row["why"]


def test_a_world_beside_the_default_one_is_named() -> None:
    for as_json, mark in ((False, " world=t1\n"), (True, '"world":"t1"')):
        log = Log(json=as_json)
        log.world.name = "t1"
        for path in ("/api/v3/time", "/api/v3/tim"):
            first, _, rest = log.of(Request("GET", path)).partition("\n")
            assert mark in f"{first}\n"
            assert mark not in rest


def test_a_fault_is_named() -> None:
    faults = ({"kind": "error_500", "name": "broken"},)
    log = Log(settings=WorldSettings(frozen_at=SETTINGS.frozen_at, faults=faults))
    assert log.of(Request("GET", "/api/v3/time")).startswith(f"{TIME} GET /api/v3/time 500 fault")
    assert " fault=broken" in log.stream.getvalue().splitlines()[0]


def test_debug_shows_query_and_body() -> None:
    line = Log(level="debug").of(Request("GET", "/api/v3/time", b"a=1", b"b=2"))
    assert " query=a=1 body=b=2" in line


@pytest.mark.parametrize("level", ["warning", "error"])
def test_above_info_only_defects_are_logged(level: LogLevel) -> None:
    log = Log(level=level)
    assert log.of(Request("GET", "/api/v3/time")) == ""
    assert log.of(Request("GET", "/api/v3/nothing")) == ""
    log.world.spot.markets = None  # type: ignore[assignment]  # a defect, made on purpose
    assert " 500 crashed code=-1000 " in log.of(Request("GET", "/api/v3/ticker/price", b"symbol=BTCUSDT"))


def test_a_defect_shows_its_traceback_on_lines_of_its_own() -> None:
    log = Log()
    log.world.spot.markets = None  # type: ignore[assignment]  # a defect, made on purpose
    head, *trace = log.of(Request("GET", "/api/v3/ticker/price", b"symbol=BTCUSDT")).splitlines()
    assert " crashed " in head
    assert trace[0] == "    Traceback (most recent call last):"
    assert "NoneType" in trace[-1]
    as_json = Log(json=True)
    as_json.world.spot.markets = None  # type: ignore[assignment]  # a defect, made on purpose
    row = json.loads(as_json.of(Request("GET", "/api/v3/ticker/price", b"symbol=BTCUSDT")))
    assert row["traceback"].startswith("Traceback")
    assert "why" not in row


def test_no_request_forges_a_line() -> None:
    text = Log(level="debug").of(
        Request("GET", "/x\n2017 GET /\x1b[2J\u2028", b"a=\n", b"\rb", {b"x-mbx-apikey": b"\x07"})
    )
    assert all(line.isprintable() for line in text.splitlines())
    assert [line for line in text.splitlines() if not line.startswith("    ")] == text.splitlines()[:1]


@given(st.sampled_from(["path", "query", "body", "key"]), st.booleans(), st.sampled_from(["", "%4E", "x"]))
def test_secrets_are_masked(place: str, as_json: bool, junk: str) -> None:
    secret = EXAMPLE_PAIR.secret
    text = junk + secret
    request = Request(
        "POST",
        f"/api/v3/{text}" if place == "path" else "/api/v3/order",
        f"symbol={text}&timestamp={EXAMPLE_NOW_MS}&signature={text}".encode() if place == "query" else b"",
        text.encode() if place == "body" else b"",
        {b"x-mbx-apikey": text.encode()} if place == "key" else KEY,
    )
    logged = Log(json=as_json, level="debug").of(request)
    assert logged
    assert secret.lower() not in logged.lower()


def test_a_clock_beyond_the_calendar_is_logged() -> None:
    log = Log()
    log.world.clock.freeze(10**18)
    assert log.of(Request("GET", "/api/v3/time")).startswith("1000000000000s.000Z GET ")


class Gone(io.StringIO):
    """A pipe that nobody reads."""

    writes = 0

    def write(self, text: str) -> int:
        self.writes += 1
        raise BrokenPipeError


def test_a_log_that_nobody_reads_is_given_up() -> None:
    stream = Gone()
    world = World(BLUEPRINT, SETTINGS)
    log = AccessLog(stream)
    for _ in range(3):
        world.handle(Request("GET", "/api/v3/time"))
        log(world.journal.last, world)
    assert stream.writes == 1
