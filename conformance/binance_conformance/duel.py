"""A client under test and the exchange's truth, side by side.

After each call the two are compared, and what the client sent is judged. The truth is read from a copy of the world, by
the reference client, so asking for it costs no weight, moves no clock and leaves no trace. What is demanded:

- every signature is accepted;
- an order that was asked for once is placed once, and none that was not asked for;
- what the client tells of an order is so: accepted is placed, refused or to be tried later is not placed;
- once it has asked, the client's view of orders and balances is the exchange's;
- a client that promises to mind limits sends nothing between a 429 and the end of the wait that was told, and nothing
  while the address is banned.

A demand that is not met ends in `Broken`, whose text ends with a script that plays the same calls again.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import TracebackType
from typing import Any, Final, Self

import msgspec

from binance_conformance.clients import ClientSpec
from binance_conformance.drivers import InProcessDriver
from binance_conformance.operations import (
    RESULTS,
    Account,
    AllOrders,
    AmendOrder,
    AnyOperation,
    BalanceView,
    CancelOrder,
    OpenOrders,
    Operation,
    OrderView,
    PlaceOrder,
    QueryOrder,
    TryOrder,
    Venue,
)
from binance_conformance.protocol import Configure, Key, KeyType, OutcomeKind, Promise
from binance_conformance.reference.driver import ReferenceDriver
from binance_conformance.scene import Scene, SceneClock, Told
from binance_conformance.stage import Stage
from binance_conformance.subject import Subject
from binance_mock.face.journal import Seen
from binance_mock.face.market import MarketFace
from binance_mock.face.mock import Mock

AnyClient = str | Sequence[str] | Subject
"""A client as a user names it: the command of a driver, as words or as a shell would read it; `"reference"` or
`"mutant:NAME"`; or a subject in Python.
"""

_BAD_SIGNATURE: Final = -1022
_END_OF_BAN: Final = re.compile(r"\b\d{13}\b")
_MINUTE_MS: Final = 60_000
_UNSURE: Final = (OutcomeKind.UNKNOWN, OutcomeKind.NETWORK, OutcomeKind.CRASH)
_DECIMALS: Final = ("price", "quantity", "executed_quantity")
_COMPARED: Final = ("order_id", "client_order_id", "symbol", "side", "status", *_DECIMALS)
_SHOWN: Final = 25


class Broken(AssertionError):
    """The client did not do what is demanded.

    Attributes:
        reason: what it did, in a sentence.
        script: Python that plays the same calls again.
    """

    def __init__(self, reason: str, expected: str, found: str, evidence: Sequence[str], script: str) -> None:
        self.reason = reason
        self.script = script
        shown = evidence[-_SHOWN:]
        cut = [f"  ... {len(evidence) - len(shown)} lines before"] if len(shown) < len(evidence) else []
        lines = [reason, f"  expected: {expected}", f"  found:    {found}", "what happened:", *cut]
        lines += [f"  {line}" for line in shown]
        super().__init__("\n".join([*lines, "to play it again:", "", script]))


def stage_of(client: AnyClient, *, without_socket: bool = False) -> Stage:
    """A stage with a client before it, not yet open.

    Args:
        client: the client under test.
        without_socket: whether a subject sends by the session that it is given, and so needs no socket.

    Raises:
        UnknownClient: there is no such mutant.
    """
    if isinstance(client, str | Sequence):
        words = shlex.split(client) if isinstance(client, str) else client
        return Stage(ClientSpec(tuple(words)).driver())
    return Stage(InProcessDriver(client, in_process=without_socket))


class Duel:
    """A client and the truth, in a world of their own.

        with Duel("reference", venue="spot") as duel:
            duel.fault("reset_after", method="POST", times=1)
            duel.call(PlaceOrder(symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.001"))

    Args:
        client: the client under test.
        venue: where it trades.
        key_type: what it signs with.
        stage: an open one to play on, which stays open; by default there is one of its own.
        without_socket: whether a subject sends by the session that it is given.

    Raises:
        Skipped: on entering it, the client cannot be made.

    Attributes:
        told: what the client told its caller, call by call.
    """

    def __init__(
        self,
        client: AnyClient,
        *,
        venue: Venue = "spot",
        key_type: KeyType = "hmac",
        stage: Stage | None = None,
        without_socket: bool = False,
    ) -> None:
        self._name = client
        self._venue: Venue = venue
        self._key_type: KeyType = key_type
        self._own = stage is None
        self._stage = stage_of(client, without_socket=without_socket) if stage is None else stage
        self._lines: list[str] = []
        self._operations: set[str] = set()
        self._seen = 0
        self._closed_until = 0
        self._waits: dict[str, int] = {}
        self._scene: Scene | None = None
        self.told: list[Told] = []

    def __enter__(self) -> Self:
        if self._own:
            self._stage.open()
        client = self._stage.client
        assert client is not None, "the stage is not open"
        self.client = client
        self._scene = self._stage.scene("stateful", self._venue, self._key_type)
        try:
            self._scene.configure()  # Before anything goes wrong: some clients call the exchange when they are made.
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._scene is not None:
            self._scene.close()
        if self._own:
            self._stage.close()

    @property
    def scene(self) -> Scene:
        """The scene that it plays in, with its ground and its world."""
        assert self._scene is not None, "enter it first: with Duel(...) as duel"
        return self._scene

    @property
    def world(self) -> Mock:
        """The world that both live in. What is done to it directly is not in the script."""
        return self.scene.world

    @property
    def script(self) -> str:
        """Python that plays the same calls again."""
        name, line = self._named()
        settings = "" if self._key_type == "hmac" else f", key_type={self._key_type!r}"
        imports = sorted(self._operations)
        head = [f"from binance_conformance.operations import {', '.join(imports)}"] if imports else []
        head += ["from binance_conformance.stateful import Duel", "", *line]
        body = self._lines or ["pass"]
        return "\n".join([*head, f"with Duel({name}, venue={self._venue!r}{settings}) as duel:", *_indented(body), ""])

    # -- moves --------------------------------------------------------------------------------------------------

    def call(self, operation: Operation) -> Told:
        """Let the client do something, and judge it. What it has not, is no fault.

        Raises:
            Broken: a demand is not met.
        """
        self._operations.add(type(operation).__name__)
        self._lines.append(f"duel.call({source(operation)})")
        told = self.scene.try_call(operation)
        self.told.append(told)
        self._judge_requests(told)
        if isinstance(operation, PlaceOrder) and not isinstance(operation, TryOrder):
            self._judge_placing(operation, told)
        else:
            placed = sum(seen.orders for seen in told.arrived if seen.executed)
            if placed and isinstance(operation, Account | QueryOrder | OpenOrders | CancelOrder | AllOrders):
                self._broken("the client placed an order that nobody asked for", "no order", f"{placed} placed")
        if told.accepted:
            self._judge_view(operation, told)
        return told

    def fault(self, kind: str, **settings: Any) -> None:
        """Let something go wrong; see docs/faults.md."""
        self._lines.append(_line("fault", kind, settings))
        rule = self.world.faults.add(kind, venue=self._venue, **settings)
        self.scene.note(f"fault {kind} {settings}")
        if kind == "too_many_429" and settings.get("counter") != "orders":
            self._waits[rule["name"]] = int(rule["retry_after"] or 0) * 1000
        if kind == "banned_418":
            self._waits[rule["name"]] = int(rule["seconds"]) * 1000

    def advance(self, ms: int) -> None:
        """Let time pass. With a client on the machine's clock it really does."""
        self._lines.append(_line("advance", ms, {}))
        self.scene.pass_time(ms / 1000)

    def set_price(self, price: str, symbol: str | None = None) -> None:
        """Move the market: orders that the price passes are filled."""
        self._lines.append(_line("set_price", price, {} if symbol is None else {"symbol": symbol}))
        market_of(self.world, self._venue).set_price(symbol or self.scene.symbol, price)
        self.scene.note(f"the market moves to {price}")

    def limit_weight(self, limit: int) -> None:
        """Change how much request weight a minute allows."""
        self._lines.append(_line("limit_weight", limit, {}))
        self.world.limits.set("REQUEST_WEIGHT", "MINUTE", limit, venue=self._venue)
        self.scene.note(f"{limit} of request weight a minute")

    # -- demands ------------------------------------------------------------------------------------------------

    def truth(self, operation: Operation) -> Any:
        """What the exchange holds: the result of an operation on a copy of the world without faults and limits.

        Returns:
            the view; None when the exchange refuses the operation.
        """
        assert isinstance(operation, AnyOperation)
        with self._copy() as copy:
            driver = ReferenceDriver()
            session = copy.session() if self.scene.in_process else None
            settings = Configure(
                urls=dict.fromkeys(("spot", "usdm", "coinm", "options", "sapi"), copy.url),
                key=Key(type="hmac", api_key=copy.api_key, secret=copy.api_secret),
            )
            driver.configure(settings, _Surroundings(SceneClock(copy, lambda ms: None), session))
            outcome = driver.call(self._venue, operation)
        if outcome.outcome is not OutcomeKind.ACCEPTED:
            return None
        return msgspec.convert(outcome.result, RESULTS[type(operation)])

    def _copy(self) -> Mock:
        copy = self.world.fork()
        copy.faults.clear()
        copy.limits.unban(venue=self._venue)
        copy.limits.set("REQUEST_WEIGHT", "MINUTE", 10**6, venue=self._venue)
        return copy

    def _judge_requests(self, told: Told) -> None:
        minds = Promise.RATE_LIMITS in self.client.capabilities.promises
        for seen in told.arrived:
            if seen.seq <= self._seen:
                continue
            self._seen = seen.seq
            if seen.code == _BAD_SIGNATURE:
                why = f": {seen.diagnosis['summary']}" if seen.diagnosis else ""
                self._broken("a signature was not accepted", "a good signature", f"{_request(seen)}{why}")
            if minds and seen.time < self._closed_until:
                left = (self._closed_until - seen.time) / 1000
                self._broken(
                    "the client sent a request before the time that it was told", f"silence for {left:g} s more",
                    _request(seen),
                )  # fmt: skip
            self._closed_until = max(self._closed_until, self._closed(seen))

    def _closed(self, seen: Seen) -> int:
        """Until when nothing may be sent after an answer, 0 for at once."""
        if seen.status not in (418, 429) or seen.code == -1015:
            return 0
        wait = self._waits.get(seen.fault)
        if wait is not None:
            return seen.time + wait
        if seen.status == 429:  # Weight comes back with the next minute.
            return (seen.time // _MINUTE_MS + 1) * _MINUTE_MS
        ends = _END_OF_BAN.search(seen.msg)
        return int(ends[0]) if ends else 0

    def _judge_placing(self, order: PlaceOrder, told: Told) -> None:
        done = [seen for seen in told.arrived if seen.executed and seen.orders]
        placed = sum(seen.orders for seen in done)
        found = "; ".join(_request(seen) for seen in done) or "nothing arrived that took effect"
        if placed > 1:
            self._broken("one order that was asked for was placed more than once", "one order", found)
        if told.accepted and not placed and not self._was_there(order):
            self._broken("the client told success, and no order was placed", "an order at the exchange", found)
        if told.kind in (OutcomeKind.REFUSED, OutcomeKind.RETRY_LATER) and placed:
            self._broken(
                f"the client told {told.kind.value}, and the order was placed",
                "accepted or unknown",
                f"{told}; {found}",
            )
        if placed and told.kind in _UNSURE and not any(seen.fault for seen in told.arrived):
            self._broken("nothing went wrong, and the client does not know it", "accepted", str(told))

    def _was_there(self, order: PlaceOrder) -> bool:
        """Whether an order with its id was there before, so that the client may have found that one."""
        return order.client_order_id is not None and any(
            seen.executed and order.client_order_id in seen.params.values() for seen in self.scene.arrived()
        )

    def _judge_view(self, operation: Operation, told: Told) -> None:
        try:
            if RESULTS[type(operation)] is not None:
                told.view(RESULTS[type(operation)])  # type: ignore[arg-type]  # it is made for any form of type
        except msgspec.ValidationError as error:
            self._broken(
                "the client told success without a usable result", type(operation).__name__, f"{told}: {error}"
            )
        if isinstance(operation, AmendOrder):
            asked = QueryOrder(operation.symbol, operation.order_id, operation.client_order_id)
            self._same_orders([told.view(OrderView)], [self.truth(asked)], str(told))
        elif isinstance(operation, QueryOrder):
            self._same_orders([told.view(OrderView)], [self.truth(operation)], str(told))
        elif isinstance(operation, OpenOrders | AllOrders):
            self._same_orders(told.view(list[OrderView]), self.truth(operation), str(told))
        elif isinstance(operation, Account):
            self._same_balances(told.view(list[BalanceView]), self.truth(operation))

    def _same_orders(self, view: list[OrderView], truth: list[OrderView | None] | None, told: str) -> None:
        real = [each for each in truth or () if each is not None]
        expected = ", ".join(map(_order, real)) or "no order"
        if len(view) != len(real):
            self._broken("the client's view of orders is not the exchange's", expected, told)
        by_id = {each.order_id: each for each in real}
        for each in view:
            other = real[0] if len(real) == 1 else by_id.get(each.order_id)
            wrong = ["order_id"] if other is None else _differences(each, other)
            if wrong:
                self._broken(f"the client's view of an order is wrong in {', '.join(wrong)}", expected, _order(each))

    def _same_balances(self, view: list[BalanceView], truth: list[BalanceView]) -> None:
        told = {each.asset: each for each in view}
        for real in truth:
            mine = told.pop(real.asset, BalanceView(asset=real.asset, free="0", locked="0"))
            pairs = [(mine.free, real.free), (mine.locked, real.locked)]
            if any(a is not None and b is not None and Decimal(a) != Decimal(b) for a, b in pairs):
                self._broken("the client's view of a balance is not the exchange's", f"{real}", f"{mine}")
        for left in told.values():
            if Decimal(left.free):
                self._broken("the client tells of a balance that is not there", "none", f"{left}")

    def _broken(self, reason: str, expected: str, found: str) -> None:
        evidence = [f"{step.kind:8}{step.text}" for step in self.scene.steps]
        raise Broken(reason, expected, found, evidence, self.script)

    # -- script -------------------------------------------------------------------------------------------------

    def _named(self) -> tuple[str, list[str]]:
        """The client as Python, and the lines before it."""
        if isinstance(self._name, str):
            return repr(self._name), []
        if isinstance(self._name, Sequence):
            return repr(list(self._name)), []
        kind = type(self._name)
        return "client", [f"client = {kind.__qualname__}()  # of {kind.__module__}: the client under test", ""]


class _Surroundings:
    """Surroundings of the client that reads the truth."""

    def __init__(self, clock: SceneClock, session: Any) -> None:
        self.clock = clock
        self.session = session


def market_of(world: Mock, venue: str) -> MarketFace:
    """What moves the market of a venue."""
    faces: dict[str, MarketFace] = {
        "spot": world.spot, "usdm": world.usdm, "coinm": world.coinm, "options": world.options,
    }  # fmt: skip
    return faces[venue]


def source(operation: Operation) -> str:
    """An operation as Python: `PlaceOrder(symbol='BTCUSDT', ...)`, without what is left out."""
    given = [
        f"{name}={value!r}" for name in operation.__struct_fields__ if (value := getattr(operation, name)) is not None
    ]
    return f"{type(operation).__name__}({', '.join(given)})"


def _line(method: str, first: object, settings: Mapping[str, Any]) -> str:
    more = "".join(f", {name}={value!r}" for name, value in settings.items())
    return f"duel.{method}({first!r}{more})"


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _request(seen: Seen) -> str:
    error = f" {seen.code} {seen.msg}" if seen.code else ""
    disturbed = " (fault)" if seen.verdict == "fault" else ""
    return f"#{seen.seq} {seen.method} {seen.path} -> {seen.status or 'no answer'}{error}{disturbed}"


def _order(view: OrderView) -> str:
    return " ".join(f"{name}={value}" for name in _COMPARED if (value := getattr(view, name)) is not None)


def _differences(view: OrderView, real: OrderView) -> list[str]:
    wrong = []
    for name in _COMPARED:
        mine, other = getattr(view, name), getattr(real, name)
        if mine is None or other is None:
            continue
        if Decimal(mine) != Decimal(other) if name in _DECIMALS else mine != other:
            wrong.append(name)
    return wrong
