"""What a match leaves behind: the trade, and the self trade that was prevented."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from binance_mock.engine.orders import Order


class Trade(NamedTuple):
    """One match, at the price of the maker (rule S-94).

    `maker` and `taker` are None for a print: a trade taken from a data file or made by `set_price`, in which no
    account took part.
    """

    id: int
    time: int
    price: int
    qty: int
    quote: int
    buyer_maker: bool
    taker_id: int
    """Groups the trades of one taker order into an aggregate; the order id, or for prints a number below zero."""
    maker: Order | None = None
    taker: Order | None = None
    maker_fee: int = 0
    maker_fee_asset: str = ""
    taker_fee: int = 0
    taker_fee_asset: str = ""
