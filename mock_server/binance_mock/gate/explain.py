"""Explaining a signed request without executing or counting it."""

from __future__ import annotations

from typing import Any

from binance_mock.gate import parameters, signing, timing
from binance_mock.gate.desk import Routes
from binance_mock.gate.diagnosis import Diagnosis, diagnose, diagnose_missing
from binance_mock.gate.keys import KeyRing
from binance_mock.gate.request import Request
from binance_mock.gate.secrets import mask_key
from binance_mock.venues.errors import Refusal


def explain_request(request: Request, keys: KeyRing, now: int, routes: Routes) -> dict[str, Any]:
    """What is to be said of key, timestamp and signature of a request.

    Args:
        request: as it was sent.
        keys: the known keys; their secrets appear nowhere in the answer.
        now: microseconds, for the age of the timestamp.
        routes: what is served, to tell which calls are signed; an unknown one is taken for signed.

    Returns:
        `verdict` ("ok" or "refused"), `key`, `timing` (None, or why it fails), and the `diagnosis` of the signature.
    """
    endpoint = routes.get(request.path, {}).get(request.method)
    if endpoint is not None and not endpoint.signed:
        unsigned = Diagnosis(
            "signature-not-needed", "This call takes no signature.", advice="Look at its other parameters."
        )
        return {"verdict": "ok", "key": "", "timing": None, "diagnosis": unsigned.as_dict()}
    text = request.headers.get(b"x-mbx-apikey", b"").decode("latin-1")
    key = keys.get(text)
    missing = diagnose_missing(request, keys)
    signed = signing.signed_parts(request)
    diagnosis = (
        missing if not signed.signature and missing is not None else diagnose(request, key, keys, now_ms=now // 1000)
    )
    late = _timing(request, now)
    right = diagnosis.cause == "signature-right"
    return {
        "verdict": "ok" if right and late is None else "refused",
        "key": (key.label or mask_key(text, keys)) if key is not None else mask_key(text, keys) if text else "",
        "timing": late,
        "diagnosis": diagnosis.as_dict(),
    }


def _timing(request: Request, now: int) -> str | None:
    try:
        timing.check(timing.read(parameters.read(request)), now)
    except Refusal as refusal:
        return f"{refusal.msg} {refusal.why}".strip()
    return None
