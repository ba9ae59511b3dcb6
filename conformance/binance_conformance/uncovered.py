"""Failure modes that no check guards against, with the reason. Every other one has a check."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_NO_STREAMS: Final = "the exchange has no WebSocket yet"

UNCOVERED: Final[Mapping[str, str]] = MappingProxyType({
    "F-5": _NO_STREAMS,
    "F-6": _NO_STREAMS,
    "F-69": _NO_STREAMS,
    "F-80": "the exchange answers neither with redirects nor compressed",
    "F-81": "what goes past the exchange cannot be seen there; run the driver where only loopback can be reached",
    **{f"F-{number}": _NO_STREAMS for number in range(100, 117)},
})  # fmt: skip
"""Failure mode to reason."""
