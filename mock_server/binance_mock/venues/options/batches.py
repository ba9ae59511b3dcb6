"""Several orders in one call (rule O-66).

Each item goes the way of a single order, one after the other in the order of the list, and counts as one. What is wrong
with an item stands in its place of the answer and stops no other.
"""

from __future__ import annotations

from typing import Annotated, Final

from binance_mock.venues import errors
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.options import trade
from binance_mock.venues.options.kinds import SymbolName
from binance_mock.venues.options.trade_kinds import KnownId
from binance_mock.venues.options.venue import OptionsCall
from binance_mock.venues.params import Whole
from binance_mock.venues.usdm.batches import Ids, Item, Items, each_item

_MOST: Final = 10
_TOO_MANY: Final = (-6011, "Maximum 10 orders in one batchOrder request.")

OrderItems = Annotated[list[Item], Items(_MOST, *_TOO_MANY)]
OrderIds = Annotated[list[int], Ids(Whole(), *_TOO_MANY)]
ClientIds = Annotated[list[str], Ids(KnownId(), *_TOO_MANY)]


@endpoint("POST", "/eapi/v1/batchOrders", group="trade", security=Security.TRADE, weight=5, order_count=1)
def new_orders(call: OptionsCall, orders: OrderItems) -> Json:
    """Place up to ten orders; each in its place of the answer, or what was wrong with it."""
    call.limits.orders.check(call.account.name, len(orders), call.now)
    return each_item(orders, lambda item: trade.place(call, batch=True, **trade.new_order.bind(item)))


@endpoint("DELETE", "/eapi/v1/batchOrders", group="trade", security=Security.TRADE, weight=5)
def cancel_orders(
    call: OptionsCall, symbol: SymbolName, orderIds: OrderIds | None = None, clientOrderIds: ClientIds | None = None
) -> Json:
    """Cancel up to ten open orders of a contract by one of two lists, of which that of numbers wins."""
    call.venue.contract(symbol)
    if orderIds:
        return each_item(orderIds, lambda each: trade.cancel_by_id(call, symbol, each, None, batch=True))
    if clientOrderIds:
        return each_item(clientOrderIds, lambda each: trade.cancel_by_id(call, symbol, None, each, batch=True))
    raise errors.either("orderIds", "clientOrderIds")


ENDPOINTS: Final[tuple[Endpoint, ...]] = (new_orders, cancel_orders)
