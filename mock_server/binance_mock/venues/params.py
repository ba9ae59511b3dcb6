"""Kinds of parameters: how the text of each becomes a value, and how Binance refuses it.

An endpoint annotates each of its parameters with one of these (`Annotated[int, Whole()]`); validation, the
catalogue and the OpenAPI file read them from there. A kind has no state.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple

from binance_mock.engine.intervals import parse_offset
from binance_mock.venues import errors
from binance_mock.venues.errors import Refusal

_POWERS = tuple(10**n for n in range(9))
_INT64_MAX = 2**63 - 1


class Default(NamedTuple):
    """Beside the kind of a shared parameter: what it is when it is not sent."""

    value: Any


class Kind:
    """Base of all kinds: free text.

    Attributes:
        pattern: what a value must match, as Binance shows it in -1100; "" for anything.
    """

    pattern: ClassVar[str] = ""

    def parse(self, name: str, text: str) -> Any:
        """The value of a non-empty text.

        Raises:
            Refusal: Binance's answer for a text that is no such value.
        """
        return text

    def empty(self, name: str) -> Refusal:
        """Binance's answer when an optional parameter is sent without a value."""
        return errors.parameter_empty(name)

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the text, for the OpenAPI file."""
        return {"type": "string"}


class Text(Kind):
    """Text that must match a pattern; -1100 shows it (rule S-46).

    Args:
        pattern: the pattern as Binance words it in its message.
        python: the same for `re`, where the wording is Java's.
    """

    def __init__(self, pattern: str, python: str | None = None) -> None:
        self.shown = pattern
        self._regex = re.compile(python or pattern)

    def parse(self, name: str, text: str) -> str:
        if not self._regex.fullmatch(text):
            raise errors.illegal_characters(name, self.shown)
        return text

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{self._regex.pattern}$"}


class Symbol(Text):
    """A symbol's name: upper-case letters of any script, digits, `-`, `_` and `.` (rules S-11, S-47)."""

    def __init__(self) -> None:
        super().__init__(r"^[\w\-._&&[^a-z]]{1,50}$", r"(?:(?![a-z])[\w\-.]){1,50}")

    def parse(self, name: str, text: str) -> str:
        if text.isalnum() and text.isascii() and text.isupper() and len(text) <= 50:
            return text
        return super().parse(name, text)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "example": "BTCUSDT"}


class Symbols(Kind):
    """A JSON array of symbols as text, without spaces (rule S-52).

    Args:
        most: how many it may hold, None for any number.
    """

    _SHOWN = r'^\[("[\w\-._&&[^a-z]]{1,50}"(,"[\w\-._&&[^a-z]]{1,50}"){0,}){0,1}\]$'
    _NAME = r"(?:(?![a-z])[\w\-.]){1,50}"
    _REGEX = re.compile(rf'\[(?:"{_NAME}"(?:,"{_NAME}")*)?\]')

    def __init__(self, most: int | None = None) -> None:
        self.most = most

    def parse(self, name: str, text: str) -> list[str]:
        if not self._REGEX.fullmatch(text):
            raise errors.illegal_characters(name, self._SHOWN)
        names = [part.strip('"') for part in text[1:-1].split(",") if part]
        if not names:
            raise errors.parameter_empty(name)
        if len(set(names)) != len(names):
            raise Refusal(-1151, "Symbol is present multiple times in the list.")
        if self.most is not None and len(names) > self.most:
            raise Refusal(-1101, f"Too many values sent for parameter '{name}', maximum allowed up to {self.most}.")
        return names

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "example": '["BTCUSDT","BNBUSDT"]'}


class Whole(Kind):
    """A whole number of at most 20 digits.

    Args:
        least: smaller ones are refused with -1130.
        most: larger ones are cut down to it where `clamp`, else refused with the ceiling text of -1102.
        clamp: see `most`; the tolerant reading of rule S-55.
    """

    pattern = r"^[0-9]{1,20}$"
    _REGEX = re.compile(r"[0-9]{1,20}")

    def __init__(self, *, least: int = 0, most: int | None = None, clamp: bool = True) -> None:
        self.least = least
        self.most = most
        self.clamp = clamp

    def parse(self, name: str, text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= 20):
            raise errors.illegal_characters(name, self.pattern)
        value = int(text)
        if value > _INT64_MAX:
            raise errors.overflow(name)
        if value < self.least:
            raise errors.invalid_data(name)
        if self.most is not None and value > self.most:
            if not self.clamp:
                raise errors.above_ceiling(name, self.most)
            return self.most
        return value

    def schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "integer", "minimum": self.least}
        if self.most is not None and not self.clamp:
            schema["maximum"] = self.most
        return schema


class Amount(Kind):
    """A plain decimal, read as an integer number of 10^-8; exponents and signs are illegal (rule S-46)."""

    pattern = r"^([0-9]{1,20})(\.[0-9]{1,20})?$"
    _REGEX = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,20})?")

    def parse(self, name: str, text: str) -> int:
        whole, _, decimals = text.partition(".")
        digits = len(decimals)
        number = whole + decimals
        if 0 < digits <= 8 and 0 < len(whole) <= 10 and number.isdigit() and number.isascii():
            usual: int = int(number) * _POWERS[8 - digits]
            return usual  # It cannot be too large.
        if self._REGEX.fullmatch(text) is None:
            raise errors.illegal_characters(name, self.pattern)
        if digits > 8:
            if decimals[8:].strip("0"):
                raise errors.too_much_precision(name)
            decimals, digits = decimals[:8], 8
        value: int = int(whole + decimals) * _POWERS[8 - digits]
        if value > _INT64_MAX:
            raise errors.overflow(name)
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": self.pattern, "example": "0.10000000"}


class Flag(Kind):
    """`true` or `false`, in lower case."""

    pattern = "^(true|false)$"

    def parse(self, name: str, text: str) -> bool:
        if text == "true":
            return True
        if text == "false":
            return False
        raise errors.illegal_characters(name, self.pattern)

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


class Choice(Kind):
    """One of a fixed set of words.

    Args:
        values: the words; members of a `StrEnum` are handed on as members.
        code: the error code of any other word (rule S-50).
        msg: its text; `{name}` stands for the parameter's name.
    """

    def __init__(
        self, values: Iterable[str], code: int = -1130, msg: str = "Data sent for parameter '{name}' is not valid."
    ) -> None:
        self.values: dict[str, str] = {str(value): value for value in values}
        self.code = code
        self.msg = msg

    def parse(self, name: str, text: str) -> str:
        value = self.values.get(text)
        if value is None:
            raise Refusal(self.code, self.msg.format(name=name))
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.values)}


class Names(Kind):
    """One bare word, or a JSON array of words, out of a fixed set (`permissions` of exchangeInfo)."""

    def __init__(self, values: Iterable[str]) -> None:
        self.values = frozenset(values)

    def parse(self, name: str, text: str) -> list[str]:
        inner = text[1:-1] if text.startswith("[") and text.endswith("]") else f'"{text}"'
        words = inner.split(",")
        if not all(len(word) > 2 and word[0] == word[-1] == '"' for word in words):
            raise Refusal(-1135, f"JSON sent for parameter '{name}' is not valid")
        names = [word[1:-1] for word in words]
        if not self.values.issuperset(names):
            raise errors.invalid_data(name)
        return names

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "example": "SPOT"}


class Moment(Whole):
    """A time in milliseconds or microseconds, told apart by magnitude, read as microseconds (rule S-15)."""

    def __init__(self) -> None:
        super().__init__()

    def parse(self, name: str, text: str) -> int:
        return to_microseconds(super().parse(name, text))

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": 0, "example": 1700000000000}


class TimeZone(Kind):
    """An offset from UTC such as `8`, `05:45` or `-1:00`, within -12:00 and +14:00, read as microseconds (S-170)."""

    pattern = r"^[+-]?[0-9]{1,2}(:[0-9]{2})?$"

    def parse(self, name: str, text: str) -> int:
        try:
            return parse_offset(text)
        except ValueError:
            raise errors.invalid_data(name) from None


def to_microseconds(value: int) -> int:
    """A time given in milliseconds or microseconds, as microseconds: 15 digits or more are microseconds."""
    return value if value >= 10**14 else value * 1000


class RespType(StrEnum):
    """How much of a placed order the answer shows (rule S-73)."""

    ACK = "ACK"
    RESULT = "RESULT"
    FULL = "FULL"
