"""One call: written, signed, sent, judged; and what the exchange's clock and limits ask of every call."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote

import requests

from binance_conformance.reference.errors import (
    Banned,
    ClientError,
    NoAnswer,
    RateLimited,
    Refused,
    RetryLater,
    UnknownOutcome,
)
from binance_conformance.reference.keys import Key
from binance_conformance.reference.venues import Venue
from binance_conformance.subject import ClientClock

ATTEMPTS: Final = 3
"""How often a call is sent at most."""
SYNC_EVERY_MS: Final = 5 * 60 * 1000
"""How old the offset to the exchange's clock may grow: clocks drift."""
SLOW_SYNC_MS: Final = 1000
"""A reading of the exchange's clock that took longer is taken again."""
FLOOR_S: Final = 1.0
"""The shortest wait after a 429: what is told may be missing or in the past."""
BUSY: Final = 0.9
"""The part of the request weight after which the rest of the minute is waited for."""

_CERTAINLY_NOT_DONE: Final = (-1001, -1008, -1016)
"""Codes of a 5xx that say so (rules U-31 to U-33, O-31); every other 5xx leaves the outcome open (S-5, U-30)."""
_TEXTS_OF_THESE: Final = ("Service Unavailable.", "Internal error; unable to process your request.")
_CLOCK: Final = -1021


class MachineClock:
    """The machine's own time."""

    def now_ms(self) -> int:
        """Milliseconds since the epoch."""
        return time.time_ns() // 1_000_000

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class Connection:
    """Calls to one venue.

    Args:
        venue: which.
        base_url: where it is, such as https://api.binance.com.
        key: to sign with, None for public data only.
        session: sends the requests.
        clock: the client's time.
        recv_window_ms: how old a request may be when it arrives.
        timeout_s: how long an answer is waited for.
        patience_s: the longest wait for a limit; beyond it the caller is told instead.
    """

    def __init__(
        self,
        venue: Venue,
        base_url: str,
        key: Key | None = None,
        *,
        session: requests.Session | None = None,
        clock: ClientClock | None = None,
        recv_window_ms: int = 5000,
        timeout_s: float = 10.0,
        patience_s: float = 120.0,
    ) -> None:
        self.venue = venue
        self.base_url = base_url.rstrip("/")
        self.key = key and self.usable(key)
        self.session = session or requests.Session()
        self.clock = clock or MachineClock()
        self.recv_window_ms = recv_window_ms
        self.timeout_s = timeout_s
        self.patience_s = patience_s
        self.offset_ms = 0
        self.synced_at_ms: int | None = None
        self.banned: Banned | None = None
        self.closed_until_ms = 0
        self.orders_closed_until_ms = 0
        self.weight_limit = venue.weight

    # -- the call -----------------------------------------------------------------------------------------------

    def call(self, method: str, path: str, params: Mapping[str, Any] | None = None, *, signed: bool = False) -> Any:
        """Make a call, and again where that is safe: after a limit, after a wrong clock, and reads after a failure.

        Args:
            method: HTTP verb.
            path: below the venue's root, or a whole one where the version differs.
            params: parameters; None values are left out.
            signed: whether to sign it.

        Raises:
            ClientError: it did not succeed.
        """
        attempt = 0
        while True:
            attempt += 1
            self.await_leave(method, path)
            try:
                return self.send(method, self.full_path(path), params or {}, signed=signed)
            except ClientError as error:
                pause = self.pause_before_repeat(error, method, attempt)
                if pause is None or attempt >= ATTEMPTS:
                    raise
                if pause:
                    self.clock.sleep(pause)

    def pause_before_repeat(self, error: ClientError, method: str, attempt: int) -> float | None:
        """Seconds to wait before the call is sent again, None to leave it at that."""
        if isinstance(error, Banned):
            return None
        if isinstance(error, RateLimited):
            wait = (error.until_ms - self.clock.now_ms()) / 1000
            return 0.0 if wait <= self.patience_s else None  # `await_leave` waits before anything is sent
        if error.code == _CLOCK:
            self.sync_time()
            return 0.0
        if method == "GET" and isinstance(error, RetryLater | UnknownOutcome):
            return float(attempt)
        return None

    def send(self, method: str, path: str, params: Mapping[str, Any], *, signed: bool) -> Any:
        """Send a call once. What stands in the URL is what was signed, to the byte."""
        query = self.signed_query(params) if signed else self.encode(params)
        try:
            response = self.session.request(
                method,
                f"{self.base_url}{path}" + (f"?{query}" if query else ""),
                headers=self.headers(signed=signed),
                timeout=self.timeout_s,
                allow_redirects=False,
            )
        except requests.exceptions.ConnectTimeout as error:
            raise RetryLater(f"no connection: {error}") from error
        except requests.RequestException as error:
            raise NoAnswer(f"no answer: {error}") from error
        self.note_weight(response)
        return self.judge(response)

    def headers(self, *, signed: bool) -> dict[str, str]:
        """The key, where it is asked for; public calls need none."""
        if not signed:
            return {}
        assert self.key is not None, "this call needs a key"
        return {"X-MBX-APIKEY": self.key.api_key}

    def full_path(self, path: str) -> str:
        """A path from the root of the host."""
        return path if path.startswith(("/api", "/fapi", "/dapi", "/eapi")) else self.venue.root + path

    def usable(self, key: Key) -> Key:
        """A key as it may be used: what was copied along with it would spoil header and signature."""
        return key.trimmed()

    # -- text and signature -------------------------------------------------------------------------------------

    def signed_query(self, params: Mapping[str, Any]) -> str:
        """Parameters with recvWindow, timestamp and, as the last one, the signature of all the others."""
        if self.sync_due():
            self.sync_time()
        payload = self.encode({"recvWindow": self.recv_window_ms, "timestamp": self.timestamp(), **params})
        return f"{payload}&signature={quote(self.sign(payload), safe='')}"

    def sign(self, payload: str) -> str:
        """The signature of the payload as it is sent: percent-encoding comes first (rule S-25)."""
        assert self.key is not None, "this call needs a key"
        return self.key.sign(payload.encode("ascii"))

    def encode(self, params: Mapping[str, Any]) -> str:
        """Parameters in their order, UTF-8 and percent-encoded, a space as %20; None values are left out."""
        return "&".join(
            f"{quote(name, safe='')}={quote(self.text(value), safe='')}"
            for name, value in params.items()
            if value is not None
        )

    def text(self, value: Any) -> str:
        """A value as Binance reads it: decimals without exponent, lower-case booleans, compact JSON."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, Decimal):
            return format(value, "f")
        if isinstance(value, float):
            raise TypeError("a float is no decimal; give text or a Decimal")
        if isinstance(value, list | tuple | dict):
            return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
        return str(value)

    # -- time ---------------------------------------------------------------------------------------------------

    def timestamp(self) -> int:
        """Milliseconds by the exchange's clock, as far as known."""
        return self.clock.now_ms() + self.offset_ms

    def sync_due(self) -> bool:
        """Whether the exchange's clock was not read yet, or too long ago."""
        return self.synced_at_ms is None or self.clock.now_ms() - self.synced_at_ms > SYNC_EVERY_MS

    def sync_time(self) -> None:
        """Read the exchange's clock.

        The answer was stamped before it arrived, so an offset from the time of arrival may leave this clock behind by
        the way of the answer, which recvWindow forgives, but never ahead.
        """
        best = None
        for _ in range(ATTEMPTS):
            asked = self.clock.now_ms()
            try:
                server = self.server_time()
            except UnknownOutcome as error:  # The call that waits for it was not sent.
                raise RetryLater(f"the exchange's clock cannot be read: {error}") from error
            arrived = self.clock.now_ms()
            if best is None or arrived - asked < best[0]:
                best = (arrived - asked, server - arrived)
            if best[0] <= SLOW_SYNC_MS:
                break
        assert best is not None
        self.offset_ms = best[1]
        self.synced_at_ms = self.clock.now_ms()

    def server_time(self) -> int:
        """The exchange's time in milliseconds."""
        time_ms = self.call("GET", "/time")["serverTime"]
        if not isinstance(time_ms, int):
            raise UnknownOutcome(f"{time_ms!r} is no time")
        return time_ms

    # -- limits -------------------------------------------------------------------------------------------------

    def await_leave(self, method: str, path: str) -> None:
        """Wait until a limit that was told has passed.

        Raises:
            Banned: a ban has not.
            RateLimited: a limit lasts longer than the client has patience.
        """
        now = self.clock.now_ms()
        if self.banned is not None:
            if now < self.banned.until_ms:
                raise self.banned
            self.banned = None
        until = self.closed_until_ms
        if method == "POST" and "rder" in path:
            until = max(until, self.orders_closed_until_ms)
        if until <= now:
            return
        if until - now > self.patience_s * 1000:
            raise RateLimited("a request limit has not passed yet", None, None, until)
        self.clock.sleep((until - now) / 1000)

    def note_weight(self, response: requests.Response) -> None:
        """Wait for the next minute when the weight of this one is almost used up (rule S-57)."""
        used = response.headers.get("X-MBX-USED-WEIGHT-1M", "")
        if used.isdigit() and int(used) >= BUSY * self.weight_limit:
            exchange_now = self.timestamp()
            self.closed_until_ms = max(self.closed_until_ms, self.clock.now_ms() + 60_000 - exchange_now % 60_000)

    def end_of_wait(self, response: requests.Response) -> int:
        """When a limit ends, by this client's clock: as told, but not at once."""
        told = response.headers.get("Retry-After", "")
        seconds = max(float(told) if re.fullmatch(r"[0-9]+", told) else 0.0, FLOOR_S)
        return self.clock.now_ms() + round(seconds * 1000)

    # -- judging ------------------------------------------------------------------------------------------------

    def judge(self, response: requests.Response) -> Any:
        """The answer's data.

        Raises:
            ClientError: it is none; the class says what that means.
        """
        status = response.status_code
        data = self.parse(response)
        error = data if isinstance(data, dict) else {}
        code, message = error.get("code"), str(error.get("msg") or response.reason or "no text")
        if status == 200 and data is None:
            raise UnknownOutcome("the answer is no JSON", None, status)
        if status == 200:
            return data
        if status == 418:
            self.banned = Banned(message, code, status, self.end_of_wait(response))
            raise self.banned
        if status == 429:
            until = self.end_of_wait(response)
            if code == -1015:
                self.orders_closed_until_ms = until
            else:
                self.closed_until_ms = until
            raise RateLimited(message, code, status, until)
        if status >= 500 or status == 408 or code in (-1006, -1007):
            if code in _CERTAINLY_NOT_DONE or message.startswith(_TEXTS_OF_THESE):
                raise RetryLater(message, code, status)
            raise UnknownOutcome(message, code, status)
        raise Refused(message, code, status)

    def parse(self, response: requests.Response) -> Any:
        """The JSON of an answer, None when it is none: a page of a firewall, nothing, or half of it."""
        try:
            return json.loads(response.content)
        except ValueError:
            return None
