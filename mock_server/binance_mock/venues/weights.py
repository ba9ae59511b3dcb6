"""What a call weighs (rule S-57), declared beside the endpoint and worked out from the raw parameters.

The weight is charged before anything is validated, so every rule gives a sensible number for any text. Calls that are
outside of the weight share a quota instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

Sent = Mapping[str, str]


class Quota(NamedTuple):
    """So many calls per address and minutes, which some endpoints share beside the weight (rule U-27)."""

    name: str
    limit: int
    minutes: int


class Unit(StrEnum):
    """Whose weight a call is: that of the address, or of the account."""

    IP = "IP"
    UID = "UID"


class Weight:
    """The same weight for every call.

    Args:
        default: the weight.
        on_success: what a call weighs that succeeds, where that differs (rule S-62).
    """

    def __init__(self, default: int, *, on_success: int | None = None) -> None:
        self.default = default
        self.on_success = on_success
        self.constant = type(self) is Weight
        """Whether `default` is the weight of every call."""

    def of(self, sent: Sent) -> int:
        """The weight of a call with these parameters."""
        return self.default

    def rules(self) -> list[tuple[str, str]]:
        """(when, weight) rows for the catalogue, empty for a constant weight."""
        if self.on_success is None:
            return []
        return [("request succeeds", str(self.on_success)), ("request fails", str(self.default))]


class ByLimit(Weight):
    """By the page size asked for.

    Args:
        steps: (largest limit, weight) rising; the last weight also holds above its limit.
        default: weight where `limit` is absent or no number.
    """

    def __init__(self, *steps: tuple[int, int], default: int) -> None:
        super().__init__(default)
        self.steps = steps

    def of(self, sent: Sent) -> int:
        text = sent.get("limit", "")
        if not (text.isascii() and text.isdigit() and len(text) <= 20):
            return self.default
        limit = int(text)
        for most, weight in self.steps:
            if limit <= most:
                return weight
        return self.steps[-1][1]

    def rules(self) -> list[tuple[str, str]]:
        low, rows = 1, []
        for most, weight in self.steps:
            rows.append((f"limit {low}..{most}", str(weight)))
            low = most + 1
        return rows


class BySymbols(Weight):
    """By how many symbols are asked for.

    Args:
        one: weight of a call with `symbol`.
        many: (most symbols, weight) rising for `symbols`; the last weight also holds above.
        none: weight of a call for every symbol.
    """

    def __init__(self, *, one: int, many: tuple[tuple[int, int], ...], none: int) -> None:
        super().__init__(none)
        self.one = one
        self.many = many

    def of(self, sent: Sent) -> int:
        if "symbols" in sent:
            count = sent["symbols"].count(",") + 1
            for most, weight in self.many:
                if count <= most:
                    return weight
            return self.many[-1][1]
        return self.one if "symbol" in sent else self.default

    def rules(self) -> list[tuple[str, str]]:
        *lower, (_, last) = self.many
        rows = [(f"up to {most} symbols", str(weight)) for most, weight in lower]
        rows.append(("more symbols" if lower else "symbols", str(last)))
        return [("symbol", str(self.one)), *rows, ("neither", str(self.default))]


class PerSymbol(Weight):
    """So much for each symbol, up to a ceiling.

    Args:
        each: weight of one symbol.
        most: the ceiling.
        none: weight without symbol and symbols.
    """

    def __init__(self, each: int, most: int, *, none: int | None = None) -> None:
        super().__init__(each if none is None else none)
        self.each = each
        self.most = most

    def of(self, sent: Sent) -> int:
        if "symbols" in sent:
            return min(self.most, self.each * (sent["symbols"].count(",") + 1))
        return self.each if "symbol" in sent else self.default

    def rules(self) -> list[tuple[str, str]]:
        rows = [("per symbol", f"{self.each}, at most {self.most}")]
        return rows if self.default == self.each else [*rows, ("neither", str(self.default))]


class ByParameter(Weight):
    """By whether a parameter is there, or has a certain value.

    Args:
        name: the parameter.
        given: weight when it is there (and equals `value`, where that is set).
        otherwise: weight when not.
        value: the value that counts, None for any.
    """

    def __init__(self, name: str, *, given: int, otherwise: int, value: str | None = None) -> None:
        super().__init__(otherwise)
        self.name = name
        self.given = given
        self.value = value

    def of(self, sent: Sent) -> int:
        text = sent.get(self.name)
        hit = text is not None and (self.value is None or text == self.value)
        return self.given if hit else self.default

    def rules(self) -> list[tuple[str, str]]:
        when = self.name if self.value is None else f"{self.name}={self.value}"
        return [(when, str(self.given)), ("otherwise", str(self.default))]
