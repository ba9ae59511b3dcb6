"""Clients that do not wait as they are told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import requests

from binance_conformance.mutant import mutant
from binance_conformance.reference import Client
from binance_conformance.reference.client import Row
from binance_conformance.reference.errors import Banned, ClientError, Limited, RateLimited, Refused


class WaitsAsItLikes(Client):
    """After a 429 waits a second of its own choice, whatever Retry-After says."""

    def end_of_wait(self, response: requests.Response) -> int:
        until = super().end_of_wait(response)
        return self.clock.now_ms() + 1000 if response.status_code == 429 else until


class KeepsTheFirstWait(Client):
    """Waits after every 429 as long as the first one told it to."""

    waited_ms = 0

    def end_of_wait(self, response: requests.Response) -> int:
        until = super().end_of_wait(response)
        if response.status_code != 429:
            return until
        self.waited_ms = self.waited_ms or until - self.clock.now_ms()
        return self.clock.now_ms() + self.waited_ms


class TakesNothingForZero(Client):
    """Repeats at once when Retry-After is missing or zero."""

    def end_of_wait(self, response: requests.Response) -> int:
        return self.clock.now_ms() + 1000 * int(response.headers.get("Retry-After", "0"))


class IgnoresLimits(Client):
    """Repeats a call after 429 at once, and sends whatever else it is asked to."""

    def await_leave(self, method: str, path: str) -> None:
        self.closed_until_ms = self.orders_closed_until_ms = 0
        super().await_leave(method, path)


class SendsWhenTheWaitIsLong(Client):
    """Keeps to short limits, and forgets those that last longer than it has patience."""

    def await_leave(self, method: str, path: str) -> None:
        try:
            super().await_leave(method, path)
        except RateLimited:
            return


class SignsOnce(Client):
    """Sends an order again after a limit with the timestamp and the signature that it had."""

    signed_before = ""

    def signed_query(self, params: Mapping[str, Any]) -> str:
        waited = self.closed_until_ms > 0 and self.closed_until_ms == self.clock.now_ms()
        if not (waited and self.signed_before):
            self.signed_before = super().signed_query(params)
        return self.signed_before


class RepeatsBannedCalls(Client):
    """Sends a call again that was answered by 418."""

    def pause_before_repeat(self, error: ClientError, method: str, attempt: int) -> float | None:
        if isinstance(error, Banned):
            self.banned = None
            return 0.0
        return super().pause_before_repeat(error, method, attempt)


class ForgetsBans(Client):
    """Tells its caller of a ban, and sends the next call all the same."""

    def await_leave(self, method: str, path: str) -> None:
        self.banned = None
        super().await_leave(method, path)


class KeepsTheFirstBan(Client):
    """Takes every ban to last as long as the first one."""

    banned_ms = 0

    def end_of_wait(self, response: requests.Response) -> int:
        until = super().end_of_wait(response)
        if response.status_code != 418:
            return until
        self.banned_ms = self.banned_ms or until - self.clock.now_ms()
        return self.clock.now_ms() + self.banned_ms


class ReadsTheEndOffTheText(Client):
    """Takes the end of a ban from the text, which names it by another clock."""

    def end_of_wait(self, response: requests.Response) -> int:
        named = re.search(r"until (\d+)", response.text)
        return int(named[1]) if named and response.status_code == 418 else super().end_of_wait(response)


class GivesUpForGood(Client):
    """Takes a ban to last for ever."""

    def judge(self, response: requests.Response) -> Any:
        try:
            return super().judge(response)
        finally:
            if self.banned is not None:
                self.banned.until_ms += 10**12


class WaitsByTheExchangesClock(Client):
    """Asks the exchange's clock whether a limit is over, though that may have been set back."""

    def await_leave(self, method: str, path: str) -> None:
        super().await_leave(method, path)
        if self.closed_until_ms:
            time_ms = self.send("GET", self.full_path("/time"), {}, signed=False)["serverTime"]
            if time_ms < self.closed_until_ms:
                raise RateLimited("a limit has not passed", None, None, self.closed_until_ms)


class LumpsBansWithLimits(Client):
    """Tells its caller of a ban by the error that means a limit."""

    def judge(self, response: requests.Response) -> Any:
        try:
            return super().judge(response)
        except Banned as error:
            raise RateLimited(error.message, error.code, error.status, error.until_ms) from error


class HidesTheEnd(Client):
    """Does not tell its caller when a limit or a ban ends."""

    def call(self, method: str, path: str, params: Mapping[str, Any] | None = None, *, signed: bool = False) -> Any:
        try:
            return super().call(method, path, params, signed=signed)
        except Limited as error:
            raise type(error)("slow down", error.code, error.status, 0) from error


class NeverLooksAtTheWeight(Client):
    """Sends until it gets a 429, however much weight the headers say is used."""

    def note_weight(self, response: requests.Response) -> None:
        return


class KnowsTheLimitByHeart(Client):
    """Goes by the request weight that it knew when it was written, not by the published one."""

    def exchange_info(self, symbols: Sequence[str] | None = None) -> list[Row]:
        known = self.weight_limit
        rows = super().exchange_info(symbols)
        self.weight_limit = known
        return rows


class StopsEverything(Client):
    """Stops reads as well when there were too many orders."""

    def judge(self, response: requests.Response) -> Any:
        try:
            return super().judge(response)
        finally:
            self.closed_until_ms = max(self.closed_until_ms, self.orders_closed_until_ms)


class IgnoresOrderLimits(Client):
    """Goes on placing orders when there were too many."""

    def judge(self, response: requests.Response) -> Any:
        try:
            return super().judge(response)
        finally:
            self.orders_closed_until_ms = 0


class RepeatsRefusedOrders(Client):
    """Sends an order again that was refused."""

    def post_order(self, order: Mapping[str, Any]) -> Row:
        try:
            return super().post_order(order)
        except Refused:
            return super().post_order(order)


MUTANTS: Final = (
    mutant(
        WaitsAsItLikes,
        "rate-limits.retry-after-honoured",
        also=(
            "rate-limits.second-429-honoured",
            "rate-limits.silence-after-429",
            "rate-limits.no-ban-provoked",
            "rate-limits.order-limit-holds-orders",
        ),
    ),
    mutant(KeepsTheFirstWait, "rate-limits.second-429-honoured"),
    mutant(TakesNothingForZero, "rate-limits.no-tight-loop"),
    mutant(
        IgnoresLimits,
        "rate-limits.no-ban-provoked",
        also=(
            "rate-limits.retry-after-honoured",
            "rate-limits.second-429-honoured",
            "rate-limits.silence-after-429",
            "rate-limits.no-tight-loop",
            "rate-limits.order-limit-holds-orders",
        ),
    ),
    mutant(SendsWhenTheWaitIsLong, "rate-limits.silence-after-429", also=("rate-limits.order-limit-holds-orders",)),
    mutant(SignsOnce, "rate-limits.repeat-signed-anew", also=("rate-limits.retry-after-honoured",)),
    mutant(
        RepeatsBannedCalls,
        "rate-limits.418-not-repeated",
        also=("rate-limits.silence-after-418", "rate-limits.growing-bans", "rate-limits.ban-by-wrong-clock"),
    ),
    mutant(
        ForgetsBans,
        "rate-limits.silence-after-418",
        also=("rate-limits.growing-bans", "rate-limits.ban-by-wrong-clock"),
    ),
    mutant(KeepsTheFirstBan, "rate-limits.growing-bans"),
    mutant(ReadsTheEndOffTheText, "rate-limits.ban-by-wrong-clock"),
    mutant(
        GivesUpForGood,
        "rate-limits.silence-after-418",
        "rate-limits.goes-on-after-ban",
        also=("rate-limits.growing-bans", "rate-limits.ban-by-wrong-clock"),
    ),
    mutant(WaitsByTheExchangesClock, "rate-limits.clock-set-back-while-waiting"),
    mutant(LumpsBansWithLimits, "rate-limits.limit-and-ban-told-apart"),
    mutant(HidesTheEnd, "rate-limits.end-told"),
    mutant(NeverLooksAtTheWeight, "rate-limits.used-weight-heeded", "rate-limits.published-limits-kept"),
    mutant(KnowsTheLimitByHeart, "rate-limits.published-limits-kept"),
    mutant(StopsEverything, "rate-limits.order-limit-spares-reads"),
    mutant(IgnoresOrderLimits, "rate-limits.order-limit-holds-orders"),
    mutant(RepeatsRefusedOrders, "rate-limits.refused-order-sent-once", also=("numbers.refused-order-not-resent",)),
)
