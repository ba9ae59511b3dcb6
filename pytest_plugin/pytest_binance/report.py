"""The report of a failed test: the last requests that its world received, and how they were ruled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from pytest_binance.settings import most_of
from pytest_binance.state import state_of

if TYPE_CHECKING:
    from binance_mock import Mock

TITLE: Final = "requests that binance-mock received"
PROPERTY: Final = "binance-mock request"


def add_requests(item: pytest.Item, report: pytest.TestReport) -> None:
    """Add a section to the report, and a JUnit property for each request. Secrets are masked."""
    state = state_of(item)
    most = most_of(item.config)
    if state is None or not most:
        return
    received = [describe(state.world, most)] if state.world is not None else []
    if state.copy:
        received.append(state.copy)
    if not received:
        return
    report.sections.append((TITLE, "\n".join(line for lines in received for line in lines)))
    item.user_properties += [(PROPERTY, line) for lines in received for line in lines[1:]]


def describe(world: Mock, most: int) -> list[str]:
    """The last requests of a world: a headline, then a text for each, with its reasons."""
    from binance_mock.face.report import blocks

    seen = list(world.requests)
    if not seen:
        return [f"none: nothing was sent to {world.url}, and no request bore its key"]
    head = f"the last {most} of {len(seen)}" if len(seen) > most else f"{len(seen)}"
    return [f"{head}, at {world.url}:", *blocks(seen[-most:])]
