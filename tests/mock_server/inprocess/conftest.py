"""A server for the run, and an equal world in this process for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from binance_mock import Mock

from .twins import NOW_MS, Twins


@pytest.fixture(scope="session")
def served() -> Iterator[Mock]:
    """One server for the run."""
    with Mock(frozen_at=NOW_MS) as mock:
        yield mock


@pytest.fixture
def twins(served: Mock) -> Twins:
    """A fresh world on that server, and one here."""
    return Twins(served)
