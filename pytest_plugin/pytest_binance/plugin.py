"""What pytest loads: options, the marker, and the fixtures of `fixtures.py`. Kept small, for every run loads it."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from pytest_binance.fixtures import binance, binance_config, binance_fork, binance_intercept, binance_server
from pytest_binance.marker import NAME, check_marker
from pytest_binance.report import add_requests
from pytest_binance.settings import check_settings, setting
from pytest_binance.state import close_base, open_state

__all__ = ["binance", "binance_config", "binance_fork", "binance_intercept", "binance_server"]

_MARKER = (
    f"{NAME}(seed, frozen_at, balances, symbols, limits, faults, permissions): how the world of this test differs from "
    "the configured one. Times are milliseconds or aware datetimes, amounts are decimals in text: "
    '@pytest.mark.binance(balances={"USDT": "1000"}, frozen_at=1_700_000_000_000, limits={"ORDERS/10s": 5}, '
    'faults=[{"kind": "unknown_503", "times": 1}], permissions=["USER_DATA"]). Markers of class and module add up; '
    "the nearest one wins."
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The command line, and the ini settings behind it."""
    group = parser.getgroup("binance-mock", "binance-mock: a mock of the Binance exchange")
    group.addoption(
        "--binance-url",
        metavar="URL",
        help="use the mock server at URL (started with `binance-mock serve`) instead of one in this process",
    )
    group.addoption(
        "--binance-log",
        metavar="FILE",
        help="write a line for every request that the mock receives, and the reason for each refusal, to FILE",
    )
    group.addoption(
        "--binance-driver",
        metavar="CMD",
        help="the driver of a client, for the tests of `--pyargs binance_conformance.suite`; see docs/drivers.md",
    )
    group.addoption(
        "--binance-check",
        metavar="PATTERN",
        action="append",
        default=[],
        help="play only these checks of that client: a check, a case, a family, or with `*`; may be given again",
    )
    parser.addini("binance_url", "the mock server to use; --binance-url goes first")
    parser.addini("binance_token", "the control token of that server; the environment's BINANCE_MOCK_TOKEN goes first")
    parser.addini("binance_log", "where to log what the mock receives; --binance-log goes first")
    parser.addini("binance_report", "how many requests the report of a failed test shows, 0 for none", default="10")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, and refuse settings that are no good.

    Raises:
        UsageError: a setting is wrong.
    """
    check_settings(config)
    config.addinivalue_line("markers", _MARKER)


def pytest_report_header(config: pytest.Config) -> str | None:
    """Name the server where it is not one of our own."""
    url = setting(config, "url")
    return f"binance-mock: server at {url}" if url else None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse a marker that names what there is not, whether or not a fixture reads it."""
    check_marker(item)
    open_state(item)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Let go of the world that forks were made from, while its server is there."""
    close_base(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show under a failed test what its worlds received."""
    report = yield
    if report.failed and report.when != "teardown":  # the worlds are gone by then
        add_requests(item, report)
    return report
