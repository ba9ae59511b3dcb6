"""What a trader wants done, on any venue. Orders are placed once, whatever becomes of the answer."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from binance_conformance.reference.connection import ATTEMPTS, Connection
from binance_conformance.reference.errors import ClientError, Refused, RetryLater, UnknownOutcome

LONGEST_CALL_MS: Final = 10_000
"""So long the exchange may work on a call (rule S-8)."""
PAGE: Final = 1000
"""Rows of a page."""

_NO_SUCH_ORDER: Final = -2013
_NOT_OPEN: Final = (-2011, -2013, -6028)
"""Codes of a cancellation that found nothing to cancel."""
_OFF_GRID: Final = (-1013, -1111, -4014, -4023, -4029)
_OPEN: Final = ("NEW", "PARTIALLY_FILLED", "PENDING_NEW", "ACCEPTED")

_CONDITIONAL: Final = ("STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET")
_NAMES_OF_CONDITIONAL: Final = MappingProxyType({"newClientOrderId": "clientAlgoId", "stopPrice": "triggerPrice"})

Row = dict[str, Any]


def as_order(row: Row) -> Row:
    """A conditional order in the names of an ordinary one; `orderId` is its algoId."""
    return {
        **row, "orderId": row["algoId"], "clientOrderId": row["clientAlgoId"], "type": row["orderType"],
        "status": row["algoStatus"], "origQty": row["quantity"],
    }  # fmt: skip


class Client(Connection):
    """A client of one venue; see `Connection` for its arguments. Results are what Binance answers."""

    _rules: Mapping[str, Row] | None = None

    # -- market -------------------------------------------------------------------------------------------------

    def exchange_info(self, symbols: Sequence[str] | None = None) -> list[Row]:
        """The rules of some symbols or of all; of the limits the request weight is taken to heart."""
        asked = {"symbols": list(symbols)} if symbols and self.venue.name == "spot" else {}
        info = self.call("GET", "/exchangeInfo", asked)
        for limit in info.get("rateLimits", ()):
            if limit["rateLimitType"] == "REQUEST_WEIGHT" and limit["interval"] == "MINUTE":
                self.weight_limit = limit["limit"]
        rows: list[Row] = info.get("symbols") or info.get("optionSymbols") or []
        return [row for row in rows if not symbols or row["symbol"] in symbols]

    def price(self, symbol: str) -> str:
        """The last price."""
        row = self.call("GET", self.venue.price, {"symbol": symbol})
        row = row[0] if isinstance(row, list) else row
        return str(row.get("price", row.get("lastPrice")))

    def klines(self, symbol: str, interval: str, start_ms: int | None, end_ms: int | None, limit: int | None) -> Any:
        """Candles that open from start to end, page by page, each once."""
        asked = {"symbol": symbol, "interval": interval, "startTime": start_ms, "endTime": end_ms}
        if limit is not None:
            return self.call("GET", "/klines", {**asked, "limit": limit})
        rows: list[list[Any]] = []
        while True:
            page = self.call("GET", "/klines", {**asked, "limit": PAGE})
            rows += page
            if len(page) < PAGE:
                return rows
            asked["startTime"] = page[-1][0] + 1

    def is_closed(self, row: Sequence[Any], asked_ms: int) -> bool:
        """Whether a candle was final when it was asked for: its time was over."""
        over: bool = row[6] < asked_ms
        return over

    def market_trades(self, symbol: str, start_ms: int, end_ms: int) -> list[Row]:
        """Aggregated trades from start to end: the first page by time, the others by id, so that none is lost."""
        rows: list[Row] = []
        page = self.call(
            "GET", "/aggTrades", {"symbol": symbol, "startTime": start_ms, "endTime": end_ms, "limit": PAGE}
        )
        while True:
            rows += [row for row in page if start_ms <= row["T"] <= end_ms]
            if len(page) < PAGE or page[-1]["T"] > end_ms:
                return rows
            page = self.call("GET", "/aggTrades", {"symbol": symbol, "fromId": page[-1]["a"] + 1, "limit": PAGE})

    def fit(self, symbol: str, price: str | None, quantity: str | None) -> tuple[str | None, str | None]:
        """Price and quantity, brought down onto the symbol's grid: steps as the filters give them."""
        filters = {each["filterType"]: each for each in self.rules(symbol)["filters"]}
        return (
            None if price is None else self.on_grid(price, filters["PRICE_FILTER"]["tickSize"]),
            None if quantity is None else self.on_grid(quantity, filters["LOT_SIZE"]["stepSize"]),
        )

    def on_grid(self, value: str, step: str) -> str:
        """A value, rounded down to a multiple of a step."""
        size = Decimal(step)
        return self.text(Decimal(value) // size * size if size else Decimal(value))

    def rules(self, symbol: str) -> Row:
        """The rules of a symbol, read once, and again after the exchange refused a number."""
        if self._rules is None:
            self._rules = {row["symbol"]: row for row in self.exchange_info()}
        return self._rules[symbol]

    # -- account ------------------------------------------------------------------------------------------------

    def account(self, timestamp_ms: int | None = None) -> Row:
        """The account as the venue tells it; the caller may stamp the call itself."""
        stamp = {} if timestamp_ms is None else {"timestamp": timestamp_ms}
        answer: Row = self.call("GET", self.venue.account, stamp, signed=True)
        return answer

    def my_trades(self, symbol: str, from_id: str | None, start_ms: int | None, end_ms: int | None) -> list[Row]:
        """The account's trades, each once: by id, or by time in spans that are allowed."""
        if start_ms is None:
            return self._trades_from(symbol, int(from_id or 0), None)
        rows: list[Row] = []
        for first, last in self.spans(start_ms, end_ms):
            asked = {"symbol": symbol, "startTime": first, "endTime": last, "limit": PAGE}
            page = self.call("GET", self.venue.my_trades, asked, signed=True)
            rows += page
            if len(page) == PAGE:
                rows += self._trades_from(symbol, int(page[-1]["id"]) + 1, last)
        return rows

    def spans(self, start_ms: int, end_ms: int | None) -> Iterator[tuple[int, int]]:
        """The time from start to end, both included, in parts for which the venue may be asked at once."""
        end = self.timestamp() if end_ms is None else end_ms
        while start_ms <= end:
            last = min(end, start_ms + self.venue.longest_span_ms - 1)
            yield start_ms, last
            start_ms = last + 1

    def _trades_from(self, symbol: str, trade_id: int, end_ms: int | None) -> list[Row]:
        rows: list[Row] = []
        while True:
            asked = {"symbol": symbol, "fromId": trade_id, "limit": PAGE}
            page = self.call("GET", self.venue.my_trades, asked, signed=True)
            kept = [row for row in page if end_ms is None or row["time"] <= end_ms]
            rows += kept
            if len(kept) < PAGE:
                return rows
            trade_id = int(page[-1]["id"]) + 1

    # -- orders -------------------------------------------------------------------------------------------------

    def new_order_id(self) -> str:
        """A client order id that nobody has used: what makes an order findable when its answer is lost."""
        return f"ref-{secrets.token_hex(12)}"

    def place_order(self, order: Mapping[str, Any]) -> Row:
        """Place an order, at most once.

        Args:
            order: parameters by Binance's names; without a client order id it gets one.

        Raises:
            RetryLater: it was not placed.
            UnknownOutcome: it may have been placed, and even asking failed.
            ClientError: it was refused.
        """
        order = self.with_id(order)
        attempt = 0
        while True:
            attempt += 1
            try:
                return self.post_order(order)
            except UnknownOutcome:
                return self.find_out(order)
            except RetryLater:
                if attempt >= ATTEMPTS:
                    raise
                self.clock.sleep(float(attempt))
            except Refused as error:
                if error.code in _OFF_GRID:
                    self._rules = None
                if attempt == 1 or error.code not in self.venue.taken:
                    raise
                return self.find_out(order)  # An earlier attempt was placed after all.

    def with_id(self, order: Mapping[str, Any]) -> Row:
        """The order with a client order id."""
        return {**order, self.venue.new_id: order.get(self.venue.new_id) or self.new_order_id()}

    def post_order(self, order: Mapping[str, Any]) -> Row:
        """Send an order, a conditional one of futures to where those are kept."""
        if self.is_conditional(order):
            return self.post_conditional_order(order)
        answer: Row = self.call("POST", "/order", order, signed=True)
        return answer

    def find_out(self, order: Mapping[str, Any]) -> Row:
        """What became of an order whose answer was lost.

        An order that is not there may still come, until its recvWindow and the time that the exchange takes are over.

        Raises:
            RetryLater: it was not placed, and will not be.
            UnknownOutcome: asking failed, too.
        """
        last = self.clock.now_ms() + self.recv_window_ms + LONGEST_CALL_MS
        while True:
            try:
                if self.is_conditional(order):
                    return self.query_conditional_order(None, order[self.venue.new_id])
                return self.query_order(order["symbol"], None, order[self.venue.new_id])
            except ClientError as error:
                if error.code != _NO_SUCH_ORDER:  # Whatever it says, it says it of the question, not of the order.
                    raise UnknownOutcome(f"the order may be there, but asking failed: {error.message}") from error
                if self.clock.now_ms() >= last:
                    raise RetryLater("the order was not placed", error.code, error.status) from error
            self.clock.sleep(1.0)

    def test_order(self, order: Mapping[str, Any]) -> None:
        """Have an order checked, not placed."""
        self.call("POST", "/order/test", order, signed=True)

    def place_orders(self, orders: Sequence[Mapping[str, Any]]) -> list[Row]:
        """Place several orders by one call; each row is an order, or code and text of its refusal."""
        batch = [{name: self.text(value) for name, value in self.with_id(each).items()} for each in orders]
        answer: list[Row] = self.call("POST", "/batchOrders", {self.venue.batch: batch}, signed=True)
        return answer

    def query_order(self, symbol: str, order_id: str | None, client_order_id: str | None) -> Row:
        """An order, by either id."""
        asked = {"symbol": symbol, "orderId": order_id, self.venue.old_id: client_order_id}
        answer: Row = self.call("GET", "/order", asked, signed=True)
        return answer

    def cancel_order(self, symbol: str, order_id: str | None, client_order_id: str | None) -> Row:
        """Cancel an order, and say how it ended when it had ended before.

        Raises:
            ClientError: there is no such order, or nobody knows.
        """
        asked = {"symbol": symbol, "orderId": order_id, self.venue.old_id: client_order_id}
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer: Row = self.call("DELETE", "/order", asked, signed=True)
            except UnknownOutcome:
                found = self.query_order(symbol, order_id, client_order_id)
                if found["status"] not in _OPEN:
                    return found
            except RetryLater:
                self.clock.sleep(float(attempt))
            except Refused as error:
                if error.code not in _NOT_OPEN:
                    raise
                return self.query_order(symbol, order_id, client_order_id)
            else:
                return answer
        raise RetryLater("the order is still open")

    def cancel_all_orders(self, symbol: str) -> None:
        """Cancel all open orders of a symbol."""
        self.call("DELETE", self.venue.cancel_all, {"symbol": symbol}, signed=True)

    def open_orders(self, symbol: str | None) -> list[Row]:
        """Open orders of a symbol, or of all."""
        answer: list[Row] = self.call("GET", "/openOrders", {"symbol": symbol}, signed=True)
        return answer

    def all_orders(self, symbol: str, from_id: str | None, start_ms: int | None, end_ms: int | None) -> list[Row]:
        """Orders of a symbol, each once: by id, or by time in spans that are allowed."""
        if start_ms is None:
            return self._orders_from(symbol, from_id, None)
        rows: list[Row] = []
        for first, last in self.spans(start_ms, end_ms):
            asked = {"symbol": symbol, "startTime": first, "endTime": last, "limit": PAGE}
            page = self.call("GET", self.venue.all_orders, asked, signed=True)
            rows += page
            if len(page) == PAGE:
                rows += self._orders_from(symbol, str(int(page[-1]["orderId"]) + 1), last)
        return rows

    def _orders_from(self, symbol: str, order_id: str | None, end_ms: int | None) -> list[Row]:
        rows: list[Row] = []
        while True:
            asked = {"symbol": symbol, "orderId": order_id, "limit": PAGE}
            page = self.call("GET", self.venue.all_orders, asked, signed=True)
            kept = [row for row in page if end_ms is None or row.get("time", row.get("createTime")) <= end_ms]
            rows += kept
            if len(kept) < PAGE:
                return rows
            order_id = str(int(page[-1]["orderId"]) + 1)

    # -- futures ------------------------------------------------------------------------------------------------

    def is_conditional(self, order: Mapping[str, Any]) -> bool:
        """Whether an order waits for a price in a store of its own, with ids of its own (rules U-46, U-88)."""
        return self.venue.name == "usdm" and order["type"] in _CONDITIONAL

    def post_conditional_order(self, order: Mapping[str, Any]) -> Row:
        """Send a conditional order, in the names that it has there (rule U-80)."""
        renamed = {_NAMES_OF_CONDITIONAL.get(name, name): value for name, value in order.items()}
        return as_order(self.call("POST", "/algoOrder", {"algoType": "CONDITIONAL", **renamed}, signed=True))

    def query_conditional_order(self, algo_id: str | None, client_algo_id: str | None) -> Row:
        """A conditional order, by either id."""
        asked = {"algoId": algo_id, "clientAlgoId": client_algo_id}
        return as_order(self.call("GET", "/algoOrder", asked, signed=True))

    def cancel_conditional_order(self, algo_id: str | None, client_algo_id: str | None) -> Row:
        """Cancel a conditional order; its status says whether it is cancelled."""
        try:
            self.call("DELETE", "/algoOrder", {"algoId": algo_id, "clientAlgoId": client_algo_id}, signed=True)
        except UnknownOutcome:
            pass
        except Refused as error:
            if error.code not in _NOT_OPEN:
                raise
        return self.query_conditional_order(algo_id, client_algo_id)

    def amend_order(
        self, symbol: str, side: str, quantity: str, price: str, order_id: str | None, client_order_id: str | None
    ) -> Row:
        """Change price and quantity of an open limit order.

        Raises:
            UnknownOutcome: the answer was lost, and the order is not as it was to become.
            ClientError: it was not changed.
        """
        asked = {"symbol": symbol, "side": side, "quantity": quantity, "price": price}
        ids = {"orderId": order_id, self.venue.old_id: client_order_id}
        try:
            answer: Row = self.call("PUT", "/order", {**asked, **ids}, signed=True)
        except UnknownOutcome:
            found = self.query_order(symbol, order_id, client_order_id)
            if (Decimal(found["price"]), Decimal(found["origQty"])) != (Decimal(price), Decimal(quantity)):
                raise
            return found
        return answer

    def set_leverage(self, symbol: str, leverage: int) -> Row:
        """Change the leverage of a contract."""
        answer: Row = self.call("POST", "/leverage", {"symbol": symbol, "leverage": leverage}, signed=True)
        return answer

    def position_mode(self) -> bool:
        """Whether the account is in hedge mode."""
        return bool(self.call("GET", "/positionSide/dual", signed=True)["dualSidePosition"])

    def set_position_mode(self, *, hedge: bool) -> None:
        """Switch hedge mode on or off."""
        self.call("POST", "/positionSide/dual", {"dualSidePosition": hedge}, signed=True)

    def positions(self, symbol: str | None) -> list[Row]:
        """Open positions."""
        path = {"usdm": "/fapi/v3/positionRisk", "options": "/position"}.get(self.venue.name, "/positionRisk")
        answer: list[Row] = self.call("GET", path, {"symbol": symbol}, signed=True)
        return answer
