"""The state of the market of European options: what is listed, its markets, prices, accounts.

Contracts come and go with the world's time, and their prices follow the index of the futures market of the same world
and a surface of volatilities for each underlying. The market maker's book follows the fair price: it is laid anew when
a market is looked at, or somebody's order rests in it, and the fair price has moved by a tick.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, Protocol

from binance_mock.engine.commission import Fees, Rates
from binance_mock.engine.contracts import ContractMarket, Fee, Settle
from binance_mock.engine.intervals import DAY
from binance_mock.engine.ledger import Ledger
from binance_mock.engine.orders import BUY, Order, Side
from binance_mock.engine.tape import Tape
from binance_mock.engine.windows import Window, window
from binance_mock.venues import maker
from binance_mock.venues.board import Board
from binance_mock.venues.call import Call
from binance_mock.venues.errors import Refusal
from binance_mock.venues.options.accounts import ASSET, OptionsAccount
from binance_mock.venues.options.blocks import Blocks
from binance_mock.venues.options.chain import Underlying
from binance_mock.venues.options.closing import unfit_orders
from binance_mock.venues.options.dialect import DIALECTS, Dialect
from binance_mock.venues.options.exercise import WINDOW, Change, settlement_estimate, settlement_price
from binance_mock.venues.options.history import standing_tape, standing_window
from binance_mock.venues.options.listings import Contract, Listings, Strip
from binance_mock.venues.options.margin import IndexMargin, ShortMargin
from binance_mock.venues.options.option_market import OptionMarket
from binance_mock.venues.options.pricing import Greeks, greeks, implied_volatility
from binance_mock.venues.options.protection import watch_fill
from binance_mock.venues.options.quotes import OptionPins, Quote
from binance_mock.venues.options.settings import OptionsSettings
from binance_mock.venues.options.settlement import Print, settle_fill
from binance_mock.venues.options.surface import NO_QUOTE, Surface
from binance_mock.venues.schedule import Schedule
from binance_mock.venues.spot.venue import SpotVenue

_FIRST_UID: Final = 254_937_868


class IndexSource(Protocol):
    """Where index prices come from: the USDⓈ-M futures of the same world (rule O-53)."""

    @property
    def symbols(self) -> Mapping[str, object]:
        """What it has indexes of, by name."""

    def index_price(self, symbol: str) -> int:
        """The index price of a pair now, scaled by 10^8."""

    def index_changes(self, pair: str) -> Sequence[Change]:
        """How the index price came to be what it is: times in microseconds and prices, as far back as is kept."""

    def pass_time(self, now: int) -> None:
        """Let happen what is due by a time in microseconds."""


class Ending(Protocol):
    """Something that is done about the contracts of an expiry when it ends."""

    def __call__(self, venue: OptionsVenue, strip: Strip, price: int, time: int) -> None:
        """Do it, while the contracts are still listed.

        Args:
            venue: where.
            strip: the contracts.
            price: at which they are settled.
            time: of the expiry in microseconds.
        """


class Review(Protocol):
    """Something that is looked at about an account when its positions or its wallet changed."""

    def __call__(self, venue: OptionsVenue, account: OptionsAccount, now: int) -> None:
        """Look at it.

        Args:
            venue: where.
            account: whose positions or wallet changed.
            now: microseconds.
        """


class Settled(NamedTuple):
    """An expiry that has ended, and the price at which it was settled (rule O-81)."""

    strip: Strip
    price: int


class Expires(NamedTuple):
    """The end of an expiry."""

    underlying: str
    expiry: int

    def happen(self, venue: OptionsVenue, time: int) -> None:
        """Settle its contracts and take them off, where they are listed."""
        strip = venue.listings.strip(self.underlying, self.expiry)
        if strip is not None:
            venue.end(strip)


class OptionsVenue(Board[Contract, OptionMarket]):
    """Everything of one world that belongs to European options.

    Args:
        underlyings: what options are on, by name; shared, never changed.
        settings: how it behaves.
        seed: seeds ids and the standing market.
        source: where index prices come from; None lets every index stand at its reference price.
        endings: what is done when an expiry ends, in this order.
        review: looks at accounts whose positions or wallet changed (rule O-80).
        spot: the spot market of the same world, from whose wallets money comes; None in a world without.
    """

    name: Final = "options"

    __slots__ = (
        "_laid", "_settings", "accounts", "blocks", "dialect", "endings", "house", "listings", "owners", "past", "pins",
        "review", "schedule", "settled", "short_margin", "source", "spot", "surfaces", "unreviewed",
    )  # fmt: skip

    def __init__(
        self,
        underlyings: Mapping[str, Underlying],
        settings: OptionsSettings,
        seed: int,
        source: IndexSource | None = None,
        endings: Sequence[Ending] = (),
        review: Review | None = None,
        spot: SpotVenue | None = None,
    ) -> None:
        super().__init__({}, seed)
        self._settings = settings
        self.dialect: Dialect = DIALECTS[settings.dialect]
        self.short_margin: ShortMargin = IndexMargin(with_mark=settings.margin_with_mark)
        """What written options need; another model may take its place (rule O-77)."""
        self.source = source
        self.endings = endings
        self.review = review
        self.spot = spot
        self.unreviewed: set[int] = set()
        """Accounts, by their number in the ledger, that are to be looked at when time passes next."""
        self.listings = Listings(underlyings)
        self.surfaces = {name: Surface(each.volatility) for name, each in underlyings.items()}
        """Volatilities by underlying; surfaces are values, so another one takes the place of one that changes."""
        self.pins = OptionPins()
        self.blocks = Blocks()
        self.schedule: Schedule[OptionsVenue] = Schedule()
        """What happens at a time."""
        self.settled: list[Settled] = []
        """Expiries that ended while the world was looked at, oldest first."""
        self.past: dict[str, Contract] = {}
        """Contracts that are listed no more and had a market, by name."""
        self._laid: dict[str, int] = {}
        """Around which price the standing book of a market was last laid."""
        self.accounts: dict[str, OptionsAccount] = {}
        self._seat_house()

    @property
    def settings(self) -> OptionsSettings:
        """How it behaves."""
        return self._settings

    @property
    def underlyings(self) -> Mapping[str, Underlying]:
        """What options are on, by name."""
        return self.listings.underlyings

    def fork(self, source: IndexSource | None = None, spot: SpotVenue | None = None) -> OptionsVenue:
        """An equal venue that goes its own way.

        Args:
            source: the copy of its source of index prices.
            spot: the copy of its spot market.
        """
        twin = OptionsVenue(self.underlyings, self._settings, self.seed, source, self.endings, self.review, spot)
        twin.unreviewed.update(self.unreviewed)
        ledger = twin.ledger = self.ledger.fork()
        twin._seat_house()
        twin.house = self.house.fork(ledger.house)
        twin.owners[ledger.HOUSE_ID] = twin.house
        for name, account in self.accounts.items():
            copy = twin.accounts[name] = account.fork(ledger.accounts[account.money.id])
            twin.owners[copy.money.id] = copy
        twin.listings = self.listings.fork()
        twin.symbols = twin.listings.contracts
        twin.past = self.past.copy()
        twin.markets = {
            symbol: market.fork_option(ledger, twin._settling(market.info), twin._unfit, twin._watch)
            for symbol, market in self.markets.items()
        }
        twin.surfaces = self.surfaces.copy()
        twin.short_margin = self.short_margin
        twin.pins = self.pins.fork()
        twin.blocks = self.blocks.fork()
        twin.schedule = self.schedule.fork()
        twin.settled = self.settled.copy()
        twin.statuses = self.statuses.copy()
        twin._told = self._told.copy()
        twin._laid = self._laid.copy()
        return twin

    # -- accounts -----------------------------------------------------------------------------------------------

    def open_account(self, name: str, balances: Mapping[str, int], *, trade_group: int = -1) -> OptionsAccount:
        """A new account.

        Args:
            name: how keys refer to it.
            balances: its wallet, USDT in units of 10^-8; other assets lie idle.
            trade_group: tradeGroupId for self-trade prevention, -1 for none (rule O-67).

        Raises:
            ValueError: the name is taken, or a balance is negative.
        """
        if name in self.accounts:
            raise ValueError(f"there is an account {name!r} already; choose another name")
        rates = self._settings
        money = self.ledger.open(Fees(Rates(rates.maker, rates.taker)), trade_group=trade_group)
        for asset, amount in balances.items():
            self.ledger.deposit(money, asset, amount)
        account = self.accounts[name] = OptionsAccount(name, _FIRST_UID + money.id, money)
        account.can_write, account.is_maker = rates.writers, rates.makers
        self.owners[money.id] = account
        return account

    def _seat_house(self) -> None:
        """Let the market maker have positions, as everybody has."""
        self.house = OptionsAccount("house", 0, self.ledger.house)
        self.owners: dict[int, OptionsAccount] = {self.ledger.HOUSE_ID: self.house}
        """Accounts by their number in the ledger."""

    def _settling(self, info: Contract) -> Settle:
        """What fills of a contract do."""
        owners, collector, unreviewed = self.owners, self.ledger.collector, self.unreviewed

        def settle(order: Order, price: int, qty: int, is_maker: bool, trade_id: int) -> Fee:
            index = self.index_of(info, order.updated)
            volatility = 0
            if not order.account.house:
                left = info.expiry - order.updated
                volatility = implied_volatility(info.side, price, index, info.strike, left) or 0
            fill = Print(price, qty, is_maker, trade_id)
            unreviewed.add(order.account.id)
            fee = settle_fill(owners[order.account.id], info.name, info.unit, index, order, fill, volatility=volatility)
            collector.free[ASSET] += fee
            return fee, ASSET

        return settle

    def _unfit(self, market: ContractMarket, order: Order) -> Sequence[Order]:
        """The orders that a fill leaves with too little to reduce (rule O-61)."""
        return unfit_orders(self.owners[order.account.id], market, order)

    def _watch(self, market: OptionMarket, order: Order, qty: int, now: int) -> None:
        """Let market maker protection count a fill (rule O-101)."""
        account = self.owners[order.account.id]
        if account.protections:
            delta = self.fair(market.info, now).delta
            watch_fill(account, self.markets.values(), market, order, qty, delta, now)

    # -- time ---------------------------------------------------------------------------------------------------

    def pass_time(self, now: int) -> None:
        """Let happen what is due by now, list what belongs there, and let the standing books meet resting orders."""
        while (next := self.schedule.take(now)) is not None:
            time, due = next
            due.happen(self, time)
        for strip in self.listings.roll(now, self.index_price):
            self.schedule.add(strip.expiry.time, Expires(strip.underlying.name, strip.expiry.time))
        self.symbols = self.listings.contracts
        for symbol, market in self.markets.items():
            if symbol in self.symbols and any(bag.open for id, bag in market.bags.items() if id != Ledger.HOUSE_ID):
                self._follow(market, self.symbols[symbol], now)
        self._review(now)

    def look_at(self, account: OptionsAccount) -> None:
        """Let the risk of an account be looked at when time passes next: its positions or its wallet changed."""
        self.unreviewed.add(account.money.id)

    def _review(self, now: int) -> None:
        """Look at the accounts whose positions or wallet changed, until no account changes."""
        while self.unreviewed:
            account = self.owners[self.unreviewed.pop()]
            if self.review is not None and account is not self.house:
                self.review(self, account, now)

    def end(self, strip: Strip) -> None:
        """Settle the contracts of an expiry and take them off the board (rules O-81, O-84)."""
        name, time = strip.underlying.name, strip.expiry.time
        if self.source is not None:
            self.source.pass_time(time)  # What happens there by then moves the index.
        price = settlement_price(self._changes(name), time)
        for ending in self.endings:
            ending(self, strip, price, time)
        self.settled.append(Settled(strip, price))
        for symbol, contract in strip.contracts.items():
            self.pins.follow(symbol)
            self._laid.pop(symbol, None)
            if symbol in self.markets:
                self.past[symbol] = contract
        self.listings.drop(strip)
        self.symbols = self.listings.contracts

    def rewind(self, now: int) -> None:
        """The clock went back: what is listed, and markets that nobody touched, are laid down anew."""
        super().rewind(now)
        self.past.update({symbol: market.info for symbol, market in self.markets.items()})
        self.settled = [each for each in self.settled if each.strip.expiry.time <= now]
        self.listings.forget(self._in_use())
        self.symbols = self.listings.contracts

    def _in_use(self) -> set[tuple[str, int]]:
        """Underlyings and expiries in which somebody has a position or an open order."""
        names = {position.symbol for account in self.accounts.values() for position in account.open_positions()}
        for symbol, market in self.markets.items():
            if any(bag.open for id, bag in market.bags.items() if id != Ledger.HOUSE_ID):
                names.add(symbol)
        return {(info.underlying, info.expiry) for info in (self.markets[name].info for name in names)}

    # -- contracts and markets ----------------------------------------------------------------------------------

    def contract(self, symbol: str) -> Contract:
        """A contract that is listed, or was and had a market.

        Raises:
            Refusal: -1121 for any other name.
        """
        return self.past.get(symbol) or self.info(symbol)

    def underlying(self, name: str) -> Underlying:
        """What options are on, by the name of its index in any letter case.

        Raises:
            Refusal: -1128 for a name without options.
        """
        found = self.underlyings.get(name.upper())
        if found is None:
            raise Refusal(-1128, "Invalid underlying")
        return found

    def market(self, symbol: str, now: int) -> OptionMarket:
        """The contract's market, after all that was due by now, its standing book around the fair price."""
        self.pass_time(now)
        market = super().market(symbol, now)
        self._follow(market, self.symbols[symbol], now)
        return market

    def make_market(self, info: Contract) -> OptionMarket:
        """An empty market for a contract."""
        settle = self._settling(info)
        first = self._settings.first_order_id
        return OptionMarket(
            info, self.ledger, first_order_id=first, settle=settle, unfit=self._unfit, watch=self._watch
        )

    def _open(self, info: Contract, now: int, history: Tape | None = None) -> OptionMarket:
        market = self.markets[info.name] = self.make_market(info)
        maker.endow(self, info)
        market.tape = self._past_trades(info, now) if history is None else history
        self._lay(market, info, self.middle(info, now), now)
        return market

    def tape(self, info: Contract, now: int) -> Tape:
        """What was traded of a contract; to look makes no market."""
        market = self.markets.get(info.name)
        return market.tape if market is not None else self._past_trades(info, now)

    def day(self, info: Contract, now: int) -> tuple[Window, int, int]:
        """What was traded of a contract in the last 24 hours, best bid and best ask; to look makes no market."""
        market = self.markets.get(info.name)
        if market is not None:
            return window(market.tape, now - DAY, now), *self.best(info, now)
        middle = self.middle(info, now)
        past = standing_window(self.seed, info, middle, self._settings.history_hours, now, DAY)
        return past, *self._best_around(info, middle)

    def _past_trades(self, info: Contract, now: int) -> Tape:
        return standing_tape(self.seed, info, self.middle(info, now), self._settings.history_hours, now)

    # -- the standing book --------------------------------------------------------------------------------------

    def middle(self, info: Contract, now: int) -> int:
        """The price around which the standing book is laid: a whole number of ticks, one at least."""
        middle = self.pins.middles.get(info.name)
        if middle is not None:
            return middle
        price = self.fair(info, now).price
        return max(info.tick, (price + info.tick // 2) // info.tick * info.tick)

    def best(self, info: Contract, now: int) -> tuple[int, int]:
        """Best bid and best ask, 0 for an empty side; to look makes no market."""
        market = self.markets.get(info.name)
        if market is not None:
            self._follow(market, info, now)
            bid, ask = market.book.bids.best, market.book.asks.best
            return (bid.price if bid else 0), (ask.price if ask else 0)
        return self._best_around(info, self.middle(info, now))

    def _best_around(self, info: Contract, middle: int) -> tuple[int, int]:
        """Best bid and best ask of a standing book that is not laid yet."""
        if not self.depth(info.name):
            return 0, 0
        spread = self._settings.spread_bps
        low, high = (maker.rung(side, middle, 0, spread, info.tick) for side in (Side.BUY, Side.SELL))
        return max(0, low), high

    def depth(self, symbol: str) -> int:
        """Price levels on each side of the standing book of a contract."""
        return self.pins.depths.get(symbol, self._settings.levels)

    def price_moved(self, name: str, price: int, now: int) -> None:
        """Let the standing book stay where the tester moved it."""
        self._laid[name] = self.pins.middles[name] = price

    def forget_prices(self, name: str | None = None) -> None:
        """Let the standing book be laid anew."""
        if name is None:
            self._laid.clear()
        else:
            self._laid.pop(name, None)

    def _follow(self, market: OptionMarket, info: Contract, now: int) -> None:
        """Lay the standing book anew where the fair price has left it."""
        middle = self.middle(info, now)
        if self._laid.get(info.name) != middle:
            self._lay(market, info, middle, now)

    def _lay(self, market: OptionMarket, info: Contract, middle: int, now: int) -> None:
        self._laid[info.name] = middle
        maker.quote_liquidity(self, market, info, middle, now, self.depth(info.name))

    # -- prices -------------------------------------------------------------------------------------------------

    def index_price(self, name: str) -> int:
        """The index price of an underlying now."""
        if self.source is not None and name in self.source.symbols:
            return self.source.index_price(name)
        return self.underlyings[name].reference_price

    def _changes(self, name: str) -> list[Change]:
        """The way of an index; before its first known step it stood at that."""
        changes = self.source.index_changes(name) if self.source is not None and name in self.source.symbols else ()
        return [(0, changes[0][1] if changes else self.index_price(name)), *changes]

    def settlement_estimate(self, info: Contract, now: int) -> int | None:
        """What the contract would be settled at by the last half hour so far; None before that (rule O-55)."""
        if now < info.expiry - WINDOW:
            return None
        return settlement_estimate(self._changes(info.underlying), info.expiry, now)

    def index_of(self, info: Contract, now: int) -> int:
        """The price that a contract is reckoned on: the index, and in the last half hour its mean (rule O-53)."""
        if now < info.expiry - WINDOW:
            return self.index_price(info.underlying)
        return self.settlement_estimate(info, now) or self.index_price(info.underlying)

    def fair(self, info: Contract, now: int) -> Greeks:
        """What a contract is worth by the surface of its underlying."""
        index = self.index_of(info, now)
        volatility = self.surfaces[info.underlying].volatility(info.expiry, info.strike, index, now)
        return greeks(info.side, index, info.strike, info.expiry - now, volatility)

    def mark(self, info: Contract, now: int) -> Greeks:
        """Mark price and Greeks of a contract (rules O-50, O-51).

        As long as the market maker alone makes the best prices its rounding to ticks is left out of account.
        """
        if not self._quoted(info):
            return self._marked(info, self.fair(info, now))
        return self.quote(info, now).greeks

    def quote(self, info: Contract, now: int) -> Quote:
        """The same, with the volatilities of bid, ask and mark."""
        index, left = self.index_of(info, now), info.expiry - now
        bid, ask = (
            (implied_volatility(info.side, price, index, info.strike, left) or NO_QUOTE) if price else NO_QUOTE
            for price in self.best(info, now)
        )
        surface = self.surfaces[info.underlying]
        if self._quoted(info):
            volatility = surface.mark_volatility(bid, ask, info.expiry, info.strike, index, now)
        else:
            volatility = surface.volatility(info.expiry, info.strike, index, now)
        return Quote(self._marked(info, greeks(info.side, index, info.strike, left, volatility)), volatility, bid, ask)

    def follow_market(self, symbol: str, now: int, *, book: bool = True) -> None:
        """Let mark price, and where wanted the standing book, of a contract follow index and volatility again."""
        self.pins.prices.pop(symbol, None)
        if book:
            self.pins.middles.pop(symbol, None)
        self.market(symbol, now)

    def set_surface(self, underlying: str, surface: Surface, now: int) -> None:
        """Let the options of an underlying be priced at other volatilities from now on."""
        self.pass_time(now)
        self.surfaces[underlying] = surface
        self.pass_time(now)

    def _marked(self, info: Contract, found: Greeks) -> Greeks:
        """Worth with the mark price that was set, where one was."""
        price = self.pins.prices.get(info.name)
        return found if price is None else found._replace(price=price)

    def _quoted(self, info: Contract) -> bool:
        """Whether somebody else than the market maker makes the best bid or ask."""
        market = self.markets.get(info.name)
        if market is None:
            return False
        for level in (market.book.bids.best, market.book.asks.best):
            if level is not None and any(not order.account.house for order in level):
                return True
        return False

    def open_interest(self, symbol: str) -> int:
        """Contracts that are held, by all longs together."""
        return sum(max(0, owner.held(symbol)) for owner in self.owners.values())

    def open_qty(self, account: OptionsAccount, symbol: str, side: Side) -> int:
        """What an account's open orders of one side could still trade."""
        market = self.markets.get(symbol)
        bag = market.bags.get(account.money.id) if market is not None else None
        if bag is None:
            return 0
        return sum(order.left for order in bag.open.values() if (order.side is BUY) is (side is BUY))


OptionsCall = Call[OptionsVenue, OptionsAccount]
