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
    Pending("usdm", "trade", "POST", "/fapi/v1/stock/contract", "agreement on stock contracts"),
    Pending("usdm", "trade", "POST", "/fapi/v1/algoOrder", "conditional orders"),
    Pending("usdm", "trade", "DELETE", "/fapi/v1/algoOrder", "conditional orders"),
    Pending("usdm", "trade", "DELETE", "/fapi/v1/algoOpenOrders", "conditional orders"),
    Pending("usdm", "trade", "GET", "/fapi/v1/algoOrder", "conditional orders"),
    Pending("usdm", "trade", "GET", "/fapi/v1/openAlgoOrders", "conditional orders"),
    Pending("usdm", "trade", "GET", "/fapi/v1/allAlgoOrders", "conditional orders"),
    Pending("usdm", "convert", "GET", "/fapi/v1/convert/exchangeInfo", "conversion"),
    Pending("usdm", "convert", "POST", "/fapi/v1/convert/getQuote", "conversion"),
    Pending("usdm", "convert", "POST", "/fapi/v1/convert/acceptQuote", "conversion"),
    Pending("usdm", "convert", "GET", "/fapi/v1/convert/orderStatus", "conversion"),
    Pending("usdm", "referral", "GET", "/fapi/v1/apiReferral/ifNewUser", "referral"),
    Pending("usdm", "referral", "POST", "/fapi/v1/apiReferral/customization", "referral"),
    Pending("usdm", "referral", "GET", "/fapi/v1/apiReferral/customization", "referral"),
    Pending("usdm", "referral", "POST", "/fapi/v1/apiReferral/userCustomization", "referral"),
    Pending("usdm", "referral", "GET", "/fapi/v1/apiReferral/userCustomization", "referral"),
    Pending("usdm", "referral", "GET", "/fapi/v1/apiReferral/overview", "referral"),
    Pending("usdm", "referral", "GET", "/fapi/v1/apiReferral/tradeVol", "referral"),
    Pending("usdm", "referral", "GET", "/fapi/v1/apiReferral/rebateVol", "referral"),
    Pending("usdm", "referral", "GET", "/fapi/v1/apiReferral/traderNum", "referral"),
    Pending("usdm", "referral", "GET", "/fapi/v1/apiReferral/traderSummary", "referral"),
    Pending("usdm", "websocket", "WS", "/public/stream", "market data streams"),
    Pending("usdm", "websocket", "WS", "/market/stream", "market data streams"),
    Pending("usdm", "websocket", "WS", "/private/ws", "user data"),
    Pending("usdm", "websocket", "WS", "/ws-fapi/v1", "WebSocket API"),
)
