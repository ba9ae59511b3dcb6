"""The state of the spot market: symbols, markets, accounts, money.

A market is made when it is first touched: its history and the market maker's orders are laid down as of that moment,
from the venue's seed. So a fresh venue costs next to nothing, and two venues with one seed and the same commands at
the same times are equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Final

import msgspec

from binance_mock.engine.commission import BNB, Fees, Rates
from binance_mock.engine.events import Event, Traded
from binance_mock.engine.intervals import MINUTE, SECOND
from binance_mock.engine.ledger import Account, Ledger
from binance_mock.engine.market import Market
from binance_mock.engine.orders import Order
from binance_mock.engine.tape import Tape
from binance_mock.engine.units import SCALE
from binance_mock.engine.windows import average_price
from binance_mock.venues import errors, maker
from binance_mock.venues.call import Call, OrderCounter
from binance_mock.venues.spot.settings import CommissionRates, SpotSettings
from binance_mock.venues.spot.symbols import SymbolInfo

TRADING: Final = "TRADING"


class SpotAccount:
    """A user's account on spot.

    Args:
        name: how the world calls it.
        uid: Binance's number of the user.
        money: its balances.
        permissions: account permissions, such as SPOT (rule S-41).
    """

    __slots__ = ("can_trade", "money", "name", "permissions", "shown", "uid")

    def __init__(self, name: str, uid: int, money: Account, permissions: frozenset[str]) -> None:
        self.name = name
        self.uid = uid
        self.money = money
        self.permissions = permissions
        self.can_trade = True
        self.shown: dict[str, tuple[int, int, msgspec.Raw]] = {}
        """Balances by asset as they were shown last: free, locked, JSON."""

    def fork(self, money: Account) -> SpotAccount:
        """A copy over the copy of its balances."""
        twin = SpotAccount(self.name, self.uid, money, self.permissions)
        twin.can_trade = self.can_trade
        twin.shown = self.shown.copy()
        return twin


class SpotVenue:
    """Everything of one world that belongs to spot.

    Args:
        symbols: the symbols it lists, by name; shared, never changed.
        settings: how it behaves.
        seed: seeds ids and the standing market.
    """

    name: Final = "spot"

    __slots__ = (
        "_averages", "_names", "_rng", "_told", "accounts", "assets", "ledger", "markets", "seed", "settings",
        "statuses", "symbols",
    )  # fmt: skip

    def __init__(self, symbols: Mapping[str, SymbolInfo], settings: SpotSettings, seed: int) -> None:
        self.symbols = symbols
        self.assets = tuple(dict.fromkeys(asset for info in symbols.values() for asset in (info.base, info.quote)))
        """Every asset of a listed symbol."""
        self.settings = settings
        self.seed = seed
        self.ledger = Ledger()
        self.accounts: dict[str, SpotAccount] = {}
        self.markets: dict[str, Market] = {}
        self.statuses: dict[str, str] = {}
        """Symbols whose status is not TRADING."""
        self._rng = Random(f"{seed}:spot")
        self._averages: dict[str, tuple[int, int, int]] = {}
        self._names: dict[int, str] = {}
        self._told: set[str] = set()
        """Symbols whose history was given."""

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

    def info(self, symbol: str) -> SymbolInfo:
        """The symbol's facts.

        Raises:
            Refusal: -1121 for a name that is not listed (rule S-47).
        """
        info = self.symbols.get(symbol)
        if info is None:
            raise errors.unknown_symbol()
        return info

    def market(self, symbol: str, now: int) -> Market:
        """The symbol's market, made when it is touched for the first time.

        Raises:
            Refusal: -1121 for a name that is not listed.
        """
        market = self.markets.get(symbol)
        return market if market is not None else self._open(self.info(symbol), now)

    def open_with_history(self, symbol: str, history: Tape, now: int) -> Market:
        """Let a market begin anew with a given history; the market maker's book is laid around its last price.

        It keeps that history when the clock goes back.

        Args:
            symbol: its name.
            history: the tape, which holds at least one trade or bar.
            now: microseconds.

        Raises:
            Refusal: -1121 for a name that is not listed.
            ValueError: somebody placed an order in the market; its past can no longer be another one.
        """
        info = self.info(symbol)
        market = self.markets.get(symbol)
        if market is not None:
            if not _untouched(market):
                raise ValueError(f"somebody placed orders in {symbol}, so its history stays as it is")
            self._take_down(market, now)
        self._averages.pop(symbol, None)
        self._told.add(symbol)
        return self._open(info, now, history)

    def _open(self, info: SymbolInfo, now: int, history: Tape | None = None) -> Market:
        market = self.markets[info.name] = Market(
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
        maker.open_market(self, market, info, now, history)
        return market

    def _take_down(self, market: Market, now: int) -> None:
        """Forget a market in which only the market maker stands."""
        for order in list(market.bag(self.ledger.house).open.values()):
            market.cancel(order, order.client_id, now)
        del self.markets[market.symbol]

    def status(self, symbol: str) -> str:
        """TRADING, HALT, BREAK, ..."""
        return self.statuses.get(symbol, TRADING)

    def set_status(self, symbol: str, status: str) -> None:
        """Let a symbol trade, or halt it (rule S-96)."""
        if status == TRADING:
            self.statuses.pop(symbol, None)
        else:
            self.statuses[symbol] = status

    def last_price(self, symbol: str) -> int:
        """The last price; of a market that nobody touched yet, its reference price."""
        market = self.markets.get(symbol)
        return market.tape.last_price if market is not None else self.symbols[symbol].reference_price

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

    def rewind(self, now: int) -> None:
        """The clock went back: markets in which only the market maker stood are laid down anew when next touched."""
        self._averages.clear()
        for symbol, market in list(self.markets.items()):
            last = market.tape.last
            if last is not None and last.time > now and symbol not in self._told and _untouched(market):
                self._take_down(market, now)

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
                    if first and order is not None and not order.account.house:
                        orders.filled(self._names[order.account.id], is_maker, now)

    def open_orders(self, account: SpotAccount) -> Iterator[tuple[Market, Order]]:
        """All open orders of an account, by symbol."""
        for market in self.markets.values():
            bag = market.bags.get(account.money.id)
            if bag is not None:
                for order in bag.open.values():
                    yield market, order


def _untouched(market: Market) -> bool:
    """Whether nobody but the market maker ever placed an order."""
    return not any(bag.all for id, bag in market.bags.items() if id != Ledger.HOUSE_ID)


def fees_of(rates: CommissionRates) -> Fees:
    """The fees that plain maker and taker rates make."""
    return Fees(Rates(rates.maker, rates.taker), discount=rates.bnb_discount)


SpotCall = Call[SpotVenue, SpotAccount]
