"""The book of fault rules: order, names, draws that do not disturb each other, loading and its errors."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_mock.gate.faults import FaultBook, FaultRule

ORDER = ("spot", "POST", "/api/v3/order")
TIME = ("spot", "GET", "/api/v3/time")


def picked(book: FaultBook, call: tuple[str, str, str], times: int) -> list[str | None]:
    """The names of the rules that fire on so many equal calls."""
    rules = [book.pick(*call) for _ in range(times)]
    return [None if rule is None else rule.name for rule in rules]


def test_an_empty_book_is_false_and_picks_nothing() -> None:
    book = FaultBook(0)
    assert not book
    assert len(book) == 0
    assert book.pick(*ORDER) is None


def test_the_first_rule_that_matches_and_fires_has_the_call() -> None:
    book = FaultBook(0)
    first = book.add("unknown_503", name="first", path="/api/v3/order", times=1)
    second = book.add("timeout_504", name="second")
    assert book
    assert picked(book, TIME, 1) == ["second"]
    assert picked(book, ORDER, 2) == ["first", "second"]
    # The call that the first rule took never reached the second.
    assert (first.seen, first.fired, second.seen, second.fired) == (2, 1, 2, 2)


def test_a_matching_rule_that_does_not_fire_counts_the_call_and_lets_it_pass() -> None:
    book = FaultBook(0)
    waiting = book.add("unknown_503", after=2)
    behind = book.add("internal_503", nth=2)
    assert picked(book, ORDER, 4) == [None, behind.name, waiting.name, waiting.name]
    assert (waiting.seen, behind.seen) == (4, 2)


def test_keys_match_by_text_or_label() -> None:
    book = FaultBook(0)
    book.add("unknown_503", name="alice", key="alice", times=1)
    book.add("unknown_503", name="text", key="KEYTEXT")
    assert book.pick(*ORDER) is None
    assert book.pick(*ORDER, "OTHER", "bob") is None
    for expected in ("alice", "text"):
        rule = book.pick(*ORDER, "KEYTEXT", "alice")
        assert rule is not None
        assert rule.name == expected


def test_generated_names_count_per_kind_and_are_not_used_twice() -> None:
    book = FaultBook(0)
    book.add("latency", ms=1, name="latency-2")
    names = [book.add("latency", ms=1).name, book.add("latency", ms=1).name, book.add("reset_after").name]
    assert names == ["latency-1", "latency-3", "reset_after-1"]
    book.remove("latency-3")
    assert book.add("latency", ms=1).name == "latency-4"
    book.clear()
    assert not book
    assert book.add("latency", ms=1).name == "latency-1"


def test_a_rule_of_the_same_name_is_replaced_in_its_place() -> None:
    book = FaultBook(0)
    book.add("unknown_503", name="a", times=1)
    book.add("timeout_504", name="b")
    assert picked(book, ORDER, 2) == ["a", "b"]
    again = book.add("unknown_503", name="a", times=1)
    assert [rule.name for rule in book] == ["a", "b"]
    assert (again.seen, again.fired) == (0, 0)
    assert picked(book, ORDER, 2) == ["a", "b"]


def test_remove_gives_the_rule_back_and_names_those_there_are() -> None:
    book = FaultBook(0)
    rule = book.add("unknown_503", name="a")
    book.add("unknown_503", name="b")
    assert book.remove("a") is rule
    with pytest.raises(KeyError, match="no fault rule is called 'a'; the rules are: b"):
        book.remove("a")
    book.remove("b")
    with pytest.raises(KeyError, match="the rules are: none"):
        book.remove("b")


def test_the_same_seed_gives_the_same_draws() -> None:
    def run(seed: int | str) -> list[str | None]:
        book = FaultBook(seed)
        book.add("unknown_503", name="a", probability=0.4)
        return picked(book, ORDER, 100)

    assert run(7) == run(7)
    assert run("seven") == run("seven")
    assert run(7) != run(8)


@given(st.integers(), st.lists(st.tuples(st.booleans(), st.floats(0, 1)), max_size=4))
def test_other_rules_do_not_move_the_draws(seed: int, others: list[tuple[bool, float]]) -> None:
    """The others are for another path, so they hide no call from the rule; some stand before it, some behind."""
    alone, crowded = FaultBook(seed), FaultBook(seed)
    alone.add("unknown_503", name="a", path="/api/v3/order", probability=0.5)
    for before in (True, False):
        for number, (stands_before, probability) in enumerate(others):
            if stands_before is before:
                crowded.add("timeout_504", name=f"other-{number}", path="/api/v3/time", probability=probability)
        if before:
            crowded.add("unknown_503", name="a", path="/api/v3/order", probability=0.5)
    for _ in range(30):
        picked(crowded, TIME, 1)
        assert picked(crowded, ORDER, 1) == picked(alone, ORDER, 1)


def test_two_rules_of_one_book_do_not_draw_in_step() -> None:
    book = FaultBook(1)
    book.add("unknown_503", name="a", path="/api/v3/order", probability=0.5)
    book.add("unknown_503", name="b", path="/api/v3/time", probability=0.5)
    hits = [[name is not None for name in picked(book, call, 64)] for call in (ORDER, TIME)]
    assert hits[0] != hits[1]


@pytest.mark.parametrize(
    ("venues", "venue", "wording"),
    [(None, "usdm", "usdm"), (("spot", "usdm"), "usdm", "usdm"), ({"spot": "spot", "coinm": "usdm"}, "coinm", "usdm")],
)
def test_a_venue_has_words_of_its_own_unless_told(venues: Any, venue: str, wording: str) -> None:
    assert FaultBook(0, venues=venues).wording(venue) == wording


@pytest.mark.parametrize(
    ("settings", "wording", "taken"),
    [
        ({}, "usdm", "usdm"),
        ({"venue": "usdm"}, "usdm", "usdm"),
        ({}, "options", "options"),
        ({}, "wallet", None),
        ({"wording": "spot"}, "usdm", "spot"),
        ({"wording": None}, "usdm", "usdm"),
    ],
)
def test_a_fault_takes_the_words_of_the_call(settings: dict[str, Any], wording: str, taken: str | None) -> None:
    rule = FaultBook(0).add("banned_418", seconds=7, **settings)
    fault = rule.fault.at(wording)
    assert fault.settings() == {"seconds": 7, "wording": taken}
    assert rule.fault.settings()["wording"] == settings.get("wording")


def test_a_kind_without_venue_texts_is_not_given_any() -> None:
    assert FaultBook(0).add("unknown_503", venue="usdm").fault.settings() == {"executed": True}


def test_a_failed_add_leaves_the_book_as_it_was() -> None:
    book = FaultBook(0, venues=("spot", "usdm"))
    book.add("unknown_503", name="a")
    before = book.describe()
    for wrong in (
        {"kind": "unknown"},
        {"kind": "unknown_503", "name": "a", "times": 0},
        {"kind": "unknown_503", "executed": 3},
        {"kind": "unknown_503", "venue": "futures"},
    ):
        with pytest.raises(ValueError):
            book.add(**wrong)
    assert book.describe() == before
    assert book.add("unknown_503").name == "unknown_503-1"


def test_a_venue_that_no_call_can_have_is_refused() -> None:
    with pytest.raises(ValueError, match="venue: 'futures' is not legal; write one of spot, usdm, or leave it out"):
        FaultBook(0, venues=("spot", "usdm")).add("unknown_503", venue="futures")


def test_describe_lists_rules_in_order() -> None:
    book = FaultBook(0)
    book.add("latency", ms=5, name="z")
    book.add("unknown_503", name="a", nth=1)
    book.pick(*ORDER)
    assert [(item["name"], item["seen"], item["fired"], item["exhausted"]) for item in book.describe()] == [
        ("z", 1, 1, False),
        ("a", 0, 0, False),
    ]


def test_a_fork_goes_on_alone() -> None:
    book = FaultBook(3, venues=("spot",))
    book.add("unknown_503", probability=0.5, times=20)
    picked(book, ORDER, 10)
    twin = book.fork()
    twin.add("latency", ms=1)
    assert len(book) == 1
    assert picked(book, ORDER, 20) == [name if name != "latency-1" else None for name in picked(twin, ORDER, 20)]
    twin.remove("unknown_503-1")
    assert twin.add("unknown_503").name == "unknown_503-2"
    with pytest.raises(ValueError, match="venue: 'usdm'"):
        twin.add("unknown_503", venue="usdm")


RULES: list[dict[str, Any]] = [
    {"kind": "too_many_429", "name": "slow", "path": "/api/*", "times": 2, "retry_after": None},
    {"kind": "latency", "name": "late", "venue": "spot", "ms": 20, "stage": "after", "probability": 0.5},
]


def test_load_is_idempotent_and_keeps_other_rules() -> None:
    book = FaultBook(0)
    book.add("reset_after", name="mine")
    assert [rule.name for rule in book.load(RULES)] == ["slow", "late"]
    once = book.describe()
    picked(book, ORDER, 4)
    book.remove("mine")
    book.add("reset_after", name="mine")
    book.load(RULES)
    assert sorted(book.describe(), key=lambda item: item["name"]) == sorted(once, key=lambda item: item["name"])


def test_settings_are_loaded_back_as_the_same_rules() -> None:
    book = FaultBook(5)
    book.load(RULES)
    book.add("banned_418", venue="usdm", nth=3)
    other = FaultBook(5)
    other.load([rule.settings() for rule in book])
    assert other.describe() == book.describe()
    assert picked(other, ORDER, 40) == picked(book, ORDER, 40)


def test_load_generates_names_for_nameless_rules() -> None:
    book = FaultBook(0)
    loaded = book.load([{"kind": "reset_after"}, {"kind": "reset_after", "name": None}])
    assert [rule.name for rule in loaded] == ["reset_after-1", "reset_after-2"]
    assert all(isinstance(rule, FaultRule) for rule in loaded)
    book.remove("reset_after-2")
    assert book.add("reset_after").name == "reset_after-3"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("latency", "faults[1]: str is not legal; write an object with a kind"),
        ({}, "faults[1].kind: is missing"),
        ({"kind": "latncy"}, "faults[1].kind: no fault is called 'latncy' (did you mean latency?"),
        ({"kind": ["latency"]}, "faults[1].kind: no fault is called ['latency']"),
        ({"kind": "latency"}, "faults[1].ms: latency needs it"),
        ({"kind": "latency", "ms": "5"}, "faults[1].ms: '5' is not legal"),
        ({"kind": "latency", "ms": 5, "tims": 1}, "faults[1].tims: latency has no such parameter"),
        ({"kind": "latency", "ms": 5, "times": 0}, "faults[1].times: 0 is not legal"),
        ({"kind": "latency", "ms": 5, "nth": 2, "after": 1}, "faults[1].nth: 2 cannot stand beside after=1"),
        ({"kind": "latency", "ms": 5, "venue": ["spot"]}, "faults[1].venue: ['spot'] is not legal"),
        ({"kind": "latency", "ms": 5, "name": "fine"}, "faults[1].name: 'fine' is the name of an earlier rule"),
    ],
)
def test_load_names_the_place_and_adds_nothing(wrong: Any, message: str) -> None:
    book = FaultBook(0)
    with pytest.raises(ValueError) as refused:
        book.load([{"kind": "reset_after", "name": "fine"}, wrong])
    assert str(refused.value).startswith(message)
    assert not book


def test_load_wants_a_list() -> None:
    with pytest.raises(ValueError, match="faults: dict is not legal; write a list of rules"):
        FaultBook(0).load({"kind": "reset_after"})  # type: ignore[arg-type]  # what a hurried JSON file holds
