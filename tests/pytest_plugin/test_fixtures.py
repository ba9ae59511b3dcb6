"""The fixtures, what a conftest may replace, and the marker: each run is a small project."""

from __future__ import annotations

import pytest

from .conftest import Project

# -- a world for each test ------------------------------------------------------------------------------------------


def test_each_test_has_a_fresh_world_with_a_key_of_its_own(project: Project) -> None:
    result = project.run(
        """
        import pytest, requests
        from trading import place

        seen = []

        @pytest.mark.parametrize("run", range(3))
        def test_trade(binance, run):
            assert len(binance.requests) == len(binance.faults) == 0
            assert binance.account.balance("USDT") == ("1000000.00000000", "0.00000000")
            assert binance.clock.mode == "live"
            assert place(binance, "BUY", "0.1").json()["status"] == "FILLED"
            binance.faults.add("error_500")
            binance.clock.freeze()
            assert binance.account.balance("USDT").free == "991999.20000000"
            seen.append((binance.url, binance.api_key, binance.api_secret))

        def test_they_differ_and_are_gone(binance_server):
            assert len({each for row in seen for each in row}) == 9
            assert list(binance_server.worlds) == ["default"]
            for url, _, _ in seen:
                assert requests.get(f"{url}/api/v3/ping").json()["code"] == -1020
        """
    )
    result.assert_outcomes(passed=4)


def test_one_server_serves_the_run_and_its_own_world_is_shared(project: Project) -> None:
    source = """
        def test_{}(binance, binance_server):
            binance_server.spot.set_price("BTCUSDT", "65000")
            assert binance.server_url == binance_server.url
            assert binance.spot.market("BTCUSDT")["last_price"] == "80000.00000000"
            with open("servers.txt", "a") as file:
                file.write(binance_server.url + "\\n")
        """
    project.pytester.makepyfile(test_other=source.format("other"))
    project.run(source.format("it")).assert_outcomes(passed=2)
    urls = (project.pytester.path / "servers.txt").read_text().split()
    assert len(urls) == 2
    assert len(set(urls)) == 1


# -- what a conftest may replace ------------------------------------------------------------------------------------

SHOWS_CONFIG = """
    def test_it(binance, binance_server):
        for world in (binance, binance_server):
            assert world.clock.now_ms == 1_700_000_000_000
            assert world.account.balance("USDT") == ("77.00000000", "0.00000000")
    """


def test_binance_config_may_be_a_mapping(project: Project) -> None:
    project.conftest(
        """
        import pytest

        @pytest.fixture(scope="session")
        def binance_config():
            return {
                "world": {"frozen_at": 1_700_000_000_000, "standard_account": False},
                "accounts": [{"name": "mine", "balances": {"USDT": "77"}}],
                "keys": [{"key": "k" * 64, "secret": "s" * 64, "account": "mine"}],
            }
        """
    )
    project.run(SHOWS_CONFIG).assert_outcomes(passed=1)


@pytest.mark.parametrize("kind", ["Path", "str"])
def test_binance_config_may_be_a_file(project: Project, kind: str) -> None:
    project.write(
        "mock.toml",
        "[world]\nfrozen_at = 1_700_000_000_000\nstandard_account = false\n"
        '[[accounts]]\nname = "mine"\nbalances = { USDT = "77" }\n'
        f'[[keys]]\nkey = "{"k" * 64}"\nsecret = "{"s" * 64}"\naccount = "mine"\n',
    )
    project.conftest(
        f"""
        from pathlib import Path
        import pytest

        @pytest.fixture(scope="session")
        def binance_config():
            return {kind}(Path(__file__).with_name("mock.toml"))
        """
    )
    project.run(SHOWS_CONFIG).assert_outcomes(passed=1)


def test_a_bad_config_names_the_place(project: Project) -> None:
    project.conftest(
        """
        import pytest

        @pytest.fixture(scope="session")
        def binance_config():
            return {"world": {"frozn_at": 1}}
        """
    )
    result = project.run("def test_it(binance): pass")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["config: world.frozn_at: is not known here; did you mean 'frozen_at'? *"])
    result.stdout.no_fnmatch_line("*def binance_server*")


def test_a_config_that_is_not_there_says_so(project: Project) -> None:
    project.conftest(
        """
        import pytest

        @pytest.fixture(scope="session")
        def binance_config():
            return "nowhere.toml"
        """
    )
    result = project.run("def test_it(binance): pass")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["nowhere.toml: *"])
    result.stdout.no_fnmatch_line("*def binance_server*")


def test_binance_server_may_be_replaced(project: Project) -> None:
    project.conftest(
        """
        import pytest
        from binance_mock import Mock

        @pytest.fixture(scope="session")
        def binance_server():
            with Mock(frozen_at=5_000_000, balances={"USDT": "5"}, log=lambda entry, world: None) as server:
                yield server
        """
    )
    project.run(
        """
        def test_it(binance):
            assert binance.clock.now_ms == 5_000_000
            assert binance.account.balance("USDT").free == "5.00000000"
        """
    ).assert_outcomes(passed=1)


def test_binance_may_be_built_on(project: Project) -> None:
    project.conftest(
        """
        import pytest

        @pytest.fixture
        def binance(binance):
            binance.spot.set_price("BTCUSDT", "65000")
            return binance
        """
    )
    project.run(
        """
        def test_it(binance):
            assert binance.spot.market("BTCUSDT")["last_price"] == "65000.00000000"
        """
    ).assert_outcomes(passed=1)


# -- the marker -----------------------------------------------------------------------------------------------------


def test_each_option_of_the_marker_takes_effect(project: Project) -> None:
    result = project.run(
        """
        from datetime import datetime, timezone
        import pytest, requests
        from trading import place, signed

        ids = []

        @pytest.mark.parametrize("again", [1, 2])
        @pytest.mark.binance(seed=7, frozen_at=1_700_000_000_000)
        def test_seed(binance, again):
            ids.append(place(binance, "BUY", "0.1").json()["clientOrderId"])

        @pytest.mark.binance(seed=8, frozen_at=1_700_000_000_000)
        def test_another_seed(binance):
            assert ids[0] == ids[1] != place(binance, "BUY", "0.1").json()["clientOrderId"]

        @pytest.mark.binance(frozen_at=1_700_000_000_000)
        def test_frozen_at(binance):
            assert requests.get(f"{binance.url}/api/v3/time").json() == {"serverTime": 1_700_000_000_000}

        @pytest.mark.binance(frozen_at=datetime(2023, 11, 14, 22, 13, 20, tzinfo=timezone.utc))
        def test_frozen_at_a_datetime(binance):
            assert (binance.clock.mode, binance.clock.now_ms) == ("frozen", 1_700_000_000_000)

        @pytest.mark.binance(balances={"USDT": "1000", "BNB": "2.5"})
        def test_balances(binance):
            rows = signed(binance, "GET", "/api/v3/account", omitZeroBalances="true").json()["balances"]
            assert {row["asset"]: row["free"] for row in rows} == {"USDT": "1000.00000000", "BNB": "2.50000000"}
            assert place(binance, "BUY", "1").json()["code"] == -2010

        @pytest.mark.binance(symbols=["ETHUSDT"])
        def test_symbols(binance):
            rows = requests.get(f"{binance.url}/api/v3/exchangeInfo").json()["symbols"]
            assert [row["symbol"] for row in rows] == ["ETHUSDT"]

        @pytest.mark.binance(limits={"ORDERS/10s": 1, "REQUEST_WEIGHT": 50})
        def test_limits(binance):
            assert place(binance, "BUY", "0.1", price="70000").status_code == 200
            assert place(binance, "BUY", "0.1", price="70000").json()["code"] == -1015
            rows = requests.get(f"{binance.url}/api/v3/exchangeInfo").json()["rateLimits"]
            assert 50 in [row["limit"] for row in rows if row["rateLimitType"] == "REQUEST_WEIGHT"]

        @pytest.mark.binance(faults=[{"kind": "unknown_503", "path": "/api/v3/ping", "times": 1}])
        def test_faults(binance):
            assert [requests.get(f"{binance.url}/api/v3/ping").status_code for _ in range(2)] == [503, 200]

        @pytest.mark.binance(permissions=["USER_DATA"])
        def test_permissions(binance):
            assert signed(binance, "GET", "/api/v3/account").status_code == 200
            assert place(binance, "BUY", "0.1").json()["code"] == -2015
        """
    )
    result.assert_outcomes(passed=10)


def test_markers_add_up_and_the_nearest_wins(project: Project) -> None:
    result = project.run(
        """
        import pytest

        pytestmark = pytest.mark.binance(frozen_at=1_000, seed=3, balances={"USDT": "1"})

        def shown(binance):
            return binance.clock.now_ms, binance.account.balance("USDT").free[0], len(binance.faults)

        def test_module(binance):
            assert shown(binance) == (1_000, "1", 0)

        @pytest.mark.binance(frozen_at=2_000)
        class TestClass:
            def test_class(self, binance):
                assert shown(binance) == (2_000, "1", 0)

            @pytest.mark.binance(balances={"USDT": "3"}, faults=[{"kind": "error_500"}])
            def test_test(self, binance):
                assert shown(binance) == (2_000, "3", 1)

            @pytest.mark.binance(frozen_at=3_000)
            @pytest.mark.binance(frozen_at=4_000, balances=None)
            def test_the_upper_one_is_nearer_the_reader(self, binance):
                assert shown(binance)[0] == 4_000
        """
    )
    result.assert_outcomes(passed=4)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("balance={'USDT': '1'}", "@pytest.mark.binance has no option 'balance'; did you mean 'balances'?; *"),
        ("frozen=1", "@pytest.mark.binance has no option 'frozen'; did you mean 'frozen_at'?; *"),
        (
            "qqq=1",
            "@pytest.mark.binance has no option 'qqq'; its options are seed, frozen_at, balances, symbols, limits, "
            "faults, permissions",
        ),
        ("{'USDT': '1'}", "@pytest.mark.binance takes options by name, such as *, not {'USDT': '1'}"),
    ],
    ids=["balance", "frozen", "far", "positional"],
)
@pytest.mark.parametrize("uses", ["binance", "tmp_path"])
def test_a_wrong_option_is_an_error_whether_or_not_the_fixture_is_used(
    project: Project, call: str, message: str, uses: str
) -> None:
    result = project.run(
        f"""
        import pytest

        @pytest.mark.binance({call})
        def test_it({uses}):
            pass
        """,
        "--strict-markers",
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message.replace("[", "[[]")])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_wrong_value_names_what_is_wrong(project: Project) -> None:
    result = project.run(
        """
        import pytest

        @pytest.mark.binance(limits={"ORDER/10s": 5})
        def test_it(binance):
            pass
        """
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["options: limits.ORDER/10s: is no limit; did you mean 'ORDERS/10s'?*"])
