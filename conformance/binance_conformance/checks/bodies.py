"""Answers that cannot be read: empty, a page, cut off, or no JSON, under a status that says that all is well."""

from __future__ import annotations

from typing import Final

from binance_conformance.check import MUST, SHOULD, Check, check
from binance_conformance.checks.one_order import one_order
from binance_conformance.operations import Account
from binance_conformance.protocol import OutcomeKind
from binance_conformance.scene import Scene

UNREADABLE: Final = ("empty_body", "html_body", "truncated_body", "garbage_body")
"""Faults of the body."""


def _order_check(id: str, title: str, guard: str, kind: str) -> Check:
    """A check of an order that took effect, and whose answer cannot be read."""

    @check(
        id,
        title,
        level=MUST,
        why="The order is in the book. As a success without an id nobody can cancel it; as a failure it is repeated.",
        guards=(guard,),
        rules=("S-1", "S-7", "S-8"),
    )
    def play(scene: Scene) -> None:
        """The order takes effect. A crash is graded elsewhere."""
        scene.order_fault(kind, times=1)
        one_order(scene, scene.call(scene.ground.resting()), OutcomeKind.CRASH)

    return play


empty_answer = _order_check(
    "faults.empty-answer", "An empty answer to an order is no success and no failure", "F-73", "empty_body"
)
html_answer = _order_check(
    "faults.html-answer", "An HTML page in answer to an order is no success and no failure", "F-74", "html_body"
)
truncated_answer = _order_check(
    "faults.truncated-answer", "Half an answer to an order is no success and no failure", "F-75", "truncated_body"
)
garbage_answer = _order_check(
    "faults.garbage-answer",
    "An answer to an order that is no JSON is no success and no failure",
    "F-75",
    "garbage_body",
)


@check(
    "faults.unreadable-order-answer-told",
    "An answer to an order that cannot be read comes to the caller as an error of the client's own",
    level=SHOULD,
    why="Nobody expects a parser's error from an order. It ends the program, and the order stays in the book.",
    guards=("F-73", "F-74", "F-75"),
    rules=("S-1", "S-7"),
)
def unreadable_order_answer_told(scene: Scene) -> None:
    """Every kind of unreadable answer to an order that took effect."""
    for kind in UNREADABLE:
        scene.restart(kind)
        scene.order_fault(kind, times=1)
        one_order(scene, scene.call(scene.ground.resting()))


@check(
    "faults.unreadable-read-is-no-data",
    "An answer to a read that cannot be read is not taken for data",
    level=MUST,
    why="An account that seems to own nothing is traded on: positions are opened twice, or closed.",
    guards=("F-73", "F-74", "F-75"),
    rules=("S-1",),
)
def unreadable_read_is_no_data(scene: Scene) -> None:
    """Every kind of unreadable answer to a question for balances. Who repeats it gets an answer at last."""
    for kind in UNREADABLE:
        scene.restart(kind)
        paths = scene.ground.account
        for path in paths:
            scene.fault(kind, path=path, times=1)
        told = scene.call(Account())
        asked = [seen for seen in scene.arrived() if seen.path in paths]
        scene.expect(bool(asked), "the call did not reach the exchange", expected="one request", found=told)
        scene.expect(
            not told.accepted or len(asked) > 1,
            "the client took an answer that cannot be read for data",
            expected="an error, or the call again",
            found=told,
        )


CHECKS: Final = (
    empty_answer,
    html_answer,
    truncated_answer,
    garbage_answer,
    unreadable_order_answer_told,
    unreadable_read_is_no_data,
)
