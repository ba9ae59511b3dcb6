"""The smoke test blames the driver for what is the driver's, and the client for what is the client's."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import msgspec
import pytest
from tests.conformance.scripts import after_hello, spec

from binance_conformance.drivers import InProcessDriver, ProcessDriver
from binance_conformance.operations import AnyOperation, PlaceOrder, QueryOrder, ServerTime
from binance_conformance.protocol import Outcome, OutcomeKind
from binance_conformance.reference.driver import ReferenceDriver
from binance_conformance.smoke import Finding, smoke

EXAMPLES = Path(__file__).resolve().parents[2] / "conformance" / "drivers"


def findings(driver: InProcessDriver | ProcessDriver) -> dict[str, tuple[Finding, str]]:
    return {line.what: (line.finding, line.detail) for line in smoke(driver)}


def test_the_reference_is_right() -> None:
    found = findings(InProcessDriver(ReferenceDriver()))
    assert {finding for finding, _ in found.values()} == {Finding.RIGHT}
    assert len(found) == 1 + 6 * 3


def test_the_reference_behind_the_protocol_is_right() -> None:
    found = findings(ProcessDriver([sys.executable, "-m", "binance_conformance.reference"]))
    assert {finding for finding, _ in found.values()} == {Finding.RIGHT}


class Inventive(ReferenceDriver):
    """Tells the time without asking for it."""

    def call(self, venue: str, operation: AnyOperation) -> Outcome:
        if isinstance(operation, ServerTime):
            return Outcome(OutcomeKind.ACCEPTED, {"server_time_ms": 1_700_000_000_000})
        return super().call(venue, operation)


class Forgetful(ReferenceDriver):
    """Does not hand the client order id on."""

    def call(self, venue: str, operation: AnyOperation) -> Outcome:
        if isinstance(operation, PlaceOrder):
            operation = msgspec.structs.replace(operation, client_order_id="other")
        return super().call(venue, operation)


class Optimist(ReferenceDriver):
    """Calls every refusal a failure that passes."""

    def call(self, venue: str, operation: AnyOperation) -> Outcome:
        told = super().call(venue, operation)
        if told.outcome is OutcomeKind.REFUSED:
            return Outcome(OutcomeKind.RETRY_LATER, code=told.code)
        return told


class Misreader(ReferenceDriver):
    """Takes the status for the code."""

    def call(self, venue: str, operation: AnyOperation) -> Outcome:
        told = super().call(venue, operation)
        return msgspec.structs.replace(told, code=told.status) if told.code else told


class Careless(ReferenceDriver):
    """Gives no ids of orders."""

    def call(self, venue: str, operation: AnyOperation) -> Outcome:
        told = super().call(venue, operation)
        return Outcome(told.outcome, {}) if isinstance(operation, PlaceOrder) and told.result else told


class Seconds(ReferenceDriver):
    """Tells the time in seconds."""

    def call(self, venue: str, operation: AnyOperation) -> Outcome:
        told = super().call(venue, operation)
        return Outcome(told.outcome, {"server_time_ms": 1_700_000_000}) if isinstance(operation, ServerTime) else told


class Typist(ReferenceDriver):
    """Gives the time as text."""

    def call(self, venue: str, operation: AnyOperation) -> Outcome:
        told = super().call(venue, operation)
        return Outcome(told.outcome, {"server_time_ms": "now"}) if isinstance(operation, ServerTime) else told


class Limited(ReferenceDriver):
    """Cannot ask for orders."""

    def call(self, venue: str, operation: AnyOperation) -> Outcome:
        if isinstance(operation, QueryOrder):
            return Outcome(OutcomeKind.UNSUPPORTED)
        return super().call(venue, operation)


@pytest.mark.parametrize(
    ("kind", "what", "detail"),
    [
        (Inventive, "server_time", "nothing arrived where it was to"),
        (Forgetful, "an order", "the client order id of the call was not handed to the client"),
        (Optimist, "a refusal", "a refusal has another name"),
        (Misreader, "a refusal", "another code; expected -1121, found 400"),
        (Careless, "an order", "place_order has no order_id"),
        (Seconds, "server_time", "the time is not what the exchange sent"),
        (Typist, "server_time", "success without a usable result"),
    ],
)
def test_a_wrong_driver_is_blamed(kind: type[ReferenceDriver], what: str, detail: str) -> None:
    found = findings(InProcessDriver(kind()))
    finding, said = found[f"{what} at spot"]
    assert finding is Finding.DRIVER
    assert detail in said
    assert {each.partition(" at ")[0] for each, (finding, _) in found.items() if finding is Finding.DRIVER} == {what}


def test_a_client_that_lacks_something_is_no_fault_of_the_driver() -> None:
    found = findings(InProcessDriver(Limited()))
    assert found["an order at spot"] == (Finding.CLIENT, "the client has no query_order")
    assert Finding.DRIVER not in {finding for finding, _ in found.values()}


def test_a_driver_that_dies_is_blamed_at_once(tmp_path: Path) -> None:
    lines = list(smoke(after_hello(tmp_path, "sys.exit(1)").driver()))
    assert [line.finding for line in lines] == [Finding.RIGHT, Finding.DRIVER]
    assert "exited with status 1" in lines[-1].detail
    (line,) = smoke(spec(tmp_path, "raise SystemExit(1)").driver())
    assert line.finding is Finding.DRIVER


@pytest.mark.parametrize("command", [(sys.executable, "python/example.py"), ("node", "javascript/example.mjs")])
def test_the_examples_are_right(command: tuple[str, str]) -> None:
    program = shutil.which(command[0])
    assert program is not None
    found = findings(ProcessDriver([program, str(EXAMPLES / command[1])]))
    lacking = {what for what, (finding, _) in found.items() if finding is not Finding.RIGHT}
    assert lacking == {"reads at spot"}, found
    assert found["reads at spot"][0] is Finding.CLIENT
