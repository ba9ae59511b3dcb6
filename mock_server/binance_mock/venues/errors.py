"""Refusals as Binance words them: a code, a text and an HTTP status.

Those that more than one place gives have a function here; the rest are raised where the rule stands.
"""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """An answer `{"code": ..., "msg": ...}` with a status of 400 or above (rule S-4).

    Args:
        code: Binance's negative error code.
        msg: Binance's text.
        status: HTTP status.
        data: further fields beside code and msg, only for cancel-replace (rule S-124).
        retry_after: seconds for the `Retry-After` header, None for none.
        why: our own words for the journal and the log; never sent to the client.
        placed: orders that were placed all the same, only for cancel-replace (rule S-125).
    """

    def __init__(
        self,
        code: int,
        msg: str,
        status: int = 400,
        *,
        data: dict[str, Any] | None = None,
        retry_after: int | None = None,
        why: str = "",
        placed: int = 0,
    ) -> None:
        super().__init__(f"{code} {msg}")
        self.code = code
        self.msg = msg
        self.status = status
        self.data = data
        self.retry_after = retry_after
        self.why = why
        self.placed = placed


def mandatory(name: str, why: str = "") -> Refusal:
    """A mandatory parameter is missing, empty or malformed (rule S-43)."""
    return Refusal(-1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.", why=why)


def either(first: str, second: str) -> Refusal:
    """Neither of two parameters was sent (rule S-44)."""
    return Refusal(-1102, f"Param '{first}' or '{second}' must be sent, but both were empty/null!")


def above_ceiling(name: str, most: int) -> Refusal:
    """A number is above what the parameter allows."""
    return Refusal(-1102, f"'{name}' contains unexpected value. Cannot be greater than {most}.")


def illegal_characters(name: str, legal: str, why: str = "") -> Refusal:
    """A value does not match the pattern of its parameter (rule S-46)."""
    return Refusal(-1100, f"Illegal characters found in parameter '{name}'; legal range is '{legal}'.", why=why)


def unread(read: int, sent: int, why: str = "") -> Refusal:
    """A parameter was sent that the endpoint does not read (rule S-45)."""
    return Refusal(
        -1104, f"Not all sent parameters were read; read '{read}' parameter(s) but was sent '{sent}'.", why=why
    )


def too_many_parameters(sent: int) -> Refusal:
    """Parameters were sent to a call that takes none (rule S-45)."""
    return Refusal(-1101, f"Too many parameters; expected '0' and received '{sent}'.")


def duplicate_values() -> Refusal:
    """One name was sent twice in the same place."""
    return Refusal(-1101, "Duplicate values for a parameter detected.")


def parameter_empty(name: str) -> Refusal:
    """An optional parameter was sent without a value (rule S-48)."""
    return Refusal(-1105, f"Parameter '{name}' was empty.")


def not_required(name: str) -> Refusal:
    """A parameter has no meaning for this order type (rule S-48)."""
    return Refusal(-1106, f"Parameter '{name}' sent when not required.")


def overflow(name: str) -> Refusal:
    """A number is too large (rule S-48)."""
    return Refusal(-1108, f"Parameter '{name}' overflowed.")


def too_much_precision(name: str) -> Refusal:
    """A number has more decimals than its asset (rule S-49)."""
    return Refusal(-1111, f"Parameter '{name}' has too much precision.")


def invalid_data(name: str) -> Refusal:
    """A value is of the right form but out of range."""
    return Refusal(-1130, f"Data sent for parameter '{name}' is not valid.")


def bad_combination() -> Refusal:
    """Optional parameters do not go together (rule S-53)."""
    return Refusal(-1128, "Combination of optional parameters invalid.")


def interval_too_long(hours: int) -> Refusal:
    """StartTime and endTime are too far apart (rule S-53)."""
    return Refusal(-1127, f"More than {hours} hours between startTime and endTime.")


def rejected_combination(why: str = "") -> Refusal:
    """An order asks for what does not go together, or is not there."""
    return Refusal(-1014, "Unsupported order combination.", why=why)


def unknown_symbol() -> Refusal:
    """No such symbol (rule S-47)."""
    return Refusal(-1121, "Invalid symbol.")


def rejected(msg: str) -> Refusal:
    """The engine refused an order."""
    return Refusal(-2010, msg)


def cancel_rejected(msg: str = "Unknown order sent.") -> Refusal:
    """The engine refused a cancel (rule S-118)."""
    return Refusal(-2011, msg)


def filter_failure(name: str) -> Refusal:
    """An order fails a filter of its symbol (rule S-162)."""
    return Refusal(-1013, f"Filter failure: {name}")


def start_after_end() -> Refusal:
    """StartTime is later than endTime (rule U-42)."""
    return Refusal(-1023, "Start time is greater than end time.")


def span_too_wide() -> Refusal:
    """StartTime and endTime are further apart than a futures endpoint allows (rule U-42)."""
    return Refusal(-4165, "Invalid time interval")


def unknown_pair() -> Refusal:
    """No contract is of this pair."""
    return Refusal(-4144, "Invalid pair")
