"""From the parameters of a placement to an order in the book (rules U-36 to U-75, U-100 to U-107).

Checks run in this order: type and mandatory parameters, position side, decimals, filters, what a reduce-only order
needs, margin, and last what the book says to post-only and fill-or-kill orders.
"""

from __future__ import annotations

from typing import Final

from binance_mock.engine import liquidity
from binance_mock.engine.contracts import ContractMarket
from binance_mock.engine.events import Event, Traded
from binance_mock.engine.market import Rejected
from binance_mock.engine.orders import ExpiryReason, Order, OrderType, Side, StpMode, TimeInForce
from binance_mock.engine.positions import PositionSide
from binance_mock.engine.units import SCALE
from binance_mock.venues import errors
from binance_mock.venues.board import TRADING
from binance_mock.venues.errors import Refusal
from binance_mock.venues.usdm.accounts import UsdmAccount
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.margin_check import check_order
from binance_mock.venues.usdm.orders import Terms, closes, terms_of
from binance_mock.venues.usdm.render import decimal
from binance_mock.venues.usdm.trade_kinds import CONDITIONAL, POST_ONLY, UNTIL_DATE, OrderFields
from binance_mock.venues.usdm.venue import UsdmCall

_LEAST_LIFE_US: Final = 600_000_000
_LAST_DATE_MS: Final = 253_402_300_799_000
_NO_HISTORY: Final = "The order will not be recorded in the order history"


def read_order(
    call: UsdmCall, info: ContractInfo, client_id: str | None, *, side: Side, type: str, fields: OrderFields
) -> Order:
    """The order that a placement describes, its price matched.

    Args:
        call: the placement.
        info: the contract.
        client_id: newClientOrderId, or None.
        side: BUY or SELL.
        type: LIMIT or MARKET; the others belong to the algo routes (rule U-46).
        fields: the other parameters that were sent.

    Raises:
        Refusal: the parameters make no order.
    """
    if type in CONDITIONAL:
        raise Refusal(
            -4120, "Order type not supported for this endpoint. Please use the Algo Order API endpoints instead."
        )
    market_order = type == "MARKET"
    _check_by_type(fields, market_order=market_order)
    tif = fields.get("timeInForce", "GTC")
    terms = Terms(
        position_side=_position_side(call.account, fields),
        reduce_only=fields.get("reduceOnly", False),
        tif=tif,
        price_match=fields.get("priceMatch", "NONE"),
        good_till=_good_till(call, fields) if tif == UNTIL_DATE else 0,
    )
    qty, price = fields["quantity"], fields.get("price", 0)
    check_precision(info, qty, price)
    if "priceMatch" in fields:
        price = matched_price(call, info, side, fields["priceMatch"])
    return Order(
        call.account.money,
        client_id or "",
        side,
        OrderType.MARKET if market_order else OrderType.LIMIT,
        TimeInForce(tif) if tif in ("IOC", "FOK") else TimeInForce.GTC,
        price,
        qty,
        0,
        fields.get("selfTradePreventionMode", StpMode.EXPIRE_MAKER),
        terms,
    )


def _check_by_type(fields: OrderFields, *, market_order: bool) -> None:
    """What a type has to have and may not have (rules U-36 to U-38, U-45, U-61)."""
    if fields.get("closePosition"):
        raise errors.bad_combination()
    if "stopPrice" in fields:
        raise errors.not_required("stopprice")
    if market_order:
        if "priceMatch" in fields:
            raise Refusal(-5038, "Price match only supports order type: LIMIT, STOP AND TAKE_PROFIT")
        for name in ("price", "timeInForce"):
            if name in fields:
                raise errors.not_required(name.lower())
    else:
        if "timeInForce" not in fields:
            raise errors.mandatory("timeInForce")
        if "price" in fields and "priceMatch" in fields:
            raise errors.bad_combination()
        if "price" not in fields and "priceMatch" not in fields:
            raise errors.mandatory("price")
    if "quantity" not in fields:
        raise errors.mandatory("quantity")


def _position_side(account: UsdmAccount, fields: OrderFields) -> PositionSide:
    """The position that is meant, which must fit the mode (rules U-66, U-67)."""
    side = fields.get("positionSide", PositionSide.BOTH)
    if (side is PositionSide.BOTH) == account.hedged:
        raise Refusal(-4061, "Order's position side does not match user's setting.")
    if account.hedged and "reduceOnly" in fields:
        raise errors.not_required("reduceonly")
    return side


def _good_till(call: UsdmCall, fields: OrderFields) -> int:
    """When a GTD order ends, in whole seconds (rule U-57)."""
    if "goodTillDate" not in fields:
        raise errors.mandatory("goodTillDate")
    date = fields["goodTillDate"]
    if not call.now + _LEAST_LIFE_US < date * 1000 or date >= _LAST_DATE_MS:
        raise Refusal(
            -5040,
            "The goodTillDate timestamp must be greater than the current time plus 600 seconds and smaller than "
            "253402300799000 (UTC 9999-12-31 23:59:59)",
        )
    return date // 1000 * 1_000_000


def check_precision(info: ContractInfo, qty: int, price: int) -> None:
    """No more decimals than the contract has, which is looked at before tick and step (rule U-40)."""
    for value, digits in ((qty, info.qty_digits), (price, info.price_digits)):
        if value % 10 ** (8 - digits):
            raise Refusal(-1111, "Precision is over the maximum defined for this asset.")


def matched_price(call: UsdmCall, info: ContractInfo, side: Side, match: str) -> int:
    """The price of a level of the book, fixed now (rule U-62)."""
    book = call.venue.market(info.name, call.now).book
    name, _, number = match.partition("_")
    buying = (side is Side.BUY) == (name == "QUEUE")
    for place, level in enumerate(book.bids if buying else book.asks, 1):
        if place == int(number or 1):
            return level.price
    raise Refusal(-5041, "No depth matches this BBO order")


def admit(call: UsdmCall, info: ContractInfo, market: ContractMarket, order: Order) -> None:
    """Hold an order against the account, the filters and its margin.

    Raises:
        Refusal: the first thing that is wrong.
    """
    venue, account = call.venue, call.account
    if not account.can_trade:
        raise Refusal(-4088, "User can not place order currently")
    if venue.status(info.name) != TRADING:
        raise Refusal(-4140, "Invalid symbol status for opening position")
    check_filters(call, info, market, order)
    if lacks_notional(call, info, order):
        shown = decimal(info.min_notional, 1)
        raise Refusal(-4164, f"Order's notional must be no smaller than {shown} (unless you choose reduce only)")
    if order.client_id and order.client_id in market.bag(account.money).open:
        raise Refusal(-4116, "ClientOrderId is duplicated.")
    if len(market.bag(account.money).open) >= info.max_orders:
        raise Refusal(-2025, "Reach max open order limit.")
    check_cover(call, info, market, order)
    if terms_of(order).tif == POST_ONLY and liquidity.crosses(market.book, order):
        raise Refusal(
            -5022,
            f"Due to the order could not be executed as maker, the Post Only order will be rejected. {_NO_HISTORY}",
        )
    if order.tif is TimeInForce.FOK and not liquidity.fills(market.book, order):
        raise Refusal(
            -5021,
            f"Due to the order could not be filled immediately, the FOK order has been rejected. {_NO_HISTORY}",
        )


def check_cover(
    call: UsdmCall, info: ContractInfo, market: ContractMarket, order: Order, replaced: Order | None = None
) -> None:
    """What an order needs of the account: something to close, or margin (rules U-72, U-100 to U-103).

    Args:
        call: who places it.
        info: the contract.
        market: its market.
        order: the order, which is not in the market.
        replaced: an open order of the same side and position whose place it takes.

    Raises:
        Refusal: it would close more than there is (-2022), or opens more than the account can carry.
    """
    account = call.account
    if closes(order):
        rest = replaced.left if replaced is not None else 0
        if order.left + resting_to_close(market, account, order) - rest > closable(account, info.name, order):
            raise Refusal(-2022, "ReduceOnly Order is rejected.")
    else:
        check_order(call.venue, account, info, market, order, replaced)


def check_filters(call: UsdmCall, info: ContractInfo, market: ContractMarket, order: Order) -> None:
    """Price, quantity and band (rules U-105, U-106)."""
    mark = call.venue.mark_price(info.name)
    limit = order.type is OrderType.LIMIT
    least, most, step = (
        (info.min_qty, info.max_qty, info.step)
        if limit
        else (info.market_min_qty, info.market_max_qty, info.market_step)
    )
    if order.qty <= 0:
        raise Refusal(-4003, "Quantity less than or equal to zero.")
    if order.qty < least:
        raise Refusal(-4004, "Quantity less than min quantity.")
    if order.qty > most:
        raise Refusal(-4005, "Quantity greater than max quantity.")
    if (order.qty - least) % step:
        raise Refusal(-4023, "Qty not increased by step size.")
    up, down = mark * info.band_up // SCALE, mark * info.band_down // SCALE
    if limit:
        _check_price(info, order, up, down)
    else:
        best = market.book.asks.best if order.side is Side.BUY else market.book.bids.best
        if best is None or not down <= best.price <= up:
            raise Refusal(-4131, "The counterparty's best price does not meet the PERCENT_PRICE filter limit")


def lacks_notional(call: UsdmCall, info: ContractInfo, order: Order) -> bool:
    """Whether an order that may open a position is too small for it (rules U-75, U-107)."""
    price = order.price if order.type is OrderType.LIMIT else call.venue.mark_price(info.name)
    return not closes(order) and price * order.qty // SCALE < info.min_notional


def _check_price(info: ContractInfo, order: Order, up: int, down: int) -> None:
    price = order.price
    if price > info.max_price:
        raise Refusal(-4002, "Price greater than max price.")
    if price < info.min_price:
        raise Refusal(-4013, "Price less than min price.")
    if (price - info.min_price) % info.tick:
        raise Refusal(-4014, "Price not increased by tick size.")
    if order.side is Side.BUY and price > up:
        raise Refusal(-4016, f"Limit price can't be higher than {decimal(up, info.price_digits)}.")
    if order.side is Side.SELL and price < down:
        raise Refusal(-4024, f"Limit price can't be lower than {decimal(down, info.price_digits)}.")


def closable(account: UsdmAccount, symbol: str, order: Order) -> int:
    """How much of a position an order that closes could take off."""
    qty = account.position(symbol, terms_of(order).position_side).qty
    return max(0, qty if order.side is Side.SELL else -qty)


def resting_to_close(market: ContractMarket, account: UsdmAccount, order: Order) -> int:
    """What other open orders of the same side would take off the same position."""
    side = terms_of(order).position_side
    return sum(
        other.left
        for other in market.bag(account.money).open.values()
        if other.side is order.side and closes(other) and terms_of(other).position_side is side
    )


def submit(call: UsdmCall, info: ContractInfo, market: ContractMarket, order: Order) -> None:
    """Give an admitted order to the book; closing orders that no longer fit end (rule U-73).

    Raises:
        Refusal: -4116, an open order has its client order id.
    """
    if not order.client_id:
        order.client_id = call.venue.new_client_id()
    try:
        events = market.place(order, call.now)
    except Rejected:
        raise Refusal(-4116, "ClientOrderId is duplicated.") from None
    if order.open and terms_of(order).good_till:
        call.venue.end_at(terms_of(order).good_till, info.name, order)
    expire_unfit(call.venue.owners, market, events, call.now)


def expire_unfit(owners: dict[int, UsdmAccount], market: ContractMarket, events: list[Event], now: int) -> None:
    """End resting orders that would close more than is left of a position that a trade changed (rule U-73).

    Of several the newest end first.
    """
    touched = {
        order.account.id
        for event in events
        if isinstance(event, Traded)
        for order in (event.trade.maker, event.trade.taker)
        if order is not None and not order.account.house
    }
    for id in touched:
        account = owners[id]
        for order in sorted(market.bags[id].open.values(), key=lambda each: -each.id):
            if closes(order) and resting_to_close(market, account, order) > closable(account, market.symbol, order):
                market.expire(order, ExpiryReason.EXCHANGE_CANCELED, now)
