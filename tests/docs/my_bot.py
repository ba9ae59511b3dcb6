"""Stands in for the reader's code: a bot that signs by its own clock and places no order twice."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import requests


class Bot:
    """Trades on the spot market.

    Args:
        api_key: of its account.
        api_secret: signs its calls.
        url: of the exchange.
        session: makes its calls.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        api_key: str = "",
        api_secret: str = "",
        url: str = "https://api.binance.com",
        session: requests.Session | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._key = api_key
        self._secret = api_secret
        self._url = url
        self._session = session or requests
        self._sleep = sleep
        self._ahead = 0
        self._orders = 0

    def price(self, symbol: str) -> str:
        answer = self._session.get(f"{self._url}/api/v3/ticker/price", params={"symbol": symbol}, timeout=10)
        answer.raise_for_status()
        return str(answer.json()["price"])

    def buy(self, symbol: str, quantity: str, price: str | None = None) -> dict[str, Any]:
        """Buy at the market, or at a price, once, whatever becomes of the answer."""
        self._orders += 1
        name = f"bot-{self._orders}"
        kind = {"type": "MARKET"} if price is None else {"type": "LIMIT", "timeInForce": "GTC", "price": price}
        order = {"symbol": symbol, "side": "BUY", "quantity": quantity, "newClientOrderId": name, **kind}
        for _ in range(5):
            try:
                answer = self._signed("POST", "/api/v3/order", **order)
            except (requests.ConnectionError, requests.Timeout):
                answer = None
            if answer is not None and answer.status_code == 429:
                self._sleep(float(answer.headers["Retry-After"]))
            elif answer is not None and answer.status_code < 500:
                answer.raise_for_status()
                return dict(answer.json())
            else:  # whether it was placed is to be asked, not tried
                known = self._signed("GET", "/api/v3/order", symbol=symbol, origClientOrderId=name)
                if known.ok:
                    return dict(known.json())
        raise RuntimeError("the order could not be placed")

    def _signed(self, method: str, path: str, **params: str) -> requests.Response:
        answer = self._send(method, path, params)
        if answer.status_code == 400 and answer.json()["code"] == -1021:
            now = self._session.get(f"{self._url}/api/v3/time", timeout=10).json()["serverTime"]
            self._ahead = now - round(time.time() * 1000)
            answer = self._send(method, path, params)
        return answer

    def _send(self, method: str, path: str, params: dict[str, str]) -> requests.Response:
        query = urlencode({**params, "timestamp": round(time.time() * 1000) + self._ahead})
        signature = hmac.new(self._secret.encode(), query.encode(), hashlib.sha256).hexdigest()
        url = f"{self._url}{path}?{query}&signature={signature}"
        return self._session.request(method, url, headers={"X-MBX-APIKEY": self._key}, timeout=10)
