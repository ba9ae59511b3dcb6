"""Orders and trades as the API shows them."""

from __future__ import annotations

from typing import Any, Final

from binance_mock.engine.orders import NEW, Order
from binance_mock.engine.trades import Trade
from binance_mock.venues.usdm.account_render import trimmed
from binance_mock.venues.usdm.accounts import UsdmAccount
from binance_mock.venues.usdm.conditions import Working
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.orders import closes, terms_of
from binance_mock.venues.usdm.render import decimal, ms, price, quantity

_LAST_PRICE: Final = Working.CONTRACT_PRICE
_NO_AVERAGE: Final = "0.00"


def placed(info: ContractInfo, order: Order, *, acknowledged: bool) -> dict[str, Any]:
    """The answer to a placement or a cancellation.

    Args:
        info: the contract.
        order: the order.
        acknowledged: show it as it came in, whatever became of it (rule U-48).
    """
    row = _common(info, order)
    if acknowledged:
        row["status"] = NEW
        row["executedQty"] = quantity(info, 0)
        row["avgPrice"] = _NO_AVERAGE
        row[_worth_name(info)] = decimal(0, info.sum_digits)
    row["cumQty"] = row["executedQty"]
    return row


def queried(info: ContractInfo, order: Order) -> dict[str, Any]:
    """An order as the queries show it."""
    row = _common(info, order) | {"time": ms(order.created)}
    condition = terms_of(order).condition
    if condition is not None and condition.trailing:
        row |= {"activatePrice": price(info, condition.activate), "priceRate": trimmed(condition.rate, 1)}
    return row


def _common(info: ContractInfo, order: Order) -> dict[str, Any]:
    terms = terms_of(order)
    condition = terms.condition
    type = order.type
    asked = type if condition is None else condition.kind
    price_digits, qty_digits = info.price_digits, info.qty_digits
    row: dict[str, Any] = {
        "orderId": order.id,
        "symbol": info.name,
        "status": order.status,
        "clientOrderId": order.orig_client_id or order.client_id,
        "price": decimal(order.price, price_digits),
        "avgPrice": average(info, order) if order.executed else _NO_AVERAGE,
        "origQty": decimal(order.qty, qty_digits),
        "executedQty": decimal(order.executed, qty_digits),
        _worth_name(info): decimal(info.amount(order.quote), info.order_digits),
        "timeInForce": terms.tif,
        "type": type if order.working else asked,
        "reduceOnly": closes(order),
        "closePosition": condition is not None and condition.close_position,
        "side": order.side,
        "positionSide": terms.position_side,
        "stopPrice": decimal(0 if condition is None else condition.trigger, price_digits),
        "workingType": _LAST_PRICE if condition is None else condition.working,
        "priceProtect": condition is not None and condition.protect,
        "origType": asked,
        "priceMatch": terms.price_match,
        "selfTradePreventionMode": terms.stp or order.stp,
    }
    if info.inverse:
        row["pair"] = info.pair
    else:
        row["goodTillDate"] = ms(terms.good_till)
    row["updateTime"] = ms(order.updated)
    return row


def _worth_name(info: ContractInfo) -> str:
    """What the worth of an order's fills is called."""
    return "cumBase" if info.inverse else "cumQuote"


def traded(account: UsdmAccount, info: ContractInfo, trade: Trade, order: Order) -> dict[str, Any]:
    """A trade as its party sees it (rule U-117).

    Args:
        account: the party.
        info: the contract.
        trade: the trade.
        order: the party's order in it.
    """
    maker = order is trade.maker
    fee, asset = (
        (trade.maker_fee, trade.maker_fee_asset) if maker else (trade.taker_fee, trade.taker_fee_asset)
    )  # fmt: skip
    worth = decimal(info.amount(trade.quote), info.order_digits)
    return {
        "symbol": info.name,
        "id": trade.id,
        "orderId": order.id,
        **({"pair": info.pair} if info.inverse else {}),
        "side": str(order.side),
        "price": price(info, trade.price),
        "qty": quantity(info, trade.qty),
        "realizedPnl": decimal(account.results.get((info.name, trade.id, order.id), 0)),
        "baseQty" if info.inverse else "quoteQty": worth,
        "commission": decimal(fee),
        "commissionAsset": asset,
        "time": ms(trade.time),
        "positionSide": str(terms_of(order).position_side),
        "maker": maker,
        "buyer": order.side == "BUY",
        "marginAsset": info.margin_asset,
    }


def average(info: ContractInfo, order: Order) -> str:
    """The mean price of the fills, `0.00` before the first (rule U-49)."""
    if not order.executed:
        return _NO_AVERAGE
    return decimal(info.mean_price(order.executed, order.quote), max(2, min(8, info.price_digits + 3)))
