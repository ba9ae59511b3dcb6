"""The catalogue: what the mock serves, read from the declarations of endpoints, limits and faults.

Everything here is derived, nothing is kept twice; the one exception is `pending`, which lists what is not served.
`python -m binance_mock.catalog --write` puts the generated documents in place, `--check` tells which are stale.
"""

from __future__ import annotations

from binance_mock.catalog.declarations import endpoints, faults, limits, retired
from binance_mock.catalog.openapi import openapi
from binance_mock.catalog.pending import NOT_SERVED

__all__ = ["NOT_SERVED", "endpoints", "faults", "limits", "openapi", "retired"]
