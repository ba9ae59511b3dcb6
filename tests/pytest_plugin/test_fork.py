"""`binance_fork`: copies of a test's world."""

from __future__ import annotations

from binance_mock import Mock

from .conftest import Project


def test_copies_under_given_start_equal_without_a_suppressed_health_check(project: Project) -> None:
    result = project.run(
        """
        import pytest
        from hypothesis import given, settings, strategies as st
        from trading import place

        ran = []

        @pytest.mark.binance(frozen_at=1_700_000_000_000, balances={"USDT": "50000"})
        @settings(max_examples=30, deadline=None, suppress_health_check=(), database=None, derandomize=True)
        @given(st.integers(1, 3))
        def test_orders(binance_fork, count):
            with binance_fork() as world:
                assert len(world.requests) == 0
                assert world.clock.now_ms == 1_700_000_000_000
                assert world.account.balance("USDT") == ("50000.00000000", "0.00000000")
                ids = [place(world, "BUY", "0.1").json()["orderId"] for _ in range(count)]
                world.clock.advance(hours=1)
                world.assert_accepted(count, "/api/v3/order")
                ran.append((count, ids, world.api_key))

        def test_what_they_did(binance_server):
            assert {count for count, _, _ in ran} == {1, 2, 3}
            assert len({key for _, _, key in ran}) == len(ran)
            longest = max((ids for _, ids, _ in ran), key=len)
            assert all(ids == longest[:count] for count, ids, _ in ran)
            assert list(binance_server.worlds) == ["default"]
        """
    )
    result.assert_outcomes(passed=2)


def test_copies_are_made_of_binance_where_the_test_uses_it(project: Project) -> None:
    result = project.run(
        """
        import pytest
        from trading import place

        @pytest.mark.binance(balances={"BTC": "1"}, frozen_at=1_700_000_000_000)
        def test_it(binance, binance_fork):
            place(binance, "SELL", "0.25", price="90000")
            with binance_fork() as one, binance_fork() as two:
                assert one.account.balance("BTC") == two.account.balance("BTC") == ("0.75000000", "0.25000000")
                place(one, "SELL", "0.25")
                one.clock.advance(hours=1)
                assert two.account.balance("BTC") == binance.account.balance("BTC") == ("0.75000000", "0.25000000")
                assert one.account.balance("BTC").free == "0.50000000"
                assert binance.clock.now_ms == two.clock.now_ms == one.clock.now_ms - 3_600_000
                assert len({binance.api_key, one.api_key, two.api_key}) == 3

        def test_the_next_one_starts_anew(binance_fork):
            with binance_fork() as world:
                assert world.account.balance("USDT").free == "1000000.00000000"
                assert world.clock.mode == "live"

        def test_worlds_do_not_pile_up(binance_server):
            assert list(binance_server.worlds) == ["default"]
        """
    )
    result.assert_outcomes(passed=3)


def test_copies_on_a_server_elsewhere(project: Project, elsewhere: Mock) -> None:
    """The last test of a run is the one whose worlds outlive the connection most easily."""
    result = project.run(
        """
        def test_it(binance_fork):
            with binance_fork() as one:
                one.clock.freeze(1_000)
            with binance_fork() as two:
                assert two.clock.mode == "live"
        """,
        f"--binance-url={elsewhere.url}",
    )
    result.assert_outcomes(passed=1)
    assert list(elsewhere.worlds) == ["default"]


def test_a_failing_example_shows_what_its_copy_received(project: Project) -> None:
    result = project.run(
        """
        from hypothesis import given, settings, strategies as st
        from trading import place

        @settings(max_examples=30, deadline=None, database=None, derandomize=True)
        @given(st.integers(1, 50))
        def test_orders(binance_fork, count):
            with binance_fork() as world:
                for _ in range(min(count, 3)):
                    place(world, "BUY", "0.1")
                assert count < 2
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*assert 2 < 2", "*- requests that binance-mock received -*", "2, at http://127.0.0.1:*/w/*:", "#1 *", "#2 *"],
    )
    result.stdout.no_fnmatch_line("#3 *")
