"""binance-futures-connector beside python-binance: both call their package `binance`.

The set-up keeps this one in a folder of its own, and its modules are found there after those of the other.
"""

from __future__ import annotations

import sys
from pathlib import Path

import binance

binance.__path__.append(str(Path(sys.prefix) / "connector" / "binance"))

from binance.error import ClientError  # noqa: E402  # found by the line above
from binance.um_futures import UMFutures  # noqa: E402

__all__ = ["ClientError", "UMFutures"]
