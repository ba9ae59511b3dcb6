"""One or more successful calls of every endpoint, with what has to happen before them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from tests.mock_server.spot_client import Reply, SpotClient, few_symbols, frozen_world, open_client
from tests.mock_server.venues.shapes import Shapes

from binance_mock.world import Blueprint

SHAPES: Final = Shapes.beside(__file__, times_to=10**17, no_times=(0, -1))
"""Of answers, whose times may be microseconds."""

Params = Mapping[str, object]

SYMBOLS: Final[Blueprint] = few_symbols("BTCUSDT", "BNBUSDT", "LTCBTC", "SHIBUSDT", "币安人生USDT")
"""Few symbols make few answers that are thousands of lines long."""


class Scene(NamedTuple):
    """A call that succeeds.

    `prepare` plays what comes before and returns further parameters, such as the id of an order.
    """

    call: str
    """Verb and path."""
    variant: str
    """The form of the answer: a key of `shapes.json`."""
    params: Params = MappingProxyType({})
    prepare: Callable[[SpotClient], Params] = lambda client: {}
    status: int = 200

    @property
    def method(self) -> str:
        return self.call.split(" ")[0]

    @property
    def path(self) -> str:
        return self.call.removeprefix(f"{self.method} /api/v3/")

    @property
    def title(self) -> str:
        return f"{self.call} {self.variant} {' '.join(str(value) for value in self.params.values())}"

    @property
    def signed(self) -> bool:
        return SYMBOLS.routes[f"/api/v3/{self.path}"][self.method].signed

    def play(self, client: SpotClient, headers: Mapping[bytes, bytes] | None = None) -> Reply:
        """Make the call on a fresh world."""
        params = {**self.params, **self.prepare(client)}
        if self.signed:
            return client.send(client.request(self.method, self.path, params, headers=headers))
        return client.public(self.path, headers, **params)


def fresh_client() -> SpotClient:
    """A client of a fresh world with the symbols of the scenes."""
    return SpotClient(frozen_world(blueprint=SYMBOLS))


def _resting(client: SpotClient) -> Params:
    return {"orderId": client.order().ok()["orderId"]}


def _to_replace(client: SpotClient) -> Params:
    return {"cancelOrderId": client.order().ok()["orderId"]}


def _traded(client: SpotClient) -> Params:
    client.order("BUY", "MARKET", "1").ok()
    _own_order_in_the_way(client)
    return {}


def _many_orders(client: SpotClient) -> Params:
    """Orders with every conditional field."""
    client.order(icebergQty="0.005", strategyId=7, strategyType=1_000_000).ok()
    client.order("SELL", "STOP_LOSS", "0.01", stopPrice="70000").ok()
    client.order("SELL", "STOP_LOSS_LIMIT", "0.01", "69000", stopPrice="70000", trailingDelta=100).ok()
    client.order("BUY", "TAKE_PROFIT", "0.01", trailingDelta=100).ok()
    client.order("BUY", "LIMIT", "0.01", "70000", timeInForce="IOC").ok()
    _own_order_in_the_way(client)
    return {}


def _own_order_in_the_way(client: SpotClient) -> Params:
    """An order of the account's own stands at the best price: every match with it is prevented."""
    return {"orderId": client.order("SELL", "LIMIT", "0.5", "80001").ok()["orderId"]}


def _blocked(client: SpotClient) -> Params:
    _own_order_in_the_way(client)
    return {}


def _prevented(client: SpotClient) -> Params:
    made = _own_order_in_the_way(client)
    client.order("BUY", "LIMIT", "0.2", "80001", selfTradePreventionMode="DECREMENT").ok()
    return made


def _grouped(client: SpotClient) -> Params:
    """An account of a trade group meets another one of the group."""
    other = open_client(client.world, "other", trade_group=7, BTC=1)
    group = open_client(client.world, "grouped", trade_group=7, USDT=100_000)
    client.pair = group.pair
    other.order("SELL", "LIMIT", "0.5", "80001").ok()
    return {}


_ORDER: Final = {"symbol": "BTCUSDT", "side": "BUY", "quantity": "0.01"}
_LIMIT: Final = {**_ORDER, "type": "LIMIT", "timeInForce": "GTC", "price": "70000"}
_STOP: Final = {**_ORDER, "side": "SELL", "type": "STOP_LOSS", "stopPrice": "70000"}
_REPLACE: Final = {**_LIMIT, "cancelReplaceMode": "STOP_ON_FAILURE"}
_BTC: Final = {"symbol": "BTCUSDT"}
_TWO: Final = {"symbols": '["BTCUSDT","币安人生USDT"]'}


def _of_windows(path: str, **more: str) -> list[Scene]:
    """Both forms of a ticker, as object and as array."""
    call = f"GET /api/v3/{path}"
    return [
        Scene(call, f"{kind}{suffix}", {**named, "type": kind, **more})
        for kind in ("FULL", "MINI")
        for suffix, named in (("", _BTC), ("[]", _TWO))
    ]


SCENES: Final[tuple[Scene, ...]] = (
    Scene("GET /api/v3/ping", "answer"),
    Scene("GET /api/v3/time", "answer"),
    Scene("GET /api/v3/exchangeInfo", "answer"),
    Scene("GET /api/v3/exchangeInfo", "answer", {**_BTC, "showPermissionSets": "false"}),
    Scene("GET /api/v3/executionRules", "answer"),
    Scene("GET /api/v3/depth", "answer", {**_BTC, "limit": 3}),
    Scene("GET /api/v3/trades", "answer", {**_BTC, "limit": 3}),
    Scene("GET /api/v3/historicalTrades", "answer", {**_BTC, "limit": 3, "fromId": 0}),
    Scene("GET /api/v3/historicalBlockTrades", "answer", {**_BTC, "fromId": 0}),
    Scene("GET /api/v3/aggTrades", "answer", {**_BTC, "limit": 3}),
    Scene("GET /api/v3/klines", "answer", {**_BTC, "interval": "1h", "limit": 3}),
    Scene("GET /api/v3/uiKlines", "answer", {**_BTC, "interval": "1M", "timeZone": "-3:30"}),
    Scene("GET /api/v3/avgPrice", "answer", _BTC),
    *_of_windows("ticker/24hr"),
    Scene("GET /api/v3/ticker/24hr", "FULL[]"),
    *_of_windows("ticker/tradingDay", timeZone="8"),
    *_of_windows("ticker", windowSize="2h"),
    Scene("GET /api/v3/ticker/price", "one", _BTC),
    Scene("GET /api/v3/ticker/price", "many", _TWO),
    Scene("GET /api/v3/ticker/price", "many"),
    Scene("GET /api/v3/ticker/bookTicker", "one", _BTC),
    Scene("GET /api/v3/ticker/bookTicker", "many", _TWO),
    Scene("GET /api/v3/ticker/bookTicker", "many"),
    Scene("POST /api/v3/order", "FULL", _LIMIT),
    Scene("POST /api/v3/order", "FULL", {**_ORDER, "type": "MARKET"}),
    Scene("POST /api/v3/order", "FULL", {**_LIMIT, "timeInForce": "FOK", "strategyId": 1, "strategyType": 2_000_000}),
    Scene("POST /api/v3/order", "FULL", {**_LIMIT, "price": "80001"}, _blocked),
    Scene("POST /api/v3/order", "FULL", {**_LIMIT, "price": "80001"}, _grouped),
    Scene("POST /api/v3/order", "RESULT", {**_LIMIT, "icebergQty": "0.005", "newOrderRespType": "RESULT"}),
    Scene("POST /api/v3/order", "RESULT", {**_STOP, "trailingDelta": 100, "newOrderRespType": "RESULT"}),
    Scene("POST /api/v3/order", "ACK", _STOP),
    Scene("POST /api/v3/order/test", "default", _LIMIT),
    Scene("POST /api/v3/order/test", "computeCommissionRates=true", {**_LIMIT, "computeCommissionRates": "true"}),
    Scene("DELETE /api/v3/order", "order", _BTC, _resting),
    Scene("DELETE /api/v3/openOrders", "answer", _BTC, _many_orders),
    Scene("POST /api/v3/order/cancelReplace", "both succeed", _REPLACE, _to_replace),
    Scene("POST /api/v3/order/cancelReplace", "failure", {**_REPLACE, "cancelOrderId": 1}, status=400),
    Scene(
        "POST /api/v3/order/cancelReplace",
        "failure",
        {**_REPLACE, "cancelOrderId": 1, "cancelReplaceMode": "ALLOW_FAILURE"},
        status=409,
    ),
    Scene("POST /api/v3/order/cancelReplace", "failure", {**_REPLACE, "quantity": "100"}, _to_replace, 409),
    Scene("GET /api/v3/account", "answer", {}, _traded),
    Scene("GET /api/v3/account", "answer", {"omitZeroBalances": "true"}, _grouped),
    Scene("GET /api/v3/order", "answer", _BTC, _resting),
    Scene("GET /api/v3/openOrders", "answer", {}, _many_orders),
    Scene("GET /api/v3/allOrders", "answer", _BTC, _many_orders),
    Scene("GET /api/v3/myTrades", "answer", _BTC, _traded),
    Scene("GET /api/v3/rateLimit/order", "answer"),
    Scene("GET /api/v3/myPreventedMatches", "answer", _BTC, _prevented),
    Scene("GET /api/v3/myAllocations", "answer", _BTC),
    Scene("GET /api/v3/account/commission", "answer", _BTC),
    Scene("GET /api/v3/myFilters", "answer", _BTC),
)
