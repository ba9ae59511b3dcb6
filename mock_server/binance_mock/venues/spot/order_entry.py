"""From the parameters of a placement to an order: what each type needs, what it may not have (rules S-72 to S-93).

Checks run in Binance's order: mandatory by type, useless by type, combinations, precision, then the symbol's own
rules, filters and the count of unfilled orders.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from binance_mock.engine.events import Event
from binance_mock.engine.market import Market, Rejected, Rejection
from binance_mock.engine.orders import GTC, STOP_TYPES, Extras, Order, OrderType, Side
from binance_mock.venues import errors
from binance_mock.venues.board import TRADING
from binance_mock.venues.errors import Refusal
from binance_mock.venues.params import RespType
from binance_mock.venues.spot import filters, render
from binance_mock.venues.spot.kinds import OrderFields
from binance_mock.venues.spot.symbols import SymbolInfo
from binance_mock.venues.spot.venue import SpotAccount, SpotCall

_MANDATORY: Final[dict[OrderType, tuple[str, ...]]] = {
    OrderType.LIMIT: ("timeInForce", "quantity", "price"),
    OrderType.MARKET: (),
    OrderType.STOP_LOSS: ("quantity",),
    OrderType.STOP_LOSS_LIMIT: ("timeInForce", "quantity", "price"),
    OrderType.TAKE_PROFIT: ("quantity",),
    OrderType.TAKE_PROFIT_LIMIT: ("timeInForce", "quantity", "price"),
    OrderType.LIMIT_MAKER: ("quantity", "price"),
}
_USELESS: Final[dict[OrderType, tuple[str, ...]]] = {
    OrderType.LIMIT: ("quoteOrderQty", "stopPrice", "trailingDelta"),
    OrderType.MARKET: ("timeInForce", "price", "stopPrice", "trailingDelta", "icebergQty"),
    OrderType.STOP_LOSS: ("timeInForce", "quoteOrderQty", "price", "icebergQty"),
    OrderType.STOP_LOSS_LIMIT: ("quoteOrderQty",),
    OrderType.TAKE_PROFIT: ("timeInForce", "quoteOrderQty", "price", "icebergQty"),
    OrderType.TAKE_PROFIT_LIMIT: ("quoteOrderQty",),
    OrderType.LIMIT_MAKER: ("timeInForce", "quoteOrderQty", "stopPrice", "trailingDelta"),
}
_MARKET: Final = OrderType.MARKET
_PEG: Final = frozenset({"pegPriceType", "pegOffsetType", "pegOffsetValue"})
_LEAST_STRATEGY_TYPE: Final = 1_000_000

_UNSUPPORTED_TYPE: Final[dict[OrderType, str]] = {
    OrderType.MARKET: "Market orders are not supported for this symbol.",
    OrderType.STOP_LOSS: "Stop loss orders are not supported for this symbol.",
    OrderType.STOP_LOSS_LIMIT: "Stop loss limit orders are not supported for this symbol.",
    OrderType.TAKE_PROFIT: "Take profit orders are not supported for this symbol.",
    OrderType.TAKE_PROFIT_LIMIT: "Take profit limit orders are not supported for this symbol.",
}
_REJECTIONS: Final[dict[Rejection, str]] = {
    Rejection.DUPLICATE_ORDER: "Duplicate order sent.",
    Rejection.INSUFFICIENT_BALANCES: "Account has insufficient balance for requested action.",
    Rejection.STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY: "Order would trigger immediately.",
    Rejection.WOULD_MATCH_IMMEDIATELY: "Order would immediately match and take.",
    Rejection.EMPTY_BOOK: "Order book liquidity is less than symbol minimum quantity.",
    Rejection.NO_LIQUIDITY: "Order book liquidity is less than `LOT_SIZE` filter minimum quantity.",
}


def read_order(
    account: SpotAccount,
    info: SymbolInfo,
    client_id: str | None,
    *,
    side: Side,
    type: OrderType,
    fields: OrderFields,
) -> Order:
    """The order that a placement describes.

    Args:
        account: who places it.
        info: the symbol.
        client_id: newClientOrderId, or one that the venue made.
        side: BUY or SELL.
        type: order type.
        fields: the other parameters that were sent.

    Raises:
        Refusal: the parameters make no order.
    """
    _check_by_type(type, fields)
    _check_precision(info, fields)
    stop_price, trailing = fields.get("stopPrice"), fields.get("trailingDelta")
    quantity, quote_qty = fields.get("quantity", 0), fields.get("quoteOrderQty", 0)
    strategy_id, strategy_type = fields.get("strategyId"), fields.get("strategyType")
    if strategy_type is not None and strategy_type < _LEAST_STRATEGY_TYPE:
        raise Refusal(-1134, "`strategyType` was less than 1000000.")
    iceberg = fields.get("icebergQty")
    tif = fields.get("timeInForce", GTC)
    if not _PEG.isdisjoint(fields):
        raise errors.rejected("Pegged orders are not supported for this symbol.")
    if iceberg:
        if tif is not GTC:
            raise errors.rejected("Unsupported order combination")
        if iceberg >= quantity:
            raise errors.rejected("IcebergQty exceeds QTY.")
    # Zero means none from here on, and no symbol allows it.
    if stop_price == 0:
        raise errors.filter_failure("PRICE_FILTER")
    if trailing == 0:
        raise errors.filter_failure("TRAILING_DELTA")
    extras = None
    if stop_price or trailing or iceberg or strategy_id is not None or strategy_type is not None:
        extras = Extras(
            stop_price=stop_price or 0,
            trailing_delta=trailing or 0,
            iceberg=iceberg or 0,
            strategy_id=strategy_id,
            strategy_type=strategy_type,
        )
    mode = fields.get("selfTradePreventionMode", info.default_stp)
    return Order(
        account.money, client_id or "", side, type, tif, fields.get("price", 0), quantity, quote_qty, mode, extras
    )


def _check_by_type(type: OrderType, fields: OrderFields) -> None:
    """What the order type has to have and what has no meaning for it (rules S-48, S-72)."""
    for name in _MANDATORY[type]:
        if name not in fields and not (name == "price" and "pegPriceType" in fields):
            raise errors.mandatory(name)
    if type is _MARKET:
        if "quantity" not in fields and "quoteOrderQty" not in fields:
            raise errors.either("quantity", "quoteOrderQty")
        if "quantity" in fields and "quoteOrderQty" in fields:
            raise errors.bad_combination()
    elif type in STOP_TYPES and "stopPrice" not in fields and "trailingDelta" not in fields:
        raise errors.either("stopPrice", "trailingDelta")
    for name in _USELESS[type]:
        if name in fields:
            raise errors.not_required(name)


def _check_precision(info: SymbolInfo, fields: Mapping[str, Any]) -> None:
    """No more decimals than the asset has (rule S-49); only matters for assets with fewer than eight."""
    for names, precision in (
        (("quantity", "icebergQty"), info.base_precision),
        (("quoteOrderQty", "price", "stopPrice"), info.quote_precision),
    ):
        if precision < 8:
            for name in names:
                if fields.get(name, 0) % 10 ** (8 - precision):
                    raise errors.too_much_precision(name)


def admit(call: SpotCall, info: SymbolInfo, market: Market, order: Order) -> None:
    """Hold an order against the symbol's rules and filters.

    Raises:
        Refusal: -1013 or -2010.
    """
    account = call.account
    if not account.can_trade:
        raise errors.rejected("This account may not place or cancel orders.")
    for group in info.permission_sets:
        if account.permissions.isdisjoint(group):
            raise errors.rejected("This symbol is not permitted for this account.")
    if call.venue.statuses and call.venue.status(info.name) != TRADING:
        raise Refusal(-1013, "Market is closed.")
    if order.type not in info.order_types:
        raise errors.rejected(_UNSUPPORTED_TYPE.get(order.type, "Unsupported order combination"))
    flags, extras = info.flags, order.extras
    if order.quote_qty and not flags["quoteOrderQtyMarketAllowed"]:
        raise errors.rejected("Quote order qty market orders are not support for this symbol.")
    if extras is not None:
        if extras.iceberg and not flags["icebergAllowed"]:
            raise errors.rejected("Iceberg orders are not supported for this symbol.")
        if extras.trailing_delta and not flags["allowTrailingStop"]:
            raise errors.rejected("Trailing stop orders are not supported for this symbol.")
    if order.stp not in info.allowed_stp:
        raise Refusal(-1013, "This symbol does not allow the specified self-trade prevention mode.")
    filters.check(filters.Trial(call.venue, info, market, order, call.now))


def submit(call: SpotCall, market: Market, order: Order) -> list[Event]:
    """Give an admitted order to the engine and count it.

    Raises:
        Refusal: -2010; the engine's refusal counts as an order all the same (rule S-23).
    """
    venue, now = call.venue, call.now
    orders = call.limits.orders
    orders.add(call.account.name, 1, now)
    if not order.client_id:
        order.client_id = venue.new_client_id()
    try:
        events = market.place(order, now)
    except Rejected as rejected:
        raise errors.rejected(_REJECTIONS[rejected.reason]) from None
    if len(events) > 1:
        venue.count_first_fills(events, orders, now)
    return events


def answer(call: SpotCall, market: Market, order: Order, events: list[Event], kind: RespType | None) -> dict[str, Any]:
    """The answer to a placement, as much of it as was asked for."""
    return render.placed(call, market, order, events, kind or render.default_resp_type(order.type))
