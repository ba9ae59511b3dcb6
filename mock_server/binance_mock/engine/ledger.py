"""Accounts and what they own. Every asset is conserved: only `deposit`, `withdraw` and `set_free` change the sum over
accounts.

Invariant: no balance of a market of assets, free or locked, is ever below zero. A market of contracts keeps wallets
here too, and a loss may take those below zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from binance_mock.engine.commission import Fees


class Account:
    """Balances of one account in one market.

    Args:
        id: number of the account, unique in its ledger.
        fees: commission rates, used for every symbol without rates of its own in `symbol_fees`.
        trade_group: tradeGroupId for self-trade prevention, -1 for none (rule S-105).
        house: true for the exchange's own market maker, whose closed orders and trades are not kept.
    """

    __slots__ = ("bnb_burn", "fees", "free", "group", "house", "id", "locked", "symbol_fees", "trade_group", "updated")

    def __init__(self, id: int, fees: Fees, *, trade_group: int = -1, house: bool = False) -> None:
        self.id = id
        self.fees = fees
        self.symbol_fees: dict[str, Fees] = {}
        self.trade_group = trade_group
        # Accounts of one trade group share a key; an account without a group has a key of its own.
        self.group = 2 * trade_group + 1 if trade_group >= 0 else 2 * id
        self.house = house
        self.bnb_burn = False
        """Whether commissions are paid in BNB while it lasts (rule S-112)."""
        self.free: defaultdict[str, int] = defaultdict(int)
        self.locked: defaultdict[str, int] = defaultdict(int)
        self.updated = 0

    def lock(self, asset: str, amount: int) -> bool:
        """Move `amount` from free to locked; False, and nothing moved, when free does not hold it."""
        free = self.free
        if free[asset] < amount:
            return False
        free[asset] -= amount
        self.locked[asset] += amount
        return True

    def unlock(self, asset: str, amount: int) -> None:
        """Move `amount` back from locked to free."""
        self.locked[asset] -= amount
        self.free[asset] += amount

    def fork(self) -> Account:
        """A copy with the same balances and rates."""
        twin = Account(self.id, self.fees, trade_group=self.trade_group, house=self.house)
        twin.symbol_fees = self.symbol_fees.copy()
        twin.bnb_burn = self.bnb_burn
        twin.free = self.free.copy()
        twin.locked = self.locked.copy()
        twin.updated = self.updated
        return twin

    def __repr__(self) -> str:
        return f"Account({self.id}{' house' if self.house else ''})"


class Ledger:
    """All accounts of a market, the market maker, the collector of commissions and the insurance fund among them."""

    __slots__ = ("_next", "accounts", "collector", "deposited", "house", "insurance")

    HOUSE_ID = 0
    COLLECTOR_ID = -1
    INSURANCE_ID = -2

    def __init__(self) -> None:
        self.house = Account(self.HOUSE_ID, Fees.FREE, house=True)
        self.collector = Account(self.COLLECTOR_ID, Fees.FREE, house=True)
        self.insurance = Account(self.INSURANCE_ID, Fees.FREE, house=True)
        """What stands in for losses that positions cannot bear; only markets of contracts use it."""
        own = (self.house, self.collector, self.insurance)
        self.accounts: dict[int, Account] = {account.id: account for account in own}
        self._next = 1
        self.deposited: defaultdict[str, int] = defaultdict(int)
        """What came in less what went out, by asset."""

    def open(self, fees: Fees, *, trade_group: int = -1) -> Account:
        """A new account without money."""
        account = Account(self._next, fees, trade_group=trade_group)
        self._next += 1
        self.accounts[account.id] = account
        return account

    def open_beside(self, owner: Account) -> Account:
        """A second account of an owner, without money: the same rates and trade group, orders and balances apart.

        There is at most one of each owner. The numbers of other accounts do not depend on it.
        """
        account = Account(self.INSURANCE_ID - owner.id, owner.fees, trade_group=owner.trade_group)
        self.accounts[account.id] = account
        return account

    def deposit(self, account: Account, asset: str, amount: int) -> None:
        """Bring money in.

        Raises:
            ValueError: for a negative amount.
        """
        if amount < 0:
            raise ValueError(f"cannot deposit {amount} of {asset}: the amount is below zero")
        account.free[asset] += amount
        self.deposited[asset] += amount

    def withdraw(self, account: Account, asset: str, amount: int) -> None:
        """Take free money out.

        Raises:
            ValueError: when less than `amount` is free, or the amount is negative.
        """
        if not 0 <= amount <= account.free[asset]:
            raise ValueError(f"cannot withdraw {amount} of {asset}: {account.free[asset]} is free")
        account.free[asset] -= amount
        self.deposited[asset] -= amount

    def set_free(self, account: Account, asset: str, amount: int) -> None:
        """Bring in or take out what makes the free balance this amount, whatever it was."""
        self.deposited[asset] += amount - account.free[asset]
        account.free[asset] = amount

    def total(self, asset: str) -> int:
        """What all accounts hold of an asset; equals `deposited[asset]` at all times."""
        return sum(account.free[asset] + account.locked[asset] for account in self)

    def fork(self) -> Ledger:
        """A copy with a copy of every account, under the same ids."""
        twin = Ledger()
        twin.accounts = {id: account.fork() for id, account in self.accounts.items()}
        twin.house = twin.accounts[self.HOUSE_ID]
        twin.collector = twin.accounts[self.COLLECTOR_ID]
        twin.insurance = twin.accounts[self.INSURANCE_ID]
        twin.deposited = self.deposited.copy()
        twin._next = self._next
        return twin

    def __iter__(self) -> Iterator[Account]:
        return iter(self.accounts.values())
