"""The parameters of options endpoints, named once."""

from __future__ import annotations

from typing import Annotated

from binance_mock.venues import errors
from binance_mock.venues.errors import Refusal
from binance_mock.venues.options.calendar import time_of
from binance_mock.venues.params import Kind, Text, Whole
from binance_mock.venues.usdm.kinds import DEPTHS, Levels, Milliseconds


class Name(Text):
    """A contract, an underlying or an asset, in any letter case (rule O-42); read in capitals."""

    def __init__(self, example: str) -> None:
        super().__init__(r"^[\w\-._]{1,50}$", r"[\w\-.]{1,50}")
        self._example = example

    def parse(self, name: str, text: str) -> str:
        return super().parse(name, text).upper()

    def schema(self) -> dict[str, object]:
        return {"type": "string", "example": self._example}


class Rows(Whole):
    """How many rows are wanted; -6008 for none or for more than there may be.

    Args:
        most: the most.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most_rows = most

    def parse(self, name: str, text: str) -> int:
        value = super().parse(name, text)
        if not 1 <= value <= self._most_rows:
            raise bad_limit(value)
        return value

    def schema(self) -> dict[str, object]:
        return {"type": "integer", "minimum": 1, "maximum": self._most_rows}


class ExpiryDay(Kind):
    """A day of expiry as contract names have it, YYMMDD; read as its time in microseconds (rules O-42, O-44)."""

    def parse(self, name: str, text: str) -> int:
        time = time_of(text)
        if time is None:
            raise errors.invalid_data(name)
        return time

    def schema(self) -> dict[str, object]:
        return {"type": "string", "pattern": "^[0-9]{6}$", "example": "231229"}


def bad_limit(value: int) -> Refusal:
    """A page size, or a number of levels, that is not offered."""
    return Refusal(-6008, "parameter 'limit' is invalid.")


SymbolName = Annotated[str, Name("BTC-231229-40000-C")]
UnderlyingName = Annotated[str, Name("BTCUSDT")]
AssetName = Annotated[str, Name("BTC")]
DepthLimit = Annotated[int, Levels(DEPTHS, bad_limit)]
TradePage = Annotated[int, Rows(500)]
KlinePage = Annotated[int, Rows(1500)]
ExercisePage = Annotated[int, Rows(100)]
Expiration = Annotated[int, ExpiryDay()]
Id = Annotated[int, Whole()]
Time = Annotated[int, Milliseconds()]
