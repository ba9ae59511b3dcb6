"""What an account may ask about itself: balances, orders, trades, limits, commissions."""

from __future__ import annotations

from itertools import islice
from operator import attrgetter, itemgetter
from typing import Any, Final, TypeVar

import msgspec

from binance_mock.engine.commission import Rates
from binance_mock.engine.intervals import DAY
from binance_mock.engine.orders import Order, Status
from binance_mock.engine.trades import Trade
from binance_mock.venues import errors
from binance_mock.venues.decimals import show
from binance_mock.venues.endpoint import Endpoint, Json, Security, endpoint
from binance_mock.venues.errors import Refusal
from binance_mock.venues.spot import render
from binance_mock.venues.spot.kinds import Bool, ClientId, Id, Page, SymbolName, Time
from binance_mock.venues.spot.venue import SpotAccount, SpotCall
from binance_mock.venues.weights import ByParameter

_ARCHIVED_AFTER: Final = 90 * DAY
_ARCHIVABLE: Final = frozenset({Status.CANCELED, Status.EXPIRED, Status.EXPIRED_IN_MATCH})
_BASIS_POINTS: Final = 10_000
_RATE_UNIT: Final = 100_000_000

RowT = TypeVar("RowT")


@endpoint("GET", "/api/v3/account", group="account", security=Security.USER_DATA, weight=20)
def account(call: SpotCall, omitZeroBalances: Bool = False) -> Json:
    """Balances, permissions and commission rates."""
    own = call.account
    money = own.money
    standard = money.fees.standard
    free, locked = money.free, money.locked
    listed = call.venue.assets
    balances = [
        _balance(own, asset, free[asset], locked[asset])
        for asset in (*listed, *sorted(free.keys() - listed))
        if not omitZeroBalances or free[asset] or locked[asset]
    ]
    row: dict[str, Any] = {
        "makerCommission": _points(standard.maker),
        "takerCommission": _points(standard.taker),
        "buyerCommission": _points(standard.buyer),
        "sellerCommission": _points(standard.seller),
        "commissionRates": _rates(standard),
        "canTrade": own.can_trade,
        "canWithdraw": True,
        "canDeposit": True,
        "brokered": False,
        "requireSelfTradePrevention": False,
        "preventSor": False,
        "updateTime": call.time(money.updated),
        "accountType": "SPOT",
        "balances": balances,
        "permissions": sorted(own.permissions),
        "uid": own.uid,
    }
    if money.trade_group >= 0:
        row["tradeGroupId"] = money.trade_group
    return row


@endpoint("GET", "/api/v3/order", group="account", security=Security.USER_DATA, weight=4)
def get_order(
    call: SpotCall, symbol: SymbolName, orderId: Id | None = None, origClientOrderId: ClientId | None = None
) -> Json:
    """One order, open or not."""
    if orderId is None and origClientOrderId is None:
        raise errors.either("origClientOrderId", "orderId")
    market = call.venue.market(symbol, call.now)
    bag = market.bag(call.account.money)
    order = bag.all.get(orderId) if orderId is not None else bag.find(origClientOrderId or "")
    if order is None:
        raise Refusal(-2013, "Order does not exist.")
    if origClientOrderId is not None and not _bears(order, origClientOrderId):
        raise Refusal(-2039, "Client order ID is not correct for this order ID.")
    if order.status in _ARCHIVABLE and not order.executed and call.now - order.updated > _ARCHIVED_AFTER:
        raise Refusal(
            -2026, "Order was canceled or expired with no executed qty over 90 days ago and has been archived."
        )
    return render.queried(call, market, order)


@endpoint(
    "GET",
    "/api/v3/openOrders",
    group="account",
    security=Security.USER_DATA,
    weight=ByParameter("symbol", given=6, otherwise=80),
)
def open_orders(call: SpotCall, symbol: SymbolName | None = None) -> Json:
    """Open orders of a symbol, or of all."""
    if symbol is None:
        return [render.queried(call, market, order) for market, order in call.venue.open_orders(call.account)]
    market = call.venue.market(symbol, call.now)
    return [render.queried(call, market, order) for order in market.bag(call.account.money).open.values()]


@endpoint("GET", "/api/v3/allOrders", group="account", security=Security.USER_DATA, weight=20)
def all_orders(
    call: SpotCall,
    symbol: SymbolName,
    orderId: Id | None = None,
    startTime: Time | None = None,
    endTime: Time | None = None,
    limit: Page = 500,
) -> Json:
    """Orders of a symbol: from an id on, by time of the last update, or the newest (rule S-178)."""
    _check_span(startTime, endTime)
    market = call.venue.market(symbol, call.now)
    orders = market.bag(call.account.money).all
    found: list[Order]
    if startTime is not None or endTime is not None:
        changed = sorted(((order.updated, order) for order in orders.values()), key=itemgetter(0))
        found = sorted(_by_time(changed, startTime, endTime, limit), key=attrgetter("id"))
    elif orderId is not None:
        found = list(islice((order for id, order in orders.items() if id >= orderId), limit))
    else:
        found = list(islice(reversed(orders.values()), limit))[::-1]
    return [render.queried(call, market, order) for order in found]


@endpoint(
    "GET",
    "/api/v3/myTrades",
    group="account",
    security=Security.USER_DATA,
    weight=ByParameter("orderId", given=5, otherwise=20),
)
def my_trades(
    call: SpotCall,
    symbol: SymbolName,
    orderId: Id | None = None,
    startTime: Time | None = None,
    endTime: Time | None = None,
    fromId: Id | None = None,
    limit: Page = 500,
) -> Json:
    """The account's own trades (rule S-177)."""
    timed = startTime is not None or endTime is not None
    if timed and (orderId is not None or fromId is not None):
        raise errors.bad_combination()
    _check_span(startTime, endTime)
    market = call.venue.market(symbol, call.now)
    money = call.account.money
    sides = [
        (trade, order)
        for trade in market.bag(money).trades
        for order in (trade.maker, trade.taker)
        if order is not None and order.account is money and (orderId is None or order.id == orderId)
    ]
    found: list[tuple[Trade, Order]]
    if timed:
        found = _by_time([(side[0].time, side) for side in sides], startTime, endTime, limit)
    elif fromId is not None:
        found = [side for side in sides if side[0].id >= fromId][:limit]
    else:
        found = sides[-limit:]
    return [render.own_trade(call, market, trade, order) for trade, order in found]


@endpoint("GET", "/api/v3/rateLimit/order", group="account", security=Security.USER_DATA, weight=40)
def rate_limit_order(call: SpotCall) -> Json:
    """The counts of unfilled orders (rule S-71)."""
    return call.limits.orders.describe(call.account.name, call.now)


@endpoint(
    "GET",
    "/api/v3/myPreventedMatches",
    group="account",
    security=Security.USER_DATA,
    weight=ByParameter("preventedMatchId", given=2, otherwise=20),
)
def my_prevented_matches(
    call: SpotCall,
    symbol: SymbolName,
    preventedMatchId: Id | None = None,
    orderId: Id | None = None,
    fromPreventedMatchId: Id | None = None,
    limit: Page = 500,
) -> Json:
    """Self trades that were prevented (rule S-180)."""
    if (preventedMatchId is None) == (orderId is None):
        raise errors.bad_combination()
    if preventedMatchId is not None and fromPreventedMatchId is not None:
        raise errors.bad_combination()
    market = call.venue.market(symbol, call.now)
    group = call.account.money.group
    rows = [match for match in market.prevented if match.taker.account.group == group]
    if preventedMatchId is not None:
        rows = [match for match in rows if match.id == preventedMatchId]
    else:
        first = fromPreventedMatchId or 0
        rows = [match for match in rows if match.id >= first and orderId in (match.taker.id, match.maker.id)]
    return [render.prevented(call, market, match) for match in rows[:limit]]


@endpoint("GET", "/api/v3/myAllocations", group="account", security=Security.USER_DATA, weight=20)
def my_allocations(
    call: SpotCall,
    symbol: SymbolName,
    startTime: Time | None = None,
    endTime: Time | None = None,
    fromAllocationId: Id | None = None,
    limit: Page = 500,
    orderId: Id | None = None,
) -> Json:
    """Fills by smart order routing, which the mock does not do: none (rule S-181)."""
    call.venue.info(symbol)
    timed = startTime is not None or endTime is not None
    if timed and (orderId is not None or fromAllocationId is not None):
        raise errors.bad_combination()
    _check_span(startTime, endTime)
    return []


@endpoint("GET", "/api/v3/account/commission", group="account", security=Security.USER_DATA, weight=20)
def account_commission(call: SpotCall, symbol: SymbolName) -> Json:
    """Commission rates of a symbol (rule S-116)."""
    call.venue.info(symbol)
    money = call.account.money
    fees = money.symbol_fees.get(symbol, money.fees)
    return {
        "symbol": symbol,
        "standardCommission": _rates(fees.standard),
        "specialCommission": _rates(fees.special),
        "taxCommission": _rates(fees.tax),
        "discount": render.discount(money, fees),
    }


@endpoint("GET", "/api/v3/myFilters", group="account", security=Security.USER_DATA, weight=40)
def my_filters(call: SpotCall, symbol: SymbolName) -> Json:
    """The filters that hold for the account (rule S-167)."""
    info = call.venue.info(symbol)
    return {"exchangeFilters": [], "symbolFilters": info.filters, "assetFilters": []}


def _balance(own: SpotAccount, asset: str, free: int, locked: int) -> msgspec.Raw:
    """One balance as JSON; kept until it changes, for most stay as they are from one call to the next."""
    held = own.shown.get(asset)
    if held is None or held[0] != free or held[1] != locked:
        text = msgspec.json.encode({"asset": asset, "free": show(free), "locked": show(locked)})
        held = own.shown[asset] = (free, locked, msgspec.Raw(text))
    return held[2]


def _bears(order: Order, client_id: str) -> bool:
    return client_id in (order.client_id, order.orig_client_id)


def _check_span(start: int | None, end: int | None) -> None:
    """At most 24 hours between two times (rule S-53)."""
    if start is not None and end is not None and end - start > DAY:
        raise errors.interval_too_long(24)


def _by_time(rows: list[tuple[int, RowT]], start: int | None, end: int | None, limit: int) -> list[RowT]:
    """Rows within inclusive times: the oldest from a start on, else the newest (rule S-18)."""
    until = None if end is None else end if end % 1000 else end + 999
    found = [row for time, row in rows if (start is None or time >= start) and (until is None or time <= until)]
    return found[:limit] if start is not None else found[-limit:]


def _points(rate: int) -> int:
    """A rate in basis points (rule S-117)."""
    return rate * _BASIS_POINTS // _RATE_UNIT


def _rates(rates: Rates) -> dict[str, str]:
    return {
        "maker": show(rates.maker),
        "taker": show(rates.taker),
        "buyer": show(rates.buyer),
        "seller": show(rates.seller),
    }


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    account,
    get_order,
    open_orders,
    all_orders,
    my_trades,
    rate_limit_order,
    my_prevented_matches,
    my_allocations,
    account_commission,
    my_filters,
)
