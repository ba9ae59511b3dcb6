"""The parameters of USDⓈ-M endpoints, named once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Final

from binance_mock.engine.intervals import Interval
from binance_mock.venues import errors
from binance_mock.venues.errors import Refusal
from binance_mock.venues.params import Choice, Text, Whole

PERIODS: Final = ("5m", "15m", "30m", "1h", "2h", "4h", "6h", "12h", "1d")
DEPTHS: Final = (5, 10, 20, 50, 100, 500, 1000)


class Name(Text):
    """A contract or pair: letters of any script, digits, `-`, `_` and `.` (rule U-7).

    A name in lower case is of the right form and simply not listed, which the venue says (rule U-39).
    """

    def __init__(self) -> None:
        super().__init__(r"^[\w\-._]{1,50}$", r"[\w\-.]{1,50}")

    def parse(self, name: str, text: str) -> str:
        if text.isalnum() and text.isascii() and len(text) <= 50:
            return text
        return super().parse(name, text)

    def schema(self) -> dict[str, object]:
        return {"type": "string", "example": "BTCUSDT"}


class Rows(Whole):
    """How many rows are wanted; -1130 for more than there may be (rule U-44).

    Args:
        most: the most.
    """

    def __init__(self, most: int) -> None:
        super().__init__(least=1)
        self._most_rows = most

    def parse(self, name: str, text: str) -> int:
        value = super().parse(name, text)
        if value > self._most_rows:
            raise errors.invalid_data(name)
        return value

    def schema(self) -> dict[str, object]:
        return {**super().schema(), "maximum": self._most_rows}


class Levels(Whole):
    """How many levels of the book are wanted, out of the numbers that are offered.

    Args:
        sizes: the numbers offered.
        refusal: what becomes of any other number.
    """

    def __init__(self, sizes: Sequence[int], refusal: Callable[[int], Refusal]) -> None:
        super().__init__()
        self.sizes = sizes
        self._refusal = refusal

    def parse(self, name: str, text: str) -> int:
        value = super().parse(name, text)
        if value not in self.sizes:
            raise self._refusal(value)
        return value

    def schema(self) -> dict[str, object]:
        return {"type": "integer", "enum": list(self.sizes)}


class Milliseconds(Whole):
    """A time in milliseconds, read as microseconds; there are no other units here (rule U-5)."""

    def parse(self, name: str, text: str) -> int:
        return super().parse(name, text) * 1000

    def schema(self) -> dict[str, object]:
        return {"type": "integer", "minimum": 0, "example": 1700000000000}


def bad_depth(value: int) -> Refusal:
    """A number of levels that is not offered (rule U-43)."""
    return Refusal(-4021, f"{value} is not valid depth limit")


SymbolName = Annotated[str, Name()]
PairName = Annotated[str, Name()]
KlineInterval = Annotated[
    str,
    Choice((each.value for each in Interval if each is not Interval.SECOND_1), -1120, "Invalid interval."),
]
Period = Annotated[str, Choice(PERIODS)]
Kind = Annotated[
    str, Choice(("PERPETUAL", "CURRENT_QUARTER", "NEXT_QUARTER", "TRADIFI_PERPETUAL"), -4104, "Invalid contract type")
]
BasisKind = Annotated[str, Choice(("PERPETUAL", "CURRENT_QUARTER", "NEXT_QUARTER"), -4104, "Invalid contract type")]
DepthLimit = Annotated[int, Levels(DEPTHS, bad_depth)]
RpiDepthLimit = Annotated[int, Levels((1000,), bad_depth)]
Page = Annotated[int, Rows(1000)]
HistoricalPage = Annotated[int, Rows(500)]
KlinePage = Annotated[int, Rows(1500)]
AmendmentPage = Annotated[int, Rows(100)]
StatisticsPage = Annotated[int, Rows(500)]
Id = Annotated[int, Whole()]
Time = Annotated[int, Milliseconds()]
