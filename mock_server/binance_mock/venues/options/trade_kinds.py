"""The parameters of orders."""

from __future__ import annotations

from typing import Annotated, Final, TypedDict

from binance_mock.engine.orders import Side, StpMode
from binance_mock.venues.errors import Refusal
from binance_mock.venues.options.kinds import Rows
from binance_mock.venues.params import Amount, Choice, Text
from binance_mock.venues.usdm.trade_kinds import AnyFlag

_OWN_ID: Final = r"^[\.A-Z\:/a-z0-9_-]{1,36}$"
_DECIMALS: Final = 8


class Signed(Amount):
    """A decimal that may be below zero, which is refused where the rules of the contract stand."""

    pattern = r"^-?([0-9]{1,20})(\.[0-9]{1,20})?$"

    def parse(self, name: str, text: str) -> int:
        digits = text.removeprefix("-")
        if len(digits.partition(".")[2].rstrip("0")) > _DECIMALS:
            raise too_precise()
        value = super().parse(name, digits)
        return value if digits == text else -value


class NewId(Text):
    """The client order id of a new order (rule O-60)."""

    def __init__(self) -> None:
        super().__init__(_OWN_ID)

    def empty(self, name: str) -> Refusal:
        return Refusal(-1118, "New client order ID was empty.")


class KnownId(NewId):
    """The client order id of an order that was placed before (rule O-62)."""

    def empty(self, name: str) -> Refusal:
        return Refusal(-1119, "Original client order ID was empty.")


def too_precise() -> Refusal:
    """More decimals than the contract has."""
    return Refusal(-1111, "Precision is over the maximum defined for this asset.")


ClientId = Annotated[str, NewId()]
OwnId = Annotated[str, KnownId()]
OrderSide = Annotated[Side, Choice(Side, -1117, "Invalid side.")]
OrderKind = Annotated[str, Choice(("LIMIT",), -1116, "Invalid orderType.")]
InForce = Annotated[str, Choice(("GTC", "IOC", "FOK", "GTX"), -1115, "Invalid timeInForce.")]
Stp = Annotated[
    StpMode, Choice((StpMode.EXPIRE_TAKER, StpMode.EXPIRE_MAKER, StpMode.EXPIRE_BOTH, StpMode.NONE))
]  # fmt: skip
Answer = Annotated[str, Choice(("ACK", "RESULT"))]
Bool = Annotated[bool, AnyFlag()]
Decimal = Annotated[int, Signed()]
Page = Annotated[int, Rows(1000)]


class OrderFields(TypedDict, total=False):
    """What describes an order beside symbol, side, type and quantity."""

    price: Decimal
    timeInForce: InForce
    reduceOnly: Bool
    postOnly: Bool
    isMmp: Bool
    selfTradePreventionMode: Stp
