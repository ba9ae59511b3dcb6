"""Fault rules, from a test."""

from __future__ import annotations

import pytest
import requests

from binance_mock import Mock
from binance_mock.face.backend import MockError


def ping(binance: Mock) -> int:
    return requests.get(f"{binance.url}/api/v3/ping", timeout=10).status_code


def test_a_rule_fires_as_often_as_it_says(binance: Mock) -> None:
    rule = binance.faults.add("error_500", path="/api/v3/ping", times=2, name="twice")
    assert (rule["name"], rule["kind"], rule["times"], rule["fired"]) == ("twice", "error_500", 2, 0)
    assert [ping(binance) for _ in range(3)] == [500, 500, 200]
    (shown,) = binance.faults
    assert (shown["seen"], shown["fired"], shown["exhausted"]) == (3, 2, True)
    assert [entry.fault for entry in binance.requests] == ["twice", "twice", ""]


def test_rules_are_counted_removed_and_cleared(binance: Mock) -> None:
    assert len(binance.faults) == 0
    names = [binance.faults.add("error_500")["name"], binance.faults.add("latency", ms=5)["name"]]
    assert names == ["error_500-1", "latency-1"] == [rule["name"] for rule in binance.faults]
    binance.faults.remove("error_500-1")
    assert [rule["kind"] for rule in binance.faults] == ["latency"]
    assert ping(binance) == 200
    binance.faults.add("error_500")
    binance.faults.clear()
    assert (len(binance.faults), ping(binance)) == (0, 200)


def test_a_rule_of_the_same_name_takes_its_place(binance: Mock) -> None:
    binance.faults.add("error_500", name="mine")
    binance.faults.add("unknown_503", name="mine", executed=False)
    assert [rule["kind"] for rule in binance.faults] == ["unknown_503"]


@pytest.mark.parametrize(
    ("kind", "settings", "says"),
    [
        ("unknwn_503", {}, "did you mean unknown_503.*binance-mock catalog"),
        ("unknown_503", {"exeuted": True}, "did you mean executed"),
        ("latency", {}, "ms: latency needs it"),
        ("latency", {"ms": "5"}, "ms: '5' is not legal; write a whole number"),
        ("error_500", {"path": "api/v3/ping"}, "write the whole path"),
        ("error_500", {"nth": 1, "times": 1}, "nth: 1 cannot stand beside times=1"),
        ("error_500", {"venue": "stocks"}, "write one of spot"),
    ],
)
def test_an_error_names_the_next_step(binance: Mock, kind: str, settings: dict[str, object], says: str) -> None:
    with pytest.raises(MockError, match=says):
        binance.faults.add(kind, **settings)
    assert len(binance.faults) == 0


def test_removing_what_is_not_there_lists_what_is(binance: Mock) -> None:
    binance.faults.add("error_500", name="mine")
    with pytest.raises(MockError, match="no fault rule is called 'his'; the rules are: mine; GET /_mock/faults"):
        binance.faults.remove("his")
