"""What the client tells its caller when a call did not succeed. Each says what may be done next."""

from __future__ import annotations


class ClientError(Exception):
    """A call that did not succeed.

    Args:
        message: what the exchange said, or what went wrong.
        code: Binance's error code, None where there was none.
        status: HTTP status, None when there was no answer.
    """

    def __init__(self, message: str, code: int | None = None, status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status


class Refused(ClientError):
    """Not done. The same again would be refused again."""


class RetryLater(ClientError):
    """Certainly not done, by a failure that passes. May be tried again."""


class UnknownOutcome(ClientError):
    """Perhaps done. Ask before anything is sent again."""


class NoAnswer(UnknownOutcome):
    """The connection failed before an answer came, so nobody knows."""


class Limited(ClientError):
    """Not done: nothing may be sent before a certain time.

    Args:
        message: what the exchange said.
        code: Binance's error code.
        status: HTTP status.
        until_ms: when it ends, by the client's clock.
    """

    def __init__(self, message: str, code: int | None, status: int | None, until_ms: int) -> None:
        super().__init__(message, code, status)
        self.until_ms = until_ms


class RateLimited(Limited):
    """Too many requests, or too many orders."""


class Banned(Limited):
    """The address is banned."""
