"""Declaring an endpoint, and turning what was sent into the arguments of its handler (S-42 to S-50)."""

from __future__ import annotations

from typing import Annotated, Any, TypedDict, Unpack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_mock.venues.endpoint import Endpoint, Json, Security, endpoint
from binance_mock.venues.errors import Refusal
from binance_mock.venues.params import Choice, Default, Flag, Whole
from binance_mock.venues.weights import Weight

Number = Annotated[int, Whole()]
Word = Annotated[str, Choice(("a", "b"), -1117, "Invalid side.")]
Switch = Annotated[bool, Flag()]


class Shared(TypedDict, total=False):
    """Optional parameters that several endpoints have."""

    more: Number
    word: Word


@endpoint("GET", "/x", group="test", weight=3)
def plain(call: object, first: Number, second: Word, third: Switch | None = None, fourth: Number = 7) -> Json:
    """What it does.

    And at length.
    """
    return first, second, third, fourth


@endpoint("POST", "/x", group="test", security=Security.TRADE, weight=Weight(1, on_success=0), order_count=1)
def signed(call: object, first: Number, **fields: Unpack[Shared]) -> Json:
    """Takes a set of shared parameters."""
    return first, fields


class Page(TypedDict, total=False):
    """Shared parameters, one of them with a default."""

    start: Number
    limit: Annotated[Number, Default(50)]


@endpoint("GET", "/page", group="test", weight=1)
def paged(call: object, **page: Unpack[Page]) -> Json:
    """Takes a page."""
    return page


@endpoint("GET", "/empty", group="test", weight=1)
def empty(call: object) -> Json:
    """Takes nothing."""


def refusal(item: Endpoint, **sent: str) -> tuple[int, str]:
    with pytest.raises(Refusal) as caught:
        item.bind(sent)
    return caught.value.code, caught.value.msg


def test_the_declaration_is_read_from_the_function() -> None:
    assert [(param.name, param.required, param.default) for param in plain.params] == [
        ("first", True, None), ("second", True, None), ("third", False, None), ("fourth", False, 7),
    ]  # fmt: skip
    assert plain.summary == "What it does."
    assert (plain.weight.default, plain.order_count, plain.signed, plain.security) == (3, 0, False, Security.NONE)
    assert repr(plain) == "Endpoint(GET /x)"


def test_shared_parameters_are_optional_ones() -> None:
    assert [(param.name, param.required) for param in signed.params] == [
        ("first", True), ("more", False), ("word", False),
    ]  # fmt: skip
    assert (signed.signed, signed.order_count, signed.weight.on_success) == (True, 1, 0)


def test_a_parameter_has_to_say_what_it_is() -> None:
    with pytest.raises(TypeError, match="annotate parameter 'first'"):

        @endpoint("GET", "/x", group="test", weight=1)
        def careless(call: object, first: int) -> Json:
            return first


def test_only_what_was_sent_is_handed_on() -> None:
    assert plain.bind({"second": "b", "first": "5"}) == {"first": 5, "second": "b"}
    assert plain.handler(None, **plain.bind({"second": "b", "first": "5", "third": "false"})) == (5, "b", False, 7)
    assert signed.handler(None, **signed.bind({"first": "1", "word": "a"})) == (1, {"word": "a"})


def test_a_shared_parameter_may_have_a_default() -> None:
    assert [(param.name, param.required, param.default) for param in paged.params] == [
        ("start", False, None), ("limit", False, 50),
    ]  # fmt: skip
    assert paged.bind({"limit": "7"}) == {"limit": 7}
    assert paged.bind({"start": "1"}) == {"start": 1, "limit": 50}
    assert paged.bind({}) == {"limit": 50}
    assert refusal(paged, limit="x")[0] == -1100


def test_timing_parameters_belong_to_signed_calls_alone() -> None:
    timing = {"timestamp": "1", "recvWindow": "1", "signature": "x"}
    assert signed.bind({"first": "1", **timing}) == {"first": 1}
    assert refusal(plain, first="1", second="a", **timing)[0] == -1104


def test_the_first_fault_by_declaration_is_told() -> None:
    assert refusal(plain, second="c", first="one")[0] == -1100
    assert refusal(plain, second="c", third="x")[1].startswith("Mandatory parameter 'first'")
    assert refusal(plain, first="", second="")[1].startswith("Mandatory parameter 'first'")
    assert refusal(plain, zeroth="1", first="1", second="c")[0] == -1117
    assert refusal(plain, zeroth="1", first="1", second="a", fourth="") == (-1105, "Parameter 'fourth' was empty.")
    assert refusal(plain, zeroth="1", first="1")[1].startswith("Mandatory parameter 'second'")
    assert refusal(plain, zeroth="1", first="1", second="a")[1].endswith("read '2' parameter(s) but was sent '3'.")


def test_an_endpoint_without_parameters() -> None:
    assert empty.bind({}) == {}
    assert refusal(empty, a="1", b="") == (-1101, "Too many parameters; expected '0' and received '2'.")


def test_what_was_unknown_is_named_in_the_journal_alone() -> None:
    with pytest.raises(Refusal) as caught:
        plain.bind({"first": "1", "second": "a", "limt": "5"})
    assert "limt" in caught.value.why
    assert "limt" not in caught.value.msg


NAMES = ("first", "second", "third", "fourth", "fifth")


@given(sent=st.dictionaries(st.sampled_from(NAMES), st.sampled_from(("", "1", "a", "true", "zz"))))
def test_binding_agrees_with_a_plain_reading_of_the_rules(sent: dict[str, str]) -> None:
    """Against one pass in the order of declaration; the product takes a shorter way when nothing is wrong."""
    try:
        outcome: Any = plain.bind(sent)
    except Refusal as wrong:
        outcome = wrong.code
    assert outcome == slow_bind(plain, sent)


def slow_bind(item: Endpoint, sent: dict[str, str]) -> Any:
    values = {}
    for param in item.params:
        text = sent.get(param.name)
        if text:
            try:
                values[param.name] = param.kind.parse(param.name, text)
            except Refusal as wrong:
                return wrong.code
        elif param.required:
            return -1102
        elif text is not None:
            return -1105
    return values if sent.keys() <= {param.name for param in item.params} else -1104
