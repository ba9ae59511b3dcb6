"""Declaring an endpoint of this market, which leaves parameters alone that it does not know."""

from __future__ import annotations

from functools import partial
from typing import Final

from binance_mock.venues import endpoint as venues_endpoint

endpoint: Final = partial(venues_endpoint.endpoint, reads_all=False)
