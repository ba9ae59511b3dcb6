"""Keeping secrets out of the texts that people see: journal, log, diagnosis.

Secrets are found as they are, in any letter case, and with any of their characters percent-encoded, even several
times. A secret of fewer than 8 characters is a test's `S` or `secret`: it is hidden where it stands as a word of its
own in exactly this spelling, since hiding every `S` would leave no readable text. Other transformations (base64, a
part of the secret) are not found.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote_plus

from binance_mock.gate.keys import KeyRing

HIDDEN: Final = "***"

_SHORT: Final = 8
_DEPTH: Final = 3  # levels of percent-encoding that are looked through
_PRIVATE_KEY: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.S)


def redact(text: str, ring: KeyRing) -> str:
    """Return `text` with `***` for every secret of the ring, and for PEM private keys."""
    if "PRIVATE KEY-----" in text:
        text = _PRIVATE_KEY.sub(HIDDEN, text)
    readings = _readings(text)
    found = {secret for secret in ring.secrets() for reading in readings if secret.lower() in reading}
    for secret in sorted(found, key=lambda secret: (-len(secret), secret)):  # a secret may contain another
        text = _pattern(secret).sub(HIDDEN, text)
    return text


def mask_key(text: str, ring: KeyRing) -> str:
    """Show a key as it may be shown: its first and last 4 characters, and those only if the ring knows it.

    An unknown text in the place of a key may be anything, a secret for one: only its length is told.
    """
    if text not in ring or text in set(ring.secrets()):
        return f"({len(text)} characters)"
    return text if len(text) <= 8 else f"{text[:4]}...{text[-4:]}"


def _readings(text: str) -> set[str]:
    readings = {text.lower()}
    for _ in range(_DEPTH):
        if "%" not in text and "+" not in text:
            break
        text = unquote_plus(text, errors="replace")
        readings.add(text.lower())
    return readings


def _pattern(secret: str) -> re.Pattern[str]:
    body = "".join(_character(character) for character in secret)
    if len(secret) < _SHORT:
        return re.compile(rf"(?<![A-Za-z0-9]){body}(?![A-Za-z0-9])")
    return re.compile(body, re.IGNORECASE)


def _character(character: str) -> str:
    # Every byte may have been encoded, and its percent sign encoded again: A, %41, %2541, ...
    encoded = "".join(f"%(?:25)*(?i:{byte:02x})" for byte in character.encode("utf-8", "surrogatepass"))
    plus = r"|\+" if character == " " else ""
    return f"(?:{re.escape(character)}|{encoded}{plus})"
