"""How the venues differ: paths, names of parameters, sizes of pages. Everything else is the same."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, NamedTuple


class Venue(NamedTuple):
    """One market.

    Attributes:
        name: its name.
        root: what its paths begin with.
        account: where balances are asked for.
        my_trades: where the account's trades are asked for.
        cancel_all: where all open orders of a symbol are cancelled.
        all_orders: where past orders are asked for.
        price: where the last price is asked for.
        batch: name of the parameter that holds a batch of orders, "" where there are none.
        new_id: name of the client order id when an order is placed.
        old_id: its name when an order is asked for or cancelled.
        taken: error codes for a client order id that is in use.
        weight: request weight a minute, until exchangeInfo says otherwise.
        longest_span_ms: the longest time for which trades may be asked for at once.
    """

    name: str
    root: str
    account: str
    my_trades: str
    cancel_all: str
    all_orders: str
    price: str
    batch: str = "batchOrders"
    new_id: str = "newClientOrderId"
    old_id: str = "origClientOrderId"
    taken: tuple[int, ...] = (-4116,)
    weight: int = 2400
    longest_span_ms: int = 7 * 24 * 3600 * 1000


VENUES: Final = MappingProxyType({
    "spot": Venue(
        "spot", "/api/v3", "/account", "/myTrades", "/openOrders", "/allOrders", "/ticker/price",
        batch="", taken=(-2010,), weight=6000, longest_span_ms=24 * 3600 * 1000,
    ),
    "usdm": Venue(
        "usdm", "/fapi/v1", "/fapi/v3/account", "/userTrades", "/allOpenOrders", "/allOrders", "/ticker/price"
    ),
    "coinm": Venue("coinm", "/dapi/v1", "/account", "/userTrades", "/allOpenOrders", "/allOrders", "/ticker/price"),
    "options": Venue(
        "options", "/eapi/v1", "/marginAccount", "/userTrades", "/allOpenOrders", "/historyOrders", "/ticker",
        batch="orders", new_id="clientOrderId", old_id="clientOrderId", taken=(-6044,),
    ),
})  # fmt: skip
