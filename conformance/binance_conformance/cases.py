"""Cases: a check at a venue with a type of key; and the choice among them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, NamedTuple

from binance_conformance.check import Check
from binance_conformance.protocol import KeyType
from binance_conformance.results import Level


class UnusableSelection(Exception):
    """A pattern that fits nothing, an empty selection, or a list that cannot be read; the message says which."""


class Case(NamedTuple):
    """A check at a venue with a type of key."""

    check: Check
    venue: str
    key_type: KeyType

    @property
    def name(self) -> str:
        """Such as `signing.special-characters@spot`, and `...@spot+ed25519` with a key that is not HMAC."""
        key = "" if self.key_type == "hmac" else f"+{self.key_type}"
        return f"{self.check.id}@{self.venue}{key}"

    def fits(self, pattern: str) -> bool:
        """Whether a pattern names it: a check, a case, a family (`faults`), or any of these with `*`."""
        return any(fnmatchcase(name, pattern) for name in (self.check.id, self.name, self.check.family))


def cases_of(checks: Iterable[Check]) -> list[Case]:
    """All cases of some checks, in their order."""
    return [Case(check, venue, key) for check in checks for venue in check.venues for key in check.key_types]


_ORDER: Final = tuple(Level)


def select(
    cases: Sequence[Case],
    patterns: Sequence[str] = (),
    *,
    level: Level | None = None,
    venues: Sequence[str] = (),
    skip: Sequence[str] = (),
) -> list[Case]:
    """The cases that were asked for.

    Args:
        cases: all that there are.
        patterns: those that fit one of these, all when empty.
        level: those that matter at least so much, all when None.
        venues: those of these venues, all when empty.
        skip: not those that fit one of these.

    Raises:
        UnusableSelection: a pattern fits nothing, or nothing is left.
    """
    for pattern in (*patterns, *skip):
        if not any(case.fits(pattern) for case in cases):
            raise UnusableSelection(f"no check fits {pattern!r}; --list shows them all")
    chosen = [
        case
        for case in cases
        if (not patterns or any(case.fits(pattern) for pattern in patterns))
        and not any(case.fits(pattern) for pattern in skip)
        and (level is None or _ORDER.index(case.check.level) <= _ORDER.index(level))
        and (not venues or case.venue in venues)
    ]
    if not chosen:
        raise UnusableSelection("no check is left by this selection; leave an option out, or see --list")
    return chosen


def read_list(path: Path) -> tuple[str, ...]:
    """The patterns of a file: one a line, with comments after `#`.

    Raises:
        UnusableSelection: it cannot be read.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableSelection(f"{path} cannot be read: {error}") from error
    return tuple(pattern for line in lines if (pattern := line.partition("#")[0].strip()))
