"""A moment as tests write it."""

from __future__ import annotations

from datetime import datetime

Moment = int | datetime
"""Milliseconds since the epoch, or an aware datetime."""


def milliseconds(moment: Moment) -> int:
    """A moment in milliseconds.

    Raises:
        ValueError: a datetime without time zone.
    """
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            raise ValueError(f"{moment!r} has no time zone; add tzinfo=timezone.utc")
        return round(moment.timestamp() * 1000)
    return moment
