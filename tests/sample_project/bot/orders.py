"""Placing orders so that none is placed twice."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal
from typing import Any

from binance.client import Client
from binance.exceptions import BinanceAPIException, BinanceRequestException
from requests import exceptions

UNKNOWN_ORDER = -2013
CLOCK_IS_OFF = -1021


class OrderDesk:
    """Places orders of one account.

    Args:
        client: a client of python-binance.
        sleep: waits so many seconds.
        attempts: how often an order is sent before giving up.
    """

    def __init__(self, client: Client, sleep: Callable[[float], None], attempts: int = 3) -> None:
        self._client = client
        self._sleep = sleep
        self._attempts = attempts

    def buy_for(self, symbol: str, quote: Decimal, name: str) -> dict[str, Any]:
        """Buy at the market for an amount of the quote asset.

        Args:
            symbol: the market.
            quote: what to spend.
            name: the client order id, one for each intention.
        """
        price = Decimal(self._client.get_symbol_ticker(symbol=symbol)["price"])
        return self._place(name, symbol=symbol, side="BUY", type="MARKET", quantity=self._cut(symbol, quote / price))

    def stop_loss(self, symbol: str, quantity: Decimal, stop: Decimal, name: str) -> dict[str, Any]:
        """Sell at the market as soon as the price falls to `stop`."""
        size = self._cut(symbol, quantity)
        return self._place(name, symbol=symbol, side="SELL", type="STOP_LOSS", quantity=size, stopPrice=str(stop))

    def _place(self, name: str, **order: str) -> dict[str, Any]:
        for _ in range(self._attempts):
            try:
                return self._client.create_order(newClientOrderId=name, **order)
            except BinanceAPIException as error:
                if error.code == CLOCK_IS_OFF:
                    self._set_clock()
                elif error.status_code in (418, 429):
                    self._sleep(float(error.response.headers["Retry-After"]))
                elif error.status_code < 500:
                    raise
                elif (known := self._find(order["symbol"], name)) is not None:
                    return known
            except (BinanceRequestException, exceptions.ConnectionError, exceptions.Timeout):
                if (known := self._find(order["symbol"], name)) is not None:
                    return known
        raise RuntimeError(f"{name} could not be placed in {self._attempts} attempts")

    def _find(self, symbol: str, name: str) -> dict[str, Any] | None:
        """The order if it was placed after all."""
        try:
            return self._client.get_order(symbol=symbol, origClientOrderId=name)
        except BinanceAPIException as error:
            if error.code == UNKNOWN_ORDER:
                return None
            raise

    def _set_clock(self) -> None:
        import time

        self._client.timestamp_offset = self._client.get_server_time()["serverTime"] - int(time.time() * 1000)

    def _cut(self, symbol: str, quantity: Decimal) -> str:
        """A quantity in whole lots."""
        filters = self._client.get_symbol_info(symbol)["filters"]
        step = next(Decimal(each["stepSize"]) for each in filters if each["filterType"] == "LOT_SIZE")
        return f"{(quantity / step).to_integral_value(ROUND_DOWN) * step:f}"
