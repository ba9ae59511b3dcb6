"""Why a signature was refused: found by trying the mistakes that people make.

To add a mistake: write a function that makes it, wrap it in one of the kinds of `mistake`, and put it into the tuple
`MISTAKES` in `catalogue` (or into `OMISSIONS` in `omission` when something is missing).

Limits: one mistake at a time, or a mistake in the payload together with one in the form of the signature or with
stray characters around the secret. For RSA and Ed25519 only the public key is known, so only payloads and forms can be
tried. A diagnosis takes up to 3000 HMACs (a few milliseconds) or 400 public-key checks.

This package is not needed to serve a request; import it when the first one is refused.
"""

from __future__ import annotations

from binance_mock.gate.diagnosis.catalogue import MISTAKES
from binance_mock.gate.diagnosis.omission import OMISSIONS
from binance_mock.gate.diagnosis.result import Diagnosis
from binance_mock.gate.diagnosis.search import diagnose, diagnose_missing

__all__ = ["MISTAKES", "OMISSIONS", "Diagnosis", "diagnose", "diagnose_missing"]
