"""Offering, accepting and showing block trades (rule O-102).

Both parties are held against what binds an order, but for the book, the caps and the price limits: who offers at once
and again at the end, who accepts then. What is wrong with either is told to who calls.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Final, NamedTuple, TypedDict, Unpack

from binance_mock.engine.orders import Order, OrderType, Side, Status, TimeInForce
from binance_mock.engine.units import SCALE
from binance_mock.venues import errors
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.errors import Refusal
from binance_mock.venues.options.accounts import OptionsAccount
from binance_mock.venues.options.blocks import LIFE, BlockStatus, Deal, Liquidity, Offer
from binance_mock.venues.options.guards import check_account
from binance_mock.venues.options.kinds import SymbolName, Time, TradePage, UnderlyingName
from binance_mock.venues.options.listings import Contract
from binance_mock.venues.options.margin import premium
from binance_mock.venues.options.margin_check import check_cover
from binance_mock.venues.options.margins import row
from binance_mock.venues.options.order_entry import check_numbers, check_writing, tradable
from binance_mock.venues.options.orders import Terms
from binance_mock.venues.options.render import decimal, ms, price, quantity
from binance_mock.venues.options.selection import span
from binance_mock.venues.options.trade_kinds import Decimal, OrderKind, OrderSide
from binance_mock.venues.options.venue import OptionsCall
from binance_mock.venues.params import Choice, Text
from binance_mock.venues.usdm.batches import Item, JsonList

CREATE: Final = "/eapi/v1/block/order/create"
EXECUTE: Final = "/eapi/v1/block/order/execute"


class Legs(JsonList):
    """A list of one leg, whose values are read as the texts of parameters."""

    def parse(self, name: str, text: str) -> list[Item]:
        try:
            legs = super().parse(name, text)
        except Refusal:
            legs = []
        if not legs or not all(isinstance(leg, dict) for leg in legs):
            raise Refusal(-6014, "Invalid legs")
        symbols = [str(leg.get("symbol")).upper() for leg in legs]
        if len(set(symbols)) < len(symbols):
            raise Refusal(-6013, "Duplicate symbol in one block order request.")
        if len(legs) > 1:
            raise Refusal(-6012, "Exceed maximum number of legs in one block order request.")
        return [
            {key: value if isinstance(value, str) else json.dumps(value) for key, value in leg.items()} for leg in legs
        ]


OneLeg = Annotated[list[Item], Legs()]
SettlementKey = Annotated[str, Text(r"^[0-9A-Za-z-]{1,64}$")]
WhichLiquidity = Annotated[Liquidity, Choice(Liquidity)]


class Leg(NamedTuple):
    """What is to be traded: by its owner on this side, price and quantity in units of 10^-8."""

    info: Contract
    side: Side
    price: int
    qty: int


class FlatLeg(TypedDict, total=False):
    """A leg as the generation of 2023 sends it."""

    symbol: SymbolName
    side: OrderSide
    quantity: Decimal
    price: Decimal
    type: OrderKind


@endpoint("POST", CREATE, group="block", security=Security.TRADE, weight=5)
def offer_block(
    call: OptionsCall,
    liquidity: WhichLiquidity,
    legs: OneLeg | None = None,
    orders: OneLeg | None = None,
    **fields: Unpack[FlatLeg],
) -> Json:
    """Offer a block trade for half an hour; the list of its one leg is called legs, or orders."""
    venue, own = call.venue, call.account
    if venue.dialect.flat_blocks:
        for name in ("symbol", "side", "quantity"):
            if name not in fields:
                raise errors.mandatory(name)
        leg: Leg = _leg.handler(call, **fields)
    else:
        items = legs or orders
        if items is None:
            raise errors.mandatory("legs")
        leg = _leg.handler(call, **_leg.bind(items[0]))
    offer = Offer(
        "", own.money.id, liquidity, leg.info.name, leg.side, leg.price, leg.qty, call.now, call.now + LIFE
    )  # fmt: skip
    _admit(call, leg.info, _order(own, offer))
    offer = venue.blocks.put(offer._replace(key=venue.blocks.new_key(venue.seed)))
    answer = _row(call, offer)
    del answer["createTime"]
    return answer


@endpoint("PUT", CREATE, group="block", security=Security.TRADE, weight=5)
def extend_block(call: OptionsCall, blockOrderMatchingKey: SettlementKey) -> Json:
    """Let an own offer stand for half an hour from now on."""
    offer = _own_offer(call, blockOrderMatchingKey)
    return _row(call, call.venue.blocks.put(offer._replace(expires=call.now + LIFE)))


@endpoint("DELETE", CREATE, group="block", security=Security.TRADE, weight=5)
def withdraw_block(call: OptionsCall, blockOrderMatchingKey: SettlementKey) -> Json:
    """Take an own offer back."""
    call.venue.blocks.remove(_own_offer(call, blockOrderMatchingKey))
    return {}


@endpoint("GET", "/eapi/v1/block/order/orders", group="block", security=Security.TRADE, weight=5)
def show_blocks(
    call: OptionsCall,
    blockOrderMatchingKey: SettlementKey | None = None,
    endTime: Time | None = None,
    startTime: Time | None = None,
    underlying: UnderlyingName | None = None,
) -> Json:
    """The account's own offers by the time of their making, oldest first; those whose time is over are gone."""
    stretch, name = span(startTime, endTime), _underlying(call, underlying)
    return [
        _row(call, offer)
        for offer in call.venue.blocks.of(call.account.money.id, call.now)
        if blockOrderMatchingKey in (None, offer.key)
        and stretch.holds(offer.created)
        and name in (None, call.venue.contract(offer.symbol).underlying)
    ]


@endpoint("POST", EXECUTE, group="block", security=Security.TRADE, weight=5)
def accept_block(call: OptionsCall, blockOrderMatchingKey: SettlementKey) -> Json:
    """Accept another account's offer: positions and premium change hands."""
    venue, own = call.venue, call.account
    offer = _open_offer(call, blockOrderMatchingKey)
    owner = venue.owners[offer.owner]
    if owner.money.group == own.money.group:
        raise Refusal(-6023, "Self trade prevention")
    info = tradable(call, offer.symbol)
    market = venue.market(info.name, call.now)
    mine, theirs = _order(own, offer), _order(owner, offer)
    _admit(call, info, mine)
    _admit(OptionsCall(venue, owner, call.now, call.per_unit, call.limits), info, theirs)
    parent = market.next_order_id
    market.next_order_id += 1
    maker, taker = (theirs, mine) if offer.liquidity is Liquidity.MAKER else (mine, theirs)
    trade_id = market.exchange(maker, taker, call.now)
    fees = owner.fills[info.name, trade_id, theirs.id].fee, own.fills[info.name, trade_id, mine.id].fee
    deal = Deal(call.now, len(venue.blocks.deals) + 1, parent, trade_id, (theirs.id, mine.id), fees)
    return _row(call, venue.blocks.settle(offer._replace(partner=own.money.id, deal=deal)))


@endpoint("GET", EXECUTE, group="block", security=Security.USER_DATA, weight=5)
def show_block(call: OptionsCall, blockOrderMatchingKey: SettlementKey) -> Json:
    """An offer as it is for the caller: with side and liquidity of the other party, unless it is his own."""
    return _row(call, _offer(call, blockOrderMatchingKey))


@endpoint("GET", "/eapi/v1/block/user-trades", group="block", security=Security.USER_DATA, weight=5)
def block_user_trades(
    call: OptionsCall,
    endTime: Time | None = None,
    startTime: Time | None = None,
    underlying: UnderlyingName | None = None,
) -> Json:
    """The block trades of the account, oldest first, with numbers where other calls have text (rule O-7)."""
    stretch, name = span(startTime, endTime), _underlying(call, underlying)
    return [
        _traded(call, offer, offer.deal)
        for offer in call.venue.blocks.deals
        if offer.deal is not None
        and call.account.money.id in (offer.owner, offer.partner)
        and stretch.holds(offer.deal.time)
        and name in (None, call.venue.contract(offer.symbol).underlying)
    ]


@endpoint("GET", "/eapi/v1/blockTrades", group="market", weight=5)
def block_trades(call: OptionsCall, symbol: SymbolName | None = None, limit: TradePage = 100) -> Json:
    """The newest block trades of everybody; quantities are below zero where the taker sold."""
    name = None if symbol is None else call.venue.info(symbol).name
    found = [offer for offer in call.venue.blocks.deals if name in (None, offer.symbol)]
    return [_print(call, offer, offer.deal) for offer in found[-limit:] if offer.deal is not None]


# -- offers -----------------------------------------------------------------------------------------------------------


def read_leg(
    call: OptionsCall,
    symbol: SymbolName,
    side: OrderSide,
    quantity: Decimal,
    price: Decimal | None = None,
    type: OrderKind = "LIMIT",
) -> Leg:
    """A leg; one without price is traded at the mark price of now.

    Raises:
        Refusal: -1121 or -6049, the contract cannot be traded.
    """
    info = tradable(call, symbol)
    if price is None:
        mark = call.venue.mark(info, call.now).price
        price = max(info.tick, (mark + info.tick // 2) // info.tick * info.tick)
    return Leg(info, side, price, quantity)


_leg: Final = endpoint("POST", CREATE, group="block", weight=5)(read_leg)
"""Reads the fields of a leg as parameters of a call are read."""


def _offer(call: OptionsCall, key: str) -> Offer:
    """The offer of a key, whose ever it is.

    Raises:
        Refusal: -6048, there is none, or its time is over.
    """
    offer = call.venue.blocks.find(key, call.now)
    if offer is None:
        raise Refusal(-6048, "Block order parameter is invalid", why="no offer has this key, or its time is over")
    return offer


def _open_offer(call: OptionsCall, key: str) -> Offer:
    """The same, while it is waiting to be accepted."""
    offer = _offer(call, key)
    if offer.status is not BlockStatus.RECEIVED:
        raise Refusal(-6048, "Block order parameter is invalid", why="the offer was accepted already")
    return offer


def _own_offer(call: OptionsCall, key: str) -> Offer:
    """The same, when the caller made it."""
    offer = _open_offer(call, key)
    if offer.owner != call.account.money.id:
        raise Refusal(-6048, "Block order parameter is invalid", why="another account made this offer")
    return offer


def _underlying(call: OptionsCall, name: str | None) -> str | None:
    return None if name is None else call.venue.underlying(name).name


def _order(account: OptionsAccount, offer: Offer) -> Order:
    """What an account has to do about an offer; no book ever sees it."""
    side, _ = offer.seen_by(account.money.id)
    return Order(
        account.money, "", side, OrderType.LIMIT, TimeInForce.GTC, offer.price, offer.qty, extras=Terms(named=False)
    )


def _admit(call: OptionsCall, info: Contract, order: Order) -> None:
    """Hold one party against contract and account.

    Raises:
        Refusal: the first thing that is wrong.
    """
    check_numbers(info, order)
    if order.price % info.tick:
        raise Refusal(-4029, "Tick size precision is invalid.")
    if order.qty < info.min_qty:
        raise Refusal(-4004, "Quantity less than min quantity.")
    if (order.qty - info.min_qty) % info.step:
        raise Refusal(-4030, "Step size precision is invalid.")
    own = row(call.venue, call.account, info, call.now)
    check_account(call, own, order)
    check_writing(call, own, order)
    check_cover(call, own, order)


# -- views ------------------------------------------------------------------------------------------------------------


def _row(call: OptionsCall, offer: Offer) -> dict[str, Any]:
    """An offer, as the caller would take part in it."""
    info = call.venue.contract(offer.symbol)
    side, liquidity = offer.seen_by(call.account.money.id)
    return {
        "blockTradeSettlementKey": offer.key,
        "expireTime": ms(offer.expires),
        "liquidity": liquidity.value,
        "status": offer.status.value,
        "createTime": ms(offer.created),
        "legs": [
            {
                "symbol": info.name,
                "side": side.value,
                "quantity": quantity(info, offer.qty),
                "price": price(info, offer.price),
            }
        ],
    }


def _traded(call: OptionsCall, offer: Offer, deal: Deal) -> dict[str, Any]:
    """A block trade as one of its parties sees it; what was charged is above zero."""
    info, me = call.venue.contract(offer.symbol), call.account.money.id
    side, liquidity = offer.seen_by(me)
    party = 0 if me == offer.owner else 1
    at, qty, fee = offer.price / SCALE, offer.qty / SCALE, deal.fees[party] / SCALE
    return {
        "parentOrderId": str(deal.parent),
        "crossType": "USER_BLOCK",
        "legs": [
            {
                "createTime": ms(offer.created),
                "updateTime": ms(deal.time),
                "symbol": info.name,
                "orderId": str(deal.orders[party]),
                "orderPrice": at,
                "orderQuantity": qty,
                "orderStatus": call.venue.dialect.statuses[Status.FILLED],
                "executedQty": qty,
                "executedAmount": premium(offer.price, offer.qty, info.unit) / SCALE,
                "fee": fee,
                "orderType": "PREV_QUOTED",
                "orderSide": side.value,
                "id": str(call.account.fills[info.name, deal.trade_id, deal.orders[party]].id),
                "tradeId": deal.trade_id,
                "tradePrice": at,
                "tradeQty": qty,
                "tradeTime": ms(deal.time),
                "liquidity": liquidity.value,
                "commission": fee,
            }
        ],
        "blockTradeSettlementKey": offer.key,
    }


def _print(call: OptionsCall, offer: Offer, deal: Deal) -> dict[str, Any]:
    """A block trade as everybody sees it."""
    info = call.venue.contract(offer.symbol)
    taker_buys = (offer.side is Side.BUY) is (offer.liquidity is Liquidity.TAKER)
    sign = 1 if taker_buys else -1
    return {
        "id": deal.number,
        "tradeId": deal.trade_id,
        "symbol": info.name,
        "price": price(info, offer.price),
        "qty": decimal(sign * offer.qty, info.qty_digits),
        "quoteQty": decimal(sign * premium(offer.price, offer.qty, info.unit), info.price_digits),
        "side": sign,
        "time": ms(deal.time),
    }


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    offer_block,
    extend_block,
    withdraw_block,
    show_blocks,
    accept_block,
    show_block,
    block_user_trades,
    block_trades,
)
