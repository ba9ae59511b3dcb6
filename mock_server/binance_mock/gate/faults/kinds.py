"""The list of fault kinds, and how one is found and made by name."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, Final

from binance_mock.gate.faults.answers import (
    Banned418,
    Error500,
    Firewall403,
    Internal503,
    Overloaded503,
    Timeout504,
    TooMany429,
    Unavailable503,
    Unknown503,
)
from binance_mock.gate.faults.base import Fault
from binance_mock.gate.faults.delivery import (
    ClockJump,
    EmptyBody,
    GarbageBody,
    HtmlBody,
    Latency,
    ResetAfter,
    ResetBefore,
    TruncatedBody,
)

KINDS: Final[tuple[type[Fault], ...]] = (
    Unknown503,
    Unavailable503,
    Internal503,
    Overloaded503,
    Error500,
    Timeout504,
    TooMany429,
    Banned418,
    Firewall403,
    Latency,
    ResetBefore,
    ResetAfter,
    TruncatedBody,
    EmptyBody,
    HtmlBody,
    GarbageBody,
    ClockJump,
)
"""Every kind, in the order of the catalogue."""


def kind_named(name: str) -> type[Fault]:
    """Find the kind with this name.

    Raises:
        ValueError: there is none; the message lists the nearest names and all names.

    """
    for kind in KINDS:
        if kind.kind == name:
            return kind
    names = [kind.kind for kind in KINDS]
    raise ValueError(f"kind: no fault is called {name!r}{_did_you_mean(name, names)}; the kinds are {', '.join(names)}")


def make_fault(kind: str, **params: Any) -> Fault:
    """Make a fault from the name of its kind and its parameters, as they come from JSON.

    Raises:
        ValueError: no such kind or parameter, a required parameter is missing, or a value is not legal. The message
            begins with the name of what is wrong.

    """
    chosen = kind_named(kind)
    declared = chosen.parameters()
    names = [parameter.name for parameter in declared]
    for name in params:
        if name not in names:
            takes = f"it takes {', '.join(names)}" if names else "it takes no parameters"
            raise ValueError(f"{name}: {kind} has no such parameter{_did_you_mean(name, names)}; {takes}")
    for parameter in declared:
        if parameter.required and parameter.name not in params:
            raise ValueError(f"{parameter.name}: {kind} needs it ({parameter.doc}); write {parameter.legal}")
    return chosen(**params)


def _did_you_mean(name: object, names: Iterable[str]) -> str:
    near = get_close_matches(str(name), list(names), n=3, cutoff=0.5)
    return f" (did you mean {' or '.join(near)}?)" if near else ""
