"""A scene: one world, one client in it, and the words in which a check plays and demands.

Everything that happens goes into the evidence in its order: what the mock was set to do, what the client was asked,
what arrived, what the client told its caller.

Time is the scene's. A client whose clock is the kit's lives by the world's clock, which stands still until the scene,
the client's sleep or a slow answer moves it. For other clients the world runs with the machine's clock, and time that
has to pass does pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

import msgspec

from binance_conformance.credentials import Credentials
from binance_conformance.grounds import Ground
from binance_conformance.operations import RESULTS, AnyOperation, Operation, described, name_of
from binance_conformance.protocol import Call, Configure, KeyType, Outcome, OutcomeKind
from binance_conformance.results import Step
from binance_mock import Mock
from binance_mock.clock import sleep
from binance_mock.face.journal import Seen

if TYPE_CHECKING:
    import requests

    from binance_conformance.drivers import Driver

T = TypeVar("T")
NewWorld = Callable[[Mapping[str, Any] | None], tuple[Mock, str]]
"""Makes a fresh world of an exchange that is configured so, and says where clients find it."""

_URLS: Final = ("spot", "usdm", "coinm", "options", "sapi")
_SHOWN: Final = (
    "seq", "time", "method", "path", "query", "body", "key", "status", "code", "msg", "verdict", "executed", "orders",
    "fault", "why", "diagnosis",
)  # fmt: skip


class Failed(Exception):
    """The client did not do what a check demands."""

    def __init__(self, reason: str, expected: str, found: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.expected = expected
        self.found = found


class Skipped(Exception):
    """The check cannot be played with this client; the message says why."""


class BrokenScene(Exception):
    """The world is not as the check takes it to be: a defect of the kit."""


class Told:
    """What the client told its caller, and the request that came of it.

    Attributes:
        outcome: it.
        arrived: the requests that arrived from the question to the answer.
    """

    def __init__(self, operation: Operation, outcome: Outcome, arrived: list[Seen]) -> None:
        self._operation = operation
        self.outcome = outcome
        self.arrived = arrived

    @property
    def kind(self) -> OutcomeKind:
        """What kind of answer it is."""
        return self.outcome.outcome

    @property
    def accepted(self) -> bool:
        """Whether the client said that it was done."""
        return self.kind is OutcomeKind.ACCEPTED

    def view(self, kind: type[T]) -> T:
        """The result, as the operation names it: `told.view(OrderView)`, `told.view(list[KlineView])`."""
        return msgspec.convert(self.outcome.result, kind)

    def __repr__(self) -> str:
        return self.outcome.describe()


class SceneClock:
    """The clock of the client in a scene.

    Args:
        world: whose clock it follows, so far off.
        passed: called with the milliseconds that the client slept.
    """

    def __init__(self, world: Mock, passed: Callable[[int], None]) -> None:
        self._world = world
        self._passed = passed
        self.ahead_ms = 0

    def now_ms(self) -> int:
        """What the client's clock shows."""
        return self._world.clock.now_ms + self.ahead_ms

    def sleep(self, seconds: float) -> None:
        """The client sleeps: the world's time passes, nobody waits."""
        ms = max(0, round(seconds * 1000))
        if ms:
            self._world.clock.advance(ms=ms)
            self._passed(ms)


class Scene:
    """One world with a client in it.

    Args:
        check: id of the check that is played.
        ground: where.
        key_type: what the client signs with.
        driver: the client.
        new_world: makes a fresh world, and says under which URL clients find it.
        credentials: makes keys.
        kit_clock: whether the client's clock is the kit's.

    Attributes:
        ground: symbol, prices and paths of the venue.
    """

    def __init__(
        self,
        check: str,
        ground: Ground,
        key_type: KeyType,
        driver: Driver,
        new_world: NewWorld,
        credentials: Credentials,
        *,
        kit_clock: bool,
    ) -> None:
        self._check = check
        self.ground = ground
        self.venue = ground.venue
        self.symbol = ground.symbol
        self._key_type = key_type
        self._driver = driver
        self._new_world = new_world
        self._credentials = credentials
        self.kit_clock = kit_clock
        self.steps: list[Step] = []
        self._world: Mock | None = None
        self._config: Mapping[str, Any] | None = None
        self._during: list[Seen] = []
        self._calls = 0
        self._configured = False

    @property
    def world(self) -> Mock:
        """The `Mock` of the world, with all that it can do; made when it is first needed."""
        if self._world is None:
            self._world, self._url = self._new_world(self._config)
            self._clock = SceneClock(self._world, self._slept)
            self._since = 0
        return self._world

    # -- the client ---------------------------------------------------------------------------------------------

    def configure(
        self,
        *,
        key_type: KeyType | None = None,
        keyless: bool = False,
        recv_window_ms: int | None = None,
        timeout_ms: int | None = None,
        ahead_ms: int = 0,
        api_key: str | None = None,
        secret: str | None = None,
        permissions: Sequence[str] | None = None,
    ) -> None:
        """Make a new client, as far as it differs from a plain one. Without it, the first `call` makes a plain one.

        Args:
            key_type: what it signs with, when not the case's own.
            keyless: whether it has no key.
            recv_window_ms: what it is to send as recvWindow.
            timeout_ms: how long it waits for an answer.
            ahead_ms: how far its clock is ahead of the exchange's; negative for one that is behind.
            api_key: text of its key, in place of a right one.
            secret: its secret, in place of the right one.
            permissions: what its key may do, all when None.
        """
        world, key = self.world, None
        if not keyless:
            key = self._credentials.key(world, key_type or self._key_type, permissions)
            if api_key is not None:
                key = msgspec.structs.replace(key, api_key=api_key)
            if secret is not None:
                key = msgspec.structs.replace(key, secret=secret)
        if self.kit_clock:
            self._clock.ahead_ms = ahead_ms
        elif ahead_ms:
            self.world.clock.client_off_by(ahead_ms)
        if ahead_ms:
            self.note(f"the client's clock is {abs(ahead_ms)} ms {'ahead' if ahead_ms > 0 else 'behind'}")
        settings = Configure(
            urls=dict.fromkeys(_URLS, self._url),
            key=key,
            recv_window_ms=recv_window_ms,
            clock_offset_ms=ahead_ms,
            timeout_ms=timeout_ms,
        )
        session: requests.Session | None = self.world.session() if self._driver.in_process else None
        wrong = self._driver.configure(settings, self._clock, session)
        self._configured = True
        self._collect()
        if wrong:
            raise Skipped(f"the client cannot be made so: {wrong}")

    def call(self, operation: Operation) -> Told:
        """Ask the client to do something, and collect what arrives meanwhile.

        Raises:
            Skipped: the client has no such operation.
        """
        told = self.try_call(operation)
        if told.kind is OutcomeKind.UNSUPPORTED:
            raise Skipped(f"the client has no {name_of(operation)}")
        self._convertible(operation, told.outcome)
        return told

    def try_call(self, operation: Operation) -> Told:
        """As `call`, but an operation that the client has not, or an unusable result, is for the check to judge."""
        if not self._configured:
            self.configure()
        self._calls += 1
        self._add("call", described(operation), {"operation": msgspec.to_builtins(operation)})
        assert isinstance(operation, AnyOperation)
        call = Call(id=self._calls, check=self._check, venue=self.venue, operation=operation)
        self._during = []
        outcome = self._driver.call(call)
        self._collect()
        self._add("told", outcome.describe(), msgspec.to_builtins(outcome))
        return Told(operation, outcome, self._during)

    def _convertible(self, operation: Operation, outcome: Outcome) -> None:
        """Fail when an accepted call has not the result that it must have: what the client tells is not to be used."""
        kind: Any = RESULTS[type(operation)]
        if outcome.outcome is not OutcomeKind.ACCEPTED or kind is None:
            return
        try:
            msgspec.convert(outcome.result, kind)
        except msgspec.ValidationError as error:
            wanted = f"the result of {name_of(operation)}"
            self.fail("the client told success without a usable result", wanted, f"{outcome.result!r}: {error}")

    # -- what the mock does -------------------------------------------------------------------------------------

    def fault(self, kind: str, **settings: Any) -> None:
        """Let something go wrong; see docs/faults.md for kinds and settings. The venue is the scene's."""
        self.world.faults.add(kind, venue=self.venue, **settings)
        said = ", ".join(f"{name}={value}" for name, value in settings.items())
        self._add("set", f"fault {kind}" + (f" ({said})" if said else ""), {"fault": kind, **settings})

    def order_fault(self, kind: str, **settings: Any) -> None:
        """Let placing an order go wrong."""
        self.fault(kind, method="POST", path=self.ground.order, **settings)

    def note(self, text: str, **data: Any) -> None:
        """Say in the evidence what the mock was set to do."""
        self._add("set", text, data)

    def restart(self, title: str, config: Mapping[str, Any] | None = None) -> None:
        """Begin anew in a fresh world with a fresh client, for another variant of the same check.

        Args:
            title: what is different.
            config: how the exchange is configured, as in docs/control.md: `{"spot": {"first_order_id": 2**53 + 1}}`.
        """
        self._close_world()
        self._config = config
        self.note(f"fresh world: {title}")

    # -- time ---------------------------------------------------------------------------------------------------

    def seconds(self, kit: int, machine: int) -> int:
        """So many seconds: `kit` where time costs nothing, `machine` where it really passes."""
        return kit if self.kit_clock else machine

    def pass_time(self, seconds: float) -> None:
        """Let time pass for exchange and client."""
        if self.kit_clock:
            self.world.clock.advance(ms=round(seconds * 1000))
        else:
            sleep(seconds)
        self._add("time", f"{seconds:g} s pass", {"seconds": seconds})

    def jump(self, ms: int) -> None:
        """Let the exchange's clock jump, the client's not."""
        self.world.clock.jump(ms)
        if self.kit_clock:
            self._clock.ahead_ms -= ms
        self.note(f"the exchange's clock jumps by {ms} ms")

    @property
    def in_process(self) -> bool:
        """Whether the client reaches the exchange without a socket, so that few real milliseconds go a long way."""
        return self._driver.in_process

    @property
    def now_ms(self) -> int:
        """The exchange's time."""
        return self.world.clock.now_ms

    # -- what arrived -------------------------------------------------------------------------------------------

    def arrived(self, path: str | None = None, method: str | None = None) -> list[Seen]:
        """All requests since the world began, oldest first; only those to a path, by a verb."""
        self._collect()
        return [
            seen
            for seen in self.world.requests.find()
            if (path is None or seen.path == path) and (method is None or seen.method == method)
        ]

    def orders(self) -> list[Seen]:
        """The requests that place orders."""
        return self.arrived(self.ground.order, "POST")

    def signed(self) -> list[Seen]:
        """The requests that bear a timestamp."""
        return [seen for seen in self.arrived() if "timestamp" in seen.params]

    # -- demands ------------------------------------------------------------------------------------------------

    def expect(self, demand: bool, reason: str, *, expected: str, found: object) -> None:
        """End the check unless the client did what is demanded.

        Args:
            demand: whether it did.
            reason: what it did wrong, in a sentence, when it did not.
            expected: what a right client does.
            found: what was found.
        """
        if not demand:
            self.fail(reason, expected, str(found))

    def expect_accepted(self, told: Told, what: str) -> None:
        """End the check unless the client said that it was done."""
        self.expect(told.accepted, f"{what} did not succeed", expected="accepted", found=told)

    def expect_told(self, told: Told, *kinds: OutcomeKind, because: str) -> None:
        """End the check unless the client told its caller one of these."""
        wanted = " or ".join(kind.value for kind in kinds)
        self.expect(
            told.kind in kinds, f"the client told its caller {told.kind.value}: {because}", expected=wanted, found=told
        )

    def fail(self, reason: str, expected: str, found: str) -> NoReturn:
        """End the check: the client did wrong."""
        raise Failed(reason, expected, found)

    def require(self, condition: bool, message: str) -> None:
        """End the case as an error of the kit unless the world is as the check takes it to be."""
        if not condition:
            raise BrokenScene(message)

    def need(self, condition: bool, message: str) -> None:
        """Skip the check unless the client told or can what it needs."""
        if not condition:
            raise Skipped(message)

    # -- inside -------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Remove the world."""
        self._collect()
        self._close_world()

    def _close_world(self) -> None:
        if self._world is not None and self._world.world != "default":
            self._world.stop()
        self._world, self._configured = None, False

    def _slept(self, ms: int) -> None:
        self._collect()
        self._add("time", f"the client sleeps {ms} ms", {"ms": ms})

    def _collect(self) -> list[Seen]:
        """What arrived since the last time."""
        if self._world is None:
            return []
        new = self._world.requests.find(since=self._since)
        self._during += new
        for seen in new:
            self._since = max(self._since, seen.seq)
            row = {name: value for name in _SHOWN if (value := getattr(seen, name)) not in ("", None)}
            self._add("arrived", _line(seen), row)
        return new

    def _add(self, kind: Any, text: str, data: dict[str, Any] | None = None) -> None:
        self.steps.append(Step(kind=kind, text=text, data=data or {}))


def _line(seen: Seen) -> str:
    """A request as a person reads it."""
    target = f"{seen.path}?{seen.query}" if seen.query else seen.path
    body = f" body {seen.body}" if seen.body else ""
    error = f" {seen.code} {seen.msg}" if seen.code else ""
    effect = ", took effect" if seen.executed and seen.verdict != "accepted" else ""
    return f"{seen.method} {target}{body} -> {seen.status or 'no answer'}{error} ({seen.verdict}{effect})"
