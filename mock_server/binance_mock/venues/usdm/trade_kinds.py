"""The parameters of orders."""

from __future__ import annotations

import re
from typing import Annotated, Final, TypedDict

from binance_mock.engine.orders import Side, StpMode
from binance_mock.engine.positions import PositionSide
from binance_mock.venues.errors import Refusal
from binance_mock.venues.params import Amount, Choice, Flag, Kind, Whole
from binance_mock.venues.usdm.account_kinds import Signed
from binance_mock.venues.usdm.conditions import Working
from binance_mock.venues.usdm.orders import GTE_GTC

CONDITIONAL: Final = ("STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET")
"""Types that live on the algo routes since 2025-12-09 (rule U-46)."""
POST_ONLY: Final = "GTX"
UNTIL_DATE: Final = "GTD"
_ID: Final = re.compile(r"[.:/_\-A-Za-z0-9]*")


class OwnId(Kind):
    """A client order id (rule U-41)."""

    pattern = r"^[\.A-Z\:/a-z0-9_-]{1,36}$"

    def parse(self, name: str, text: str) -> str:
        if len(text) > 36:
            raise Refusal(-4015, "Client order id length should not be more than 36 chars")
        if _ID.fullmatch(text) is None:
            raise Refusal(-4015, "Client order id is not valid.")
        return text

    def schema(self) -> dict[str, object]:
        return {"type": "string", "pattern": self.pattern}


class AnyFlag(Flag):
    """`true` or `false` in any letter case (rule U-8)."""

    def parse(self, name: str, text: str) -> bool:
        return super().parse(name, text.lower())


ClientId = Annotated[str, OwnId()]
OrderSide = Annotated[Side, Choice(Side, -1117, "Invalid side.")]
OrderKind = Annotated[str, Choice(("LIMIT", "MARKET", *CONDITIONAL), -1116, "Invalid orderType.")]
InForce = Annotated[str, Choice(("GTC", "IOC", "FOK", POST_ONLY, UNTIL_DATE), -1115, "Invalid timeInForce.")]
ConditionalKind = Annotated[str, Choice(CONDITIONAL, -1116, "Invalid orderType.")]
ConditionalInForce = Annotated[
    str, Choice(("GTC", "IOC", "FOK", POST_ONLY, UNTIL_DATE, GTE_GTC), -1115, "Invalid timeInForce.")
]
AlgoKind = Annotated[str, Choice(("CONDITIONAL",))]
WorkingPrice = Annotated[Working, Choice(Working, -4031, "Invalid parameter working type")]
WhichSide = Annotated[PositionSide, Choice(PositionSide, -4060, "Invalid position side.")]
Stp = Annotated[
    StpMode,
    Choice(
        (StpMode.NONE, StpMode.EXPIRE_TAKER, StpMode.EXPIRE_MAKER, StpMode.EXPIRE_BOTH),
        -5039,
        "Invalid self trade prevention mode",
    ),
]
Match = Annotated[
    str,
    Choice(("OPPONENT", "OPPONENT_5", "QUEUE", "QUEUE_5", "QUEUE_10", "QUEUE_20"), -5037, "Invalid price match"),
]
Answer = Annotated[str, Choice(("ACK", "RESULT"), -1136, "Invalid newOrderRespType.")]
Bool = Annotated[bool, AnyFlag()]
Decimal = Annotated[int, Amount()]
Unsure = Annotated[int, Signed(Amount())]
"""A decimal below zero is refused where the rules of the contract stand (rule U-107)."""
Number = Annotated[int, Whole()]


class OrderFields(TypedDict, total=False):
    """What describes an order beside symbol, side and type; the last four only where it may wait for a price."""

    positionSide: WhichSide
    timeInForce: InForce
    quantity: Unsure
    price: Unsure
    reduceOnly: Bool
    closePosition: Bool
    stopPrice: Decimal
    priceMatch: Match
    selfTradePreventionMode: Stp
    goodTillDate: Number
    activationPrice: Decimal
    callbackRate: Decimal
    workingType: WorkingPrice
    priceProtect: Bool


class ConditionalFields(TypedDict, total=False):
    """What describes a conditional order beside symbol, side and type."""

    positionSide: WhichSide
    timeInForce: ConditionalInForce
    quantity: Decimal
    price: Decimal
    triggerPrice: Decimal
    workingType: WorkingPrice
    priceMatch: Match
    closePosition: Bool
    priceProtect: Bool
    reduceOnly: Bool
    activatePrice: Decimal
    callbackRate: Decimal
    selfTradePreventionMode: Stp
    goodTillDate: Number
