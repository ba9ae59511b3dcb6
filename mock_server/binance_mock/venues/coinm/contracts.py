"""What is fixed about a contract: worth a number of dollars, margined and paid in its coin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from binance_mock.engine import inverse
from binance_mock.engine.brackets import Brackets
from binance_mock.engine.contracts import ContractMarket, Settle, Unfit
from binance_mock.engine.ledger import Ledger
from binance_mock.engine.orders import Side
from binance_mock.engine.positions import MarginType, Position, PositionSide
from binance_mock.venues.usdm.contracts import ContractInfo, Funding, read_brackets

_FILTERS: Final = (
    "PRICE_FILTER", "LOT_SIZE", "MARKET_LOT_SIZE", "MAX_NUM_ORDERS", "MAX_NUM_ALGO_ORDERS", "PERCENT_PRICE",
)  # fmt: skip
_SHOWN: Final = (
    "liquidationFee", "marketTakeBound", "symbol", "pair", "contractType", "deliveryDate", "onboardDate",
    "contractSize", "quoteAsset", "baseAsset", "marginAsset", "pricePrecision", "quantityPrecision",
    "baseAssetPrecision", "quotePrecision", "equalQtyPrecision", "triggerProtect", "maintMarginPercent",
    "requiredMarginPercent", "underlyingType", "underlyingSubType",
)  # fmt: skip


class CoinContract(ContractInfo):
    """One contract; its notionals, and so its brackets, are in the coin.

    Args:
        row: an entry of the fixture's `symbols`.
        funding: how it is funded.
        brackets: what leverage and margin its positions have.
    """

    __slots__ = ("size",)

    inverse: ClassVar[bool] = True

    def __init__(self, row: Mapping[str, Any], funding: Funding, brackets: Brackets) -> None:
        super().__init__(row, funding, brackets, _FILTERS)
        self.size: int = row["contractSize"]
        """Dollars that a contract is worth."""

    # -- how it pays --------------------------------------------------------------------------------------------

    def worth(self, price: int, qty: int) -> int:
        return inverse.worth(self.size, price, qty)

    def amount(self, sum: int) -> int:
        return inverse.amount(sum)

    def mean_price(self, qty: int, sum: int) -> int:
        return inverse.mean_price(self.size, qty, sum)

    def open_loss(self, side: Side, price: int, qty: int, mark: int) -> int:
        return inverse.open_loss(self.size, side, price, qty, mark)

    def fund(self, quantities: Iterable[int], mark: int, rate: int) -> tuple[list[int], int]:
        return inverse.settle_funding(self.size, quantities, mark, rate)

    def flat(self, side: PositionSide, leverage: int, margin_type: MarginType) -> Position:
        return inverse.InversePosition(self.name, side, size=self.size, leverage=leverage, margin_type=margin_type)

    def liquidation_price(
        self,
        positions: Iterable[Position],
        mark: int,
        wallet: int,
        *,
        other_maintenance: int = 0,
        other_unrealised: int = 0,
    ) -> int:
        return inverse.liquidation_price(
            self.size,
            positions,
            self.brackets,
            mark,
            wallet,
            other_maintenance=other_maintenance,
            other_unrealised=other_unrealised,
        )

    def market(self, ledger: Ledger, first_order_id: int, settle: Settle, unfit: Unfit) -> ContractMarket:
        return inverse.InverseMarket(
            self.size, self.name, self.base, self.quote, ledger,
            first_order_id=first_order_id, settle=settle, unfit=unfit,
        )  # fmt: skip

    # -- how it is shown ----------------------------------------------------------------------------------------

    @property
    def worth_digits(self) -> int:
        return 8

    @property
    def order_digits(self) -> int:
        return 8

    @property
    def sum_digits(self) -> int:
        return 8

    def describe(self, status: str) -> dict[str, Any]:
        row = self.row
        return {
            "filters": self.filters,
            "orderTypes": row["orderTypes"],
            "timeInForce": row["timeInForce"],
            **{name: row[name] for name in _SHOWN},
            "contractStatus": status,
        }


def read_contracts(data: Mapping[str, Any]) -> dict[str, CoinContract]:
    """The contracts of a fixture by name, in its order."""
    funding, brackets = data["funding"], data["leverage_brackets"]
    rows, interest = funding["symbols"], funding["interestRate"]
    return {
        (name := row["symbol"]): CoinContract(
            row, Funding(rows.get(name, {}), interest), read_brackets(brackets[row["pair"]], ("qtyFloor", "qtyCap"))
        )
        for row in data["symbols"]
    }
