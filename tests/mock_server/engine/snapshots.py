"""All that a market and its ledger hold, as plain values to compare."""

from __future__ import annotations

from typing import Any

from binance_mock.engine.book import BookSide
from binance_mock.engine.events import Accepted, Canceled, Event, Expired, Prevented, Traded, Triggered
from binance_mock.engine.ledger import Account
from binance_mock.engine.market import Market
from binance_mock.engine.orders import Order

Fields = dict[str, Any]


def fields_of(thing: Any) -> Fields:
    """The plain values among the slots of an object."""
    return {name: getattr(thing, name) for name in thing.__slots__}


def order_state(order: Order) -> Fields:
    """An order without its links to other objects."""
    state = fields_of(order)
    state["account"] = order.account.id
    for link, other in (("prev", order.prev), ("next", order.next)):
        state[link] = other and other.id
    state["level"] = order.level and order.level.price
    extras = state["extras"] = fields_of(order.extras) if order.extras else {}
    extras["prevented_matches"] = [match.id for match in extras.get("prevented_matches") or []]
    return state


def side_state(side: BookSide) -> list[tuple[int, int, int, list[tuple[int, int]]]]:
    """Levels from the best outwards: price, quantity, count, and (order id, shown) in the order of the queue."""
    return [(level.price, level.qty, level.count, [(order.id, order.shown) for order in level]) for level in side]


def balances(account: Account) -> dict[str, tuple[int, int]]:
    """Asset to (free, locked), without assets that are not there."""
    pairs = {asset: (account.free[asset], account.locked[asset]) for asset in {*account.free, *account.locked}}
    return {asset: pair for asset, pair in pairs.items() if pair != (0, 0)}


def market_state(market: Market) -> Fields:
    """Everything: books, orders of every account, waiting stops, tape, counters and all balances."""
    triggers, tape = market.triggers, market.tape
    return {
        "bids": side_state(market.book.bids),
        "asks": side_state(market.book.asks),
        "update_id": market.book.update_id,
        "next_order_id": market.next_order_id,
        "orders": {id: [order_state(o) for o in bag.all.values()] for id, bag in market.bags.items() if bag.all},
        "open": {id: {name: o.id for name, o in bag.open.items()} for id, bag in market.bags.items() if bag.open},
        "trades": {id: [trade.id for trade in bag.trades] for id, bag in market.bags.items() if bag.trades},
        "above": [id for _, id, _ in triggers.above],
        "below": [id for _, id, _ in triggers.below],
        "trailing": list(triggers.trailing),
        "tape": [(t.id, t.time, t.price, t.qty, t.quote) for t in tape.newest(len(tape))],
        "prevented": [match.id for match in market.prevented],
        "balances": {account.id: balances(account) for account in market.ledger},
        "touched": {account.id: account.updated for account in market.ledger},
        "deposited": {asset: amount for asset, amount in market.ledger.deposited.items() if amount},
    }


def told(event: Event) -> tuple[object, ...]:
    """An event as a name and plain values."""
    match event:
        case Accepted(order):
            return ("accepted", order.id)
        case Triggered(order):
            return ("triggered", order.id)
        case Canceled(order):
            return ("canceled", order.id)
        case Expired(order, reason):
            return ("expired", order.id, reason)
        case Prevented(m):
            return ("prevented", m.id, m.taker.id, m.maker.id, m.mode, m.price, m.taker_qty, m.maker_qty)
        case Traded(t, maker_first, taker_first):
            ids = t.maker and t.maker.id, t.taker and t.taker.id
            fees = t.maker_fee, t.maker_fee_asset, t.taker_fee, t.taker_fee_asset
            return ("traded", *t[:6], *ids, *fees, maker_first, taker_first)
