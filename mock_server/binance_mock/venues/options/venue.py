"""The state of the market of European options: what is listed, its markets, prices, accounts.

Contracts come and go with the world's time, and their prices follow the index of the futures market of the same world
and a surface of volatilities for each underlying. The market maker's book follows the fair price: it is laid anew when
a market is looked at, or somebody's order rests in it, and the fair price has moved by a tick.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from binance_mock.engine.commission import Fees, Rates
from binance_mock.engine.contracts import ContractMarket
from binance_mock.engine.intervals import DAY
from binance_mock.engine.orders import Order, Side
from binance_mock.engine.tape import Tape
from binance_mock.engine.windows import Window, window
from binance_mock.venues import maker
from binance_mock.venues.board import Board
from binance_mock.venues.call import Call
from binance_mock.venues.errors import Refusal
from binance_mock.venues.options.accounts import OptionsAccount
from binance_mock.venues.options.blocks import Blocks
from binance_mock.venues.options.chain import Underlying
from binance_mock.venues.options.closing import unfit_orders
from binance_mock.venues.options.dialect import DIALECTS, Dialect
from binance_mock.venues.options.listings import Contract, Expires, Listings, Settled, Strip
from binance_mock.venues.options.margin import IndexMargin, ShortMargin
from binance_mock.venues.options.option_market import OptionMarket, OrderIds
from binance_mock.venues.options.prices import OptionPrices
from binance_mock.venues.options.pricing import Greeks
from binance_mock.venues.options.protection import watching
from binance_mock.venues.options.protocols import Ending, IndexSource, Review
from binance_mock.venues.options.quotes import OptionPins, Quote
from binance_mock.venues.options.settings import OptionsSettings
from binance_mock.venues.options.settlement import settling
from binance_mock.venues.options.surface import Surface
from binance_mock.venues.options.untouched import Untouched
from binance_mock.venues.schedule import Schedule
from binance_mock.venues.spot.venue import SpotVenue

_FIRST_UID: Final = 254_937_868


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
        "_laid", "_order_ids", "_prices", "_settings", "_untouched", "accounts", "blocks", "dialect", "endings",
        "house", "listings", "owners", "past", "review", "schedule", "settled", "short_margin", "spot", "unreviewed",
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
        self.endings = endings
        self.review = review
        self.spot = spot
        self.unreviewed: set[int] = set()
        """Accounts, by their number in the ledger, that are to be looked at when time passes next."""
        self.listings = Listings(underlyings)
        self._prices = OptionPrices(underlyings, source)
        self._untouched = Untouched(seed, settings, self._prices)
        self._order_ids = OrderIds(settings.first_order_id)
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

    @property
    def source(self) -> IndexSource | None:
        """Where index prices come from."""
        return self._prices.source

    @property
    def surfaces(self) -> Mapping[str, Surface]:
        """Volatilities by underlying."""
        return self._prices.surfaces

    @property
    def pins(self) -> OptionPins:
        """What a tester set."""
        return self._prices.pins

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
        twin._order_ids.next = self._order_ids.next
        twin.past = self.past.copy()
        ids, watch = twin._order_ids, watching(twin)
        twin.markets = {
            symbol: market.fork_option(ledger, ids, settling(twin, market.info), twin._unfit, watch)
            for symbol, market in self.markets.items()
        }
        twin._prices = self._prices.fork(source)
        twin._untouched = Untouched(self.seed, self._settings, twin._prices)
        twin.short_margin = self.short_margin
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

    def _unfit(self, market: ContractMarket, order: Order) -> Sequence[Order]:
        """The orders that a fill leaves with too little to reduce (rule O-61)."""
        return unfit_orders(self.owners[order.account.id], market, order)

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
            if symbol in self.symbols and market.in_use:
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
        price = self._prices.settlement_price(name, time)
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
        names = {position.symbol for account in self.accounts.values() for position in account.open_positions()}
        used = [market.info for name, market in self.markets.items() if name in names or market.in_use]
        self.listings.forget({(info.underlying, info.expiry) for info in used})
        self.symbols = self.listings.contracts

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
        return OptionMarket(
            info, self.ledger, ids=self._order_ids, settle=settling(self, info), unfit=self._unfit, watch=watching(self)
        )

    def _open(self, info: Contract, now: int, history: Tape | None = None) -> OptionMarket:
        market = self.markets[info.name] = self.make_market(info)
        maker.endow(self, info)
        market.tape = self._untouched.tape(info, now) if history is None else history
        self._lay(market, info, self.middle(info, now), now)
        return market

    def tape(self, info: Contract, now: int) -> Tape:
        """What was traded of a contract; to look makes no market."""
        market = self.markets.get(info.name)
        return market.tape if market is not None else self._untouched.tape(info, now)

    def day(self, info: Contract, now: int) -> tuple[Window, int, int]:
        """What was traded of a contract in the last 24 hours, best bid and best ask; to look makes no market."""
        market = self.markets.get(info.name)
        if market is None:
            return self._untouched.day(info, now)
        return window(market.tape, now - DAY, now), *self.best(info, now)

    # -- the standing book --------------------------------------------------------------------------------------

    def middle(self, info: Contract, now: int) -> int:
        """The price around which the standing book is laid: a whole number of ticks, one at least."""
        return self._prices.middle(info, now)

    def best(self, info: Contract, now: int) -> tuple[int, int]:
        """Best bid and best ask, 0 for an empty side; to look makes no market."""
        market = self.markets.get(info.name)
        if market is None:
            return self._untouched.best(info, now)
        self._follow(market, info, now)
        bid, ask = market.book.bids.best, market.book.asks.best
        return (bid.price if bid else 0), (ask.price if ask else 0)

    def depth(self, symbol: str) -> int:
        """Price levels on each side of the standing book of a contract."""
        return self._untouched.depth(symbol)

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
        return self._prices.index_price(name)

    def settlement_estimate(self, info: Contract, now: int) -> int | None:
        """What the contract would be settled at by the last half hour so far; None before that (rule O-55)."""
        return self._prices.settlement_estimate(info, now)

    def index_of(self, info: Contract, now: int) -> int:
        """The price that a contract is reckoned on: the index, and in the last half hour its mean (rule O-53)."""
        return self._prices.index_of(info, now)

    def fair(self, info: Contract, now: int) -> Greeks:
        """What a contract is worth by the surface of its underlying."""
        return self._prices.fair(info, now)

    def mark(self, info: Contract, now: int) -> Greeks:
        """Mark price and Greeks of a contract (rules O-50, O-51).

        As long as the market maker alone makes the best prices its rounding to ticks is left out of account.
        """
        if not self._quoted(info):
            return self._prices.marked(info, self.fair(info, now))
        return self.quote(info, now).greeks

    def quote(self, info: Contract, now: int) -> Quote:
        """The same, with the volatilities of bid, ask and mark."""
        return self._prices.quote(info, self.best(info, now), now, quoted=self._quoted(info))

    def follow_market(self, symbol: str, now: int, *, book: bool = True) -> None:
        """Let mark price, and where wanted the standing book, of a contract follow index and volatility again."""
        self.pins.prices.pop(symbol, None)
        if book:
            self.pins.middles.pop(symbol, None)
        self.market(symbol, now)

    def set_surface(self, underlying: str, surface: Surface, now: int) -> None:
        """Let the options of an underlying be priced at other volatilities from now on."""
        self.pass_time(now)
        self._prices.surfaces[underlying] = surface
        self.pass_time(now)

    def _quoted(self, info: Contract) -> bool:
        """Whether somebody else than the market maker makes the best bid or ask."""
        market = self.markets.get(info.name)
        return market is not None and market.quoted

    def open_interest(self, symbol: str) -> int:
        """Contracts that are held, by all longs together."""
        return sum(max(0, owner.held(symbol)) for owner in self.owners.values())

    def open_qty(self, account: OptionsAccount, symbol: str, side: Side) -> int:
        """What an account's open orders of one side could still trade."""
        market = self.markets.get(symbol)
        return 0 if market is None else market.open_qty(account.money, side)


OptionsCall = Call[OptionsVenue, OptionsAccount]
