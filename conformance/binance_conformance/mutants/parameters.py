"""Clients that call things by wrong names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from binance_conformance.mutant import mutant
from binance_conformance.reference import Client
from binance_conformance.reference.client import Row
from binance_conformance.reference.errors import Refused


class InventsNames(Client):
    """Asks for a form of answer under a name that there is not when an order is to be checked."""

    def test_order(self, order: Mapping[str, Any]) -> None:
        super().test_order({**order, "newOrderResponseType": "FULL"})


class ForgetsTheSymbol(Client):
    """Cancels all orders without saying of which symbol."""

    def cancel_all_orders(self, symbol: str) -> None:
        self.call("DELETE", self.venue.cancel_all, signed=True)


class PostsCancellations(Client):
    """Cancels all orders by the verb POST."""

    def cancel_all_orders(self, symbol: str) -> None:
        self.call("POST", self.venue.cancel_all, {"symbol": symbol}, signed=True)


class SendsNothingAsText(Client):
    """Sends an empty symbol when the open orders of all symbols are asked for."""

    def open_orders(self, symbol: str | None) -> list[Row]:
        return super().open_orders(symbol or "")


class PricesMarketOrders(Client):
    """Sends a price of zero with orders that spend an amount."""

    def post_order(self, order: Mapping[str, Any]) -> Row:
        return super().post_order({**order, "price": "0"} if "quoteOrderQty" in order else order)


class CapitalBooleans(Client):
    """Sends flags as Python writes them."""

    def text(self, value: Any) -> str:
        return str(value) if isinstance(value, bool) else super().text(value)


class SaysItTwice(Client):
    """Sends the side of orders that do not rest a second time."""

    def encode(self, params: Mapping[str, Any]) -> str:
        text = super().encode(params)
        return f"{text}&side={params['side']}" if params.get("timeInForce") == "IOC" else text


class SendsStopsWithTheRest(Client):
    """Sends conditional orders to the plain order endpoint."""

    def is_conditional(self, order: Mapping[str, Any]) -> bool:
        return False


class LooksForAnOrderId(Client):
    """Takes 0 for the id of a conditional order, for its answer has no orderId."""

    def post_conditional_order(self, order: Mapping[str, Any]) -> Row:
        return {**super().post_conditional_order(order), "orderId": 0}


class FailsWholeBatches(Client):
    """Tells that a batch was refused when one of its orders was."""

    def place_orders(self, orders: Sequence[Mapping[str, Any]]) -> list[Row]:
        rows = super().place_orders(orders)
        for row in rows:
            if "code" in row:
                raise Refused(row["msg"], row["code"])
        return rows


class LosesRefusedOrders(Client):
    """Tells only of those orders of a batch that stand."""

    def place_orders(self, orders: Sequence[Mapping[str, Any]]) -> list[Row]:
        return [row for row in super().place_orders(orders) if "code" not in row]


class GrowsOrderIds(Client):
    """Makes every client order id a character longer than the one before."""

    _length = 31

    def new_order_id(self) -> str:
        self._length += 1
        return self._length * "r"


MUTANTS: Final = (
    mutant(InventsNames, "parameters.names-as-documented"),
    mutant(ForgetsTheSymbol, "parameters.mandatory-names-sent"),
    mutant(PostsCancellations, "parameters.documented-routes"),
    mutant(SendsNothingAsText, "parameters.no-empty-values", also=("signing.absent-values",)),
    mutant(PricesMarketOrders, "parameters.only-names-of-the-type"),
    mutant(CapitalBooleans, "parameters.lower-case-booleans"),
    mutant(SaysItTwice, "parameters.each-name-once"),
    mutant(SendsStopsWithTheRest, "parameters.conditional-orders-to-algo"),
    mutant(LooksForAnOrderId, "parameters.algo-id-kept"),
    mutant(FailsWholeBatches, "parameters.batch-legs-reported"),
    mutant(LosesRefusedOrders, "parameters.batch-legs-reported"),
    mutant(GrowsOrderIds, "parameters.legal-order-ids"),
)
