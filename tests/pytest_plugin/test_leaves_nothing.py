"""After a run the process is as it was before: no thread, no socket, no warning."""

from __future__ import annotations

from textwrap import dedent

import pytest

from binance_mock import Mock

from .conftest import Project

TESTS = """
    import pytest, requests
    from hypothesis import given, settings, strategies as st
    from trading import place

    def test_trades(binance):
        assert place(binance, "BUY", "0.1").status_code == 200

    def test_keeps_connections_open(binance):
        session = requests.Session()
        for _ in range(3):
            session.get(f"{binance.url}/api/v3/ping")
        session.close()

    def test_fails(binance):
        requests.get(f"{binance.url}/api/v3/ping")
        assert False

    @pytest.fixture
    def broken(binance):
        raise RuntimeError

    def test_never_begins(broken):
        pass

    @pytest.fixture
    def breaks_at_the_end(binance):
        yield
        raise RuntimeError

    def test_ends_badly(breaks_at_the_end):
        pass

    @pytest.mark.binance(frozen=1)
    def test_has_a_wrong_marker(binance):
        pass

    def test_intercepts(binance_intercept):
        assert requests.get("https://api.binance.com/api/v3/ping").status_code == 200

    @settings(max_examples=5, deadline=None, database=None)
    @given(st.integers())
    def test_copies(binance_fork, number):
        with binance_fork() as world:
            world.clock.freeze()
    """
OUTCOME = {"passed": 5, "failed": 1, "errors": 3}

SCRIPT = """
    import gc, os, socket, sys, threading
    import pytest

    def traces():
        gc.collect()
        threads = sorted(thread.name for thread in threading.enumerate())
        sockets = [each for each in gc.get_objects() if isinstance(each, socket.socket) and each.fileno() >= 0]
        folder, files = "/proc/self/fd", []
        if os.path.isdir(folder):  # where the kernel tells
            for name in os.listdir(folder):
                try:
                    files.append(os.readlink(os.path.join(folder, name)).partition(":")[0])
                except OSError:  # the folder itself
                    pass
        return threads, sockets, files.count("socket") + files.count("anon_inode")

    class Watch:
        def __init__(self):
            self.before = traces()

        @pytest.hookimpl(trylast=True)  # fixtures of a run that was broken off end in this hook
        def pytest_sessionfinish(self):
            self.at_the_end = traces()

    def look(*arguments):
        watch = Watch()
        status = pytest.main(["-p", "no:cacheprovider", *arguments], plugins=[watch])
        assert watch.before == watch.at_the_end == traces(), (watch.before, watch.at_the_end, traces())
        return int(status)
    """


def script(*calls: str) -> str:
    return "\n".join([dedent(SCRIPT), *(f"print('status', look({call}))" for call in calls)])


def test_nothing_is_left_after_two_runs_in_one_process(project: Project) -> None:
    project.pytester.makepyfile(test_it=TESTS)
    project.monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    flags = "'-p', 'pytest_binance.plugin', '-W', 'error', '-q'"
    result = project.python(script(flags, flags))
    assert result.stdout.lines.count("status 1") == 2
    assert result.parseoutcomes() == OUTCOME
    assert result.stderr.str() == ""


def test_nothing_is_left_of_a_run_against_a_server_elsewhere(project: Project, elsewhere: Mock) -> None:
    project.pytester.makepyfile(test_it=TESTS)
    project.monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    flags = f"'-p', 'pytest_binance.plugin', '-W', 'error', '-q', '--binance-url={elsewhere.url}'"
    result = project.python(script(flags))
    assert result.stdout.lines.count("status 1") == 1
    assert result.parseoutcomes() == OUTCOME
    assert result.stderr.str() == ""
    assert list(elsewhere.worlds) == ["default"]


@pytest.mark.parametrize(
    ("end", "status"),
    [("raise KeyboardInterrupt", 2), ("pytest.exit('enough', 7)", 7), ("assert False", 1)],
    ids=["interrupt", "exit", "first-failure"],
)
def test_nothing_is_left_of_a_run_that_is_broken_off(project: Project, end: str, status: int) -> None:
    project.pytester.makepyfile(
        test_it=f"""
        import pytest
        from trading import place

        def test_it(binance, binance_fork):
            place(binance, "BUY", "0.1")
            with binance_fork():
                {end}

        def test_is_never_run(binance):
            open("ran", "w").close()
        """
    )
    project.monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    result = project.python(script("'-p', 'pytest_binance.plugin', '-W', 'error', '-q', '-x'"))
    assert f"status {status}" in result.stdout.lines
    assert result.stderr.str() == ""
    assert not (project.pytester.path / "ran").exists()


def test_the_watch_sees_what_is_left(project: Project) -> None:
    """What these tests find must be findable."""
    project.pytester.makepyfile(
        test_it="""
        from binance_mock import Mock

        kept = []

        def test_it():
            kept.append(Mock().start())
        """
    )
    result = project.python(script("'-q'"))
    result.stderr.fnmatch_lines(["AssertionError: *binance-mock:*"])
