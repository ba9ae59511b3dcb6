"""The kinds of mistakes: each knows how to find out whether a request was made with it.

A mistake is data (id, sentence, advice) plus one function that makes guesses. Five kinds differ in what is guessed:
the payload, the secret, the digest, the form in which the signature was written (see `forms`), or nothing, when the
request shows the mistake by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from binance_mock.gate.keys import keyed_sha256

if TYPE_CHECKING:
    from binance_mock.gate.diagnosis.evidence import Evidence
    from binance_mock.gate.diagnosis.forms import Form


class Found(NamedTuple):
    """A mistake explains the signature.

    `note` names the details, `signed` the payload that was signed, `form` a second mistake in how the signature was
    written.
    """

    note: str = ""
    signed: bytes | None = None
    form: Form | None = None


class Mistake:
    """One way to get a signature wrong.

    Args:
        cause: stable id, lower-case words joined by `-`.
        title: one sentence, what was done.
        advice: one sentence, what to do instead.
        weak: the mistake is inferred from looks, not proven by the signature; tried after everything else.
    """

    __slots__ = ("advice", "cause", "title", "weak")

    def __init__(self, cause: str, title: str, advice: str, *, weak: bool = False) -> None:
        self.cause = cause
        self.title = title
        self.advice = advice
        self.weak = weak

    def find(self, evidence: Evidence) -> Found | None:
        """Return what was found when this mistake explains the request, else None."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.cause!r})"


class PayloadMistake(Mistake):
    """Another text was signed than the one sent.

    `guesses` yields payloads that were signed if the mistake was made. `wide` marks a generator of very many guesses:
    they are not tried again with other secrets.
    """

    __slots__ = ("guesses", "wide")

    def __init__(
        self, cause: str, title: str, advice: str, guesses: Callable[[Evidence], Iterable[bytes]], *, wide: bool = False
    ) -> None:
        super().__init__(cause, title, advice)
        self.guesses = guesses
        self.wide = wide

    def find(self, evidence: Evidence) -> Found | None:
        """Try every guess under the right key."""
        if evidence.key is None or not evidence.readings:
            return None
        for payload in self.guesses(evidence):
            fresh = evidence.fresh(payload)
            if not evidence.afford(len(payload), tries=fresh):
                return None
            if not fresh:
                continue
            hit, form = evidence.fits(payload)
            if hit:
                return Found(signed=payload, form=form)
            if not self.wide:
                evidence.tried.append(payload)
        return None


class SecretMistake(Mistake):
    """The right payload was signed with HMAC SHA-256 under another secret. `guesses` yields secrets, each with a note.

    `common` secrets are tried also together with each payload that a `PayloadMistake` guessed.
    """

    __slots__ = ("common", "guesses")

    def __init__(
        self,
        cause: str,
        title: str,
        advice: str,
        guesses: Callable[[Evidence], Iterable[tuple[bytes, str]]],
        *,
        common: bool = False,
    ) -> None:
        super().__init__(cause, title, advice)
        self.guesses = guesses
        self.common = common

    def find(self, evidence: Evidence) -> Found | None:
        """Try every secret on the right payload."""
        return self.find_over(evidence, (evidence.payload,))

    def find_over(self, evidence: Evidence, payloads: Iterable[bytes]) -> Found | None:
        """Try every secret on each of the payloads."""
        if evidence.key is None or evidence.key.mac is None or not evidence.readings:
            return None
        payloads = tuple(payloads)
        for secret, note in self.guesses(evidence):
            mac = keyed_sha256(secret)
            for payload in payloads:
                if not evidence.afford(len(payload)):
                    return None
                hit, form = evidence.reading(mac(payload))
                if hit:
                    return Found(note, payload, form)
        return None


class DigestMistake(Mistake):
    """Something else than HMAC SHA-256 was computed from the right secret and payload. `guesses` yields raw digests."""

    __slots__ = ("guesses",)

    def __init__(
        self, cause: str, title: str, advice: str, guesses: Callable[[Evidence, bytes], Iterator[tuple[bytes, str]]]
    ) -> None:
        super().__init__(cause, title, advice)
        self.guesses = guesses

    def find(self, evidence: Evidence) -> Found | None:
        """Compare every guessed digest with the signature."""
        secret = evidence.key.reveal() if evidence.key is not None else None
        if secret is None or not evidence.readings:
            return None
        for digest, note in self.guesses(evidence, secret.encode()):
            if not evidence.afford(len(evidence.payload)):
                return None
            hit, form = evidence.reading(digest)
            if hit:
                return Found(note, form=form)
        return None


class VisibleMistake(Mistake):
    """The request shows the mistake by itself. `test` returns a note, possibly empty, or None for "no"."""

    __slots__ = ("test",)

    def __init__(
        self, cause: str, title: str, advice: str, test: Callable[[Evidence], str | None], *, weak: bool = False
    ) -> None:
        super().__init__(cause, title, advice, weak=weak)
        self.test = test

    def find(self, evidence: Evidence) -> Found | None:
        """Look."""
        note = self.test(evidence)
        return None if note is None else Found(note)
