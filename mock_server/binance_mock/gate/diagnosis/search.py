"""The search for the mistake behind a refused request."""

from __future__ import annotations

from typing import Final

from binance_mock.gate.diagnosis.catalogue import MISTAKES
from binance_mock.gate.diagnosis.evidence import Evidence
from binance_mock.gate.diagnosis.forms import FORMS
from binance_mock.gate.diagnosis.mistake import Found, Mistake, SecretMistake
from binance_mock.gate.diagnosis.omission import OMISSIONS, Gap
from binance_mock.gate.diagnosis.result import Diagnosis
from binance_mock.gate.keys import ApiKey, KeyRing
from binance_mock.gate.request import Request
from binance_mock.gate.secrets import redact

_SHOWN: Final = 2_000  # characters of a payload that are shown


def diagnose(request: Request, key: ApiKey | None, ring: KeyRing, *, now_ms: int | None = None) -> Diagnosis:
    """Find the mistake that explains a refused signature, by making the same mistake.

    Never raises, whatever the request holds, and never shows a secret of the ring.

    Args:
        request: the request as received.
        key: the key of its X-MBX-APIKEY header, None when that is missing or unknown.
        ring: all keys of the world; their secrets are tried and kept out of the texts.
        now_ms: server time in milliseconds, used to guess a timestamp that was signed but not sent.

    Returns:
        The first mistake of `MISTAKES` that fits. The cause is "signature-right" when the signature is right,
        "signature-missing" when there is none and nothing is seen of it, and "unexplained" when nothing fits.
    """
    evidence = Evidence(request, key, ring, FORMS, now_ms)
    expected = _shown(evidence.payload, ring)
    if not evidence.signature:
        return diagnose_missing(request, ring) or Diagnosis(
            "signature-missing",
            "The request has no signature.",
            expected=expected,
            advice="Sign the payload with HMAC SHA-256 and append &signature=<hex digits>.",
        )
    if evidence.right == (True, None):
        return Diagnosis(
            "signature-right",
            "The signature is right.",
            expected=expected,
            advice="Look at the other checks: timestamp, permission, address, parameters.",
        )
    for mistake in MISTAKES:
        if not mistake.weak and (found := mistake.find(evidence)):
            return _report(mistake, found, expected, ring)
    for mistake in MISTAKES:
        if (
            isinstance(mistake, SecretMistake)
            and mistake.common
            and (found := mistake.find_over(evidence, evidence.tried))
        ):
            return _report(mistake, found, expected, ring)
    for mistake in MISTAKES:
        if mistake.weak and (found := mistake.find(evidence)):
            return _report(mistake, found, expected, ring)
    return Diagnosis(
        "unexplained",
        "The signature does not fit, and none of the known mistakes explains it.",
        expected=expected,
        advice="Compare the text that you sign with the expected one, byte by byte, and check that key and secret "
        "belong together.",
    )


def diagnose_missing(request: Request, ring: KeyRing | None = None) -> Diagnosis | None:
    """Tell what became of a missing signature, timestamp or key, None when the request does not show it.

    Args:
        request: the request as received.
        ring: keys whose secrets are kept out of the texts.
    """
    gap = Gap(request)
    for omission in OMISSIONS:
        note = omission.test(gap)
        if note is not None:
            return Diagnosis(omission.cause, _sentence(omission.title, note, ring), advice=omission.advice)
    return None


def _report(mistake: Mistake, found: Found, expected: str, ring: KeyRing) -> Diagnosis:
    form = found.form if found.form is not mistake else None
    summary = _sentence(mistake.title, found.note, ring)
    advice = mistake.advice
    if form is not None:
        summary += f" {form.title}"
        advice += f" {form.advice}"
    return Diagnosis(
        mistake.cause,
        summary,
        expected=expected,
        signed="" if found.signed is None else _shown(found.signed, ring),
        advice=advice,
        also="" if form is None else form.cause,
    )


def _sentence(title: str, note: str, ring: KeyRing | None) -> str:
    if not note:
        return title
    return f"{title} {note if ring is None else redact(note, ring)}"


def _shown(payload: bytes, ring: KeyRing) -> str:
    text = redact(payload.decode("utf-8", "backslashreplace"), ring)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}... ({len(payload)} bytes)"
