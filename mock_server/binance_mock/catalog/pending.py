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
)
