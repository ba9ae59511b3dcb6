"""Clients that lose their way between pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from binance_conformance.mutant import mutant
from binance_conformance.reference import Client
from binance_conformance.reference.client import PAGE, Row


class StartsAtLastOpenTime(Client):
    """Begins the next page of candles with the last candle of the page before."""

    def klines(self, symbol: str, interval: str, start_ms: int | None, end_ms: int | None, limit: int | None) -> Any:
        asked = {"symbol": symbol, "interval": interval, "startTime": start_ms, "endTime": end_ms}
        rows: list[Any] = []
        while True:
            page = self.call("GET", "/klines", {**asked, "limit": limit or PAGE})
            rows += page
            if limit or len(page) < PAGE:
                return rows
            asked["startTime"] = page[-1][0]


class StopsAfterFirstPage(Client):
    """Takes the first page of candles for all of them."""

    def klines(self, symbol: str, interval: str, start_ms: int | None, end_ms: int | None, limit: int | None) -> Any:
        return super().klines(symbol, interval, start_ms, end_ms, limit or PAGE)


class TakesOpenForClosed(Client):
    """Takes every candle for a final one."""

    def is_closed(self, row: Sequence[Any], asked_ms: int) -> bool:
        return True


class StopsAtEmptyPage(Client):
    """Walks through time in steps of a page, and stops at the first step without candles."""

    def klines(self, symbol: str, interval: str, start_ms: int | None, end_ms: int | None, limit: int | None) -> Any:
        if limit is not None or start_ms is None or end_ms is None:
            return super().klines(symbol, interval, start_ms, end_ms, limit)
        step = PAGE * {"1m": 60_000, "5m": 300_000, "1h": 3_600_000}[interval]
        rows: list[Any] = []
        while start_ms <= end_ms:
            asked = {"startTime": start_ms, "endTime": min(end_ms, start_ms + step - 1), "limit": PAGE}
            page = self.call("GET", "/klines", {"symbol": symbol, "interval": interval, **asked})
            if not page:
                break
            rows += page
            start_ms += step
        return rows


class AsksOnAfterFullPage(Client):
    """Asks for the page behind the last one again and again, in the belief that there must be more."""

    def klines(self, symbol: str, interval: str, start_ms: int | None, end_ms: int | None, limit: int | None) -> Any:
        rows = super().klines(symbol, interval, start_ms, end_ms, limit)
        if rows and len(rows) % PAGE == 0:
            asked = {"symbol": symbol, "interval": interval, "startTime": rows[-1][0] + 1, "endTime": end_ms}
            for _ in range(5):
                self.call("GET", "/klines", {**asked, "limit": PAGE})
        return rows


class PagesTradesByTime(Client):
    """Begins the next page of trades one millisecond after the last trade."""

    def market_trades(self, symbol: str, start_ms: int, end_ms: int) -> list[Row]:
        rows: list[Row] = []
        while True:
            asked = {"symbol": symbol, "startTime": start_ms, "endTime": end_ms, "limit": PAGE}
            page = self.call("GET", "/aggTrades", asked)
            rows += page
            if len(page) < PAGE:
                return rows
            start_ms = page[-1]["T"] + 1


class TakesTradeForOrder(Client):
    """Asks for the trades of an order when it is asked for those from a trade on."""

    def my_trades(self, symbol: str, from_id: str | None, start_ms: int | None, end_ms: int | None) -> list[Row]:
        if from_id is None:
            return super().my_trades(symbol, from_id, start_ms, end_ms)
        asked = {"symbol": symbol, "orderId": from_id, "limit": PAGE}
        rows: list[Row] = self.call("GET", self.venue.my_trades, asked, signed=True)
        return rows


class AsksForWholeSpan(Client):
    """Asks for any time at once, however long it is."""

    def spans(self, start_ms: int, end_ms: int | None) -> Iterator[tuple[int, int]]:
        yield start_ms, self.timestamp() if end_ms is None else end_ms


MUTANTS: Final = (
    mutant(StartsAtLastOpenTime, "pagination.candles-once", also=("pagination.full-last-page",)),
    mutant(StopsAfterFirstPage, "pagination.candles-once"),
    mutant(TakesOpenForClosed, "pagination.open-candle-marked"),
    mutant(StopsAtEmptyPage, "pagination.gap-does-not-end-the-walk"),
    mutant(AsksOnAfterFullPage, "pagination.full-last-page"),
    mutant(PagesTradesByTime, "pagination.trades-of-one-millisecond"),
    mutant(TakesTradeForOrder, "pagination.from-trade-id"),
    mutant(AsksForWholeSpan, "pagination.long-span"),
)
