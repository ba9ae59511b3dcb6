"""The parameters of the market makers' tools."""

from __future__ import annotations

from typing import Annotated, Final

from binance_mock.engine.intervals import SECOND
from binance_mock.venues.errors import Refusal
from binance_mock.venues.options.kinds import Name
from binance_mock.venues.options.trade_kinds import Signed
from binance_mock.venues.params import Kind, Whole

LONGEST_WINDOW: Final = 5 * SECOND
SHORTEST_COUNTDOWN: Final = 5 * SECOND


class Span(Whole):
    """Milliseconds, read as microseconds, with a refusal of their own for what is not allowed.

    Args:
        code: the error code.
        msg: its text.
        shortest: the least that is allowed, in microseconds.
        longest: the most, None for any.
        or_none: whether 0 is allowed beside them.
    """

    def __init__(
        self, code: int, msg: str, *, shortest: int = 0, longest: int | None = None, or_none: bool = False
    ) -> None:
        super().__init__()
        self._code = code
        self._msg = msg
        self._shortest = shortest
        self._longest = longest
        self._or_none = or_none

    def parse(self, name: str, text: str) -> int:
        value = super().parse(name, text.removeprefix("-")) * (-1000 if text.startswith("-") else 1000)
        fits = value >= self._shortest and (self._longest is None or value <= self._longest)
        if not (fits or (self._or_none and not value)):
            raise Refusal(self._code, self._msg)
        return value

    def schema(self) -> dict[str, object]:
        schema: dict[str, object] = {"type": "integer", "minimum": 0 if self._or_none else self._shortest // 1000}
        if self._longest is not None:
            schema["maximum"] = self._longest // 1000
        return schema


class Limit(Signed):
    """A limit of market maker protection; -6040 unless it is above zero."""

    def parse(self, name: str, text: str) -> int:
        value = super().parse(name, text)
        if value <= 0:
            raise Refusal(-6040, "Invalid qtyLimit or deltaLimit.")
        return value


class UnderlyingNames(Kind):
    """Names of underlyings with commas between them, in any letter case."""

    def __init__(self) -> None:
        self._name = Name("BTCUSDT")

    def parse(self, name: str, text: str) -> list[str]:
        return [self._name.parse(name, part.strip()) for part in text.split(",")]

    def schema(self) -> dict[str, object]:
        return {"type": "string", "example": "BTCUSDT,ETHUSDT"}


CountdownTime = Annotated[
    int,
    Span(
        -6009,
        "countdownTime must be no less than 5000 or equal to 0",
        shortest=SHORTEST_COUNTDOWN,
        or_none=True,
    ),
]
WindowTime = Annotated[int, Span(-6001, "Invalid mmp window time limit", shortest=1, longest=LONGEST_WINDOW)]
FrozenTime = Annotated[int, Span(-6002, "Invalid mmp frozen time limit")]
ProtectionLimit = Annotated[int, Limit()]
Underlyings = Annotated[list[str], UnderlyingNames()]
