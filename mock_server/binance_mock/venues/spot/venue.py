"""The state of the spot market: symbols, markets, accounts, money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Final

import msgspec

from binance_mock.engine.commission import BNB, Fees, Rates
from binance_mock.engine.events import Event, Traded
from binance_mock.engine.intervals import MINUTE, SECOND
from binance_mock.engine.ledger import Account
from binance_mock.engine.market import Market
from binance_mock.engine.orders import Order
from binance_mock.engine.units import SCALE
from binance_mock.engine.windows import average_price
from binance_mock.venues.board import Board
from binance_mock.venues.call import Call, OrderCounter
from binance_mock.venues.listen_keys import ListenKey
from binance_mock.venues.spot.settings import CommissionRates, SpotSettings
from binance_mock.venues.spot.symbols import SymbolInfo


class SpotAccount:
    """A user's account on spot.

    Args:
        name: how the world calls it.
        uid: Binance's number of the user.
        money: its balances.
        permissions: account permissions, such as SPOT (rule S-41).
    """

    __slots__ = ("can_trade", "listen_key", "listen_keys", "money", "name", "permissions", "shown", "uid")

    def __init__(self, name: str, uid: int, money: Account, permissions: frozenset[str]) -> None:
        self.name = name
        self.uid = uid
        self.money = money
        self.permissions = permissions
        self.can_trade = True
        self.shown: dict[str, tuple[int, int, msgspec.Raw]] = {}
        """Balances by asset as they were shown last: free, locked, JSON."""
        self.listen_key: ListenKey | None = None
        """The key of its stream, where there are such keys (`legacy`)."""
        self.listen_keys = 0
        """How many were made."""

    def fork(self, money: Account) -> SpotAccount:
        """A copy over the copy of its balances."""
        twin = SpotAccount(self.name, self.uid, money, self.permissions)
        twin.can_trade = self.can_trade
        twin.shown = self.shown.copy()
        twin.listen_key, twin.listen_keys = self.listen_key, self.listen_keys
        return twin


class SpotVenue(Board[SymbolInfo, Market]):
    """Everything of one world that belongs to spot.

    Args:
        symbols: the symbols it lists, by name; shared, never changed.
        settings: how it behaves.
        seed: seeds ids and the standing market.
    """

    name: Final = "spot"

    __slots__ = ("_averages", "_names", "_rng", "_settings", "accounts", "assets")

    def __init__(self, symbols: Mapping[str, SymbolInfo], settings: SpotSettings, seed: int) -> None:
        super().__init__(symbols, seed)
        self.assets = tuple(dict.fromkeys(asset for info in symbols.values() for asset in (info.base, info.quote)))
        """Every asset of a listed symbol."""
        self._settings = settings
        self.accounts: dict[str, SpotAccount] = {}
        self._rng = Random(f"{seed}:spot")
        self._averages: dict[str, tuple[int, int, int]] = {}
        self._names: dict[int, str] = {}

    @property
    def settings(self) -> SpotSettings:
        """How it behaves."""
        return self._settings

    def fork(self) -> SpotVenue:
        """An equal venue that goes its own way."""
        twin = SpotVenue(self.symbols, self.settings, self.seed)
        ledger = twin.ledger = self.ledger.fork()
        twin.accounts = {
            name: account.fork(ledger.accounts[account.money.id]) for name, account in self.accounts.items()
        }
        twin.markets = {symbol: market.fork(ledger, twin.bnb_price) for symbol, market in self.markets.items()}
        twin.statuses = self.statuses.copy()
        twin._rng.setstate(self._rng.getstate())
        twin._averages = self._averages.copy()
        twin._names = self._names.copy()
        twin._told = self._told.copy()
        return twin

    # -- accounts -----------------------------------------------------------------------------------------------

    def open_account(
        self,
        name: str,
        balances: Mapping[str, int],
        *,
        trade_group: int = -1,
        rates: CommissionRates | None = None,
    ) -> SpotAccount:
        """A new account.

        Args:
            name: how keys refer to it.
            balances: free balances by asset, in units of 10^-8.
            trade_group: tradeGroupId, -1 for none.
            rates: commission rates, None for those of the settings.

        Raises:
            ValueError: the name is taken, or a balance is negative.
        """
        if name in self.accounts:
            raise ValueError(f"there is an account {name!r} already; choose another name")
        fees = fees_of(rates or self.settings.rates)
        money = self.ledger.open(fees, trade_group=trade_group)
        for asset, amount in balances.items():
            self.ledger.deposit(money, asset, amount)
        account = SpotAccount(name, self.settings.first_uid + money.id, money, frozenset({"SPOT"}))
        self.accounts[name] = account
        self._names[money.id] = name
        return account

    # -- markets ------------------------------------------------------------------------------------------------

    def make_market(self, info: SymbolInfo) -> Market:
        """An empty market for a symbol."""
        return Market(
            info.name,
            info.base,
            info.quote,
            self.ledger,
            base_unit=info.base_unit,
            quote_unit=info.quote_unit,
            lot=info.step,
            first_order_id=self.settings.first_order_id,
            bnb_price=self.bnb_price,
        )

    def average(self, market: Market, info: SymbolInfo, now: int) -> int:
        """The volume weighted price that filters compare with, worked out anew once a second (rule S-165)."""
        held = self._averages.get(market.symbol)
        if held is not None and held[0] <= now < held[1]:
            return held[2]
        price = average_price(market.tape, info.average_minutes, now)[0]
        self._averages[market.symbol] = (now, now - now % SECOND + SECOND, price)
        return price

    def price_moved(self, name: str, price: int, now: int) -> None:
        """Let filters compare with this price as long as the average would remember the prices before it."""
        self._averages[name] = (now, now + self.symbols[name].average_minutes * MINUTE, price)

    def bnb_price(self, asset: str) -> int:
        """What one BNB costs in an asset: by the pair with it, its inverse, or both prices in USDT; 0 for none."""
        if f"{BNB}{asset}" in self.symbols:
            return self.last_price(f"{BNB}{asset}")
        if f"{asset}{BNB}" in self.symbols:
            price = self.last_price(f"{asset}{BNB}")
            return SCALE * SCALE // price if price else 0
        in_usdt = self.last_price(f"{asset}USDT") if f"{asset}USDT" in self.symbols else 0
        if in_usdt and f"{BNB}USDT" in self.symbols:
            return self.last_price(f"{BNB}USDT") * SCALE // in_usdt
        return 0

    def forget_prices(self, name: str | None = None) -> None:
        """Forget the average of a symbol, or of all."""
        if name is None:
            self._averages.clear()
        else:
            self._averages.pop(name, None)

    # -- orders -------------------------------------------------------------------------------------------------

    def new_client_id(self) -> str:
        """A client order id of 22 characters, as Binance makes one when none is sent (rule S-80)."""
        return f"{self._rng.getrandbits(88):022x}"

    def count_first_fills(self, events: list[Event], orders: OrderCounter, now: int) -> None:
        """Lower the counts of unfilled orders of those that traded for the first time (rule S-68)."""
        for event in events:
            if type(event) is Traded:
                trade = event.trade
                for order, first, is_maker in (
                    (trade.maker, event.maker_first, True),
                    (trade.taker, event.taker_first, False),
                ):
                    name = self._names.get(order.account.id) if first and order is not None else None
                    if name is not None:  # None for the market maker and for margin accounts, whose orders do not count
                        orders.filled(name, is_maker, now)

    def open_orders(self, account: SpotAccount) -> Iterator[tuple[Market, Order]]:
        """All open orders of an account, by symbol."""
        for market in self.markets.values():
            bag = market.bags.get(account.money.id)
            if bag is not None:
                for order in bag.open.values():
                    yield market, order


def fees_of(rates: CommissionRates) -> Fees:
    """The fees that plain maker and taker rates make."""
    return Fees(Rates(rates.maker, rates.taker), discount=rates.bnb_discount)


SpotCall = Call[SpotVenue, SpotAccount]
