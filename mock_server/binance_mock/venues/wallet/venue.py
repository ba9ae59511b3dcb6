"""The state behind `/sapi`: what users have in the other markets, and their cross margin accounts.

A cross margin account is a second account of its user in the ledger of spot, with money of its own: it trades in the
same markets, and spot's own calls do not see its orders. Nothing is lent, so there are no debts and no interest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from binance_mock.engine.ledger import Account, Ledger
from binance_mock.engine.units import SCALE
from binance_mock.venues.call import Call
from binance_mock.venues.listen_keys import ListenKey
from binance_mock.venues.spot.venue import SpotAccount, SpotVenue

_VIA: Final = "USDT"


class WalletAccount:
    """A user, as `/sapi` knows them.

    Args:
        name: how the world calls the account.
        margin: the cross margin account.
    """

    __slots__ = ("listen_keys", "made", "margin", "name")

    def __init__(self, name: str, margin: SpotAccount) -> None:
        self.name = name
        self.margin = margin
        self.listen_keys: dict[str, ListenKey] = {}
        """The living keys of streams, by path."""
        self.made = 0
        """How many keys and tokens of streams were made."""

    @property
    def money(self) -> Account:
        """The cross margin wallet."""
        return self.margin.money

    @property
    def can_trade(self) -> bool:
        """Whether it may trade on margin."""
        return self.margin.can_trade

    @can_trade.setter
    def can_trade(self, can: bool) -> None:
        self.margin.can_trade = can

    def fork(self, money: Account) -> WalletAccount:
        """A copy over the copy of its cross margin wallet."""
        twin = WalletAccount(self.name, self.margin.fork(money))
        twin.listen_keys = self.listen_keys.copy()
        twin.made = self.made
        return twin


class WalletVenue:
    """Everything of one world that belongs to `/sapi`.

    Args:
        spot: the spot market of the same world.
        futures: its markets of contracts and options, by name.
        seed: seeds the keys of streams.
    """

    name: Final = "sapi"

    __slots__ = ("accounts", "futures", "seed", "spot")

    def __init__(self, spot: SpotVenue, futures: Mapping[str, Any], seed: int) -> None:
        self.spot = spot
        self.futures = futures
        self.seed = seed
        self.accounts: dict[str, WalletAccount] = {}

    @property
    def ledger(self) -> Ledger:
        """The ledger that holds the cross margin wallets: that of spot."""
        return self.spot.ledger

    def open_account(self, name: str, balances: Mapping[str, int]) -> WalletAccount:
        """Open a cross margin account for an account of spot.

        Args:
            name: of the account.
            balances: its cross margin wallet by asset, in units of 10^-8.

        Raises:
            ValueError: a balance is negative.
        """
        owner = self.spot.accounts[name]
        money = self.ledger.open_beside(owner.money)
        for asset, amount in balances.items():
            self.ledger.deposit(money, asset, amount)
        account = WalletAccount(name, SpotAccount(name, owner.uid, money, frozenset({"MARGIN"})))
        self.accounts[name] = account
        return account

    def fork(self, spot: SpotVenue, futures: Mapping[str, Any]) -> WalletVenue:
        """An equal venue over the copies of the other markets."""
        twin = WalletVenue(spot, futures, self.seed)
        twin.accounts = {
            name: account.fork(spot.ledger.accounts[account.money.id]) for name, account in self.accounts.items()
        }
        return twin

    def rewind(self, now: int) -> None:
        """Nothing here depends on how the time went."""

    # -- worth --------------------------------------------------------------------------------------------------

    def worth(self, held: Mapping[str, int], quote: str) -> int:
        """What amounts are worth in an asset, all in units of 10^-8; what has no price is worth nothing."""
        return sum(amount * self.price(asset, quote) // SCALE for asset, amount in held.items() if amount)

    def price(self, asset: str, quote: str) -> int:
        """What one of an asset costs in another: by their pair, its inverse, or both prices in USDT; 0 for none."""
        if asset == quote:
            return SCALE
        symbols, last = self.spot.symbols, self.spot.last_price
        if f"{asset}{quote}" in symbols:
            return last(f"{asset}{quote}")
        if f"{quote}{asset}" in symbols:
            price = last(f"{quote}{asset}")
            return SCALE * SCALE // price if price else 0
        if _VIA in (asset, quote):
            return 0
        in_via, unit = self.price(asset, _VIA), self.price(quote, _VIA)
        return in_via * SCALE // unit if unit else 0


def held(money: Account) -> dict[str, int]:
    """What an account owns, free and locked, by asset."""
    return {asset: money.free[asset] + money.locked[asset] for asset in _assets(money)}


def _assets(money: Account) -> Iterator[str]:
    """The assets it owns something of, or owes."""
    return (asset for asset in sorted({*money.free, *money.locked}) if money.free[asset] or money.locked[asset])


WalletCall = Call[WalletVenue, WalletAccount]
