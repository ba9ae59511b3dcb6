"""Finding the call and reading its body: what is common to all calls."""

from __future__ import annotations

from typing import Any

import pytest

from binance_mock.control.call import Body
from binance_mock.control.control import CALLS
from binance_mock.markets import OWN_MONEY

from .conftest import Caller

PLACES = {"name": "default", "id": "default", "key": "example", "venue": "spot", "symbol": "BTCUSDT"}
PATHS = sorted({call.path for call in CALLS})
TAKES_BODY = [call for call in CALLS if call.body is not Body]


def place(path: str) -> str:
    for name, text in PLACES.items():
        path = path.replace(f"{{{name}}}", text)
    return path


def test_no_two_calls_are_alike() -> None:
    assert len({(call.method, call.path) for call in CALLS}) == len(CALLS)
    assert all(call.summary for call in CALLS)


@pytest.mark.parametrize("path", PATHS)
def test_a_wrong_verb_lists_the_right_ones(control: Caller, path: str) -> None:
    status, error, hint = control.refused("PUT", place(path))
    assert (status, error) == (405, f"/_mock{place(path)} takes no PUT")
    assert hint.startswith("it takes ")
    for call in CALLS:
        if call.path == path:
            assert call.method in hint


@pytest.mark.parametrize("path", PATHS)
def test_a_slash_at_the_end_does_no_harm(control: Caller, path: str) -> None:
    assert control.call("PUT", place(path) + "/")[0] == 405


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/fault", "did you mean '/_mock/faults'?"),
        ("/clok/advance", "did you mean '/_mock/clock/advance'?"),
        ("", "akes: /_mock/accounts"),
        ("/", "akes: /_mock/accounts"),
        ("/faults/a/b", "/_mock/faults/{name}"),
        ("/market/spot/", "/_mock/market/{venue}/{symbol}"),
        ("/~~~~~~~~~~~~~~~~", "it takes: /_mock/accounts"),
    ],
)
def test_an_unknown_path_names_the_nearest(control: Caller, path: str, near: str) -> None:
    status, error, hint = control.refused("GET", path)
    assert (status, error) == (404, f"there is no /_mock{path.rstrip('/') or '/'}")
    assert near in hint


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.method} {call.path}")
def test_an_unknown_name_in_the_query_is_refused(control: Caller, call: Any) -> None:
    status, error, hint = control.refused(call.method, place(call.path), None, colour="red")
    assert (status, error) == (400, f"{call.method} {call.path} takes no 'colour' in its query")
    assert hint == (f"it takes: {', '.join(call.query)}" if call.query else "leave it out")


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.method} {call.path}")
def test_another_world_is_not_there(control: Caller, call: Any) -> None:
    refusal = (404, "there is no world 'w2'", "it may have been removed, or never made; there are default")
    assert control.refused(call.method, place(call.path), WANTED.get((call.method, call.path)), world="w2") == refusal


def test_a_world_that_is_not_there_is_told_of_those_that_are(control: Caller) -> None:
    control.ok("POST", "/worlds", {"id": "mine"})
    assert control.refused("GET", "/clock", None, world="x") == (
        404,
        "there is no world 'x'",
        "it may have been removed, or never made; there are default, mine",
    )


WANTED: dict[tuple[str, str], Any] = {
    ("POST", "/clock"): {"mode": "live"},
    ("POST", "/clock/advance"): {"ms": 1},
    ("POST", "/accounts"): {"name": "alice"},
    ("POST", "/market/feed"): {"symbol": "BTCUSDT", "kind": "klines", "csv": ""},
    ("POST", "/market/{venue}/{symbol}/position"): {"qty": "0"},
    ("POST", "/market/options/{symbol}/volatility"): {"level": "0.5"},
    ("POST", "/explain"): {"target": "/"},
    ("POST", "/faults"): {"kind": "error_500"},
}


def test_the_world_may_stand_in_query_or_body(control: Caller) -> None:
    assert control.ok("GET", "/clock", world="default") == control.ok("GET", "/clock", {"world": "default"})
    assert control.ok("POST", "/faults", {"kind": "error_500", "world": "default"})["kind"] == "error_500"
    for path, body in (("/clock/advance", {"ms": 1}), ("/faults", {"kind": "error_500"}), ("/reset", {})):
        status, error, _ = control.refused("POST", path, {**body, "world": "w2"})
        assert (status, error) == (404, "there is no world 'w2'")


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.method} {call.path}")
@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "the body is no JSON: "),
        (b"nonsense", "the body is no JSON: "),
        (b'{"world": "\xff"}', "the body is no JSON: "),
        (b'{"\xff": 1}', "the body is no JSON: "),
        (b'{"world": "\\ud800"}', "the body is no JSON: "),
        (b"[]", "the body does not fit: Expected `object`, got `array`"),
        (b"null", "the body does not fit: Expected `object`, got `null`"),
        (b"[" * 100_000, "the body does not fit: "),
    ],
)
def test_a_body_that_is_no_object(control: Caller, call: Any, body: bytes, says: str) -> None:
    status, error, hint = control.refused(call.method, place(call.path), body)
    assert status == 400
    assert error.startswith(says)
    assert hint


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.method} {call.path}")
def test_an_unknown_field_is_refused(control: Caller, call: Any) -> None:
    wanted = WANTED.get((call.method, call.path), {})
    status, error, hint = control.refused(call.method, place(call.path), {**wanted, "colour": "red"})
    assert status == 400
    assert "colour" in error
    assert hint


def test_a_misspelt_field_names_the_nearest(control: Caller) -> None:
    status, error, hint = control.refused("POST", "/accounts", {"nam": "alice"})
    assert (status, error) == (400, "the body does not fit: Object contains unknown field `nam`")
    wallets = ", ".join(f"{market}_balances" for market in OWN_MONEY)
    fields = f"world, name, balances, trade_group, bnb_burn, can_trade, {wallets}"
    assert hint == f"did you mean 'name'? It takes: {fields}"


def test_a_missing_field_is_named(control: Caller) -> None:
    assert control.refused("POST", "/clock/advance", {}) == (
        400,
        "the body does not fit: Object missing required field `ms`",
        "it takes: world, ms",
    )


def test_white_space_is_an_empty_body(control: Caller) -> None:
    assert control.ok("GET", "/clock", b" \r\n") == control.ok("GET", "/clock")
