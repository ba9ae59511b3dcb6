"""docs/futures.md: what it shows, happens."""

from __future__ import annotations

import tomllib

import pytest

from binance_mock.config import config_from

from .conftest import RunScript
from .pages import section

PAGE = "docs/futures.md"


# The synchronous client of python-binance makes an event loop and never closes it.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_script(script: RunScript) -> None:
    part = section(PAGE, "Futures")
    assert script(part.only("python"), PAGE) == part.only("text")


def test_the_setting() -> None:
    text = section(PAGE, "Conditional orders").only("toml")
    assert config_from(tomllib.loads(text), PAGE).settings.usdm.legacy_conditional_orders
