"""What comes of a run: the model behind the terminal, JSON, JUnit, badge and HTML. `RunResult` is the JSON document."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final, Literal

import msgspec

from binance_conformance.protocol import Client, KeyType

SCHEMA_VERSION: Final = 1


class Model(msgspec.Struct, frozen=True, omit_defaults=False):
    """Part of a result."""


class State(StrEnum):
    """How a case ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    """The client cannot do or does not promise what is checked; the reason says which."""
    ERROR = "error"
    """Kit or driver failed, so nothing is known of the client."""
    UNSTABLE = "unstable"
    """Repeated, it ended in different ways."""


class Level(StrEnum):
    """How much it matters."""

    MUST = "MUST"
    """Failing it costs money, or makes a client unusable."""
    SHOULD = "SHOULD"
    """Failing it makes work for the client's users."""
    MAY = "MAY"
    """Failing it is a matter of taste."""


class Step(Model, frozen=True):
    """Something that happened in a case, in its order.

    Attributes:
        kind: "set" what the mock was set to do, "call" what the client was asked, "arrived" a request and how it was
            ruled, "told" what the client told its caller, "time" that time passed.
        text: it, for people.
        data: it, for machines: the operation, the request, the outcome.
    """

    kind: Literal["set", "call", "arrived", "told", "time"]
    text: str
    data: dict[str, Any] = {}


class CaseResult(Model, frozen=True):
    """A check at a venue with a type of key.

    Attributes:
        case: its name, such as `faults.unknown-outcome-not-retried@spot` or `...@usdm+ed25519`.
        reason: why it ended so, in a sentence.
        expected: of a failed one, what was expected.
        found: of a failed one, what was found instead.
        steps: the evidence.
        seconds: real time that it took.
        reproduce: a command line that runs it alone.
        expectation: what a list of the user said of it.
        attempts: how it ended, each time that it was repeated.
    """

    case: str
    check: str
    venue: str
    key_type: KeyType
    level: Level
    state: State
    reason: str = ""
    expected: str = ""
    found: str = ""
    steps: tuple[Step, ...] = ()
    seconds: float = 0.0
    reproduce: str = ""
    expectation: Literal["", "known-failing", "known-flaky"] = ""
    attempts: tuple[State, ...] = ()

    @property
    def as_wanted(self) -> bool:
        """Whether it leaves the run green: passed or skipped, or as the user's list says."""
        if self.expectation == "known-flaky":
            return self.state is not State.ERROR
        if self.expectation == "known-failing":
            return self.state in (State.FAILED, State.SKIPPED)
        return self.state in (State.PASSED, State.SKIPPED)


class CheckInfo(Model, frozen=True):
    """A check, as reports show it."""

    id: str
    title: str
    level: Level
    why: str
    guards: tuple[str, ...]
    rules: tuple[str, ...]


class RunResult(Model, frozen=True, kw_only=True):
    """A run of checks against a client.

    Attributes:
        schema_version: of this document.
        kit: version of the kit.
        command: what was run: a command line, "reference" or the name of a mutant.
        started: when, in ISO 8601, UTC.
        seconds: real time that it took.
        client: who answered, None when nobody did.
        fault: what ended the run before its time, "" for nothing.
        stderr: the last that the driver wrote there before that.
        checks: the checks of which there are results.
        cases: the results.
    """

    schema_version: int = SCHEMA_VERSION
    kit: str
    command: str
    started: str
    seconds: float
    client: Client | None
    fault: str = ""
    stderr: str = ""
    checks: tuple[CheckInfo, ...] = ()
    cases: tuple[CaseResult, ...] = ()

    def count(self, state: State) -> int:
        """How many cases ended so."""
        return sum(case.state is state for case in self.cases)

    @property
    def green(self) -> bool:
        """Whether all went as wanted."""
        return not self.fault and all(case.as_wanted for case in self.cases)


class ExitStatus:
    """What `binance-mock check` leaves with."""

    GREEN: Final = 0
    """All as wanted."""
    FAILED: Final = 1
    """A check failed that was not known to, or passed that was known to fail."""
    USAGE: Final = 2
    """A pattern that fits nothing, an empty selection, a file that cannot be read."""
    DRIVER: Final = 3
    """The driver did not start, died, hung, or talked nonsense."""
    KIT: Final = 4
    """The kit itself failed: a defect to report."""
