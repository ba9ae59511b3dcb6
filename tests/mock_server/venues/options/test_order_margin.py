"""What an order needs, and that nobody spends more than there is: O-61, O-71 to O-77, O-80, O-85.

The model reckons with fractions from the lists that the API shows; index and mark prices are given to it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.mock_server.spot_client import frozen_world
from tests.mock_server.venues.options.options_client import CALL, PUT, OptionsClient, amount, client
from tests.mock_server.venues.options.order_calls import best, fields, placed, refused, sent, trade

from binance_mock.engine.orders import Side
from binance_mock.engine.units import SCALE
from binance_mock.venues.options.accounts import ASSET
from binance_mock.venues.options.margins import Margins
from binance_mock.venues.options.pricing import OptionSide
from binance_mock.venues.options.settings import OptionsSettings
from binance_mock.world import WorldSettings

INDEX: Final = 79_970
BALANCE_LACKS: Final = (400, -2018, "Balance is insufficient.")
MARGIN_LACKS: Final = (400, -2027, "Option margin is insufficient.")
FLIPPED: Final = (
    400,
    -6056,
    "Reduce-only order failed. Your new reduce-only order, when combined with existing same-side open orders, would "
    "flip your position and cause insufficient margin. Please cancel those open orders and try again.",
)
CENT: Final = SCALE // 100


def poor(balance: str, **changes: Any) -> OptionsClient:
    """A client whose account has so much in its wallet."""
    options = client(max_orders=1000, **changes)
    options.venue.ledger.set_free(options.own.money, ASSET, amount(balance))
    return options


def standing_mark() -> Fraction:
    """The mark price of the call where nobody has an order."""
    options = OptionsClient()
    options.mark()
    return Fraction(options.venue.mark(options.venue.info(CALL), options.now).price, SCALE)


def margins(options: OptionsClient) -> Margins:
    return Margins(options.venue, options.own, options.now)


# -- buying ----------------------------------------------------------------------------------------------------------


def test_a_buy_order_sets_premium_and_fee_aside() -> None:
    """O-71, O-85: 500 and a fee of 0.024 % of the index, for each contract; the wallet stays as it is."""
    fee = INDEX * 0.00024
    assert refused(poor(f"{500 + fee - 0.01:.4f}"), quantity="1") == BALANCE_LACKS
    options = poor(f"{500 + fee:.4f}")
    order = placed(options, quantity="1")
    assert options.own.balance == amount(f"{500 + fee:.4f}")
    assert margins(options).reserved == amount(f"{500 + fee:.4f}")
    assert margins(options).available == margins(options).cash == 0
    assert refused(options, quantity="0.01", price="5") == BALANCE_LACKS
    options.ask("DELETE", "order", symbol=CALL, orderId=order["orderId"]).ok()
    assert margins(options).available == options.own.balance


def test_the_fee_that_is_set_aside_is_a_tenth_of_the_premium_at_most() -> None:
    """O-85"""
    options = poor("11")
    placed(options, quantity="1", price="10")
    assert refused(options, quantity="0.01", price="5") == BALANCE_LACKS


def test_orders_in_all_contracts_set_aside() -> None:
    """O-71"""
    options = poor("600")
    placed(options, quantity="1")
    assert refused(options, symbol=PUT, quantity="1") == BALANCE_LACKS


def test_a_contract_of_many_costs_as_many() -> None:
    """O-45, O-85: a hundred XRP at 0.01, and the fee of a hundred."""
    options = OptionsClient()
    name = next(name for name in options.listed() if name.startswith("XRP"))
    fee = 100 * min(Fraction(24, 100_000) * Fraction(options.venue.index_price("XRPUSDT"), SCALE), Fraction(1, 1000))
    assert refused(poor(f"{float(1 + fee) - 0.0001:.4f}"), symbol=name, quantity="1", price="0.01") == BALANCE_LACKS
    placed(poor(f"{float(1 + fee) + 0.0001:.4f}"), symbol=name, quantity="1", price="0.01")


# -- selling ---------------------------------------------------------------------------------------------------------


def test_selling_what_is_held_needs_no_margin() -> None:
    """O-72"""
    options = poor("10000")
    trade(options, "BUY", "1")
    options.venue.ledger.set_free(options.own.money, ASSET, 0)
    placed(options, side="SELL", price="9000", quantity="1")
    assert margins(options).initial == 0
    assert refused(options, side="SELL", price="9000", quantity="0.5") == MARGIN_LACKS


def need(mark: Fraction, ratio: str = "0.15") -> Fraction:
    """O-77 for the call, which is 30 out of the money: the ratio of the index less that, and the mark price."""
    return Fraction(ratio) * INDEX - 30 + mark


def test_selling_to_open_needs_margin() -> None:
    """O-72, O-75, O-77: one cent less is too little."""
    mark = standing_mark()
    fee = Fraction(INDEX) * Fraction(24, 100_000)
    wanted = float(need(mark) + fee)
    far = {"side": "SELL", "price": "9000", "quantity": "1"}
    assert refused(poor(f"{wanted - 0.01:.2f}", levels=0), **far) == MARGIN_LACKS
    options = poor(f"{wanted + 0.01:.2f}", levels=0)
    placed(options, **far)
    assert margins(options).initial == pytest.approx(float(need(mark)) * SCALE, abs=2)


def test_the_margin_model_can_be_replaced() -> None:
    """O-77: by a setting, or by another model altogether."""
    mark = standing_mark()
    far = {"side": "SELL", "price": "9000", "quantity": "1"}
    options = poor("100000", levels=0, margin_with_mark=False)
    placed(options, **far)
    assert margins(options).initial == pytest.approx(float(need(mark) - mark) * SCALE, abs=2)

    class Flat:
        def initial(self, side: OptionSide, strike: int, index: int, mark: int, qty: int, *rest: object) -> int:
            return 7 * qty

        maintenance = initial

    options.venue.short_margin = Flat()
    assert margins(options).initial == 7 * SCALE
    twin = OptionsClient(options.world.fork())
    assert margins(twin).initial == 7 * SCALE


def test_a_short_holds_margin_and_its_premium_is_in_the_wallet() -> None:
    """O-72, O-73, O-75"""
    options = OptionsClient()
    before = options.own.balance
    sold = trade(options, "SELL", "0.5")
    found = margins(options)
    mark = options.venue.mark(options.venue.info(CALL), options.now).price
    premium, fee = amount(sold["price"]) // 2, next(reversed(options.own.fills.values())).fee
    assert found.balance == before + premium - fee
    assert found.equity == found.balance - mark // 2
    assert found.adjusted_equity == found.balance
    assert found.available == found.equity - found.initial
    (row,) = found.rows
    assert row.initial == pytest.approx(float(need(Fraction(mark, SCALE))) * SCALE / 2, abs=2)
    wanted = float(need(Fraction(mark, SCALE), "0.075")) * SCALE / 2
    assert (row.maintenance, found.maintenance) == (pytest.approx(wanted, abs=2), row.maintenance)
    assert found.margin_balance + found.unrealised == found.equity


def test_what_is_lost_at_once_counts() -> None:
    """O-72: a sale below the mark price makes the account poorer by the difference."""
    options = poor("100000", levels=0)
    low = options.listed()[CALL]["filters"][0]["minPrice"]
    mark = options.venue.mark(options.venue.info(CALL), options.now).price
    loss = Fraction(mark - amount(low), SCALE)
    margin = need(Fraction(mark, SCALE)) + INDEX * Fraction(24, 100_000)
    options = poor(f"{float(margin + loss / 2):.2f}", levels=0)
    assert refused(options, side="SELL", price=low, quantity="1") == MARGIN_LACKS
    placed(options, side="SELL", price="9000", quantity="1")


def test_a_short_can_be_bought_back_with_nothing_to_spare() -> None:
    """O-71: that takes cash, and no margin; to go long beyond takes what is spare."""
    options = poor("8000")
    trade(options, "SELL", "0.5")
    options.venue.ledger.set_free(options.own.money, ASSET, amount("3000"))
    assert margins(options).available == 0
    assert refused(options, side="SELL", price="9000", quantity="0.01") == MARGIN_LACKS
    assert refused(options, symbol=PUT, quantity="0.01", price="5") == BALANCE_LACKS
    assert refused(options, price=best(options, "BUY"), quantity="0.6") == BALANCE_LACKS
    trade(options, "BUY", "0.5")
    assert options.own.held(CALL) == 0


def test_orders_that_buy_a_short_back_count_together() -> None:
    """O-71: what waits to close it has set cash aside, and a further one would go long."""
    options = poor("18000")
    trade(options, "SELL", "1")
    options.venue.ledger.set_free(options.own.money, ASSET, amount("900"))
    placed(options, price="1600", quantity="0.5")
    assert refused(options, price="1600", quantity="0.5") == BALANCE_LACKS
    options.venue.ledger.set_free(options.own.money, ASSET, amount("3000"))
    placed(options, price="1600", quantity="0.5")
    assert margins(options).cash > 500 * SCALE
    assert refused(options, price="5", quantity="0.01") == BALANCE_LACKS


def test_a_reduce_only_order_that_would_turn_the_position_round() -> None:
    """O-61: with the open orders of its side; where the margin is there it is taken."""
    far = {"side": "SELL", "price": "9000", "quantity": "0.3"}
    for balance, wanted in (("200", FLIPPED), ("100000", None)):
        options = poor("2000")
        trade(options, "BUY", "0.5")
        placed(options, **far)
        options.venue.ledger.set_free(options.own.money, ASSET, amount(balance))
        if wanted is None:
            placed(options, **far, reduceOnly="true")
        else:
            assert refused(options, **far, reduceOnly="true") == wanted


# -- against a model -------------------------------------------------------------------------------------------------


def left_of(row: Any) -> Fraction:
    """What of an open order has not traded."""
    return Fraction(row["quantity"]) - Fraction(row["executedQty"])


class Slow:
    """What an account has and may do, by the lists of the API.

    Args:
        options: whom to ask.
        start: what the wallet held at first.
    """

    def __init__(self, options: OptionsClient, start: int) -> None:
        self.options = options
        self.cash = Fraction(start)
        self.held = {CALL: Fraction(), PUT: Fraction()}
        for symbol in self.held:
            for row in options.get("userTrades", symbol=symbol, limit=1000):
                qty = Fraction(row["quantity"]) * (1 if row["side"] == "BUY" else -1)
                self.held[symbol] += qty
                self.cash += Fraction(row["fee"]) - qty * Fraction(row["price"])
        self.open = [
            (row["symbol"], row["side"], Fraction(row["price"]), left_of(row), row["reduceOnly"])
            for row in options.get("openOrders")
        ]  # fmt: skip
        venue = options.venue
        self.index = Fraction(venue.index_price("BTCUSDT"), SCALE)
        self.marks = {name: Fraction(venue.mark(venue.info(name), options.now).price, SCALE) for name in self.held}

    def fee(self, price: Fraction, qty: Fraction) -> Fraction:
        return min(Fraction(24, 100_000) * self.index, price / 10) * qty

    def margin(self, symbol: str, short: Fraction) -> Fraction:
        away = max(Fraction(), 80_000 - self.index if symbol == CALL else self.index - 80_000)
        each = max(Fraction(15, 100) * self.index - away, self.index / 10) + self.marks[symbol]
        return each * max(Fraction(), short)

    def waiting(self, symbol: str, side: str, *, reducing: bool = False) -> Fraction:
        return sum(
            (
                left
                for name, way, _, left, only in self.open
                if (name, way) == (symbol, side) and (only or not reducing)
            ),
            Fraction(),
        )

    @property
    def reserved(self) -> Fraction:
        return sum(
            (price * qty + self.fee(price, qty) for _, way, price, qty, _ in self.open if way == "BUY"), Fraction()
        )

    @property
    def equity(self) -> Fraction:
        return self.cash + sum(self.held[name] * self.marks[name] for name in self.held)

    @property
    def spare(self) -> Fraction:
        shorts = sum(self.margin(name, self.waiting(name, "SELL") - self.held[name]) for name in self.held)
        return self.equity - shorts - self.reserved

    def lacks(self, symbol: str, side: str, price: Fraction, qty: Fraction) -> Fraction:
        """By how much there is too little for an order, below zero for enough."""
        if side == "BUY":
            opening = min(qty, max(Fraction(), self.held[symbol] + self.waiting(symbol, side) + qty))
            dry = price * qty + self.fee(price, qty) - (self.cash - self.reserved)
            return max(dry, price * opening + self.fee(price, opening) - self.spare) if opening else dry
        short = self.waiting(symbol, side) + qty - self.held[symbol]
        opening = min(qty, max(Fraction(), short))
        if not opening:
            return Fraction(-1)
        more = self.margin(symbol, short) - self.margin(symbol, short - qty)
        more += max(Fraction(), self.marks[symbol] - price) * opening + self.fee(price, opening)
        return more - self.spare

    def unfit(self, symbol: str, side: str, qty: Fraction) -> bool:
        """Whether a reduce-only order has too little to reduce."""
        there = self.held[symbol] * (1 if side == "SELL" else -1)
        return qty + self.waiting(symbol, side, reducing=True) > max(Fraction(), there)


class Step:
    """One thing that happens."""

    __slots__ = ("lots", "move", "part", "reduce", "side", "symbol", "who")

    def __init__(self, who: str, symbol: str, side: str, part: int, lots: int, move: int, *, reduce: bool) -> None:
        self.who, self.symbol, self.side, self.part, self.lots, self.move = who, symbol, side, part, lots, move
        self.reduce = reduce

    def __repr__(self) -> str:
        return f"Step({self.who}, {self.symbol}, {self.side}, {self.part}, {self.lots}, {self.move}, {self.reduce})"


steps = st.builds(
    Step,
    st.sampled_from(("own", "own", "own", "other", "cancel")),
    st.sampled_from((CALL, PUT)),
    st.sampled_from(("BUY", "SELL")),
    st.integers(82, 118),
    st.integers(1, 60),
    st.integers(-3, 3),
    reduce=st.booleans(),
)
scripts = st.lists(steps, min_size=4, max_size=14)
SETTINGS: Final = WorldSettings(options=OptionsSettings(max_orders=1000, levels=2))


def play(options: OptionsClient, step: Step) -> None:
    """A step of somebody else, or a cancel."""
    venue = options.venue
    if step.who == "cancel":
        rows = options.get("openOrders")
        if rows:
            row = rows[step.lots % len(rows)]
            options.ask("DELETE", "order", symbol=row["symbol"], orderId=row["orderId"]).ok()
        return
    market = venue.market(step.symbol, options.now)
    side = Side(step.side)
    level = market.book.asks.best if side is Side.BUY else market.book.bids.best
    price = level.price if level is not None else 1_700 * SCALE
    options.order(side, step.lots * CENT, price, symbol=step.symbol, by=venue.accounts["other"])


def price_of(model: Slow, step: Step) -> Fraction:
    """A part of the mark price, on the grid of 5."""
    return max(1, int(model.marks[step.symbol] * step.part / 500)) * Fraction(5)


@settings(max_examples=20)
@given(scripts, st.integers(300, 9_000))
def test_nobody_spends_more_than_there_is(script: list[Step], start: int) -> None:
    """O-61, O-71, O-72, O-75, O-77: every decision is the model's, and at a standing index no wallet runs dry."""
    options = OptionsClient(frozen_world(SETTINGS))
    options.venue.open_account("other", {ASSET: 10**7 * SCALE})
    options.venue.ledger.set_free(options.own.money, ASSET, start * SCALE)
    for step in script:
        if step.who != "own":
            play(options, step)
        else:
            model = Slow(options, start)
            price, qty = price_of(model, step), Fraction(step.lots, 100)
            order = fields(
                symbol=step.symbol, side=step.side, price=f"{int(price)}", quantity=f"{float(qty):.2f}",
                reduceOnly=str(step.reduce).lower(),
            )  # fmt: skip
            code = sent(options, **order).code
            if step.reduce and model.unfit(step.symbol, step.side, qty):
                assert code == -6045
            elif abs(lack := model.lacks(step.symbol, step.side, price, qty)) > Fraction(1, 10**6):
                expected = (-2018, -6056) if step.side == "BUY" else (-2027, -6056)
                assert code in expected if lack > 0 else code == 0
        after = Slow(options, start)
        assert abs(after.cash - Fraction(options.own.balance, SCALE)) < Fraction(1, 10**6)
        assert options.own.balance >= 0
        assert after.cash - after.reserved > Fraction(-1, 10**6)
        for symbol in after.held:
            for side in ("BUY", "SELL"):
                assert not after.unfit(symbol, side, Fraction())


@settings(max_examples=20)
@given(scripts)
def test_what_longs_gain_shorts_and_fees_lose(script: list[Step]) -> None:
    """O-73: wallets, values of positions and fees of all come to what was paid in, at every mark price."""
    options = OptionsClient(frozen_world(SETTINGS))
    venue = options.venue
    venue.open_account("other", {ASSET: 10**7 * SCALE})
    for step in script:
        if step.move:
            options.move_index(INDEX + 400 * step.move)
        if step.who == "own":
            price = price_of(Slow(options, 100_000), step)
            sent(options, symbol=step.symbol, side=step.side, price=f"{int(price)}", quantity=f"{step.lots / 100:.2f}")
        else:
            play(options, step)
        all = [Margins(venue, owner, options.now) for owner in venue.owners.values()]
        rows = sum(len(each.rows) for each in all)
        fees = venue.ledger.collector.free[ASSET]
        assert abs(sum(each.equity for each in all) + fees - venue.ledger.deposited[ASSET]) <= rows
        own, model = Margins(venue, options.own, options.now), Slow(options, 100_000)
        assert abs(model.equity * SCALE - own.equity) < 100
        assert abs(max(Fraction(), model.spare) * SCALE - own.available) < 100
