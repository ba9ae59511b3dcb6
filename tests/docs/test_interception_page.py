"""docs/interception.md: what it shows, happens."""

from __future__ import annotations

import pytest

from binance_mock import Mock

from .conftest import RunScript
from .pages import Section, read, section, sections
from .running import PORT, run_project

PAGE = "docs/interception.md"
SCRIPTS = [each for each in sections(PAGE) if each.of("python") and not each.is_project]
CLIENTS = {"python-binance": "FILLED\n", "ccxt": "closed\n", "binance-sdk-spot": "FILLED\n"}


# The synchronous client of python-binance makes an event loop and never closes it.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("part", SCRIPTS, ids=[each.heading for each in SCRIPTS])
def test_the_script_of_a_section(part: Section, script: RunScript) -> None:
    with Mock() as server:
        code = part.only("python").replace(f":{PORT}", f":{server.url.rpartition(':')[2]}")
        printed = script(code, part.heading)
    if part.heading in CLIENTS:
        assert printed == CLIENTS[part.heading]
    elif part.heading == "Another server":
        assert printed == "{'symbol': 'BTCUSDT', 'price': '80000.00000000'}\n"
    else:
        assert printed == "".join(block.text for block in part.of("text"))


def test_with_pytest(pytester: pytest.Pytester) -> None:
    run_project(section(PAGE, "With pytest"), pytester).assert_outcomes(passed=1)


def test_the_libraries_and_hosts_are_those_of_the_code() -> None:
    from binance_mock.interception.hosts import DOMAINS
    from binance_mock.interception.interception import LIBRARIES

    modules = {name.partition(".")[0] for library in LIBRARIES for name in library.modules}
    table = section_text("What is caught")
    assert all(f"| {name} |" in table or f", {name} |" in table for name in modules)
    assert all(f"`{domain}`" in table for domain in DOMAINS)


def section_text(heading: str) -> str:
    return read(PAGE).partition(f"## {heading}\n")[2].partition("\n## ")[0]
