"""The parameters of account and setting endpoints, named once."""

from __future__ import annotations

from typing import Annotated, Final

from binance_mock.engine.positions import MarginType
from binance_mock.venues.errors import Refusal
from binance_mock.venues.params import Amount, Choice, Kind, Text, Whole
from binance_mock.venues.usdm.kinds import Name, Rows

INCOME_TYPES: Final = (
    "TRANSFER", "WELCOME_BONUS", "REALIZED_PNL", "FUNDING_FEE", "COMMISSION", "INSURANCE_CLEAR", "REFERRAL_KICKBACK",
    "COMMISSION_REBATE", "API_REBATE", "CONTEST_REWARD", "CROSS_COLLATERAL_TRANSFER", "OPTIONS_PREMIUM_FEE",
    "OPTIONS_SETTLE_PROFIT", "INTERNAL_TRANSFER", "AUTO_EXCHANGE", "DELIVERED_SETTELMENT", "COIN_SWAP_DEPOSIT",
    "COIN_SWAP_WITHDRAW", "POSITION_LIMIT_INCREASE_FEE", "STRATEGY_UMFUTURES_TRANSFER", "FEE_RETURN", "BFUSD_REWARD",
)  # fmt: skip
"""Every kind that may be asked for, as the API spells them; the mock writes few of them."""


class Signed(Kind):
    """A number that may have a sign where the endpoint, and not its form, says what is too small.

    Args:
        inner: the kind of the number without its sign.
    """

    def __init__(self, inner: Whole | Amount) -> None:
        self._inner = inner

    def parse(self, name: str, text: str) -> int:
        if text.startswith("-") and len(text) > 1:
            return -self._inner.parse(name, text[1:])
        return self._inner.parse(name, text)

    def schema(self) -> dict[str, object]:
        schema = self._inner.schema()
        schema.pop("minimum", None)
        pattern = schema.get("pattern")
        return schema if pattern is None else {**schema, "pattern": f"^-?{pattern.removeprefix('^')}"}


class AssetAmount(Amount):
    """An amount of an asset; -1111 in this market's words for more decimals than it has (rule U-40)."""

    def parse(self, name: str, text: str) -> int:
        if text.partition(".")[2][8:].strip("0").isdigit():
            raise Refusal(-1111, "Precision is over the maximum defined for this asset.")
        return super().parse(name, text)


LeverageValue = Annotated[int, Signed(Whole())]
MarginAmount = Annotated[int, Signed(AssetAmount())]
MarginWord = Annotated[MarginType, Choice((MarginType.ISOLATED, MarginType.CROSSED))]
MoveType = Annotated[str, Choice(("1", "2"))]
IncomeWord = Annotated[str, Choice(INCOME_TYPES)]
AutoClose = Annotated[str, Choice(("LIQUIDATION", "ADL"))]
ForcedPage = Annotated[int, Rows(100)]
PageNumber = Annotated[int, Whole(least=1)]
AssetName = Annotated[str, Name()]
DownloadId = Annotated[str, Text(r"^[0-9]{1,20}$")]
