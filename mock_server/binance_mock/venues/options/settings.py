"""How European options behave where a tester may choose; `[options]` of the config file."""

from __future__ import annotations

from typing import Literal

import msgspec

DialectName = Literal["2026", "2023"]


class OptionsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of the venue.

    Attributes:
        dialect: the generation of the API that is spoken; see `dialect`.
        maker: commission rate of resting orders on the index, scaled by 10^8; 24_000 is 0.024 % (rule O-87).
        taker: rate of orders that take.
        exercise: rate of an exercise on the settlement price (rule O-86).
        writers: whether accounts may sell what they do not hold (rule O-49).
        makers: whether accounts are market makers' and may use their protection (rule O-101).
        naked_sell: `nakedSell` of all contracts: whether anybody may (rule O-49).
        margin_with_mark: whether what a written option needs has the mark price on top (rule O-77).
        max_orders: simultaneous open orders of an account in one contract, 0 for the caps of rule O-68.
        max_underlying_orders: the same in all contracts of an underlying, 0 for any number (rule O-68).
        max_short: contracts that an account may be short of in one contract, scaled by 10^8, 0 for any number.
        max_underlying_short: the same in all contracts of an underlying.
        max_order_qty: contracts of one order, scaled by 10^8, 0 for what the filter allows.
        first_order_id: id of the first order, one numbering for all contracts; above 2^53, as Binance's are (rule O-8).
        levels: price levels on each side of a standing book, 0 for empty books.
        level_value: worth of each level in USDT.
        spread_bps: distance of the best prices from the mark price, in basis points of it.
        history_hours: how far back the standing tape reaches, 0 for none.
    """

    dialect: DialectName = "2026"
    maker: int = 24_000
    taker: int = 24_000
    exercise: int = 15_000
    writers: bool = True
    makers: bool = True
    naked_sell: bool = True
    margin_with_mark: bool = True
    max_orders: int = 0
    max_underlying_orders: int = 0
    max_short: int = 0
    max_underlying_short: int = 0
    max_order_qty: int = 0
    first_order_id: int = 4_611_875_134_427_365_377
    levels: int = 10
    level_value: int = 50_000
    spread_bps: int = 100
    history_hours: int = 24
