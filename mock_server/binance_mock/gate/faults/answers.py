"""Faults that put an error answer in the place of the real one.

Where the venues word the same trouble differently, the words are those of the venue that the call is to, or those that
the parameter `wording` names. Each answer is made from its parameters and the time alone: these faults keep no state.
In particular `banned_418` bans nobody, it only says so, and counts the end of the ban anew for each answer; a ban that
lasts is a matter of the limits.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final, Literal, NamedTuple, Self, cast, get_args

from binance_mock.gate.faults import overload
from binance_mock.gate.faults.base import EXECUTED, FLAG, Fault, MayExecute, NeverExecutes, OneOf, Whole, declare
from binance_mock.gate.faults.call import Call
from binance_mock.gate.request import Headers, Response

JSON_TYPE: Final = (b"content-type", b"application/json;charset=UTF-8")
HTML_TYPE: Final = (b"content-type", b"text/html")

Wording = Literal["spot", "usdm", "options"]
"""Whose texts an answer uses."""
WORDINGS: Final[tuple[str, ...]] = get_args(Wording)

LONGEST_BAN_S: Final = 259_200
"""Three days, the longest ban (rule S-60)."""

_WORDING: Final = declare(
    OneOf(*WORDINGS, none="or None (null) for that of the call"),
    "the venue whose texts are used; when left out, that of the call",
)


class _Text(NamedTuple):
    code: int
    msg: str


class _Texts(NamedTuple):
    """One text per wording."""

    spot: _Text
    usdm: _Text
    options: _Text

    def of(self, wording: Wording | None) -> _Text:
        text: _Text = getattr(self, wording or "spot")
        return text


# S-59, U-23, O-33: options count weight under -1008.
_WEIGHT: Final = _Texts(
    _Text(
        -1003,
        "Too much request weight used; current limit is 6000 request weight per 1 MINUTE. "
        "Please use WebSocket Streams for live updates to avoid polling the API.",
    ),
    _Text(
        -1003,
        "Too many requests; current limit is 2400 requests per minute. "
        "Please use the websocket for live updates to avoid polling the API.",
    ),
    _Text(
        -1008,
        "Too much request weight used; current limit is 2400 request weight per 1 MINUTE. "
        "Please use the websocket for live updates to avoid polling the API.",
    ),
)

# S-66, U-24, O-34
_ORDERS: Final = _Texts(
    _Text(-1015, "Too many new orders; current limit is 50 orders per 10 SECOND."),
    _Text(-1015, "Too many new orders; current limit is 300 orders per 10 SECOND."),
    _Text(-1015, "Too many new orders; current limit is 300 orders per 10 SECOND."),
)

# S-60, U-23, O-33
_BANNED: Final = _Texts(
    _Text(
        -1003,
        "Way too much request weight used; IP banned until {end_ms}. "
        "Please use WebSocket Streams for live updates to avoid bans.",
    ),
    _Text(
        -1003,
        "Way too many requests; IP banned until {end_ms}. Please use the websocket for live updates to avoid bans.",
    ),
    _Text(
        -1008,
        "Way too much request weight used; IP banned until {end_ms}. "
        "Please use the websocket for live updates to avoid bans.",
    ),
)

# U-33; the options pages name no overload text (O-32), so they borrow that of spot, which futures had, too.
_OVERLOADED_SPOT: Final = _Text(
    -1008, "Server is currently overloaded with other requests. Please try again in a few minutes."
)
_OVERLOADED: Final = _Texts(
    _OVERLOADED_SPOT,
    _Text(
        -1008,
        "Request throttled by system-level protection. Reduce-only/close-position orders are exempt. Please try again.",
    ),
    _OVERLOADED_SPOT,
)

# U-34 for futures
_ERROR_SPOT: Final = _Text(-1000, "An unknown error occurred while processing the request.")
_ERROR: Final = _Texts(_ERROR_SPOT, _Text(-1000, "Request occur unknown error."), _ERROR_SPOT)

_FIREWALL_PAGE: Final = (
    b"<html><head><title>403 Forbidden</title></head>"
    b"<body><h1>403 Forbidden</h1><p>The request was stopped before it reached the API.</p></body></html>\n"
)


def error_answer(status: int, code: int, msg: str, retry_after: int | None = None) -> Response:
    """Make an error of the API (rule S-4), with `Retry-After` in seconds unless None."""
    headers: Headers = [JSON_TYPE]
    if retry_after is not None:
        headers.append((b"retry-after", str(retry_after).encode()))
    body = json.dumps({"code": code, "msg": msg}, separators=(",", ":"), ensure_ascii=False)
    return Response(status, body.encode(), headers)


@dataclass(frozen=True, kw_only=True)
class Worded(Fault):
    """A fault that the venues word differently."""

    wording: Wording | None = field(default=None, metadata=_WORDING)

    def at(self, wording: str) -> Self:
        """Take these words, unless it was said whose to take."""
        if self.wording is not None or wording not in WORDINGS:
            return self
        return replace(self, wording=cast(Wording, wording))


@dataclass(frozen=True, kw_only=True)
class Unknown503(MayExecute):
    """The request went through and no answer came in time: the outcome is unknown (U-30, O-31, S-7; F-67)."""

    kind: ClassVar[str] = "unknown_503"
    summary: ClassVar[str] = "503 with unknown outcome: the order may have been placed"

    def deliver(self, response: Response | None, now_us: int) -> Response:
        """503, -1000."""
        return error_answer(503, -1000, "Unknown error, please check your request or try again later.")


@dataclass(frozen=True, kw_only=True)
class Unavailable503(NeverExecutes):
    """The service is down: certain failure (U-31, O-31; F-70).

    The documents give the text without a code. -1016 is the code that they tie to an unavailable service, and it keeps
    this failure apart from the unknown outcome of `unknown_503` for clients that look at codes only.
    """

    kind: ClassVar[str] = "unavailable_503"
    summary: ClassVar[str] = "503 Service Unavailable: certainly not executed, retry later"

    def deliver(self, response: Response | None, now_us: int) -> Response:
        """503, -1016."""
        return error_answer(503, -1016, "Service Unavailable.")


@dataclass(frozen=True, kw_only=True)
class Internal503(NeverExecutes):
    """An internal error: certain failure, may be sent again (U-32, O-31; F-70)."""

    kind: ClassVar[str] = "internal_503"
    summary: ClassVar[str] = "503 with -1001: certainly not executed, may be sent again"

    def deliver(self, response: Response | None, now_us: int) -> Response:
        """503, -1001."""
        return error_answer(503, -1001, "Internal error; unable to process your request. Please try again.")


@dataclass(frozen=True, kw_only=True)
class Overloaded503(Worded, MayExecute):
    """Protection against overload (U-33; F-70).

    The documents call it a certain failure; one public report tells of an order that was executed behind it. On futures
    it befalls placements alone, and no order that can only shrink a position.
    """

    kind: ClassVar[str] = "overloaded_503"
    summary: ClassVar[str] = "503 with -1008: the service is overloaded, not executed"

    executed: bool = field(default=False, metadata=EXECUTED)
    older_text: bool = field(
        default=False, metadata=declare(FLAG, "on futures, the text from before 2025-10-23, which is that of spot")
    )

    def spares(self, call: Call) -> bool:
        """Cancels, queries, and orders that can only shrink a position."""
        return not overload.meets(call)

    def deliver(self, response: Response | None, now_us: int) -> Response:
        """503, -1008."""
        text = _OVERLOADED_SPOT if self.older_text else _OVERLOADED.of(self.wording)
        return error_answer(503, text.code, text.msg)


@dataclass(frozen=True, kw_only=True)
class Error500(Worded, MayExecute):
    """The catch-all failure (S-7, U-34)."""

    kind: ClassVar[str] = "error_500"
    summary: ClassVar[str] = "500 with -1000: a failure without a better code"

    executed: bool = field(default=False, metadata=EXECUTED)

    def deliver(self, response: Response | None, now_us: int) -> Response:
        """500, -1000."""
        text = _ERROR.of(self.wording)
        return error_answer(500, text.code, text.msg)


@dataclass(frozen=True, kw_only=True)
class Timeout504(MayExecute):
    """The matching engine did not answer within 10 s: the outcome is unknown (S-8, U-29; F-68)."""

    kind: ClassVar[str] = "timeout_504"
    summary: ClassVar[str] = "504 with -1007: the backend did not answer, execution status unknown"

    status: int | None = field(
        default=None,
        metadata=declare(
            OneOf(504, 408, none="or None (null) for that of the call"),
            "HTTP status; when left out, that of the venue of the call: 408 on futures, else 504",
        ),
    )

    def at(self, wording: str) -> Self:
        """Take the status of this venue, unless it was said which."""
        return replace(self, status=408) if self.status is None and wording == "usdm" else self

    def deliver(self, response: Response | None, now_us: int) -> Response:
        """504 or 408, -1007."""
        msg = "Timeout waiting for response from backend server. Send status unknown; execution status unknown."
        return error_answer(self.status or 504, -1007, msg)


@dataclass(frozen=True, kw_only=True)
class TooMany429(Worded, NeverExecutes):
    """A limit is passed (S-59, S-66; F-56, F-57, F-59, F-63). The counters themselves are left alone."""

    kind: ClassVar[str] = "too_many_429"
    summary: ClassVar[str] = "429: request weight or order count is used up, with or without Retry-After"

    retry_after: int | None = field(
        default=10,
        metadata=declare(
            Whole(0, LONGEST_BAN_S, none="or None (null) to omit the header"),
            "seconds to wait, in the Retry-After header",
        ),
    )
    counter: Literal["weight", "orders"] = field(
        default="weight", metadata=declare(OneOf("weight", "orders"), "the limit that is said to be passed")
    )

    def deliver(self, response: Response | None, now_us: int) -> Response:
        """429, -1003 for weight (-1008 in the wording of options), -1015 for orders."""
        text = (_ORDERS if self.counter == "orders" else _WEIGHT).of(self.wording)
        return error_answer(429, text.code, text.msg, self.retry_after)


@dataclass(frozen=True, kw_only=True)
class Banned418(Worded, NeverExecutes):
    """The address is said to be banned from now for some seconds (S-60; F-58, F-65)."""

    kind: ClassVar[str] = "banned_418"
    summary: ClassVar[str] = "418: the address is banned, with Retry-After and the end of the ban in the text"

    seconds: int = field(
        default=120, metadata=declare(Whole(0, LONGEST_BAN_S), "seconds until the ban ends, counted from the answer")
    )

    def deliver(self, response: Response | None, now_us: int) -> Response:
        """418, -1003 (-1008 in the wording of options); the end is in milliseconds."""
        text = _BANNED.of(self.wording)
        end_ms = now_us // 1000 + self.seconds * 1000
        return error_answer(418, text.code, text.msg.format(end_ms=end_ms), self.seconds)


@dataclass(frozen=True, kw_only=True)
class Firewall403(NeverExecutes):
    """The firewall stops the request before the API: HTML, no weight headers (S-6; F-72)."""

    kind: ClassVar[str] = "firewall_403"
    summary: ClassVar[str] = "403 with an HTML page from the firewall in front of the API"
    bare: ClassVar[bool] = True

    def deliver(self, response: Response | None, now_us: int) -> Response:
        """403 with a page."""
        return Response(403, _FIREWALL_PAGE, [HTML_TYPE])
