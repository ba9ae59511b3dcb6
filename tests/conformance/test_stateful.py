"""The state machine: the reference passes it, broken clients do not, and the script of a failure fails likewise."""

from __future__ import annotations

import unittest
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from tests.conformance.scripts import subject

from binance_conformance.operations import (
    Account,
    AmendOrder,
    CancelOrder,
    OpenOrders,
    PlaceOrder,
    Price,
    QueryOrder,
    Venue,
)
from binance_conformance.protocol import Outcome, OutcomeKind
from binance_conformance.reference.driver import ReferenceDriver
from binance_conformance.stateful import Broken, ClientStateful, Duel, run

BRIEF = settings(
    derandomize=True, max_examples=20, stateful_step_count=15, deadline=None, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
HUNT = settings(BRIEF, max_examples=100, phases=[Phase.generate])
ORDER = PlaceOrder(
    symbol="BTCUSDT", side="BUY", type="LIMIT", quantity="0.001", price="50000.00", time_in_force="GTC",
    client_order_id="own-1",
)  # fmt: skip
GOLDEN = """\
one order that was asked for was placed more than once
  expected: one order
  found:    #2 POST /api/v3/order -> 200 (fault); #3 POST /api/v3/order -> 200
what happened:
  set     fault reset_after {'method': 'POST', 'times': 1}
  call    place_order symbol=BTCUSDT ...
  arrived GET /api/v3/time -> 200 (accepted)
  arrived POST /api/v3/order?...newClientOrderId=own-1... -> 200 (fault, took effect)
  arrived POST /api/v3/order?...newClientOrderId=ref-... -> 200 (accepted)
  told    accepted ...
to play it again:

from binance_conformance.operations import PlaceOrder
from binance_conformance.stateful import Duel

with Duel('mutant:places-lost-orders-again', venue='spot') as duel:
    duel.fault('reset_after', method='POST', times=1)
    duel.call(PlaceOrder(symbol='BTCUSDT', side='BUY', type='LIMIT', quantity='0.001', price='50000.00', \
time_in_force='GTC', client_order_id='own-1'))
"""


def fits(shown: str, text: str) -> bool:
    """Whether a text is what is shown, where `...` may be anything in a line."""
    lines, wanted = text.splitlines(), shown.splitlines()
    return len(lines) == len(wanted) and all(
        all(part in line for part in want.split("...")) for want, line in zip(wanted, lines, strict=True)
    )


def broken(play: Callable[[], None]) -> Broken:
    with pytest.raises(Broken) as caught:
        play()
    return caught.value


@pytest.mark.parametrize(("venue", "examples"), [("spot", 20), ("usdm", 20), ("options", 5)])
def test_the_reference_passes(venue: Venue, examples: int) -> None:
    run("reference", venue, how=settings(BRIEF, max_examples=examples))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("places-lost-orders-again", "one order that was asked for was placed more than once"),
        ("resends-below", "the client told refused, and the order was placed"),
        ("invents-orders", "the client told success, and no order was placed"),
        ("takes-unreadable-for-empty", "the client's view of a balance is not the exchange's"),
        ("signs-spaces-as-plus", "a signature was not accepted"),
        ("forgets-bans", "the client sent a request before the time that it was told"),
    ],
)
def test_a_broken_client_is_found_and_its_script_fails_likewise(name: str, reason: str) -> None:
    found = broken(lambda: run(f"mutant:{name}", how=HUNT))
    assert found.reason == reason
    assert broken(lambda: exec(compile(found.script, "script.py", "exec"), {})).reason == reason


def test_a_failure_is_shrunk_to_the_calls_that_matter() -> None:
    phases = [Phase.generate, Phase.shrink]
    found = broken(lambda: run("mutant:invents-orders", how=settings(HUNT, phases=phases)))
    assert sum("PlaceOrder(" in line for line in found.script.splitlines()) == 1
    assert found.script.count("duel.") <= 3


def test_what_a_failure_shows() -> None:
    with Duel("mutant:places-lost-orders-again") as duel:
        duel.fault("reset_after", method="POST", times=1)
        text = str(broken(lambda: duel.call(ORDER) and None))
    assert fits(GOLDEN, text), text


class Altered(ReferenceDriver):
    """The reference, whose outcomes are told otherwise."""

    def __init__(self, change: Callable[[Outcome], Outcome]) -> None:
        super().__init__()
        self.change = change

    def call(self, venue: str, operation: object) -> Outcome:
        return self.change(super().call(venue, operation))  # type: ignore[arg-type]


def altered(field: str, value: str) -> Altered:
    def change(outcome: Outcome) -> Outcome:
        rows = outcome.result if isinstance(outcome.result, list) else [outcome.result]
        for row in rows:
            row[field] = value
        return outcome

    return Altered(change)


@pytest.mark.parametrize(
    ("field", "value"),
    [("status", "FILLED"), ("price", "50000.01"), ("executed_quantity", "0.001"), ("order_id", "7"), ("side", "SELL")],
)
def test_a_wrong_view_of_an_order_is_found(field: str, value: str) -> None:
    with Duel(altered(field, value), without_socket=True) as duel:
        duel.call(ORDER)
        for ask in (QueryOrder(symbol="BTCUSDT", client_order_id="own-1"), OpenOrders(symbol="BTCUSDT")):
            assert field in broken(lambda ask=ask: duel.call(ask) and None).reason


def test_an_order_that_is_not_told_is_found() -> None:
    def nothing(outcome: Outcome) -> Outcome:
        return Outcome(outcome=outcome.outcome, result=[]) if isinstance(outcome.result, list) else outcome

    with Duel(Altered(nothing), without_socket=True) as duel:
        duel.call(ORDER)
        assert "view of orders" in broken(lambda: duel.call(OpenOrders()) and None).reason


def test_a_success_that_the_client_does_not_know_is_found() -> None:
    with Duel(Altered(lambda outcome: Outcome(outcome=OutcomeKind.UNKNOWN))) as duel:
        assert broken(lambda: duel.call(ORDER) and None).reason == "nothing went wrong, and the client does not know it"


def test_a_view_in_other_digits_is_the_same() -> None:
    with Duel(altered("price", "50000"), without_socket=True) as duel:
        duel.call(ORDER)
        assert duel.call(OpenOrders(symbol="BTCUSDT")).accepted


def test_the_truth_leaves_no_trace() -> None:
    with Duel("reference") as duel:
        duel.fault("banned_418", path="/api/v3/time", times=1, seconds=60)
        duel.call(Price(symbol="BTCUSDT"))
        before = len(duel.world.requests), duel.world.clock.now_ms
        assert duel.truth(Account())
        assert duel.truth(OpenOrders()) == []
        assert (len(duel.world.requests), duel.world.clock.now_ms) == before
        (fault,) = duel.world.faults
        assert not fault["fired"]


def test_moves_are_in_the_script_and_work() -> None:
    with Duel("reference", venue="usdm", key_type="ed25519") as duel:
        duel.limit_weight(500)
        duel.advance(60_000)
        resting = duel.scene.ground.resting("own-1")
        duel.call(resting)
        duel.set_price("60000")
        told = duel.call(QueryOrder(symbol="BTCUSDT", client_order_id="own-1"))
        assert told.outcome.result["status"] == "FILLED"
        duel.call(CancelOrder(symbol="BTCUSDT", client_order_id="own-1"))
        script = duel.script
    assert "with Duel('reference', venue='usdm', key_type='ed25519') as duel:" in script
    for line in ("duel.limit_weight(500)", "duel.advance(60000)", "duel.set_price('60000')"):
        assert f"    {line}\n" in script
    exec(compile(script, "script.py", "exec"), {})


def test_an_amendment_is_judged_and_its_lost_answer_is_found_out() -> None:
    with Duel("reference", venue="usdm") as duel:
        duel.call(duel.scene.ground.resting("own-1"))
        amend = AmendOrder(symbol="BTCUSDT", side="BUY", quantity="0.012", price="70001", client_order_id="own-1")
        duel.fault("reset_after", method="PUT", times=1)
        told = duel.call(amend)
        assert (told.kind, Decimal(told.outcome.result["price"])) == (OutcomeKind.ACCEPTED, 70001)
        duel.fault("reset_before", method="PUT", times=1)
        lost = AmendOrder(symbol="BTCUSDT", side="BUY", quantity="0.013", price="70002", client_order_id="own-1")
        assert duel.call(lost).kind is OutcomeKind.UNKNOWN
        assert duel.call(lost).accepted
    with Duel(altered("quantity", "0.02"), venue="usdm", without_socket=True) as duel:
        duel.call(duel.scene.ground.resting("own-1"))
        assert "quantity" in broken(lambda: duel.call(amend) and None).reason


def test_a_client_of_the_users_own_stands_before_its_script() -> None:
    with Duel(ReferenceDriver()) as duel:
        duel.call(Account())
    assert "client = ReferenceDriver()  # of binance_conformance.reference.driver: the client under test" in duel.script


def test_a_driver_in_a_process(tmp_path: Path) -> None:
    made = subject(
        tmp_path,
        """
        from binance_conformance.mutants.faults import TakesLostForFailed
        class Driver(ReferenceDriver):
            def __init__(self):
                super().__init__(TakesLostForFailed, "sure")
        """,
    )
    with Duel(list(made.command)) as duel:
        duel.call(Account())
        duel.fault("reset_after", method="POST", times=1)
        found = broken(lambda: duel.call(ORDER) and None)
    assert found.reason == "the client told retry_later, and the order was placed"
    assert repr(list(made.command)) in found.script


def suite(named: str) -> unittest.TestResult:
    class Mine(ClientStateful):
        command = named
        venues = ("spot",)
        how = settings(HUNT, max_examples=30)

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Mine).run(result)
    return result


def test_the_suite_plays_the_venues_that_it_names() -> None:
    result = suite("reference")
    assert (result.testsRun, len(result.skipped), result.failures, result.errors) == (3, 2, [], [])


def test_the_suite_fails_with_a_broken_client() -> None:
    result = suite("mutant:takes-lost-for-failed")
    ((_, text),) = result.failures + result.errors
    assert "the client told retry_later, and the order was placed" in text
    assert "with Duel('mutant:takes-lost-for-failed', venue='spot') as duel:" in text


def test_the_class_to_derive_from_is_no_test() -> None:
    assert len(suite("").skipped) == 1
