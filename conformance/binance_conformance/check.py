"""A check: data plus a small function that plays a scene."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from binance_conformance.operations import Venue
from binance_conformance.protocol import KeyType, Promise
from binance_conformance.results import CheckInfo, Level

if TYPE_CHECKING:
    from binance_conformance.scene import Scene

MUST: Final = Level.MUST
SHOULD: Final = Level.SHOULD
MAY: Final = Level.MAY

EVERYWHERE: Final[tuple[Venue, ...]] = ("spot", "usdm", "options")


class Check:
    """Something that a client has to get right.

    Attributes:
        id: family and name, such as `faults.unknown-outcome-not-retried`; never changes.
        title: what a right client does, in a sentence.
        level: how much it matters.
        guards: failure modes that it guards against (F-n).
        rules: rules of the exchange that it rests on (S-n, U-n, O-n).
        venues: where it is played.
        key_types: with which types of key it is played.
        promises: what the client must promise, for the check to be fair.
        why: what it costs to get it wrong.
        play: the scenario. It returns when all is well, and `scene.expect` ends it when something is not.
    """

    def __init__(
        self,
        id: str,
        title: str,
        play: Callable[[Scene], None],
        *,
        level: Level,
        why: str,
        guards: tuple[str, ...],
        rules: tuple[str, ...] = (),
        venues: tuple[Venue, ...] = EVERYWHERE,
        key_types: tuple[KeyType, ...] = ("hmac",),
        promises: tuple[Promise, ...] = (),
    ) -> None:
        self.id = id
        self.title = title
        self.play = play
        self.level = level
        self.why = why
        self.guards = guards
        self.rules = rules
        self.venues = venues
        self.key_types = key_types
        self.promises = promises

    @property
    def family(self) -> str:
        """The part of the id before the dot."""
        return self.id.partition(".")[0]

    @property
    def info(self) -> CheckInfo:
        """What reports show of it."""
        return CheckInfo(
            id=self.id, title=self.title, level=self.level, why=self.why, guards=self.guards, rules=self.rules
        )

    def __repr__(self) -> str:
        return f"Check({self.id})"


def check(
    id: str,
    title: str,
    *,
    level: Level,
    why: str,
    guards: tuple[str, ...],
    rules: tuple[str, ...] = (),
    venues: tuple[Venue, ...] = EVERYWHERE,
    key_types: tuple[KeyType, ...] = ("hmac",),
    promises: tuple[Promise, ...] = (),
) -> Callable[[Callable[[Scene], None]], Check]:
    """Make a check of the function below; see `Check` for the arguments."""

    def made(play: Callable[[Scene], None]) -> Check:
        return Check(
            id, title, play, level=level, why=why, guards=guards, rules=rules, venues=venues, key_types=key_types,
            promises=promises,
        )  # fmt: skip

    return made
