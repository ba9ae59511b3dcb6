"""What is fixed about a contract: precisions, filters, leverage; and how exchangeInfo shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from binance_mock.engine.brackets import Bracket, Brackets
from binance_mock.engine.units import SCALE
from binance_mock.venues.decimals import read

_FILTERS: Final = (
    "PRICE_FILTER", "LOT_SIZE", "MARKET_LOT_SIZE", "MAX_NUM_ORDERS", "MIN_NOTIONAL", "PERCENT_PRICE",
    "POSITION_RISK_CONTROL",
)  # fmt: skip
"""Those of exchangeInfo since 2025-12-29, in its order."""
_SHOWN: Final = (
    "symbol", "pair", "contractType", "deliveryDate", "onboardDate", "status", "maintMarginPercent",
    "requiredMarginPercent", "baseAsset", "quoteAsset", "marginAsset", "pricePrecision", "quantityPrecision",
    "baseAssetPrecision", "quotePrecision", "underlyingType", "underlyingSubType",
)  # fmt: skip
PERPETUAL: Final = "PERPETUAL"


class Funding:
    """How a perpetual is funded; rates are scaled by 10^8.

    Args:
        row: the entry of the fixture's `funding.symbols`; empty for a contract without one.
        interest: the interest rate per eight hours.
    """

    __slots__ = ("adjusted", "cap", "floor", "hours", "interest")

    def __init__(self, row: Mapping[str, Any], interest: str) -> None:
        self.adjusted = bool(row)
        """Whether something about it is not as usual."""
        self.hours: int = row.get("fundingIntervalHours", 8)
        self.interest = read(row.get("interestRate", interest))
        self.cap = read(row.get("adjustedFundingRateCap", "0.02000000"))
        self.floor = -read(row.get("adjustedFundingRateFloor", "-0.02000000").removeprefix("-"))


class ContractInfo:
    """One contract. Numbers are fixed point, scaled by 10^8; times are microseconds.

    Args:
        row: an entry of the fixture's `symbols`.
        funding: how it is funded.
        brackets: what leverage and margin its positions have.
    """

    __slots__ = (
        "band_down", "band_up", "base", "brackets", "delivery", "filters", "funding", "liquidation_fee", "margin_asset",
        "market_bound", "market_max_qty", "market_min_qty", "market_step", "max_orders", "max_price", "max_qty",
        "min_notional", "min_price", "min_qty", "name", "onboard", "pair", "price_digits", "qty_digits", "quote",
        "reference_price", "row", "step", "tick", "type",
    )  # fmt: skip

    def __init__(self, row: Mapping[str, Any], funding: Funding, brackets: Brackets) -> None:
        self.brackets = brackets
        self.name: str = row["symbol"]
        self.pair: str = row["pair"]
        self.type: str = row["contractType"]
        self.base: str = row["baseAsset"]
        self.quote: str = row["quoteAsset"]
        self.margin_asset: str = row["marginAsset"]
        self.delivery: int = row["deliveryDate"] * 1000
        self.onboard: int = row["onboardDate"] * 1000
        self.price_digits: int = row["pricePrecision"]
        self.qty_digits: int = row["quantityPrecision"]
        self.reference_price = read(row["reference_price"])
        self.funding = funding

        price, lot, market_lot = row["PRICE_FILTER"], row["LOT_SIZE"], row["MARKET_LOT_SIZE"]
        self.min_price, self.max_price, self.tick = (read(price[k]) for k in ("minPrice", "maxPrice", "tickSize"))
        self.min_qty, self.max_qty, self.step = (read(lot[k]) for k in ("minQty", "maxQty", "stepSize"))
        self.market_min_qty, self.market_max_qty, self.market_step = (
            read(market_lot[k]) for k in ("minQty", "maxQty", "stepSize")
        )
        self.max_orders: int = row["MAX_NUM_ORDERS"]["limit"]
        self.min_notional = read(row["MIN_NOTIONAL"]["notional"])
        self.band_up = read(row["PERCENT_PRICE"]["multiplierUp"])
        self.band_down = read(row["PERCENT_PRICE"]["multiplierDown"])
        self.liquidation_fee = read(row["liquidationFee"])
        self.market_bound = read(row["marketTakeBound"])
        self.filters = [{"filterType": name, **row[name]} for name in _FILTERS if row.get(name) is not None]
        self.row = row

    @property
    def perpetual(self) -> bool:
        """Whether it is never delivered."""
        return self.type == PERPETUAL

    def describe(self, status: str) -> dict[str, Any]:
        """The contract's row of exchangeInfo."""
        row = self.row
        return {
            **{name: row[name] for name in _SHOWN},
            "status": status,
            "settlePlan": 0,
            "triggerProtect": row["triggerProtect"],
            "liquidationFee": row["liquidationFee"],
            "marketTakeBound": row["marketTakeBound"],
            "maxMoveOrderLimit": row["maxMoveOrderLimit"],
            "filters": self.filters,
            "orderTypes": row["orderTypes"],
            "timeInForce": row["timeInForce"],
            "permissionSets": row["permissionSets"],
        }

    def __repr__(self) -> str:
        return f"ContractInfo({self.name})"


def read_contracts(data: Mapping[str, Any]) -> dict[str, ContractInfo]:
    """The contracts of a fixture by name, in its order."""
    funding, brackets = data["funding"], data["leverage_brackets"]
    rows, interest = funding["symbols"], funding["interest_rate_per_8h"]
    return {
        (name := row["symbol"]): ContractInfo(row, Funding(rows.get(name, {}), interest), _brackets(brackets[name]))
        for row in data["symbols"]
    }


def _brackets(rows: Sequence[Mapping[str, Any]]) -> Brackets:
    """A bracket table; the fixture has its amounts and rates as JSON numbers, as the API sends them."""
    return Brackets(
        Bracket(
            row["bracket"],
            row["initialLeverage"],
            *(round(row[name] * SCALE) for name in ("notionalFloor", "notionalCap", "maintMarginRatio", "cum")),
        )
        for row in rows
    )
