"""The parameters of account endpoints, named once."""

from __future__ import annotations

from typing import Annotated, Final

from binance_mock.venues.errors import Refusal
from binance_mock.venues.options.accounts import ASSET
from binance_mock.venues.options.kinds import Name, Rows
from binance_mock.venues.params import Choice, Text
from binance_mock.venues.usdm.account_kinds import AssetAmount, Signed

INTO: Final = "IN"
OUT_OF: Final = "OUT"


class OneCurrency(Name):
    """The asset of the wallet, of which there is one; -1129 for any other."""

    def __init__(self) -> None:
        super().__init__(ASSET)

    def parse(self, name: str, text: str) -> str:
        found = super().parse(name, text)
        if found != ASSET:
            raise Refusal(-1129, "Invalid asset。")
        return found


Currency = Annotated[str, OneCurrency()]
RecordPage = Annotated[int, Rows(1000)]
DownloadId = Annotated[str, Text(r"^[0-9]{1,20}$")]
Direction = Annotated[str, Choice((INTO, OUT_OF))]
TransferAmount = Annotated[int, Signed(AssetAmount())]
