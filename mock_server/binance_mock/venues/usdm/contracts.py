"""What is fixed about a contract: precisions, filters, leverage; and how exchangeInfo shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final

from binance_mock.engine import funding, margin, units
from binance_mock.engine.brackets import Bracket, Brackets
from binance_mock.engine.contracts import ContractMarket, Settle, Unfit
from binance_mock.engine.ledger import Ledger
from binance_mock.engine.orders import Side
from binance_mock.engine.positions import MarginType, Position, PositionSide
from binance_mock.engine.units import SCALE
from binance_mock.venues.decimals import read

FILTERS: Final = (
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
    """One contract, and how it pays. Numbers are fixed point, scaled by 10^8; times are microseconds.

    Args:
        row: an entry of the fixture's `symbols`.
        funding: how it is funded.
        brackets: what leverage and margin its positions have.
        filters: the filters that exchangeInfo shows, in its order.
    """

    __slots__ = (
        "band_down", "band_up", "base", "brackets", "delivery", "filters", "funding", "liquidation_fee", "margin_asset",
        "market_bound", "market_max_qty", "market_min_qty", "market_step", "max_orders", "max_price", "max_qty",
        "min_notional", "min_price", "min_qty", "name", "onboard", "pair", "price_digits", "price_unit", "qty_digits",
        "qty_unit", "quote", "reference_price", "row", "step", "tick", "type",
    )  # fmt: skip

    inverse: ClassVar[bool] = False
    """Whether it is priced in dollars per coin and paid in the coin."""

    def __init__(
        self, row: Mapping[str, Any], funding: Funding, brackets: Brackets, filters: Iterable[str] = FILTERS
    ) -> None:
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
        self.price_unit: int = 10 ** (8 - self.price_digits)
        """The last digit of a price."""
        self.qty_unit: int = 10 ** (8 - self.qty_digits)
        self.reference_price = read(row["reference_price"])
        self.funding = funding

        price, lot, market_lot = row["PRICE_FILTER"], row["LOT_SIZE"], row["MARKET_LOT_SIZE"]
        self.min_price, self.max_price, self.tick = (read(price[k]) for k in ("minPrice", "maxPrice", "tickSize"))
        self.min_qty, self.max_qty, self.step = (read(lot[k]) for k in ("minQty", "maxQty", "stepSize"))
        self.market_min_qty, self.market_max_qty, self.market_step = (
            read(market_lot[k]) for k in ("minQty", "maxQty", "stepSize")
        )
        self.max_orders: int = row["MAX_NUM_ORDERS"]["limit"]
        self.min_notional = read(row["MIN_NOTIONAL"]["notional"]) if "MIN_NOTIONAL" in row else 0
        self.band_up = read(row["PERCENT_PRICE"]["multiplierUp"])
        self.band_down = read(row["PERCENT_PRICE"]["multiplierDown"])
        self.liquidation_fee = read(row["liquidationFee"])
        self.market_bound = read(row["marketTakeBound"])
        self.filters = [{"filterType": name, **row[name]} for name in filters if row.get(name) is not None]
        self.row = row

    @property
    def perpetual(self) -> bool:
        """Whether it is never delivered."""
        return self.type == PERPETUAL

    # -- how it pays --------------------------------------------------------------------------------------------

    def worth(self, price: int, qty: int) -> int:
        """What a quantity is worth at a price, in the margin asset, cut to 10^-8."""
        return units.notional(price, qty)

    def amount(self, sum: int) -> int:
        """A sum of what matches were worth, as the market keeps it, in the margin asset, cut to 10^-8."""
        return sum

    def mean_price(self, qty: int, sum: int) -> int:
        """The price at which a quantity, above zero, is worth such a sum, cut to 10^-8."""
        return sum * SCALE // qty

    def open_loss(self, side: Side, price: int, qty: int, mark: int) -> int:
        """What an order would lose at once, were it filled at its price (rule U-103)."""
        return margin.open_loss(side, price, qty, mark)

    def fund(self, quantities: Iterable[int], mark: int, rate: int) -> tuple[list[int], int]:
        """What funding does to positions (rule U-121); see `engine.funding.settle`."""
        return funding.settle(quantities, mark, rate)

    def flat(self, side: PositionSide, leverage: int, margin_type: MarginType) -> Position:
        """A position that is not open."""
        return Position(self.name, side, leverage=leverage, margin_type=margin_type)

    def liquidation_price(
        self,
        positions: Iterable[Position],
        mark: int,
        wallet: int,
        *,
        other_maintenance: int = 0,
        other_unrealised: int = 0,
    ) -> int:
        """The mark price that liquidates positions of the contract (rule U-115); see `engine.margin`."""
        return margin.liquidation_price(
            positions,
            self.brackets,
            mark,
            wallet,
            other_maintenance=other_maintenance,
            other_unrealised=other_unrealised,
        )

    def market(self, ledger: Ledger, first_order_id: int, settle: Settle, unfit: Unfit) -> ContractMarket:
        """A market of it without orders and trades; see `engine.contracts`."""
        return ContractMarket(
            self.name, self.base, self.quote, ledger, first_order_id=first_order_id, settle=settle, unfit=unfit
        )

    # -- how it is shown ----------------------------------------------------------------------------------------

    @property
    def worth_digits(self) -> int:
        """Decimals of an amount in answers that show it whole."""
        return min(self.price_digits + self.qty_digits, 8)

    @property
    def order_digits(self) -> int:
        """Decimals of an amount in orders and their trades."""
        return 5

    @property
    def sum_digits(self) -> int:
        """Decimals of an amount in answers that show a price's."""
        return self.price_digits

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
        (name := row["symbol"]): ContractInfo(
            row, Funding(rows.get(name, {}), interest), read_brackets(brackets[name], ("notionalFloor", "notionalCap"))
        )
        for row in data["symbols"]
    }


def read_brackets(rows: Sequence[Mapping[str, Any]], bounds: tuple[str, str]) -> Brackets:
    """A bracket table; the fixture has its amounts and rates as JSON numbers, as the API sends them.

    Args:
        rows: of the fixture.
        bounds: what they call the bounds of a row.
    """
    return Brackets(
        Bracket(
            row["bracket"],
            row["initialLeverage"],
            *(round(row[name] * SCALE) for name in (*bounds, "maintMarginRatio", "cum")),
        )
        for row in rows
    )
