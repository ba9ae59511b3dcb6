"""Requests as a person reads them under a failed test: a line each, and the reason under those that went wrong."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from binance_mock.printable import printable

if TYPE_CHECKING:
    from binance_mock.face.journal import Seen


def table(requests: Iterable[Seen], because: str = "") -> str:
    """Requests as text; see `blocks`."""
    return "\n".join(blocks(requests, because))


def blocks(requests: Iterable[Seen], because: str = "") -> list[str]:
    """A text for each request: number, time, verb, path, status, verdict, weight, key, error; reasons on lines below.

    Args:
        requests: what to show.
        because: a line of its own under each.
    """
    seen = list(requests)
    heads = [
        (f"#{each.seq}", _moment(each.time), printable(each.method), printable(each.path), str(each.status or "-"))
        for each in seen
    ]
    widths = [max((len(head[column]) for head in heads), default=0) for column in range(5)]
    return [_block(each, head, widths, because) for each, head in zip(seen, heads, strict=True)]


def _block(each: Seen, head: tuple[str, ...], widths: list[int], because: str) -> str:
    columns = " ".join(text.ljust(width) for text, width in zip(head, widths, strict=True))
    effect = ", executed" if each.executed and each.verdict != "accepted" else ""
    fault = f"  fault {printable(each.fault)}" if each.fault else ""
    error = f"  {each.code} {printable(each.msg)}" if each.code else ""
    first = f"{columns} {each.verdict}{effect}  weight {each.weight}  key {printable(each.key) or '-'}{fault}{error}"
    return "\n".join([first, *(f"     {line}" for line in _reasons(each, because))])


def _reasons(each: Seen, because: str) -> list[str]:
    lines = [because] if because else []
    if each.why:
        lines.append(f"why: {printable(each.why)}")
    diagnosis = each.diagnosis
    if diagnosis is not None:
        lines.append(f"{diagnosis['cause']}: {printable(diagnosis['summary'])}")
        if diagnosis.get("signed"):
            lines.append(f"you signed:    {printable(diagnosis['signed'])}")
        if diagnosis.get("expected"):
            lines.append(f"Binance signs: {printable(diagnosis['expected'])}")
        if diagnosis.get("advice"):
            lines.append(f"next step:     {printable(diagnosis['advice'])}")
    return lines


def _moment(ms: int) -> str:
    """The time of day, in UTC."""
    try:
        return datetime.fromtimestamp(ms / 1000, UTC).strftime("%H:%M:%S.%f")[:-3]
    except (ValueError, OverflowError, OSError):  # a clock may be set beyond the calendar
        return str(ms)
