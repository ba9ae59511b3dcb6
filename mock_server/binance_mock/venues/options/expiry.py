"""What becomes of orders and positions when their contracts expire (rules O-81 to O-84, O-86).

Open orders expire. A position that is in the money is exercised without anybody asking for it: the holder is paid by
the writer, in cash, and both pay the exercise fee. One that is not is gone, and nothing is paid; its owner finds a
record of it all the same. Each account's amount is cut to a unit; the market maker, who pays no fees, takes or gives
what the amounts of all others leave over, so that no unit is made or lost.

What exercise pays is a bill of type CONTRACT, as premiums are, for the API knows no other that would fit (rule O-79).
A writer's wallet may go below zero.
"""

from __future__ import annotations

from typing import Final

from binance_mock.engine.orders import ExpiryReason
from binance_mock.venues.options.accounts import ASSET, BillType, ExerciseRecord, OptionsAccount
from binance_mock.venues.options.exercise import exercise, payoff
from binance_mock.venues.options.listings import Contract, Strip
from binance_mock.venues.options.protocols import Ending
from binance_mock.venues.options.venue import OptionsVenue


def end_orders(venue: OptionsVenue, strip: Strip, price: int, time: int) -> None:
    """Let the open orders of an expiry expire; arguments as for `Ending`."""
    for symbol in strip.contracts:
        market = venue.markets.get(symbol)
        if market is not None:
            for bag in market.bags.values():
                for order in list(bag.open.values()):
                    market.expire(order, ExpiryReason.EXCHANGE_CANCELED, time)


def exercise_positions(venue: OptionsVenue, strip: Strip, price: int, time: int) -> None:
    """Close every position of an expiry, in or out of the money; arguments as for `Ending`."""
    for info in strip.contracts.values():
        # At its last moment an option is worth what exercise pays, unless its mark was set.
        mark = venue.pins.prices.get(info.name)
        if mark is None:
            mark = payoff(info.side, price, info.strike)
        paid = sum(
            _close(venue, owner, info, price, mark, time)
            for owner in venue.accounts.values()
            if info.name in owner.positions
        )
        venue.house.positions.pop(info.name, None)
        venue.house.money.free[ASSET] -= paid


def _close(venue: OptionsVenue, owner: OptionsAccount, info: Contract, price: int, mark: int, time: int) -> int:
    """Close an account's position, and give back what it was paid before its fee."""
    position = owner.positions.pop(info.name)
    qty = position.qty
    if not qty:
        return 0
    found = exercise(info.side, price, info.strike, qty, info.unit, venue.settings.exercise, info.fees.cap)
    owner.money.free[ASSET] += found.amount - found.fee
    venue.ledger.collector.free[ASSET] += found.fee
    owner.note(time, BillType.CONTRACT, found.amount)
    owner.note(time, BillType.FEE, -found.fee)
    record = ExerciseRecord(
        len(owner.exercises) + 1,
        time,
        info.name,
        info.side,
        price,
        mark,
        qty,
        found.amount,
        found.fee,
        info.price_digits,
        info.qty_digits,
    )
    owner.exercises.append(record)
    venue.look_at(owner)
    return found.amount


ENDINGS: Final[tuple[Ending, ...]] = (end_orders, exercise_positions)
"""All that is done at an expiry, in its order."""
