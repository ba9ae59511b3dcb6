"""Turning what a configuration file holds into structs, and saying in plain words what does not fit.

msgspec does the checking; this module translates its messages: the place in the file, the reason, the next step.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar, get_args

import msgspec

from binance_mock.printable import printable

Part = TypeVar("Part", bound=msgspec.Struct)

_MESSAGE: Final = re.compile(r"(?P<reason>.*?)(?: - at `(?:key in )?\$(?P<path>[\w.\[\]]*)`)?", re.S)
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(.*)`", re.S)
_MISSING: Final = re.compile(r"Object missing required field `(.*)`", re.S)
_EXPECTED: Final = re.compile(r"Expected `([^`]*)`(.*?)(?:, got `([^`]*)`)?", re.S)
_WORDS: Final = (
    ("int", "a whole number"),
    ("str", "text in quotes"),
    ("float", "a number with a decimal point"),
    ("bool", "true or false"),
    ("array", "a list"),
    ("object", "a table"),
    ("null", "nothing"),
)


class ConfigError(ValueError):
    """A configuration that is not legal; the message names source, place, reason and next step."""


def refuse(source: str, place: str, reason: str) -> NoReturn:
    """Raise a `ConfigError`.

    Args:
        source: name of the file, or of what stands for it.
        place: where in it, such as `accounts[1].balances.BTC`; empty for the whole.
        reason: what is wrong and what to do.

    Raises:
        ConfigError: always.
    """
    # What is quoted may hold anything; one line of printable characters comes out.
    text = f"{source}: {place}: {reason}" if place else f"{source}: {reason}"
    raise ConfigError(printable(text)) from None


def read_part(kind: type[Part], raw: object, source: str, place: str) -> Part:
    """A table of the file as a struct.

    Args:
        kind: the struct.
        raw: what the file holds.
        source: name of the file.
        place: where in the file it stands.

    Raises:
        ConfigError: a field is unknown, missing, or not of its type.
    """
    if not isinstance(raw, Mapping):
        refuse(source, place, "is no table; write names with their values")
    for name in raw:
        if not isinstance(name, str):
            refuse(source, place, f"{str(name)[:40]!r} is no name; names are text")
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        message = str(error)
    match = _MESSAGE.fullmatch(message)
    reason, path = (match["reason"], match["path"] or "") if match else (message, "")
    unknown, missing = _UNKNOWN.fullmatch(reason), _MISSING.fullmatch(reason)
    if unknown:
        known = [field.name for field in msgspec.structs.fields(kind)]
        refuse(source, below(place, unknown[1]), f"is not known here; {nearest(unknown[1], known)}")
    if missing:
        refuse(source, below(place, missing[1]), f"is missing; add {missing[1]} = ...")
    refuse(source, below(place, path.removeprefix(".")), _in_words(kind, reason, path))


def read_file(path: Path, most: int, source: str, place: str) -> bytes:
    """What a file holds.

    Args:
        path: the file.
        most: bytes that it may have.
        source: name of the configuration file.
        place: where in it the file is named; empty for itself.

    Raises:
        ConfigError: it cannot be read, or is too large.
    """
    try:
        if not path.is_file():
            refuse(source, place, f"there is no file {str(path)!r}; check the name")
        with path.open("rb") as file:
            raw = file.read(most + 1)
    except OSError as error:
        refuse(source, place, f"{str(path)!r} cannot be read: {error.strerror}; check the name and who may read it")
    if len(raw) > most:
        refuse(source, place, f"{str(path)!r} has more than {most} bytes; check the name")
    return raw


def line_column(before: str) -> str:
    """Where a text ends, as `line:column`."""
    return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def below(place: str, name: str) -> str:
    """The place of a field below another place."""
    return f"{place}.{name}" if place and name else place or name


def nearest(name: str, known: Iterable[str]) -> str:
    """The next step for a name that is not known."""
    names = list(known)
    if not names:
        return "leave it out"
    near = get_close_matches(name, names, 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"{hint}the known names are {', '.join(names)}"


def _in_words(kind: type[msgspec.Struct], reason: str, path: str) -> str:
    expected = _EXPECTED.fullmatch(reason)
    if expected is None:
        legal = _legal_values(kind, path)
        return f"{reason[:1].lower()}{reason[1:]}" + (f"; write one of {', '.join(legal)}" if legal else "")
    wanted, bound, got = expected.groups()
    found = f"is {_words(got)}" if got else "is out of range"
    if "matching regex" in bound:
        found, bound = "has characters that it may not have", " and of printable characters only"
    return f"{found}; write {_words(wanted)}{bound}"


def _words(types: str) -> str:
    words = dict(_WORDS)
    return " or ".join(words.get(each, each) for each in types.split(" | ") if each != "null" or types == "null")


def _legal_values(kind: type[msgspec.Struct], path: str) -> list[str]:
    """The values of the enum that a field, or the items of a field, are of."""
    name = re.sub(r"\[.*", "", path.removeprefix("."))
    for field in msgspec.structs.fields(kind):
        if field.name == name:
            for each in _unfolded(field.type):
                if isinstance(each, type) and issubclass(each, Enum):
                    return [str(member.value) for member in each]
                if isinstance(each, str):
                    return [str(value) for value in get_args(field.type)]
    return []


def _unfolded(kind: Any) -> list[Any]:
    """A type and what it is made of."""
    return [kind, *(part for each in get_args(kind) for part in _unfolded(each))]
