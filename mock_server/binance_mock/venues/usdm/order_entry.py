"""From the parameters of a placement to an order in the book (rules U-36 to U-75, U-100 to U-107).

Checks run in this order: type and mandatory parameters, position side, decimals, filters, what a reduce-only order
needs, margin, and last what the book says to post-only and fill-or-kill orders.
"""

from __future__ import annotations

from typing import Final

from binance_mock.engine import liquidity
from binance_mock.engine.contracts import ContractMarket
from binance_mock.engine.market import Rejected
from binance_mock.engine.orders import BUY, GTC, LIMIT, Order, OrderType, Side, StpMode, TimeInForce
from binance_mock.engine.positions import PositionSide
from binance_mock.engine.units import SCALE
from binance_mock.venues import errors
from binance_mock.venues.errors import Refusal
from binance_mock.venues.usdm import retention
from binance_mock.venues.usdm.accounts import UsdmAccount
from binance_mock.venues.usdm.closing import closable, resting_to_close
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.locks import check_lock, check_status
from binance_mock.venues.usdm.margin_check import check_flip, check_order
from binance_mock.venues.usdm.orders import Terms, closes, closes_all, terms_of
from binance_mock.venues.usdm.placement import Placement
from binance_mock.venues.usdm.render import decimal
from binance_mock.venues.usdm.trade_kinds import CONDITIONAL, POST_ONLY, UNTIL_DATE, OrderFields

_LEAST_LIFE_US: Final = 600_000_000
_LAST_DATE_MS: Final = 253_402_300_799_000
# Plain names, which are read faster than members off their class.
_MARKET: Final = OrderType.MARKET
_FOK: Final = TimeInForce.FOK
_EXPIRE_MAKER: Final = StpMode.EXPIRE_MAKER
_BOTH: Final = PositionSide.BOTH
_NO_HISTORY: Final = "The order will not be recorded in the order history"


def read_order(
    call: Placement, info: ContractInfo, client_id: str | None, *, side: Side, type: str, fields: OrderFields
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
        position_side=position_side(call.account, fields.get("positionSide"), reduces="reduceOnly" in fields),
        reduce_only=fields.get("reduceOnly", False),
        tif=tif,
        price_match=fields.get("priceMatch", "NONE"),
        good_till=good_till(call, fields.get("goodTillDate")) if tif == UNTIL_DATE else 0,
    )
    stp = fields.get("selfTradePreventionMode", _EXPIRE_MAKER)
    if tif == "FOK":  # Self-trade prevention leaves it alone (rule U-63).
        terms.stp, stp = stp, StpMode.NONE
    qty, price = fields["quantity"], fields.get("price", 0)
    check_precision(info, qty, price)
    if "priceMatch" in fields:
        price = matched_price(call, info, side, fields["priceMatch"])
    return Order(
        call.account.money,
        client_id or "",
        side,
        _MARKET if market_order else LIMIT,
        TimeInForce(tif) if tif in ("IOC", "FOK") else GTC,
        price,
        qty,
        0,
        stp,
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


def position_side(account: UsdmAccount, sent: PositionSide | None, *, reduces: bool) -> PositionSide:
    """The position that is meant, which must fit the mode (rules U-66, U-67).

    Args:
        account: who places the order.
        sent: positionSide, None where it was not sent.
        reduces: whether reduceOnly was sent, true or false.

    Raises:
        Refusal: -4061, the account has no such position; -1106, the side says already what the order does.
    """
    side = sent or _BOTH
    if (side is _BOTH) == account.hedged:
        raise Refusal(-4061, "Order's position side does not match user's setting.")
    if account.hedged and reduces:
        raise errors.not_required("reduceonly")
    return side


def good_till(call: Placement, date: int | None) -> int:
    """When a GTD order ends, in microseconds of a whole second (rule U-57).

    Args:
        call: the placement.
        date: goodTillDate in milliseconds, None where it was not sent.

    Raises:
        Refusal: -1102, it was not sent; -5040, it is too near or too far.
    """
    if date is None:
        raise errors.mandatory("goodTillDate")
    if not call.now + _LEAST_LIFE_US < date * 1000 or date >= _LAST_DATE_MS:
        raise Refusal(
            -5040,
            "The goodTillDate timestamp must be greater than the current time plus 600 seconds and smaller than "
            "253402300799000 (UTC 9999-12-31 23:59:59)",
        )
    return date // 1000 * 1_000_000


def check_precision(info: ContractInfo, qty: int, price: int) -> None:
    """No more decimals than the contract has, which is looked at before tick and step (rule U-40)."""
    if qty % info.qty_unit or price % info.price_unit:
        raise Refusal(-1111, "Precision is over the maximum defined for this asset.")


def matched_price(call: Placement, info: ContractInfo, side: Side, match: str) -> int:
    """The price of a level of the book, fixed now (rule U-62)."""
    book = call.venue.market(info.name, call.now).book
    name, _, number = match.partition("_")
    buying = (side is Side.BUY) == (name == "QUEUE")
    for place, level in enumerate(book.bids if buying else book.asks, 1):
        if place == int(number or 1):
            return level.price
    raise Refusal(-5041, "No depth matches this BBO order")


def admit(call: Placement, info: ContractInfo, market: ContractMarket, order: Order) -> None:
    """Hold an order against the account, the filters and its margin.

    Raises:
        Refusal: the first thing that is wrong.
    """
    venue, account = call.venue, call.account
    only_closes = closes(order)
    check_lock(account.lock, can_trade=account.can_trade, closes=only_closes)
    check_status(venue.status(info.name), closes=only_closes)
    check_filters(call, info, market, order)
    if lacks_notional(call, info, order):
        shown = decimal(info.min_notional, 1)
        raise Refusal(-4164, f"Order's notional must be no smaller than {shown} (unless you choose reduce only)")
    if not order.id:  # One that waited for its price has been let in before.
        check_room(call, info, market, order)
    check_cover(call, info, market, order)
    if terms_of(order).tif == POST_ONLY and liquidity.crosses(market.book, order):
        raise Refusal(
            -5022,
            f"Due to the order could not be executed as maker, the Post Only order will be rejected. {_NO_HISTORY}",
        )
    if order.tif is _FOK and not liquidity.fills(market.book, order):
        raise Refusal(
            -5021,
            f"Due to the order could not be filled immediately, the FOK order has been rejected. {_NO_HISTORY}",
        )


def check_cover(
    call: Placement, info: ContractInfo, market: ContractMarket, order: Order, replaced: Order | None = None
) -> None:
    """What an order needs of the account: something to close, or margin (rules U-72 to U-74, U-100 to U-103).

    A MARKET order goes before all resting ones: there has to be enough to close for it alone, and those for which
    nothing is left expire when it trades (rule U-73).

    Args:
        call: who places it.
        info: the contract.
        market: its market.
        order: the order, which is not in the market.
        replaced: an open order of the same side and position whose place it takes.

    Raises:
        Refusal: it would close more than there is (-2022), lets others open what the account cannot carry (-4118), or
            opens that itself.
    """
    account = call.account
    if closes(order):
        others = 0
        if order.type is not OrderType.MARKET:
            others = resting_to_close(market, account, order) - (replaced.left if replaced is not None else 0)
        if order.left + others > closable(account, info.name, order):
            raise Refusal(-2022, "ReduceOnly Order is rejected.")
        check_flip(call.venue, account, info, market, order, replaced)
    else:
        check_order(call.venue, account, info, market, order, replaced)


def check_filters(call: Placement, info: ContractInfo, market: ContractMarket, order: Order) -> None:
    """Price, quantity and band (rules U-105, U-106)."""
    mark = call.venue.mark_price(info.name)
    check_quantity(info, order)
    up, down = mark * info.band_up // SCALE, mark * info.band_down // SCALE
    if order.type is LIMIT:
        check_price(info, order.price)
        if order.side is BUY:
            if order.price > up:
                raise Refusal(-4016, f"Limit price can't be higher than {decimal(up, info.price_digits)}.")
        elif order.price < down:
            raise Refusal(-4024, f"Limit price can't be lower than {decimal(down, info.price_digits)}.")
    else:
        best = market.book.asks.best if order.side is Side.BUY else market.book.bids.best
        if best is None or not down <= best.price <= up:
            raise Refusal(-4131, "The counterparty's best price does not meet the PERCENT_PRICE filter limit")


def check_quantity(info: ContractInfo, order: Order) -> None:
    """The quantity on its own: bounds and grid, which MARKET orders have of their own (rule U-107).

    Raises:
        Refusal: -4003, -4004, -4005 or -4023.
    """
    least, most, step = (
        (info.min_qty, info.max_qty, info.step)
        if order.type is LIMIT
        else (info.market_min_qty, info.market_max_qty, info.market_step)
    )
    if order.qty <= 0:
        raise Refusal(-4003, "Quantity less than or equal to zero.")
    if order.qty < least:
        raise Refusal(-4004, "Quantity less than min quantity.")
    if order.qty > most and not closes_all(order):
        raise Refusal(-4005, "Quantity greater than max quantity.")
    if (order.qty - least) % step:
        raise Refusal(-4023, "Qty not increased by step size.")


def lacks_notional(call: Placement, info: ContractInfo, order: Order) -> bool:
    """Whether an order that may open a position is too small for it (rules U-75, U-107)."""
    price = order.price if order.type is LIMIT else call.venue.mark_price(info.name)
    return price * order.qty // SCALE < info.min_notional and not closes(order)


def check_room(call: Placement, info: ContractInfo, market: ContractMarket, order: Order) -> None:
    """Whether there may be one more open order, and one with this name (rules U-41, U-104).

    Orders that wait for their price count with the others.

    Raises:
        Refusal: -4116 or -2025.
    """
    money = call.account.money
    bag = market.bag(money)
    if order.client_id and order.client_id in bag.open:
        raise Refusal(-4116, "ClientOrderId is duplicated.")
    if len(bag.open) + len(call.venue.conditionals.open(money.id, info.name)) >= info.max_orders:
        raise Refusal(-2025, "Reach max open order limit.")


def check_price(info: ContractInfo, price: int) -> None:
    """A price on its own, be it a limit or a trigger: bounds and grid (rule U-107).

    Raises:
        Refusal: -4001, -4002, -4013 or -4014.
    """
    if price < 0:
        raise Refusal(-4001, "Price less than 0.")
    if price > info.max_price:
        raise Refusal(-4002, "Price greater than max price.")
    if price < info.min_price:
        raise Refusal(-4013, "Price less than min price.")
    if (price - info.min_price) % info.tick:
        raise Refusal(-4014, "Price not increased by tick size.")


def submit(call: Placement, info: ContractInfo, market: ContractMarket, order: Order) -> None:
    """Give an admitted order to the book.

    Raises:
        Refusal: -4116, an open order has its client order id.
    """
    if not order.client_id:
        order.client_id = call.venue.new_client_id()
    if order.type is OrderType.MARKET:
        order.need_extras().collar = collar(call, info, order.side)
    try:
        market.place(order, call.now)
    except Rejected:
        raise Refusal(-4116, "ClientOrderId is duplicated.") from None
    if order.open:
        if terms_of(order).good_till:
            call.venue.end_at(terms_of(order).good_till, info.name, order)
        else:
            retention.expect(call.venue, call.now)


def collar(call: Placement, info: ContractInfo, side: Side) -> int:
    """The worst price that a market order takes, which is so far from the mark (rule U-106); 0 for any."""
    if not info.market_bound:
        return 0
    mark = call.venue.mark_price(info.name)
    away = mark * info.market_bound // SCALE
    return mark + away if side is Side.BUY else max(1, mark - away)
