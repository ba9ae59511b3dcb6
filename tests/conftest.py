"""Hypothesis profiles and the `--long` option.

`quick` is what everybody runs: the same examples every time. `long` looks for new ones:
`HYPOTHESIS_PROFILE=long pytest --long`. Neither measures time, so a busy machine fails nothing.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

collect_ignore = ["sample_project"]  # a project of its own, whose tests test_sample_project.py runs

_UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", _UNTIMED, derandomize=True, max_examples=50)
settings.register_profile("long", _UNTIMED, max_examples=1000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="also run the tests marked `long`")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--long"):
        return
    long = [item for item in items if item.get_closest_marker("long")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]
