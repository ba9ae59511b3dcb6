"""Every fault kind: what it answers, whether the request takes effect, and which parameters it refuses."""

from __future__ import annotations

import inspect
import json
from typing import Any

import pytest

from binance_mock.gate.faults import FaultBook
from binance_mock.gate.faults.kinds import KINDS, kind_named, make_fault
from binance_mock.gate.request import Cut, Response

NOW_US = 1_700_000_000_123_456
JSON = (b"content-type", b"application/json;charset=UTF-8")
HTML = (b"content-type", b"text/html")

UNKNOWN = b'{"code":-1000,"msg":"Unknown error, please check your request or try again later."}'
UNAVAILABLE = b'{"code":-1016,"msg":"Service Unavailable."}'
INTERNAL = b'{"code":-1001,"msg":"Internal error; unable to process your request. Please try again."}'
OVERLOADED = (
    b'{"code":-1008,"msg":"Server is currently overloaded with other requests. Please try again in a few minutes."}'
)
THROTTLED = (
    b'{"code":-1008,"msg":"Request throttled by system-level protection. '
    b'Reduce-only/close-position orders are exempt. Please try again."}'
)
CATCH_ALL = b'{"code":-1000,"msg":"An unknown error occurred while processing the request."}'
CATCH_ALL_USDM = b'{"code":-1000,"msg":"Request occur unknown error."}'
TIMEOUT = (
    b'{"code":-1007,"msg":"Timeout waiting for response from backend server. '
    b'Send status unknown; execution status unknown."}'
)
WEIGHT = (
    b'{"code":-1003,"msg":"Too much request weight used; current limit is 6000 request weight per 1 MINUTE. '
    b'Please use WebSocket Streams for live updates to avoid polling the API."}'
)
WEIGHT_USDM = (
    b'{"code":-1003,"msg":"Too many requests; current limit is 2400 requests per minute. '
    b'Please use the websocket for live updates to avoid polling the API."}'
)
WEIGHT_OPTIONS = (
    b'{"code":-1008,"msg":"Too much request weight used; current limit is 2400 request weight per 1 MINUTE. '
    b'Please use the websocket for live updates to avoid polling the API."}'
)
ORDERS = b'{"code":-1015,"msg":"Too many new orders; current limit is 50 orders per 10 SECOND."}'
ORDERS_USDM = b'{"code":-1015,"msg":"Too many new orders; current limit is 300 orders per 10 SECOND."}'
BANNED = (
    b'{"code":-1003,"msg":"Way too much request weight used; IP banned until 1700000120123. '
    b'Please use WebSocket Streams for live updates to avoid bans."}'
)
BANNED_USDM = (
    b'{"code":-1003,"msg":"Way too many requests; IP banned until 1700000002123. '
    b'Please use the websocket for live updates to avoid bans."}'
)
BANNED_OPTIONS = (
    b'{"code":-1008,"msg":"Way too much request weight used; IP banned until 1700000120123. '
    b'Please use the websocket for live updates to avoid bans."}'
)

# kind, parameters, executes, status, headers, body
ANSWERS: list[tuple[str, dict[str, Any], bool, int, list[tuple[bytes, bytes]], bytes]] = [
    ("unknown_503", {}, True, 503, [JSON], UNKNOWN),  # U-30, S-7
    ("unknown_503", {"executed": False}, False, 503, [JSON], UNKNOWN),
    ("unavailable_503", {}, False, 503, [JSON], UNAVAILABLE),  # U-31
    ("internal_503", {}, False, 503, [JSON], INTERNAL),  # U-32
    ("overloaded_503", {}, False, 503, [JSON], OVERLOADED),  # U-33
    ("overloaded_503", {"executed": True}, True, 503, [JSON], OVERLOADED),  # F-70
    ("overloaded_503", {"wording": "usdm"}, False, 503, [JSON], THROTTLED),
    ("overloaded_503", {"wording": "usdm", "older_text": True}, False, 503, [JSON], OVERLOADED),
    ("overloaded_503", {"wording": "options"}, False, 503, [JSON], OVERLOADED),
    ("error_500", {}, False, 500, [JSON], CATCH_ALL),  # S-7
    ("error_500", {"executed": True}, True, 500, [JSON], CATCH_ALL),
    ("error_500", {"wording": "usdm"}, False, 500, [JSON], CATCH_ALL_USDM),  # U-34
    ("timeout_504", {}, True, 504, [JSON], TIMEOUT),  # S-8
    ("timeout_504", {"status": 504}, True, 504, [JSON], TIMEOUT),
    ("timeout_504", {"executed": False, "status": 408}, False, 408, [JSON], TIMEOUT),  # U-29
    ("too_many_429", {}, False, 429, [JSON, (b"retry-after", b"10")], WEIGHT),  # S-59
    ("too_many_429", {"retry_after": 35}, False, 429, [JSON, (b"retry-after", b"35")], WEIGHT),  # F-57
    ("too_many_429", {"retry_after": None}, False, 429, [JSON], WEIGHT),  # F-59
    ("too_many_429", {"retry_after": 0}, False, 429, [JSON, (b"retry-after", b"0")], WEIGHT),
    ("too_many_429", {"wording": "usdm"}, False, 429, [JSON, (b"retry-after", b"10")], WEIGHT_USDM),  # U-23
    ("too_many_429", {"wording": "options"}, False, 429, [JSON, (b"retry-after", b"10")], WEIGHT_OPTIONS),  # O-33
    ("too_many_429", {"counter": "orders"}, False, 429, [JSON, (b"retry-after", b"10")], ORDERS),  # S-66
    ("too_many_429", {"counter": "orders", "wording": "usdm", "retry_after": None}, False, 429, [JSON], ORDERS_USDM),
    ("banned_418", {}, False, 418, [JSON, (b"retry-after", b"120")], BANNED),  # S-60
    ("banned_418", {"seconds": 2, "wording": "usdm"}, False, 418, [JSON, (b"retry-after", b"2")], BANNED_USDM),
    ("banned_418", {"wording": "options"}, False, 418, [JSON, (b"retry-after", b"120")], BANNED_OPTIONS),
]


def real_answer() -> Response:
    return Response(200, b'{"orderId":28}', [JSON, (b"x-mbx-order-count-10s", b"1")], delay_ms=5)


@pytest.mark.parametrize(("kind", "params", "executes", "status", "headers", "body"), ANSWERS)
def test_error_answers_are_exact_and_ignore_the_real_one(
    kind: str, params: dict[str, Any], executes: bool, status: int, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    fault = make_fault(kind, **params)
    real = real_answer() if executes else None
    assert fault.deliver(real, NOW_US) == Response(status, body, headers)
    assert fault.executes is executes
    assert (fault.hold_ms, fault.jump_ms, fault.bare) == (0, 0, False)


@pytest.mark.parametrize("kind", ["empty_body", "html_body", "garbage_body"])
@pytest.mark.parametrize("executed", [True, False])
def test_broken_bodies_come_with_status_200_even_when_the_order_was_refused(kind: str, executed: bool) -> None:
    """F-73, F-74, F-75."""
    fault = make_fault(kind, executed=executed)
    refused = Response(400, b'{"code":-2010,"msg":"no"}', [JSON])
    answer = fault.deliver(refused if executed else None, NOW_US)
    assert (answer.status, answer.cut, answer.delay_ms) == (200, Cut.NONE, 0)
    assert fault.executes is executed
    assert not fault.bare


def test_the_bodies_are_empty_html_and_not_json() -> None:
    assert make_fault("empty_body").deliver(None, NOW_US) == Response(200, b"", [JSON])
    page = make_fault("html_body").deliver(None, NOW_US)
    assert page.headers == [HTML]
    assert page.body.startswith(b"<!DOCTYPE html>")
    garbage = make_fault("garbage_body").deliver(None, NOW_US)
    assert garbage.headers == [JSON]
    with pytest.raises(json.JSONDecodeError):
        json.loads(garbage.body)


def test_the_firewall_answers_html_from_outside_the_api() -> None:
    """S-6, F-72."""
    fault = make_fault("firewall_403")
    answer = fault.deliver(None, NOW_US)
    assert (answer.status, answer.headers) == (403, [HTML])
    assert answer.body.startswith(b"<html>")
    assert fault.bare
    assert not fault.executes


def test_latency_before_holds_the_request_and_leaves_the_answer_alone() -> None:
    fault = make_fault("latency", ms=3000)
    assert (fault.executes, fault.hold_ms, fault.jump_ms) == (True, 3000, 0)
    assert fault.deliver(real_answer(), NOW_US) == real_answer()
    assert fault.settings() == {"ms": 3000, "stage": "before", "wall": False}


def test_latency_after_adds_to_the_delay_of_the_answer() -> None:
    fault = make_fault("latency", ms=1500, stage="after", wall=True)
    real = real_answer()
    answer = fault.deliver(real, NOW_US)
    assert (fault.hold_ms, answer.delay_ms, real.delay_ms) == (0, 1505, 5)
    assert (answer.status, answer.body, answer.headers) == (real.status, real.body, real.headers)
    assert fault.settings()["wall"] is True


def test_reset_before_does_not_execute_and_sends_nothing() -> None:
    """F-76."""
    fault = make_fault("reset_before")
    assert fault.deliver(None, NOW_US) == Response(0, b"", [], cut=Cut.RESET)
    assert not fault.executes
    assert fault.bare


def test_reset_after_executes_and_keeps_the_answer_for_the_journal() -> None:
    """F-76."""
    fault = make_fault("reset_after")
    real = real_answer()
    answer = fault.deliver(real, NOW_US)
    assert (answer.status, answer.body, answer.cut) == (200, real.body, Cut.RESET)
    assert fault.executes
    assert fault.bare
    assert real == real_answer()


def test_truncated_body_cuts_the_real_answer() -> None:
    """F-75."""
    fault = make_fault("truncated_body")
    real = real_answer()
    answer = fault.deliver(real, NOW_US)
    assert (answer.status, answer.body, answer.headers, answer.cut) == (200, real.body, real.headers, Cut.TRUNCATE)
    assert fault.executes
    assert real.cut is Cut.NONE


@pytest.mark.parametrize("response", [None, Response(200, b"", [JSON])])
def test_truncated_body_always_has_something_to_cut(response: Response | None) -> None:
    fault = make_fault("truncated_body", executed=response is not None)
    answer = fault.deliver(response, NOW_US)
    assert (answer.status, answer.headers, answer.cut) == (200, [JSON], Cut.TRUNCATE)
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.body[: len(answer.body) // 2])
    assert fault.executes is (response is not None)


@pytest.mark.parametrize("params", [{"ms": 7, "stage": "after"}, {}, {"executed": True}])
def test_headers_added_to_a_marked_answer_do_not_reach_the_real_one(params: dict[str, Any]) -> None:
    kind = {"ms": "latency", "executed": "truncated_body"}.get(next(iter(params), ""), "reset_after")
    real = real_answer()
    make_fault(kind, **params).deliver(real, NOW_US).headers.append((b"x-mbx-used-weight", b"1"))
    assert real == real_answer()


def test_clock_jump_moves_the_clock_and_nothing_else() -> None:
    """F-20, F-22."""
    fault = make_fault("clock_jump", ms=-3000)
    assert (fault.executes, fault.hold_ms, fault.jump_ms) == (True, 0, -3000)
    assert fault.deliver(real_answer(), NOW_US) == real_answer()


@pytest.mark.parametrize("kind", ["latency", "reset_after", "clock_jump"])
def test_kinds_that_pass_the_answer_on_need_one(kind: str) -> None:
    fault = make_fault(kind, **({} if kind == "reset_after" else {"ms": 1}))
    with pytest.raises(ValueError, match=f"{kind} passes on the answer"):
        fault.deliver(None, NOW_US)


@pytest.mark.parametrize(
    ("kind", "params", "message"),
    [
        ("unknown_503", {"executed": 1}, "executed: 1 is not legal; write true or false"),
        ("unknown_503", {"executed": "true"}, "executed: 'true' is not legal; write true or false"),
        (
            "timeout_504",
            {"status": 503},
            "status: 503 is not legal; write 504 or 408, or None (null) for that of the call",
        ),
        (
            "too_many_429",
            {"retry_after": -1},
            "retry_after: -1 is not legal; write a whole number from 0 to 259200, or None (null) to omit the header",
        ),
        ("too_many_429", {"counter": "raw"}, "counter: 'raw' is not legal; write 'weight' or 'orders'"),
        (
            "too_many_429",
            {"wording": "coinm"},
            "wording: 'coinm' is not legal; write 'spot' or 'usdm' or 'options', or None (null) for that of the call",
        ),
        ("banned_418", {"seconds": 2.5}, "seconds: 2.5 is not legal; write a whole number from 0 to 259200"),
        ("banned_418", {"seconds": None}, "seconds: None is not legal; write a whole number from 0 to 259200"),
        ("banned_418", {"seconds": 259_201}, "seconds: 259201 is not legal; write a whole number from 0 to 259200"),
        ("latency", {"ms": True}, "ms: True is not legal; write a whole number from 1 to 86400000"),
        ("latency", {"ms": 0}, "ms: 0 is not legal; write a whole number from 1 to 86400000"),
        ("latency", {"ms": 1, "stage": "during"}, "stage: 'during' is not legal; write 'before' or 'after'"),
        ("latency", {}, "ms: latency needs it (milliseconds of delay); write a whole number from 1 to 86400000"),
        (
            "clock_jump",
            {"ms": 0},
            "ms: 0 is not legal; write a whole number from -315532800000 to 315532800000 other than 0",
        ),
        (
            "unknown_503",
            {"execute": True},
            "execute: unknown_503 has no such parameter (did you mean executed?); it takes executed",
        ),
        ("reset_before", {"executed": True}, "executed: reset_before has no such parameter; it takes no parameters"),
    ],
)
def test_illegal_parameters_are_refused_by_name(kind: str, params: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as refused:
        make_fault(kind, **params)
    assert str(refused.value) == message


def test_constructors_refuse_as_well() -> None:
    with pytest.raises(ValueError, match="executed: 'yes' is not legal"):
        kind_named("unknown_503")(executed="yes")  # type: ignore[call-arg]  # only subclasses have parameters


def test_an_unknown_kind_names_the_nearest_and_all() -> None:
    with pytest.raises(ValueError) as refused:
        kind_named("unknwon_503")
    text = str(refused.value)
    assert text.startswith("kind: no fault is called 'unknwon_503' (did you mean unknown_503")
    assert all(kind.kind in text for kind in KINDS)


def test_a_kind_unlike_any_is_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="no fault is called 'zzz'; the kinds are unknown_503, "):
        kind_named("zzz")


def test_the_list_of_kinds_is_complete_and_each_is_fit_for_the_catalogue() -> None:
    assert [kind.kind for kind in KINDS] == [
        "unknown_503", "unavailable_503", "internal_503", "overloaded_503", "error_500", "timeout_504", "too_many_429",
        "banned_418", "firewall_403", "latency", "reset_before", "reset_after", "truncated_body", "empty_body",
        "html_body", "garbage_body", "clock_jump",
    ]  # fmt: skip
    for kind in KINDS:
        assert kind_named(kind.kind) is kind
        assert kind.summary
        assert "\n" not in kind.summary
        assert len(kind.summary) <= 100


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_parameters_are_declared_and_do_not_collide_with_those_of_a_rule(kind: Any) -> None:
    of_a_rule = set(inspect.signature(FaultBook.add).parameters) | {"seen", "fired", "exhausted"}
    for parameter in kind.parameters():
        assert parameter.name not in of_a_rule
        assert parameter.legal
        assert parameter.doc
    required = {parameter.name: 1 for parameter in kind.parameters() if parameter.required}
    defaults = {parameter.name: parameter.default for parameter in kind.parameters() if not parameter.required}
    assert make_fault(kind.kind, **required).settings() == {**required, **defaults}
