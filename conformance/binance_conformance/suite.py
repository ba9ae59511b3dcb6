"""The checks as tests of the client that `--binance-driver` names: see `pytest_suite`."""

from __future__ import annotations

import pytest

from binance_conformance.pytest_suite import ClientConformance


class TestClient(ClientConformance):
    """All checks, or those of `--binance-check`."""

    @classmethod
    def settle(cls, config: pytest.Config) -> None:
        """Take client and choice from the command line."""
        command: str | None = config.getoption("--binance-driver")
        if command is None:
            raise pytest.UsageError("say whom to check: --binance-driver 'node driver.mjs'")
        cls.command = command
        cls.checks = tuple(config.getoption("--binance-check"))
