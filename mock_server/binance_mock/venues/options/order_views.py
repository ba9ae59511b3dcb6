"""Orders and trades as the API shows them, in both generations (rules O-7, O-58 to O-65, O-87)."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.engine.orders import BUY, NEW, PARTIALLY_FILLED, Order
from binance_mock.engine.trades import Trade
from binance_mock.engine.units import SCALE
from binance_mock.venues.options.accounts import OptionsAccount
from binance_mock.venues.options.option_market import OptionMarket
from binance_mock.venues.options.orders import terms_of
from binance_mock.venues.options.render import decimal, ms, price, quantity
from binance_mock.venues.options.venue import OptionsVenue

Row = dict[str, Any]
_SOURCE: Final = "API"
_NO_REASON: Final = "0"
_SHORT: Final = (
    "orderId", "symbol", "price", "quantity", "side", "type", "createDate", "reduceOnly", "postOnly", "mmp",
)  # fmt: skip
_SHORT_IN_BATCH: Final = (
    "orderId", "symbol", "price", "quantity", "side", "type", "reduceOnly", "postOnly", "clientOrderId", "mmp",
)  # fmt: skip
_CANCELED_IN_BATCH: Final = (
    "orderId", "symbol", "price", "quantity", "executedQty", "fee", "side", "type", "timeInForce", "createTime",
    "status", "avgPrice", "reduceOnly", "clientOrderId", "updateTime",
)  # fmt: skip


class OrderViews:
    """The orders of one account in one market.

    Args:
        venue: where it trades.
        account: the account.
        market: the market.
    """

    __slots__ = ("_account", "_dialect", "_info", "_market", "_no_fill")

    def __init__(self, venue: OptionsVenue, account: OptionsAccount, market: OptionMarket) -> None:
        self._account = account
        self._market = market
        self._dialect = venue.dialect
        self._info = market.info
        # Ids of fills are as large as those of orders.
        self._no_fill = venue.settings.first_order_id - 1

    def placed(self, order: Order, *, acknowledged: bool, batch: bool = False) -> Row:
        """The answer to a placement (rule O-59).

        Args:
            order: the order.
            acknowledged: whether ACK was asked for, which today differs in nothing.
            batch: whether it is one of several.
        """
        row = self._whole(order)
        if not self._dialect.full_orders:
            row["postOnly"] = terms_of(order).post_only
            fee = self._fee(order)
            # A bare number, and a whole one: the official client cannot read an order with another. The trades tell it.
            return row if fee % SCALE else row | {"fee": fee // SCALE}
        if batch:
            return _only(_SHORT_IN_BATCH, row)
        return _only(_SHORT, row | {"createDate": row["createTime"]}) if acknowledged else row

    def canceled(self, order: Order, *, batch: bool = False) -> Row:
        """The answer to a cancellation: the order in the state that it was in before (rule O-62).

        Args:
            order: the order, which was cancelled.
            batch: whether it is one of several.
        """
        before = PARTIALLY_FILLED if order.executed else NEW
        row = self._whole(order) | {"status": self._dialect.statuses[before]}
        if batch:
            if self._dialect.full_orders:
                return _only(_CANCELED_IN_BATCH, row | {"fee": self._fee(order) / SCALE})
            return row | {"fee": decimal(self._fee(order))}
        row["createDate"] = row["createTime"]
        if not self._dialect.full_orders:
            del row["createTime"]
        return row

    def queried(self, order: Order) -> Row:
        """An order as `GET order` shows it."""
        row = self.open(order)
        return row if self._dialect.full_orders else row | {"postOnly": terms_of(order).post_only}

    def open(self, order: Order) -> Row:
        """An order as `openOrders` shows it."""
        row = self._whole(order)
        if not self._dialect.full_orders:
            del row["source"]
        return row

    def finished(self, order: Order) -> Row:
        """An order as `historyOrders` shows it: quantities of sales are below zero (rule O-65)."""
        row = self.open(order)
        if order.side is not BUY:
            row["quantity"] = quantity(self._info, -order.qty)
            row["executedQty"] = quantity(self._info, -order.executed)
        if self._dialect.full_orders:
            row["reason"] = _NO_REASON
        else:
            del row["selfTradePreventionMode"]
        return row

    def trades(self) -> list[tuple[int, Trade, Order]]:
        """The account's trades, oldest first, each with the id of the fill; one with itself has two."""
        own, name = self._account, self._info.name
        return [
            (self._no_fill + own.fills[name, trade.id, order.id].id, trade, order)
            for trade in self._market.bag(own.money).trades
            for order in (trade.maker, trade.taker)
            if order is not None and order.account is own.money
        ]

    def traded(self, trade: Trade, order: Order) -> Row:
        """A trade as its party sees it; what was charged is below zero (rule O-87).

        Args:
            trade: the trade.
            order: the party's order in it.
        """
        info = self._info
        record = self._account.fills[info.name, trade.id, order.id]
        row = {
            "id": self._no_fill + record.id,
            "tradeId": trade.id,
            "orderId": order.id,
            "symbol": info.name,
            "price": price(info, trade.price),
            "quantity": quantity(info, trade.qty),
            "fee": decimal(-record.fee),
            "realizedProfit": decimal(record.realised),
            "side": str(order.side),
            "type": str(order.type),
            "liquidity": "MAKER" if order is trade.maker else "TAKER",
            "time": ms(trade.time),
            **self._scales(),
        }
        if self._dialect.trade_volatility:
            row["volatility"] = decimal(record.volatility)
        return row

    def _whole(self, order: Order) -> Row:
        """All fields of the generation but those that one call alone has."""
        info, terms = self._info, terms_of(order)
        row = {
            "orderId": order.id,
            "symbol": info.name,
            "price": price(info, order.price),
            "quantity": quantity(info, order.qty),
            "executedQty": quantity(info, order.executed),
            "side": str(order.side),
            "type": str(order.type),
            "timeInForce": terms.tif,
            "reduceOnly": terms.reduce_only,
            "createTime": ms(order.created),
            "updateTime": ms(order.updated),
            "status": self._dialect.statuses[order.status],
            "avgPrice": price(info, self._average(order)),
            "source": _SOURCE,
            "clientOrderId": (order.orig_client_id or order.client_id) if terms.named else "",
            **self._scales(),
            "mmp": terms.mmp,
        }
        if self._dialect.full_orders:
            return row | {"fee": decimal(self._fee(order)), "postOnly": terms.post_only}
        return row | {"selfTradePreventionMode": str(terms.stp)}

    def _scales(self) -> Row:
        info = self._info
        return {
            "priceScale": info.price_digits,
            "quantityScale": info.qty_digits,
            "optionSide": info.side.value,
            "quoteAsset": info.quote,
        }

    def _average(self, order: Order) -> int:
        """The mean price of the fills; `quote` is premium, in which the unit is contained."""
        return order.quote * SCALE // (order.executed * self._info.unit) if order.executed else 0

    def _fee(self, order: Order) -> int:
        """What its fills cost so far."""
        fee = 0
        if order.executed:
            for trade in reversed(self._market.bag(order.account).trades):
                if trade.time < order.created:
                    break
                record = self._account.fills.get((self._info.name, trade.id, order.id))
                fee += record.fee if record is not None else 0
        return fee


def _only(names: tuple[str, ...], row: Row) -> Row:
    return {name: row[name] for name in names}
