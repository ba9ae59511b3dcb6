"""The engine beside the slow and obvious model of it, command by command, over random commands.

After every step all that can be seen is compared: events, orders, the queue of every price, trades, fees, balances.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from binance_mock.engine.commission import Fees, Rates
from binance_mock.engine.events import Event
from binance_mock.engine.ledger import Account, Ledger
from binance_mock.engine.market import Market, Rejected
from binance_mock.engine.orders import Extras, Order, OrderType, Side, StpMode, TimeInForce

from .naive import UNIT, NaiveMarket, NaiveOrder, Person, Rate, Refused, Said
from .snapshots import balances, market_state, side_state, told

PAIRS = (("BTC", "USDT"), ("BNB", "USDT"), ("ETH", "BNB"))
BNB_PRICES = {"USDT": 3_000_000_007, "BTC": 700_003, "ETH": 0}
"""The price of one BNB; in ETH there is none."""

GRIDS = ((10 * UNIT, UNIT), (1_000_000_007, 100_000_001), (30_000_001, 1_000_003))
"""Lowest price and step: one in whole units, two on which most amounts have to be cut to 10^-8."""

TRADE_GROUP = 7
LIMITED = ("STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT")

names = st.sampled_from(("ann", "ben", "cat", "dan", "eve", "house"))
sides = st.sampled_from(("BUY", "SELL"))
steps = st.integers(0, 6)
THIRD = 33_333_333
quantities = st.sampled_from((THIRD, 2 * THIRD, 3 * THIRD, 1, UNIT, 5 * UNIT, 777_777_777))
tifs = st.sampled_from(("GTC", "GTC", "GTC", "IOC", "FOK"))
modes = st.sampled_from(("NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER"))
stop_types = st.sampled_from(("STOP_LOSS", "TAKE_PROFIT", *LIMITED))
deltas = st.sampled_from((1, 500, 833, 1000, 2000))
picks = st.integers(0, 1000)

RATES: dict[str, dict[str, dict[str, int]]] = {
    "ann": {"standard": {"maker": 100_000, "taker": 100_000}},
    "ben": {"standard": {"maker": 12_345, "taker": 40_000}, "tax": {"buyer": 10_000, "seller": 20_001}},
    "cat": {"standard": {"taker": 75_000, "seller": 1}, "special": {"maker": 33_333}},
    "dan": {"standard": {"maker": 99_999, "taker": 100_001, "buyer": 77}, "tax": {"taker": 12_345}},
    "eve": {},
}
"""Units of 10^-8."""


def engine_fees(kinds: dict[str, dict[str, int]]) -> Fees:
    standard, tax, special = (Rates(**kinds.get(kind, {})) for kind in ("standard", "tax", "special"))
    return Fees(standard, tax, special, discount=75_000_000)


def model_rate(rates: dict[str, int]) -> Rate:
    return {role: Fraction(units, UNIT) for role, units in rates.items()}


class MarketMachine(RuleBasedStateMachine):
    """Six accounts, two of them in one trade group, one paying commissions in BNB, one the house."""

    @initialize(
        pair=st.sampled_from(PAIRS),
        grid=st.sampled_from(GRIDS),
        lot=st.sampled_from((1, 1000, UNIT // 100)),
        makers=st.lists(st.tuples(names, sides, steps, quantities, modes), max_size=6),
    )
    def open_market(self, pair: tuple[str, str], grid: tuple[int, int], lot: int, makers: list[Any]) -> None:
        base, quote = pair
        self.grid = grid
        self.now = 1_000_000
        self.ledger = Ledger()
        units = {"base_unit": 1 if lot == 1 else 100, "quote_unit": 1 if lot == 1 else 1000}
        self.market = Market(base, base, quote, self.ledger, lot=lot, bnb_price=lambda a: BNB_PRICES.get(a, 0), **units)
        self.model = NaiveMarket(base, quote, lot=lot, bnb_prices=BNB_PRICES, **units)
        self.ours: list[Order] = []
        self.theirs: list[NaiveOrder] = []
        self.accounts: dict[str, Account] = {"house": self.ledger.house}
        self.people: dict[str, Person] = {"house": Person("house")}
        for name, kinds in RATES.items():
            group = TRADE_GROUP if name in ("ben", "cat") else -1
            account = self.accounts[name] = self.ledger.open(engine_fees(kinds), trade_group=group)
            if name == "cat":  # Rates for this symbol go before those of the account.
                account.symbol_fees[base] = account.fees
                account.fees = Fees.FREE
            rates = [model_rate(kinds.get(kind, {})) for kind in ("standard", "tax", "special")]
            self.people[name] = Person(name, group, *rates)
        self.accounts["dan"].bnb_burn = self.people["dan"].pays_bnb = True
        for name in self.accounts:
            self.add_money(name, base, 20 * UNIT if name != "eve" else UNIT)
            self.add_money(name, quote, 200 * UNIT if name != "eve" else 10 * UNIT)
        self.add_money("dan", "BNB", 300_000)
        self.depth = (self.market.book.update_id, *self.market.book.depth(1000))
        for name, side, step, qty, stp in makers:
            self.rest_apart(name, side, step, qty, stp)

    # -- helpers ----------------------------------------------------------------------------------------------

    def price(self, step: int) -> int:
        return self.grid[0] + step * self.grid[1]

    def add_money(self, name: str, asset: str, amount: int) -> None:
        self.ledger.deposit(self.accounts[name], asset, amount)
        self.model.post(self.people[name], asset, amount)

    def run(self, engine: Callable[[], list[Event]], model: Callable[[], list[Said]]) -> bool:
        """One command on both: they say the same, or refuse for the same reason and nothing has changed."""
        expected: list[Said] | str
        try:
            expected = model()
        except Refused as refusal:
            expected = str(refusal)
        if isinstance(expected, str):
            before = market_state(self.market)
            with pytest.raises(Rejected) as caught:
                engine()
            assert caught.value.reason == expected
            assert market_state(self.market) == before
            return False
        assert [told(event) for event in engine()] == expected
        return True

    def place(self, name: str, side: str, type: str, client_id: str = "", **terms: Any) -> None:
        self.now += 500
        client_id = client_id or f"id{len(self.ours)}"
        theirs = NaiveOrder(self.people[name], client_id, side, type, **terms)
        extras = None
        if theirs.stop or theirs.delta or theirs.iceberg:
            extras = Extras(stop_price=theirs.stop, trailing_delta=theirs.delta, iceberg=theirs.iceberg)
        ours = Order(
            self.accounts[name],
            client_id,
            Side(side),
            OrderType(type),
            TimeInForce(theirs.tif),
            theirs.price,
            theirs.qty,
            theirs.quote_qty,
            StpMode(theirs.stp),
            extras,
        )
        if self.run(lambda: self.market.place(ours, self.now), lambda: self.model.place(theirs, self.now)):
            self.ours.append(ours)
            self.theirs.append(theirs)

    # -- rules ------------------------------------------------------------------------------------------------

    @rule(name=names, side=sides, step=steps, qty=quantities, tif=tifs, stp=modes)
    def limit(self, name: str, side: str, step: int, qty: int, tif: str, stp: str) -> None:
        self.place(name, side, "LIMIT", price=self.price(step), qty=qty, tif=tif, stp=stp)

    @rule(name=names, side=sides, step=steps, qty=quantities, stp=modes)
    def rest_apart(self, name: str, side: str, step: int, qty: int, stp: str) -> None:
        """Sells above buys, so that the book has some depth to work on."""
        step = step // 2 + (3 if side == "SELL" else 0)
        self.place(name, side, "LIMIT", price=self.price(step), qty=qty, stp=stp)

    @rule(name=st.sampled_from(("ben", "cat")), side=sides, step=st.none() | steps, qty=quantities)
    def transfer(self, name: str, side: str, step: int | None, qty: int) -> None:
        """Within the trade group, at market or at a price, with the mode that both sides must have (S-104)."""
        if step is None:
            self.place(name, side, "MARKET", qty=qty, stp="TRANSFER")
        else:
            self.place(name, side, "LIMIT", price=self.price(step), qty=qty, stp="TRANSFER")

    @rule(name=names, side=sides, step=steps, qty=quantities, part=st.integers(2, 7), maker=st.booleans(), stp=modes)
    def iceberg(self, name: str, side: str, step: int, qty: int, part: int, maker: bool, stp: str) -> None:
        type = "LIMIT_MAKER" if maker else "LIMIT"
        self.place(name, side, type, price=self.price(step), qty=qty, iceberg=max(1, qty // part), stp=stp)

    @rule(name=names, side=sides, step=steps, qty=quantities, stp=modes)
    def limit_maker(self, name: str, side: str, step: int, qty: int, stp: str) -> None:
        self.place(name, side, "LIMIT_MAKER", price=self.price(step), qty=qty, stp=stp)

    @rule(name=names, side=sides, qty=quantities, stp=modes)
    def at_market(self, name: str, side: str, qty: int, stp: str) -> None:
        self.place(name, side, "MARKET", qty=qty, stp=stp)

    @rule(name=names, side=sides, quote_qty=st.sampled_from((1, 4 * UNIT, 1_234_567_891, 60 * UNIT)), stp=modes)
    def at_market_by_quote(self, name: str, side: str, quote_qty: int, stp: str) -> None:
        self.place(name, side, "MARKET", quote_qty=quote_qty, stp=stp)

    @rule(name=names, side=sides, type=stop_types, stop=steps, step=steps, qty=quantities, tif=tifs, stp=modes)
    def stop(self, name: str, side: str, type: str, stop: int, step: int, qty: int, tif: str, stp: str) -> None:
        limit: dict[str, Any] = {"price": self.price(step), "tif": tif} if type in LIMITED else {}
        self.place(name, side, type, stop=self.price(stop), qty=qty, stp=stp, **limit)

    @rule(name=names, side=sides, type=stop_types, delta=deltas, stop=st.none() | steps, step=steps, qty=quantities)
    def trail(self, name: str, side: str, type: str, delta: int, stop: int | None, step: int, qty: int) -> None:
        limit: dict[str, Any] = {"price": self.price(step), "iceberg": max(1, qty // 3)} if type in LIMITED else {}
        stop_price = 0 if stop is None else self.price(stop)
        self.place(name, side, type, stop=stop_price, delta=delta, qty=qty, stp="EXPIRE_MAKER", **limit)

    @precondition(lambda self: self.ours)
    @rule(pick=picks, is_open=st.sampled_from((True, True, True, False)))
    def cancel(self, pick: int, is_open: bool) -> None:
        self.now += 500
        wanted = [at for at, order in enumerate(self.ours) if order.open is is_open] or range(len(self.ours))
        at = wanted[pick % len(wanted)]
        ours, theirs = self.ours[at], self.theirs[at]
        before, name = ours.client_id, f"cancel{self.now}"
        if self.run(lambda: self.market.cancel(ours, name, self.now), lambda: self.model.cancel(theirs, self.now)):
            theirs.client_id = name  # S-81
            assert ours.client_id == name
            assert ours.orig_client_id == before

    @precondition(lambda self: self.ours)
    @rule(pick=picks, other=st.booleans(), step=steps, qty=quantities)
    def repeat_client_id(self, pick: int, other: bool, step: int, qty: int) -> None:
        """Refused while the first bearer is open, fine later and for another account (S-80)."""
        bearer = self.theirs[pick % len(self.theirs)]
        name = "ann" if other else bearer.owner.name
        self.place(name, bearer.side, "LIMIT", bearer.client_id, price=self.price(step), qty=qty)

    @rule(step=steps, qty=quantities, buyer_maker=st.booleans())
    def print_trade(self, step: int, qty: int, buyer_maker: bool) -> None:
        self.now += 500
        price = self.price(step)
        self.run(
            lambda: self.market.print_trade(price, qty, self.now, buyer_maker=buyer_maker),
            lambda: self.model.print_trade(price, qty, self.now, buyer_maker=buyer_maker),
        )

    @rule(name=names, is_base=st.booleans(), amount=st.sampled_from((1, 50_000, UNIT, 10 * UNIT)))
    def deposit(self, name: str, is_base: bool, amount: int) -> None:
        self.add_money(name, self.model.base if is_base else self.model.quote, amount)

    @rule(name=names, is_base=st.booleans(), amount=st.sampled_from((1, UNIT, 30 * UNIT)))
    def withdraw(self, name: str, is_base: bool, amount: int) -> None:
        asset = self.model.base if is_base else self.model.quote
        if amount <= self.model.free(self.people[name], asset):
            self.ledger.withdraw(self.accounts[name], asset, amount)
            self.model.post(self.people[name], asset, -amount)
            return
        before = market_state(self.market)
        with pytest.raises(ValueError, match="cannot withdraw"):
            self.ledger.withdraw(self.accounts[name], asset, amount)
        assert market_state(self.market) == before

    @rule(name=st.sampled_from(("ann", "ben", "cat", "dan")), on=st.booleans())
    def switch_bnb(self, name: str, on: bool) -> None:
        self.accounts[name].bnb_burn = self.people[name].pays_bnb = on

    # -- what must hold ---------------------------------------------------------------------------------------

    @invariant()
    def orders_agree(self) -> None:
        for ours, theirs in zip(self.ours, self.theirs, strict=True):
            tracked = self.model.tracked(theirs, len(self.model.trades)) if theirs.delta and theirs.working < 0 else []
            assert (
                ours.id,
                ours.status,
                ours.extras.expiry_reason if ours.extras else None,
                ours.qty,
                ours.left,
                ours.executed,
                ours.quote,
                ours.prevented,
                ours.locked,
                ours.working_time,
                ours.updated,
                ours.created,
            ) == (
                theirs.id,
                theirs.status,
                theirs.reason,
                theirs.qty,
                theirs.left,
                theirs.executed,
                theirs.quote,
                theirs.prevented,
                theirs.set_aside(),
                theirs.working,
                theirs.updated,
                theirs.time_at_birth,
            )
            assert ours.qty == ours.executed + ours.prevented + ours.left  # S-108
            if theirs.open and tracked:
                assert ours.extras
                assert ours.extras.trailing_time == tracked[0][0]  # S-103

    @invariant()
    def bags_agree(self) -> None:
        """What an account can ask for: all its orders, the open ones by client id, its trades."""
        for name, account in self.accounts.items():
            bag = self.market.bag(account)
            orders = [order for order in self.ours if order.account is account]
            assert list(bag.all.values()) == [order for order in orders if order.open or name != "house"]
            assert bag.open == {order.client_id: order for order in orders if order.open}
            mine = [
                trade.id
                for trade in self.model.trades
                if name != "house" and any(o and o.owner.name == name for o in (trade.maker, trade.taker))
            ]
            assert [trade.id for trade in bag.trades] == mine

    @invariant()
    def books_agree(self) -> None:
        book = self.market.book
        for side, orders in ((book.bids, self.model.resting("BUY")), (book.asks, self.model.resting("SELL"))):
            prices = list(dict.fromkeys(order.price for order in orders))
            levels = [[(o.id, o.slice) for o in orders if o.price == price] for price in prices]
            assert side_state(side) == [
                (price, sum(shown for _, shown in level), len(level), level)
                for price, level in zip(prices, levels, strict=True)
            ]
            assert side.keys == sorted(side.keys)
            assert len(side.keys) == len(side.levels)
            assert all(order.level is side.levels[order.price] for level in side for order in level)
        bids, asks = book.depth(3)
        assert bids == [(price, qty) for price, qty, _, _ in side_state(book.bids)[:3]]
        assert asks == [(price, qty) for price, qty, _, _ in side_state(book.asks)[:3]]
        if bids and asks:
            assert bids[0][0] < asks[0][0]
        depth = (book.update_id, *book.depth(1000))
        assert depth[0] > self.depth[0] or depth == self.depth, "the book changed under one update id"  # S-168
        self.depth = depth

    @invariant()
    def money_agrees(self) -> None:
        assets = {self.model.base, self.model.quote, "BNB"}
        for name, account in self.accounts.items():
            person = self.people[name]
            pairs = {asset: (self.model.free(person, asset), self.model.locked(person, asset)) for asset in assets}
            assert balances(account) == {asset: pair for asset, pair in pairs.items() if pair != (0, 0)}
            assert all(free >= 0 and locked >= 0 for free, locked in pairs.values())
            for asset, side in ((self.model.base, Side.SELL), (self.model.quote, Side.BUY)):
                holding = [order.locked for order in self.market.bag(account).open.values() if order.side is side]
                assert account.locked[asset] == sum(holding)
        for asset in assets:
            assert self.ledger.total(asset) == self.ledger.deposited[asset]
            assert self.ledger.collector.free[asset] == self.model.free(self.model.collector, asset)


class TestMarketMachine(MarketMachine.TestCase):
    settings = settings(max_examples=100, stateful_step_count=50)


@pytest.mark.long
class TestMarketMachineLong(MarketMachine.TestCase):
    settings = settings(max_examples=1000, stateful_step_count=100)
