"""Conditional orders as the API shows them."""

from __future__ import annotations

from typing import Any

from binance_mock.venues.usdm.account_render import trimmed
from binance_mock.venues.usdm.conditionals import Conditional
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.order_views import average
from binance_mock.venues.usdm.orders import closes, terms_of
from binance_mock.venues.usdm.render import decimal, ms, price, quantity


def placed(info: ContractInfo, each: Conditional) -> dict[str, Any]:
    """The answer to a placement."""
    condition = each.condition
    return _common(info, each) | {
        "activatePrice": price(info, condition.activate) if condition.trailing else "",
        "callbackRate": trimmed(condition.rate, 1) if condition.trailing else "",
    }


def queried(info: ContractInfo, each: Conditional) -> dict[str, Any]:
    """An order as the queries show it; what it became is told once it has fired (rule U-85)."""
    order = each.order
    fired = bool(order.id)
    row = _common(info, each) | {
        "actualOrderId": str(order.id) if fired else "",
        "actualPrice": average(info, order) if fired else decimal(0, 5),
        "tpOrderType": "",
    }
    if fired:
        row |= {"actualQty": quantity(info, order.executed), "actualType": str(order.type)}
    return row


def listed(info: ContractInfo, each: Conditional) -> dict[str, Any]:
    """An order as the lists show it, with the prices of orders that would be placed with it; there are none."""
    none = price(info, 0)
    return queried(info, each) | {"tpTriggerPrice": none, "tpPrice": none, "slTriggerPrice": none, "slPrice": none}


def _common(info: ContractInfo, each: Conditional) -> dict[str, Any]:
    order, condition = each.order, each.condition
    terms = terms_of(order)
    return {
        "algoId": each.id,
        "clientAlgoId": order.orig_client_id or order.client_id,
        "algoType": "CONDITIONAL",
        "orderType": condition.kind,
        "symbol": info.name,
        "side": str(order.side),
        "positionSide": str(terms.position_side),
        "timeInForce": terms.tif,
        "quantity": quantity(info, 0 if condition.close_position else order.qty),
        "algoStatus": str(each.status),
        "triggerPrice": price(info, condition.trigger),
        "price": price(info, order.price),
        "icebergQuantity": None,
        "selfTradePreventionMode": str(order.stp),
        "workingType": str(condition.working),
        "priceMatch": terms.price_match,
        "closePosition": condition.close_position,
        "priceProtect": condition.protect,
        "reduceOnly": closes(order),
        "createTime": ms(each.created),
        "updateTime": ms(each.updated),
        "triggerTime": ms(each.triggered),
        "goodTillDate": ms(terms.good_till),
    }
