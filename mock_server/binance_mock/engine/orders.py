"""An order and the words for its life: sides, types, times in force, states."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from binance_mock.engine.book import Level
    from binance_mock.engine.ledger import Account
    from binance_mock.engine.self_trade import PreventedMatch


class Side(StrEnum):
    """Which side of the book an order stands on."""

    BUY = "BUY"
    SELL = "SELL"


class OrderType(StrEnum):
    """How an order meets the book."""

    LIMIT = "LIMIT"
    MARKET = "MARKET"
    STOP_LOSS = "STOP_LOSS"
    STOP_LOSS_LIMIT = "STOP_LOSS_LIMIT"
    TAKE_PROFIT = "TAKE_PROFIT"
    TAKE_PROFIT_LIMIT = "TAKE_PROFIT_LIMIT"
    LIMIT_MAKER = "LIMIT_MAKER"


class TimeInForce(StrEnum):
    """How long what does not trade at once stays."""

    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"


class Status(StrEnum):
    """Where an order is in its life."""

    NEW = "NEW"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"
    EXPIRED_IN_MATCH = "EXPIRED_IN_MATCH"


class StpMode(StrEnum):
    """What happens when an account would trade with itself (rules S-104 to S-111)."""

    NONE = "NONE"
    EXPIRE_TAKER = "EXPIRE_TAKER"
    EXPIRE_MAKER = "EXPIRE_MAKER"
    EXPIRE_BOTH = "EXPIRE_BOTH"
    DECREMENT = "DECREMENT"
    TRANSFER = "TRANSFER"


class ExpiryReason(StrEnum):
    """Why an order ended as EXPIRED (rule S-79); contracts know liquidations, too (rule U-125)."""

    REJECTED = "REJECTED"
    EXCHANGE_CANCELED = "EXCHANGE_CANCELED"
    UNFILLED_IOC_QUANTITY_EXPIRED = "UNFILLED_IOC_QUANTITY_EXPIRED"
    UNFILLED_FOK_ORDER_EXPIRED = "UNFILLED_FOK_ORDER_EXPIRED"
    INSUFFICIENT_LIQUIDITY = "INSUFFICIENT_LIQUIDITY"
    LIQUIDATION = "LIQUIDATION"


# Reading a member off its class costs ten times a plain name, so the loops of the engine use these.
BUY: Final = Side.BUY
SELL: Final = Side.SELL
LIMIT: Final = OrderType.LIMIT
GTC: Final = TimeInForce.GTC
NEW: Final = Status.NEW
PARTIALLY_FILLED: Final = Status.PARTIALLY_FILLED
FILLED: Final = Status.FILLED
CANCELED: Final = Status.CANCELED
NONE: Final = StpMode.NONE

STOP_TYPES = frozenset(
    {OrderType.STOP_LOSS, OrderType.STOP_LOSS_LIMIT, OrderType.TAKE_PROFIT, OrderType.TAKE_PROFIT_LIMIT}
)
"""The types that wait for a trigger; Binance counts them as algo orders."""

LIMIT_TYPES = frozenset(
    {OrderType.LIMIT, OrderType.LIMIT_MAKER, OrderType.STOP_LOSS_LIMIT, OrderType.TAKE_PROFIT_LIMIT}
)
"""The types that carry a limit price."""

NOT_WORKING = -1
"""`working_time` of an order that is not on the book yet (rule S-77)."""


class Extras:
    """What only some orders have; kept apart so that a plain order stays small.

    Args:
        stop_price: trigger price, 0 for none.
        trailing_delta: basis points, 0 for none (rule S-98).
        iceberg: the visible size, 0 for none (rule S-93).
        strategy_id: the caller's own number, None for none.
        strategy_type: as above.
    """

    __slots__ = (
        "collar",
        "expiry_reason",
        "extreme",
        "iceberg",
        "prevented_matches",
        "stop_price",
        "strategy_id",
        "strategy_type",
        "trailing_delta",
        "trailing_time",
    )

    def __init__(
        self,
        *,
        stop_price: int = 0,
        trailing_delta: int = 0,
        iceberg: int = 0,
        strategy_id: int | None = None,
        strategy_type: int | None = None,
    ) -> None:
        self.stop_price = stop_price
        self.trailing_delta = trailing_delta
        self.iceberg = iceberg
        self.strategy_id = strategy_id
        self.strategy_type = strategy_type
        self.trailing_time = NOT_WORKING
        """When tracking started; -1 before (rule S-103)."""
        self.extreme = 0
        """The best price since tracking started: highest for SELL, lowest for BUY."""
        self.collar = 0
        """The worst price that a market order of a contract takes, 0 for any (rule U-106)."""
        self.expiry_reason: ExpiryReason | None = None
        self.prevented_matches: list[PreventedMatch] | None = None

    def fork(self) -> Extras:
        """A copy without prevented matches, which refer to orders; `Copies.matches` adds those."""
        twin = Extras(
            stop_price=self.stop_price,
            trailing_delta=self.trailing_delta,
            iceberg=self.iceberg,
            strategy_id=self.strategy_id,
            strategy_type=self.strategy_type,
        )
        twin.trailing_time = self.trailing_time
        twin.extreme = self.extreme
        twin.expiry_reason = self.expiry_reason
        return twin


class Order:
    """One order, from placement to its end. The market that it was placed in is its only writer.

    Quantities obey `qty == executed + prevented + left` at all times (rule S-108).

    Args:
        account: who placed it.
        client_id: client order id, unique among the account's open orders of the symbol (rule S-80).
        side: BUY or SELL.
        type: order type.
        tif: time in force; GTC where the type has none (rule S-75).
        price: limit price, 0 for types without.
        qty: quantity of the base asset, 0 for a MARKET order by `quote_qty`.
        quote_qty: quote amount of a MARKET order, else 0.
        stp: self-trade prevention mode.
        extras: stop price and the like, or None.
    """

    __slots__ = (
        "account",
        "client_id",
        "created",
        "executed",
        "extras",
        "id",
        "left",
        "level",
        "locked",
        "next",
        "orig_client_id",
        "prev",
        "prevented",
        "price",
        "qty",
        "quote",
        "quote_qty",
        "shown",
        "side",
        "status",
        "stp",
        "tif",
        "type",
        "updated",
        "working_time",
    )

    def __init__(
        self,
        account: Account,
        client_id: str,
        side: Side,
        type: OrderType,
        tif: TimeInForce,
        price: int,
        qty: int,
        quote_qty: int = 0,
        stp: StpMode = StpMode.NONE,
        extras: Extras | None = None,
    ) -> None:
        self.account = account
        self.client_id = client_id
        self.side = side
        self.type = type
        self.tif = tif
        self.price = price
        self.qty = qty
        self.quote_qty = quote_qty
        self.stp = stp
        self.extras = extras
        self.id = 0
        """Given by the market on acceptance."""
        self.left = qty
        """What can still trade."""
        self.executed = 0
        self.quote = 0
        """Quote amount traded so far (`cummulativeQuoteQty`)."""
        self.prevented = 0
        self.locked = 0
        """What the order still holds of the account's locked balance: quote for BUY, base for SELL.

        In a market of contracts, where nothing is locked: what it may still add to a position; see `contracts.Count`.
        """
        self.status: Status = NEW
        self.orig_client_id: str | None = None
        """Its own client id, once a cancel has replaced it (rule S-81)."""
        self.created = 0
        self.updated = 0
        self.working_time = NOT_WORKING
        self.shown = 0
        """Visible quantity while on the book; smaller than `left` for an iceberg."""
        self.level: Level | None = None
        """The price level it rests in, None when it is not on the book."""
        self.prev: Order | None = None
        self.next: Order | None = None

    @property
    def open(self) -> bool:
        """Whether the order can still change."""
        return self.status is NEW or self.status is PARTIALLY_FILLED

    @property
    def working(self) -> bool:
        """Whether the order has reached the book (a stop order has not before its trigger)."""
        return self.working_time != NOT_WORKING

    def need_extras(self) -> Extras:
        """The extras, made when there are none."""
        if self.extras is None:
            self.extras = Extras()
        return self.extras

    def fork(self, account: Account) -> Order:
        """A copy that stands nowhere yet; `Level.fork` puts the copy of a resting order into its place.

        Args:
            account: the copy of its account.
        """
        extras = self.extras
        twin = Order(
            account,
            self.client_id,
            self.side,
            self.type,
            self.tif,
            self.price,
            self.qty,
            self.quote_qty,
            self.stp,
            None if extras is None else extras.fork(),
        )
        twin.id = self.id
        twin.left = self.left
        twin.executed = self.executed
        twin.quote = self.quote
        twin.prevented = self.prevented
        twin.locked = self.locked
        twin.status = self.status
        twin.orig_client_id = self.orig_client_id
        twin.created = self.created
        twin.updated = self.updated
        twin.working_time = self.working_time
        twin.shown = self.shown
        return twin

    def __repr__(self) -> str:
        return (
            f"Order({self.id} {self.client_id!r} {self.side} {self.type} {self.tif} price={self.price} qty={self.qty} "
            f"left={self.left} {self.status})"
        )
