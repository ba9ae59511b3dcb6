"""From the parameters of a placement to an order that waits for its price (rules U-76 to U-87, U-90).

The order is read and checked as a whole when it is placed, but for what can only be told when it fires: what it closes,
its margin, the book (rule U-86). Two ways lead here: the algo routes, and the ordinary ones as they were before
2025-12-09 (rule U-47), where some parameters have other names.

A choice of the mock: a trigger may be ten times the mark price at most, and a tenth of it at least, for the band that
-4210 and -4211 speak of is not published. The limit price is held against the trigger by the band of PERCENT_PRICE.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from binance_mock.engine.contracts import ContractMarket
from binance_mock.engine.orders import BUY, Order, OrderType, StpMode, TimeInForce
from binance_mock.engine.orders import Side as OrderSide
from binance_mock.engine.units import SCALE
from binance_mock.venues import errors
from binance_mock.venues.errors import Refusal
from binance_mock.venues.usdm.closing import closable
from binance_mock.venues.usdm.conditions import TRAILING, Condition, Working, is_stop, runs_as, waits_for_rise
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.locks import check_lock, check_status
from binance_mock.venues.usdm.order_entry import (
    check_precision,
    check_price,
    check_quantity,
    check_room,
    good_till,
    position_side,
)
from binance_mock.venues.usdm.orders import GTC, GTE_GTC, Terms, closes, side_of, terms_of
from binance_mock.venues.usdm.placement import Placement
from binance_mock.venues.usdm.render import decimal
from binance_mock.venues.usdm.trade_kinds import UNTIL_DATE, ConditionalFields, OrderFields

MOST: Final = 200
"""Waiting orders of an account over all contracts (rule U-87)."""
_REACH: Final = 10
"""How far a trigger may be from the mark price, as a factor."""
_LEAST_RATE: Final = SCALE // 10
_WIDER_SINCE_US: Final = 1_792_713_600_000_000
"""2026-10-23: from then on the callback rate goes up to 20 percent."""


class Names(NamedTuple):
    """What the parameters are called that have two names."""

    trigger: str
    activate: str
    client_id: str


ALGO: Final = Names("triggerPrice", "activatePrice", "clientAlgoId")
ORDINARY: Final = Names("stopPrice", "activationPrice", "newClientOrderId")


def read_conditional(
    call: Placement,
    info: ContractInfo,
    client_id: str | None,
    *,
    side: OrderSide,
    type: str,
    fields: ConditionalFields,
    names: Names = ALGO,
) -> Order:
    """The order that a placement describes, with its condition among its terms.

    Args:
        call: the placement.
        info: the contract.
        client_id: the caller's own id, None where it was not sent.
        side: BUY or SELL.
        type: STOP, TAKE_PROFIT_MARKET, ...
        fields: the other parameters that were sent.
        names: what they are called.

    Raises:
        Refusal: the parameters make no such order.
    """
    whole = fields.get("closePosition", False)
    _check_by_type(type, fields, names, whole=whole)
    tif = fields.get("timeInForce", GTC)
    reduces = "reduceOnly" in fields
    terms = Terms(
        position_side=position_side(call.account, fields.get("positionSide"), reduces=reduces and not whole),
        reduce_only=fields.get("reduceOnly", False) or whole,
        tif=tif,
        price_match=fields.get("priceMatch", "NONE"),
        good_till=good_till(call, fields.get("goodTillDate")) if tif == UNTIL_DATE else 0,
        condition=_condition(call, info, side, type, fields, names),
    )
    order = Order(
        call.account.money,
        client_id or "",
        side,
        runs_as(type),
        TimeInForce(tif) if tif in ("IOC", "FOK") else TimeInForce.GTC,
        fields.get("price", 0),
        fields.get("quantity", 0),
        0,
        fields.get("selfTradePreventionMode", StpMode.EXPIRE_MAKER),
        terms,
    )
    if whole and not closes(order):
        raise Refusal(-4138, "Reduce only must be true with closePosition equals true")  # U-78
    check_precision(info, order.qty, order.price)
    return order


def as_ordinary(fields: OrderFields) -> ConditionalFields:
    """The parameters of an ordinary placement by the names that those of a conditional one have."""
    renamed = {ORDINARY.trigger: ALGO.trigger, ORDINARY.activate: ALGO.activate}
    found: ConditionalFields = {}
    found.update({renamed.get(name, name): value for name, value in fields.items()})  # type: ignore[typeddict-item]  # the same kinds by other names
    return found


def _check_by_type(type: str, fields: ConditionalFields, names: Names, *, whole: bool) -> None:
    """What a type has to have and may not have (rules U-36 to U-38, U-76, U-80)."""
    if whole:
        _check_whole(type, fields)
    elif "quantity" not in fields:
        raise errors.mandatory("quantity")
    if type == TRAILING:
        if "callbackRate" not in fields:
            raise errors.mandatory("callbackRate")
        if "triggerPrice" in fields:
            raise errors.not_required(names.trigger.lower())
    else:
        if "triggerPrice" not in fields:
            raise errors.mandatory(names.trigger)
        for name, shown in (("activatePrice", names.activate), ("callbackRate", "callbackRate")):
            if name in fields:
                raise errors.not_required(shown.lower())
    if runs_as(type) is OrderType.LIMIT:
        if "price" in fields and "priceMatch" in fields:
            raise errors.bad_combination()
        if "price" not in fields and "priceMatch" not in fields:
            raise errors.mandatory("price")
        return
    if "priceMatch" in fields:
        raise Refusal(-5038, "Price match only supports order type: LIMIT, STOP AND TAKE_PROFIT")
    if "price" in fields:
        raise errors.not_required("price")
    if fields.get("timeInForce", GTC) not in (GTC, GTE_GTC, UNTIL_DATE):
        raise errors.not_required("timeinforce")


def _check_whole(type: str, fields: ConditionalFields) -> None:
    """What does not go with closing all there is (rule U-76)."""
    if type == TRAILING or runs_as(type) is OrderType.LIMIT:
        raise errors.bad_combination()
    if fields.get("quantity"):
        raise Refusal(-4137, "Quantity must be zero with closePosition equals true")
    if "reduceOnly" in fields:
        if fields["reduceOnly"]:
            raise errors.not_required("reduceonly")
        raise Refusal(-4138, "Reduce only must be true with closePosition equals true")


def _condition(
    call: Placement, info: ContractInfo, side: OrderSide, type: str, fields: ConditionalFields, names: Names
) -> Condition:
    """What the order waits for; a trailing one without activation price is active at once (rule U-83)."""
    working = fields.get("workingType", Working.CONTRACT_PRICE)
    rate = fields.get("callbackRate", 0)
    activate = 0
    if type == TRAILING:
        most = 5 if names is ORDINARY else 20 if call.now >= _WIDER_SINCE_US else 10
        if not _LEAST_RATE <= rate <= most * SCALE:
            raise errors.invalid_data("callbackRate")
        latest = latest_price(call, info, working)
        activate = fields.get("activatePrice", latest)
        if "activatePrice" in fields:
            _check_activation(info, side, activate, latest)
    trigger = fields.get("triggerPrice", 0)
    check_precision(info, 0, trigger)
    return Condition(
        kind=type,
        rises=waits_for_rise(type, side),
        trigger=trigger,
        activate=activate,
        rate=rate,
        working=working,
        protect=fields.get("priceProtect", False),
        close_position=fields.get("closePosition", False),
    )


def _check_activation(info: ContractInfo, side: OrderSide, activate: int, latest: int) -> None:
    """Hold an activation price against the grid, and against the latest price, whose other side it stands on (U-83)."""
    if not activate:
        raise Refusal(-4135, "Invalid activation price")
    check_precision(info, 0, activate)
    check_price(info, activate)
    if activate >= latest if side is BUY else activate <= latest:
        raise Refusal(-2021, "Order would immediately trigger.")


def latest_price(call: Placement, info: ContractInfo, working: Working) -> int:
    """The price that a condition is held against: of a contract that never traded, its reference price."""
    venue = call.venue
    venue.market(info.name, call.now)
    if working is Working.MARK_PRICE:
        return venue.mark_price(info.name)
    return venue.last_price(info.name) or info.reference_price


def admit_conditional(call: Placement, info: ContractInfo, market: ContractMarket, order: Order) -> None:
    """Hold an order that waits against the account, the filters, the other waiting ones, and the price.

    Raises:
        Refusal: the first thing that is wrong.
    """
    condition = terms_of(order).condition
    assert condition is not None, f"{order} waits for nothing"
    venue, account = call.venue, call.account
    check_lock(account.lock, can_trade=account.can_trade, closes=closes(order))
    check_status(venue.status(info.name), closes=closes(order))
    _check_filters(call, info, order, condition)
    _check_position(call, info, order, condition)
    own = venue.conditionals.waiting(account.money.id)
    if order.client_id and any(each.order.client_id == order.client_id for each in own):
        raise Refusal(-4116, "ClientOrderId is duplicated.")
    if len(own) >= MOST:
        raise Refusal(-4045, "Reach max stop order limit.")
    check_room(call, info, market, order)
    _check_price_now(call, info, condition)


def _check_filters(call: Placement, info: ContractInfo, order: Order, condition: Condition) -> None:
    """Quantity, prices and bands (rules U-75, U-90, U-107)."""
    if not condition.close_position:
        check_quantity(info, order)
    priced = terms_of(order).price_match == "NONE" and order.type is OrderType.LIMIT
    if priced:
        check_price(info, order.price)
    mark = call.venue.mark_price(info.name)
    if not condition.trailing:
        check_price(info, condition.trigger)
        _check_bands(info, order, condition, mark, priced=priced)
    price = order.price or condition.trigger or mark
    if not closes(order) and price * order.qty // SCALE < info.min_notional:
        shown = decimal(info.min_notional, 1)
        raise Refusal(-4164, f"Order's notional must be no smaller than {shown} (unless you choose reduce only)")


def _check_bands(info: ContractInfo, order: Order, condition: Condition, mark: int, *, priced: bool) -> None:
    """How far the trigger may be from the mark price, and the limit price from the trigger (rule U-90)."""
    trigger, digits = condition.trigger, info.price_digits
    if trigger > mark * _REACH:
        raise Refusal(-4210, f"Stop price can't be higher than {decimal(mark * _REACH, digits)}")
    if trigger < mark // _REACH:
        raise Refusal(-4211, f"Stop price can't be lower than {decimal(mark // _REACH, digits)}")
    if not priced:
        return
    up, down = trigger * info.band_up // SCALE, trigger * info.band_down // SCALE
    if order.side is BUY and order.price > up:
        raise Refusal(-4183, f"Limit price can't be higher than {decimal(up, digits)}.")
    if order.side is not BUY and order.price < down:
        raise Refusal(-4184, f"Limit price can't be lower than {decimal(down, digits)}.")


def _check_position(call: Placement, info: ContractInfo, order: Order, condition: Condition) -> None:
    """What orders need that live only as long as a position (rules U-59, U-77)."""
    account, symbol = call.account, info.name
    whole = condition.close_position
    if whole:
        needs = not closable(account, symbol, order)
    else:
        needs = terms_of(order).tif == GTE_GTC and not account.position(symbol, side_of(order)).qty
    if needs:
        raise Refusal(
            -4509,
            "Time in Force (TIF) GTE can only be used with open positions. Please ensure that positions are available.",
        )
    if whole and any(
        each.condition.close_position
        and each.order.side is order.side
        and side_of(each.order) is side_of(order)
        and is_stop(each.condition.kind) == is_stop(condition.kind)
        for each in call.venue.conditionals.waiting(account.money.id, symbol)
    ):
        raise Refusal(
            -4130, "An open stop or take profit order with GTE and closePosition in the direction is existing."
        )


def _check_price_now(call: Placement, info: ContractInfo, condition: Condition) -> None:
    """Whether a plain condition is still to come true (rule U-82)."""
    if not condition.trailing and condition.met(latest_price(call, info, condition.working)):
        raise Refusal(-2021, "Order would immediately trigger.")
