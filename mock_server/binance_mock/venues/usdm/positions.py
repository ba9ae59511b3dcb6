"""Positions with their risk, and what was closed by force."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.engine.intervals import DAY
from binance_mock.engine.orders import Order
from binance_mock.engine.positions import MarginType, PositionSide
from binance_mock.venues.decimals import show
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.usdm.account_kinds import AutoClose, ForcedPage
from binance_mock.venues.usdm.account_render import entry, short, trimmed
from binance_mock.venues.usdm.account_rows import risk
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.deleveraging import Quantiles
from binance_mock.venues.usdm.kinds import SymbolName, Time
from binance_mock.venues.usdm.margins import Margins, Row, rows
from binance_mock.venues.usdm.order_views import queried
from binance_mock.venues.usdm.orders import terms_of
from binance_mock.venues.usdm.render import ms, quantity
from binance_mock.venues.usdm.selection import chosen, span
from binance_mock.venues.usdm.venue import UsdmCall
from binance_mock.venues.weights import ByParameter

_WEEK: Final = 7 * DAY
_FORCED: Final = (
    "orderId", "symbol", "status", "clientOrderId", "price", "avgPrice", "origQty", "executedQty", "cumQuote",
    "timeInForce", "type", "reduceOnly", "closePosition", "side", "positionSide", "stopPrice", "workingType",
    "origType", "time", "updateTime",
)  # fmt: skip
"""What is told of an order by force."""


@endpoint("GET", "/fapi/v2/positionRisk", group="trade", security=Security.USER_DATA, weight=5)
def position_risk_v2(call: UsdmCall, symbol: SymbolName | None = None) -> Json:
    """The rows of every contract, also the flat ones (rule U-71)."""
    margins = Margins(call.venue, call.account)
    found = [row for info in chosen(call, symbol) for row in rows(call.venue, call.account, info)]
    return [risk(margins, row, most="maxNotionalValue", notional="notional") for row in found]


@endpoint("GET", "/fapi/v3/positionRisk", group="trade", security=Security.USER_DATA, weight=5)
def position_risk_v3(call: UsdmCall, symbol: SymbolName | None = None) -> Json:
    """The rows with a position or an open order (rule U-119)."""
    if symbol is not None:
        call.venue.info(symbol)
    margins = Margins(call.venue, call.account)
    quantiles = Quantiles(call.venue)
    return [_risk_v3(margins, quantiles, row) for row in margins.rows if symbol in (None, row.info.name)]


@endpoint("GET", "/fapi/v1/adlQuantile", group="trade", security=Security.USER_DATA, weight=5)
def quantiles(call: UsdmCall, symbol: SymbolName | None = None) -> Json:
    """Where the positions stand in the queue for deleveraging (rule U-127): of a contract, or of all with one."""
    if symbol is not None:
        names = [call.venue.info(symbol).name]
    else:
        names = list(dict.fromkeys(row.info.name for row in Margins(call.venue, call.account).rows if row.position.qty))
    found = Quantiles(call.venue)
    return [{"symbol": name, "adlQuantile": _by_side(call, found, name)} for name in names]


@endpoint(
    "GET",
    "/fapi/v1/forceOrders",
    group="trade",
    security=Security.USER_DATA,
    weight=ByParameter("symbol", given=20, otherwise=50),
)
def force_orders(
    call: UsdmCall,
    symbol: SymbolName | None = None,
    autoCloseType: AutoClose | None = None,
    startTime: Time | None = None,
    endTime: Time | None = None,
    limit: ForcedPage = 50,
) -> Json:
    """Orders that closed positions by liquidation or deleveraging (rule U-126), oldest first.

    Of the seven days before the end unless a start is told; with a start the oldest are shown, else the newest.
    """
    names = {info.name for info in chosen(call, symbol)}
    start, end = span(startTime, endTime)
    if start is None:
        start = (call.now if end is None else end) - _WEEK
    found = []
    for name, id in call.account.forced:
        order = call.venue.markets[name].bag(call.account.money).all[id]
        if name not in names or order.created < start or (end is not None and order.created > end):
            continue
        if autoCloseType in (None, terms_of(order).forced):
            found.append(_forced(call.venue.symbols[name], order))
    return found[:limit] if startTime is not None else found[-limit:]


def _forced(info: ContractInfo, order: Order) -> dict[str, Any]:
    row = queried(info, order)
    return {name: row[name] for name in _FORCED}


def _by_side(call: UsdmCall, found: Quantiles, symbol: str) -> dict[str, int]:
    """The place of each position; cross positions of a hedge share the higher one."""
    own = call.account
    margins = Margins(call.venue, own)
    places = {row.position.side: found.of(margins, row) for row in rows(call.venue, own, call.venue.info(symbol))}
    answer = {side.value: places.get(side, 0) for side in (PositionSide.LONG, PositionSide.SHORT)}
    if own.hedged and own.margin_type(symbol) is MarginType.CROSSED:
        return {**dict.fromkeys(answer, max(answer.values())), "HEDGE": 0}
    return {**answer, "BOTH": places.get(PositionSide.BOTH, 0)}


def _risk_v3(margins: Margins, quantiles: Quantiles, row: Row) -> dict[str, Any]:
    position, info = row.position, row.info
    return {
        "symbol": info.name,
        "positionSide": position.side,
        "positionAmt": quantity(info, position.qty),
        "entryPrice": entry(position.entry),
        "breakEvenPrice": entry(position.break_even),
        "markPrice": show(row.mark),
        "unRealizedProfit": show(row.unrealised),
        "liquidationPrice": trimmed(margins.liquidation_price(row)),
        "isolatedMargin": short(row.isolated_margin),
        "notional": short(row.notional),
        "marginAsset": info.margin_asset,
        "isolatedWallet": short(position.isolated_wallet),
        "initialMargin": short(row.initial),
        "maintMargin": short(row.maintenance),
        "positionInitialMargin": short(row.position_initial),
        "openOrderInitialMargin": short(row.order_initial),
        "adl": quantiles.of(margins, row),
        "bidNotional": short(row.bids),
        "askNotional": short(row.asks),
        "updateTime": ms(position.updated),
    }


ENDPOINTS: Final[tuple[Endpoint, ...]] = (position_risk_v2, position_risk_v3, quantiles, force_orders)
