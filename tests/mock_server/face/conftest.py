"""One face, two ways to reach the worlds: every test that takes `binance` runs on both and must see the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from binance_mock import Mock

NOW_MS = 1_700_000_000_000


@pytest.fixture(scope="session")
def served() -> Iterator[Mock]:
    """One server for the run; its world is made anew for each test."""
    with Mock(frozen_at=NOW_MS) as mock:
        yield mock


@pytest.fixture(params=["local", "remote"])
def binance(request: pytest.FixtureRequest, served: Mock) -> Iterator[Mock]:
    """A mock whose clock stands at `NOW_MS`: in this process, or driven over HTTP."""
    served.reset()
    if request.param == "local":
        yield served
        return
    with Mock.connect(served.url) as remote:
        yield remote
