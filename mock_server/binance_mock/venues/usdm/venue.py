"""The state of the USDⓈ-M futures market: contracts, their markets, mark prices, accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from random import Random
from typing import Any, Final, NamedTuple, Protocol

from binance_mock.engine.commission import Fees, Rates
from binance_mock.engine.contracts import ContractMarket, Fee, Settle
from binance_mock.engine.orders import ExpiryReason, Order
from binance_mock.engine.units import SCALE
from binance_mock.venues.board import Board
from binance_mock.venues.call import Call
from binance_mock.venues.usdm.accounts import DEFAULT_LEVERAGE, UsdmAccount
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.marks import Marks
from binance_mock.venues.usdm.settings import UsdmSettings
from binance_mock.venues.usdm.settlement import settle_fill

_FIRST_UID: Final = 154_937_868
_ID_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class Due(Protocol):
    """Something that happens at a time. It never changes and names what it acts on, so that copies share it."""

    def happen(self, venue: UsdmVenue, time: int) -> None:
        """Do it.

        Args:
            venue: where.
            time: when it was due, in microseconds.
        """


class OrderEnds(NamedTuple):
    """The date of a GTD order (rule U-57)."""

    symbol: str
    account: int
    order: int

    def happen(self, venue: UsdmVenue, time: int) -> None:
        """End the order, if it is still open."""
        market = venue.markets[self.symbol]
        order = market.bags[self.account].all[self.order]
        if order.open:
            market.expire(order, ExpiryReason.EXCHANGE_CANCELED, time)


class UsdmVenue(Board[ContractInfo, ContractMarket]):
    """Everything of one world that belongs to USDⓈ-M futures.

    Args:
        symbols: the contracts it lists, by name; shared, never changed.
        assets: the rows of exchangeInfo's `assets`.
        settings: how it behaves.
        seed: seeds ids and the standing market.
    """

    name: Final = "usdm"

    __slots__ = (
        "_due", "_dues", "_rng", "_settings", "accounts", "amendments", "assets", "house", "margin_assets", "marks",
        "owners",
    )  # fmt: skip

    def __init__(
        self,
        symbols: Mapping[str, ContractInfo],
        assets: Sequence[Mapping[str, Any]],
        settings: UsdmSettings,
        seed: int,
    ) -> None:
        super().__init__(symbols, seed)
        self.assets = assets
        self._settings = settings
        self._rng = Random(f"{seed}:usdm")
        self._due: list[tuple[int, int, Due]] = []
        """What happens at a time, soonest first, and in the order of its coming in: time, number, what."""
        self._dues = 0
        """How many things were ever due."""
        self.amendments = 0
        """How often an order was amended."""
        self.accounts: dict[str, UsdmAccount] = {}
        self.margin_assets = {info.name: info.margin_asset for info in symbols.values()}
        """Margin asset by contract."""
        self.marks = Marks()
        self._seat_house()

    @property
    def settings(self) -> UsdmSettings:
        """How it behaves."""
        return self._settings

    def fork(self) -> UsdmVenue:
        """An equal venue that goes its own way."""
        twin = UsdmVenue(self.symbols, self.assets, self._settings, self.seed)
        ledger = twin.ledger = self.ledger.fork()
        twin._seat_house()
        twin.house = self.house.fork(ledger.house)
        twin.owners[ledger.HOUSE_ID] = twin.house
        for name, account in self.accounts.items():
            copy = twin.accounts[name] = account.fork(ledger.accounts[account.money.id])
            twin.owners[copy.money.id] = copy
        twin.markets = {
            symbol: market.fork_contract(ledger, twin._settling(self.symbols[symbol]))
            for symbol, market in self.markets.items()
        }
        twin.marks = self.marks.fork()
        twin.statuses = self.statuses.copy()
        twin._told = self._told.copy()
        twin._rng.setstate(self._rng.getstate())
        twin._due = self._due.copy()
        twin._dues, twin.amendments = self._dues, self.amendments
        return twin

    def new_client_id(self) -> str:
        """A client order id of 22 letters and digits, as Binance makes one when none is sent (rule U-51)."""
        return "".join(self._rng.choices(_ID_LETTERS, k=22))

    # -- accounts -----------------------------------------------------------------------------------------------

    def open_account(self, name: str, balances: Mapping[str, int]) -> UsdmAccount:
        """A new account.

        Args:
            name: how keys refer to it.
            balances: wallets by asset, in units of 10^-8.

        Raises:
            ValueError: the name is taken, or a balance is negative.
        """
        if name in self.accounts:
            raise ValueError(f"there is an account {name!r} already; choose another name")
        rates = self._settings
        money = self.ledger.open(Fees(Rates(rates.maker, rates.taker), discount=SCALE * 9 // 10))
        for asset, amount in balances.items():
            self.ledger.deposit(money, asset, amount)
        account = self.accounts[name] = UsdmAccount(name, _FIRST_UID + money.id, money)
        for info in self.symbols.values():
            if info.brackets.max_leverage < DEFAULT_LEVERAGE:
                account.set_leverage(info.name, info.brackets.max_leverage)
        self.owners[money.id] = account
        return account

    def _seat_house(self) -> None:
        """Let the market maker have positions, as everybody has."""
        self.house = UsdmAccount("house", 0, self.ledger.house)
        self.owners: dict[int, UsdmAccount] = {self.ledger.HOUSE_ID: self.house}
        """Accounts by their number in the ledger."""

    def _settling(self, info: ContractInfo) -> Settle:
        """What fills of a contract do."""
        symbol, asset = info.name, info.margin_asset
        owners, collector = self.owners, self.ledger.collector

        def settle(order: Order, price: int, qty: int, maker: bool, trade_id: int) -> Fee:
            fee = settle_fill(owners[order.account.id], symbol, asset, order, price, qty, maker, trade_id)
            collector.free[asset] += fee
            return fee, asset

        return settle

    # -- time ---------------------------------------------------------------------------------------------------

    def market(self, symbol: str, now: int) -> ContractMarket:
        """The contract's market, after all that was due by now."""
        if self._due and self._due[0][0] <= now:
            self.pass_time(now)
        return super().market(symbol, now)

    def happen_at(self, time: int, due: Due) -> None:
        """Let something happen at a time in microseconds."""
        self._dues += 1
        heappush(self._due, (time, self._dues, due))

    def end_at(self, time: int, symbol: str, order: Order) -> None:
        """Let an order end at a time (rule U-57)."""
        self.happen_at(time, OrderEnds(symbol, order.account.id, order.id))

    def pass_time(self, now: int) -> None:
        """Let happen what is due by now, in order."""
        while self._due and self._due[0][0] <= now:
            time, _, due = heappop(self._due)
            due.happen(self, time)

    # -- markets and prices -------------------------------------------------------------------------------------

    def make_market(self, info: ContractInfo) -> ContractMarket:
        """An empty market for a contract."""
        return ContractMarket(
            info.name,
            info.base,
            info.quote,
            self.ledger,
            first_order_id=self._settings.first_order_id,
            settle=self._settling(info),
        )

    def mark_price(self, symbol: str) -> int:
        """The mark price of a contract."""
        return self.marks.mark(symbol, self._fair_price(symbol))

    def index_price(self, symbol: str) -> int:
        """The index price of a contract: its own where that was set, else that of its pair."""
        source = self.index_source(self.symbols[symbol]).name
        return self.marks.index(symbol, self.marks.index(source, self._fair_price(source)))

    def index_source(self, info: ContractInfo) -> ContractInfo:
        """The contract whose market the index of a pair follows: its perpetual, which has the name of the pair."""
        return self.symbols.get(info.pair, info)

    def _fair_price(self, symbol: str) -> int:
        """The last price; the reference price of a market without any trade."""
        return self.last_price(symbol) or self.symbols[symbol].reference_price

    def price_moved(self, name: str, price: int, now: int) -> None:
        """Nothing is worked out of prices."""

    def forget_prices(self, name: str | None = None) -> None:
        """Nothing is worked out of prices."""


UsdmCall = Call[UsdmVenue, UsdmAccount]
