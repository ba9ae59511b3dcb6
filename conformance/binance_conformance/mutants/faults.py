"""Clients that take an answer, or the lack of one, for what it is not."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import requests

from binance_conformance.mutant import mutant
from binance_conformance.reference import Client
from binance_conformance.reference.client import Row
from binance_conformance.reference.errors import ClientError, NoAnswer, Refused, RetryLater, UnknownOutcome

_BODIES: Final = ("faults.empty-answer", "faults.html-answer", "faults.truncated-answer", "faults.garbage-answer")
_NOTHING: Final[Mapping[str, Any]] = {"orderId": None}
"""What careless clients make of an answer that they cannot read."""


class PlacesLostOrdersAgain(Client):
    """Places an order again, under a new id, when its answer was lost."""

    def find_out(self, order: Mapping[str, Any]) -> Row:
        return self.post_order({**order, self.venue.new_id: self.new_order_id()})


class RepeatsUntilTheIdIsTaken(Client):
    """Sends an order whose answer was lost again under its id, and asks only when that is taken."""

    def find_out(self, order: Mapping[str, Any]) -> Row:
        self.clock.sleep(1.0)
        try:
            return self.post_order(order)
        except ClientError:
            return super().find_out(order)


class TakesLostForFailed(Client):
    """Tells its caller that an order whose answer was lost was not placed."""

    def find_out(self, order: Mapping[str, Any]) -> Row:
        raise RetryLater("the order failed")


class LeavesLostOrdersOpen(Client):
    """Tells its caller that nobody knows what became of an order, and does not ask."""

    def find_out(self, order: Mapping[str, Any]) -> Row:
        raise UnknownOutcome("nobody knows")


class InventsOrders(Client):
    """Tells its caller that an order whose answer was lost was placed, and does not ask."""

    def find_out(self, order: Mapping[str, Any]) -> Row:
        try:
            return super().find_out(order)
        except RetryLater:
            return {**order, "orderId": 1, "status": "NEW"}


class PassesOnWhyAskingFailed(Client):
    """Tells its caller of a lost order what the exchange said to the query."""

    def find_out(self, order: Mapping[str, Any]) -> Row:
        return self.query_order(order["symbol"], None, order[self.venue.new_id])


class PlacesLostBatchesAgain(Client):
    """Sends a batch of orders again when its answer was lost."""

    def place_orders(self, orders: Sequence[Mapping[str, Any]]) -> list[Row]:
        try:
            return super().place_orders(orders)
        except UnknownOutcome:
            return super().place_orders(orders)


class ResendsBelow(Client):
    """Sends the same bytes again when a connection breaks, below everything that knows of orders."""

    def send(self, method: str, path: str, params: Mapping[str, Any], *, signed: bool) -> Any:
        try:
            return super().send(method, path, params, signed=signed)
        except NoAnswer as error:
            if isinstance(error.__cause__, requests.ConnectionError):
                return super().send(method, path, params, signed=signed)
            raise


class PlacesTimedOutOrdersAgain(Client):
    """Places an order again, under a new id, when its answer did not come in time."""

    def send(self, method: str, path: str, params: Mapping[str, Any], *, signed: bool) -> Any:
        try:
            return super().send(method, path, params, signed=signed)
        except NoAnswer as error:
            if method != "POST" or not isinstance(error.__cause__, requests.ReadTimeout):
                raise
            self.timeout_s = 10.0
            return super().send(method, path, {**params, self.venue.new_id: self.new_order_id()}, signed=signed)


class WaitsForEver(Client):
    """Waits for an answer as long as it takes."""

    def send(self, method: str, path: str, params: Mapping[str, Any], *, signed: bool) -> Any:
        self.timeout_s = 3600.0
        return super().send(method, path, params, signed=signed)


class HasNoPatience(Client):
    """Gives an order up for failed when its answer takes longer than a second."""

    def send(self, method: str, path: str, params: Mapping[str, Any], *, signed: bool) -> Any:
        begun = self.clock.now_ms()
        answer = super().send(method, path, params, signed=signed)
        if method == "POST" and self.clock.now_ms() - begun > 1000:
            raise Refused("it took too long")
        return answer


class TakesNothingForSuccess(Client):
    """Takes an empty answer for success."""

    def parse(self, response: requests.Response) -> Any:
        return super().parse(response) if response.content else _NOTHING


class TakesPagesForSuccess(Client):
    """Takes an HTML page under status 200 for success."""

    def parse(self, response: requests.Response) -> Any:
        page = response.status_code == 200 and response.content.startswith(b"<")
        return _NOTHING if page else super().parse(response)


class TakesHalvesForSuccess(Client):
    """Takes an answer that was cut off for success."""

    def send(self, method: str, path: str, params: Mapping[str, Any], *, signed: bool) -> Any:
        try:
            return super().send(method, path, params, signed=signed)
        except NoAnswer as error:
            if isinstance(error.__cause__, requests.exceptions.ChunkedEncodingError):
                return _NOTHING
            raise


class TakesGarbageForSuccess(Client):
    """Takes an answer that says that it is JSON and is not for success."""

    def parse(self, response: requests.Response) -> Any:
        data = super().parse(response)
        is_json = "json" in response.headers.get("Content-Type", "")
        return _NOTHING if data is None and is_json and response.content else data


class TakesUnreadableForEmpty(Client):
    """Takes an answer to a read that it cannot read for an empty one."""

    def parse(self, response: requests.Response) -> Any:
        data = super().parse(response)
        read = response.status_code == 200 and response.request.method == "GET"
        return {"balances": []} if data is None and read else data


class ParsesWhateverComes(Client):
    """Lets the error of its JSON parser out."""

    def parse(self, response: requests.Response) -> Any:
        return json.loads(response.content)


class TakesPassingForFinal(Client):
    """Tells its caller that an order was refused when the service was down."""

    def judge(self, response: requests.Response) -> Any:
        try:
            return super().judge(response)
        except RetryLater as error:
            raise Refused(error.message, error.code, error.status) from error


class RepeatsOrdersWithoutPause(Client):
    """Sends an order that certainly failed again at once."""

    def post_order(self, order: Mapping[str, Any]) -> Row:
        try:
            return super().post_order(order)
        except RetryLater:
            return super().post_order(order)


class TakesANewIdForEachAttempt(Client):
    """Gives an order that it sends again another client order id."""

    sent = ""

    def post_order(self, order: Mapping[str, Any]) -> Row:
        own = order[self.venue.new_id]
        again, self.sent = own == self.sent, own
        return super().post_order({**order, self.venue.new_id: self.new_order_id()} if again else order)


class HidesServerErrors(Client):
    """Tells its caller of every 5xx nothing but that the server failed."""

    def judge(self, response: requests.Response) -> Any:
        try:
            return super().judge(response)
        except RetryLater as error:
            raise RetryLater("server error", None, error.status) from error


class NeverRepeatsReads(Client):
    """Leaves it at the first failure of a read."""

    def pause_before_repeat(self, error: ClientError, method: str, attempt: int) -> float | None:
        if isinstance(error, RetryLater | UnknownOutcome):
            return None
        return super().pause_before_repeat(error, method, attempt)


class RepeatsReadsAtOnce(Client):
    """Repeats a read that failed without a pause."""

    def pause_before_repeat(self, error: ClientError, method: str, attempt: int) -> float | None:
        pause = super().pause_before_repeat(error, method, attempt)
        return pause if pause is None else 0.0


class RunsAgainstTheFirewall(Client):
    """Repeats a call that the firewall turned away."""

    def pause_before_repeat(self, error: ClientError, method: str, attempt: int) -> float | None:
        return 0.0 if error.status == 403 else super().pause_before_repeat(error, method, attempt)


class ForgetsItsAddress(Client):
    """No longer knows where the exchange is after it met the firewall."""

    def parse(self, response: requests.Response) -> Any:
        if response.status_code == 403:
            self.base_url = ""
        return super().parse(response)


MUTANTS: Final = (
    mutant(
        PlacesLostOrdersAgain,
        "faults.unknown-outcome-not-retried",
        also=(
            *_BODIES,
            "faults.lost-fill-not-doubled",
            "faults.timeout-not-doubled",
            "faults.unresolved-stays-unknown",
        ),
    ),
    mutant(RepeatsUntilTheIdIsTaken, "faults.lost-fill-not-doubled"),
    mutant(
        TakesLostForFailed,
        "faults.unknown-outcome-not-retried",
        "faults.unknown-outcome-resolved",
        also=(
            *_BODIES,
            "faults.lost-fill-not-doubled",
            "faults.timeout-not-doubled",
            "faults.unresolved-stays-unknown",
            "order-life.taken-id-is-the-first-order",
        ),
    ),
    mutant(LeavesLostOrdersOpen, "faults.unknown-outcome-resolved"),
    mutant(InventsOrders, "faults.lost-order-not-invented"),
    mutant(PassesOnWhyAskingFailed, "faults.unresolved-stays-unknown"),
    mutant(PlacesLostBatchesAgain, "faults.lost-batch-not-doubled"),
    mutant(
        ResendsBelow,
        "faults.stale-connection-not-resent",
        also=(
            "faults.unknown-outcome-not-retried",
            "faults.unknown-outcome-resolved",
            "faults.lost-fill-not-doubled",
            "faults.lost-batch-not-doubled",
        ),
    ),
    mutant(PlacesTimedOutOrdersAgain, "faults.timeout-not-doubled"),
    mutant(WaitsForEver, "faults.timeout-kept"),
    mutant(HasNoPatience, "faults.slow-answer-awaited"),
    mutant(TakesNothingForSuccess, "faults.empty-answer", also=("faults.unreadable-read-is-no-data",)),
    mutant(TakesPagesForSuccess, "faults.html-answer", also=("faults.unreadable-read-is-no-data",)),
    mutant(TakesHalvesForSuccess, "faults.truncated-answer", also=("faults.unreadable-read-is-no-data",)),
    mutant(TakesGarbageForSuccess, "faults.garbage-answer", also=("faults.unreadable-read-is-no-data",)),
    mutant(TakesUnreadableForEmpty, "faults.unreadable-read-is-no-data"),
    mutant(ParsesWhateverComes, "faults.unreadable-order-answer-told", "faults.firewall-page-told"),
    mutant(TakesPassingForFinal, "faults.definite-failure-told"),
    mutant(
        RepeatsOrdersWithoutPause,
        "faults.definite-failure-not-hammered",
        also=("order-life.taken-id-is-the-first-order",),
    ),
    mutant(TakesANewIdForEachAttempt, "faults.repeat-after-overload-is-safe"),
    mutant(HidesServerErrors, "faults.code-of-5xx-told"),
    mutant(NeverRepeatsReads, "faults.read-repeated"),
    mutant(RepeatsReadsAtOnce, "faults.read-not-hammered"),
    mutant(RunsAgainstTheFirewall, "faults.firewall-page-not-hammered"),
    mutant(ForgetsItsAddress, "faults.goes-on-afterwards"),
)
