"""The agreement on contracts of stocks, which the mock lists none of."""

from __future__ import annotations

from typing import Final

from binance_mock.venues.declare import endpoint
from binance_mock.venues.endpoint import Endpoint, Json, Security
from binance_mock.venues.usdm.venue import UsdmCall


@endpoint("POST", "/fapi/v1/stock/contract", group="trade", security=Security.USER_DATA, weight=50)
def sign_agreement(call: UsdmCall) -> Json:
    """Sign the agreement; nothing depends on it."""
    return {"code": 200, "msg": "success"}


ENDPOINTS: Final[tuple[Endpoint, ...]] = (sign_agreement,)
