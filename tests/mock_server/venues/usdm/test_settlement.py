"""What fills do to positions and wallets, on real books, beside a slow model (U-109, U-113, U-114, U-117)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mock_server.object_graph import shared

from binance_mock.engine.intervals import HOUR
from binance_mock.engine.market import Rejected
from binance_mock.engine.orders import Order, OrderType, Side, TimeInForce
from binance_mock.engine.positions import MarginType, PositionSide
from binance_mock.engine.units import SCALE
from binance_mock.venues import maker
from binance_mock.venues.usdm.accounts import IncomeType, UsdmAccount
from binance_mock.venues.usdm.reactions import REACTIONS
from binance_mock.venues.usdm.settings import UsdmSettings
from binance_mock.venues.usdm.venue import Reaction, UsdmVenue
from binance_mock.world import Blueprint

BLUEPRINT = Blueprint.standard()
assert BLUEPRINT.usdm is not None
USDM = BLUEPRINT.usdm
NOW = 1_700_000_000_000_000
BTC = "BTCUSDT"
START = 100_000 * SCALE
SETTINGS = UsdmSettings(levels=5, history_hours=1)


class Scene:
    """Two traders and the market maker in one contract."""

    def __init__(self, kind: MarginType = MarginType.CROSSED, reactions: Sequence[Reaction] = ()) -> None:
        self.venue = UsdmVenue(USDM.symbols, USDM.data["assets"], SETTINGS, 1, reactions)
        self.traders = [self.venue.open_account(name, {"USDT": START}) for name in ("alice", "bob")]
        for trader in self.traders:
            trader.set_margin_type(BTC, kind)
        self.market = self.venue.market(BTC, NOW)
        self.number = 0

    def order(self, trader: UsdmAccount, side: Side, qty: int, price: int = 0) -> None:
        """A market order, or a limit order that may rest."""
        self.number += 1
        kind, tif = (OrderType.LIMIT, TimeInForce.GTC) if price else (OrderType.MARKET, TimeInForce.GTC)
        order = Order(trader.money, f"o{self.number}", side, kind, tif, price, qty)
        self.market.place(order, NOW + self.number)

    def everybody(self) -> list[UsdmAccount]:
        return list(self.venue.owners.values())


ORDERS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from(Side),
        st.integers(1, 4000).map(lambda lots: lots * 10**5),
        st.none() | st.integers(-30, 30),
    ),
    max_size=12,
)


def run(scene: Scene, orders: list[tuple[int, Side, int, int | None]]) -> None:
    for who, side, qty, ticks in orders:
        price = 0 if ticks is None else 79_970 * SCALE + ticks * SCALE
        scene.order(scene.traders[who], side, qty, price)


@given(ORDERS, st.lists(st.integers(60_000, 100_000), max_size=4), st.integers(1, 200_000), st.sampled_from(MarginType))
def test_money_is_conserved_at_every_mark(orders: Any, marks: list[int], mark: int, kind: MarginType) -> None:
    """Wallets, commissions, the insurance fund and what is still to be realised come to what was paid in.

    To the last unit, after fills, fundings, liquidations and deleveraging (U-109, U-117, U-121, U-125, U-126).
    """
    scene = Scene(kind, REACTIONS)
    run(scene, orders)
    for hours, each in enumerate(marks, 1):
        scene.venue.set_marks(BTC, NOW + hours * 4 * HOUR, mark=each * SCALE)
        run(scene, orders[:hours])
        scene.venue.pass_time(NOW + hours * 4 * HOUR)
    wallets = sum(account.free["USDT"] for account in scene.venue.ledger)
    value = sum(each.value(mark * SCALE) for who in scene.everybody() for each in who.positions.values())
    assert wallets * SCALE + value == scene.venue.ledger.deposited["USDT"] * SCALE
    assert sum(each.qty for who in scene.everybody() for each in who.positions.values()) == 0


@given(ORDERS)
def test_each_trader_is_as_a_slow_model_says(orders: Any) -> None:
    scene = Scene()
    run(scene, orders)
    for trader in scene.traders:
        qty = entry = realised = paid = Fraction(0)
        bag = scene.market.bags.get(trader.money.id)
        for trade in bag.trades if bag is not None else []:
            for order, fee, rests in ((trade.maker, trade.maker_fee, True), (trade.taker, trade.taker_fee, False)):
                if order is None or order.account is not trader.money:
                    continue
                rate = Fraction(20_000 if rests else 50_000, SCALE)
                assert fee == int(trade.price * trade.qty // SCALE * rate)
                paid += fee
                change = Fraction(trade.qty if order.side is Side.BUY else -trade.qty)
                closed = min(abs(qty), abs(change)) if qty * change < 0 else Fraction(0)
                realised += closed * (trade.price - entry) * (1 if qty > 0 else -1) / SCALE
                if qty * change >= 0:
                    entry = (entry * abs(qty) + trade.price * abs(change)) / (abs(qty) + abs(change))
                elif abs(change) > abs(qty):
                    entry = Fraction(trade.price)
                qty += change
        position = trader.position(BTC, PositionSide.BOTH)
        assert position.qty == qty
        assert abs(trader.money.free["USDT"] - (START + realised - paid)) < 2
        if qty:
            assert abs(Fraction(*position.exact_entry) - entry) < Fraction(1, 10**6)
        told = {kind: sum(row.amount for row in trader.incomes if row.type is kind) for kind in IncomeType}
        assert told[IncomeType.COMMISSION] == -paid
        assert START + sum(told.values()) == trader.money.free["USDT"]


@given(ORDERS)
def test_an_isolated_wallet_goes_with_its_position(orders: Any) -> None:
    """U-114: flat means nothing is set aside; open means about the initial margin of its entry."""
    scene = Scene(MarginType.ISOLATED)
    run(scene, orders)
    for trader in scene.traders:
        position = trader.position(BTC, PositionSide.BOTH)
        if not position.qty:
            assert position.isolated_wallet == 0
        else:
            margin = abs(position.qty) * position.entry // SCALE // 20
            fees = sum(-row.amount for row in trader.incomes if row.type is IncomeType.COMMISSION)
            assert margin - fees - 10 <= position.isolated_wallet <= margin + 10


def test_the_numbers_of_one_round() -> None:
    """U-109, U-117: 1 BTC bought, half of it sold higher, the rest sold with as much again: a short remains."""
    scene = Scene()
    alice = scene.traders[0]
    price = scene.market.book.asks.best.price if scene.market.book.asks.best else 0
    scene.order(alice, Side.BUY, SCALE // 2)
    position = alice.position(BTC, PositionSide.BOTH)
    assert (position.qty, position.entry, position.updated) == (SCALE // 2, price, NOW + 1)
    spent = price // 2 * 50_000 // SCALE
    assert alice.money.free["USDT"] == START - spent
    maker.set_price(scene.venue, scene.market, USDM.symbols[BTC], 82_000 * SCALE, NOW + 2)
    scene.order(alice, Side.SELL, SCALE)
    assert position.qty == -SCALE // 2
    assert [row.type for row in alice.incomes][:3] == ["COMMISSION", "REALIZED_PNL", "COMMISSION"]
    assert alice.incomes[1].amount > 0
    assert position.entry < 82_000 * SCALE


def test_an_order_without_a_book_is_refused_whole() -> None:
    venue = UsdmVenue(USDM.symbols, USDM.data["assets"], UsdmSettings(levels=0, history_hours=0), 1)
    alice = venue.open_account("alice", {"USDT": START})
    order = Order(alice.money, "o", Side.BUY, OrderType.MARKET, TimeInForce.GTC, 0, SCALE)
    venue.market(BTC, NOW).place(order, NOW)
    assert (order.executed, alice.money.free["USDT"], list(alice.open_positions())) == (0, START, [])


def test_an_account_opens_once() -> None:
    scene = Scene()
    with pytest.raises(ValueError, match="there is an account 'alice' already"):
        scene.venue.open_account("alice", {})


def test_a_copy_goes_its_own_way() -> None:
    scene = Scene()
    scene.order(scene.traders[0], Side.BUY, SCALE // 2)
    twin = scene.venue.fork()
    assert shared(scene.venue, twin, but=(*USDM, *USDM.data.values(), scene.venue.symbols)) == []
    before = (twin.accounts["alice"].money.free["USDT"], twin.accounts["alice"].position(BTC, PositionSide.BOTH).qty)
    scene.order(scene.traders[0], Side.SELL, SCALE // 2)
    after = (twin.accounts["alice"].money.free["USDT"], twin.accounts["alice"].position(BTC, PositionSide.BOTH).qty)
    assert before == after
    order = Order(twin.accounts["alice"].money, "mine", Side.SELL, OrderType.MARKET, TimeInForce.GTC, 0, SCALE // 2)
    twin.market(BTC, NOW).place(order, NOW + 9)
    assert twin.accounts["alice"].position(BTC, PositionSide.BOTH).qty == 0
    mine, theirs = (venue.accounts["alice"].money.free["USDT"] for venue in (scene.venue, twin))
    assert mine == theirs


def test_the_same_client_id_is_refused() -> None:
    scene = Scene()
    alice = scene.traders[0].money
    for expected in (True, False):
        order = Order(alice, "same", Side.BUY, OrderType.LIMIT, TimeInForce.GTC, 70_000 * SCALE, SCALE)
        if expected:
            scene.market.place(order, NOW)
        else:
            with pytest.raises(Rejected, match="DUPLICATE_ORDER"):
                scene.market.place(order, NOW)


def test_commissions_in_bnb_are_a_tenth_cheaper_while_it_lasts() -> None:
    """U-117: feeBurn; the break-even price heeds the fee all the same, and the collector gets what was paid."""
    scene = Scene(MarginType.ISOLATED)
    alice = scene.traders[0]
    alice.fee_burn = True
    scene.venue.marks.set("BNBUSDT", index=800 * SCALE)
    scene.venue.ledger.deposit(alice.money, "BNB", SCALE // 10)
    scene.order(alice, Side.BUY, SCALE // 100)
    (trade,) = scene.market.bag(alice.money).trades
    fee = trade.price * trade.qty // SCALE * 50_000 // SCALE
    assert (trade.taker_fee, trade.taker_fee_asset) == (fee * 9 // 10 // 800, "BNB")
    assert alice.money.free == {"USDT": START, "BNB": SCALE // 10 - trade.taker_fee}
    assert scene.venue.ledger.collector.free["BNB"] == trade.taker_fee
    position = alice.position(BTC, PositionSide.BOTH)
    assert position.isolated_wallet == trade.quote // 20
    assert position.break_even > position.entry == trade.price
    assert [(row.type, row.asset) for row in alice.incomes] == [(IncomeType.COMMISSION, "BNB")]

    scene.venue.ledger.withdraw(alice.money, "BNB", alice.money.free["BNB"])
    scene.order(alice, Side.BUY, SCALE // 100)
    assert alice.incomes[-1].asset == "USDT"
    assert -alice.incomes[-1].amount == fee
