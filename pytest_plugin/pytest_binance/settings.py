"""What the command line and the ini file say; the command line goes first."""

from __future__ import annotations

import pytest


def setting(config: pytest.Config, name: str) -> str | None:
    """The server's URL or the log's file.

    Args:
        config: of the run.
        name: "url" or "log".
    """
    text: str | None = config.getoption(f"--binance-{name}") or config.getini(f"binance_{name}") or None
    return text


def most_of(config: pytest.Config) -> int:
    """How many requests the report of a failed test shows.

    Raises:
        UsageError: the setting is no number.
    """
    text = str(config.getini("binance_report"))
    if not (text.isascii() and text.isdigit()):
        raise pytest.UsageError(f"binance_report is {text!r}; write a whole number, 0 for no report")
    return int(text)


def check_settings(config: pytest.Config) -> None:
    """Refuse what can be no good before any test runs.

    Raises:
        UsageError: a setting is wrong, or two of them contradict each other.
    """
    most_of(config)
    url = setting(config, "url")
    if url and setting(config, "log"):
        raise pytest.UsageError(
            f"--binance-log, or binance_log in the ini file, is for a server of our own; the one at {url} has its own"
        )
