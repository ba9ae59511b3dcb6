"""A server that runs elsewhere, and the log of one that does not."""

from __future__ import annotations

import socket

import pytest

from binance_mock import Mock

from .conftest import TOKEN, Project

# -- a server that runs elsewhere -----------------------------------------------------------------------------------

SHOWS_URL = """
    from trading import place

    def test_it(binance, binance_server):
        assert place(binance, "BUY", "0.1").status_code == 200
        binance.assert_accepted(1, "/api/v3/order")
        assert len(binance_server.worlds) == 2
        with open("server.txt", "w") as file:
            file.write(binance_server.url)
    """


def test_binance_url_on_the_command_line(project: Project, elsewhere: Mock) -> None:
    result = project.run(SHOWS_URL, f"--binance-url={elsewhere.url}")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"binance-mock: server at {elsewhere.url}"])
    assert (project.pytester.path / "server.txt").read_text() == elsewhere.url
    assert list(elsewhere.worlds) == ["default"]


def test_binance_url_in_the_ini_file(project: Project, elsewhere: Mock) -> None:
    project.write("pytest.ini", f"[pytest]\nbinance_url = {elsewhere.url}\n")
    project.run(SHOWS_URL).assert_outcomes(passed=1)
    assert (project.pytester.path / "server.txt").read_text() == elsewhere.url


def test_the_command_line_goes_before_the_ini_file(project: Project, elsewhere: Mock) -> None:
    project.write("pytest.ini", "[pytest]\nbinance_url = http://127.0.0.1:1\n")
    project.run(SHOWS_URL, f"--binance-url={elsewhere.url}").assert_outcomes(passed=1)


def test_a_token_in_the_environment(project: Project, guarded: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BINANCE_MOCK_TOKEN", TOKEN)
    project.write("pytest.ini", "[pytest]\nbinance_token = overruled\n")
    project.run(SHOWS_URL, f"--binance-url={guarded}").assert_outcomes(passed=1)


def test_a_token_in_the_ini_file(project: Project, guarded: str) -> None:
    project.write("pytest.ini", f"[pytest]\nbinance_url = {guarded}\nbinance_token = {TOKEN}\n")
    project.run(SHOWS_URL).assert_outcomes(passed=1)


@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_missing_or_wrong_token_says_so(project: Project, guarded: str, token: str) -> None:
    project.write("pytest.ini", f"[pytest]\nbinance_token = {token}\n")
    result = project.run(SHOWS_URL, f"--binance-url={guarded}")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["the control token is missing or wrong; *"])


def test_nobody_at_the_url_says_what_to_do(project: Project) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        result = project.run(SHOWS_URL, f"--binance-url={url}")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"no mock answered at {url}: *; start one with `binance-mock serve`"])


def test_a_log_with_a_url_is_refused(project: Project, elsewhere: Mock) -> None:
    result = project.run(SHOWS_URL, f"--binance-url={elsewhere.url}", "--binance-log=log.txt")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    expected = f"ERROR: --binance-log, or binance_log *, is for a server of our own; the one at {elsewhere.url} *"
    result.stderr.fnmatch_lines([expected])
    assert not (project.pytester.path / "log.txt").exists()


def test_a_config_with_a_url_is_refused(project: Project, elsewhere: Mock) -> None:
    project.conftest(
        """
        import pytest

        @pytest.fixture(scope="session")
        def binance_config():
            return {}
        """
    )
    result = project.run(SHOWS_URL, f"--binance-url={elsewhere.url}")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"binance_config cannot change the server at {elsewhere.url}; start *--config"])


# -- the log --------------------------------------------------------------------------------------------------------

SENDS = """
    import pytest, requests
    from trading import place

    @pytest.mark.parametrize("run", range(4))
    @pytest.mark.binance(frozen_at=1_700_000_000_000)
    def test_it(binance, run):
        requests.get(f"{binance.url}/api/v3/ping")
        place(binance, "BUY", "0.1", secret=binance.api_secret + "\\n")
    """


@pytest.mark.parametrize("where", ["command line", "ini"])
def test_a_log_has_a_line_for_each_request_and_reasons(project: Project, where: str) -> None:
    if where == "ini":
        project.write("pytest.ini", "[pytest]\nbinance_log = log.txt\n")
        result = project.run(SENDS)
    else:
        result = project.run(SENDS, "--binance-log=log.txt")
    result.assert_outcomes(passed=4)
    lines = (project.pytester.path / "log.txt").read_text().splitlines()
    pings = [line.partition(" GET ") for line in lines if " GET " in line]
    assert {time for time, _, _ in pings} == {"2023-11-14T22:13:20.000Z"}
    assert [rest for _, _, rest in pings] == [
        f"/api/v3/ping 200 accepted weight=1 key=- world=w{number}" for number in range(1, 5)
    ]
    assert sum(" POST /api/v3/order 400 refused code=-1022 " in line for line in lines) == 4
    assert sum(line.startswith("    secret-with-stray-characters: ") for line in lines) == 4
    assert "signature=" not in "".join(lines)


def test_each_worker_of_xdist_has_a_log_of_its_own(project: Project) -> None:
    project.run_apart(SENDS, "-n2", "--dist=each", "--binance-log=log.txt", plugins=["xdist.plugin"]).assert_outcomes(
        passed=8
    )
    found = {path.name: path.read_text().count(" GET ") for path in project.pytester.path.glob("log*")}
    assert found == {"log.gw0.txt": 4, "log.gw1.txt": 4}
