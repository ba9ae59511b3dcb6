"""The examples of the documentation work."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from binance_mock.config import config_from

ROOT = Path(__file__).resolve().parents[1]


def test_the_configuration_of_the_documentation_is_legal() -> None:
    text = (ROOT / "docs" / "control.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    config = config_from(tomllib.loads(example), "control.md")
    assert [account.name for account in config.settings.accounts] == ["default", "alice"]
    assert list(config.blueprint.symbols) == ["BTCUSDT", "ETHUSDT", "BNBUSDT"]
    assert config.settings.spot.first_order_id > 2**53


def test_links_between_pages_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
