"""What a failed test shows of the requests that its world received."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from binance_mock import Mock

from .conftest import Project, golden

TITLE = "requests that binance-mock received"

EVERYTHING = r"""
    import pytest, requests
    from trading import place, signed

    @pytest.mark.binance(
        frozen_at=1_700_000_000_000, faults=[{"kind": "unknown_503", "path": "/api/v3/order", "nth": 3}]
    )
    def test_it(binance):
        requests.get(f"{binance.url}/api/v3/ping")
        place(binance, "BUY", "0.1")
        place(binance, "BUY", "0.1", secret=binance.api_secret + "\n")
        place(binance, "BUY", "0.1")
        place(binance, "BUY", "0.1", price="80000.001")
        signed(binance, "GET", "/api/v3/account", extra=binance.api_secret)
        requests.get(f"{binance.url}/api/v3/<&\x01\ufffe>/{binance.api_secret}")
        with open("secrets.txt", "w") as file:
            file.write(binance.api_key + " " + binance.api_secret)
        assert False
    """


def section(text: str) -> str:
    """The section in a run's output, with ports masked."""
    found = re.search(rf"^-+ {TITLE} -+\n(.*?)^(?:[=_]{{5}}|-+ .* -+$)", text, re.MULTILINE | re.DOTALL)
    assert found is not None, text
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", found[1])


def unmasked(project: Project, text: str) -> list[str]:
    """Which of the secrets of `EVERYTHING` stand in a text; every signature counts."""
    secrets = (project.pytester.path / "secrets.txt").read_text().split()
    assert len(secrets) == 2
    return [secret for secret in secrets if secret in text] + re.findall("signature=[0-9a-f]+", text)


def test_the_section_shows_requests_reasons_and_diagnosis(project: Project) -> None:
    result = project.run(EVERYTHING)
    result.assert_outcomes(failed=1)
    golden("section", section(result.stdout.str()))


def test_no_secret_is_shown(project: Project) -> None:
    result = project.run(EVERYTHING, "--junitxml=junit.xml", "-rA", "-v")
    assert "/***" in section(result.stdout.str())
    assert unmasked(project, result.stdout.str()) == []
    assert unmasked(project, (project.pytester.path / "junit.xml").read_text()) == []


def test_each_failed_test_shows_its_own_requests_and_a_passed_one_none(project: Project) -> None:
    result = project.run(
        """
        import pytest, requests

        @pytest.mark.parametrize("count", [1, 2])
        def test_fails(binance, count):
            for _ in range(count):
                requests.get(f"{binance.url}/api/v3/ping")
            assert False

        def test_passes(binance):
            requests.get(f"{binance.url}/api/v3/time")

        @pytest.mark.xfail
        def test_fails_as_expected(binance):
            requests.get(f"{binance.url}/api/v3/time")
            assert False

        def test_uses_none():
            assert False
        """,
        "-rA",
    )
    result.assert_outcomes(failed=3, passed=1, xfailed=1)
    text = result.stdout.str()
    assert text.count(TITLE) == 2
    assert text.count(" GET /api/v3/ping 200 accepted ") == 3
    assert "/api/v3/time" not in text[text.index(TITLE) :]


def test_an_error_in_set_up_shows_them_too(project: Project) -> None:
    result = project.run(
        """
        import pytest, requests

        @pytest.fixture
        def client(binance):
            requests.get(f"{binance.url}/api/v3/nowhere").raise_for_status()

        def test_it(client):
            pass
        """
    )
    result.assert_outcomes(errors=1)
    assert "GET /api/v3/nowhere 404 refused" in section(result.stdout.str())


def test_no_request_is_worth_a_line(project: Project) -> None:
    result = project.run("def test_it(binance): assert False")
    assert section(result.stdout.str()) == (
        "none: nothing was sent to http://127.0.0.1:PORT/w/w1, and no request bore its key\n"
    )


def test_the_last_ten_are_shown(project: Project) -> None:
    result = project.run(
        """
        import requests

        def test_it(binance):
            for _ in range(12):
                requests.get(f"{binance.url}/api/v3/ping")
            assert False
        """
    )
    lines = section(result.stdout.str()).splitlines()
    assert lines[0] == "the last 10 of 12, at http://127.0.0.1:PORT/w/w1:"
    assert [line.split()[0] for line in lines[1:]] == [f"#{number}" for number in range(3, 13)]


def test_a_server_elsewhere_is_reported_alike(project: Project, elsewhere: Mock) -> None:
    result = project.run(EVERYTHING, f"--binance-url={elsewhere.url}")
    text = re.sub(r"\bw\d+\b", "w1", section(result.stdout.str()))
    golden("section", text)
    assert unmasked(project, result.stdout.str()) == []


# -- the setting ----------------------------------------------------------------------------------------------------


def test_it_may_be_longer_or_left_out(project: Project) -> None:
    for setting, count in (("1", 1), ("3", 3), ("0", 0)):
        project.write("pytest.ini", f"[pytest]\nbinance_report = {setting}\n")
        text = project.run(EVERYTHING, "--junitxml=junit.xml").stdout.str()
        assert (TITLE in text) == bool(count)
        assert len(properties(project)) == count
        assert len(re.findall(r"^#\d ", text, re.MULTILINE)) == count


@pytest.mark.parametrize("setting", ["many", "-1", "1.5", "²"])
def test_a_bad_setting_ends_the_run_at_once(project: Project, setting: str) -> None:
    project.write("pytest.ini", f"[pytest]\nbinance_report = {setting}\n")
    result = project.run("def test_it(): assert False")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: binance_report is '{setting}'; write a whole number, 0 for no report"])
    result.stderr.no_fnmatch_line("*Traceback*")


# -- where else it goes ---------------------------------------------------------------------------------------------


def properties(project: Project) -> list[str]:
    """The properties of the only test in the JUnit file, which is read strictly."""
    (case,) = ElementTree.parse(project.pytester.path / "junit.xml").iter("testcase")
    rows = case.findall("properties/property")
    assert {row.get("name") for row in rows} <= {"binance-mock request"}
    return [str(row.get("value")) for row in rows]


def test_the_junit_file_has_a_property_for_each_request(project: Project) -> None:
    shown = section(project.run(EVERYTHING, "--junitxml=junit.xml").stdout.str())
    rows = properties(project)
    assert len(rows) == 7
    assert "\n".join(rows) + "\n" == shown.partition("\n")[2]


def test_the_junit_file_of_an_error_in_set_up_has_them_too(project: Project) -> None:
    project.run(
        """
        import pytest, requests

        @pytest.fixture
        def client(binance):
            requests.get(f"{binance.url}/api/v3/ping")
            raise RuntimeError

        def test_it(client):
            pass
        """,
        "--junitxml=junit.xml",
    )
    (row,) = properties(project)
    assert "GET /api/v3/ping 200 accepted" in row


def test_xdist_carries_it(project: Project) -> None:
    result = project.run_apart(EVERYTHING, "-n1", "--junitxml=junit.xml", plugins=["xdist.plugin"])
    result.assert_outcomes(failed=1)
    golden("section", section(result.stdout.str()))
    assert len(properties(project)) == 7
