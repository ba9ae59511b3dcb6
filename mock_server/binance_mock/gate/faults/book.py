"""The fault rules of one world, in order: the first one that matches and fires has the call.

A book is deterministic: the same rules and the same calls give the same faults. Each rule draws from its own generator,
made from the book's seed and the rule's name, so adding a rule does not move the draws of the others (though a rule
that fires hides that call from the rules behind it).

Cost: an empty book is false, and the caller asks no further. Otherwise a call costs one comparison of four fields per
rule up to the one that fires.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

from binance_mock.gate.faults.call import Call
from binance_mock.gate.faults.rules import FaultRule, why_not

_SETTINGS: Final = ("venue", "method", "path", "key", "nth", "after", "times", "probability")


class FaultBook:
    """Named fault rules.

    Args:
        seed: where the draws of all rules begin.
        venues: the venues that a rule may name; None for no check. A mapping tells the wording that each takes, else it
            takes its own.

    """

    __slots__ = ("_made", "_rules", "_seed", "_venues")

    def __init__(self, seed: int | str, *, venues: Collection[str] | Mapping[str, str] | None = None) -> None:
        self._seed = seed
        self._venues = dict(venues) if isinstance(venues, Mapping) else venues and tuple(venues)
        self._rules: dict[str, FaultRule] = {}
        self._made: dict[str, int] = {}  # kind to the last number given out

    def __bool__(self) -> bool:
        return bool(self._rules)

    def __len__(self) -> int:
        return len(self._rules)

    def __iter__(self) -> Iterator[FaultRule]:
        return iter(self._rules.values())

    def add(
        self,
        kind: str,
        *,
        name: str | None = None,
        venue: str | None = None,
        method: str | None = None,
        path: str | None = None,
        key: str | None = None,
        nth: int | None = None,
        after: int = 0,
        times: int | None = None,
        probability: float | None = None,
        **params: Any,
    ) -> FaultRule:
        """Add a rule behind the others; one of the same name is replaced in its place, with counters at 0.

        Args:
            kind: name of the fault kind.
            name: name of the rule; without one it is called after its kind: `unknown_503-1` and so on.
            venue: the venue it is for; this and the rest as in `FaultRule`.
            method: the verb it is for.
            path: the path it is for, or its beginning and `*`.
            key: label or text of the API key it is for.
            nth: fire on the n-th matching call only.
            after: skip so many matching calls first.
            times: fire at most so often.
            probability: the chance to fire on each call that is left.
            **params: parameters of the kind.

        Returns:
            The rule, in the book.

        Raises:
            ValueError: something is not legal; the message begins with its name. The book is unchanged.

        """
        rule = self._rule(
            {
                "kind": kind, "name": name, "venue": venue, "method": method, "path": path, "key": key,
                "nth": nth, "after": after, "times": times, "probability": probability, **params,
            }
        )  # fmt: skip
        self._rules[rule.name] = rule
        return rule

    def load(self, rules: list[dict[str, Any]]) -> list[FaultRule]:
        """Add rules from configuration or JSON: each an object with the arguments of `add` as its fields.

        Loading the same named rules twice leaves the book as after the first time.

        Returns:
            The rules in the order given.

        Raises:
            ValueError: `faults[<index>].<field>: ...`. Either all rules are added or none.

        """
        if not isinstance(rules, list):
            raise ValueError(f"faults: {type(rules).__name__} is not legal; write a list of rules")
        trial = self.fork()
        loaded: dict[str, FaultRule] = {}
        for index, fields in enumerate(rules):
            if not isinstance(fields, dict):
                raise ValueError(f"faults[{index}]: {type(fields).__name__} is not legal; write an object with a kind")
            try:
                rule = trial._rule(fields)
                if rule.name in loaded:
                    raise ValueError(f"name: {rule.name!r} is the name of an earlier rule of this list; write another")
            except ValueError as error:
                raise ValueError(f"faults[{index}].{error}") from None
            loaded[rule.name] = trial._rules[rule.name] = rule
        self._rules.update(loaded)
        self._made = trial._made
        return list(loaded.values())

    def remove(self, name: str) -> FaultRule:
        """Take the rule of this name out of the book.

        Returns:
            The rule with its counters.

        Raises:
            KeyError: there is no such rule; the message lists those there are.

        """
        rule = self._rules.pop(name, None)
        if rule is None:
            known = ", ".join(self._rules) or "none"
            raise KeyError(f"no fault rule is called {name!r}; the rules are: {known}")
        return rule

    def clear(self) -> None:
        """Remove all rules; generated names begin at 1 again."""
        self._rules.clear()
        self._made.clear()

    def wording(self, venue: str) -> str:
        """Whose texts a venue has."""
        return self._venues.get(venue, venue) if isinstance(self._venues, Mapping) else venue

    def pick(
        self,
        venue: str,
        method: str,
        path: str,
        key: str | None = None,
        label: str | None = None,
        sent: Callable[[], Mapping[str, str]] = dict,
    ) -> FaultRule | None:
        """Find the first rule that matches the call and fires on it.

        Every matching rule up to that one counts the call as seen.

        Args:
            venue: the venue that the call is to.
            method: the verb in capitals.
            path: the path without the query.
            key: text of the API key that was sent.
            label: the name of that key in the world.
            sent: reads its parameters.

        Returns:
            The rule, None when the call goes undisturbed.

        """
        call = Call(venue, method, path, key, label, sent)
        for rule in self._rules.values():
            if not why_not(rule, call) and rule.hit():
                return rule
        return None

    def describe(self) -> list[dict[str, Any]]:
        """All rules with settings and counters, in order; fit for JSON."""
        return [rule.describe() for rule in self._rules.values()]

    def fork(self) -> FaultBook:
        """Copy the book; the rules of the copy count and draw on from here, on their own."""
        twin = FaultBook(self._seed, venues=self._venues)
        twin._rules = {name: rule.fork() for name, rule in self._rules.items()}
        twin._made = dict(self._made)
        return twin

    def _rule(self, fields: dict[str, Any]) -> FaultRule:
        """Make a rule from the fields of `add`. It is not yet in the book, but a generated name is used up."""
        # Loaded with the first rule: the kinds take longer to load than a server without faults should take to start.
        from binance_mock.gate.faults.kinds import make_fault

        params = dict(fields)
        if "kind" not in params:
            raise ValueError("kind: is missing; write the name of a fault kind, such as 'unknown_503'")
        kind = params.pop("kind")
        given = {field: params.pop(field) for field in _SETTINGS if field in params}
        name = params.pop("name", None)
        venue = given.get("venue")
        if self._venues is not None and venue is not None and venue not in tuple(self._venues):
            raise ValueError(f"venue: {venue!r} is not legal; write one of {', '.join(self._venues)}, or leave it out")
        fault = make_fault(kind, **params)
        number = self._made.get(fault.kind, 0)
        generated = name is None
        while name is None or (generated and name in self._rules):
            number += 1
            name = f"{fault.kind}-{number}"
        rule = FaultRule(name, fault, seed=f"{self._seed}/{name}", **given)
        if generated:
            self._made[fault.kind] = number
        return rule
