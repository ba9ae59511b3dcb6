"""Faults of time and delivery: the exchange works, and what reaches the client is late, cut or unreadable.

Kinds that mark the real answer as cut or delayed mark a copy: the answer itself may be shared.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar, Final, Literal

from binance_mock.gate.faults.answers import HTML_TYPE, JSON_TYPE
from binance_mock.gate.faults.base import FLAG, Fault, MayExecute, NeverExecutes, OneOf, Whole, declare
from binance_mock.gate.request import Cut, Response

LONGEST_DELAY_MS: Final = 86_400_000
"""One day: as good as an answer that never comes."""

LONGEST_JUMP_MS: Final = 3_652 * 86_400_000
"""Ten years."""

NO_STATUS: Final = 0
"""Status of an answer of which no byte is sent and that was never made."""


_HTML_PAGE: Final = (
    b"<!DOCTYPE html><html><head><title>One moment</title></head>"
    b"<body><h1>One moment</h1><p>This page is not an answer of the API.</p></body></html>\n"
)
_GARBAGE: Final = b"{this is not JSON"
_STAND_IN: Final = b'{"this answer":"is cut in the middle"}'


@dataclass(frozen=True, kw_only=True)
class Latency(Fault):
    """A delay on the way in or on the way out (F-23, F-24, F-29, F-78).

    Held before, the request is judged and handled after the delay: its timestamp ages. Held after, the request took
    effect at once and the answer is late. `wall` asks for real waiting even when the world's clock stands still.
    """

    kind: ClassVar[str] = "latency"
    summary: ClassVar[str] = "a delay before the request is handled, or before its answer is sent"

    ms: int = field(metadata=declare(Whole(1, LONGEST_DELAY_MS), "milliseconds of delay"))
    stage: Literal["before", "after"] = field(
        default="before",
        metadata=declare(OneOf("before", "after"), "before the request is handled, or after, when it is answered"),
    )
    wall: bool = field(default=False, metadata=declare(FLAG, "wait in real time even when the clock is frozen"))

    @property
    def hold_ms(self) -> int:
        """`ms` at the stage "before", else 0."""
        return self.ms if self.stage == "before" else 0

    def deliver(self, response: Response | None, now_us: int) -> Response:
        """Pass the real answer on; at the stage "after" it is held back for `ms` more."""
        real = self._real(response)
        if self.stage == "before":
            return real
        return replace(real, headers=list(real.headers), delay_ms=real.delay_ms + self.ms, wall=self.wall)


@dataclass(frozen=True, kw_only=True)
class ResetBefore(NeverExecutes):
    """The connection is closed before the request is handled (F-76)."""

    kind: ClassVar[str] = "reset_before"
    summary: ClassVar[str] = "the connection is closed without a byte, the request is not executed"
    bare: ClassVar[bool] = True

    def deliver(self, response: Response | None, now_us: int) -> Response:
        """No answer: status 0 and a reset."""
        return Response(NO_STATUS, b"", cut=Cut.RESET)


@dataclass(frozen=True, kw_only=True)
class ResetAfter(Fault):
    """The request is executed, then the connection is closed (F-76)."""

    kind: ClassVar[str] = "reset_after"
    summary: ClassVar[str] = "the request is executed, then the connection is closed without a byte"
    bare: ClassVar[bool] = True

    def deliver(self, response: Response | None, now_us: int) -> Response:
        """Keep the real answer, of which no byte is sent; its status and body are for the journal."""
        real = self._real(response)
        return replace(real, headers=list(real.headers), cut=Cut.RESET)


@dataclass(frozen=True, kw_only=True)
class TruncatedBody(MayExecute):
    """Half of the body under the full Content-Length (F-75)."""

    kind: ClassVar[str] = "truncated_body"
    summary: ClassVar[str] = "the answer breaks off in the middle of its body"

    def deliver(self, response: Response | None, now_us: int) -> Response:
        """Cut the real answer; without one, or when it has no body, a stand-in takes the place of the body."""
        if response is None:
            return Response(200, _STAND_IN, [JSON_TYPE], cut=Cut.TRUNCATE)
        body = response.body or _STAND_IN
        return replace(response, body=body, headers=list(response.headers), cut=Cut.TRUNCATE)


@dataclass(frozen=True, kw_only=True)
class EmptyBody(MayExecute):
    """Success without a body (F-73)."""

    kind: ClassVar[str] = "empty_body"
    summary: ClassVar[str] = "200 with a body of zero bytes"

    def deliver(self, response: Response | None, now_us: int) -> Response:
        """200 and nothing, whatever the real answer was."""
        return Response(200, b"", [JSON_TYPE])


@dataclass(frozen=True, kw_only=True)
class HtmlBody(MayExecute):
    """A web page under the status of success (F-74)."""

    kind: ClassVar[str] = "html_body"
    summary: ClassVar[str] = "200 with an HTML page in the place of the answer"

    def deliver(self, response: Response | None, now_us: int) -> Response:
        """200 and a page, whatever the real answer was."""
        return Response(200, _HTML_PAGE, [HTML_TYPE])


@dataclass(frozen=True, kw_only=True)
class GarbageBody(MayExecute):
    """A body that calls itself JSON and is not (F-25, F-75)."""

    kind: ClassVar[str] = "garbage_body"
    summary: ClassVar[str] = "200 with the content type of JSON and a body that is not JSON"

    def deliver(self, response: Response | None, now_us: int) -> Response:
        """200 and garbage, whatever the real answer was."""
        return Response(200, _GARBAGE, [JSON_TYPE])


@dataclass(frozen=True, kw_only=True)
class ClockJump(Fault):
    """The exchange's clock jumps, then the request is handled as usual (F-20, F-22)."""

    kind: ClassVar[str] = "clock_jump"
    summary: ClassVar[str] = "the exchange's clock jumps before the request is handled"

    ms: int = field(
        metadata=declare(
            Whole(-LONGEST_JUMP_MS, LONGEST_JUMP_MS, zero=False),
            "milliseconds; the clock goes back when negative",
        )
    )

    @property
    def jump_ms(self) -> int:
        """`ms`."""
        return self.ms

    def deliver(self, response: Response | None, now_us: int) -> Response:
        """Pass the real answer on, untouched."""
        return self._real(response)
