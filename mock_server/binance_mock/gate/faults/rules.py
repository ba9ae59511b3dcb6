"""A fault rule: which calls it is about, on which of them it fires, and what it has seen.

A rule counts the matching calls it is asked about (`seen`) and those it fired on (`fired`). It is asked only when no
rule before it fired on the same call, so the counts of `nth` and `after` are of calls that reached the rule. An
exhausted rule goes on counting `seen`.

Draws for `probability` come from the rule's own generator, made from the seed it was given: other rules do not move
them. One draw is made per matching call after the first `after`, until the rule is exhausted.
"""

from __future__ import annotations

import re
from random import Random
from typing import Any, Final

from binance_mock.gate.faults.base import Fault, Whole, check
from binance_mock.gate.faults.call import Call

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
_VERBS: Final = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")
_NTH: Final = Whole(1, none="or leave it out to fire on every call")
_AFTER: Final = Whole(0)
_TIMES: Final = Whole(1, none="or leave it out to fire until the rule is removed")


class FaultRule:
    """One named rule: a fault, the calls it is for, and when it fires.

    Args:
        name: letters, digits and `. _ : -`, up to 64, beginning with a letter or digit: it stands in the path of the
            control API.
        fault: what goes wrong.
        venue: the venue of the call; None, as in the three that follow, for any.
        method: the verb, in any case.
        path: the whole path, or its beginning followed by `*`.
        key: label or text of the API key.
        nth: fire on the n-th matching call only, counted from 1.
        after: skip so many matching calls first.
        times: fire at most so often, None for no end.
        probability: from 0 to 1, the chance to fire on each call that the settings above let through; None is always.
        seed: where the draws begin.

    Raises:
        ValueError: an illegal value, or settings that exclude each other; the message begins with the setting's name
            and says what to write instead.

    """

    __slots__ = (
        "_prefix", "_rng", "after", "fault", "fired", "key", "method", "name", "nth", "path", "probability", "seen",
        "times", "venue",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        fault: Fault,
        *,
        venue: str | None = None,
        method: str | None = None,
        path: str | None = None,
        key: str | None = None,
        nth: int | None = None,
        after: int = 0,
        times: int | None = None,
        probability: float | None = None,
        seed: str = "",
    ) -> None:
        _check_name(name)
        for field, text in (("venue", venue), ("method", method), ("path", path), ("key", key)):
            _check_text(field, text)
        _check_path(path)
        check("nth", nth, _NTH)
        check("after", after, _AFTER)
        check("times", times, _TIMES)
        _check_probability(probability)
        _check_conflicts(nth, after, times, probability)
        self.name = name
        self.fault = fault
        self.venue = venue
        self.method = _verb(method)
        self.path = path
        self.key = key
        self.nth = nth
        self.after = after
        self.times = times
        self.probability = probability
        self.seen = 0
        self.fired = 0
        self._prefix = path[:-1] if path is not None and path.endswith("*") else None
        # Faults must be repeatable, not unguessable. A generator weighs 2.5 kB: only rules that draw have one.
        self._rng = Random(seed) if probability is not None else None

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.settings().items() if value is not None)
        return f"FaultRule({shown}, seen={self.seen}, fired={self.fired})"

    @property
    def exhausted(self) -> bool:
        """Whether it will never fire again."""
        if self.nth is not None:
            return self.seen >= self.nth
        return self.times is not None and self.fired >= self.times

    def hit(self) -> bool:
        """Count one matching call and say whether the rule fires on it."""
        exhausted = self.exhausted
        self.seen += 1
        if exhausted or self.seen <= self.after or (self.nth is not None and self.seen != self.nth):
            return False
        if self._rng is not None and self.probability is not None and self._rng.random() >= self.probability:
            return False
        self.fired += 1
        return True

    def settings(self) -> dict[str, Any]:
        """Give all settings in one flat object: `FaultBook.load` makes the same rule from it again."""
        return {
            "name": self.name,
            "kind": self.fault.kind,
            "venue": self.venue,
            "method": self.method,
            "path": self.path,
            "key": self.key,
            "nth": self.nth,
            "after": self.after,
            "times": self.times,
            "probability": self.probability,
            **self.fault.settings(),
        }

    def describe(self) -> dict[str, Any]:
        """Give the settings and, beside them, `seen`, `fired` and `exhausted`; fit for JSON."""
        return {**self.settings(), "seen": self.seen, "fired": self.fired, "exhausted": self.exhausted}

    def fork(self) -> FaultRule:
        """Copy the rule; the copy counts and draws on from here, on its own."""
        twin = FaultRule(
            self.name,
            self.fault,
            venue=self.venue,
            method=self.method,
            path=self.path,
            key=self.key,
            nth=self.nth,
            after=self.after,
            times=self.times,
            probability=self.probability,
        )
        twin.seen = self.seen
        twin.fired = self.fired
        if self._rng is not None and twin._rng is not None:
            twin._rng.setstate(self._rng.getstate())
        return twin


def why_not(rule: FaultRule, call: Call) -> list[str]:
    """List the differences between what the rule is for and the call; [] means that it matches.

    Only the match is judged, not whether the rule would fire.
    """
    found = []
    if rule.venue is not None and rule.venue != call.venue:
        found.append(f"venue: the rule is for {rule.venue}, the call is to {call.venue}")
    if rule.method is not None and rule.method != call.method:
        found.append(f"method: the rule is for {rule.method}, the call is a {call.method}")
    if rule._prefix is not None:
        if not call.path.startswith(rule._prefix):
            found.append(f"path: the rule is for paths that begin with {rule._prefix}, the call is to {call.path}")
    elif rule.path is not None and rule.path != call.path:
        found.append(f"path: the rule is for {rule.path}, the call is to {call.path}")
    if rule.key is not None and rule.key != call.key and rule.key != call.label:
        sent = "no key" if call.key is None else f"the key {call.key}"
        if call.label is not None:
            sent += f", called {call.label}"
        found.append(f"key: the rule is for {rule.key}, the call has {sent}")
    if not found and rule.fault.spares(call):
        found.append(f"kind: {rule.fault.kind} lets such a call pass")
    return found


def _check_name(name: object) -> None:
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        raise ValueError(
            f"name: {name!r} is not legal; write up to 64 letters, digits and . _ : -, beginning with a letter or digit"
        )


def _check_text(field: str, text: object) -> None:
    if text is not None and (not isinstance(text, str) or not text):
        raise ValueError(f"{field}: {text!r} is not legal; write a text, or leave {field} out to match any")


def _verb(method: str | None) -> str | None:
    if method is None:
        return None
    verb = method.upper()
    if verb not in _VERBS:
        raise ValueError(f"method: {method!r} is not legal; write one of {', '.join(_VERBS)}, or leave method out")
    return verb


def _check_path(path: str | None) -> None:
    if path is None or path == "*":
        return
    if "?" in path:
        raise ValueError(f"path: {path!r} is not legal; write it without the query, {path.partition('?')[0]!r}")
    if not path.startswith("/"):
        raise ValueError(f"path: {path!r} is not legal; write the whole path, such as '/api/v3/order'")
    if "*" in path[:-1]:
        raise ValueError(f"path: {path!r} is not legal; * may stand at the end only, such as '/api/v3/*'")


def _check_probability(value: object) -> None:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1):
        return
    raise ValueError(f"probability: {value!r} is not legal; write a number from 0 to 1, or leave it out to fire always")


def _check_conflicts(nth: int | None, after: int, times: int | None, probability: float | None) -> None:
    if nth is None:
        return
    if after:
        raise ValueError(
            f"nth: {nth} cannot stand beside after={after}; nth counts all matching calls, so write nth={nth + after}"
            f" for call {nth} of those that follow, or after={after}, times=1 for the first of them"
        )
    if times is not None:
        raise ValueError(
            f"nth: {nth} cannot stand beside times={times}; nth fires once, so leave times out, or write"
            f" after={nth - 1}, times={times} to fire from call {nth} on"
        )
    if probability is not None:
        raise ValueError(
            f"nth: {nth} cannot stand beside probability={probability}; leave one of them out, or write"
            f" after={nth - 1}, times=1, probability={probability} for one chance hit from call {nth} on"
        )
