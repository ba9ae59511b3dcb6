"""What is fixed about a symbol: assets, precisions, filters, order types; and how exchangeInfo shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from binance_mock.engine.orders import OrderType, StpMode
from binance_mock.venues.decimals import read

_UNSERVED_FLAGS = ("ocoAllowed", "otoAllowed", "opoAllowed", "amendAllowed", "pegInstructionsAllowed")
"""Flags of order forms that the mock does not serve: it says so, as a symbol without them would."""


class SymbolInfo:
    """One symbol. Numbers are fixed point, scaled by 10^8.

    Args:
        row: an entry of the fixture's `symbols`.
        assets: the fixture's `assets`, for precisions.
        constants: the fixture's `filter_constants`.
        permissions: permission sets, an AND over OR-groups (rule S-41).
    """

    __slots__ = (
        "allowed_stp", "ask_down", "ask_up", "average_minutes", "base", "base_precision", "base_unit", "bid_down",
        "bid_up", "default_stp", "filters", "flags", "iceberg_parts", "market_max_qty", "market_min_qty",
        "market_step", "max_algo_orders", "max_notional", "max_notional_market", "max_orders", "max_price", "max_qty",
        "min_notional", "min_notional_market", "min_price", "min_qty", "name", "order_types", "permission_sets",
        "quote", "quote_precision", "quote_unit", "reference_price", "step", "tick", "trailing",
    )  # fmt: skip

    def __init__(
        self,
        row: Mapping[str, Any],
        assets: Mapping[str, Mapping[str, Any]],
        constants: Mapping[str, Mapping[str, Any]],
        permissions: list[list[str]],
    ) -> None:
        self.name: str = row["symbol"]
        self.base: str = row["baseAsset"]
        self.quote: str = row["quoteAsset"]
        self.base_precision: int = assets[self.base]["precision"]
        self.quote_precision: int = assets[self.quote]["precision"]
        self.base_unit = 10 ** (8 - assets[self.base]["commissionPrecision"])
        self.quote_unit = 10 ** (8 - assets[self.quote]["commissionPrecision"])
        self.reference_price = read(row["reference_price"])

        self.min_price = read(row["minPrice"])
        self.max_price = read(row["maxPrice"])
        self.tick = read(row["tickSize"])
        self.min_qty = read(row["minQty"])
        self.max_qty = read(row["maxQty"])
        self.step = read(row["stepSize"])
        market_lot = constants["MARKET_LOT_SIZE"]
        self.market_min_qty = read(market_lot["minQty"])
        self.market_max_qty = read(row["marketMaxQty"])
        self.market_step = read(market_lot["stepSize"])
        notional = constants["NOTIONAL"]
        self.min_notional = read(row["minNotional"])
        self.max_notional = read(row["maxNotional"])
        self.min_notional_market: bool = notional["applyMinToMarket"]
        self.max_notional_market: bool = notional["applyMaxToMarket"]
        percent = row["percentPriceBySide"]
        self.bid_up = read(percent["bidMultiplierUp"])
        self.bid_down = read(percent["bidMultiplierDown"])
        self.ask_up = read(percent["askMultiplierUp"])
        self.ask_down = read(percent["askMultiplierDown"])
        self.average_minutes: int = percent["avgPriceMins"]
        self.iceberg_parts: int = row["icebergParts"]
        self.trailing: dict[str, int] = row["trailingDelta"]
        self.max_orders: int = row["maxNumOrders"]
        self.max_algo_orders: int = row["maxNumAlgoOrders"]

        self.order_types = tuple(OrderType(name) for name in row["orderTypes"])
        self.flags: dict[str, bool] = {
            name: value and name not in _UNSERVED_FLAGS for name, value in row["flags"].items()
        }
        self.permission_sets = permissions
        self.default_stp = StpMode(row["stp"]["default"])
        self.allowed_stp = frozenset({StpMode.NONE, *(StpMode(mode) for mode in row["stp"]["allowed"])})
        self.filters = _filters(row, constants)

    def describe(self, status: str, *, permission_sets: bool = True) -> dict[str, Any]:
        """The symbol's row of exchangeInfo."""
        modes = [str(mode) for mode in StpMode if mode in self.allowed_stp]
        return {
            "symbol": self.name,
            "status": status,
            "baseAsset": self.base,
            "baseAssetPrecision": self.base_precision,
            "quoteAsset": self.quote,
            "quotePrecision": self.quote_precision,
            "quoteAssetPrecision": self.quote_precision,
            "baseCommissionPrecision": 9 - len(str(self.base_unit)),
            "quoteCommissionPrecision": 9 - len(str(self.quote_unit)),
            "orderTypes": list(self.order_types),
            **self.flags,
            "filters": self.filters,
            "permissions": [],
            "permissionSets": self.permission_sets if permission_sets else [],
            "defaultSelfTradePreventionMode": self.default_stp,
            "allowedSelfTradePreventionModes": modes,
        }

    def __repr__(self) -> str:
        return f"SymbolInfo({self.name})"


def _filters(row: Mapping[str, Any], constants: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The filters as exchangeInfo lists them: decimals as text, counts as integers (rule S-166)."""
    notional = constants["NOTIONAL"]
    market_lot = constants["MARKET_LOT_SIZE"]
    return [
        {"filterType": "PRICE_FILTER", **{key: row[key] for key in ("minPrice", "maxPrice", "tickSize")}},
        {"filterType": "LOT_SIZE", **{key: row[key] for key in ("minQty", "maxQty", "stepSize")}},
        {"filterType": "ICEBERG_PARTS", "limit": row["icebergParts"]},
        {
            "filterType": "MARKET_LOT_SIZE",
            "minQty": market_lot["minQty"],
            "maxQty": row["marketMaxQty"],
            "stepSize": market_lot["stepSize"],
        },
        {"filterType": "TRAILING_DELTA", **row["trailingDelta"]},
        {"filterType": "PERCENT_PRICE_BY_SIDE", **row["percentPriceBySide"]},
        {
            "filterType": "NOTIONAL",
            "minNotional": row["minNotional"],
            "applyMinToMarket": notional["applyMinToMarket"],
            "maxNotional": row["maxNotional"],
            "applyMaxToMarket": notional["applyMaxToMarket"],
            "avgPriceMins": notional["avgPriceMins"],
        },
        {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": row["maxNumOrders"]},
        {"filterType": "MAX_NUM_ORDER_LISTS", "maxNumOrderLists": row["maxNumOrderLists"]},
        {"filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": row["maxNumAlgoOrders"]},
        {"filterType": "MAX_NUM_ORDER_AMENDS", "maxNumOrderAmends": row["maxNumOrderAmends"]},
    ]


def read_symbols(data: Mapping[str, Any]) -> dict[str, SymbolInfo]:
    """The symbols of a fixture by name, in its order."""
    permissions = data["permissionSets_example"]
    return {
        row["symbol"]: SymbolInfo(row, data["assets"], data["filter_constants"], permissions) for row in data["symbols"]
    }
