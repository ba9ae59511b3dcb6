"""What checks of limits and bans have in common: who was told to wait, and what arrived meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from binance_conformance.scene import Scene, Told
from binance_mock.face.journal import Seen

LONG_S: Final = 600
"""A wait that no call should last through: the caller has to be told."""


def first_answer(scene: Scene, status: int, told: Told) -> Seen:
    """The first request that was answered so."""
    found = next((seen for seen in scene.arrived() if seen.status == status), None)
    if found is None:
        scene.fail("the call did not reach the exchange", "one request", str(told))
    return found


def silent(scene: Scene, since: Seen, end_ms: int, expected: str) -> None:
    """End the check if anything arrived between a request and a time."""
    early = [seen for seen in scene.arrived() if seen.seq > since.seq and seen.time < end_ms]
    scene.expect(
        not early,
        f"the client sent {len(early)} requests while it was to wait",
        expected=expected,
        found=listed(early, since),
    )


def pass_until(scene: Scene, end_ms: int) -> None:
    """Let time pass until a limit is over."""
    left = end_ms - scene.now_ms
    if left > 0:
        scene.pass_time(left / 1000)
    scene.pass_time(scene.seconds(kit=1, machine=0) or 0.1)


def listed(seen: Sequence[Seen], since: Seen) -> str:
    """Requests, with the time from another one to each."""
    return "; ".join(f"{each.method} {each.path} after {each.time - since.time} ms" for each in seen)
