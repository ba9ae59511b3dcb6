"""Clients that misread times."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from binance_conformance.mutant import mutant
from binance_conformance.reference import Client
from binance_conformance.reference.client import Row

_UNIT: Final = "X-MBX-TIME-UNIT"


class TakesMicrosecondsForMilliseconds(Client):
    """Asks for orders in microseconds, and takes them for milliseconds."""

    def send(self, method: str, path: str, params: Mapping[str, Any], *, signed: bool) -> Any:
        if method == "GET" and path.endswith("/order"):
            self.session.headers[_UNIT] = "MICROSECOND"
        try:
            return super().send(method, path, params, signed=signed)
        finally:
            self.session.headers.pop(_UNIT, None)


class MultipliesMilliseconds(Client):
    """Takes the times of trades for seconds."""

    def my_trades(self, symbol: str, from_id: str | None, start_ms: int | None, end_ms: int | None) -> list[Row]:
        rows = super().my_trades(symbol, from_id, start_ms, end_ms)
        return [{**row, "time": row["time"] * 1000} for row in rows]


class TakesUpdateForBirth(Client):
    """Takes the time of an order's last change for that of its placing."""

    def query_order(self, symbol: str, order_id: str | None, client_order_id: str | None) -> Row:
        found = super().query_order(symbol, order_id, client_order_id)
        return {**found, "time": found["updateTime"]}


MUTANTS: Final = (
    mutant(TakesMicrosecondsForMilliseconds, "time-units.known-instants"),
    mutant(MultipliesMilliseconds, "time-units.known-instants"),
    mutant(TakesUpdateForBirth, "time-units.times-not-mixed"),
)
