"""What two generations of the API say differently (rule O-1 and the last section of the rules' source).

One row a generation; whatever else an endpoint does is the same in both. The generation of 2026 is the default, that of
2023 stood until the end of 2025. Refusals of excess weight bear -1008 in both (rule O-33).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from binance_mock.engine.orders import Status, StpMode

_SAME: Final[Mapping[Status, str]] = MappingProxyType({status: status.value for status in Status})
_OLD: Final[Mapping[Status, str]] = MappingProxyType({
    **_SAME,
    Status.NEW: "ACCEPTED",
    Status.CANCELED: "CANCELLED",
    Status.EXPIRED: "CANCELLED",
    Status.EXPIRED_IN_MATCH: "CANCELLED",
})  # fmt: skip


class Dialect(NamedTuple):
    """One generation.

    Attributes:
        name: as the settings call it.
        statuses: names of the states of orders (rule O-58).
        times_in_force: those that are taken (rule O-57).
        book_number: the field of `depth` that numbers the book.
        candle_objects: candles are objects with names, not rows of twelve.
        signed_trades: quantities of public trades are below zero for sales, their ids are text, and they have no
            `tradeId` and no `symbol` of their own there.
        contract_fees: exchangeInfo shows fee rates and ids, and lacks what came with the year 2026.
        key_expiry: POST listenKey says until when the key lives (rule O-88).
        short_ack: an ACK of a new order is short and says `createDate`, a RESULT has all fields (rule O-59).
        full_orders: every view of an order says `source`, `fee` and `postOnly`, and none how it prevents self-trades;
            a batch answers with fewer fields.
        self_trade: self-trade prevention is offered; where not, orders of one account trade with each other.
        default_stp: how it prevents self-trades where the order does not say (rule O-67).
        cancel_code: `code` of DELETE allOpenOrders (rule O-63).
        counts_cancelled: DELETE allOpenOrdersByUnderlying says in `data` how many orders it cancelled (rule O-63).
        ratio_positions: positions show `reducibleQty`, `ror` and `positionCost` in place of today's fields (rule O-78).
        lp_profit: margin accounts show `lpProfit` and no adjusted equity, and `riskLevel` (rules O-73, O-74).
        trade_volatility: userTrades show the volatility, and take no symbol for all (rule O-64).
        flat_blocks: block trades are offered with the fields of their leg as parameters, not in a list (rule O-102).
        exercise_marks: exerciseRecord shows `markPrice`.
        list_events: the user data stream speaks in lists (rule O-90).
        gone: paths that are not served, as if there were none.
    """

    name: str = "2026"
    statuses: Mapping[Status, str] = _SAME
    times_in_force: tuple[str, ...] = ("GTC", "IOC", "FOK", "GTX")
    book_number: str = "lastUpdateId"
    candle_objects: bool = False
    signed_trades: bool = False
    contract_fees: bool = False
    key_expiry: bool = True
    short_ack: bool = False
    full_orders: bool = False
    self_trade: bool = True
    default_stp: StpMode = StpMode.EXPIRE_MAKER
    cancel_code: str | int = "0"
    counts_cancelled: bool = False
    ratio_positions: bool = False
    lp_profit: bool = False
    trade_volatility: bool = False
    flat_blocks: bool = False
    exercise_marks: bool = False
    list_events: bool = False
    gone: frozenset[str] = frozenset({"/eapi/v1/income/asyn", "/eapi/v1/income/asyn/id", "/eapi/v1/transfer"})


TODAY: Final = Dialect()
DIALECTS: Final[Mapping[str, Dialect]] = MappingProxyType({
    "2026": TODAY,
    "2023": Dialect(
        name="2023",
        statuses=_OLD,
        times_in_force=("GTC", "IOC", "FOK"),
        book_number="u",
        candle_objects=True,
        signed_trades=True,
        contract_fees=True,
        key_expiry=False,
        short_ack=True,
        full_orders=True,
        self_trade=False,
        default_stp=StpMode.NONE,
        cancel_code=0,
        counts_cancelled=True,
        ratio_positions=True,
        lp_profit=True,
        trade_volatility=True,
        flat_blocks=True,
        exercise_marks=True,
        list_events=True,
        gone=frozenset({"/eapi/v1/commission", "/eapi/v1/stock/contract", "/eapi/v1/accountConfig"}),
    ),
})  # fmt: skip
"""By the name that the settings use."""
