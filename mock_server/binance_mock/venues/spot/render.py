"""Orders and trades as spot shows them (rules S-73 to S-79)."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.engine.commission import BNB, Fees
from binance_mock.engine.events import Event, Traded
from binance_mock.engine.ledger import Account
from binance_mock.engine.market import Market
from binance_mock.engine.orders import Order, OrderType
from binance_mock.engine.self_trade import PreventedMatch
from binance_mock.engine.trades import Trade
from binance_mock.venues.decimals import ZERO, show
from binance_mock.venues.params import RespType
from binance_mock.venues.spot.venue import SpotCall

Row = dict[str, Any]

_ACK: Final = RespType.ACK
_FULL: Final = RespType.FULL
_FULL_BY_DEFAULT: Final = (OrderType.LIMIT, OrderType.MARKET)

NO_LIST = -1
"""`orderListId` of an order outside lists (rule S-75)."""


def default_resp_type(type: OrderType) -> RespType:
    """How much a placement answers with when it does not say (rule S-73)."""
    return _FULL if type in _FULL_BY_DEFAULT else _ACK


def placed(call: SpotCall, market: Market, order: Order, events: list[Event], kind: RespType) -> Row:
    """The answer to a placement."""
    created = order.created // call.per_unit
    if kind is _ACK:
        return {
            "symbol": market.symbol,
            "orderId": order.id,
            "orderListId": NO_LIST,
            "clientOrderId": order.client_id,
            "transactTime": created,
        }
    qty = show(order.qty)
    row: Row = {
        "symbol": market.symbol,
        "orderId": order.id,
        "orderListId": NO_LIST,
        "clientOrderId": order.client_id,
        "transactTime": created,
        "price": show(order.price),
        "origQty": qty,
        "executedQty": show(order.executed) if order.executed != order.qty else qty,
        "origQuoteOrderQty": show(order.quote_qty),
        "cummulativeQuoteQty": show(order.quote),
        "status": order.status,
        "timeInForce": order.tif,
        "type": order.type,
        "side": order.side,
        "workingTime": call.time(order.working_time),
        "selfTradePreventionMode": order.stp,
    }
    if order.extras is not None:
        row |= _conditional(call, order)
        if order.extras.prevented_matches:
            row["preventedMatches"] = [prevented_in_order(match) for match in order.extras.prevented_matches]
            if order.account.trade_group >= 0:
                row["tradeGroupId"] = order.account.trade_group
    if kind is _FULL:
        row["fills"] = [
            {
                "price": show(trade.price),
                "qty": show(trade.qty),
                "commission": show(trade.taker_fee),
                "commissionAsset": trade.taker_fee_asset,
                "tradeId": trade.id,
            }
            for event in events
            if type(event) is Traded and (trade := event.trade).taker is order
        ]
    return row


def queried(call: SpotCall, market: Market, order: Order) -> Row:
    """An order as GET order, openOrders and allOrders show it (rule S-78)."""
    row: Row = {
        "symbol": market.symbol,
        "orderId": order.id,
        "orderListId": NO_LIST,
        "clientOrderId": order.client_id,
        "price": show(order.price),
        "origQty": show(order.qty),
        "executedQty": show(order.executed),
        "cummulativeQuoteQty": show(order.quote),
        "status": order.status,
        "timeInForce": order.tif,
        "type": order.type,
        "side": order.side,
        "stopPrice": ZERO,
        "icebergQty": ZERO,
        "time": call.time(order.created),
        "updateTime": call.time(order.updated),
        "isWorking": order.working,
        "workingTime": call.time(order.working_time),
        "origQuoteOrderQty": show(order.quote_qty),
        "selfTradePreventionMode": order.stp,
    }
    if order.extras is not None:
        row |= _conditional(call, order)
    return row


def canceled(call: SpotCall, market: Market, order: Order) -> Row:
    """The answer to a cancel: the order's own id text, then that of the cancel (rules S-77, S-81)."""
    return {
        "symbol": market.symbol,
        "origClientOrderId": order.orig_client_id,
        "orderId": order.id,
        "orderListId": NO_LIST,
        "clientOrderId": order.client_id,
        "transactTime": call.time(order.updated),
        "price": show(order.price),
        "origQty": show(order.qty),
        "executedQty": show(order.executed),
        "origQuoteOrderQty": show(order.quote_qty),
        "cummulativeQuoteQty": show(order.quote),
        "status": order.status,
        "timeInForce": order.tif,
        "type": order.type,
        "side": order.side,
        "selfTradePreventionMode": order.stp,
        **_conditional(call, order),
    }


def _conditional(call: SpotCall, order: Order) -> Row:
    """Fields that only some orders have (rule S-78)."""
    extras = order.extras
    row: Row = {}
    if extras is None:
        return row
    if extras.iceberg:
        row["icebergQty"] = show(extras.iceberg)
    if extras.prevented_matches and order.prevented:
        row["preventedMatchId"] = extras.prevented_matches[-1].id
        row["preventedQuantity"] = show(order.prevented)
    if extras.stop_price:
        row["stopPrice"] = show(extras.stop_price)
    if extras.strategy_id is not None:
        row["strategyId"] = extras.strategy_id
    if extras.strategy_type is not None:
        row["strategyType"] = extras.strategy_type
    if extras.trailing_delta:
        row["trailingDelta"] = extras.trailing_delta
        row["trailingTime"] = call.time(extras.trailing_time)
    if extras.expiry_reason is not None:
        row["expiryReason"] = extras.expiry_reason
    return row


def prevented_in_order(match: PreventedMatch) -> Row:
    """A prevented match inside the answer to a placement (rule S-109)."""
    row: Row = {"preventedMatchId": match.id, "makerOrderId": match.maker.id, "price": show(match.price)}
    if match.taker_qty is not None:
        row["takerPreventedQuantity"] = show(match.taker_qty)
    if match.maker_qty is not None:
        row["makerPreventedQuantity"] = show(match.maker_qty)
    return row


def prevented(call: SpotCall, market: Market, match: PreventedMatch) -> Row:
    """A row of myPreventedMatches."""
    row: Row = {
        "symbol": market.symbol,
        "preventedMatchId": match.id,
        "takerOrderId": match.taker.id,
        "makerSymbol": market.symbol,
        "makerOrderId": match.maker.id,
        "tradeGroupId": match.trade_group,
        "selfTradePreventionMode": match.mode,
        "price": show(match.price),
    }
    if match.taker_qty is not None:
        row["takerPreventedQuantity"] = show(match.taker_qty)
    if match.maker_qty is not None:
        row["makerPreventedQuantity"] = show(match.maker_qty)
    row["transactTime"] = call.time(match.time)
    return row


def public_trade(call: SpotCall, trade: Trade) -> Row:
    """A row of trades and historicalTrades."""
    return {
        "id": trade.id,
        "price": show(trade.price),
        "qty": show(trade.qty),
        "quoteQty": show(trade.quote),
        "time": call.time(trade.time),
        "isBuyerMaker": trade.buyer_maker,
        "isBestMatch": True,
    }


def own_trade(call: SpotCall, market: Market, trade: Trade, order: Order) -> Row:
    """A row of myTrades, seen from one of its two orders."""
    maker = order is trade.maker
    return {
        "symbol": market.symbol,
        "id": trade.id,
        "orderId": order.id,
        "orderListId": NO_LIST,
        "price": show(trade.price),
        "qty": show(trade.qty),
        "quoteQty": show(trade.quote),
        "commission": show(trade.maker_fee if maker else trade.taker_fee),
        "commissionAsset": trade.maker_fee_asset if maker else trade.taker_fee_asset,
        "time": call.time(trade.time),
        "isBuyer": trade.buyer_maker == maker,
        "isMaker": maker,
        "isBestMatch": True,
    }


def percent(part: int, whole: int) -> str:
    """`part` in hundredths of `whole` with three decimals, as tickers show a change."""
    if not whole:
        return "0.000"
    thousandths = (abs(part) * 100_000 + whole // 2) // whole
    sign = "-" if part < 0 and thousandths else ""
    return f"{sign}{thousandths // 1000}.{thousandths % 1000:03d}"


def discount(money: Account, fees: Fees) -> Row:
    """What paying in BNB does to the standard commission (rule S-114)."""
    return {
        "enabledForAccount": money.bnb_burn,
        "enabledForSymbol": True,
        "discountAsset": BNB,
        "discount": show(fees.discount),
    }
