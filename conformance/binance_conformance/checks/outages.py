"""The service is down, overloaded, or behind a firewall: what passes, and how often one may knock. Part of faults."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from binance_conformance.check import MUST, SHOULD, check
from binance_conformance.checks.one_order import no_second_order
from binance_conformance.operations import Account, Price
from binance_conformance.protocol import OutcomeKind, Promise
from binance_conformance.scene import Scene, Told

NEAR_MS: Final = 50
"""Two requests nearer to each other than this are a tight loop."""
OFTEN: Final = 12
"""More requests than this for one call are too many while the service is down."""
DEFINITE: Final = (
    ("unavailable_503", None, "Service Unavailable"),
    ("internal_503", -1001, "Internal error"),
    ("overloaded_503", -1008, "overload"),
)
"""Faults that are certain failures, with what tells them: code, or words."""


@check(
    "faults.definite-failure-told",
    "A failure that is certain is told as one that passes",
    level=SHOULD,
    why="The order was certainly not placed. Taken for refused it is lost; without code and text nobody can tell.",
    guards=("F-70", "F-71"),
    rules=("U-31", "U-32", "U-33", "O-31"),
)
def definite_failure_told(scene: Scene) -> None:
    """The three 503 that say that nothing was done, for as long as the client may try."""
    for kind, code, words in DEFINITE:
        if kind == "overloaded_503" and scene.venue == "options":
            continue  # Not documented there (rule O-32).
        scene.restart(kind)
        scene.order_fault(kind, times=20)
        told = scene.call(scene.ground.resting())
        by_word = words.lower() in told.outcome.message.lower() or (code is not None and told.outcome.code == code)
        scene.expect(
            told.kind is OutcomeKind.RETRY_LATER
            or (told.kind in (OutcomeKind.UNKNOWN, OutcomeKind.NETWORK) and by_word),
            "the caller cannot tell that the order was not placed and may be placed again",
            expected="retry_later, or code or text of the answer",
            found=told,
        )


@check(
    "faults.definite-failure-not-hammered",
    "An order that fails for certain is repeated, if at all, with pauses, and not without end",
    level=MUST,
    why="The service is overloaded or down. Repeating at once makes it worse, and weighs on the address's limits.",
    guards=("F-70", "F-79"),
    rules=("U-31", "U-32", "O-31"),
)
def definite_failure_not_hammered(scene: Scene) -> None:
    """The service is down for orders; one order is placed."""
    scene.order_fault("unavailable_503", times=scene.seconds(kit=40, machine=3))
    told = scene.call(scene.ground.resting())
    scene.expect(bool(scene.orders()), "the order did not reach the exchange", expected="one request", found=told)
    _spaced(scene, told, "503")
    no_second_order(scene)


@check(
    "faults.repeat-after-overload-is-safe",
    "An order that is repeated after -1008 cannot become two, even if the first one was placed after all",
    level=SHOULD,
    why="The documents call it a certain failure, but an order has been seen behind it. The same id is safe.",
    guards=("F-70", "F-83", "F-84"),
    rules=("U-33",),
    venues=("spot", "usdm"),
)
def repeat_after_overload_is_safe(scene: Scene) -> None:
    """-1008, and the order rests in the book all the same."""
    scene.order_fault("overloaded_503", times=1, executed=True)
    scene.call(scene.ground.resting())
    no_second_order(scene)


@check(
    "faults.code-of-5xx-told",
    "Code and text of a 5xx reach the caller",
    level=SHOULD,
    why="Whether an order was placed stands nowhere but there. A bare `server error` leaves every order unknown.",
    guards=("F-70", "F-71"),
    rules=("S-4", "U-32", "O-29", "O-31"),
)
def code_of_5xx_told(scene: Scene) -> None:
    """503 with -1001, for as long as the client may try."""
    scene.order_fault("internal_503", times=20)
    told = scene.call(scene.ground.resting())
    scene.expect(
        told.outcome.code == -1001 and "internal error" in told.outcome.message.lower(),
        "the caller does not learn what the exchange said",
        expected="-1001 with its text",
        found=told,
    )


@check(
    "faults.read-repeated",
    "A read that fails for a moment is repeated after a pause",
    level=SHOULD,
    why="Nothing can be done twice by a read, and single failures are daily bread.",
    guards=("F-79",),
    rules=("S-5", "U-31", "U-34", "O-31"),
    promises=(Promise.RETRIES,),
)
def read_repeated(scene: Scene) -> None:
    """One failure, then all is well."""
    kinds = ("unavailable_503", "reset_before", "internal_503", "unknown_503", "error_500", "timeout_504")
    scene.call(Account())
    for kind in kinds[: scene.seconds(kit=len(kinds), machine=2)]:
        scene.fault(kind, times=1)
        told = scene.call(Account())
        scene.expect_accepted(told, f"a read after {kind}")
        near = [
            after for before, after in pairwise(told.arrived)
            if before.status != 200 and after.time - before.time < NEAR_MS
        ]  # fmt: skip
        scene.expect(
            not near, "the read was repeated at once", expected=f"a pause of {NEAR_MS} ms or more", found=f"{near}"
        )


@check(
    "faults.read-not-hammered",
    "A read that keeps failing is repeated with pauses, and not without end",
    level=MUST,
    why="The service is down for minutes. A loop without pauses ends in a ban when it comes back.",
    guards=("F-56", "F-79"),
    rules=("S-5", "U-31", "U-34"),
)
def read_not_hammered(scene: Scene) -> None:
    """The service is down, for everything."""
    scene.call(Price(symbol=scene.symbol))
    scene.fault("unavailable_503", times=scene.seconds(kit=60, machine=3))
    told = scene.call(Price(symbol=scene.symbol))
    scene.expect(bool(told.arrived), "the call did not reach the exchange", expected="one request", found=told)
    _spaced(scene, told, "503")


@check(
    "faults.firewall-page-not-hammered",
    "A call that the firewall turned away is not repeated at once",
    level=MUST,
    why="The firewall counts. Who runs against it shuts the address out for longer, as with a ban.",
    guards=("F-56", "F-72"),
    rules=("S-5", "S-6", "O-30"),
)
def firewall_page_not_hammered(scene: Scene) -> None:
    """403 with a page, for everything."""
    scene.call(Price(symbol=scene.symbol))
    scene.fault("firewall_403", times=scene.seconds(kit=40, machine=3))
    told = scene.call(Price(symbol=scene.symbol))
    scene.expect(bool(told.arrived), "the call did not reach the exchange", expected="one request", found=told)
    _spaced(scene, told, "403")
    scene.expect(not told.accepted, "the client told success", expected="an error", found=told)


@check(
    "faults.firewall-page-told",
    "A firewall's page comes to the caller as an error with its status",
    level=SHOULD,
    why="Parsed as JSON it ends the program, at the very moment when the address is in trouble.",
    guards=("F-72",),
    rules=("S-6", "O-30"),
)
def firewall_page_told(scene: Scene) -> None:
    """403 with a page, for a read and for an order."""
    for operation in (Account(), scene.ground.resting()):
        scene.restart("a read" if isinstance(operation, Account) else "an order")
        scene.call(Price(symbol=scene.symbol))
        scene.fault("firewall_403", times=20)
        told = scene.call(operation)
        scene.expect(
            told.kind not in (OutcomeKind.ACCEPTED, OutcomeKind.CRASH)
            and (
                told.outcome.status == 403 or any(word in told.outcome.message.lower() for word in ("403", "forbidden"))
            ),
            "the caller is not told what happened",
            expected="an error of the client's own, with status 403",
            found=told,
        )


def _spaced(scene: Scene, told: Told, status: str) -> None:
    """End the check if one call led to many requests, or to some in a tight loop."""
    arrived = told.arrived
    near = [after for before, after in pairwise(arrived) if after.time - before.time < NEAR_MS and before.status >= 400]
    scene.expect(
        not near and len(arrived) <= OFTEN,
        f"the client sent {len(arrived)} requests for one call, {len(near)} of them in a tight loop",
        expected=f"at most {OFTEN}, with pauses of {NEAR_MS} ms or more after each {status}",
        found=" ".join(f"+{seen.time - arrived[0].time}" for seen in arrived) + " ms",
    )


CHECKS: Final = (
    definite_failure_told,
    definite_failure_not_hammered,
    repeat_after_overload_is_safe,
    code_of_5xx_told,
    read_repeated,
    read_not_hammered,
    firewall_page_not_hammered,
    firewall_page_told,
)
