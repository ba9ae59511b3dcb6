"""How the text of each kind of parameter becomes a value, against the standard library's idea of it."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from binance_mock.engine.units import SCALE
from binance_mock.venues.errors import Refusal
from binance_mock.venues.params import (
    Amount,
    Choice,
    Flag,
    Kind,
    Moment,
    Names,
    RespType,
    Symbol,
    Symbols,
    Text,
    TimeZone,
    Whole,
    to_microseconds,
)

INT64_MAX = 2**63 - 1

numbers = st.from_regex(r"[0-9]{1,22}(\.[0-9]{1,22})?", fullmatch=True)
texts = st.text() | st.text(alphabet="0123456789.eE+-_ ,") | numbers


def code(kind: Kind, text: str) -> int:
    """The code that a text is refused with, 0 when it is accepted."""
    try:
        kind.parse("p", text)
    except Refusal as refusal:
        return refusal.code
    return 0


# -- decimals (S-46, S-48, S-49, S-163) -----------------------------------------------------------------------------


def model_of_amount(text: str) -> int | Fraction:
    """What a decimal parameter is by the rules: its code when refused, else its exact value."""
    if not re.fullmatch(r"[0-9]{1,20}(\.[0-9]{1,20})?", text, re.ASCII):
        return -1100
    value = Fraction(text) * SCALE
    if value.denominator != 1:
        return -1111
    return -1108 if value > INT64_MAX else value


@given(text=texts)
@example("92233720368.54775807")
@example("92233720368.54775808")
@example("0.000000010")
@example("0.000000001")
@example("00000000000000000001")
@example("0.00000000000000000000")
@example("10000000000000000000.000000001")
def test_a_decimal_is_read_exactly(text: str) -> None:
    """No binary floats; trailing zeros beyond the eighth decimal do no harm."""
    expected = model_of_amount(text)
    if isinstance(expected, Fraction):
        assert Amount().parse("p", text) == expected
    else:
        assert code(Amount(), text) == expected


@given(value=st.decimals(min_value=0, max_value=Decimal("92233720368.54775807"), places=8))
def test_every_amount_that_there_is_can_be_sent(value: Decimal) -> None:
    assert Amount().parse("p", f"{value:.8f}") == int(value * SCALE)


@given(text=texts)
def test_a_decimal_fits_its_published_pattern(text: str) -> None:
    schema = Amount().schema()
    fits = re.search(schema["pattern"], text, re.ASCII) is not None and not text.endswith("\n")
    assert (code(Amount(), text) != -1100) == fits


# -- whole numbers --------------------------------------------------------------------------------------------------


@given(text=texts)
@example(str(INT64_MAX))
@example(str(INT64_MAX + 1))
@example("0" * 20)
@example("0" * 21)
@example("²")
@example("٣")
def test_a_whole_number(text: str) -> None:
    """S-46, S-48."""
    if not re.fullmatch(r"[0-9]{1,20}", text, re.ASCII):
        assert code(Whole(), text) == -1100
    elif int(text) > INT64_MAX:
        assert code(Whole(), text) == -1108
    else:
        assert Whole().parse("p", text) == int(text)


@pytest.mark.parametrize(("text", "value"), [("1", 1), ("999", 999), ("1000", 1000), ("1001", 1000), ("99999", 1000)])
def test_a_page_size_is_cut_to_the_maximum(text: str, value: int) -> None:
    """S-55."""
    assert Whole(least=1, most=1000).parse("limit", text) == value


def test_whole_numbers_out_of_bounds() -> None:
    assert code(Whole(least=1), "0") == -1130
    with pytest.raises(Refusal, match=r"-1102 'p' contains unexpected value. Cannot be greater than 100\."):
        Whole(most=100, clamp=False).parse("p", "101")
    assert Whole(most=100, clamp=False).parse("p", "100") == 100


@given(value=st.integers(0, INT64_MAX))
@example(99_999_999_999_999)
@example(100_000_000_000_000)
def test_a_moment_is_read_by_its_magnitude(value: int) -> None:
    """S-15: 15 digits are microseconds, 14 are milliseconds; between them lie 1973 and 5138."""
    us = Moment().parse("startTime", str(value))
    assert us == to_microseconds(value)
    assert us == (value if len(str(value)) >= 15 else value * 1000)


@given(ms=st.integers(1_483_228_800_000, 4_102_444_800_000))
def test_any_moment_of_this_century_in_either_unit(ms: int) -> None:
    """S-15."""
    assert Moment().parse("p", str(ms)) == Moment().parse("p", str(ms * 1000)) == ms * 1000


# -- words ----------------------------------------------------------------------------------------------------------


def test_a_flag() -> None:
    assert Flag().parse("p", "true") is True
    assert Flag().parse("p", "false") is False
    assert {code(Flag(), text) for text in ("True", "FALSE", "1", "yes", "null", " true")} == {-1100}


@given(text=st.text())
def test_a_word_of_a_set(text: str) -> None:
    """S-50: as written, letter case included."""
    kind = Choice(("BUY", "SELL"), -1117, "Invalid side.")
    assert code(kind, text) == (0 if text in ("BUY", "SELL") else -1117)


def test_members_of_an_enumeration_are_handed_on() -> None:
    assert Choice(RespType).parse("p", "ACK") is RespType.ACK
    assert Choice(RespType).schema() == {"type": "string", "enum": ["ACK", "RESULT", "FULL"]}
    with pytest.raises(Refusal, match=r"-1130 Data sent for parameter 'newOrderRespType' is not valid\."):
        Choice(RespType).parse("newOrderRespType", "ALL")


@pytest.mark.parametrize(
    ("text", "names"), [("SPOT", ["SPOT"]), ('["SPOT"]', ["SPOT"]), ('["MARGIN","SPOT"]', ["MARGIN", "SPOT"])]
)
def test_one_bare_word_or_a_list(text: str, names: list[str]) -> None:
    assert Names(("SPOT", "MARGIN")).parse("permissions", text) == names


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("spot", -1130), ("[]", -1135), ("[SPOT]", -1135), ('["SPOT",]', -1135), ('["SPOT"', -1130), ('""', -1130),
        ('["SPOT", "MARGIN"]', -1135), ("SPOT,MARGIN", -1135), ("[", -1130), ('["NONE"]', -1130),
        ('[[["SPOT"]]]', -1135),
    ],
)  # fmt: skip
def test_broken_lists_of_words(text: str, wrong: int) -> None:
    assert code(Names(("SPOT", "MARGIN")), text) == wrong


@given(text=st.text())
def test_any_text_as_names_is_accepted_or_refused(text: str) -> None:
    assert code(Names(("SPOT",)), text) in (0, -1130, -1135)


# -- symbols (S-11, S-46, S-47, S-52) -------------------------------------------------------------------------------

symbols = st.text(alphabet="ABCXYZ0189_.-币安人生", min_size=1, max_size=50)


@given(name=symbols)
def test_names_of_symbols(name: str) -> None:
    assert Symbol().parse("symbol", name) == name


@given(name=symbols, at=st.integers(0, 50), wrong=st.sampled_from(list("az /\"'%,\n\x00&[]{}")))
def test_one_bad_character_spoils_a_symbol(name: str, at: int, wrong: str) -> None:
    assert code(Symbol(), name[:at] + wrong + name[at:]) == -1100


def test_a_symbol_has_at_most_fifty_characters() -> None:
    assert code(Symbol(), "A" * 50) == 0
    assert code(Symbol(), "A" * 51) == -1100


@given(names=st.lists(symbols, unique=True, min_size=1, max_size=5))
def test_lists_of_symbols(names: list[str]) -> None:
    text = json.dumps(names, ensure_ascii=False, separators=(",", ":"))
    assert Symbols().parse("symbols", text) == names
    assert code(Symbols(), text.replace('"]', f'","{names[0]}"]')) == -1151


@given(text=st.text(alphabet='AB",[] ') | st.text())
def test_what_is_accepted_as_a_list_is_json(text: str) -> None:
    """S-52."""
    try:
        names = Symbols().parse("symbols", text)
    except Refusal as refusal:
        assert refusal.code in (-1100, -1105, -1151)  # noqa: PT017 - both outcomes are legal
        return
    assert names == json.loads(text)


def test_how_many_symbols_a_list_may_hold() -> None:
    """S-52."""
    assert len(Symbols(most=2).parse("symbols", '["A","B"]')) == 2
    with pytest.raises(Refusal, match=r"-1101 Too many values sent for parameter 'symbols', maximum allowed up to 2\."):
        Symbols(most=2).parse("symbols", '["A","B","C"]')


# -- time zones and free text ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "minutes"), [("0", 0), ("8", 480), ("05:45", 345), ("-1:00", -60), ("-12:00", -720), ("14", 840)]
)
def test_time_zones(text: str, minutes: int) -> None:
    """S-170."""
    assert TimeZone().parse("timeZone", text) == minutes * 60_000_000


@pytest.mark.parametrize(
    "text", ["14:01", "-12:01", "15", "1:60", "+8", " 8", "UTC", "8:5", "1:000", "--1", "-", "8:", "٨"]
)
def test_time_zones_that_there_are_not(text: str) -> None:
    """S-170."""
    assert code(TimeZone(), text) == -1130


def test_free_text_and_patterns() -> None:
    assert Kind().parse("p", "any thing") == "any thing"
    assert Kind().schema() == {"type": "string"}
    with pytest.raises(Refusal, match=r"-1100 Illegal characters found in parameter 'p'; legal range is '\^a\$'\."):
        Text("^a$", "a").parse("p", "b")
    assert Text("^a$", "a").schema()["pattern"] == "^a$"
