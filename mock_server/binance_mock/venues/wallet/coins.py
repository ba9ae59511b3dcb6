"""Names of coins and the networks they move on.

Names, networks and the forms of addresses are those of the chains; fees, minima and waiting times are made up, within
the usual. Nothing is ever deposited or withdrawn here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

_EVM: Final = "^(0x)[0-9A-Fa-f]{40}$"
_BITCOIN: Final = "^[13][a-km-zA-HJ-NP-Z1-9]{25,34}$|^(bc1q|bc1p)[0-9A-Za-z]{37,62}$"
_LITECOIN: Final = "^(L|M)[A-Za-z0-9]{33}$|^(ltc1)[0-9A-Za-z]{39}$"
_DOGECOIN: Final = "^(D|A|9)[a-km-zA-HJ-NP-Z1-9]{33,34}$"
_TRON: Final = "^T[1-9A-HJ-NP-Za-km-z]{33}$"
_SOLANA: Final = "^[1-9A-HJ-NP-Za-km-z]{32,44}$"
_RIPPLE: Final = "^r[1-9A-HJ-NP-Za-km-z]{25,34}$"
_RIPPLE_TAG: Final = "^((?!0)[0-9]{1,10})$"
_CARDANO: Final = "^(addr1)[0-9A-Za-z]{53,98}$"


class Network(NamedTuple):
    """A network that a coin moves on; amounts are decimals in text, in the coin.

    Attributes:
        code: such as BSC.
        name: for people.
        address: what addresses match.
        fee: what a withdrawal costs.
        least: the smallest withdrawal.
        confirmations: until a deposit is there, and until it may go again.
        minutes: how long that takes.
        memo: what a tag beside the address matches, empty for none.
    """

    code: str
    name: str
    address: str
    fee: str
    least: str
    confirmations: tuple[int, int]
    minutes: int
    memo: str = ""


class Coin(NamedTuple):
    """A coin: its name, and its networks with the usual one first."""

    name: str
    networks: tuple[Network, ...]


def _bsc(fee: str, least: str) -> Network:
    return Network("BSC", "BNB Smart Chain (BEP20)", _EVM, fee, least, (5, 0), 1)


def _ethereum(fee: str, least: str) -> Network:
    return Network("ETH", "Ethereum (ERC20)", _EVM, fee, least, (6, 64), 3)


_COINS: Final[Mapping[str, Coin]] = {
    "BTC": Coin(
        "Bitcoin",
        (
            Network("BTC", "Bitcoin", _BITCOIN, "0.00003", "0.0001", (1, 2), 25),
            _bsc("0.00000400", "0.00001"),
        ),
    ),
    "ETH": Coin("Ethereum", (_ethereum("0.0003", "0.001"), _bsc("0.00004", "0.0001"))),
    "BNB": Coin("BNB", (_bsc("0.00001", "0.002"),)),
    "SOL": Coin("Solana", (Network("SOL", "Solana", _SOLANA, "0.001", "0.1", (1, 1), 1),)),
    "XRP": Coin("Ripple", (Network("XRP", "Ripple", _RIPPLE, "0.2", "2", (1, 1), 2, _RIPPLE_TAG),)),
    "ADA": Coin("Cardano", (Network("ADA", "Cardano", _CARDANO, "0.8", "2", (30, 0), 10),)),
    "DOGE": Coin("Dogecoin", (Network("DOGE", "Dogecoin", _DOGECOIN, "4", "10", (30, 60), 30),)),
    "LTC": Coin("Litecoin", (Network("LTC", "Litecoin", _LITECOIN, "0.0001", "0.002", (4, 6), 10),)),
    "SHIB": Coin("SHIBA INU", (_ethereum("100000", "200000"), _bsc("4000", "8000"))),
    "USDC": Coin(
        "USDC", (_ethereum("1", "10"), _bsc("0.1", "10"), Network("SOL", "Solana", _SOLANA, "0.5", "5", (1, 1), 1))
    ),
    "USDT": Coin(
        "TetherUS",
        (
            Network("TRX", "Tron (TRC20)", _TRON, "1", "5", (1, 1), 1),
            _ethereum("1", "10"),
            _bsc("0.1", "10"),
        ),
    ),
}


def coin(asset: str) -> Coin:
    """What is known of an asset; one that nobody knows moves on BSC under its own name."""
    return _COINS.get(asset) or Coin(asset, (_bsc("1", "2"),))
