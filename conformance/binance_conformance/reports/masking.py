"""Keeping secrets out of reports.

The journal of the mock masks what it knows as a secret; but clients put keys into their messages and people put them
onto command lines. A report is made to be shown around, so everything that looks like a secret is hidden there: PEM
private keys, words of the form of Binance's keys and secrets, values that a name calls a secret, passwords in URLs.
Signatures stay: they are evidence, and good for one request.
"""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from binance_conformance.results import RunResult

HIDDEN: Final = "***"

_PEM: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.S)
_KEY: Final = re.compile(r"(?<![A-Za-z0-9])(?=[a-z0-9]*[A-Z])(?=[A-Z0-9]*[a-z])[A-Za-z0-9]{64}(?![A-Za-z0-9])")
"""As Binance's keys and secrets are; a signature in hex has letters of one case only."""
_NAMES: Final = r"(?:secret(?:[_-]?key)?|private[_-]?key|pass(?:word|phrase)|token|mbx-apikey|api[_-]?key)"
_NAMED: Final = re.compile(rf"(?i)({_NAMES}[\"']?\s*[=:]\s*[\"']?)(?!\*\*\*)([^\s\"',;&)}}\]]{{4,}})")
_OPTION: Final = re.compile(rf"(?i)(--[\w-]*{_NAMES}\s+)(?!-)(\"[^\"]*\"|'[^']*'|\S+)")
_USER: Final = re.compile(r"(?<=://)[^/\s@]+:[^/\s@]+(?=@)")
_SUSPECT: Final = re.compile(r"(?i)PRIVATE KEY|://|secret|pass|token|key|[A-Z0-9]{64}")
"""What a text has in it that needs a closer look; few have."""
_CALLED_SECRET: Final = re.compile(rf"(?i)(?:.*[_-])?{_NAMES}|apisecret")


def mask(text: str) -> str:
    """The text with `***` for all that looks like a secret."""
    if _SUSPECT.search(text) is None:
        return text
    text = _USER.sub(HIDDEN, _KEY.sub(HIDDEN, _PEM.sub(HIDDEN, text)))
    return _OPTION.sub(rf"\g<1>{HIDDEN}", _NAMED.sub(rf"\g<1>{HIDDEN}", text))


def masked(run: RunResult) -> RunResult:
    """The result of a run with every text in it masked."""
    return msgspec.convert(_walk(msgspec.to_builtins(run)), RunResult)


def _walk(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {
            name: HIDDEN if isinstance(inner, str) and _CALLED_SECRET.fullmatch(name) else _walk(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_walk(each) for each in value]
    return value
