"""Fault rules: the match with its reasons, when they fire, and what they refuse."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_mock.gate.faults import Call, FaultRule, why_not
from binance_mock.gate.faults.kinds import make_fault

CALL = Call("spot", "POST", "/api/v3/order", key="vmPUZE6m", label="main")
PUBLIC = Call("spot", "GET", "/api/v3/time")


def rule(name: str = "r", **settings: Any) -> FaultRule:
    return FaultRule(name, make_fault("unknown_503"), **settings)


@pytest.mark.parametrize(
    ("settings", "call", "differences"),
    [
        ({}, CALL, []),
        ({}, PUBLIC, []),
        ({"venue": "spot"}, CALL, []),
        ({"venue": "usdm"}, CALL, ["venue: the rule is for usdm, the call is to spot"]),
        ({"method": "POST"}, CALL, []),
        ({"method": "post"}, CALL, []),
        ({"method": "DELETE"}, CALL, ["method: the rule is for DELETE, the call is a POST"]),
        ({"path": "/api/v3/order"}, CALL, []),
        ({"path": "/api/v3/ord"}, CALL, ["path: the rule is for /api/v3/ord, the call is to /api/v3/order"]),
        (
            {"path": "/api/v3/order/test"},
            CALL,
            ["path: the rule is for /api/v3/order/test, the call is to /api/v3/order"],
        ),
        ({"path": "/api/v3/ord*"}, CALL, []),
        ({"path": "/api/v3/order*"}, CALL, []),
        ({"path": "*"}, CALL, []),
        (
            {"path": "/fapi/*"},
            CALL,
            ["path: the rule is for paths that begin with /fapi/, the call is to /api/v3/order"],
        ),
        ({"key": "vmPUZE6m"}, CALL, []),
        ({"key": "main"}, CALL, []),
        ({"key": "other"}, CALL, ["key: the rule is for other, the call has the key vmPUZE6m, called main"]),
        ({"key": "main"}, CALL._replace(label=None), ["key: the rule is for main, the call has the key vmPUZE6m"]),
        ({"key": "main"}, PUBLIC, ["key: the rule is for main, the call has no key"]),
        ({"venue": "spot", "method": "POST", "path": "/api/v3/*", "key": "main"}, CALL, []),
        (
            {"venue": "spot", "method": "POST", "path": "/api/v3/order", "key": "main"},
            PUBLIC,
            [
                "method: the rule is for POST, the call is a GET",
                "path: the rule is for /api/v3/order, the call is to /api/v3/time",
                "key: the rule is for main, the call has no key",
            ],
        ),
    ],
)
def test_the_match_is_a_list_of_differences(settings: dict[str, Any], call: Call, differences: list[str]) -> None:
    assert why_not(rule(**settings), call) == differences


def hits(made: FaultRule, calls: int) -> list[int]:
    """The calls, counted from 1, on which the rule fires."""
    return [number for number in range(1, calls + 1) if made.hit()]


@pytest.mark.parametrize(
    ("settings", "fires_on"),
    [
        ({}, [1, 2, 3, 4, 5, 6]),
        ({"nth": 1}, [1]),
        ({"nth": 3}, [3]),
        ({"after": 2}, [3, 4, 5, 6]),
        ({"times": 1}, [1]),
        ({"times": 2}, [1, 2]),
        ({"after": 1, "times": 3}, [2, 3, 4]),
        ({"after": 9}, []),
        ({"probability": 1}, [1, 2, 3, 4, 5, 6]),
        ({"probability": 0}, []),
    ],
)
def test_when_it_fires(settings: dict[str, Any], fires_on: list[int]) -> None:
    made = rule(**settings)
    assert hits(made, 6) == fires_on
    assert (made.seen, made.fired) == (6, len(fires_on))


def test_an_exhausted_rule_goes_on_counting() -> None:
    once, third = rule(times=1), rule(nth=3)
    told = []
    for _ in range(4):
        once.hit()
        third.hit()
        told.append((once.exhausted, third.exhausted))
    assert told == [(True, False), (True, False), (True, True), (True, True)]
    assert (once.seen, once.fired, third.seen, third.fired) == (4, 1, 4, 1)


def test_a_rule_without_end_is_never_exhausted() -> None:
    made = rule(probability=1.0)
    hits(made, 50)
    assert not made.exhausted


def test_probability_draws_from_its_seed() -> None:
    made = rule(probability=0.3, seed="7/r")
    draws = Random("7/r")
    assert hits(made, 200) == [number for number in range(1, 201) if draws.random() < 0.3]


def test_other_seeds_give_other_draws() -> None:
    assert hits(rule(probability=0.5, seed="1/r"), 64) != hits(rule(probability=0.5, seed="2/r"), 64)


def test_times_counts_hits_not_draws() -> None:
    made = rule(probability=0.2, times=3, after=4, seed="s")
    fired = hits(made, 300)
    assert len(fired) == 3
    assert fired[0] > 4
    assert made.exhausted


def test_a_fork_goes_on_alone_with_the_same_draws() -> None:
    made = rule(probability=0.5, times=40, seed="x")
    hits(made, 30)
    twin = made.fork()
    assert twin.describe() == made.describe()
    told = hits(twin, 60)
    assert made.seen == 30
    assert hits(made, 60) == told


def test_the_description_holds_settings_counters_and_parameters() -> None:
    made = FaultRule(
        "late", make_fault("latency", ms=50), venue="spot", method="get", path="/api/*", key="main", after=1, times=1
    )
    hits(made, 2)
    assert made.settings() == {
        "name": "late", "kind": "latency", "venue": "spot", "method": "GET", "path": "/api/*", "key": "main",
        "nth": None, "after": 1, "times": 1, "probability": None, "ms": 50, "stage": "before", "wall": False,
    }  # fmt: skip
    assert made.describe() == {**made.settings(), "seen": 2, "fired": 1, "exhausted": True}
    assert repr(made).startswith("FaultRule(name='late', kind='latency', venue='spot'")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"name": ""}, "name: '' is not legal"),
        ({"name": "a/b"}, "name: 'a/b' is not legal"),
        ({"name": "x" * 65}, "name: 'xxx"),
        ({"name": 5}, "name: 5 is not legal"),
        ({"venue": ""}, "venue: '' is not legal; write a text, or leave venue out to match any"),
        ({"method": 1}, "method: 1 is not legal"),
        ({"method": "PSOT"}, "method: 'PSOT' is not legal; write one of GET, POST"),
        ({"path": "api/v3/order"}, "path: 'api/v3/order' is not legal; write the whole path"),
        ({"path": "/api/*/order"}, "path: '/api/*/order' is not legal; * may stand at the end only"),
        ({"path": "/api/v3/order?a=1"}, "path: '/api/v3/order?a=1' is not legal; write it without the query"),
        ({"key": b"k"}, "key: b'k' is not legal"),
        ({"nth": 0}, "nth: 0 is not legal; write a whole number from 1, or leave it out to fire on every call"),
        ({"nth": True}, "nth: True is not legal"),
        ({"after": -1}, "after: -1 is not legal; write a whole number from 0"),
        ({"after": None}, "after: None is not legal; write a whole number from 0"),
        ({"times": 0}, "times: 0 is not legal; write a whole number from 1, or leave it out to fire until"),
        ({"times": "2"}, "times: '2' is not legal"),
        ({"probability": 1.01}, "probability: 1.01 is not legal; write a number from 0 to 1"),
        ({"probability": -0.1}, "probability: -0.1 is not legal"),
        ({"probability": float("nan")}, "probability: nan is not legal"),
        ({"probability": True}, "probability: True is not legal"),
        ({"nth": 2, "after": 3}, "nth: 2 cannot stand beside after=3; nth counts all matching calls, so write nth=5"),
        (
            {"nth": 2, "times": 3},
            "nth: 2 cannot stand beside times=3; nth fires once, so leave times out, or write after=1",
        ),
        ({"nth": 2, "probability": 0.5}, "nth: 2 cannot stand beside probability=0.5; leave one of them out"),
    ],
)
def test_illegal_settings_say_what_to_write(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as refused:
        rule(**settings)
    assert str(refused.value).startswith(message)


settings_of_counting = st.one_of(
    st.fixed_dictionaries({"nth": st.integers(1, 12)}),
    st.fixed_dictionaries({"after": st.integers(0, 12), "times": st.none() | st.integers(1, 12)}),
)


@given(settings_of_counting, st.lists(st.booleans(), max_size=30))
def test_counting_agrees_with_a_slow_model(settings: dict[str, Any], matching: list[bool]) -> None:
    """The model looks at the whole history of calls each time; the rule keeps two counters."""
    made = rule(path="/api/v3/order", **settings)
    for length in range(1, len(matching) + 1):
        history = matching[:length]
        places = [place for place, matches in enumerate(history) if matches]
        if "nth" in settings:
            firing = places[settings["nth"] - 1 : settings["nth"]]
            spent = len(places) >= settings["nth"]
        else:
            firing = places[settings["after"] :][: settings["times"]]
            spent = settings["times"] is not None and len(firing) == settings["times"]
        call = CALL if history[-1] else PUBLIC
        fired = not why_not(made, call) and made.hit()
        assert fired == (length - 1 in firing)
        assert (made.seen, made.fired, made.exhausted) == (len(places), len(firing), spent)
