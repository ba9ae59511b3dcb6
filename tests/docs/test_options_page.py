"""docs/options.md: what it shows, happens."""

from __future__ import annotations

import tomllib

import pytest

from binance_mock.config import config_from
from binance_mock.venues.options.settings import OptionsSettings

from .conftest import RunScript
from .pages import read, section

PAGE = "docs/options.md"


# The synchronous client of python-binance makes an event loop and never closes it.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_script(script: RunScript) -> None:
    part = section(PAGE, "Options")
    assert script(part.only("python"), PAGE) == part.only("text")


def test_the_setting() -> None:
    text = section(PAGE, "The older dialect").only("toml")
    assert config_from(tomllib.loads(text), PAGE).settings.options.dialect == "2023"


def test_the_settings_that_are_named_exist() -> None:
    named = ("writers", "naked_sell", "makers", "maker", "taker", "exercise", "max_orders", "max_short", "levels")
    for name in (*named, "level_value", "spread_bps", "history_hours"):
        assert f"`{name}" in read(PAGE)
        assert name in OptionsSettings.__struct_fields__
