"""Placing, cancelling and querying orders; how positions are margined; the account's trades.

What calls here do not do otherwise than those of USDⓈ-M futures is declared with the functions of those.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, TypedDict, Unpack

from binance_mock.engine.intervals import DAY
from binance_mock.venues import errors
from binance_mock.venues.coinm.selection import chosen, span
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.params import Choice
from binance_mock.venues.usdm import leverage as usdm_leverage
from binance_mock.venues.usdm import trade
from binance_mock.venues.usdm.account_kinds import LeverageValue
from binance_mock.venues.usdm.account_render import number, trimmed
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.kinds import Page, PairName, SymbolName, Time
from binance_mock.venues.usdm.trade_kinds import (
    POST_ONLY,
    Answer,
    Bool,
    ClientId,
    Decimal,
    Number,
    OrderKind,
    OrderSide,
    Stp,
    WhichSide,
    WorkingPrice,
)
from binance_mock.venues.usdm.venue import UsdmCall
from binance_mock.venues.weights import ByParameter

_WEEK: Final = 7 * DAY

InForce = Annotated[str, Choice(("GTC", "IOC", "FOK", POST_ONLY), -1115, "Invalid timeInForce.")]
Match = Annotated[
    str,
    Choice(
        tuple(f"{side}{level}" for side in ("OPPONENT", "QUEUE") for level in ("", "_5", "_10", "_20")),
        -5037,
        "Invalid price match",
    ),
]


class CoinOrderFields(TypedDict, total=False):
    """What describes an order beside symbol, side and type; the last four only where it may wait for a price."""

    positionSide: WhichSide
    timeInForce: InForce
    quantity: Decimal
    price: Decimal
    reduceOnly: Bool
    closePosition: Bool
    stopPrice: Decimal
    priceMatch: Match
    selfTradePreventionMode: Stp
    activationPrice: Decimal
    callbackRate: Decimal
    workingType: WorkingPrice
    priceProtect: Bool


# -- orders ---------------------------------------------------------------------------------------------------------


@endpoint("POST", "/dapi/v1/order", group="trade", security=Security.TRADE, weight=0, order_count=1)
def new_order(
    call: UsdmCall,
    symbol: SymbolName,
    side: OrderSide,
    type: OrderKind,
    newClientOrderId: ClientId | None = None,
    newOrderRespType: Answer = "ACK",
    **fields: Unpack[CoinOrderFields],
) -> Json:
    """Place an order, of LIMIT or MARKET; the others belong to the algo routes."""
    return trade.place(call, symbol, side, type, newClientOrderId, newOrderRespType, **fields)


query_order = endpoint("GET", "/dapi/v1/order", group="trade", security=Security.USER_DATA, weight=1)(
    trade.query_order.handler
)
cancel_order = endpoint("DELETE", "/dapi/v1/order", group="trade", security=Security.TRADE, weight=1)(
    trade.cancel_order.handler
)
cancel_open_orders = endpoint("DELETE", "/dapi/v1/allOpenOrders", group="trade", security=Security.TRADE, weight=1)(
    trade.cancel_open_orders.handler
)
query_open_order = endpoint("GET", "/dapi/v1/openOrder", group="trade", security=Security.USER_DATA, weight=1)(
    trade.query_open_order.handler
)


@endpoint(
    "GET",
    "/dapi/v1/openOrders",
    group="trade",
    security=Security.USER_DATA,
    weight=ByParameter("symbol", given=1, otherwise=40),
)
def open_orders(call: UsdmCall, symbol: SymbolName | None = None, pair: PairName | None = None) -> Json:
    """All open orders of a contract, of a pair, or of all."""
    call.venue.pass_time(call.now)
    return [row for info in chosen(call, symbol, pair) for row in trade.open_rows(call, info)]


@endpoint(
    "GET",
    "/dapi/v1/userTrades",
    group="account",
    security=Security.USER_DATA,
    weight=ByParameter("pair", given=40, otherwise=20),
)
def user_trades(
    call: UsdmCall,
    symbol: SymbolName | None = None,
    pair: PairName | None = None,
    orderId: Number | None = None,
    startTime: Time | None = None,
    endTime: Time | None = None,
    fromId: Number | None = None,
    limit: Page = 50,
) -> Json:
    """The account's trades in a contract or a pair, oldest first: of the last seven days unless told."""
    if symbol is None and pair is None:
        raise errors.either("symbol", "pair")
    timed = startTime is not None or endTime is not None
    if (pair is not None and (orderId is not None or fromId is not None)) or (fromId is not None and timed):
        raise errors.bad_combination()
    contracts = chosen(call, symbol, pair)
    start, end = span(startTime, endTime, _WEEK)
    if start is None and fromId is None and orderId is None:
        start = (end if end is not None else call.now) - _WEEK
    rows = [row for info in contracts for row in trade.own_trades(call, info, orderId, start, end, fromId)]
    rows.sort(key=lambda row: int(row["time"]))
    return rows[:limit] if fromId is not None or startTime is not None else rows[-limit:]


# -- how positions are margined -------------------------------------------------------------------------------------


@endpoint("POST", "/dapi/v1/leverage", group="trade", security=Security.TRADE, weight=1)
def set_leverage(call: UsdmCall, symbol: SymbolName, leverage: LeverageValue) -> Json:
    """Set the initial leverage of a contract; maxQty is in the coin."""
    most = usdm_leverage.change_leverage(call, call.venue.info(symbol), leverage)
    return {"leverage": leverage, "maxQty": trimmed(most), "symbol": symbol}


# ccxt asks for the second version before it shows positions.
@endpoint("GET", "/dapi/v2/leverageBracket", group="account", security=Security.USER_DATA, weight=1)
def leverage_bracket(call: UsdmCall, symbol: SymbolName | None = None) -> Json:
    """The bracket tables of a contract, or of all; notionals are in the coin."""
    return [{"symbol": info.name, "brackets": _brackets(info)} for info in chosen(call, symbol, None)]


@endpoint("GET", "/dapi/v1/leverageBracket", group="account", security=Security.USER_DATA, weight=1)
def leverage_bracket_of_pairs(call: UsdmCall, pair: PairName | None = None) -> Json:
    """The bracket tables of a pair, or of all."""
    tables = {info.pair: info for info in chosen(call, None, pair)}
    return [{"pair": name, "brackets": _brackets(info)} for name, info in tables.items()]


def _brackets(info: ContractInfo) -> list[dict[str, Any]]:
    return [
        {
            "bracket": row.number,
            "initialLeverage": row.leverage,
            "qtyCap": number(row.cap),
            # So it is spelled.
            "qtylFloor": number(row.floor),
            "maintMarginRatio": number(row.ratio),
            "cum": number(row.cum),
        }
        for row in info.brackets.rows
    ]


set_margin_type = endpoint("POST", "/dapi/v1/marginType", group="trade", security=Security.TRADE, weight=1)(
    usdm_leverage.set_margin_type.handler
)
position_mode = endpoint("GET", "/dapi/v1/positionSide/dual", group="trade", security=Security.USER_DATA, weight=30)(
    usdm_leverage.position_mode.handler
)
set_position_mode = endpoint("POST", "/dapi/v1/positionSide/dual", group="trade", security=Security.TRADE, weight=1)(
    usdm_leverage.set_position_mode.handler
)

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    new_order,
    query_order,
    cancel_order,
    cancel_open_orders,
    query_open_order,
    open_orders,
    set_leverage,
    leverage_bracket,
    leverage_bracket_of_pairs,
    set_margin_type,
    position_mode,
    set_position_mode,
    user_trades,
)
