"""From the parameters of a placement to an order in the book (rules O-46 to O-49, O-56 to O-61, O-67 to O-72).

Checks run in this order: type and mandatory parameters, price and quantity as such, the state of account and contract,
filters, caps, the client order id, what a reduce-only order needs, the right to write, cash and margin, and last what
the book says to post-only and fill-or-kill orders.
"""

from __future__ import annotations

from typing import Final

from binance_mock.engine import liquidity
from binance_mock.engine.market import Rejected
from binance_mock.engine.orders import Order, OrderType, Side, StpMode, TimeInForce
from binance_mock.venues import errors
from binance_mock.venues.board import TRADING
from binance_mock.venues.errors import Refusal
from binance_mock.venues.options.closing import closable, reducing
from binance_mock.venues.options.guards import check_account, check_protection
from binance_mock.venues.options.listings import Contract
from binance_mock.venues.options.margin_check import check_cover
from binance_mock.venues.options.margins import Row, row, rows
from binance_mock.venues.options.option_market import OptionMarket
from binance_mock.venues.options.orders import POST_ONLY, Terms, terms_of
from binance_mock.venues.options.resting import of_underlying, open_orders
from binance_mock.venues.options.trade_kinds import OrderFields, too_precise
from binance_mock.venues.options.venue import OptionsCall

_FEW_ORDERS: Final = 5
_MANY_ORDERS: Final = 10
"""Open orders in one contract, where a contract is of many and of one (rule O-68)."""
_VOID_STP: Final = ("FOK", POST_ONLY)
"""Times in force under which self-trade prevention does nothing (rule O-67)."""


def read_order(call: OptionsCall, client_id: str | None, *, side: Side, qty: int, fields: OrderFields) -> Order:
    """The order that a placement describes.

    Args:
        call: the placement.
        client_id: clientOrderId, or None.
        side: BUY or SELL.
        qty: the quantity.
        fields: the other parameters that were sent.

    Raises:
        Refusal: the parameters make no order.
    """
    dialect = call.venue.dialect
    if "price" not in fields:
        raise errors.mandatory("price")
    tif = fields.get("timeInForce", "GTC")
    if tif not in dialect.times_in_force:
        raise Refusal(-1115, "Invalid timeInForce.")
    post_only = fields.get("postOnly", False) or tif == POST_ONLY
    if post_only and tif in ("IOC", "FOK"):
        raise errors.rejected_combination(f"a {tif} order never rests, a post-only order never takes")
    stp = fields.get("selfTradePreventionMode", dialect.default_stp) if dialect.self_trade else StpMode.NONE
    terms = Terms(
        tif=tif,
        reduce_only=fields.get("reduceOnly", False),
        post_only=post_only,
        mmp=fields.get("isMmp", False),
        named=client_id is not None,
        stp=stp,
    )
    return Order(
        call.account.money,
        client_id or "",
        side,
        OrderType.LIMIT,
        TimeInForce(tif) if tif in ("IOC", "FOK") else TimeInForce.GTC,
        fields["price"],
        qty,
        0,
        StpMode.NONE if tif in _VOID_STP else stp,
        terms,
    )


def tradable(call: OptionsCall, symbol: str) -> Contract:
    """A contract that can be traded now.

    Raises:
        Refusal: -1121, there is none of that name; -6049, it expired or is halted (rule O-69).
    """
    venue = call.venue
    info = venue.contract(symbol)
    if info.name not in venue.symbols or venue.status(info.name) != TRADING:
        raise Refusal(-6049, "this symbol is not in trading status")
    return info


def admit(call: OptionsCall, info: Contract, market: OptionMarket, order: Order) -> None:
    """Hold an order against contract, account and book.

    Raises:
        Refusal: the first thing that is wrong.
    """
    check_numbers(info, order)
    own = row(call.venue, call.account, info, call.now)
    check_account(call, own, order)
    check_protection(call, info, order)
    check_filters(own, order)
    check_caps(call, info, order)
    check_client_id(call, order)
    check_reducing(call, market, order)
    check_writing(call, own, order)
    check_cover(call, own, order)
    if terms_of(order).post_only and liquidity.crosses(market.book, order):
        raise Refusal(-6047, "Due to the order could not be executed as maker, the Post Only order will be rejected.")
    if order.tif is TimeInForce.FOK and not liquidity.fills(market.book, order):
        raise Refusal(-6046, "Due to the order could not be filled immediately, the FOK order has been rejected.")


def check_numbers(info: Contract, order: Order) -> None:
    """Price and quantity above zero, with no more decimals than the contract has."""
    if order.price < 0:
        raise Refusal(-4001, "Price less than 0.")
    if order.price == 0:
        raise Refusal(-6027, "Invalid price")
    if order.qty <= 0:
        raise Refusal(-4003, "Quantity less than zero.")
    for value, digits in ((order.price, info.price_digits), (order.qty, info.qty_digits)):
        if value % 10 ** (8 - digits):
            raise too_precise()


def check_filters(own: Row, order: Order) -> None:
    """Bounds that follow the mark price and bind one side each, tick, lot (rules O-46, O-47)."""
    info = own.info
    lowest, highest = info.price_filter(own.greeks.price)
    if order.side is Side.BUY and order.price > highest:
        raise Refusal(-4002, "Price greater than max price.")
    if order.side is Side.SELL and order.price < lowest:
        raise Refusal(-4013, "Price less than min price.")
    if (order.price - lowest) % info.tick:
        raise Refusal(-4029, "Tick size precision is invalid.")
    if order.qty < info.min_qty:
        raise Refusal(-4004, "Quantity less than min quantity.")
    if order.qty > info.max_qty:
        raise Refusal(-4005, "Quantity greater than max quantity.")
    if (order.qty - info.min_qty) % info.step:
        raise Refusal(-4030, "Step size precision is invalid.")


def check_caps(call: OptionsCall, info: Contract, order: Order) -> None:
    """How many orders, and how many contracts in one (rule O-68)."""
    venue, account, settings = call.venue, call.account, call.venue.settings
    if settings.max_order_qty and order.qty > settings.max_order_qty:
        raise Refusal(-6054, "Quantity greater than max quantity")
    most = settings.max_orders or (_MANY_ORDERS if info.unit == 1 else _FEW_ORDERS)
    if len(open_orders(venue, account, info.name)) >= most:
        raise Refusal(
            -6050, "Maximum open orders reached for this symbol. Please cancel existing orders and try again."
        )
    if settings.max_underlying_orders:
        related = of_underlying(venue, info.underlying)
        if sum(len(open_orders(venue, account, symbol)) for symbol in related) >= settings.max_underlying_orders:
            raise Refusal(
                -6051, "Maximum open orders reached for this underlying. Please cancel existing orders and try again."
            )


def check_client_id(call: OptionsCall, order: Order) -> None:
    """The id is of no other pending order of the account, whatever its contract (rule O-60)."""
    account = call.account.money.id
    if order.client_id and any(
        order.client_id in bag.open
        for market in call.venue.markets.values()
        if (bag := market.bags.get(account)) is not None
    ):
        raise _duplicate()


def check_reducing(call: OptionsCall, market: OptionMarket, order: Order) -> None:
    """A reduce-only order finds enough to reduce beside those that wait already (rule O-61)."""
    if terms_of(order).reduce_only:
        resting = sum(each.left for each in reducing(market, call.account, order.side))
        if order.left + resting > closable(call.account.held(market.symbol), order.side):
            raise Refusal(
                -6045,
                "Reduce-only order rejected. The new reduce-only order conflicts with existing open orders. "
                "Please cancel the conflicting orders and resubmit.",
            )


def check_writing(call: OptionsCall, own: Row, order: Order) -> None:
    """Contract and account allow a short, and it stays below the caps (rules O-49, O-68)."""
    account, settings, info = call.account, call.venue.settings, own.info
    short = own.beyond(Side.SELL, order.left) if order.side is Side.SELL else 0
    if not short:
        return
    if not (settings.naked_sell and info.naked_sell):
        raise Refusal(-6057, "The current symbol is not eligible for option writing.")
    if not account.can_write:
        raise Refusal(-5010, "User doesn't have enough position to sell")
    if settings.max_short and short > settings.max_short:
        raise Refusal(-6052, "Maximum short position size reached for this symbol")
    if settings.max_underlying_short:
        short += sum(
            each.beyond(Side.SELL)
            for each in rows(call.venue, account, call.now)
            if each.info.underlying == info.underlying and each.info is not info
        )
        if short > settings.max_underlying_short:
            raise Refusal(-6053, "Maximum short position size reached for this underlying")


def submit(call: OptionsCall, market: OptionMarket, order: Order) -> None:
    """Give an admitted order to the book.

    Raises:
        Refusal: -6044, an open order has its client order id.
    """
    if not order.client_id:
        # No user can send such an id, and no view shows it.
        order.client_id = f"#{market.next_order_id}"
    try:
        market.place(order, call.now)
    except Rejected:
        raise _duplicate() from None


def _duplicate() -> Refusal:
    return Refusal(-6044, "clientOrderId is duplicated")
