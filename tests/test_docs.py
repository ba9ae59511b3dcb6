"""The examples of the documentation work."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from tests.docs.pages import section

from binance_mock.config import config_from
from binance_mock.control.control import CALLS

ROOT = Path(__file__).resolve().parents[1]


def test_the_configuration_of_the_documentation_is_legal() -> None:
    text = (ROOT / "docs" / "control.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    config = config_from(tomllib.loads(example), "control.md")
    assert [account.name for account in config.settings.accounts] == ["default", "alice"]
    assert list(config.blueprint.symbols) == ["BTCUSDT", "ETHUSDT", "BNBUSDT"]
    assert config.settings.spot.first_order_id > 2**53


def test_the_python_face_of_the_documentation_works() -> None:
    exec(compile(section("docs/control.md", "Python face").only("python"), "control.md", "exec"), {})


def test_every_control_call_is_told() -> None:
    table = section_text("docs/control.md", "Control API")
    told = set()
    for row in re.findall(r"^\| (`.*?`) \|", table, re.MULTILINE):
        verbs: list[str] = []
        for word in re.findall(r"`([^`]+)`", row):
            verb, _, path = word.partition(" ")
            verbs.append(verb)
            if path:
                told |= {(each, path.removeprefix("/_mock")) for each in verbs}
                verbs = []
    assert {(call.method, call.path) for call in CALLS} - told == {("GET", "/openapi.json")}
    assert "`GET /_mock/openapi.json`" in table


def test_links_between_pages_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    for page in pages:
        for target, anchor in re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", page.read_text(encoding="utf-8")):
            path = page.parent / target if target else page
            assert path.exists(), f"{page.name} links to {target}"
            if anchor:
                assert anchor in anchors(path), f"{page.name} links to {target}#{anchor}"


def test_every_page_is_linked_from_the_readme() -> None:
    linked = set(re.findall(r"\]\(docs/([^)#]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert {page.name for page in (ROOT / "docs").glob("*.md")} - linked == set()


def anchors(page: Path) -> set[str]:
    """What headings are called in links, as GitHub makes it."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def section_text(page: str, heading: str) -> str:
    text = (ROOT / page).read_text(encoding="utf-8")
    return text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
