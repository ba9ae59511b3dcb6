"""Every run of pytest in an environment loads the plugin; those that do not use it must not pay for more."""

from __future__ import annotations

import json

import pytest

from .conftest import Project

SHOWS_MODULES = """
    import json, sys

    def pytest_unconfigure():
        with open("modules.json", "w") as file:
            json.dump(sorted(sys.modules), file)
    """
USES_NOTHING = """
    import pytest

    @pytest.mark.parametrize("number", [1, 2])
    def test_it(tmp_path, number):
        assert number == 1
    """


def modules(project: Project, source: str, *arguments: str) -> set[str]:
    """What is loaded at the end of a run without any other plugin."""
    project.conftest(SHOWS_MODULES)
    project.run_apart(source, *arguments)
    return set(json.loads((project.pytester.path / "modules.json").read_text()))


@pytest.mark.parametrize("arguments", [(), ("--collect-only",), ("--fixtures",)], ids=["run", "collect", "fixtures"])
def test_a_run_that_uses_no_fixture_loads_the_plugin_alone(project: Project, arguments: tuple[str, ...]) -> None:
    more = modules(project, USES_NOTHING, *arguments)
    less = modules(project, USES_NOTHING, "-p", "no:pytest_binance.plugin", *arguments)
    assert "pytest_binance.plugin" in more
    assert {name for name in more - less if not name.startswith("pytest_binance")} == set()


def test_collecting_tests_that_use_it_loads_no_exchange(project: Project) -> None:
    source = """
        import pytest

        @pytest.mark.binance(seed=1)
        def test_it(binance, binance_fork, binance_intercept):
            pass
        """
    loaded = modules(project, source, "--collect-only")
    assert {name for name in loaded if name.startswith(("binance_mock", "binance_fixtures"))} == set()
    assert loaded.isdisjoint({"asyncio", "uvicorn", "starlette", "msgspec", "uvloop", "cryptography"})


def test_a_run_that_uses_it_loads_no_client_and_no_tls(project: Project) -> None:
    """The clients are the user's choice."""
    loaded = modules(project, "def test_it(binance): binance.url, binance.api_key, binance.clock.now_ms")
    assert "binance_mock.face.server" in loaded
    assert loaded.isdisjoint({"requests", "httpx", "aiohttp", "cryptography", "trustme", "starlette"})
