"""What Binance's public API has and the mock does not serve yet. Kept by hand; whoever serves one takes it out here.

State of Binance's documents: 2026-07-17.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Pending(NamedTuple):
    """A call that is not served yet; `method` is WS for a WebSocket."""

    venue: str
    group: str
    method: str
    path: str
    what: str


NOT_SERVED: Final[tuple[Pending, ...]] = (
    Pending("spot", "trade", "PUT", "/api/v3/order/amend/keepPriority", "amending an order"),
    Pending("spot", "account", "GET", "/api/v3/order/amendments", "amending an order"),
    Pending("spot", "trade", "POST", "/api/v3/order/oco", "order lists (deprecated form)"),
    Pending("spot", "trade", "POST", "/api/v3/orderList/oco", "order lists"),
    Pending("spot", "trade", "POST", "/api/v3/orderList/oto", "order lists"),
    Pending("spot", "trade", "POST", "/api/v3/orderList/otoco", "order lists"),
    Pending("spot", "trade", "POST", "/api/v3/orderList/opo", "order lists"),
    Pending("spot", "trade", "POST", "/api/v3/orderList/opoco", "order lists"),
    Pending("spot", "trade", "DELETE", "/api/v3/orderList", "order lists"),
    Pending("spot", "account", "GET", "/api/v3/orderList", "order lists"),
    Pending("spot", "account", "GET", "/api/v3/allOrderList", "order lists"),
    Pending("spot", "account", "GET", "/api/v3/openOrderList", "order lists"),
    Pending("spot", "trade", "POST", "/api/v3/sor/order", "smart order routing"),
    Pending("spot", "trade", "POST", "/api/v3/sor/order/test", "smart order routing"),
    Pending("spot", "websocket", "WS", "/ws", "market data streams"),
    Pending("spot", "websocket", "WS", "/stream", "combined market data streams"),
    Pending("spot", "websocket", "WS", "/ws-api/v3", "WebSocket API and user data"),
    Pending("usdm", "websocket", "WS", "/public/stream", "market data streams"),
    Pending("usdm", "websocket", "WS", "/market/stream", "market data streams"),
    Pending("usdm", "websocket", "WS", "/private/ws", "user data"),
    Pending("usdm", "websocket", "WS", "/ws-fapi/v1", "WebSocket API"),
    Pending("coinm", "market", "GET", "/dapi/v1/trades", "market data"),
    Pending("coinm", "market", "GET", "/dapi/v1/historicalTrades", "market data"),
    Pending("coinm", "market", "GET", "/dapi/v1/aggTrades", "market data"),
    Pending("coinm", "market", "GET", "/dapi/v1/continuousKlines", "market data"),
    Pending("coinm", "market", "GET", "/dapi/v1/indexPriceKlines", "market data"),
    Pending("coinm", "market", "GET", "/dapi/v1/markPriceKlines", "market data"),
    Pending("coinm", "market", "GET", "/dapi/v1/premiumIndexKlines", "market data"),
    Pending("coinm", "market", "GET", "/dapi/v1/fundingInfo", "market data"),
    Pending("coinm", "market", "GET", "/dapi/v1/openInterest", "market data"),
    Pending("coinm", "market", "GET", "/dapi/v1/constituents", "market data"),
    Pending("coinm", "trade", "POST", "/dapi/v1/batchOrders", "batches"),
    Pending("coinm", "trade", "PUT", "/dapi/v1/batchOrders", "batches"),
    Pending("coinm", "trade", "DELETE", "/dapi/v1/batchOrders", "batches"),
    Pending("coinm", "trade", "PUT", "/dapi/v1/order", "amending an order"),
    Pending("coinm", "trade", "GET", "/dapi/v1/orderAmendment", "amending an order"),
    Pending("coinm", "trade", "GET", "/dapi/v1/allOrders", "past orders"),
    Pending("coinm", "trade", "POST", "/dapi/v1/countdownCancelAll", "orders that end by themselves"),
    Pending("coinm", "trade", "POST", "/dapi/v1/algoOrder", "conditional orders"),
    Pending("coinm", "trade", "POST", "/dapi/v1/positionMargin", "margin of isolated positions"),
    Pending("coinm", "trade", "GET", "/dapi/v1/positionMargin/history", "margin of isolated positions"),
    Pending("coinm", "trade", "GET", "/dapi/v1/forceOrders", "forced orders"),
    Pending("coinm", "trade", "GET", "/dapi/v1/adlQuantile", "queue for deleveraging"),
    Pending("coinm", "account", "GET", "/dapi/v1/income", "incomes"),
    Pending("coinm", "account", "GET", "/dapi/v1/commissionRate", "commission rates"),
    Pending("coinm", "account", "GET", "/dapi/v1/pmAccountInfo", "portfolio margin"),
    Pending("coinm", "websocket", "WS", "/ws", "streams of its own host"),
    Pending("coinm", "websocket", "WS", "/ws-dapi/v1", "WebSocket API"),
    Pending("options", "websocket", "WS", "/options/ws", "market data streams and user data"),
)
