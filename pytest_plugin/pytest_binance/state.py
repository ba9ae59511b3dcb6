"""What the plugin keeps while a test runs: its worlds, and what copies of them received before they went."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from binance_mock import Mock


@dataclass
class TestState:
    """The worlds of one test.

    Attributes:
        item: the test.
        world: the one that `binance` handed out.
        base: the one that copies are made of where `binance` is not used.
        copy: what the last copy that ended in an error had received, as text.
    """

    __test__ = False

    item: pytest.Item
    world: Mock | None = None
    base: Mock | None = None
    copy: list[str] = field(default_factory=list)


STATE: Final = pytest.StashKey[TestState]()
CURRENT: Final = pytest.StashKey[TestState]()
"""In the stash of the configuration: the state of the test that runs now."""


def open_state(item: pytest.Item) -> None:
    """Begin with a test."""
    state = TestState(item)
    item.stash[STATE] = state
    item.config.stash[CURRENT] = state


def state_of(item: pytest.Item) -> TestState | None:
    """What is kept for a test, None when it never began."""
    return item.stash.get(STATE, None)


def close_base(item: pytest.Item) -> None:
    """Remove the world that copies were made of."""
    state = state_of(item)
    if state is not None and state.base is not None:
        state.base.stop()
        state.base = None
