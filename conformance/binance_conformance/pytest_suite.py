"""Checks as tests of pytest: a class to derive from, in the project of a client's author.

    from binance_conformance.pytest_suite import ClientConformance

    class TestMyClient(ClientConformance):
        command = ("node", "driver.mjs")     # or: subject = MySubject
        checks = ("faults", "signing.*")
        known_failing = ("faults.read-repeated",)

Each case is a test. Without a class: `pytest --binance-driver "node driver.mjs" --pyargs binance_conformance.suite`.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

import pytest

from binance_conformance import checks as families
from binance_conformance.cases import Case, UnusableSelection, cases_of, select
from binance_conformance.clients import ClientSpec
from binance_conformance.drivers import PATIENCE_S, Driver, DriverFailed, InProcessDriver
from binance_conformance.results import Level, State
from binance_conformance.stage import Stage
from binance_conformance.subject import Subject
from binance_conformance.terminal import failure


class ClientConformance:
    """The checks as tests of one client. Derive from it, and say which client.

    Attributes:
        command: starts a driver, as words or as a shell would read it; see docs/drivers.md.
        subject: makes a client in Python, which is then called without a process.
        without_socket: whether that client sends by the session that it is given, and so needs no socket.
        checks: only these, as patterns; all when empty.
        skip: not these.
        level: only what matters at least so much: MUST, SHOULD or MAY.
        venues: only there.
        known_failing: these fail, and have to go on failing.
        patience_s: real seconds that a driver may take for an answer.
    """

    command: ClassVar[Sequence[str] | str] = ()
    subject: ClassVar[Callable[[], Subject] | None] = None
    without_socket: ClassVar[bool] = False
    checks: ClassVar[Sequence[str]] = ()
    skip: ClassVar[Sequence[str]] = ()
    level: ClassVar[str | None] = None
    venues: ClassVar[Sequence[str]] = ()
    known_failing: ClassVar[Sequence[str]] = ()
    patience_s: ClassVar[float] = PATIENCE_S

    @classmethod
    def settle(cls, config: pytest.Config) -> None:
        """Take settings from pytest's own, before tests are collected. There are none unless a class says so."""

    @classmethod
    def driver(cls) -> Driver:
        """The client's driver.

        Raises:
            UsageError: the class names no client.
        """
        if cls.subject is not None:
            return InProcessDriver(cls.subject(), in_process=cls.without_socket)
        words = shlex.split(cls.command) if isinstance(cls.command, str) else list(cls.command)
        if not words:
            raise pytest.UsageError(f"{cls.__name__} names no client: set `command` or `subject`")
        return ClientSpec(tuple(words), cls.patience_s).driver()

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """A test for each case."""
        if "conformance_case" not in metafunc.fixturenames:
            return
        self.settle(metafunc.config)
        every = cases_of(families.ALL)
        try:
            level = None if self.level is None else Level(self.level)
            cases = select(every, self.checks, level=level, venues=self.venues, skip=self.skip)
            for pattern in self.known_failing:
                select(every, (pattern,))
        except (UnusableSelection, ValueError) as error:
            raise pytest.UsageError(f"{type(self).__name__}: {error}") from error
        metafunc.parametrize("conformance_case", cases, ids=lambda case: case.name)

    @pytest.fixture(scope="class")
    def conformance_stage(self) -> Iterator[Stage]:
        """An exchange with the client before it, for all tests of the class."""
        stage = Stage(type(self).driver())
        try:
            stage.open()
        except DriverFailed as error:
            stage.fault = error
        yield stage
        stage.close()

    def test_check(self, conformance_stage: Stage, conformance_case: Case) -> None:
        """Play a case."""
        __tracebackhide__ = True
        stage, case = conformance_stage, conformance_case
        if stage.fault is not None:
            pytest.fail(f"the driver failed before: {stage.fault}", pytrace=False)
        result = stage.play(case)
        known = any(case.fits(pattern) for pattern in self.known_failing)
        if result.state is State.SKIPPED:
            pytest.skip(result.reason)
        if result.state is State.ERROR:
            pytest.fail(str(stage.fault or result.reason), pytrace=False)
        if result.state is State.FAILED and known:
            pytest.xfail(result.reason)
        if result.state is State.FAILED:
            pytest.fail(failure(result, case.check.info), pytrace=False)
        if known:
            pytest.fail("it passes now; take it out of `known_failing`", pytrace=False)
