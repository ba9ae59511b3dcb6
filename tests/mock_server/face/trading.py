"""A client that signs by hand, for the tests that need orders."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from urllib.parse import urlencode

import requests

from binance_mock import Mock


def hmac_signer(secret: str | None) -> Callable[[str], str]:
    """Sign with HMAC SHA-256, in hex."""
    assert secret is not None
    return lambda text: hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def signed(
    binance: Mock, method: str, path: str, *, key: str = "", sign: Callable[[str], str] | None = None, **params: str
) -> requests.Response:
    """Send a signed request at the exchange's time, with the default key unless told otherwise."""
    key = key or binance.api_key
    sign = sign or hmac_signer(binance.api_secret)
    query = urlencode({**params, "timestamp": binance.clock.now_ms})
    url = f"{binance.url}{path}?{query}&{urlencode({'signature': sign(query)})}"
    return requests.request(method, url, headers={"X-MBX-APIKEY": key}, timeout=10)


def place(
    binance: Mock, side: str, qty: str, *, key: str = "", secret: str | None = None, **params: str
) -> requests.Response:
    """Place an order in BTCUSDT; a price makes it a LIMIT order."""
    kind = {"type": "LIMIT", "timeInForce": "GTC"} if "price" in params else {"type": "MARKET"}
    order = {"symbol": "BTCUSDT", "side": side, "quantity": qty, **kind, **params}
    sign = hmac_signer(secret) if secret else None
    return signed(binance, "POST", "/api/v3/order", key=key, sign=sign, **order)
