"""The parameters of spot endpoints, named once."""

from __future__ import annotations

from typing import Annotated, TypedDict

from binance_mock.engine.intervals import Interval
from binance_mock.engine.orders import OrderType, Side, StpMode, TimeInForce
from binance_mock.venues.params import (
    Amount,
    Choice,
    Flag,
    Moment,
    Names,
    RespType,
    Symbol,
    Symbols,
    Text,
    TimeZone,
    Whole,
)

SymbolName = Annotated[str, Symbol()]
SymbolList = Annotated[list[str], Symbols()]
HundredSymbols = Annotated[list[str], Symbols(most=100)]
SymbolStatus = Annotated[str, Choice(("TRADING", "HALT", "BREAK"), -1122, "Invalid symbolStatus.")]
Permissions = Annotated[
    list[str], Names(("SPOT", "MARGIN", "LEVERAGED", *(f"TRD_GRP_{number:03d}" for number in range(2, 26))))
]
TickerType = Annotated[str, Choice(("FULL", "MINI"), -1139, "Invalid ticker type.")]
KlineInterval = Annotated[str, Choice((interval.value for interval in Interval), -1120, "Invalid interval.")]
WindowSize = Annotated[
    str,
    Choice(
        (
            *(f"{n}m" for n in range(1, 60)),
            *(f"{n}h" for n in range(1, 24)),
            *(f"{n}d" for n in range(1, 8)),
        ),
        -1130,
    ),
]
Page = Annotated[int, Whole(least=1, most=1000)]
DepthLimit = Annotated[int, Whole(least=1, most=5000)]
Id = Annotated[int, Whole()]
Time = Annotated[int, Moment()]
Zone = Annotated[int, TimeZone()]
Bool = Annotated[bool, Flag()]
Quantity = Annotated[int, Amount()]
Price = Annotated[int, Amount()]
ClientId = Annotated[str, Text(r"^[a-zA-Z0-9-_]{1,36}$", r"[a-zA-Z0-9\-_]{1,36}")]
OrderSide = Annotated[Side, Choice(Side, -1117, "Invalid side.")]
Type = Annotated[OrderType, Choice(OrderType, -1116, "Invalid orderType.")]
Tif = Annotated[TimeInForce, Choice(TimeInForce, -1115, "Invalid timeInForce.")]
Stp = Annotated[StpMode, Choice(StpMode)]
Answer = Annotated[RespType, Choice(RespType)]
PegPriceType = Annotated[str, Choice(("PRIMARY_PEG", "MARKET_PEG"), -1210, "Invalid pegPriceType.")]
PegOffsetType = Annotated[str, Choice(("PRICE_LEVEL",), -1211, "Invalid pegOffsetType.")]
PegOffsetValue = Annotated[int, Whole(most=100, clamp=False)]
Restrictions = Annotated[str, Choice(("ONLY_NEW", "ONLY_PARTIALLY_FILLED"), -1145, "Invalid cancelRestrictions")]
ReplaceMode = Annotated[str, Choice(("STOP_ON_FAILURE", "ALLOW_FAILURE"))]
ExceededMode = Annotated[str, Choice(("DO_NOTHING", "CANCEL_ONLY"))]


class OrderFields(TypedDict, total=False):
    """What describes an order beside symbol, side and type, in every call that places one."""

    timeInForce: Tif
    quantity: Quantity
    quoteOrderQty: Quantity
    price: Price
    strategyId: Id
    strategyType: Id
    stopPrice: Price
    trailingDelta: Id
    icebergQty: Quantity
    selfTradePreventionMode: Stp
    pegPriceType: PegPriceType
    pegOffsetValue: PegOffsetValue
    pegOffsetType: PegOffsetType
