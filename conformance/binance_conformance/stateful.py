"""A Hypothesis state machine that drives a client under test beside the exchange's truth.

`ClientStateful` is the suite for pytest and unittest, `run` plays it from any code, and `ClientMachine` is the state
machine, to be derived from. What is demanded of the client stands in `duel`. A failure is shrunk to few calls, and
shows the script that plays them again.
"""

from __future__ import annotations

import unittest
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar, Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from binance_conformance import strategies
from binance_conformance.duel import AnyClient, Broken, Duel, market_of, stage_of
from binance_conformance.operations import (
    Account,
    AmendOrder,
    CancelOrder,
    ExchangeInfo,
    OpenOrders,
    Price,
    QueryOrder,
    Venue,
)
from binance_conformance.rules import SymbolRules, read_rules
from binance_conformance.stage import Stage
from binance_conformance.subject import Subject

__all__ = ["AnyClient", "Broken", "ClientMachine", "ClientStateful", "Duel", "read_market", "run", "stage_of"]

VENUES: Final[tuple[Venue, ...]] = ("spot", "usdm", "options")
_BODIES: Final = ("truncated_body", "empty_body", "html_body", "garbage_body")
_LOST: Final = ("unknown_503", "error_500", "timeout_504", "reset_before", "reset_after", *_BODIES)
_LOSSES: Final = ("unavailable_503", "internal_503", "overloaded_503", "firewall_403", *_LOST)
_TYPES: Final = ("LIMIT", "LIMIT_MAKER", "MARKET")
"""What is placed: orders that wait for a price are kept apart on futures, and asked for in another way."""
_LIMITS: Final = ("too_many_429", "banned_418")
_WEIGHT: Final = 1000
"""A minute's weight where it is made scarce."""


class ClientMachine(RuleBasedStateMachine):
    """Places, cancels, asks, lets time pass and things go wrong; every step is judged by a `Duel`.

    Derive from it to add rules. `self.duel` is the client and the truth.

    Args:
        stage: an open stage with the client before it.
        client: its name, for scripts.
        venue: where it trades.
    """

    placed = Bundle("placed")

    def __init__(self, stage: Stage, client: AnyClient, venue: Venue) -> None:
        super().__init__()
        self.duel = Duel(client, venue=venue, stage=stage).__enter__()
        self.ground = self.duel.scene.ground
        self.kit_clock = self.duel.scene.kit_clock
        self._ids = 0

    @initialize()
    def look(self) -> None:
        """Read the rules and the market once, before anything happens."""
        self.symbol, self.market = read_market(self.duel)

    def teardown(self) -> None:
        """Remove the world."""
        self.duel.__exit__(None, None, None)

    # -- the caller ---------------------------------------------------------------------------------------------

    @rule(target=placed, data=st.data())
    def place(self, data: st.DataObject) -> Any:
        """Place an order that the exchange takes, with an id of the caller's choice."""
        self._ids += 1
        own = f"{data.draw(st.sampled_from(('own', 'a-b', 'X_1')))}-{self._ids}"
        types = [
            each for each in strategies.ORDER_TYPES[self.symbol.venue] if "STOP" not in each and "TAKE" not in each
        ]
        order = data.draw(
            strategies.orders(self.symbol, self.market, types=types, worth=500, ids=st.just(own)), label="order"
        )
        return own if self.duel.call(order).arrived else multiple()

    @rule(target=placed)
    def place_resting(self) -> str:
        """Place an order that stays in the book."""
        return self._rest()

    @rule()
    def place_without_id(self) -> None:
        """Place an order and leave the id to the client."""
        self.duel.call(self.ground.resting())

    @rule(text=strategies.hostile_text())
    def place_with_hostile_id(self, text: str) -> None:
        """Place an order under an id that the exchange may well refuse, but not for its signature."""
        self.duel.call(self.ground.resting(text or None))

    @rule(own=placed)
    def cancel(self, own: str) -> None:
        """Cancel an order, which may be over or never have been there."""
        self.duel.call(CancelOrder(symbol=self.ground.symbol, client_order_id=own))

    @precondition(lambda self: self.ground.venue == "usdm")
    @rule(own=placed, data=st.data())
    def amend(self, own: str, data: st.DataObject) -> None:
        """Change price and quantity of an order, which may be over or never have been there."""
        at = Decimal(self.market)
        price = data.draw(strategies.prices(self.symbol, at * Decimal("0.8"), at * Decimal("0.9")), label="price")
        quantity = data.draw(strategies.quantities(self.symbol, Decimal("0.005"), Decimal("0.02")), label="quantity")
        wanted = AmendOrder(symbol=self.ground.symbol, side="BUY", quantity=quantity, price=price, client_order_id=own)
        self.duel.call(wanted)

    @rule(own=placed)
    def query(self, own: str) -> None:
        """Ask for an order."""
        self.duel.call(QueryOrder(symbol=self.ground.symbol, client_order_id=own))

    @rule()
    def open_orders(self) -> None:
        """Ask for the open orders."""
        self.duel.call(OpenOrders(symbol=self.ground.symbol))

    @rule()
    def account(self) -> None:
        """Ask for the balances."""
        self.duel.call(Account())

    def _rest(self) -> str:
        self._ids += 1
        own = f"rest-{self._ids}"
        self.duel.call(self.ground.resting(own))
        return own

    # -- the exchange -------------------------------------------------------------------------------------------

    @rule(fault=strategies.faults(_LOSSES))
    def lose(self, fault: strategies.Fault) -> None:
        """Let the next answers be lost or bad."""
        self.duel.fault(fault.kind, **fault.settings)

    @rule(target=placed, fault=strategies.faults(_LOST, method="POST"))
    def lose_an_order(self, fault: strategies.Fault) -> str:
        """Place an order whose answer is lost or bad, whether or not it took effect."""
        self.duel.fault(fault.kind, **fault.settings)
        return self._rest()

    @rule(fault=strategies.faults(_BODIES, method="GET"))
    def lose_an_account(self, fault: strategies.Fault) -> None:
        """Ask for the balances, and let the answer be unreadable."""
        for path in self.ground.account:
            self.duel.fault(fault.kind, path=path, **fault.settings)
        self.duel.call(Account())

    @rule(fault=strategies.faults(_LIMITS, most=1))
    def limit(self, fault: strategies.Fault) -> None:
        """Let the next call be one too many."""
        short = {} if self.kit_clock else dict.fromkeys(set(fault.settings) & {"retry_after", "seconds"}, 1)
        self.duel.fault(fault.kind, **{**fault.settings, **short})

    @rule(share=st.integers(5, 20))
    def move(self, share: int) -> None:
        """Move the market down through orders that rest, and back."""
        at = Decimal(self.ground.far) * share / 10 // self.symbol.tick_size * self.symbol.tick_size
        low, high = self.symbol.band("BUY", Decimal(self.market))
        if low <= at <= high:
            self.duel.set_price(strategies.plain(at))
            self.duel.set_price(strategies.plain(Decimal(self.market)))

    @precondition(lambda self: self.kit_clock)
    @rule(ms=st.sampled_from((1, 999, 1000, 10_000, 60_000, 300_001, 3_600_000)))
    def advance(self, ms: int) -> None:
        """Let time pass."""
        self.duel.advance(ms)

    @precondition(lambda self: self.kit_clock)
    @rule(calls=st.integers(10, 60))
    def hurry(self, calls: int) -> None:
        """Make weight scarce, tell the client, and ask more than a minute allows."""
        self.duel.limit_weight(_WEIGHT)
        self.duel.call(ExchangeInfo(symbols=(self.ground.symbol,)))
        for _ in range(calls):
            self.duel.call(Price(symbol=self.ground.symbol))
        self.duel.call(OpenOrders())


def read_market(duel: Duel) -> tuple[SymbolRules, str]:
    """The rules and the last price of the symbol of a duel's ground, by the exchange itself."""
    import requests

    ground, world = duel.scene.ground, duel.world
    with world.fork() as copy:
        session = copy.session() if duel.scene.in_process else requests.Session()
        with session:
            info = session.get(f"{copy.url}{ground.info}", timeout=30).json()
        market = str(market_of(copy, ground.venue).market(ground.symbol)["last_price"])
    rows = info.get("optionSymbols") or info["symbols"]
    return read_rules(ground.venue, next(row for row in rows if row["symbol"] == ground.symbol)), market


def run(
    client: AnyClient,
    venue: Venue = "spot",
    *,
    stage: Stage | None = None,
    machine: type[ClientMachine] = ClientMachine,
    how: settings | None = None,
) -> None:
    """Let Hypothesis look for calls after which a demand on the client is not met.

    Args:
        client: the client under test.
        venue: where it trades.
        stage: an open one with it, which stays open; by default there is one of its own.
        machine: the state machine.
        how: Hypothesis' settings: examples, steps, a fixed seed.

    Raises:
        Broken: a demand is not met; the text has the script.
        DriverFailed: the client cannot be asked.
    """
    if stage is not None:
        made: Any = partial(machine, stage, client, venue)  # its stubs ask for a class; any callable will do
        run_state_machine_as_test(made, settings=how)
        return
    own = stage_of(client)
    try:
        own.open()
        run(client, venue, stage=own, machine=machine, how=how)
    finally:
        own.close()


class ClientStateful(unittest.TestCase):
    """A test class for pytest and unittest: derive from it and name the client.

        class TestMyClient(ClientStateful):
            command = ("node", "driver.mjs")     # or: subject = MySubject

    Attributes:
        command: starts a driver, as words or as a shell would read it.
        subject: makes a client in Python, which is then called without a process.
        without_socket: whether that client sends by the session that it is given, and so needs no socket.
        venues: where it is tried; those where it does not trade are skipped.
        machine: the state machine.
        how: Hypothesis' settings, those of the profile when None.
    """

    __test__ = False
    command: ClassVar[Sequence[str] | str] = ()
    subject: ClassVar[Callable[[], Subject] | None] = None
    without_socket: ClassVar[bool] = False
    venues: ClassVar[Sequence[str]] = VENUES
    machine: ClassVar[type[ClientMachine]] = ClientMachine
    how: ClassVar[settings | None] = None
    _client: ClassVar[AnyClient]
    _stage: ClassVar[Stage]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.__test__ = bool(cls.command or cls.subject)

    @classmethod
    def setUpClass(cls) -> None:
        if not cls.__test__:
            raise unittest.SkipTest("a class to derive from: it names no client")
        cls._client = cls.subject() if cls.subject is not None else cls.command
        cls._stage = stage_of(cls._client, without_socket=cls.without_socket)
        cls.addClassCleanup(cls._stage.close)
        cls._stage.open()

    def test_spot(self) -> None:
        """On spot."""
        self._play("spot")

    def test_usdm(self) -> None:
        """On USDⓈ-M futures."""
        self._play("usdm")

    def test_options(self) -> None:
        """On European options."""
        self._play("options")

    def _play(self, venue: Venue) -> None:
        assert self._stage.client is not None
        if venue not in self.venues or venue not in self._stage.client.capabilities.venues:
            self.skipTest(f"the client is not tried at {venue}")
        run(self._client, venue, stage=self._stage, machine=self.machine, how=self.how)
