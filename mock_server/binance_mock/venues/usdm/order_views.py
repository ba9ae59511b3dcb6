"""Orders and trades as the API shows them."""

from __future__ import annotations

from typing import Any

from binance_mock.engine.orders import NEW, Order
from binance_mock.engine.units import SCALE
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.orders import closes, terms_of
from binance_mock.venues.usdm.render import decimal, ms, price, quantity


def placed(info: ContractInfo, order: Order, *, acknowledged: bool) -> dict[str, Any]:
    """The answer to a placement or a cancellation.

    Args:
        info: the contract.
        order: the order.
        acknowledged: show it as it came in, whatever became of it (rule U-48).
    """
    row = _common(info, order)
    if acknowledged:
        row |= {"status": str(NEW), "executedQty": quantity(info, 0), "avgPrice": "0.00", "cumQuote": price(info, 0)}
    row["cumQty"] = row["executedQty"]
    return row


def queried(info: ContractInfo, order: Order) -> dict[str, Any]:
    """An order as the queries show it."""
    return _common(info, order) | {"time": ms(order.created)}


def _common(info: ContractInfo, order: Order) -> dict[str, Any]:
    terms = terms_of(order)
    return {
        "orderId": order.id,
        "symbol": info.name,
        "status": str(order.status),
        "clientOrderId": order.orig_client_id or order.client_id,
        "price": price(info, order.price),
        "avgPrice": _average(info, order),
        "origQty": quantity(info, order.qty),
        "executedQty": quantity(info, order.executed),
        "cumQuote": decimal(order.quote, 5),
        "timeInForce": terms.tif,
        "type": str(order.type),
        "reduceOnly": closes(order),
        "closePosition": False,
        "side": str(order.side),
        "positionSide": str(terms.position_side),
        "stopPrice": price(info, 0),
        "workingType": "CONTRACT_PRICE",
        "priceProtect": False,
        "origType": str(order.type),
        "priceMatch": terms.price_match,
        "selfTradePreventionMode": str(order.stp),
        "goodTillDate": ms(terms.good_till),
        "updateTime": ms(order.updated),
    }


def _average(info: ContractInfo, order: Order) -> str:
    """The mean price of the fills, `0.00` before the first (rule U-49)."""
    if not order.executed:
        return "0.00"
    return decimal(order.quote * SCALE // order.executed, max(2, min(8, info.price_digits + 3)))
