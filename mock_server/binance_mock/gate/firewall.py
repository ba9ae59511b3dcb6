"""The firewall in front of the API: suspicious text in a request is answered 403 before anything else (rule S-6)."""

from __future__ import annotations

import re
from typing import Final

from binance_mock.gate.request import Request

_GAP = rb"(?:\s|\+|%20|/\*.*?\*/)+"
_SUSPICIOUS: Final = re.compile(
    rb"union" + _GAP + rb"(?:all" + _GAP + rb")?select|select" + _GAP + rb".+?" + _GAP + rb"from" + _GAP
    + rb"|(?:;|%3b)" + rb"(?:\s|\+|%20)*drop" + _GAP + rb"|(?:<|%3c)script",
    re.IGNORECASE | re.DOTALL,
)  # fmt: skip


def is_suspicious(request: Request) -> bool:
    """Whether query or body holds what looks like SQL or a script."""
    for part in (request.query, request.body):
        # Every pattern needs a blank or an angle bracket, which plain parameters never have.
        if part and (b"%" in part or b"+" in part or b"<" in part or b" " in part) and _SUSPICIOUS.search(part):
            return True
    return False
