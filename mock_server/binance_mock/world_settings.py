"""How a world is made: its accounts, keys, faults, and how each market behaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from binance_fixtures.signing import EXAMPLE_PAIR
from binance_mock.engine.units import SCALE
from binance_mock.gate.gate import Settings
from binance_mock.gate.keys import ApiKey
from binance_mock.venues.options.settings import OptionsSettings
from binance_mock.venues.spot.settings import CommissionRates, SpotSettings
from binance_mock.venues.usdm.settings import UsdmSettings

DEFAULT_ACCOUNT: Final = "default"
DEFAULT_BALANCES: Mapping[str, str] = {
    "BTC": "10", "ETH": "100", "BNB": "500", "SOL": "1000", "XRP": "100000", "ADA": "100000", "DOGE": "1000000",
    "LTC": "1000", "SHIB": "1000000000", "USDC": "1000000", "USDT": "1000000", "币安人生": "100000",
}  # fmt: skip
DEFAULT_WALLETS: Mapping[str, Mapping[str, str]] = {
    "usdm": {"USDT": "100000", "USDC": "10000", "BNB": "10"},
    "coinm": {"BTC": "10", "ETH": "100"},
    "sapi": {"BTC": "1", "USDT": "10000"},
    "options": {"USDT": "100000"},
}
"""What the standard account owns in the markets that keep money of their own, by market."""


class AccountSettings(msgspec.Struct, frozen=True, kw_only=True):
    """An account that a world starts with.

    Attributes:
        name: how keys refer to it.
        balances: free balances on spot by asset, in units of 10^-8.
        wallets: the same in the other markets that keep money, by name of the market.
        trade_group: tradeGroupId for self-trade prevention, -1 for none (rule S-105).
        bnb_burn: whether commissions are paid in BNB while it lasts (rule S-112).
        can_trade: whether it may place and cancel orders.
        rates: commission rates, None for those of the venue.
    """

    name: str
    balances: Mapping[str, int]
    wallets: Mapping[str, Mapping[str, int]] = msgspec.field(default_factory=dict)
    trade_group: int = -1
    bnb_burn: bool = False
    can_trade: bool = True
    rates: CommissionRates | None = None


def _scaled(amounts: Mapping[str, str]) -> dict[str, int]:
    return {asset: int(amount) * SCALE for asset, amount in amounts.items()}


STANDARD_ACCOUNT: Final = AccountSettings(
    name=DEFAULT_ACCOUNT,
    balances=_scaled(DEFAULT_BALANCES),
    wallets={market: _scaled(amounts) for market, amounts in DEFAULT_WALLETS.items()},
)
STANDARD_KEY: Final = ApiKey.hmac(*EXAMPLE_PAIR, label="example", account=DEFAULT_ACCOUNT)


class WorldSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a world is made.

    Attributes:
        seed: seeds ids, the standing market and faults.
        frozen_at: where its clock stands, in microseconds; None lets it run with the machine's.
        strikes: requests after a 429 that lead to a ban.
        maker_credit: what the first fill of a maker order takes off the order counts (rule S-68).
        strict_keys: take only keys of 64 letters and digits, as Binance's are (rule S-40).
        journal_size: how many requests the journal keeps.
        gate: how the gate behaves.
        spot: how spot behaves.
        usdm: how USDⓈ-M futures behave.
        coinm: how COIN-M futures behave.
        options: how European options behave.
        accounts: its accounts; the first is the one that tests mean when they name none.
        keys: its API keys.
        faults: fault rules, as `FaultBook.add` takes them.
    """

    seed: int = 1
    frozen_at: int | None = None
    strikes: int = 5
    maker_credit: int = 5
    strict_keys: bool = False
    journal_size: int = 1000
    gate: Settings = Settings()
    spot: SpotSettings = SpotSettings()
    usdm: UsdmSettings = UsdmSettings()
    coinm: UsdmSettings = UsdmSettings()
    options: OptionsSettings = OptionsSettings()
    accounts: tuple[AccountSettings, ...] = (STANDARD_ACCOUNT,)
    keys: tuple[ApiKey, ...] = (STANDARD_KEY,)
    faults: tuple[Mapping[str, Any], ...] = ()


STANDARD_SETTINGS: Final = WorldSettings()


def with_key(settings: WorldSettings, key: ApiKey) -> WorldSettings:
    """Settings of a world with one more key, the first of all; it takes the place of one with the same text."""
    others = (each for each in settings.keys if each.key != key.key)
    return msgspec.structs.replace(settings, keys=(key, *others))
