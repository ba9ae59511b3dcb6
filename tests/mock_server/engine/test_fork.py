"""A copied market is equal to the original, refers to nothing of it, and either goes its own way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis.stateful import invariant, rule
from tests.mock_server.object_graph import Rows, picture, shared

from binance_mock.engine.commission import Fees, Rates
from binance_mock.engine.ledger import Account
from binance_mock.engine.market import Market
from binance_mock.engine.orders import Order

from .scene import Scene, state
from .snapshots import Fields, market_state
from .test_market_machine import MarketMachine


def fork(market: Market) -> Market:
    return market.fork(market.ledger.fork(), market.bnb_price)


def twin_scene(scene: Scene) -> Scene:
    """A scene that goes on with a copy of the market, at the same time and with the same names."""
    twin = Scene()
    twin.market = fork(scene.market)
    twin.ledger = twin.market.ledger
    twin.now, twin.placed = scene.now, scene.placed
    return twin


def check_equal(one: Market, other: Market) -> None:
    """Equal in all they hold, with nothing in common but what cannot change."""
    assert market_state(other) == market_state(one)
    assert picture(other) == picture(one)
    assert shared(one, other, but=(one.bnb_price,)) == []


class ForkMachine(MarketMachine):
    """The market beside its model, now and then replaced by a copy; those left behind must stay as they were."""

    def __init__(self) -> None:
        super().__init__()
        self.left: list[tuple[Market, Fields, Rows]] = []

    @rule()
    def leave_a_copy(self) -> None:
        twin = fork(self.market)
        check_equal(self.market, twin)
        self.leave(twin)

    @rule()
    def go_on_with_a_copy(self) -> None:
        """As copies replace copies, this makes forks of forks."""
        old = self.market
        twin = fork(old)
        check_equal(old, twin)
        self.leave(old)
        self.market, self.ledger = twin, twin.ledger
        self.accounts = {name: twin.ledger.accounts[account.id] for name, account in self.accounts.items()}
        self.ours = [copy_of(order, twin) for order in self.ours]

    def leave(self, market: Market) -> None:
        self.left = [*self.left, (market, market_state(market), picture(market))][-3:]

    @invariant()
    def those_left_behind_stay(self) -> None:
        for market, held, drawn in self.left:
            assert market_state(market) == held
            assert picture(market) == drawn


def copy_of(order: Order, twin: Market) -> Order:
    """The order as the copied market has it; it forgets closed orders of the house."""
    bag = twin.bags[order.account.id]
    return bag.all[order.id] if order.id in bag.all else order.fork(twin.ledger.accounts[order.account.id])


class TestForkMachine(ForkMachine.TestCase):
    settings = settings(max_examples=40, stateful_step_count=40)


@pytest.mark.long
class TestForkMachineAtLength(ForkMachine.TestCase):
    settings = settings(max_examples=150, stateful_step_count=60)


# -- what is linked to what -----------------------------------------------------------------------------------------


def test_the_copy_of_a_market_with_everything_in_it() -> None:
    """Queue, iceberg, stops of every kind, trades, prevented matches, rates of their own, closed orders."""
    scene = Scene(bnb={"USDT": "300", "BTC": "0.01"})
    fees = Fees(Rates(100_000, 200_000))
    ann, ben = scene.account(fees=fees), scene.account(group=3)
    ann.symbol_fees["BTCUSDT"] = Fees(Rates(7, 8))
    scene.sell(ann, "5", "110", iceberg="1")
    scene.sell(ben, "1", "110", stp="EXPIRE_MAKER")
    scene.buy(ben, "2", "110", stp="DECREMENT")
    scene.buy(ann, "1", "90")
    scene.place(ann, "SELL", "STOP_LOSS_LIMIT", "1", "80", stop="85")
    scene.place(ann, "BUY", "STOP_LOSS", "1", stop="120")
    scene.place(ben, "SELL", "TAKE_PROFIT", "1", delta=500)
    scene.cancel(scene.place(ben, "SELL", "STOP_LOSS", "1", stop="70"))
    scene.place(ben, "BUY", "LIMIT", "5000", "1", tif="FOK")
    scene.print_trade("111")
    market = scene.market
    assert market.prevented
    assert market.triggers.above
    assert market.triggers.below
    assert market.triggers.trailing
    assert any(bag.trades for bag in market.bags.values())
    check_equal(market, fork(market))


def test_trades_matches_and_queues_refer_to_the_copied_orders() -> None:
    scene = Scene()
    ann, ben = scene.account(), scene.account()
    scene.sell(ann, "2", "100")
    scene.buy(ben, "1", "100")
    scene.sell(ben, "1", "100")
    taker = scene.buy(ben, "3", "100", stp="EXPIRE_TAKER")
    twin = fork(scene.market)
    maker = twin.bags[ann.id].all[1]
    trade = twin.tape.last
    assert trade is not None
    assert trade is twin.bags[ann.id].trades[-1] is twin.bags[ben.id].trades[-1]
    assert trade.maker is maker is not scene.market.bags[ann.id].all[1]
    copied = twin.bags[ben.id].all[taker.id]
    assert trade.taker is copied
    assert copied.extras is not None
    assert copied.extras.prevented_matches == twin.prevented
    assert copied.extras.prevented_matches[0] is twin.prevented[0]
    assert twin.prevented[0].taker is copied
    assert copied.account is twin.ledger.accounts[ben.id]
    head = twin.book.asks.levels[100 * 10**8].head
    assert head is twin.bags[ben.id].open["order3"] is twin.prevented[0].maker
    assert head.level is twin.book.asks.levels[100 * 10**8]


def test_a_filled_order_of_the_house_lives_on_in_trades_only() -> None:
    """The house's closed orders are not kept, yet a trade tells of them."""
    scene = Scene()
    house, ann = scene.ledger.house, scene.account()
    for asset in ("BTC", "USDT"):
        scene.ledger.deposit(house, asset, 10**12)
    scene.sell(house, "1", "100")
    scene.buy(ann, "1", "100")
    twin = fork(scene.market)
    trade = twin.bags[ann.id].trades[0]
    assert not twin.bags[house.id].all
    assert trade.maker is not None
    assert (trade.maker.account, state(trade.maker)) == (twin.ledger.house, "FILLED executed=1")
    check_equal(scene.market, twin)


@pytest.mark.parametrize("first", [0, 1])
def test_a_stop_order_wakes_in_one_market_only(first: int) -> None:
    scene = Scene()
    ann = scene.account()
    scene.place(ann, "SELL", "STOP_LOSS_LIMIT", "1", "80", stop="85")
    scene.place(ann, "SELL", "TAKE_PROFIT_LIMIT", "1", "80", delta=500)
    scene.print_trade("100")
    both = (scene, twin_scene(scene))
    acting, other = both[first], both[1 - first]
    before = market_state(other.market)
    acting.print_trade("85")
    assert acting.happened() == ["Traded", "Triggered", "Triggered"]
    assert market_state(other.market) == before
    other.print_trade("85")
    assert picture(other.market) == picture(acting.market)


def test_3000_orders_at_one_price_keep_their_order() -> None:
    scene = Scene()
    makers = [scene.account(BTC="1000000") for _ in range(3)]
    for number in range(3000):
        scene.sell(makers[number % 3], "0.01", "100")
    twin = twin_scene(scene)
    check_equal(scene.market, twin.market)
    taker = twin.account(USDT="10000")
    twin.buy(taker, "30", "100")
    assert [order.id if order else 0 for order in twin.makers] == list(range(1, 3001))
    assert not twin.market.book.asks.keys
    assert len(scene.queue("SELL")) == 3000


def test_a_long_chain_of_prevented_matches_is_copied() -> None:
    """Each match links the order of the one before to the next; a copy that followed the links would go too deep."""
    scene = Scene()
    ann = scene.account(BTC="100000", USDT="100000000")
    for number in range(2000):
        # The smaller rest of each order is the maker that the next one meets.
        scene.place(ann, "SELL" if number % 2 else "BUY", "LIMIT", str(number + 1), "100", stp="DECREMENT")
    assert len(scene.market.prevented) > 1000
    twin = fork(scene.market)
    assert market_state(twin) == market_state(scene.market)
    assert shared(scene.market, twin, but=(scene.market.bnb_price,)) == []


def test_ids_go_on_in_both() -> None:
    scene = Scene()
    ann = scene.account()
    scene.buy(ann, "1", "90")
    twin = twin_scene(scene)
    ids = [each.buy(account_of(each, ann), "1", "91").id for each in (scene, twin, twin)]
    assert ids == [2, 2, 3]
    assert scene.ledger.open(Fees.FREE).id == twin.ledger.open(Fees.FREE).id


def account_of(scene: Scene, account: Account) -> Account:
    return scene.ledger.accounts[account.id]


def test_bnb_is_priced_by_the_new_owner_of_the_market() -> None:
    scene = Scene()
    prices: dict[str, Any] = {"USDT": 5}
    twin = scene.market.fork(scene.ledger.fork(), lambda asset: prices.get(asset, 0))
    assert (scene.market.bnb_price("USDT"), twin.bnb_price("USDT")) == (0, 5)


# -- the guards themselves can fail ---------------------------------------------------------------------------------


@pytest.mark.parametrize("leak", ["account", "order", "list", "callback"])
def test_a_shared_object_is_found(leak: str) -> None:
    scene = Scene()
    ann = scene.account()
    scene.buy(ann, "1", "90")
    twin = fork(scene.market)
    order = scene.market.bags[ann.id].all[1]
    match leak:
        case "account":
            twin.bags[ann.id].all[1].account = ann
        case "order":
            twin.triggers.trailing[1] = order
        case "list":
            twin.bags[ann.id].trades = scene.market.bags[ann.id].trades
        case "callback":
            twin.bnb_price = ann.free.__getitem__
    assert shared(scene.market, twin, but=(scene.market.bnb_price,))


def test_a_picture_sees_every_difference() -> None:
    def build() -> Scene:
        scene = Scene()
        scene.buy(scene.account(), "1", "90", iceberg="0.5")
        return scene

    assert picture(build().market.bags) == picture(build().market.bags)
    for name in set(Order.__slots__) - {"account", "extras", "level"}:
        scene = build()
        setattr(next(iter(scene.market.bags[1].all.values())), name, "else")
        assert picture(scene.market.bags) != picture(build().market.bags), name
