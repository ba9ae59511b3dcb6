"""`binance_intercept`: calls to Binance's hosts reach the world of the test."""

from __future__ import annotations

from .conftest import Project


def test_intercepted_calls_reach_the_world_and_the_patch_is_gone_afterwards(project: Project) -> None:
    """Names are resolved nowhere: a call that is not intercepted fails at once."""
    project.conftest(
        """
        import socket
        import httpx, pytest, requests, urllib3

        def patched():
            return [
                vars(each) for each in
                (requests, requests.adapters, urllib3.connectionpool, urllib3.connection, httpx, httpx._client)
            ]

        @pytest.fixture(scope="session", autouse=True)
        def as_before(binance_server):
            before = [dict(each) for each in patched()]
            yield
            assert [dict(each) for each in patched()] == before

        @pytest.fixture(autouse=True)
        def no_way_out(monkeypatch):
            real = socket.getaddrinfo

            def local_only(host, *args, **kwargs):
                if host != "127.0.0.1":
                    raise socket.gaierror(f"a call left for {host}")
                return real(host, *args, **kwargs)

            monkeypatch.setattr(socket, "getaddrinfo", local_only)
        """
    )
    result = project.run(
        """
        from types import SimpleNamespace
        import httpx, pytest, requests
        from trading import place

        HOST = "https://api.binance.com"

        @pytest.mark.binance(frozen_at=1_700_000_000_000)
        def test_intercepted(binance_intercept, binance):
            assert binance_intercept is binance
            for library in (requests, httpx):
                assert library.get(f"{HOST}/api/v3/time").json() == {"serverTime": 1_700_000_000_000}
            real = SimpleNamespace(
                url=HOST, api_key=binance.api_key, api_secret=binance.api_secret, clock=binance.clock
            )
            assert place(real, "BUY", "0.1").json()["status"] == "FILLED"
            binance.assert_accepted(1, "/api/v3/order", "POST")
            assert len(binance.requests) == 3

        def test_not_intercepted(binance):
            for library, error in ((requests, requests.ConnectionError), (httpx, httpx.ConnectError)):
                with pytest.raises(error, match="a call left for api.binance.com"):
                    library.get(f"{HOST}/api/v3/time")
            assert len(binance.requests) == 0

        def test_intercepted_again(binance_intercept):
            assert requests.get(f"{HOST}/api/v3/ping").status_code == 200
            binance_intercept.assert_accepted(1, "/api/v3/ping")
        """
    )
    result.assert_outcomes(passed=3)


def test_the_patch_is_gone_after_a_failed_test_too(project: Project) -> None:
    result = project.run(
        """
        import requests, urllib3

        real = urllib3.connection.HTTPSConnection.connect, urllib3.connectionpool.HTTPSConnectionPool.urlopen

        def test_fails(binance_intercept):
            requests.get("https://api.binance.com/api/v3/ping")
            assert False

        def test_afterwards():
            assert real == (
                urllib3.connection.HTTPSConnection.connect, urllib3.connectionpool.HTTPSConnectionPool.urlopen
            )
        """
    )
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["1, at http://127.0.0.1:*/w/w1:", "#1 * GET /api/v3/ping 200 accepted *"])
