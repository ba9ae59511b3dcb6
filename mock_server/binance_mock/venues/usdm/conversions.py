"""What an account converts: quotes that it was given, and those of them that it took.

Amounts and ratios are scaled by 10^8, times are microseconds. An account's quotes and conversions have numbers of their
own, which never come twice among accounts.
"""

from __future__ import annotations

from typing import Final, NamedTuple

LIFE_US: Final = 10_000_000
"""How long a quote holds."""
_PER_USER: Final = 1_000_000
"""How many numbers each user has."""


class Quote(NamedTuple):
    """What one asset is exchanged for another at, until a moment, inclusive."""

    id: int
    given: str
    amount: int
    taken: str
    brings: int
    ratio: int
    inverse: int
    until: int


class Conversion(NamedTuple):
    """A quote that was taken."""

    id: int
    quote: Quote
    time: int


class Conversions:
    """The quotes and conversions of one account.

    Args:
        uid: the user's number, which begins all others.
    """

    __slots__ = ("_made", "_quotes", "_uid", "done")

    def __init__(self, uid: int) -> None:
        self._uid = uid
        self._made = 0
        self._quotes: dict[int, Quote] = {}
        self.done: list[Conversion] = []

    def offer(self, quote: Quote, now: int) -> Quote:
        """Remember a quote, under a number that it gets; those that ran out are forgotten."""
        self._quotes = {id: each for id, each in self._quotes.items() if each.until >= now}
        numbered = quote._replace(id=self._number())
        self._quotes[numbered.id] = numbered
        return numbered

    def standing(self, id: int, now: int) -> Quote | None:
        """The quote of this number, if it was not taken and still holds."""
        quote = self._quotes.get(id)
        return quote if quote is not None and now <= quote.until else None

    def take(self, quote: Quote, now: int) -> Conversion:
        """Write that a standing quote was taken."""
        del self._quotes[quote.id]
        made = Conversion(self._number(), quote, now)
        self.done.append(made)
        return made

    def find(self, *, id: int | None = None, quote: int | None = None) -> Conversion | None:
        """The conversion of this number, or of the quote of this number."""
        return next((each for each in self.done if id == each.id or (id is None and quote == each.quote.id)), None)

    def fork(self) -> Conversions:
        """An equal one that goes its own way."""
        twin = Conversions(self._uid)
        twin._made, twin._quotes, twin.done = self._made, self._quotes.copy(), self.done.copy()
        return twin

    def _number(self) -> int:
        self._made += 1
        return self._uid * _PER_USER + self._made
