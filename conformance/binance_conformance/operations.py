"""The kit's vocabulary: what a client can be asked to do, and what it tells its caller when it was done.

An operation says what is wanted, never how: names of endpoints and parameters are the client's affair. Decimals are
text, times are milliseconds since the epoch, and numbers of orders and trades are text, for they pass 2^53. A driver
may leave out of a result what its client does not tell; a check that needs it is then skipped.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

Venue = Literal["spot", "usdm", "coinm", "options"]
Side = Literal["BUY", "SELL"]


class View(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that a client tells its caller."""


class TimeView(View, frozen=True):
    """The exchange's time."""

    server_time_ms: int


class SymbolView(View, frozen=True):
    """A symbol as exchangeInfo lists it."""

    symbol: str
    status: str | None = None
    tick_size: str | None = None
    step_size: str | None = None
    min_qty: str | None = None
    min_notional: str | None = None


class PriceView(View, frozen=True):
    """The last price of a symbol."""

    symbol: str
    price: str


class KlineView(View, frozen=True):
    """A candle. `closed` is for clients that mark the candle that still runs."""

    open_time_ms: int
    close_time_ms: int | None = None
    open: str | None = None
    high: str | None = None
    low: str | None = None
    close: str | None = None
    volume: str | None = None
    closed: bool | None = None


class TradeView(View, frozen=True):
    """A trade, the account's own or one of the market. `time_ms` is when it happened."""

    trade_id: str
    order_id: str | None = None
    price: str | None = None
    quantity: str | None = None
    commission: str | None = None
    commission_asset: str | None = None
    time_ms: int | None = None


class BalanceView(View, frozen=True):
    """What an account owns of an asset."""

    asset: str
    free: str
    locked: str | None = None


class OrderView(View, frozen=True):
    """An order. `status` is Binance's word, such as FILLED; `time_ms` is when it was placed."""

    order_id: str | None = None
    client_order_id: str | None = None
    symbol: str | None = None
    side: str | None = None
    type: str | None = None
    status: str | None = None
    price: str | None = None
    quantity: str | None = None
    executed_quantity: str | None = None
    time_ms: int | None = None


class LegView(View, frozen=True):
    """What became of one order of a batch: an order, or the code and text of its refusal."""

    order: OrderView | None = None
    code: int | None = None
    message: str = ""


class FitView(View, frozen=True):
    """Price and quantity on the symbol's grid."""

    price: str | None = None
    quantity: str | None = None


class LeverageView(View, frozen=True):
    """The leverage of a symbol."""

    symbol: str
    leverage: int


class PositionModeView(View, frozen=True):
    """Whether the account is in hedge mode."""

    hedge: bool


class PositionView(View, frozen=True):
    """An open position; `quantity` is negative for a short one."""

    symbol: str
    quantity: str
    side: str | None = None
    entry_price: str | None = None


class Operation(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="op"):
    """Something that a client is asked to do."""


class ServerTime(Operation, frozen=True, tag="server_time"):
    """Ask the exchange's time. Result: TimeView."""


class ExchangeInfo(Operation, frozen=True, tag="exchange_info"):
    """Ask the rules of some symbols, or of all. Result: a list of SymbolView."""

    symbols: tuple[str, ...] | None = None


class Price(Operation, frozen=True, tag="price"):
    """Ask the last price. Result: PriceView."""

    symbol: str


class Klines(Operation, frozen=True, tag="klines"):
    """Ask all candles that open from start to end, both included, however many pages that takes.

    Without `end_ms`, up to now. With `limit` one page of at most so many is enough. Result: a list of KlineView.
    """

    symbol: str
    interval: str
    start_ms: int | None = None
    end_ms: int | None = None
    limit: int | None = None


class MarketTrades(Operation, frozen=True, tag="market_trades"):
    """Ask all aggregated trades of the market from start to end, both included. Result: a list of TradeView."""

    symbol: str
    start_ms: int
    end_ms: int


class MyTrades(Operation, frozen=True, tag="my_trades"):
    """Ask all of the account's trades in a symbol: from a trade on, from start to end, or all. Result: a list of
    TradeView.
    """

    symbol: str
    from_id: str | None = None
    start_ms: int | None = None
    end_ms: int | None = None


class Account(Operation, frozen=True, tag="account"):
    """Ask what the account owns. Result: a list of BalanceView."""


class AccountAt(Operation, frozen=True, tag="account_at"):
    """Ask what the account owns, with a timestamp of the caller's choice. Result: a list of BalanceView.

    For clients whose callers may stamp a call themselves.
    """

    timestamp_ms: int


class PlaceOrder(Operation, frozen=True, tag="place_order"):
    """Place an order. Result: OrderView. Without a client order id the client may choose one.

    The `order_id` of a stop or take-profit order on USDⓈ-M futures is its algoId.
    """

    symbol: str
    side: Side
    type: str
    quantity: str | None = None
    quote_quantity: str | None = None
    price: str | None = None
    time_in_force: str | None = None
    client_order_id: str | None = None
    stop_price: str | None = None
    reduce_only: bool | None = None
    position_side: str | None = None


class TryOrder(PlaceOrder, frozen=True, tag="test_order"):
    """Have an order checked, not placed. Result: nothing."""


class PlaceOrders(Operation, frozen=True, tag="place_orders"):
    """Place several orders by one call. Result: a list of LegView, in their order."""

    orders: tuple[PlaceOrder, ...]


class CancelOrder(Operation, frozen=True, tag="cancel_order"):
    """Cancel an order, named by either id. Result: OrderView, as it is then. See QueryOrder for `conditional`."""

    symbol: str
    order_id: str | None = None
    client_order_id: str | None = None
    conditional: bool | None = None


class AmendOrder(Operation, frozen=True, tag="amend_order"):
    """Change price and quantity of an open limit order, named by either id; on USDⓈ-M futures. Result: OrderView."""

    symbol: str
    side: Side
    quantity: str
    price: str
    order_id: str | None = None
    client_order_id: str | None = None


class CancelAllOrders(Operation, frozen=True, tag="cancel_all_orders"):
    """Cancel all open orders of a symbol. Result: nothing."""

    symbol: str


class QueryOrder(Operation, frozen=True, tag="query_order"):
    """Ask for an order, named by either id. Result: OrderView.

    `conditional` says that it was placed as a stop or take-profit order, which USDⓈ-M futures keep apart, and that the
    ids are those of its placing.
    """

    symbol: str
    order_id: str | None = None
    client_order_id: str | None = None
    conditional: bool | None = None


class OpenOrders(Operation, frozen=True, tag="open_orders"):
    """Ask for open orders, of a symbol or of all. Result: a list of OrderView."""

    symbol: str | None = None


class AllOrders(Operation, frozen=True, tag="all_orders"):
    """Ask for all orders of a symbol, from an order id on, or from start to end. Result: a list of OrderView."""

    symbol: str
    from_id: str | None = None
    start_ms: int | None = None
    end_ms: int | None = None


class FitOrder(Operation, frozen=True, tag="fit_order"):
    """Bring price and quantity onto the symbol's grid by the client's own helper, nothing else. Result: FitView."""

    symbol: str
    price: str | None = None
    quantity: str | None = None


class SetLeverage(Operation, frozen=True, tag="set_leverage"):
    """Change the leverage of a contract. Result: LeverageView."""

    symbol: str
    leverage: int


class PositionMode(Operation, frozen=True, tag="position_mode"):
    """Ask whether the account is in hedge mode. Result: PositionModeView."""


class SetPositionMode(Operation, frozen=True, tag="set_position_mode"):
    """Switch hedge mode on or off. Result: nothing."""

    hedge: bool


class Positions(Operation, frozen=True, tag="positions"):
    """Ask for open positions. Result: a list of PositionView."""

    symbol: str | None = None


AnyOperation = (
    ServerTime | ExchangeInfo | Price | Klines | MarketTrades | MyTrades | Account | AccountAt | PlaceOrder
    | TryOrder | PlaceOrders | CancelOrder | CancelAllOrders | QueryOrder | OpenOrders | AllOrders | FitOrder
    | SetLeverage | PositionMode | SetPositionMode | Positions | AmendOrder
)  # fmt: skip
"""Every operation there is."""

RESULTS: Final[dict[type[Operation], object]] = {
    ServerTime: TimeView,
    ExchangeInfo: list[SymbolView],
    Price: PriceView,
    Klines: list[KlineView],
    MarketTrades: list[TradeView],
    MyTrades: list[TradeView],
    Account: list[BalanceView],
    AccountAt: list[BalanceView],
    PlaceOrder: OrderView,
    TryOrder: None,
    PlaceOrders: list[LegView],
    CancelOrder: OrderView,
    AmendOrder: OrderView,
    CancelAllOrders: None,
    QueryOrder: OrderView,
    OpenOrders: list[OrderView],
    AllOrders: list[OrderView],
    FitOrder: FitView,
    SetLeverage: LeverageView,
    PositionMode: PositionModeView,
    SetPositionMode: None,
    Positions: list[PositionView],
}
"""The type of each operation's result; None for nothing."""


def name_of(operation: Operation | type[Operation]) -> str:
    """The name of an operation on the wire, such as place_order."""
    return str(operation.__struct_config__.tag)


def described(operation: Operation) -> str:
    """An operation as a person reads it: `place_order symbol=BTCUSDT side=BUY`."""
    given = [
        f"{name}={value}" for name in operation.__struct_fields__ if (value := getattr(operation, name)) is not None
    ]
    return " ".join([name_of(operation), *given])
