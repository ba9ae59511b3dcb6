"""Whatever is sent, a call answers; what it refuses changes nothing, and what it answers is JSON."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from tests.mock_server.spot_client import frozen_world

from binance_mock.control.control import CALLS

from .conftest import Caller
from .test_dispatch import WANTED, place

NAMES = sorted(
    {field.encode_name for call in CALLS for field in msgspec.structs.fields(call.body)}
    | {"kind", "path", "method", "times", "after", "nth", "ms", "probability", "wording", "executed", "retry_after"}
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([0, -1, 1, 2**31, 2**53, 2**63, 2**64, -(2**64), 10**30])
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(
        ["default", "frozen", "offset", "live", "latency", "error_500", "klines", "BTCUSDT", "HALT", "ORDERS", "MINUTE",
         "REQUEST_WEIGHT", "127.0.0.1", "65000", "1", "-1", "/api/v3/ping", "\x00", "9" * 400]
    )
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
FIELDS = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), VALUES, max_size=5)


@st.composite
def attempts(draw: st.DrawFn) -> tuple[str, str, Any]:
    """A call with a body that has a chance of being right in parts."""
    call = draw(st.sampled_from(CALLS))
    wanted = WANTED.get((call.method, call.path), {}) if draw(st.booleans()) else {}
    own = [field.encode_name for field in msgspec.structs.fields(call.body)]
    fields = draw(st.dictionaries(st.sampled_from(own), VALUES, max_size=4)) if draw(st.booleans()) else draw(FIELDS)
    return call.method, place(call.path), {**wanted, **fields}


def check(control: Caller, method: str, path: str, body: bytes) -> None:
    before = control.state()
    status, answer = control.call(method, path, body)
    msgspec.json.encode(answer)
    if status != 200:
        assert 400 <= status < 500
        assert list(answer) == ["error", "hint"]
        assert answer["error"]
        assert control.state() == before
    else:
        msgspec.json.encode(control.state())


@given(st.lists(attempts(), min_size=1, max_size=4))
def test_objects(tried: list[tuple[str, str, Any]]) -> None:
    control = Caller(frozen_world())
    for method, path, body in tried:
        if path == "/reset":
            control.ok("POST", "/clock", {"mode": "frozen", "now_ms": 1_700_000_000_000})
        check(control, method, path, json.dumps(body).encode())
        control.world.clock.freeze(1_700_000_000_000_000)


@given(st.sampled_from(CALLS), st.binary(max_size=40) | st.text(max_size=40).map(lambda text: text.encode()))
def test_bytes(call: Any, body: bytes) -> None:
    control = Caller(frozen_world())
    check(control, call.method, place(call.path), body)


@given(
    st.sampled_from([call.method for call in CALLS]) | st.text(max_size=5),
    st.text(max_size=20).map(lambda text: "/" + text) | st.text(max_size=20),
    st.dictionaries(
        st.sampled_from(["world", "limit", "status", "path", "verdict"]) | st.text(max_size=3), st.text(max_size=9)
    ),
)
def test_paths_and_queries(method: str, path: str, query: dict[str, str]) -> None:
    control = Caller(frozen_world())
    status, answer = control.control.handle(method, path, query)
    assert status in (200, 400, 404, 405)
    if status != 200:
        assert list(answer) == ["error", "hint"]


@given(st.dictionaries(st.sampled_from(["limit", "status", "code", "since", "path", "key"]), st.text(max_size=9)))
def test_journal_filters(query: dict[str, str]) -> None:
    control = Caller(frozen_world())
    status, answer = control.call("GET", "/requests", None, **query)
    assert (status, list(answer)) in ((200, ["requests"]), (400, ["error", "hint"]))
