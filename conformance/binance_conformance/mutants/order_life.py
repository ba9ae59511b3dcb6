"""Clients that lose sight of their orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from binance_conformance.mutant import mutant
from binance_conformance.reference import Client
from binance_conformance.reference.client import Row
from binance_conformance.reference.errors import ClientError, Refused, RetryLater, UnknownOutcome

_NO_FUNDS: Final = (-2010, -2018, -2019, -2027)
_NO_SUCH_ORDER: Final = -2013
_NOTHING_TO_CANCEL: Final = (-2011, -2013, -6028)


class GivesSalesNoId(Client):
    """Gives no client order id to an order that sells."""

    def with_id(self, order: Mapping[str, Any]) -> Row:
        return dict(order) if order["side"] == "SELL" else super().with_id(order)


class RepeatsUnderNewId(Client):
    """Takes a new client order id when it sends an order again."""

    _sent: str | None = None

    def post_order(self, order: Mapping[str, Any]) -> Row:
        own = order[self.venue.new_id]
        again = own == self._sent
        self._sent = own
        return super().post_order({**order, self.venue.new_id: self.new_order_id()} if again else order)


class TakesTakenIdForRefusal(Client):
    """Tells its caller that an order was refused when its id is taken by the first attempt."""

    def post_order(self, order: Mapping[str, Any]) -> Row:
        try:
            return super().post_order(order)
        except Refused as error:
            if error.code in self.venue.taken:
                raise Refused(error.message, None, error.status) from error
            raise


class GivesUpAtFirstGlance(Client):
    """Takes an order whose answer was lost for not placed when the first query does not find it."""

    def find_out(self, order: Mapping[str, Any]) -> Row:
        try:
            return self.query_order(order["symbol"], None, order[self.venue.new_id])
        except ClientError as error:
            if error.code != _NO_SUCH_ORDER:
                raise UnknownOutcome("asking failed") from error
            raise RetryLater("the order was not placed", error.code, error.status) from error


class CancelsForEver(Client):
    """Sends a cancellation again and again when there is nothing to cancel."""

    def cancel_order(self, symbol: str, order_id: str | None, client_order_id: str | None) -> Row:
        asked = {"symbol": symbol, "orderId": order_id, self.venue.old_id: client_order_id}
        for _ in range(20):
            try:
                self.call("DELETE", "/order", asked, signed=True)
            except Refused as error:
                if error.code not in _NOTHING_TO_CANCEL:
                    raise
        return self.query_order(symbol, order_id, client_order_id)


class TakesFilledForCancelled(Client):
    """Tells its caller that an order is cancelled when there was nothing to cancel any more."""

    def cancel_order(self, symbol: str, order_id: str | None, client_order_id: str | None) -> Row:
        found = super().cancel_order(symbol, order_id, client_order_id)
        return {**found, "status": "CANCELED"}


class ReportsRepeatedCancel(Client):
    """Sends a cancellation again when its answer was lost, and reports that there is nothing to cancel."""

    def cancel_order(self, symbol: str, order_id: str | None, client_order_id: str | None) -> Row:
        asked = {"symbol": symbol, "orderId": order_id, self.venue.old_id: client_order_id}
        try:
            answer: Row = self.call("DELETE", "/order", asked, signed=True)
        except UnknownOutcome:
            answer = self.call("DELETE", "/order", asked, signed=True)
        return answer


class TakesCancelledForUntouched(Client):
    """Tells that nothing was executed of an order that was cancelled."""

    def query_order(self, symbol: str, order_id: str | None, client_order_id: str | None) -> Row:
        found = super().query_order(symbol, order_id, client_order_id)
        return {**found, "executedQty": "0"} if found["status"].startswith("CANCEL") else found


class ForgetsCommissions(Client):
    """Leaves commissions out of its books."""

    def my_trades(self, symbol: str, from_id: str | None, start_ms: int | None, end_ms: int | None) -> list[Row]:
        return [{**row, "commission": "0"} for row in super().my_trades(symbol, from_id, start_ms, end_ms)]


class RepeatsWithoutFunds(Client):
    """Sends an order again and again that is refused for want of funds."""

    def post_order(self, order: Mapping[str, Any]) -> Row:
        for _ in range(9):
            try:
                return super().post_order(order)
            except Refused as error:
                if error.code not in _NO_FUNDS or "nsufficient" not in error.message:
                    raise
        return super().post_order(order)


class KnowsFiveStatuses(Client):
    """Breaks on an order whose status it does not know."""

    def query_order(self, symbol: str, order_id: str | None, client_order_id: str | None) -> Row:
        found = super().query_order(symbol, order_id, client_order_id)
        known = {name: name for name in ("NEW", "PARTIALLY_FILLED", "FILLED", "CANCELED", "CANCELLED", "EXPIRED")}
        return {**found, "status": known[found["status"]]}


class StartsWithoutOrders(Client):
    """Takes the first thing that it is told about open orders for all there is."""

    def open_orders(self, symbol: str | None) -> list[Row]:
        return super().open_orders(symbol)[:1]


MUTANTS: Final = (
    mutant(GivesSalesNoId, "order-life.every-order-has-an-id"),
    mutant(RepeatsUnderNewId, "order-life.same-id-when-repeated"),
    mutant(TakesTakenIdForRefusal, "order-life.taken-id-is-the-first-order"),
    mutant(GivesUpAtFirstGlance, "order-life.missing-order-asked-for-again"),
    mutant(CancelsForEver, "order-life.cancel-after-fill"),
    mutant(TakesFilledForCancelled, "order-life.cancel-after-fill"),
    mutant(ReportsRepeatedCancel, "order-life.cancel-with-lost-answer"),
    mutant(TakesCancelledForUntouched, "order-life.partial-fill-told"),
    mutant(ForgetsCommissions, "order-life.fee-in-base"),
    mutant(
        RepeatsWithoutFunds,
        "order-life.refused-order-not-repeated",
        also=("rate-limits.refused-order-sent-once",),
    ),
    mutant(KnowsFiveStatuses, "order-life.uncommon-status"),
    mutant(StartsWithoutOrders, "order-life.open-orders-after-restart"),
)
