"""How endpoints are declared in the markets that leave parameters alone which they do not know: all but spot."""

from __future__ import annotations

from functools import partial
from typing import Final

from binance_mock.venues import endpoint as venues_endpoint

endpoint: Final = partial(venues_endpoint.endpoint, reads_all=False)
"""Declares an endpoint that reads its own parameters and no others."""
