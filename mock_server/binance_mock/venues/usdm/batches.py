"""Several orders in one call (rules U-26, U-138 to U-141).

Each item goes the way of a single order, one after the other in the order of the list. What is wrong with an item
stands in its place of the answer and stops no other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from decimal import Decimal as Exact
from typing import Annotated, Any, Final, NoReturn, TypeVar

from binance_mock.venues import errors
from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.errors import Refusal
from binance_mock.venues.params import Kind, Whole
from binance_mock.venues.usdm import trade
from binance_mock.venues.usdm.amend import amend, amend_order
from binance_mock.venues.usdm.kinds import SymbolName
from binance_mock.venues.usdm.trade_kinds import OwnId
from binance_mock.venues.usdm.venue import UsdmCall

_BURST: Final = 4
"""What a batch counts in the 10 s window beyond the 1 that it counts in each (rule U-26)."""
_MOST_ORDERS: Final = 5
_MOST_CANCELS: Final = 10
_LONGEST: Final = 40
"""Exponents beyond this make no number that any parameter takes."""
T = TypeVar("T")
Item = dict[str, str]


# -- lists in one parameter ------------------------------------------------------------------------------------------


class JsonList(Kind):
    """A JSON array as text; -1130 for what is none."""

    def parse(self, name: str, text: str) -> list[Any]:
        try:
            value = json.loads(text, parse_float=_plain, parse_int=str, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, list):
            raise _malformed(name, text)
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "contentMediaType": "application/json"}


class Items(JsonList):
    """Some objects, whose values are read as the texts that a single call would send (rule U-138).

    Args:
        most: how many there may be; one at least.
        code: the error code of any other number.
        msg: its text.
    """

    def __init__(
        self, most: int = _MOST_ORDERS, code: int = -4082, msg: str = "Invalid number of batch place orders."
    ) -> None:
        self.most = most
        self.code = code
        self.msg = msg

    def parse(self, name: str, text: str) -> list[Item]:
        items = super().parse(name, text)
        if not all(isinstance(item, dict) for item in items):
            raise _malformed(name, text)
        if not 1 <= len(items) <= self.most:
            raise Refusal(self.code, self.msg)
        return [{key: _text(value) for key, value in item.items() if value is not None} for item in items]


class Ids(JsonList):
    """At most ten ids (rule U-141).

    Args:
        kind: what each of them is.
        code: the error code of more.
        msg: its text.
    """

    def __init__(self, kind: Kind, code: int = -4032, msg: str = "Exceed maximum cancel order size.") -> None:
        self.kind = kind
        self.code = code
        self.msg = msg

    def parse(self, name: str, text: str) -> list[Any]:
        ids = super().parse(name, text)
        if not all(isinstance(id, str) and id for id in ids):
            raise _malformed(name, text)
        if len(ids) > _MOST_CANCELS:
            raise Refusal(self.code, self.msg)
        return [self.kind.parse(name, id) for id in ids]


def _malformed(name: str, text: str) -> Refusal:
    """The text is no list of the right kind; it is shown behind the name of its parameter."""
    return errors.invalid_data(f"{name}:{text}")


def _refuse_constant(text: str) -> NoReturn:
    """JSON knows no NaN and no Infinity."""
    raise ValueError(text)


def _plain(text: str) -> str:
    """A JSON number without its exponent, as a parameter would be written."""
    if "e" not in text and "E" not in text:
        return text
    value = Exact(text)
    return format(value, "f") if abs(value.adjusted()) <= _LONGEST else text


def _text(value: Any) -> str:
    """A value of an item as the text of a parameter; numbers are texts already."""
    return value if isinstance(value, str) else json.dumps(value)


OrderItems = Annotated[list[Item], Items()]
OrderIds = Annotated[list[int], Ids(Whole())]
ClientIds = Annotated[list[str], Ids(OwnId())]


# -- calls ------------------------------------------------------------------------------------------------------------


@endpoint(
    "POST", "/fapi/v1/batchOrders", group="trade", security=Security.TRADE, weight=5, order_count=1, order_burst=_BURST
)
def new_orders(call: UsdmCall, batchOrders: OrderItems) -> Json:
    """Place up to five orders; each in its place of the answer, or what was wrong with it."""
    _count(call)
    return each_item(batchOrders, lambda item: trade.place(call, counted=True, **trade.new_order.bind(item)))


@endpoint(
    "PUT", "/fapi/v1/batchOrders", group="trade", security=Security.TRADE, weight=5, order_count=1, order_burst=_BURST
)
def amend_orders(call: UsdmCall, batchOrders: OrderItems) -> Json:
    """Change up to five open orders; each in its place of the answer, or what was wrong with it."""
    _count(call)
    return each_item(batchOrders, lambda item: amend(call, counted=True, **amend_order.bind(item)))


@endpoint("DELETE", "/fapi/v1/batchOrders", group="trade", security=Security.TRADE, weight=1)
def cancel_orders(
    call: UsdmCall,
    symbol: SymbolName,
    orderIdList: OrderIds | None = None,
    origClientOrderIdList: ClientIds | None = None,
    orderidlist: OrderIds | None = None,
    origclientorderidlist: ClientIds | None = None,
) -> Json:
    """Cancel up to ten open orders of a contract by one of two lists, of which that of numbers wins.

    The spelling in small letters is what some clients send.
    """
    call.venue.info(symbol)
    ids, client_ids = orderIdList or orderidlist, origClientOrderIdList or origclientorderidlist
    if ids:
        return each_item(ids, lambda each: trade.cancel_by_id(call, symbol, each, None))
    if client_ids:
        return each_item(client_ids, lambda each: trade.cancel_by_id(call, symbol, None, each))
    raise errors.either("orderIdList", "origClientOrderIdList")


def _count(call: UsdmCall) -> None:
    """Count a batch, whatever its size and whatever becomes of it."""
    call.limits.orders.check(call.account.name, 1, call.now, _BURST)
    call.limits.orders.add(call.account.name, 1, call.now, _BURST)


def each_item(items: Iterable[T], do: Callable[[T], Json]) -> list[Json]:
    """The answers to all items, or their refusals (rule U-139)."""
    rows: list[Json] = []
    for item in items:
        try:
            rows.append(do(item))
        except Refusal as refusal:
            rows.append({"code": refusal.code, "msg": refusal.msg})
    return rows


ENDPOINTS: Final[tuple[Endpoint, ...]] = (new_orders, amend_orders, cancel_orders)
