"""The state of the USDⓈ-M futures market: contracts, their markets, mark prices, accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, Final, NamedTuple, Protocol

from binance_mock.engine.commission import Fees, Rates
from binance_mock.engine.contracts import ContractMarket, Count, Fee, Settle
from binance_mock.engine.intervals import HOUR
from binance_mock.engine.orders import ExpiryReason, Order
from binance_mock.engine.paths import Path
from binance_mock.engine.tape import Tape
from binance_mock.engine.units import SCALE
from binance_mock.venues.board import Board
from binance_mock.venues.call import Call
from binance_mock.venues.schedule import Schedule
from binance_mock.venues.usdm import delivery, funding_payments
from binance_mock.venues.usdm.accounts import DEFAULT_LEVERAGE, UsdmAccount
from binance_mock.venues.usdm.closing import unfit_orders
from binance_mock.venues.usdm.conditionals import Conditionals
from binance_mock.venues.usdm.contracts import ContractInfo
from binance_mock.venues.usdm.funding_payments import Settled
from binance_mock.venues.usdm.marks import Marks
from binance_mock.venues.usdm.orders import closes, side_of
from binance_mock.venues.usdm.settings import UsdmSettings
from binance_mock.venues.usdm.settlement import settle_fill

_FIRST_UID: Final = 154_937_868
_ID_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class Reaction(Protocol):
    """What follows from the moves of a price: conditional orders fire, positions are liquidated."""

    def __call__(self, venue: UsdmVenue, symbol: str, prints: Sequence[int], now: int) -> None:
        """Follow the moves of one contract.

        Args:
            venue: where.
            symbol: the contract, whose last price, mark price or index price moved.
            prints: the prices of its trades since the last look, in their order, neighbours different; none when
                only its mark moved.
            now: microseconds.
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
        reactions: what follows from the moves of prices, in this order.
    """

    name = "usdm"

    __slots__ = (
        "_begun", "_moves", "_paths", "_reacting", "_rng", "_settings", "accounts", "amendments", "assets",
        "awaits_old_orders", "conditionals", "delivered", "funded", "holders", "house", "insurance", "margin_assets",
        "marks", "next_funding", "owners", "reactions", "schedule",
    )  # fmt: skip

    def __init__(
        self,
        symbols: Mapping[str, ContractInfo],
        assets: Sequence[Mapping[str, Any]],
        settings: UsdmSettings,
        seed: int,
        reactions: Sequence[Reaction] = (),
    ) -> None:
        super().__init__(symbols, seed)
        self.reactions = reactions
        self.assets = assets
        self._settings = settings
        self._rng = Random(f"{seed}:{self.name}")
        self.schedule: Schedule[UsdmVenue] = Schedule()
        """What happens at a time."""
        self._moves: dict[str, list[int]] = {}
        """Contracts whose prices moved since the last reaction, with the prices of their trades."""
        self._reacting = False
        self._paths: dict[str, Path] = {}
        """The way of the index of each pair since it was first looked at."""
        self.conditionals = Conditionals()
        """The orders that wait for a price, and those that did."""
        self._begun = False
        """Whether any time has passed yet."""
        self.delivered: dict[str, int] = {}
        """The prices at which dated contracts were delivered."""
        self.next_funding: dict[str, int] = {}
        """When the perpetuals whose markets were touched are funded next, in microseconds."""
        self.funded: dict[str, dict[int, Settled]] = {}
        """The fundings that were, by contract and time."""
        self.awaits_old_orders = False
        """Whether the end of the oldest order is on the schedule."""
        self.amendments = 0
        """How often an order was amended."""
        self.accounts: dict[str, UsdmAccount] = {}
        self.margin_assets = {info.name: info.margin_asset for info in symbols.values()}
        """Margin asset by contract."""
        self.marks = Marks()
        self.holders: dict[str, dict[int, UsdmAccount]] = {}
        """Who may have a position in a contract: everybody who has one, and some that had one."""
        self._seat_house()

    @property
    def settings(self) -> UsdmSettings:
        """How it behaves."""
        return self._settings

    def fork(self) -> UsdmVenue:
        """An equal venue that goes its own way."""
        twin = type(self)(self.symbols, self.assets, self._settings, self.seed, self.reactions)
        ledger = twin.ledger = self.ledger.fork()
        twin._seat_house()
        twin.house = self.house.fork(ledger.house)
        twin.owners[ledger.HOUSE_ID] = twin.house
        twin.insurance = self.insurance.fork(ledger.insurance)
        twin.owners[ledger.INSURANCE_ID] = twin.insurance
        for name, account in self.accounts.items():
            copy = twin.accounts[name] = account.fork(ledger.accounts[account.money.id])
            twin.owners[copy.money.id] = copy
        twin.holders = {symbol: {id: twin.owners[id] for id in held} for symbol, held in self.holders.items()}
        twin.markets = {
            symbol: market.fork_contract(ledger, twin._settling(self.symbols[symbol]), twin._unfit)
            for symbol, market in self.markets.items()
        }
        for symbol, market in twin.markets.items():
            market.count = twin._counting(twin.symbols[symbol])
        twin.conditionals = self.conditionals.fork(twin)
        twin.marks = self.marks.fork()
        twin.statuses = self.statuses.copy()
        twin._told = self._told.copy()
        twin._rng.setstate(self._rng.getstate())
        twin.schedule = self.schedule.fork()
        twin._moves.update((symbol, prints.copy()) for symbol, prints in self._moves.items())
        twin._paths = {pair: path.fork() for pair, path in self._paths.items()}
        twin._begun, twin.delivered = self._begun, self.delivered.copy()
        twin.next_funding = self.next_funding.copy()
        twin.funded = {symbol: past.copy() for symbol, past in self.funded.items()}
        twin.awaits_old_orders = self.awaits_old_orders
        twin.amendments = self.amendments
        return twin

    def new_client_id(self) -> str:
        """A client order id of 22 letters and digits, as Binance makes one when none is sent (rule U-51)."""
        return "".join(self._rng.choices(_ID_LETTERS, k=22))

    # -- accounts -----------------------------------------------------------------------------------------------

    def open_account(self, name: str, balances: Mapping[str, int], *, trade_group: int = -1) -> UsdmAccount:
        """A new account.

        Args:
            name: how keys refer to it.
            balances: wallets by asset, in units of 10^-8.
            trade_group: tradeGroupId for self-trade prevention, -1 for none (rule U-65).

        Raises:
            ValueError: the name is taken, or a balance is negative.
        """
        if name in self.accounts:
            raise ValueError(f"there is an account {name!r} already; choose another name")
        rates = self._settings
        fees = Fees(Rates(rates.maker, rates.taker), discount=SCALE * 9 // 10)
        money = self.ledger.open(fees, trade_group=trade_group)
        for asset, amount in balances.items():
            self.ledger.deposit(money, asset, amount)
        account = self.accounts[name] = UsdmAccount(name, _FIRST_UID + money.id, money, self.symbols)
        for info in self.symbols.values():
            if info.brackets.max_leverage < DEFAULT_LEVERAGE:
                account.set_leverage(info.name, info.brackets.max_leverage)
        self.owners[money.id] = account
        return account

    def _seat_house(self) -> None:
        """Let the market maker and the insurance fund have positions, as everybody has."""
        self.house = UsdmAccount("house", 0, self.ledger.house, self.symbols)
        self.insurance = UsdmAccount("insurance", 0, self.ledger.insurance, self.symbols)
        self.owners: dict[int, UsdmAccount] = {each.money.id: each for each in (self.house, self.insurance)}
        """Accounts by their number in the ledger."""

    def _settling(self, info: ContractInfo) -> Settle:
        """What fills of a contract do."""
        symbol = info.name
        owners, collector, moves = self.owners, self.ledger.collector, self._moves
        holders = self.holders.setdefault(symbol, {})

        def settle(order: Order, price: int, qty: int, maker: bool, trade_id: int) -> Fee:
            if maker:
                _note_print(moves, symbol, price)
            owner = holders[order.account.id] = owners[order.account.id]
            fee = settle_fill(owner, info, order, price, qty, maker, trade_id, self.bnb_price)
            collector.free[fee[1]] += fee[0]
            return fee

        return settle

    def _counting(self, info: ContractInfo) -> Count:
        """What open orders of a contract count for: their notional, unless they only close (rules U-75, U-102)."""
        symbol, owners = info.name, self.owners

        def count(order: Order, ended: bool) -> None:
            if order.account.house:
                return
            worth = 0 if ended or closes(order) else info.worth(order.price, order.left)
            owners[order.account.id].count(symbol, side_of(order), order.side, worth - order.locked)
            order.locked = worth

        return count

    def bnb_price(self, asset: str) -> int:
        """The price of one BNB in an asset by its index, 0 where nothing tells."""
        return self.index_price(f"BNB{asset}") if f"BNB{asset}" in self.symbols else 0

    def _unfit(self, market: ContractMarket, order: Order) -> Sequence[Order]:
        """The orders that no longer fit the position that an order has just changed (rule U-73)."""
        return unfit_orders(self.owners[order.account.id], market, order)

    # -- time ---------------------------------------------------------------------------------------------------

    def market(self, symbol: str, now: int) -> ContractMarket:
        """The contract's market, after all that was due by now."""
        if not self._begun or self.schedule.has_due(now):
            self.pass_time(now)
        return super().market(symbol, now)

    def end_at(self, time: int, symbol: str, order: Order) -> None:
        """Let an order end at a time (rule U-57)."""
        self.schedule.add(time, OrderEnds(symbol, order.account.id, order.id))

    def pass_time(self, now: int) -> None:
        """Let happen what is due by now, in order, and what follows from it and from all moves of prices."""
        if not self._begun:
            self._begun = True
            delivery.schedule(self)
        if self._moves:
            self._react(now)
        while (next := self.schedule.take(now)) is not None:
            time, due = next
            due.happen(self, time)
            if self._moves:
                self._react(time)

    def _react(self, now: int) -> None:
        """Let conditional orders fire and positions be liquidated until the prices stand still."""
        if self._reacting:
            return
        self._reacting = True
        try:
            while self._moves:
                symbol = next(iter(self._moves))
                prints = self._moves.pop(symbol)
                self._note_index(symbol, now)
                for reaction in self.reactions:
                    reaction(self, symbol, prints, now)
        finally:
            self._reacting = False

    # -- markets and prices -------------------------------------------------------------------------------------

    def make_market(self, info: ContractInfo) -> ContractMarket:
        """An empty market for a contract."""
        return info.market(self.ledger, self._settings.first_order_id, self._settling(info), self._unfit)

    def _open(self, info: ContractInfo, now: int, history: Tape | None = None) -> ContractMarket:
        market = super()._open(info, now, history)
        market.count = self._counting(info)
        self._note_index(info.name, now)
        if info.perpetual:
            funding_payments.schedule(self, info, now)
        return market

    def rewind(self, now: int) -> None:
        super().rewind(now)
        self._paths = {symbol: path for symbol, path in self._paths.items() if symbol in self.markets}
        funding_payments.rewind(self, now)
        delivery.rewind(self, now)

    def set_marks(self, symbol: str, now: int, *, mark: int | None = None, index: int | None = None) -> None:
        """Let mark and index price of a contract stand where they are set; None leaves one.

        Raises:
            ValueError: a price is not positive.
        """
        self.market(symbol, now)  # Whatever was due happens before, at the old prices.
        self.marks.set(symbol, mark=mark, index=index)
        self.marks.note(symbol, now)
        self.note_move(symbol)
        self.pass_time(now)

    def follow_market(self, symbol: str, now: int) -> None:
        """Let mark and index price of a contract follow the market again."""
        self.market(symbol, now)
        self.marks.follow(symbol)
        self.marks.note(symbol, now)
        self.note_move(symbol)
        self.pass_time(now)

    def note_move(self, symbol: str) -> None:
        """Let the positions of a contract be looked at when time passes next: its mark moved, or wallets did."""
        self._moves.setdefault(symbol, [])

    def mean_index(self, pair: str, start: int, end: int) -> int:
        """The mean of a pair's index price over a stretch of time in microseconds, weighted by time."""
        source = self.symbols[self.perpetual(pair)]
        path = self._paths.get(source.name)
        price = self.index_price(source.name)
        return price if path is None else path.mean(start, end, price)

    def index_changes(self, pair: str) -> list[tuple[int, int]]:
        """How a pair's index price came to be what it is: times in microseconds and prices, as far as is kept."""
        path = self._paths.get(self.symbols[pair].name)
        return [] if path is None else list(zip(path.times, path.prices, strict=True))

    def _note_index(self, symbol: str, now: int) -> None:
        """Keep the way of the index of a pair, where the contract is the one that it follows."""
        if self.index_source(self.symbols[symbol]).name == symbol:
            path = self._paths.get(symbol)
            if path is None:
                path = self._paths[symbol] = Path(2 * HOUR)
                now = 0  # It stood there before anybody looked, whatever moves it in this very moment.
            path.step(now, self.index_price(symbol))

    def mark_price(self, symbol: str) -> int:
        """The mark price of a contract."""
        market = self.markets.get(symbol)
        last = 0 if market is None else market.tape.last_price
        return self.marks.mark(symbol, last or self.symbols[symbol].reference_price)

    def index_price(self, symbol: str) -> int:
        """The index price of a contract: its own where that was set, else that of its pair."""
        source = self.index_source(self.symbols[symbol]).name
        return self.marks.index(symbol, self.marks.index(source, self._fair_price(source)))

    def index_source(self, info: ContractInfo) -> ContractInfo:
        """The contract whose market the index of a pair follows: its perpetual."""
        return self.symbols.get(self.perpetual(info.pair), info)

    def perpetual(self, pair: str) -> str:
        """The name of the perpetual of a pair, which is that of the pair."""
        return pair

    def _fair_price(self, symbol: str) -> int:
        """The last price; the reference price of a market without any trade."""
        return self.last_price(symbol) or self.symbols[symbol].reference_price

    def price_moved(self, name: str, price: int, now: int) -> None:
        """Take note of a price at which no account traded."""
        _note_print(self._moves, name, price)

    def forget_prices(self, name: str | None = None) -> None:
        """Forget the way of the index of a pair; that of all but where they stand."""
        if name is None:
            for path in self._paths.values():
                path.restart()
        else:
            self._paths.pop(name, None)


def _note_print(moves: dict[str, list[int]], symbol: str, price: int) -> None:
    """Add a price to those at which a contract traded."""
    prints = moves.get(symbol)
    if prints is None:
        moves[symbol] = [price]
    elif not prints or prints[-1] != price:
        prints.append(price)


UsdmCall = Call[UsdmVenue, UsdmAccount]
