"""The firewall in front of the API: suspicious text in a request is answered 403 before anything else (rule S-6)."""

from __future__ import annotations

import re
from typing import Final

from binance_mock.gate.request import Request

# Possessive and bounded, so that no text makes the search slow.
_GAP = rb"(?:\s|\+|%20|/\*.{0,64}?\*/){1,64}+"
_SUSPICIOUS: Final = re.compile(
    rb"union" + _GAP + rb"(?:all" + _GAP + rb")?select|select" + _GAP + rb".{1,256}?" + _GAP + rb"from" + _GAP
    + rb"|(?:;|%3b)" + rb"(?:\s|\+|%20)*drop" + _GAP + rb"|(?:<|%3c)script",
    re.IGNORECASE | re.DOTALL,
)  # fmt: skip


def is_suspicious(request: Request) -> bool:
    """Whether query or body holds what looks like SQL or a script."""
    query, body = request.query, request.body
    return bool((query and _looks_bad(query)) or (body and _looks_bad(body)))


def _looks_bad(part: bytes) -> bool:
    # Every pattern needs a blank or an angle bracket, which plain parameters never have; `find` is the fastest look.
    if part.find(b"%") < 0 and part.find(b"+") < 0 and part.find(b"<") < 0 and part.find(b" ") < 0:
        return False
    return _SUSPICIOUS.search(part) is not None
