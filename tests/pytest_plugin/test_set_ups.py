"""The fixtures in the set-ups that people have: other plugins, event loops, unittest, processes and threads."""

from __future__ import annotations

import pytest

from .conftest import Project

TRADES = """
    import pytest
    from trading import place

    @pytest.mark.parametrize("run", range(8))
    @pytest.mark.binance(balances={"USDT": "20000", "BTC": "1"})
    def test_trade(binance, run):
        for side in ("BUY", "SELL") * 3:
            assert place(binance, side, "0.1").json()["status"] == "FILLED"
        binance.assert_accepted(6, "/api/v3/order", "POST")
        binance.assert_no_duplicates()
        assert binance.account.balance("BTC").locked == "0.00000000"
        assert len(binance.requests) == 6
    """

# -- other plugins --------------------------------------------------------------------------------------------------


def test_xdist(project: Project) -> None:
    result = project.run_apart(TRADES, "-n4", plugins=["xdist.plugin"])
    result.assert_outcomes(passed=8)


def test_xdist_with_one_server_for_all_workers(project: Project, guarded: str) -> None:
    project.write("pytest.ini", f"[pytest]\nbinance_url = {guarded}\nbinance_token = open-sesame\n")
    project.run_apart(TRADES, "-n2", plugins=["xdist.plugin"]).assert_outcomes(passed=8)


MORE = """
    ids = set()

    @pytest.mark.parametrize("run", range(2))
    @pytest.mark.binance(seed=5)
    def test_ids_do_not_depend_on_the_order(binance, run):
        ids.add(place(binance, "BUY", "0.1", price="70000").json()["orderId"])
        assert len(ids) == 1

    @pytest.mark.binance(frozen_at=1_700_000_000_000)
    class TestMore:
        def test_one(self, binance):
            assert len(binance.requests) == 0

        def test_two(self, binance_fork):
            with binance_fork() as world:
                assert world.clock.now_ms == 1_700_000_000_000
    """


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_randomly(project: Project, seed: int) -> None:
    result = project.run_apart(TRADES + MORE, f"--randomly-seed={seed}", plugins=["pytest_randomly"])
    result.assert_outcomes(passed=12)


ASYNC_TESTS = """
    import asyncio
    import httpx
    import pytest, pytest_asyncio
    from trading import place

    {mark}
    async def test_in_a_loop(binance):
        async with httpx.AsyncClient(base_url=binance.url + "/") as client:
            answers = await asyncio.gather(*(client.get("api/v3/time") for _ in range(5)))
        assert [answer.status_code for answer in answers] == [200] * 5
        assert len(binance.requests) == 5

    {mark}
    async def test_blocking_calls_in_a_loop(binance, binance_fork):
        assert place(binance, "BUY", "0.1").status_code == 200
        with binance_fork() as world:
            assert (await asyncio.to_thread(place, world, "BUY", "0.1")).status_code == 200
        asyncio.get_running_loop()

    @pytest_asyncio.fixture
    async def client(binance):
        async with httpx.AsyncClient(base_url=binance.url + "/") as client:
            yield client

    {mark}
    async def test_an_async_fixture_on_top(client, binance):
        await client.get("api/v3/ping")
        binance.assert_accepted(1, "/api/v3/ping")

    def test_outside_of_a_loop(binance):
        assert place(binance, "BUY", "0.1").status_code == 200
    """


@pytest.mark.parametrize(("mode", "mark"), [("auto", ""), ("strict", "@pytest.mark.asyncio")])
def test_pytest_asyncio(project: Project, mode: str, mark: str) -> None:
    project.write("pytest.ini", "[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    source = ASYNC_TESTS.format(mark=mark)
    result = project.run_apart(source, f"--asyncio-mode={mode}", plugins=["pytest_asyncio.plugin"])
    result.assert_outcomes(passed=4)


def test_anyio(project: Project) -> None:
    result = project.run_apart(
        """
        import anyio, httpx, pytest

        pytestmark = pytest.mark.anyio

        @pytest.fixture(params=["asyncio", "asyncio+uvloop"])
        def anyio_backend(request):
            name, _, uvloop = request.param.partition("+")
            return name, {"use_uvloop": bool(uvloop)}

        @pytest.fixture
        async def client(binance):
            async with httpx.AsyncClient(base_url=binance.url + "/") as client:
                yield client

        async def test_it(client, binance):
            async with anyio.create_task_group() as group:
                for _ in range(5):
                    group.start_soon(client.get, "api/v3/ping")
            binance.assert_accepted(5, "/api/v3/ping")
        """,
        plugins=["anyio.pytest_plugin"],
    )
    result.assert_outcomes(passed=2)


# -- event loops ----------------------------------------------------------------------------------------------------


def test_a_test_may_do_with_its_event_loop_what_it_likes(project: Project) -> None:
    result = project.run(
        """
        import asyncio
        from trading import place

        async def ask(binance):
            return await asyncio.to_thread(place, binance, "BUY", "0.1")

        def test_runs_one(binance):
            assert asyncio.run(ask(binance)).status_code == 200

        def test_closes_its_own(binance):
            loop = asyncio.new_event_loop()
            asyncio.set_event_loop(loop)
            assert loop.run_until_complete(ask(binance)).status_code == 200
            loop.close()
            asyncio.set_event_loop(None)

        def test_leaves_a_closed_one_in_place(binance):
            loop = asyncio.new_event_loop()
            asyncio.set_event_loop(loop)
            loop.close()

        def test_changes_the_policy(binance):
            class Policy(asyncio.DefaultEventLoopPolicy):
                def new_event_loop(self):
                    raise RuntimeError("no loop for nobody")

            asyncio.set_event_loop_policy(Policy())
            try:
                assert place(binance, "BUY", "0.1").status_code == 200
            finally:
                asyncio.set_event_loop_policy(None)

        def test_runs_one_again(binance):
            assert asyncio.run(ask(binance)).status_code == 200
            assert len(binance.requests) == 1
        """
    )
    result.assert_outcomes(passed=5)


# -- unittest -------------------------------------------------------------------------------------------------------


def test_unittest(project: Project) -> None:
    result = project.run(
        """
        import asyncio, unittest
        import httpx, pytest
        from trading import place

        class TestByFixture(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def use(self, binance):
                self.binance = binance

            def setUp(self):
                assert place(self.binance, "BUY", "0.1").status_code == 200

            def test_one(self):
                self.binance.assert_accepted(1, "/api/v3/order")

            @pytest.mark.binance(frozen_at=1_000_000_000_000)
            def test_two(self):
                assert len(self.binance.requests) == 1
                assert self.binance.clock.now_ms == 1_000_000_000_000

        @pytest.mark.binance(frozen_at=2_000_000_000_000)
        @pytest.mark.usefixtures("intercepted")
        class TestByMark(unittest.TestCase):
            def test_one(self):
                assert httpx.get("https://api.binance.com/api/v3/time").json() == {"serverTime": 2_000_000_000_000}

        class TestAsync(unittest.IsolatedAsyncioTestCase):
            @pytest.fixture(autouse=True)
            def use(self, binance):
                self.binance = binance

            async def asyncSetUp(self):
                self.client = httpx.AsyncClient(base_url=self.binance.url + "/")

            async def asyncTearDown(self):
                await self.client.aclose()

            async def test_one(self):
                await asyncio.gather(*(self.client.get("api/v3/ping") for _ in range(3)))
                self.binance.assert_accepted(3, "/api/v3/ping")

        @pytest.fixture
        def intercepted(binance_intercept):
            return binance_intercept
        """
    )
    result.assert_outcomes(passed=4)


def test_unittest_fails_with_a_report(project: Project) -> None:
    result = project.run(
        """
        import unittest
        import pytest, requests

        class TestIt(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def use(self, binance):
                self.binance = binance

            def test_it(self):
                requests.get(f"{self.binance.url}/api/v3/ping")
                self.fail("as it must")
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*- requests that binance-mock received -*", "1, at *", "#1 * GET /api/v3/ping 200 *"])


# -- processes and threads ------------------------------------------------------------------------------------------


def test_other_processes(project: Project) -> None:
    """The fixture itself goes to a child that is spawned, and is a remote face there; so do URL and key pair."""
    project.write(
        "work.py",
        "from types import SimpleNamespace\n"
        "from trading import place, signed\n\n"
        "def with_the_mock(binance):\n"
        "    assert place(binance, 'BUY', '0.1').status_code == 200\n"
        "    with binance.fork() as world:\n"
        "        world.clock.advance(seconds=1)\n"
        "    return binance.clock.now_ms, len(binance.requests), binance.account.balance('USDT').locked\n\n"
        "def with_plain_values(url, key, secret, now):\n"
        "    clock = SimpleNamespace(now_ms=now)\n"
        "    face = SimpleNamespace(url=url, api_key=key, api_secret=secret, clock=clock)\n"
        "    return signed(face, 'GET', '/api/v3/account').status_code\n",
    )
    result = project.run_apart(
        """
        import multiprocessing
        import pytest
        from concurrent.futures import ProcessPoolExecutor
        from work import with_plain_values, with_the_mock

        @pytest.mark.binance(frozen_at=1_700_000_000_000)
        def test_it(binance):
            context = multiprocessing.get_context("spawn")
            with ProcessPoolExecutor(1, mp_context=context) as pool:
                assert pool.submit(with_the_mock, binance).result(30) == (1_700_000_000_000, 1, "0.00000000")
                pair = binance.url, binance.api_key, binance.api_secret
                assert pool.submit(with_plain_values, *pair, 1_700_000_000_000).result(30) == 200
            assert [seen.path for seen in binance.requests] == ["/api/v3/order", "/api/v3/account"]
            assert binance.clock.now_ms == 1_700_000_000_000
        """
    )
    result.assert_outcomes(passed=1)


def test_threads(project: Project) -> None:
    result = project.run(
        """
        from concurrent.futures import ThreadPoolExecutor
        import pytest
        from trading import place

        @pytest.mark.binance(balances={"USDT": "1000000"}, limits={"ORDERS/10s": 1000, "ORDERS/1d": 1000})
        def test_it(binance, binance_fork):
            def work(number):
                with binance_fork() as world:
                    world.clock.advance(seconds=number)
                    assert len(world.worlds) >= 2
                return place(binance, "BUY", "0.001", price="70000").json()["orderId"]

            with ThreadPoolExecutor(8) as pool:
                ids = list(pool.map(work, range(40)))
            assert sorted(ids) == list(range(min(ids), min(ids) + 40))
            binance.assert_accepted(40, "/api/v3/order", "POST")
            assert binance.account.balance("USDT").locked == "2800.00000000"
            assert len(binance.worlds) == 2
        """
    )
    result.assert_outcomes(passed=1)
